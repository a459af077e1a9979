"""What printers ask for: what is cut, plates of spot inks, CMYK by a profile."""

import json
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from click.testing import Result
from PIL import Image

from artgan.errors import ArtganError, OptionError
from artgan.pictures.files import from_pil
from artgan.plugin.color import linear_to_srgb, srgb_to_linear
from artgan.plugin.inks import ink_light
from artgan.plugin.picture import Picture
from artgan.printing.advice import fit_notes, measure_fit
from artgan.printing.cmyk import InkReport, Press, soft_proof, write_cmyk
from artgan.printing.paper import make_sheet
from artgan.printing.plates import Inks, write_plates
from artgan.printing.press_job import PressJob
from tests.core.cmyk_profile import write_cmyk_profile

Cli = Callable[..., Result]


def flat(*color: float, side: int = 24) -> Picture:
    return Picture(np.full((side, side, 3), color, np.float32))


def test_what_is_cut_and_how_coarse_it_is_are_told() -> None:
    small = measure_fit(flat(0.5, 0.5, 0.5, side=32), make_sheet("a4", 300))
    assert small.dpi == pytest.approx(32 / (297 / 25.4), rel=0.02)
    assert small.square == pytest.approx(297 / 32, rel=0.02)
    assert small.cut == pytest.approx((1 - 210 / 297, 0), abs=0.01)
    cut, coarse = fit_notes("x.png", small)
    assert "29% left and right is cut off; --fit inside" in cut
    assert "2.74 pixels an inch" in coarse
    inside = measure_fit(flat(0.5, 0.5, 0.5, side=32), make_sheet("a4", 300, fit="inside"))
    assert max(inside.cut) == 0
    fine = measure_fit(flat(0.5, 0.5, 0.5, side=400), make_sheet("20x20mm", 300))
    assert fit_notes("x.png", fine) == []


