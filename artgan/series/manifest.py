"""The files about a series: manifest, marketplace metadata, checksums, contact sheet, page."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from artgan.base.paths import write_text
from artgan.base.tables import toml_text
from artgan.base.templates import render
from artgan.core.run import TrainedRun
from artgan.pictures.files import any_clear
from artgan.series.definition import SeriesDefinition, Trait
from artgan.series.shown import shown_traits, trait_title, trait_value
from artgan.sheets.grid import contact_sheet
from artgan.version import __version__

SHEET = 100

THIRDS = ("low", "middle", "high")

LISTED = ("number", "seed", "file", "sha256", "record_sha256", "perceptual_hash", "traits")

Line = Mapping[str, Any]


def write_about(
    series: SeriesDefinition,
    run: TrainedRun,
    folder: Path,
    lines: Sequence[Line],
    *,
    table: Mapping[str, Any],
    keep_mark: bool = True,
) -> None:
    """Write all files about the pictures that the journal lists.

    What is measured stands among the traits of the series and of the lines; ``table`` is the series
    file without it.
    """
    rarity = count_traits(series, lines)
    editions = [_edition(series, line, rarity) for line in lines]
    for rank, edition in enumerate(sorted(editions, key=lambda e: -e["rarity"]["score"]), 1):
        edition["rarity"]["rank"] = rank
    write_text(folder / "series.toml", toml_text({"count": len(lines), **table}))
    manifest = {
        "format": 1,
        **table,
        "count": len(lines),
        "artgan": __version__,
        "weights_sha256": run.checkpoint.sha256,
        "command": "artgan series make series.toml",
        "rarity": rarity,
        "editions": editions,
    }
    write_text(folder / "series.json", _json(manifest))
    for edition in editions:
        path = folder / "metadata" / f"{edition['number']:04d}.json"
        text = _json(marketplace(series, edition))
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            write_text(path, text, durable=False)
    sums = "".join(f"{line['sha256']}  {line['file']}\n" for line in lines)
    write_text(folder / "SHA256SUMS", sums)
    step = max(1, -(-len(lines) // SHEET))
    shown = [folder / line["file"] for line in lines[::step]]
    contact_sheet(shown, folder / "contact-sheet.png", keep_mark=keep_mark)
    title = series.about.get("title", series.name)
    clear = any_clear([folder / line["file"] for line in lines])
    page = render_page(title, editions, rarity, clear, trait_words(series, lines))
    write_text(folder / "index.html", page)


def render_page(
    name: str,
    editions: Sequence[Line],
    rarity: Mapping[str, Any],
    clear: bool = False,
    words: Mapping[str, tuple[str, Mapping[str, str]]] | None = None,
) -> str:
    """Return a page of the pictures beside it, which traits filter, from parts of series.json.

    ``clear`` pictures lie on chequers; ``words`` has trait -> its title, and value as it is counted
    -> what people read.
    """
    about = {"editions": editions, "rarity": rarity, "clear": clear, "words": words or {}}
    return render("series/page.html", title=name, **about)


def trait_words(
    series: SeriesDefinition, lines: Sequence[Line]
) -> dict[str, tuple[str, dict[str, str]]]:
    """Return for each trait its title, and what people read for each value as it is counted."""
    found = {}
    for trait in series.traits:
        values = [line["traits"][trait.name] for line in lines]
        shown = {shown_value(trait, v): trait_value(trait, v) for v in values if trait.values}
        found[trait.name] = trait_title(trait), shown
    return found


def _json(values: Any) -> str:
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def shown_value(trait: Trait | None, value: Any) -> str:
    """Return the name that a value is counted by: itself, or the third of its range."""
    if trait is None or trait.values:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    share = (value - trait.low) / ((trait.high - trait.low) or 1)
    return THIRDS[min(2, int(share * 3))]


def count_traits(
    series: SeriesDefinition, lines: Sequence[Line]
) -> dict[str, dict[str, dict[str, float | int]]]:
    """Count each value of each trait: trait -> value -> "count" and "share", 0 to 1."""
    found = {}
    for trait in series.traits:
        counts = Counter(shown_value(trait, line["traits"][trait.name]) for line in lines)
        found[trait.name] = {
            value: {"count": count, "share": round(count / len(lines), 6)}
            for value, count in counts.most_common()
        }
    return found


def _edition(series: SeriesDefinition, line: Line, rarity: Mapping[str, Any]) -> dict[str, Any]:
    traits = {t.name: t for t in series.traits}
    shares = [
        rarity[name][shown_value(traits[name], value)]["share"]
        for name, value in line["traits"].items()
    ]
    # The usual rarity score of collections: the sum of 1 / share.
    score = round(sum(1 / share for share in shares), 4)
    counted = {n: shown_value(traits[n], v) for n, v in line["traits"].items()}
    about = {"shown": shown_traits(series, line["traits"]), "counted_as": counted}
    tried = {"refused": line["refused"]} if line.get("refused") else {}
    return {**{k: line[k] for k in LISTED}, **about, **tried, "rarity": {"score": score}}


def caption(series: SeriesDefinition, line: Line) -> str:
    """Return a picture's caption: the series, its number and its traits."""
    traits = [f"{title}: {value}" for title, value in shown_traits(series, line["traits"]).items()]
    return ", ".join([f"{series.about.get('title', series.name)} #{line['number']}", *traits])


def marketplace(series: SeriesDefinition, edition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a picture's metadata in the form that marketplaces read (ERC-721, OpenSea)."""
    traits = {t.name: t for t in series.traits}
    attributes: list[dict[str, Any]] = []
    for name, value in edition["traits"].items():
        if traits[name].title:
            # Marketplaces keep what they have read, so only who asks for titles gets them.
            words = trait_value(traits[name], value)
            attributes.append({"trait_type": traits[name].title, "value": words})
        elif traits[name].values:
            shown = value if isinstance(value, str | bool | int | float) else json.dumps(value)
            attributes.append({"trait_type": name, "value": shown})
        else:
            attributes.append(
                {
                    "display_type": "number",
                    "trait_type": name,
                    "value": value,
                    "max_value": traits[name].high,
                }
            )
    about = dict(series.about)
    return {
        "name": f"{about.get('title', series.name)} #{edition['number']}",
        "description": about.pop("description", f"Number {edition['number']} of {series.name}."),
        "image": edition["file"],
        "edition": edition["number"],
        "dna": edition["record_sha256"],
        **{key: value for key, value in about.items() if value},
        "attributes": attributes,
    }
