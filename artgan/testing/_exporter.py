"""Checks of an exporter."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, nn

from artgan.base.contributions import Entry
from artgan.base.options import build_options
from artgan.errors import MissingExtraError
from artgan.plugin.exports import TrainedGenerator
from artgan.testing._checks import Checks, Subject, expect
from artgan.testing._torch import draw, keyed

CHECKS = Checks()

LATENT = 4

PLAIN, LABELLED = (3, 0), (1, 2)
"""Channels and labels of the generators that are tried."""


class GeneratorToExport(nn.Module):
    """A generator of 8 x 8 pixels, of what most generators consist of."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.latent_shape = (LATENT,)
        self.start = nn.Linear(LATENT, 4 * 16)
        self.labels = nn.Embedding(classes, 4 * 16) if classes else None
        self.grow = nn.Upsample(scale_factor=2)
        self.draw = nn.Conv2d(4, channels, 3, padding=1)

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return images (N, C, 8, 8) in [-1, 1]."""
        coarse = self.start(latents)
        if self.labels is not None:
            coarse = coarse + self.labels(labels)
        images: Tensor = self.draw(self.grow(coarse.view(-1, 4, 4, 4).relu())).tanh()
        return images


@cache
def _generator(channels: int = 3, classes: int = 0) -> TrainedGenerator:
    with keyed(1):
        network = GeneratorToExport(channels, classes).eval().requires_grad_(False)
    return TrainedGenerator(
        name="toy & <run>",
        network=network,
        latent_shape=(LATENT,),
        latents=lambda seed: draw(LATENT, seed=seed),
        height=8,
        width=8,
        channels=channels,
        label_weights=(0.5,) * classes,
        class_names=("one", "</script>")[:classes],
        record={"format": 1, "run": "toy & <run>", "architecture": "toy", "seed": None},
        mark=b"<x:xmpmeta/>",
    )


@dataclass(frozen=True)
class _Trial:
    """What an exporter did, which takes some of them seconds: without labels and with.

    ``changed`` says what it did to the network and to the random numbers of others.
    """

    plain: bytes
    labelled: bytes
    left: list[str]
    changed: list[str]


@cache
def _trial(entry: Entry) -> _Trial | None:
    """Let it write two files; None if a package is missing."""
    network = _generator().network
    before = {name: value.clone() for name, value in network.state_dict().items()}
    state = torch.get_rng_state()
    try:
        (plain, first), (labelled, second) = _written(entry, PLAIN), _written(entry, LABELLED)
    except MissingExtraError:
        return None
    changed = []
    after = network.state_dict()
    if not all(torch.equal(value, after[name]) for name, value in before.items()):
        changed.append("it changes the weights: work on a copy")
    if network.training:
        changed.append("it leaves the network in training mode")
    if not torch.equal(state, torch.get_rng_state()):
        changed.append("it draws from torch's global generator: use one of its own")
    return _Trial(plain, labelled, [*first, *second], changed)


def _written(entry: Entry, wanted: tuple[int, int]) -> tuple[bytes, list[str]]:
    """Let it write a generator; return the bytes of its file and the names of others."""
    options = build_options(entry.declaration.options, {}, entry.where)
    with TemporaryDirectory() as folder:
        path = Path(folder, f"a b{entry.declaration.ending}")
        entry.call("export", _generator(*wanted), options, path)
        left = [other.name for other in Path(folder).iterdir() if other != path]
        return path.read_bytes() if path.is_file() else b"", left


@CHECKS.add("writes-a-file")
def writes_a_file(subject: Subject) -> None:
    """It writes generators with and without labels, grey and in colour, and nothing else."""
    if (done := _trial(subject.contribution)) is not None:
        expect(bool(done.plain and done.labelled), "it wrote nothing to the path that it was given")
        expect(not done.left, f"it wrote more than its file: {done.left}")


@CHECKS.add("same-bytes", after=("writes-a-file",))
def same_bytes(subject: Subject) -> None:
    """The same generator gives the same bytes; nothing tells when it was written."""
    if (done := _trial(subject.contribution)) is not None:
        same = done.plain == _written(subject.contribution, PLAIN)[0]
        expect(same, "the same generator gives other bytes each time: leave out dates")


@CHECKS.add("leaves-the-network", after=("writes-a-file",))
def leaves_the_network(subject: Subject) -> None:
    """The network keeps its weights and its mode, and random numbers of others stay as they are."""
    if (done := _trial(subject.contribution)) is not None:
        expect(not done.changed, "; ".join(done.changed))