def test_plates_overprinted_are_the_picture(tmp_path: Path) -> None:
    names = ("federal-blue", "fluorescent-pink")
    first, second = (ink_light(name) for name in names)
    light = (1 - 0.7 * (1 - first)) * (1 - 0.4 * (1 - second))
    job = PressJob(flat(*linear_to_srgb(light)), make_sheet("20x30mm", 100))
    *plates, preview = write_plates(job, Inks(names), tmp_path / "p")
    assert [path.name for path in plates] == ["1-federal-blue.tif", "2-fluorescent-pink.tif"]
    for path, cover in zip(plates, (0.7, 0.4), strict=True):
        grey = tifffile.imread(path)
        middle = grey[grey.shape[0] // 2, grey.shape[1] // 2]
        assert middle == pytest.approx(255 * (1 - cover), abs=6)
        # Registration marks stand at the same place of every plate, the slug is bare.
        assert grey[:3, :3].min() == 255
        assert (grey[:, grey.shape[1] // 2] == 0).any()
    shown = np.asarray(Image.open(preview)).mean((0, 1)) / 255
    assert np.abs(srgb_to_linear(shown.astype(np.float32)) - light).max() < 0.02


def test_a_pdf_of_plates_names_its_inks(tmp_path: Path) -> None:
    job = PressJob(flat(0.2, 0.3, 0.6), make_sheet("20x30mm", 60))
    pdf, preview = write_plates(job, Inks(("federal-blue", "ff48b0")), tmp_path / "p.pdf")
    data = pdf.read_bytes()
    assert preview.name == "p-overprint.png"
    assert re.findall(rb"/Separation /(\S+)", data) == [b"federal#2dblue", b"ff48b0"]
    begin = data.index(b"stream\n", data.index(b"/Separation")) + 7
    rows = zlib.decompressobj().decompress(data[begin:])
    wide, high = (int(n) for n in re.search(rb"/Width (\d+) /Height (\d+)", data).groups())  # type: ignore[union-attr]
    tint = np.frombuffer(rows, np.uint8).reshape(high, wide)
    assert tint[0, 0] == 0
    assert 100 < tint[high // 2, wide // 2] <= 255


def test_cmyk_by_a_profile_is_proofed_and_its_inks_counted(tmp_path: Path) -> None:
    press = Press(write_cmyk_profile(tmp_path / "inks.icc"))
    ramp = np.linspace(0, 1, 48, dtype=np.float32)
    across = np.tile(ramp, (48, 1))
    pixels = np.stack([across, across.T, np.full_like(across, 0.4)], 2)
    sheet = make_sheet("20x20mm", 61)
    job = PressJob(Picture(pixels), sheet)
    report = write_cmyk(job, press, tmp_path / "x.tif", limit=220)
    with Image.open(tmp_path / "x.tif") as image:
        assert (image.mode, image.size) == ("CMYK", sheet.size)
        assert image.info["icc_profile"] == press.data
        held = np.asarray(image)
    assert report.most == pytest.approx(held.sum(2, dtype=int).max() / 2.55, abs=0.1)
    assert report.black[3] > 95
    assert "black ink alone" in InkReport(300, black=(0, 0, 0, 100)).sentences()[0]
    proof = np.asarray(soft_proof(Picture(pixels), sheet, press), float)
    wanted = np.asarray(Image.fromarray((pixels * 255).astype(np.uint8)).resize(sheet.size), float)
    assert np.abs(proof - wanted).mean() < 8


def test_a_pdf_holds_the_same_inks_as_a_tiff_and_the_profile(tmp_path: Path) -> None:
    press = Press(write_cmyk_profile(tmp_path / "inks.icc"))
    ramp = np.linspace(0, 1, 48, dtype=np.float32)
    pixels = np.stack([*np.meshgrid(ramp, ramp), np.full((48, 48), 0.4)], 2).astype(np.float32)
    job = PressJob(Picture(pixels), make_sheet("20x20mm", 61, bleed=2))
    one = write_cmyk(job, press, tmp_path / "x.tif")
    assert write_cmyk(job, press, tmp_path / "x.pdf") == one
    data = (tmp_path / "x.pdf").read_bytes()
    assert b"/TrimBox" in data
    assert b"/OutputIntents" in data
    profile, image = (
        zlib.decompressobj().decompress(data[data.index(b"stream\n", data.index(begin)) + 7 :])
        for begin in (b"/N 4 ", b"/Subtype /Image")
    )
    assert profile == press.data
    with Image.open(tmp_path / "x.tif") as tiff:
        assert image == tiff.tobytes()


def test_too_much_ink_is_told(tmp_path: Path) -> None:
    press = Press(write_cmyk_profile(tmp_path / "wet.icc", black=0.0))
    job = PressJob(flat(0, 0, 0), make_sheet("20x20mm", 30))
    report = write_cmyk(job, press, tmp_path / "x.tif", limit=240)
    assert report.most > 280
    assert report.over == 1
    assert "100.0% of the sheet above 240 %" in report.sentences()[1]


def test_what_cannot_go_to_a_press_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.icc").write_bytes(b"no profile")
    with pytest.raises(OptionError, match="is no ICC profile"):
        Press(tmp_path / "no.icc")
    job = PressJob(flat(0, 0, 0), make_sheet("20x20mm", 30))
    for names, says in (
        (("blu",), "Did you mean 'blue'"),
        (("blue", "blue"), "named twice"),
        ((), "0 inks do not fit"),
    ):
        with pytest.raises(ArtganError, match=says):
            write_plates(job, Inks(names), tmp_path / "p")
    press = Press(write_cmyk_profile(tmp_path / "inks.icc"))
    with pytest.raises(OptionError, match=r"goes into \.tif or \.pdf"):
        write_cmyk(job, press, tmp_path / "x.png")


def test_print_tells_and_writes_it_all(artgan_cli: Cli, pictures: Path) -> None:
    write_cmyk_profile(Path("inks.icc"))
    args = ["print", pictures / "0.png", "--paper", "a6", "--dpi", "40"]
    plates = artgan_cli(*args, "--inks", "blue, red", "--out", "plates")
    assert plates.exit_code == 0, plates.output
    assert "is cut off; --fit inside" in plates.stderr
    assert "pixels an inch of its own" in plates.stderr
    assert sorted(p.name for p in Path("plates").iterdir()) == [
        "1-blue.tif", "2-red.tif", "overprint.png",
    ]  # fmt: skip
    cmyk = artgan_cli(*args, "--cmyk", "inks.icc", "--proof", "p.png", "--out", "x.tif", "--json")
    told = json.loads(cmyk.stdout)
    assert (told["profile"], told["proof"]) == ("Test inks", "p.png")
    assert told["inks"]["limit"] == 300
    assert from_pil(Image.open("p.png")).pixels.shape[2] == 3
    assert artgan_cli(*args, "--cmyk", "inks.icc", "--inks", "blue").exit_code == 2
    assert artgan_cli(*args, pictures / "1.png", "--inks", "blue").exit_code == 2
