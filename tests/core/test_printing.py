"""Sheets for print: size, layout, files."""

import re
import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from PIL import Image

from artgan.errors import ArtganError, OptionError, RunError
from artgan.pictures.files import read_picture, read_record
from artgan.pictures.formats import srgb_profile
from artgan.plugin.picture import Picture
from artgan.plugin.raster import resize
from artgan.printing.layout import print_strips
from artgan.printing.paper import SLUG, Sheet, parse_paper
from artgan.printing.pdf import PdfLayout, write_pdf
from artgan.printing.raster import write_sheet


def picture(height: int = 24, width: int = 16, **facts: Any) -> Picture:
    rng = np.random.default_rng(0)
    return Picture(rng.random((height, width, 3), dtype=np.float32), **facts)


def sheet(**settings: Any) -> Sheet:
    return Sheet(**{"width": 20.0, "height": 30.0, "dpi": 50.8, **settings})


def pixels(made: Picture, wanted: Sheet) -> Any:
    return np.concatenate(list(print_strips(made, wanted)))


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("A4", (210, 297)),
        ("letter", (215.9, 279.4)),
        ("30x40cm", (300, 400)),
        ("8x10in", (203.2, 254)),
        ("3000x1500px", (254, 127)),
    ],
)
def test_papers_are_known_by_name_and_size(text: str, size: tuple[float, float]) -> None:
    assert parse_paper(text) == pytest.approx(size)


