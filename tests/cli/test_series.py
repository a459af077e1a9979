import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Artgan = Callable[..., Result]


def test_new_make_more_and_verify(artgan_cli: Artgan, trained: Path) -> None:
    made = artgan_cli("series", "new", "tides", "--run", trained)
    assert made.exit_code == 0, made.output
    assert artgan_cli("series", "new", "tides", "--run", trained).exit_code == 0
    text = Path("tides.toml").read_text().replace('style = "neon"', 'style = "neon | vignette"')
    # All pictures of a toy run look alike.
    Path("tides.toml").write_text(text.replace(', "near-duplicate"', ""))
    assert artgan_cli("series", "new", "tides", "--run", trained).exit_code == 1
    first = artgan_cli("series", "make", "tides.toml", "--count", "2", "--out", "t", "--json")
    assert json.loads(first.output)["made"] == 2
    more = artgan_cli("series", "make", "tides.toml", "--count", "3", "--out", "t")
    assert "Made 1 picture, 2 were there: t" in more.output
    checked = artgan_cli("series", "verify", "t", "--count", "2")
    assert (checked.exit_code, "2 of 2 identical" in checked.output) == (0, True)


def test_wrong_series_ends_in_a_sentence(artgan_cli: Artgan) -> None:
    missing = artgan_cli("series", "make", "nothing.toml")
    assert (missing.exit_code, "no series file 'nothing.toml'" in missing.output) == (1, True)
    nothing = artgan_cli("series", "verify", ".")
    assert (nothing.exit_code, "holds no finished series" in nothing.output) == (1, True)


def test_curate_and_pdf(artgan_cli: Artgan, trained: Path) -> None:
    Path("t.toml").write_text(f'name = "t"\nrun = "{trained}"\ncount = 4\nstyle = "none"\n')
    artgan_cli("series", "make", "t.toml", "--out", "t")
    assert artgan_cli("curate", "t", "--pick", "2").exit_code == 0
    assert Path("t/choices.txt").read_text().count("star t-000") == 2
    assert (
        artgan_cli("curate", "t", "--pick", "1", "--by", "taste", "--run", trained).exit_code == 0
    )
    assert artgan_cli("curate", "t", "--pick", "1", "--by", "taste").exit_code == 2
    made = artgan_cli("series", "pdf", "t", "--only", "star", "--dpi", "20")
    assert (made.exit_code, Path("t/t.pdf").read_bytes()[:5]) == (0, b"%PDF-"), made.output
    nothing = artgan_cli("series", "pdf", "t", "--only", "star", "--paper", "b9")
    assert (nothing.exit_code, "paper 'b9' is not known" in nothing.output) == (2, True)
