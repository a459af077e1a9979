"""Finds directions in latent space that each change a picture in one way, without labels.

``components``: Härkönen et al. 2020, "GANSpace: Discovering Interpretable GAN Controls", section 2:
principal components of the styles or, if there are none, of the first layer's features, mapped back
to latents by least squares. ``sefa``: Shen and Zhou 2021, "Closed-Form Factorization of Latent
Semantics in GANs", section 3: eigenvectors of A^T A, where A is the first weight that the latents
meet.

A is measured, not read: the layer is linear, so its outputs for unit vectors are its columns,
however an architecture stores them. In runs with labels the mean of each label is first subtracted
from the features; otherwise the strongest directions would be those between labels.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor, nn

from artgan.base.paths import replacing, write_text
from artgan.base.suggest import count_of, suggest
from artgan.base.tables import read_toml, toml_text
from artgan.base.tensors import load_tensors
from artgan.core.run import TrainedRun
from artgan.errors import OptionError, RunError
from artgan.latents.choosing import read_chosen
from artgan.latents.hooks import forward_hooks
from artgan.latents.steering import (
    Mix,
    Shift,
    Steering,
    SteeringOptions,
    StyleGenerator,
    draw_latent,
    style_half,
)

METHODS = ("components", "sefa")

SAMPLES = 1024
"""Latents from which directions are estimated."""

CHUNK = 64
"""Latents that run through the generator together."""

FILE = "directions.safetensors"

NAMES = "directions.toml"


@dataclass(frozen=True)
class Directions:
    """Directions of one run, for the checkpoint with that SHA-256, strongest first.

    Vectors are latents (K, *latent_shape) or styles (K, W); the length of each is one standard
    deviation along it.
    """

    vectors: Tensor
    names: tuple[str, ...]
    in_styles: bool
    method: str
    weights_sha256: str

    def find(self, name: str) -> int:
        """Return the index of a direction, given by its name or its number."""
        if name in self.names:
            return self.names.index(name)
        if name.isdecimal() and int(name) < len(self.names):
            return int(name)
        raise OptionError(
            f"there is no direction '{name}'.{suggest(name, self.names)} Known are "
            f"{', '.join(self.names)}"
        )

    def renamed(self, name: str, new: str) -> "Directions":
        """Return the directions with one of them renamed to a plain word that is not taken."""
        place = self.find(name)
        plain = new.replace("-", "").replace("_", "").isalnum() and not new.isdecimal()
        if not plain or new in self.names[:place] + self.names[place + 1 :]:
            raise OptionError(
                f"a direction cannot be called '{new}'; expected a word of letters, digits and "
                "dashes that no other direction has"
            )
        names = [*self.names]
        names[place] = new
        return replace(self, names=tuple(names))


def find_directions(
    generator: nn.Module, *, count: int = 8, method: str = "components", classes: int = 0
) -> tuple[Tensor, bool]:
    """Find the strongest directions of a generator in evaluation mode, and whether they are styles.

    There are at most ``count``, and no more than the latent has values: steps of one standard
    deviation, (K, *latent_shape), or (K, W) of styles. ``classes`` is the number of labels that the
    generator takes.
    """
    if method not in METHODS:
        raise OptionError(f"there is no method '{method}'; expected components or sefa")
    with torch.no_grad():
        halves = style_half(generator)
        if halves is not None:
            find = _style_sefa if method == "sefa" else _style_components
            return _signed(find(generator, count, classes)), True
        if method == "components":
            return _signed(_feature_components(generator, count, classes)), False
        found = latent_sefa(generator, count, classes)
        if not len(found):
            raise RunError("the generator has no linear or convolution layer to read weights from")
        return found, False


@torch.no_grad()
def latent_sefa(generator: nn.Module, count: int, classes: int) -> Tensor:
    """Find the latents to which the first layer of a generator responds most, by SeFa.

    They are unit steps (K, *latent_shape), strongest first; none without a linear or convolution
    layer.
    """
    shape = cast(tuple[int, ...], generator.latent_shape)
    layers = _weighted_layers(generator, classes)
    if not layers:
        return torch.zeros(0, *shape)
    weight = _first_weight(generator, layers[0], classes)
    return _signed(_as_latents(_strongest(weight, count), shape))


def _signed(vectors: Tensor) -> Tensor:
    """Flip vectors whose largest entry is negative: signs are otherwise arbitrary."""
    flat = vectors.flatten(1)
    largest = flat.gather(1, flat.abs().argmax(1, keepdim=True)).sign()
    return (flat * largest).view_as(vectors).float().cpu().contiguous()


def _probes(generator: nn.Module, classes: int) -> Iterator[tuple[Tensor, Tensor | None]]:
    """Yield keyed latents (CHUNK, *latent_shape) and labels (CHUNK,).

    Where a latent is a grid of cells, all cells of one latent are equal.
    """
    shape = cast(tuple[int, ...], generator.latent_shape)
    device = next(generator.parameters()).device
    for start in range(0, SAMPLES, CHUNK):
        seeds = range(start, start + CHUNK)
        latents = torch.stack([draw_latent(shape, seed) for seed in seeds])
        if len(shape) > 1:
            latents = latents[:, :, :1, :1].expand_as(latents).contiguous()
        labels = torch.tensor(seeds, device=device) % classes if classes else None
        yield latents.to(device), labels


def _style_components(generator: nn.Module, count: int, classes: int) -> Tensor:
    """Return the principal components (K, W) of the styles."""
    styles, all_labels = _sampled_styles(generator, classes)
    centred = _centred(styles, all_labels)
    _, values, axes = torch.linalg.svd(centred, full_matrices=False)
    steps: Tensor = axes[:count] * (values[:count, None] / len(centred) ** 0.5)
    return steps


def _feature_components(generator: nn.Module, count: int, classes: int) -> Tensor:
    """Return the latents (K, *latent_shape) that move features along their components."""
    shape = cast(tuple[int, ...], generator.latent_shape)
    layer = _second_layer(generator, classes)
    latents, features, all_labels = [], [], []

    def keep(_: nn.Module, args: tuple[Any, ...], result: Tensor) -> None:
        features.append(args[0].float().cpu().flatten(1))

    for drawn, labels in _probes(generator, classes):
        with forward_hooks([layer], keep):
            generator(drawn, labels)
        latents.append(drawn.double().cpu().reshape(CHUNK, shape[0], -1)[:, :, 0])
        all_labels.append(_labels_or_zeros(labels))
    centred = _centred(torch.cat(features).double(), torch.cat(all_labels))
    # There are more features than pictures: eigenvectors of N x N products of the N pictures.
    values, vectors = torch.linalg.eigh(centred @ centred.T)
    scores = vectors.flip(1)[:, :count] * values.flip(0)[:count].clamp_min(0).sqrt()
    scores = scores / scores.std(0, correction=0).clamp_min(1e-12)
    steps = torch.linalg.lstsq(scores, torch.cat(latents)).solution
    # Latents have standard deviation 1 along every unit vector.
    steps = steps / torch.linalg.vector_norm(steps, dim=1, keepdim=True).clamp_min(1e-12)
    return _as_latents(steps, shape)


def _labels_or_zeros(labels: Tensor | None) -> Tensor:
    return torch.zeros(CHUNK, dtype=torch.long) if labels is None else labels.cpu()


def _sampled_styles(generator: nn.Module, classes: int) -> tuple[Tensor, Tensor]:
    """Return styles (N, W), each the mean of its layers, in float64, and their labels (N,)."""
    styles, all_labels = [], []
    for latents, labels in _probes(generator, classes):
        styles.append(cast(Any, generator).mapping(latents, labels).mean(1).double().cpu())
        all_labels.append(_labels_or_zeros(labels))
    return torch.cat(styles), torch.cat(all_labels)


def _as_latents(steps: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Return steps (K, Z) as latents (K, *shape); all cells of a grid move alike."""
    if len(shape) == 1:
        return steps
    return steps[:, :, None, None].expand(len(steps), *shape).contiguous()


