"""Checks of an architecture."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from artgan.base.options import OptionFact, build_options, describe
from artgan.plugin import ArchContext, DataFacts, Fit, Recipe, Sizes
from artgan.plugin.picture import is_plane_name
from artgan.printing.canvas import inner_cells
from artgan.testing._checks import Checks, Subject, expect, expect_type
from artgan.testing._torch import draw, expect_finite_gradients, expect_scalar, keyed

CHECKS = Checks()
CLASSES = 3
LARGEST_TRIED = 1024
SEAM_BUILDS = 8
SEAM_PICTURES = 32
SEAM_BAND = (0.75, 1.35)
"""Seam ratios that ``artgan tile check`` accepts for a picture that repeats."""
SIDES = ("generator", "discriminator")


def tried_sizes(sizes: Sizes) -> list[tuple[int, int]]:
    """List sizes (height, width): the smallest, powers of two, the largest, and an oblong one."""
    largest = min(sizes.largest, LARGEST_TRIED)
    sides = [sizes.smallest, largest, *(1 << power for power in range(largest.bit_length()))]
    tried = [(side, side) for side in dict.fromkeys(sides) if sizes.fits(side, side)]
    oblong = (sizes.smallest, 2 * sizes.smallest)
    return [*tried, *([oblong] if sizes.fits(*oblong) else [])]


def _context(subject: Subject, **facts: Any) -> ArchContext:
    tried = tried_sizes(subject.declared.sizes)
    expect(tried, f"no square size fits its sizes {subject.declared.sizes}")
    height, width = min(tried)
    plain = {"height": height, "width": width, "channels": subject.declared.channels[0]}
    return ArchContext(**{**plain, **facts})


def _networks(
    subject: Subject, context: ArchContext, seed: int = 0, **options: Any
) -> tuple[Any, Any]:
    built = []
    for side in SIDES:
        with keyed(seed):
            network = subject.contribution.call(side, context, subject.options(**options))
        built.append(expect_type(network, nn.Module, f"its {side}", "a torch.nn.Module"))
    return built[0], built[1]


def _latents(generator: Any, count: int, seed: int = 0) -> Tensor:
    return draw(count, *generator.latent_shape, seed=seed)


def _labels(context: ArchContext, count: int) -> Tensor | None:
    return torch.arange(count) % context.classes if context.classes else None


@CHECKS.add("builds")
def builds(subject: Subject) -> None:
    """Both builders return a torch.nn.Module, and the generator has a latent_shape."""
    generator, _ = _networks(subject, _context(subject))
    shape = getattr(generator, "latent_shape", None)
    expect(
        isinstance(shape, tuple) and all(isinstance(n, int) and n > 0 for n in shape),
        f"its generator's latent_shape is {shape!r}; expected a tuple such as (64,)",
    )


@CHECKS.add("shapes", after=("builds",))
def shapes(subject: Subject) -> None:
    """Images and logits have the right shape for every declared size and number of channels."""
    declared = subject.declared
    for channels in declared.channels:
        _expect_shapes(subject, _context(subject, channels=channels))
    if declared.conditional:
        _expect_shapes(subject, _context(subject, classes=CLASSES))
    for height, width in tried_sizes(declared.sizes):
        _expect_shapes(subject, _context(subject, height=height, width=width))


def _expect_shapes(subject: Subject, context: ArchContext) -> None:
    at = f"at {context.width}x{context.height} with {context.channels} channels"
    # The meta device computes shapes alone, so that large sizes cost nothing.
    with torch.device("meta"), _PowerShapes():
        generator, discriminator = _networks(subject, context)
        labels = torch.zeros(2, dtype=torch.int64) if context.classes else None
        images = generator(torch.empty(2, *generator.latent_shape), labels)
        wanted = (2, context.channels, context.height, context.width)
        expect(
            images.shape == wanted, f"{at} images have shape {tuple(images.shape)}; not {wanted}"
        )
        logits = discriminator(images, labels)
    expect(logits.shape == (2,), f"{at} logits have shape {tuple(logits.shape)}; expected (2,)")


class _PowerShapes(TorchFunctionMode):
    """Take what is normalized, and products with vectors, for the shapes that they have anyhow.

    Spectral norm begins with fifteen rounds of both per layer, slow on the meta device.
    """

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        given = kwargs or {}
        if func is torch.mv and len(args) == 2:
            return args[0].new_empty(args[0].shape[:1])
        if func is not F.normalize or not args:
            return func(*args, **given)
        out = given.get("out")
        return torch.empty_like(args[0]) if out is None else out


@CHECKS.add("added-options", after=("shapes",), applies=lambda s: bool(s.declared.added_options))
def added_options(subject: Subject) -> None:
    """With the weights that a network has without them, added_options change nothing at first."""
    context = _context(subject)
    known = {fact.name: fact for fact in describe(subject.declared.options)}
    for name in subject.declared.added_options:
        more = {name: _another(known[name])}
        plain, added = (_networks(subject, context, **given) for given in ({}, more))
        shown: Tensor = _latents(plain[0], 2)
        for side, before, after in zip(SIDES, plain, added, strict=True):
            own, held = after.state_dict(), before.state_dict()
            kept = all(key in own and own[key].shape == held[key].shape for key in held)
            expect(kept, f"{name} takes layers of the {side} away, or changes their shapes")
            after.load_state_dict(held, strict=False)
            with torch.no_grad():
                was, now = before.eval()(shown), after.eval()(shown)
            same = torch.allclose(was, now, atol=1e-5)
            expect(same, f"{name} changes the {side} before it has learnt: begin with zeros")
            shown = was


def _another(fact: OptionFact) -> Any:
    """Return a value of an option that is not its default, if there is a plain one."""
    if fact.kind == "bool":
        return not fact.default
    if fact.kind == "choice":
        return next((one for one in fact.choices if one != fact.default), fact.default)
    if fact.kind in ("int", "float"):
        return fact.default + (1 if fact.high is None or fact.default + 1 <= fact.high else -1)
    return fact.default


@CHECKS.add("gradients", after=("shapes",))
def gradients(subject: Subject) -> None:
    """Every parameter gets a finite gradient."""
    for classes in (0, CLASSES) if subject.declared.conditional else (0,):
        context = _context(subject, classes=classes)
        generator, discriminator = _networks(subject, context)
        labels = _labels(context, 4)
        with keyed():
            images = generator(_latents(generator, 4), labels)
            loss = discriminator(images, labels).sum()
            if hasattr(discriminator, "with_own_loss"):
                loss = loss + discriminator.with_own_loss(images, labels)[1]
            loss.backward()
        for side, network in zip(SIDES, (generator, discriminator), strict=True):
            expect_finite_gradients(network.named_parameters(), side)


@CHECKS.add("image-range", after=("shapes",))
def image_range(subject: Subject) -> None:
    """Images lie in [-1, 1], even for latents far from zero."""
    generator, _ = _networks(subject, _context(subject))
    for factor in (1, 30):
        with torch.no_grad():
            images = generator(_latents(generator, 4) * factor)
        low, high = float(images.min()), float(images.max())
        expect(
            low >= -1.001 and high <= 1.001,
            f"images reach from {low:.3g} to {high:.3g}; expected [-1, 1]: end with tanh",
        )


@CHECKS.add("raw-logits", after=("shapes",))
def raw_logits(subject: Subject) -> None:
    """Logits are unbounded: the discriminator does not end with sigmoid or tanh."""
    context = _context(subject)
    _, discriminator = _networks(subject, context)
    images = draw(16, context.channels, context.height, context.width) * 1000
    with torch.no_grad(), keyed():
        for _ in range(4):
            logits = discriminator(images)
            if bool((logits.abs() > 1.001).any()):
                return
            for parameter in discriminator.parameters():
                parameter.mul_(10)
    expect(
        False,
        "logits stay in [-1, 1] however large the pixel values: remove the last sigmoid or tanh",
    )


@CHECKS.add("batch-of-one", after=("shapes",))
def batch_of_one(subject: Subject) -> None:
    """In evaluation mode an image does not depend on the rest of its batch."""
    context = _context(subject)
    generator, discriminator = (network.eval() for network in _networks(subject, context))
    latents = _latents(generator, 2)
    with torch.no_grad():
        together, alone = generator(latents), generator(latents[:1])
        logits = discriminator(together[:1])
    expect(logits.shape == (1,), f"the logits of one picture have shape {tuple(logits.shape)}")
    same = torch.allclose(together[:1], alone, atol=1e-4)
    expect(same, "in evaluation mode an image depends on the rest of its batch")


@CHECKS.add("independent-logits", after=("shapes",), applies=lambda s: s.declared.independent)
def independent_logits(subject: Subject) -> None:
    """In training mode each logit depends only on its own image."""
    context = _context(subject)
    _, discriminator = _networks(subject, context)
    images = draw(4, context.channels, context.height, context.width).requires_grad_()
    with keyed():
        (gradient,) = torch.autograd.grad(discriminator(images)[0], images)
    expect(
        bool((gradient[1:] == 0).all()),
        "a logit depends on other images of the batch: declare independent=False, or use no "
        "batch norm in the discriminator",
    )


@CHECKS.add("own-loss", after=("shapes",))
def own_loss(subject: Subject) -> None:
    """with_own_loss returns the logits of a plain call and a finite scalar loss."""
    context = _context(subject, classes=CLASSES if subject.declared.conditional else 0)
    _, discriminator = _networks(subject, context)
    if not hasattr(discriminator, "with_own_loss"):
        return
    images = draw(4, context.channels, context.height, context.width).clamp(-1, 1)
    labels = _labels(context, 4)
    with keyed():
        given = discriminator.eval().with_own_loss(images, labels)
        pair = isinstance(given, tuple) and len(given) == 2
        expect(pair, f"with_own_loss returned {type(given).__name__}; expected (logits, loss)")
        logits, loss = given
        expect(expect_scalar(loss, "with_own_loss").isfinite(), f"its own loss is {loss}")
        expect(loss.requires_grad, "its own loss does not depend on its weights")
        same = torch.allclose(logits, discriminator(images, labels), atol=1e-5)
    expect(same, "with_own_loss returns other logits than a plain call")


@CHECKS.add("planes", after=("shapes",))
def planes(subject: Subject) -> None:
    """A generator that names planes draws them in [0, 1], beside the images of a plain call."""
    context = _context(subject, classes=CLASSES if subject.declared.conditional else 0)
    with torch.device("meta"):
        unset = subject.contribution.call("generator", context, subject.options())
    names = tuple(getattr(unset, "planes", ()))
    if not names:
        return
    generator = _networks(subject, context)[0].eval()
    wrong = [name for name in names if not is_plane_name(name)]
    expect(not wrong, f"{wrong[:1]} is no name for a plane: lower-case letters and digits, 'depth'")
    expect(hasattr(generator, "with_planes"), "it names planes and has no method with_planes")
    latents, labels = _latents(generator, 2), _labels(context, 2)
    with torch.no_grad():
        plain = generator(latents, labels)
        values = generator.mapping(latents, labels) if hasattr(generator, "mapping") else latents
        images, drawn = generator.with_planes(values, labels)
    expect(torch.allclose(images, plain, atol=1e-5), "with_planes returns other images than a call")
    wanted = (2, len(names), *plain.shape[2:])
    expect(drawn.shape == wanted, f"planes have shape {tuple(drawn.shape)}; expected {wanted}")
    low, high = float(drawn.min()), float(drawn.max())
    expect(
        0 <= low <= high <= 1, f"planes reach from {low:.3g} to {high:.3g}; expected [0, 1], finite"
    )


@CHECKS.add("same-seed-same-weights", after=("builds",))
def same_seed_same_weights(subject: Subject) -> None:
    """The same seed gives the same weights: initialization draws from torch's global generator."""
    for first, second in zip(*(_networks(subject, _context(subject)) for _ in "ab"), strict=True):
        for (name, a), b in zip(
            first.state_dict().items(), second.state_dict().values(), strict=True
        ):
            expect(torch.equal(a, b), f"{name} differs between two builds of one seed")


