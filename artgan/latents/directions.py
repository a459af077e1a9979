"""Directions in latent space that change a picture in one way each, found without labels.

``components``: Härkönen et al. 2020, "GANSpace: Discovering Interpretable GAN Controls", section 2:
principal components of the styles, or, where there are none, of the first layer's features, mapped
back to latents by least squares. ``sefa``: Shen and Zhou 2021, "Closed-Form Factorization of Latent
Semantics in GANs": eigenvectors of A^T A, A being the weight that first meets the latents.

A is measured rather than read: the layer is linear, so its answers to unit vectors are its columns,
however an architecture stores them. In runs with labels the mean of each label is taken out of the
features first, or the strongest directions would be those between labels.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import tomli_w
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from artgan.base.paths import replacing, write_text
from artgan.base.suggest import suggest
from artgan.base.tables import read_toml
from artgan.core.run import TrainedRun
from artgan.errors import OptionError, RunError
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

CHUNK = 64

FILE = "directions.safetensors"

NAMES = "directions.toml"


@dataclass(frozen=True)
class Directions:
    """Directions of one run.

    Attributes:
        vectors: Latents (K, *latent_shape) or styles (K, W), strongest first, each as long as one
            standard deviation along it.
        names: What each is called, (K,).
        in_styles: Whether they are styles.
        method: How they were found.
        weights_sha256: Of the checkpoint they belong to.
    """

    vectors: Tensor
    names: tuple[str, ...]
    in_styles: bool
    method: str
    weights_sha256: str

    def find(self, name: str) -> int:
        """Give the place of a direction by its name or its number.

        Raises:
            OptionError: There is none.
        """
        if name in self.names:
            return self.names.index(name)
        if name.isdecimal() and int(name) < len(self.names):
            return int(name)
        raise OptionError(
            f"there is no direction '{name}'.{suggest(name, self.names)} Known are "
            f"{', '.join(self.names)}"
        )

    def renamed(self, name: str, new: str) -> "Directions":
        """Give the directions with one called otherwise.

        Raises:
            OptionError: There is no such direction, or the new name is taken or not a plain word.
        """
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
    """Find the strongest directions of a generator in evaluation mode.

    Args:
        generator: Any generator.
        count: How many; fewer come back where the latent has fewer values.
        method: "components" or "sefa".
        classes: How many labels it takes.

    Returns:
        Unit steps (K, *latent_shape), or (K, W) of styles, and whether they are styles.

    Raises:
        OptionError: There is no such method.
        RunError: The generator has no linear layer that could be looked at.
    """
    if method not in METHODS:
        raise OptionError(f"there is no method '{method}'; expected components or sefa")
    with torch.no_grad():
        halves = style_half(generator)
        if method == "sefa":
            return _signed(_sefa(generator, count, classes)), halves is not None
        if halves is not None:
            return _signed(_style_components(generator, count, classes)), True
        return _signed(_feature_components(generator, count, classes)), False


def _signed(vectors: Tensor) -> Tensor:
    """Turn each vector so that its largest entry is positive: signs are otherwise arbitrary."""
    flat = vectors.flatten(1)
    largest = flat.gather(1, flat.abs().argmax(1, keepdim=True)).sign()
    return (flat * largest).view_as(vectors).float().cpu().contiguous()


def _probes(generator: nn.Module, classes: int) -> Iterator[tuple[Tensor, Tensor | None]]:
    """Yield keyed latents (CHUNK, *latent_shape) and labels; all cells of a grid are alike."""
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
    mapping = cast(Any, generator).mapping
    styles, kinds = [], []
    for latents, labels in _probes(generator, classes):
        styles.append(mapping(latents, labels).mean(1).double().cpu())
        kinds.append(torch.zeros(CHUNK, dtype=torch.long) if labels is None else labels.cpu())
    centred = _centred(torch.cat(styles), torch.cat(kinds))
    _, values, axes = torch.linalg.svd(centred, full_matrices=False)
    steps: Tensor = axes[:count] * (values[:count, None] / len(centred) ** 0.5)
    return steps


def _feature_components(generator: nn.Module, count: int, classes: int) -> Tensor:
    shape = cast(tuple[int, ...], generator.latent_shape)
    layer = _second_layer(generator, classes)
    latents, features, kinds = [], [], []
    for drawn, labels in _probes(generator, classes):
        with _seen(layer) as seen:
            generator(drawn, labels)
        latents.append(drawn.double().cpu().reshape(CHUNK, shape[0], -1)[:, :, 0])
        features.append(seen[0].float().cpu().flatten(1))
        kinds.append(torch.zeros(CHUNK, dtype=torch.long) if labels is None else labels.cpu())
    centred = _centred(torch.cat(features).double(), torch.cat(kinds))
    # Components of N pictures from their N x N products: there are more features than pictures.
    values, vectors = torch.linalg.eigh(centred @ centred.T)
    scores = vectors.flip(1)[:, :count] * values.flip(0)[:count].clamp_min(0).sqrt()
    scores = scores / scores.std(0, correction=0).clamp_min(1e-12)
    steps = torch.linalg.lstsq(scores, torch.cat(latents)).solution
    # Latents have standard deviation 1 along every unit vector.
    steps = steps / torch.linalg.vector_norm(steps, dim=1, keepdim=True).clamp_min(1e-12)
    return _as_latents(steps, shape)


def _as_latents(steps: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Give steps (K, Z) as latents (K, *shape); a grid's cells all move alike."""
    if len(shape) == 1:
        return steps
    return steps[:, :, None, None].expand(len(steps), *shape).contiguous()


