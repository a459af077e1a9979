"""Run a chain of filters over a picture."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from artgan.base.seeding import key
from artgan.core.registry import Registry
from artgan.errors import ArtganError, PluginError, StyleError
from artgan.palettes.find import find_palette, names_file
from artgan.pictures.files import read_picture
from artgan.plugin import FilterContext, Options
from artgan.plugin.color import BLENDS, to_hex
from artgan.plugin.masks import mask_weights, mask_wraps
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.strips import in_strips
from artgan.styling.chain import Chain, Step, Styled
from artgan.styling.parse import parse_style


def apply_style(
    chain: Chain,
    picture: Picture,
    *,
    registry: Registry,
    seed: int = 0,
    index: int = 0,
    total: int = 1,
) -> Styled:
    """Send a picture through a chain.

    Args:
        chain: From ``parse_style``.
        picture: What to style; it is not changed.
        registry: Where palettes and styles are looked up.
        seed: Key of all that is random in it.
        index: Place of the picture in its series.
        total: Length of the series.

    Raises:
        StyleError: A filter refused the picture, or the picture lacks what the style requires.
        PluginError: A filter broke its contract.
    """
    if "wrap" in chain.requires and not all(picture.wraps):
        raise StyleError(
            f"style '{chain.name}' needs a picture that tiles; train with --arch.tileable, or put "
            "a filter that makes tiles before it"
        )
    notes: list[str] = []
    palettes: dict[str, list[str]] = {}
    for place, step in enumerate(step.drawn(seed) for step in chain.steps):
        context = _context(registry, seed, place, notes, (index, total), palettes)
        before = picture
        called = _call(step, before, step.spelled_out(seed)[0], context)
        picture = _finish(step, before, called, notes)
    facts: dict[str, Any] = {"notes": notes}
    if any(picture.wraps):
        # Who reads the file goes on from a tile.
        facts["wraps"] = list(picture.wraps)
    named = {name: colors for name, colors in palettes.items() if not names_file(name)}
    if named:
        # A palette of that name may have other colours one day.
        facts["palettes"] = named
    return Styled(picture, {**chain.record(seed, palettes), **facts})


def call_paths(chain: Chain, picture: Picture, *, registry: Registry, seed: int = 0) -> Any:
    """Give the drawing of a chain's last step, for the picture that came out of the others.

    Raises:
        StyleError: The filter refused the picture.
        PluginError: The filter broke its contract.
    """
    step = chain.steps[-1]
    context = _context(registry, seed, len(chain.steps) - 1, [])
    shown = _shown(step, picture)
    return _guarded(
        step, shown, lambda: step.entry.load("paths")(shown, step.spelled_out(seed)[0], context)
    )


def _context(
    registry: Registry,
    seed: int,
    place: int,
    notes: list[str],
    series: tuple[int, int] = (0, 1),
    looked_up: dict[str, list[str]] | None = None,
) -> FilterContext:
    """Give what a filter is told; colours of palettes that it asks for are kept as hex."""
    return FilterContext(
        rng=np.random.Generator(np.random.PCG64(key("filter", seed, place))),
        seed=seed,
        index=series[0],
        total=series[1],
        note=notes.append,
        palette=partial(_palette, registry, notes, {} if looked_up is None else looked_up),
        run=partial(_run_inside, registry, seed, series),
        read=_read,
    )


def _palette(
    registry: Registry,
    notes: list[str],
    looked_up: dict[str, list[str]],
    wanted: Any,
    picture: Picture,
) -> FloatArray:
    """Look a palette up, and keep the colours of one that was named."""
    colors = find_palette(wanted, registry, picture, notes.append)
    if isinstance(wanted, str):
        looked_up[wanted] = to_hex(colors)
    return colors


def _run_inside(
    registry: Registry, seed: int, series: tuple[int, int], style: Any, picture: Picture
) -> Picture:
    chain = parse_style(style, registry)
    index, total = series
    styled = apply_style(chain, picture, registry=registry, seed=seed, index=index, total=total)
    return styled.picture


def _call(step: Step, picture: Picture, options: Options, context: FilterContext) -> Picture:
    entry = step.entry
    shown = _shown(step, picture)
    result = _guarded(step, shown, lambda: entry.load("apply")(shown, options, context))
    if not isinstance(result, Picture) or result.pixels.ndim != 3:
        raise PluginError(f"{entry.where} gave {type(result).__name__}; expected a Picture")
    return result


def _shown(step: Step, picture: Picture) -> Picture:
    """Give the picture as the filter takes it, or refuse one that is too small."""
    entry, declared = step.entry, step.entry.declaration
    if picture.shorter_side < declared.minimum_size:
        raise StyleError(
            f"{entry.where} needs at least {declared.minimum_size} pixels a side; this picture has "
            f"{picture.width}x{picture.height}: put upscale before it"
        )
    return picture if declared.space == "any" else picture.to(declared.space)


def _guarded(step: Step, picture: Picture, call: Callable[[], Any]) -> Any:
    entry = step.entry
    try:
        return call()
    except ArtganError as error:
        raise step.told(StyleError(f"{entry.where}: {error}")) from error
    except MemoryError as error:
        raise StyleError(
            f"{entry.where}: out of memory at {picture.width}x{picture.height}; make the picture "
            f"smaller, half a side takes a quarter of the memory"
        ) from error
    # The plugin boundary: a filter that fails must not end the series.
    except (Exception, SystemExit) as error:
        raise PluginError(f"{entry.where} failed: {type(error).__name__}: {error}") from error


def _finish(step: Step, before: Picture, result: Picture, notes: list[str]) -> Picture:
    """Check a filter's result, lay it over what was there, and drop facts that ended with it."""
    declared = step.entry.declaration
    result = result.replace(pixels=np.asarray(result.pixels, dtype=np.float32))
    if not declared.keeps_range:
        result = result.replace(pixels=_clipped(step, result.pixels))
    if step.laying:
        result = _blend(step, before, result)
    if any(before.wraps) and not declared.keeps_wrap and result.wraps == before.wraps:
        result = result.replace(wraps=(False, False))
    ended = [was and not now for was, now in zip(before.wraps, result.wraps, strict=True)]
    if any(ended):
        part = "" if ended == list(before.wraps) else (" across" if ended[0] else " down")
        notes.append(f"step '{declared.name}' ended the tiling{part}")
    if before.indexed is not None:
        if result.indexed is before.indexed and not declared.keeps_indexed:
            result = result.replace(indexed=None)
        if result.indexed is None:
            notes.append(
                f"step '{declared.name}' mixed the {len(before.indexed)} colours of the palette "
                "with others"
            )
    return result