@pytest.mark.parametrize("text", ["A9", "30x40", "0x4cm", "x", "9x9km"])
def test_unknown_papers_are_refused(text: str) -> None:
    with pytest.raises(OptionError, match="paper"):
        parse_paper(text)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"dpi": 0}, "dpi"),
        ({"margin": 10}, "margin"),
        ({"width": 5000, "dpi": 4800}, "lower --dpi"),
        ({"paper": "blue-ish"}, "blue-ish"),
    ],
)
def test_sheets_that_cannot_be_are_refused(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(OptionError, match=says):
        sheet(**settings)


def test_a4_at_300_dpi_has_the_pixels_that_printers_expect() -> None:
    assert Sheet(width=210, height=297).size == (2480, 3508)
    assert Sheet(width=210, height=297, bleed=3).size == (2550, 3578)


def test_strips_make_the_sheet_that_one_resize_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("artgan.printing.layout.STRIP_PIXELS", 200)
    made = picture(24, 16)
    got = pixels(made, sheet(method="smooth"))
    expected = resize(made, 60, 40, "smooth").to("srgb").pixels
    assert got.shape == (60, 40, 3)
    assert np.abs(got / 255 - expected).max() < 0.5 / 255 + 1e-4


def test_crisp_edges_of_a_small_picture_stay_crisp_on_a_large_sheet() -> None:
    halves = np.zeros((8, 8, 3), np.float32)
    halves[:, 4:] = 1.0
    small = Picture(halves)
    smooth, crisp = (
        pixels(small, sheet(width=25.4, height=25.4, dpi=256, method=method))[128, :, 0]
        for method in ("smooth", "crisp")
    )
    between = [((line > 25) & (line < 230)).sum() for line in (smooth, crisp)]
    assert between[1] < between[0] / 2
    assert (np.diff(crisp.astype(int)) >= 0).all()


def test_crisp_leaves_a_picture_alone_that_a_sheet_does_not_enlarge() -> None:
    fitting = picture(60, 40)
    crisp, smooth = (pixels(fitting, sheet(method=method)) for method in ("crisp", "smooth"))
    assert np.array_equal(crisp, smooth)


def test_bleed_wraps_mirrors_and_keeps_the_trim() -> None:
    fitting = {"height": 30, "width": 20}
    plain = pixels(picture(**fitting), sheet(method="nearest"))
    edge = sheet(bleed=2).edge
    mirrored = pixels(picture(**fitting), sheet(bleed=2, method="nearest"))
    wrapped = pixels(picture(**fitting, wraps=(True, True)), sheet(bleed=2, method="nearest"))
    for more in (mirrored, wrapped):
        assert np.array_equal(more[edge:-edge, edge:-edge], plain)
    assert np.array_equal(mirrored[:edge], mirrored[edge : 2 * edge][::-1])
    assert np.array_equal(wrapped[:edge], wrapped[-2 * edge : -edge])


def test_tiles_repeat_at_whole_periods() -> None:
    wanted = sheet(fit="tile", across=4, method="nearest")
    got = pixels(picture(10, 10), wanted)
    assert np.array_equal(got[:, :10], got[:, 10:20])
    assert np.array_equal(got[:10], got[10:20])


def test_inside_keeps_the_whole_picture_on_bare_paper() -> None:
    got = pixels(picture(16, 16), sheet(fit="inside", paper="#ff0000", method="nearest"))
    assert (got[0] == (255, 0, 0)).all()
    assert (got[30, 5] != (255, 0, 0)).any()


def test_margins_are_bare() -> None:
    got = pixels(picture(), sheet(margin=2))
    assert (got[:4] == 255).all()
    assert (got[:, -4:] == 255).all()
    assert (got[5:-5, 5:-5] < 255).any()


def test_marks_stand_outside_the_bleed() -> None:
    wanted = sheet(bleed=2, marks=True, dpi=254)
    got = pixels(picture(), wanted)
    slug, edge = wanted.pixels(SLUG), wanted.edge
    assert (got[: slug // 2, edge] == 0).any()
    assert (got[edge, : slug // 2] == 0).any()
    assert not (got[slug:-slug, slug:-slug] == 0).all(axis=2).any()


def test_few_colours_are_enlarged_in_whole_pixels() -> None:
    two = np.zeros((8, 8, 3), np.float32)
    two[::2] = 1
    got = pixels(Picture(two, indexed=np.array([[0, 0, 0], [1, 1, 1]], np.float32)), sheet())
    assert set(np.unique(got)) == {0, 255}
    assert len(got) % 8 != 0  # the factor is whole, and what is too much is cropped
    runs = np.diff(np.flatnonzero(np.diff(got[:, 0, 0].astype(int))))
    assert set(runs) == {8}


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_files_hold_the_sheet_and_its_facts(
    tmp_path: Path, bits: Literal[8, 16], suffix: str
) -> None:
    path, wanted = tmp_path / f"a{suffix}", sheet(bleed=1, bits=bits)
    shares: list[float] = []
    write_sheet(picture(), wanted, path, record={"seed": 3}, show=shares.append)
    with Image.open(path) as image:
        assert image.size == wanted.size
        assert image.info["dpi"] == pytest.approx((50.8, 50.8), abs=0.01)
        assert image.info["icc_profile"] == srgb_profile()
    if suffix == ".png":
        assert read_record(path) == {"seed": 3}
        got = _decode(path.read_bytes(), bits)
    else:
        tifffile = pytest.importorskip("tifffile")
        got = tifffile.imread(path)
    assert np.array_equal(got, pixels(picture(), wanted))
    assert shares[-1] == 1


def _decode(data: bytes, bits: int) -> Any:
    """Unpack an RGB PNG whose rows are all filtered by "up", as the specification says."""
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"IHDR":
            width, height = struct.unpack(">II", data[at + 8 : at + 16])
        if kind == b"IDAT":
            packed += data[at + 8 : at + 8 + length]
        at += length + 12
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, -1)
    assert (rows[:, 0] == 2).all()
    raw = np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8)
    return raw.reshape(height, width, 3) if bits == 8 else raw.view(">u2").reshape(height, width, 3)


def test_same_sheet_same_bytes_and_others_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    write_sheet(picture(), sheet(), path)
    before = path.read_bytes()
    write_sheet(picture(), sheet(), path)
    assert path.read_bytes() == before
    with pytest.raises(RunError, match="--overwrite"):
        write_sheet(picture(), sheet(bleed=1), path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]


def test_unknown_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtganError, match=r"\.png, \.tif or \.pdf"):
        write_sheet(picture(), sheet(), tmp_path / "a.bmp")


def pdf_object(data: bytes, number: int) -> bytes:
    """Give an object of a PDF by the table at its end."""
    table = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    lines = data[table:].split(b"\n")
    assert lines[0] == b"xref"
    begin = int(lines[2 + number][:10])
    assert data[begin:].startswith(f"{number} 0 obj\n".encode())
    return data[begin:].split(b"\nendobj\n", 1)[0]


def test_a_pdf_has_a_page_for_each_picture(tmp_path: Path) -> None:
    files = [tmp_path / f"{i}.png" for i in range(3)]
    for file in files:
        write_sheet(picture(), sheet(), file)
    out = tmp_path / "all.pdf"
    done: list[int] = []
    write_pdf(files, PdfLayout(sheet(), ["one", "two", "three"]), out, show=done.append)
    data = out.read_bytes()
    assert data.startswith(b"%PDF")
    assert data.count(b"/Type /Page\n") == 3
    assert done == [1, 2, 3]
    write_pdf(files, PdfLayout(sheet(), ["one", "two", "three"]), out)
    assert out.read_bytes() == data
    with pytest.raises(OptionError, match="16"):
        write_pdf(files, PdfLayout(sheet(bits=16)), out)


def test_pages_hold_the_picture_and_where_to_cut(tmp_path: Path) -> None:
    write_sheet(picture(), sheet(), tmp_path / "a.png")
    few = np.zeros((300, 260, 3), np.uint8)
    few[::2] = (255, 0, 0)
    Image.fromarray(few).save(tmp_path / "b.png")
    wanted = sheet(bleed=2, marks=True)
    write_pdf([tmp_path / "a.png", tmp_path / "b.png"], PdfLayout(wanted), tmp_path / "a.pdf")
    data = (tmp_path / "a.pdf").read_bytes()
    boxes = re.findall(rb"/(\w+)Box \[([\d. ]+)\]", pdf_object(data, 5))
    media, trim, bleed = (np.array(text.split(), float) for _, text in boxes)
    assert [name for name, _ in boxes] == [b"Media", b"Trim", b"Bleed"]
    assert trim[2:] - trim[:2] == pytest.approx(np.array([20, 30]) / 25.4 * 72, abs=0.01)
    assert bleed[2:] - bleed[:2] == pytest.approx(np.array([24, 34]) / 25.4 * 72, abs=0.01)
    assert media[2:] == pytest.approx(np.array(wanted.size) / 50.8 * 72, abs=0.01)
    shown = Image.open(BytesIO(pdf_object(data, 7).split(b"stream\n", 1)[1]))
    exact = pixels(read_picture(tmp_path / "a.png"), wanted)
    assert np.abs(np.asarray(shown).astype(int) - exact).mean() < 3
    packed = zlib.decompress(pdf_object(data, 11).split(b"stream\n", 1)[1].split(b"\nendstream")[0])
    assert packed == pixels(read_picture(tmp_path / "b.png"), wanted).tobytes()


def test_many_pictures_share_a_page(tmp_path: Path) -> None:
    for index in range(5):
        write_sheet(picture(), sheet(), tmp_path / f"{index}.png")
    files = sorted(tmp_path.glob("*.png"))
    page = sheet(width=50.0, height=70.0, margin=3)
    write_pdf(files, PdfLayout(sheet(), page=page), tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes().count(b"/Type /Page\n") == 2
    with pytest.raises(OptionError, match="larger paper"):
        write_pdf(files, PdfLayout(page, page=sheet()), tmp_path / "b.pdf")
    assert not (tmp_path / "b.pdf").exists()