def _centred(features: Tensor, kinds: Tensor) -> Tensor:
    """Take the mean of each kind out of features (N, F)."""
    centred = features.clone()
    for kind in kinds.unique():
        own = kinds == kind
        centred[own] -= features[own].mean(0)
    return centred


@contextmanager
def _seen(*layers: nn.Module) -> Iterator[list[Tensor]]:
    """Collect what layers are given inside the block, then what they make of it."""
    seen: list[Tensor] = []
    hooks = [
        layer.register_forward_hook(lambda _, args, result: seen.extend((args[0], result)))
        for layer in layers
    ]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


def _weighted_layers(generator: nn.Module, classes: int) -> list[nn.Module]:
    """List layers with a weight matrix in the order in which they are used."""
    used: list[nn.Module] = []
    layers = [m for m in generator.modules() if isinstance(m, nn.Linear | nn.modules.conv._ConvNd)]
    hooks = [m.register_forward_pre_hook(lambda m, _: used.append(m)) for m in layers]
    try:
        latents, labels = next(_probes(generator, classes))
        generator(latents[:1], None if labels is None else labels[:1])
    finally:
        for hook in hooks:
            hook.remove()
    return list(dict.fromkeys(used))


def _second_layer(generator: nn.Module, classes: int) -> nn.Module:
    """Give the layer whose input is what the first layer made, normalized and bent."""
    layers = _weighted_layers(generator, classes)
    if len(layers) < 2:
        raise RunError("the generator has fewer than two linear or convolution layers to look at")
    return layers[1]


def _sefa(generator: nn.Module, count: int, classes: int) -> Tensor:
    halves = style_half(generator)
    if halves is None:
        shape = cast(tuple[int, ...], generator.latent_shape)
        return _as_latents(_strongest(_first_weight(generator, classes), count), shape)
    axes = _strongest(_style_weight(generator, classes), count)
    drawn = _probes(generator, classes)
    styles = torch.cat([halves.mapping(*probe).mean(1).double().cpu() for probe in drawn])
    return axes * (styles @ axes.T).std(0, correction=0)[:, None]


def _strongest(weight: Tensor, count: int) -> Tensor:
    """Give the unit vectors (K, Z) that a weight (F, Z) answers most to, strongest first."""
    axes: Tensor = torch.linalg.eigh(weight.T @ weight)[1].flip(1)
    return axes[:, :count].T.contiguous()