def _centred(features: Tensor, labels: Tensor) -> Tensor:
    """Subtract from features (N, F) the mean of those with the same label."""
    centred = features.clone()
    for label in labels.unique():
        own = labels == label
        centred[own] -= features[own].mean(0)
    return centred


def _weighted_layers(generator: nn.Module, classes: int) -> list[nn.Module]:
    """List linear and convolution layers in the order in which they run."""
    order: list[nn.Module] = []
    layers = [m for m in generator.modules() if isinstance(m, nn.Linear | nn.modules.conv._ConvNd)]
    latents, labels = next(_probes(generator, classes))
    with forward_hooks(layers, lambda layer, _, __: order.append(layer)):
        generator(latents[:1], None if labels is None else labels[:1])
    return list(dict.fromkeys(order))


def _second_layer(generator: nn.Module, classes: int) -> nn.Module:
    """Return the layer whose input is the output of the first one, after its activation."""
    layers = _weighted_layers(generator, classes)
    if len(layers) < 2:
        raise RunError("the generator has fewer than two linear or convolution layers to look at")
    return layers[1]


def _style_sefa(generator: nn.Module, count: int, classes: int) -> Tensor:
    """Return the styles (K, W) to which the synthesis responds most, by SeFa."""
    axes = _strongest(_style_weight(generator, classes), count)
    styles, _ = _sampled_styles(generator, classes)
    return axes * (styles @ axes.T).std(0, correction=0)[:, None]