def _read(path: str) -> Picture:
    return read_picture(Path(path))


def _clipped(step: Step, pixels: FloatArray) -> FloatArray:
    """Bring values into [0, 1], and refuse those that are none."""
    # As whole numbers, the bits of floats from 0 to 1 go up to those of 1; those of negative,
    # larger, infinite and missing values lie beyond: one look finds them all.
    bits = pixels.view(np.uint32)
    found: list[int] = []

    def work(start: int, stop: int) -> None:
        found.append(int(bits[start:stop].max()))

    if pixels.size:
        in_strips(work, len(pixels), pixels[0].size)
    if max(found, default=0) <= np.float32(1).view(np.uint32):
        return pixels
    if not np.isfinite(pixels).all():
        raise PluginError(f"{step.entry.where} made values that are not finite")
    return np.clip(pixels, 0, 1)


def _blend(step: Step, before: Picture, result: Picture) -> Picture:
    under = before.to(result.space).pixels
    over = result.pixels
    if under.shape[:2] != over.shape[:2]:
        raise StyleError(f"{step.entry.where} changes the size; it cannot be blended")
    if under.shape[2] != over.shape[2]:
        plain = under[:, :, :1] if under.shape[2] < 3 else under[:, :, :3]
        under = np.repeat(plain, 3, axis=2) if plain.shape[2] < over.shape[2] else plain
    if under.shape[2] != over.shape[2]:
        raise StyleError(f"{step.entry.where} changes the channels; it cannot be blended")
    laid = BLENDS[step.blend](under, over)
    share: FloatArray | np.float32 = np.float32(step.opacity)
    if step.mask:
        share = share * mask_weights(step.mask, before, _read)
    mixed = under + (laid - under) * share
    kept = mask_wraps(step.mask) if step.mask else (True, True)
    ends = zip(before.wraps, result.wraps, kept, strict=True)
    return result.replace(
        pixels=np.clip(mixed, 0, 1).astype(np.float32),
        wraps=tuple(all(each) for each in ends),
        indexed=None,
    )
