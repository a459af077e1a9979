"""Checks of a format of palette files."""

from pathlib import Path
from typing import Literal

from artgan.base.suggest import count_of
from artgan.palettes.read import check_palette
from artgan.pictures.files import ignore
from artgan.plugin.color import parse_colors, to_hex
from artgan.plugin.files import PaletteContent, find_palette_format, is_own_writer
from artgan.testing._checks import Checks, Subject, expect, reads, writes

CHECKS = Checks()

DIRECTIONS: tuple[Literal["read", "write"], ...] = ("read", "write")

COLORS = ("07051a", "c3149b", "7df9ff", "ffffff")


def _content(name: str = "Dusk & <dawn> */", count: int = len(COLORS)) -> PaletteContent:
    more = tuple(f"0000{number:02x}" for number in range(count - len(COLORS)))
    colors = (*COLORS, *more)[:count]
    return PaletteContent(colors=colors, name=name, author="Ada", licence="CC0-1.0")


def _written(subject: Subject, content: PaletteContent) -> bytes:
    data = subject.contribution.call("write", content)
    expect(isinstance(data, bytes), f"it returned {type(data).__name__}; expected bytes")
    return bytes(data)


def _read(subject: Subject, data: bytes) -> list[str]:
    path = Path(f"a{subject.contribution.declaration.endings[0]}")
    return list(subject.contribution.call("read", data, path, ignore))


@CHECKS.add("refuses-damage", applies=reads)
def refuses_damage(subject: Subject) -> None:
    """A file that is empty or holds rubbish raises an error, or gives no colours."""
    for data in (b"", bytes(200), b"\xff" * 2000):
        try:
            found = check_palette(_read(subject, data), "a palette")
        # Any error will do: artgan names the file.
        except Exception:
            continue
        expect(False, f"it reads {count_of(len(found), 'colour')} in a file of rubbish")


@CHECKS.add("writes-bytes", applies=writes)
def writes_bytes(subject: Subject) -> None:
    """It writes 2 to 256 colours, whatever the palette is called, the same bytes each time."""
    for count in (2, len(COLORS), 256):
        for name in ("a", _content().name, "Ünïcode 🎨"):
            first, second = (_written(subject, _content(name, count)) for _ in range(2))
            expect(first == second, "the same colours give other bytes each time: leave out dates")


@CHECKS.add(
    "reads-what-it-writes",
    after=("refuses-damage", "writes-bytes"),
    applies=lambda s: reads(s) and writes(s),
)
def reads_what_it_writes(subject: Subject) -> None:
    """Colours that are written come back, in order."""
    content = _content()
    found = _read(subject, _written(subject, content))
    same = to_hex(parse_colors(found)) == list(content.colors)
    expect(same, f"{', '.join(content.colors)} came back as {', '.join(found)}")


@CHECKS.add("brings-an-ending")
def brings_an_ending(subject: Subject) -> None:
    """Its endings are not those of artgan's own formats, which would win."""
    entry = subject.contribution
    for ending in entry.declaration.endings:
        found = [find_palette_format(Path(f"a{ending}"), does) for does in DIRECTIONS]
        taken = any(one is not None and is_own_writer(one) for one in found)
        expect(
            entry.plugin.id == "core" or not taken,
            f"files that end in {ending} are palettes that artgan reads or writes itself",
        )