@CHECKS.add("leaves-seeds-alone", after=("builds",))
def leaves_seeds_alone(subject: Subject) -> None:
    """Building it seeds no random generator and draws only from torch's."""
    context = _context(subject)
    with _unchanged_generators():
        states = []
        for seed in (1, 2):
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                subject.contribution.call("generator", context, subject.options())
                subject.contribution.call("discriminator", context, subject.options())
                states.append(torch.get_rng_state())
    expect(
        not torch.equal(*states),
        "building it seeds torch's global generator, so every seed gives the same weights: remove "
        "torch.manual_seed",
    )


@contextmanager
def _unchanged_generators() -> Iterator[None]:
    python, numpy = random.getstate(), np.random.get_state(legacy=False)
    yield
    now: Any = np.random.get_state(legacy=False)
    same = str(numpy) == str(now) and python == random.getstate()
    expect(same, "building it draws from Python's or numpy's global generator: use torch's alone")


@CHECKS.add("state-returns", after=("same-seed-same-weights", "shapes"))
def state_returns(subject: Subject) -> None:
    """A network restored with load_state_dict gives the same output."""
    context = _context(subject)
    first, second = (_networks(subject, context, seed=seed) for seed in (1, 2))
    for side, (a, b) in enumerate(zip(first, second, strict=True)):
        b.load_state_dict(a.state_dict())
        shown = (
            _latents(a, 2)
            if side == 0
            else draw(2, context.channels, context.height, context.width)
        )
        with torch.no_grad():
            same = torch.equal(a.eval()(shown), b.eval()(shown))
        expect(
            same,
            f"the {SIDES[side]} gives other output after load_state_dict: register what it needs "
            "as parameter or buffer",
        )


