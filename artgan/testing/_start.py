"""Checks of a start."""

from typing import Any

import torch

from artgan.starts.nearness import SCALES
from artgan.starts.networks import build_network, trained_network
from artgan.starts.origin import read_weights
from artgan.testing._checks import Checks, Subject, expect
from artgan.testing._torch import draw

CHECKS = Checks()
NETWORKS = ("generator", "discriminator")
MOST_MEBIBYTES = 64


@CHECKS.add("says-what-it-is")
def says_what_it_is(subject: Subject) -> None:
    """It states its licence and what it was trained on."""
    expect(subject.declared.licence, "it states no licence of its weights")
    expect(subject.declared.trained_on, "it does not say what it was trained on: trained-on")


@CHECKS.add("weights-are-small")
def weights_are_small(subject: Subject) -> None:
    """Its files of weights are there, and small enough to be installed with pip."""
    for weights in subject.declared.weights:
        expect(weights.file.is_file(), f"its weights '{weights.file}' are not there")
        mebibytes = weights.file.stat().st_size / 2**20
        expect(
            mebibytes <= MOST_MEBIBYTES,
            f"'{weights.file.name}' has {mebibytes:.0f} MiB; expected at most {MOST_MEBIBYTES}: "
            "store float16, and the averaged generator alone",
        )


@CHECKS.add("fits-its-networks", after=("weights-are-small",))
def fits_its_networks(subject: Subject) -> None:
    """Its weights have the names and shapes of its networks, and all are finite."""
    registry = subject.checked.registry
    architecture = registry.find("architecture", subject.declared.architecture)
    for weights in subject.declared.weights:
        tensors = read_weights(subject.contribution, weights.file)
        for name in NETWORKS:
            network = build_network(architecture, weights, name)
            own = {f"{name}.{key}": value.shape for key, value in network.state_dict().items()}
            held = {k: v.shape for k, v in tensors.items() if k.startswith(f"{name}.")}
            expect(own == held, f"'{weights.file.name}' does not fit the {name}")
        wrong = [key for key, value in tensors.items() if not bool(value.isfinite().all())]
        expect(not wrong, f"'{weights.file.name}': {', '.join(wrong)} are not finite")


@CHECKS.add("has-features", after=("weights-are-small",))
def has_features(subject: Subject) -> None:
    """Its files hold features of at least two pictures, from which artgan measures nearness."""
    wanted = len(SCALES)
    for weights in subject.declared.weights:
        features = read_weights(subject.contribution, weights.file).get("features")
        fits = features is not None and features.ndim == 2 and features.shape[1] == wanted
        expect(
            fits and features is not None and len(features) > 1,
            f"'{weights.file.name}' has no tensor 'features' of shape (N, {wanted}): write the "
            "file with artgan plugins new NAME --kind start RUN",
        )


@CHECKS.add("makes-pictures", after=("fits-its-networks",))
def makes_pictures(subject: Subject) -> None:
    """Its generator makes different pictures of different latents."""
    for weights in subject.declared.weights:
        registry = subject.checked.registry
        generator: Any = trained_network(subject.contribution, weights, "generator", registry)
        labels = torch.zeros(4, dtype=torch.int64) if weights.classes else None
        with torch.no_grad():
            made = generator(draw(4, *generator.latent_shape), labels)
        expect(
            made.std(0).mean() > 0, f"'{weights.file.name}' makes the same picture of all latents"
        )