def _strongest(weight: Tensor, count: int) -> Tensor:
    """Return the unit vectors (K, Z) to which a weight (F, Z) responds most, strongest first."""
    axes: Tensor = torch.linalg.eigh(weight.T @ weight)[1].flip(1)
    return axes[:, :count].T.contiguous()


def _first_weight(generator: nn.Module, layer: nn.Module, classes: int) -> Tensor:
    """Measure the weight (F, Z) of the first layer by its outputs for unit vectors."""
    shape = cast(tuple[int, ...], generator.latent_shape)
    size, device = shape[0], next(generator.parameters()).device
    inputs = _as_latents(torch.cat([torch.zeros(1, size), torch.eye(size)]), shape).to(device)
    outputs: list[Tensor] = []
    with forward_hooks([layer], lambda _, __, out: outputs.append(out.double().cpu().flatten(1))):
        for part in inputs.split(CHUNK):
            labels = torch.zeros(len(part), dtype=torch.long, device=device) if classes else None
            generator(part, labels)
    found = torch.cat(outputs)
    return (found[1:] - found[0]).T


def _style_weight(generator: nn.Module, classes: int) -> Tensor:
    """Measure the weights of all layers of the synthesis that take styles, stacked to (F, W)."""
    halves = cast(StyleGenerator, generator)
    width = len(halves.style_mean)
    takes_styles: list[nn.Module] = []

    def notice(layer: nn.Module, args: tuple[Any, ...], _: Tensor) -> None:
        if args and isinstance(args[0], Tensor) and args[0].shape[1:] == (width,):
            takes_styles.append(layer)

    leaves = [module for module in generator.modules() if not list(module.children())]
    latents, labels = next(_probes(generator, classes))
    styles = halves.mapping(latents[:1], None if labels is None else labels[:1])
    with forward_hooks(leaves, notice):
        halves.synthesis(styles)
    inputs = torch.cat([torch.zeros(1, width), torch.eye(width)]).to(styles)
    outputs = [layer(inputs).double().cpu() for layer in dict.fromkeys(takes_styles)]
    if not outputs:
        raise RunError("no layer of the generator's synthesis takes the styles directly")
    return torch.cat([(output[1:] - output[0]).T for output in outputs])


def write_directions(folder: Path, directions: Directions) -> None:
    """Write a run's directions: vectors, and names in a TOML file that may be edited."""
    with replacing(folder / FILE) as temporary:
        save_file({"directions": directions.vectors}, temporary)
    about = {
        "names": list(directions.names),
        "method": directions.method,
        "in_styles": directions.in_styles,
        "weights_sha256": directions.weights_sha256,
    }
    write_text(folder / NAMES, toml_text(about))


def read_directions(folder: Path, weights_sha256: str) -> Directions:
    """Read the directions in a run's folder, for the checkpoint with that SHA-256."""
    redo = f"find them with artgan directions {folder}"
    if not (folder / FILE).exists():
        raise RunError(f"run '{folder}' has no directions yet: {redo}")
    try:
        about = read_toml(folder / NAMES, RunError)
        vectors = load_tensors(folder / FILE)["directions"]
        found = Directions(
            vectors,
            tuple(map(str, about["names"])),
            bool(about["in_styles"]),
            str(about["method"]),
            str(about["weights_sha256"]),
        )
    except (OSError, SafetensorError, KeyError, TypeError) as error:
        raise RunError(f"the directions of '{folder}' cannot be read ({error}): {redo}") from error
    if len(found.names) != len(vectors):
        raise RunError(
            f"'{folder / NAMES}' names {count_of(len(found.names), 'direction')}, "
            f"{FILE} holds {len(vectors)}"
        )
    if found.weights_sha256 != weights_sha256:
        raise RunError(
            f"the directions of '{folder}' belong to other weights: it was trained since; {redo}"
        )
    return found


def keep_directions(run: TrainedRun, count: int, method: str) -> Directions:
    """Find the directions of a run and write them into its folder."""
    vectors, in_styles = find_directions(
        run.generator, count=count, method=method, classes=run.config.classes
    )
    names = tuple(str(number) for number in range(len(vectors)))
    found = Directions(vectors, names, in_styles, method, run.checkpoint.sha256)
    write_directions(run.path, found)
    return found


def resolve_steering(run: TrainedRun, options: SteeringOptions = SteeringOptions()) -> Steering:
    """Look up the directions and contributions that ``options`` names, and check its values."""
    chosen, shifts = read_chosen(options, run.registry), []
    options = chosen.options
    if options.moves:
        known = read_directions(run.path, run.checkpoint.sha256)
        for name, amount in options.moves.items():
            place = known.find(str(name))
            shifts.append(
                Shift(known.names[place], known.vectors[place], known.in_styles, float(amount))
            )
    mix = Mix(*options.mix) if options.mix else None
    further = (chosen.draw, chosen.moves, chosen.sampler)
    return Steering(options.truncation, tuple(shifts), mix, *further)