@CHECKS.add("tileable", after=("shapes",), applies=lambda s: s.declared.tileable)
def tileable(subject: Subject) -> None:
    """It has a bool option tileable; with it on, pictures repeat without a seam."""
    facts = {fact.name: fact.kind for fact in describe(subject.declared.options)}
    expect(facts.get("tileable") == "bool", "it declares tileable but has no bool option tileable")
    context = _context(subject, tileable=True)
    generator, discriminator = _networks(subject, context, tileable=True)
    images = generator(_latents(generator, 2))
    expect(discriminator(images).shape == (2,), "with tileable on, logits have the wrong shape")
    cell = 1 << subject.declared.sizes.halvings(context.height, context.width)
    ratios = [_seams(subject, context, cell, seed) for seed in range(SEAM_BUILDS)]
    for name, ratio in zip(("height", "width"), np.mean(ratios, axis=0), strict=True):
        expect(
            SEAM_BAND[0] <= ratio <= SEAM_BAND[1],
            f"across the edges of its {name} images change {ratio:.2f} times as much as inside; "
            "expected about 1: use circular padding in every layer of the generator",
        )


@CHECKS.add("spatial", after=("shapes",), applies=lambda s: s.declared.spatial)
def spatial(subject: Subject) -> None:
    """Each pixel depends only on the latent cells near it, whatever the size of the grid."""
    for wraps in (False, True) if subject.declared.tileable else (False,):
        chosen = {"tileable": True} if wraps else {}
        generator, _ = _networks(subject, _context(subject, tileable=wraps), **chosen)
        wanted = ("cell", "margin", "wraps", "global_latents")
        missing = [name for name in wanted if not hasattr(generator, name)]
        expect(not missing, f"its generator is spatial but has no {', '.join(missing)}")
        expect(bool(generator.wraps) == wraps, f"its generator's wraps is {generator.wraps}")
        count, rows, columns = generator.latent_shape
        around = 2 * generator.margin + 4
        grid = draw(1, count, rows + around, columns + around)
        grid[:, : generator.global_latents] = grid[:, : generator.global_latents, :1, :1]
        cell, name = generator.cell, "tileable" if wraps else "not tileable"
        with torch.no_grad():
            whole = inner_cells(generator.eval(), grid)
            part = inner_cells(generator, grid[:, :, 2:-1, 1:-2])
        height, width = ((side - 2 * generator.margin) * cell for side in grid.shape[2:])
        expect(
            whole.shape[2:] == (height, width),
            f"{name}, {grid.shape[2]}x{grid.shape[3]} cells of {cell} pixels and a margin of "
            f"{generator.margin} gave {tuple(whole.shape[2:])} pixels; expected {(height, width)}",
        )
        same = whole[:, :, 2 * cell : height - cell, cell : width - 2 * cell]
        expect(
            torch.allclose(part, same, rtol=1e-3, atol=1e-3 * float(whole.abs().max())),
            f"{name}, a part of its grid gives other pixels than the whole: pad no layer, and set "
            "margin to the number of cells beyond each side that an image depends on",
        )