def _first_weight(generator: nn.Module, classes: int) -> Tensor:
    """Measure the weight (F, Z) of the first layer by its answers to unit vectors."""
    layer = _weighted_layers(generator, classes)[0]
    shape = cast(tuple[int, ...], generator.latent_shape)
    size, device = shape[0], next(generator.parameters()).device
    asked = _as_latents(torch.cat([torch.zeros(1, size), torch.eye(size)]), shape).to(device)
    answers = []
    for part in asked.split(CHUNK):
        labels = torch.zeros(len(part), dtype=torch.long, device=device) if classes else None
        with _seen(layer) as seen:
            generator(part, labels)
        answers.append(seen[1].double().cpu().flatten(1))
    found = torch.cat(answers)
    return (found[1:] - found[0]).T


def _style_weight(generator: nn.Module, classes: int) -> Tensor:
    """Give the weights of all layers of the synthesis that meet styles, below each other (F, W)."""
    halves = cast(StyleGenerator, generator)
    width = len(halves.style_mean)
    met: list[nn.Module] = []

    def notice(module: nn.Module, args: tuple[Any, ...]) -> None:
        if args and isinstance(args[0], Tensor) and args[0].shape[1:] == (width,):
            met.append(module)

    leaves = [module for module in generator.modules() if not list(module.children())]
    latents, labels = next(_probes(generator, classes))
    styles = halves.mapping(latents[:1], None if labels is None else labels[:1])
    hooks = [module.register_forward_pre_hook(notice) for module in leaves]
    try:
        halves.synthesis(styles)
    finally:
        for hook in hooks:
            hook.remove()
    asked = torch.cat([torch.zeros(1, width), torch.eye(width)]).to(styles)
    answers = [module(asked).double().cpu() for module in dict.fromkeys(met)]
    if not answers:
        raise RunError("no layer of the generator's synthesis meets the styles directly")
    return torch.cat([(answer[1:] - answer[0]).T for answer in answers])


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
    write_text(folder / NAMES, tomli_w.dumps(about))


def read_directions(folder: Path, weights_sha256: str) -> Directions:
    """Read a run's directions.

    Args:
        folder: The run's folder.
        weights_sha256: Of the checkpoint that they are used with.

    Raises:
        RunError: There are none, they are damaged, or those of other weights.
    """
    redo = f"find them with artgan directions {folder}"
    if not (folder / FILE).exists():
        raise RunError(f"run '{folder}' has no directions yet: {redo}")
    try:
        about = read_toml(folder / NAMES, RunError)
        vectors = load_file(folder / FILE)["directions"]
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
            f"'{folder / NAMES}' names {len(found.names)} directions, {FILE} holds {len(vectors)}"
        )
    if found.weights_sha256 != weights_sha256:
        raise RunError(
            f"the directions of '{folder}' belong to other weights: it was trained since; {redo}"
        )
    return found


def keep_directions(run: TrainedRun, count: int, method: str) -> Directions:
    """Find the directions of a run and write them into its folder.

    Args:
        run: Whose directions.
        count: How many, strongest first.
        method: "components" or "sefa", as ``find_directions`` takes it.

    Raises:
        ArtganError: There is no such method, or nothing to look at.
    """
    vectors, in_styles = find_directions(
        run.generator, count=count, method=method, classes=run.config.classes
    )
    names = tuple(str(number) for number in range(len(vectors)))
    found = Directions(vectors, names, in_styles, method, run.checkpoint.sha256)
    write_directions(run.path, found)
    return found


def resolve_steering(run: TrainedRun, options: SteeringOptions = SteeringOptions()) -> Steering:
    """Look up the directions that ``options`` names, and check its values.

    Raises:
        ArtganError: A value is out of range, or there is no such direction.
    """
    shifts = []
    if options.moves:
        known = read_directions(run.path, run.checkpoint.sha256)
        for name, amount in options.moves.items():
            place = known.find(str(name))
            shifts.append(
                Shift(known.names[place], known.vectors[place], known.in_styles, float(amount))
            )
    return Steering(options.truncation, tuple(shifts), Mix(*options.mix) if options.mix else None)
