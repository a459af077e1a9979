"""Guards what messages say: numbers and their nouns agree."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import artgan

ROOT = Path(artgan.__file__).parent
NOUNS = (
    "pictures|frames|styles|colou?rs|seeds|editions|files|pages|cells|samples|steps|labels|"
    "plugins|lines|rows|points|copies|tiles|sheets|images|pens|paths|strokes|dots|digits|bytes|"
    "plates|inks|layers|palettes|masks|traits|runs|checkpoints|processes|threads|values|knobs|"
    "clusters|classes|pixels|packages|filters|options|stars"
)
AFTER_NUMBER = re.compile(rf" (?:more |other |usable )?({NOUNS})\b")
NEVER_ONE = {
    # "expected 1 to 400", so one fits and is never told of; or there are always several.
    "artgan/animation/files.py": {"frames"},
    "artgan/animation/motion.py": {"frames"},
    "artgan/cli/output.py": {"images"},
    "artgan/distribution/group.py": {"processes"},
    "artgan/distribution/launch.py": {"processes"},
    "artgan/distribution/together.py": {"processes"},
    "artgan/evaluation/evaluate.py": {"samples"},
    "artgan/latents/project.py": {"steps"},
    "artgan/pictures/files.py": {"frames"},
    "artgan/plugins/writers/jpeg.py": {"bytes"},
    "artgan/testing/_metric.py": {"pixels"},
    "artgan/testing/_panel.py": {"bytes"},
    "artgan/testing/_settings.py": {"classes"},
    "artgan/shards/index.py": {"bytes"},
    "artgan/shards/places.py": {"files"},
    "artgan/sheets/matrix.py": {"values"},
    "artgan/styling/apply.py": {"pixels"},
    # Sentences of their own stand beside these for one.
    "artgan/core/sample.py": {"pictures"},
    "artgan/monitoring/outcome.py": {"steps"},
    "artgan/monitoring/threads.py": {"steps", "threads"},
    "artgan/plugins/datasets/_pictures.py": {"files", "pictures"},
    # The number is no count, or a size.
    "artgan/printing/advice.py": {"pixels"},
    "artgan/remaking.py": {"pixels"},
    "artgan/testing/_architecture.py": {"images", "pixels"},
    "artgan/testing/_extractor.py": {"images"},
    "artgan/testing/_filter.py": {"pixels"},
}
"""File -> nouns whose number cannot be one there."""


def loose_plurals(path: Path) -> Iterator[str]:
    """Yield the places where a number stands before a plural, whatever the number is."""
    texts = (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.JoinedStr))
    for text in texts:
        parts = text.values
        befores, afters = [None, *parts[:-1]], [*parts[1:], None]
        for before, value, after in zip(befores, parts, afters, strict=True):
            if isinstance(value, ast.FormattedValue) and not _is_word(value.value):
                found = AFTER_NUMBER.match(_text(after))
                # "64x64 pixels", "4 to 8 pixels", "4 of 8 pictures" are plural whatever they are.
                if found and not re.search(r"(x| to| of| of the| or|-|/)\s?$", _text(before)):
                    yield f"{path.relative_to(ROOT.parent)}:{text.lineno} {found[1]}"


def _text(part: ast.expr | None) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else ""


def _is_word(value: ast.expr) -> bool:
    """Tell whether what stands before the noun is an adjective and no number."""
    text = ast.unparse(value)
    return bool(re.search(r"name|kind|style|colou?r|COLORS|CHANNELS|dtype|join|title|counts", text))


def test_one_is_never_told_in_the_plural() -> None:
    loose = {
        place
        for path in ROOT.rglob("*.py")
        for place in loose_plurals(path)
        if place.rpartition(" ")[2]
        not in NEVER_ONE.get(path.relative_to(ROOT.parent).as_posix(), set())
    }
    assert not loose, f"write count_of(n, noun): {sorted(loose)}"


def test_a_loose_plural_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.meta.test_messages.ROOT", tmp_path)
    source = tmp_path / "some.py"
    source.write_text('f"{n} pictures in {out}"\nf"{w}x{h} pixels"\nf"{name} pictures"\n')
    assert [place.rpartition(":")[2] for place in loose_plurals(source)] == ["1 pictures"]


def test_templates_write_no_number_before_a_plural() -> None:
    for path in sorted(ROOT.rglob("*.html")):
        found = re.findall(rf"\}}\}} ({NOUNS})\b", path.read_text())
        assert not found, f"{path}: {found}"