@CHECKS.add("any-size", after=("shapes",), applies=lambda s: s.declared.any_size)
def any_size(subject: Subject) -> None:
    """Three times as large its images are the same, and a longer side only adds to them."""
    context = _context(subject)
    generator, _ = _networks(subject, context)
    trained = (context.height, context.width)
    expect(getattr(generator, "size", None) == trained, "its generator has no size (height, width)")
    latents = _latents(generator.eval(), 2)
    made = []
    for size in (trained, (3 * trained[0], 3 * trained[1]), (trained[0], 2 * trained[1])):
        generator.size = size
        with torch.no_grad():
            made.append(generator(latents))
        shape = tuple(made[-1].shape[2:])
        expect(shape == size, f"with size {size} its images are {shape}")
    expect(
        torch.allclose(made[1][:, :, 1::3, 1::3], made[0], atol=0.02),
        "three times as large it draws another picture: compute pixels from their middles, as a "
        "share of the picture",
    )


def _seams(subject: Subject, context: ArchContext, cell: int, seed: int) -> tuple[float, float]:
    """Compute the seam ratios of height and width for images of one random network."""
    generator, _ = _networks(subject, context, seed, tileable=True)
    with torch.no_grad(), keyed():
        shown = generator.eval()(_latents(generator, SEAM_PICTURES)).float()
    return seam_ratio(shown, cell, 2), seam_ratio(shown, cell, 3)


def seam_ratio(images: Tensor, cell: int, axis: int) -> float:
    """Compare the step across an edge of images (N, C, H, W) with steps inside; 1 means no seam.

    A network that grows images from cells changes more from cell to cell than within one, and the
    edge lies between two cells: so it is compared with the other lines between cells, ``cell``
    pixels apart. A step is divided by what two unrelated pixels there would differ, so that images
    which fade out at the edge do not pass. Axis 2 is the height, 3 the width.
    """
    lines = images.movedim(axis, 0)
    around = lines - lines.mean(1, keepdim=True)

    def step(place: int) -> float:
        here, before = around[place], around[place - 1]
        alone = (here.square() + before.square()).mean()
        return float((here - before).square().mean() / alone.clamp_min(1e-12))

    inside = [step(place) for place in range(cell, len(around), cell)]
    return step(0) / max(float(np.mean(inside)), 1e-12)


def _data_facts(context: ArchContext, **changes: Any) -> DataFacts:
    """Describe a dataset of the context's size: 1000 images without labels, unless changed."""
    size = {"height": context.height, "width": context.width, "channels": context.channels}
    return DataFacts(**{**size, "count": 1000, "classes": 0, "device": "cpu", **changes})


@CHECKS.add("recipe", after=("builds",), applies=lambda s: s.declared.recipe is not None)
def recipe(subject: Subject) -> None:
    """Its recipe names existing losses and valid options for each preset and device."""
    declared = subject.declared
    registry = subject.checked.registry.names_in(subject.contribution.plugin.id)
    context = _context(subject)
    for preset in ("", *declared.presets):
        for device in ("cpu", "cuda"):
            facts = _data_facts(context, device=device, preset=preset)
            given = subject.contribution.call("recipe", facts)
            expect_type(given, Recipe, "its recipe", "a Recipe")
            subject.options(**given.options)
            parts = [("loss", given.loss, given.loss_options)]
            parts += [("regularizer", *item) for item in given.regularizers.items()]
            parts += [("augmentation", *item) for item in given.augmentations.items()]
            for kind, name, options in parts:
                entry = registry.find(kind, name)
                build_options(entry.declaration.options, options, entry.where)


@CHECKS.add("fit", after=("builds",), applies=lambda s: s.declared.fit is not None)
def fit(subject: Subject) -> None:
    """Its fit returns a score in [0, 1] and a reason for few, many, and very similar images."""
    context = _context(subject)
    for count in (10, 10000):
        for even in (False, True):
            facts = _data_facts(context, count=count, even=even)
            given = subject.contribution.call("fit", facts)
            expect_type(given, Fit, "its fit", "a Fit")
            expect(0 <= given.score <= 1, f"its fit has the score {given.score}; expected 0 to 1")
            expect(bool(given.reason.strip()), "its fit has no reason")
