import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import artgan
from artgan import ArtganError, Series, remake
from artgan.core.registry import Registry
from artgan.errors import SeriesError, StyleError
from artgan.pictures.files import read_record
from artgan.pictures.records import record_hash
from artgan.plugin_manager.load import load_registry
from artgan.printing.paper import make_sheet
from artgan.printing.pdf import PdfLayout, Words, write_pdf
from artgan.series import editions, refusing
from artgan.series.definition import Trait
from artgan.series.fingerprints import fingerprint
from artgan.series.make import SeriesProgress
from artgan.series.shown import trait_title, trait_value
from artgan.series.verify import verify_series

STYLE = "gradient-map:ember | vignette"


def tides(run: Path, count: int = 5, **more: Any) -> Series:
    series = Series("tides", run=run, count=count, seed=11, style=STYLE, **more)
    series.vary("palette", ["ember", "lagoon", "noir"], weights=[3, 2, 1])
    return series.vary("vignette.strength", low=0.1, high=0.6)


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_same_series_same_bytes_and_everything_is_listed(trained: Path, tmp_path: Path) -> None:
    written = tides(trained, artist="Ann").write(tmp_path / "a")
    tides(trained, artist="Ann").write(tmp_path / "b")
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert (len(written.files), written.made, written.errors) == (5, 5, ())
    manifest = json.loads((tmp_path / "a" / "series.json").read_text())
    first = manifest["editions"][0]
    assert written.files[0].name == first["file"] == f"tides-0001-s{first['seed']}.png"
    record = read_record(written.files[0])
    assert record is not None
    assert record["series"] == {"name": "tides", "number": 1, "traits": first["traits"]}
    counts = manifest["rarity"]["palette"]
    assert sum(about["count"] for about in counts.values()) == 5
    for line in (tmp_path / "a" / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((tmp_path / "a" / name).read_bytes()).hexdigest() == digest


def test_pictures_carry_artist_and_licence_and_can_be_named(trained: Path, tmp_path: Path) -> None:
    series = Series(
        "tides", trained, count=2, style="invert", file_name="{series}-{number:02d}-{hash}",
        licence="CC BY 4.0", artist="Ann", background_color="08080a",
    )  # fmt: skip
    first, _ = series.write(tmp_path / "a").files
    record = read_record(first)
    assert record is not None
    assert first.name == f"tides-01-{record_hash(record)[:8]}.png"
    assert b"<dc:creator><rdf:Seq><rdf:li>Ann</rdf:li>" in first.read_bytes()
    about = json.loads((tmp_path / "a/metadata/0001.json").read_text())
    assert (about["background_color"], about["dna"]) == ("08080a", record_hash(record))
    again = artgan.Series.read(tmp_path / "a/series.toml")
    assert again.write(tmp_path / "a").made == 0
    assert remake(first, run=trained).identical


def test_a_second_artgan_is_kept_away_and_leftovers_go(trained: Path, tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    series = Series("tides", trained, count=2, style="none")
    first = series.write(tmp_path / "a").files[0]
    left = first.with_name(f".{first.name}.abcd_123.png")
    left.write_bytes(b"half")
    with (tmp_path / "a/editions.jsonl").open("a") as journal:
        fcntl.flock(journal, fcntl.LOCK_EX)
        with pytest.raises(SeriesError, match="another artgan"):
            series.write(tmp_path / "a")
        assert left.exists()
    series.write(tmp_path / "a")
    assert not left.exists()


def test_a_file_in_the_way_is_named_and_the_rest_go_on(trained: Path, tmp_path: Path) -> None:
    plain = Series("tides", trained, count=3, style="none")
    name = f"tides-0002-s{plain.edition(2).seed}.png"
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / name).write_bytes(b"mine")
    written = plain.write(tmp_path / "a")
    assert len(written.files) == 2
    assert written.errors[0].startswith("number 2: ")
    assert (tmp_path / "a" / name).read_bytes() == b"mine"


def test_metadata_has_the_form_that_marketplaces_read(trained: Path, tmp_path: Path) -> None:
    tides(trained, count=2, description="Water").write(tmp_path / "a")
    about = json.loads((tmp_path / "a" / "metadata" / "0002.json").read_text())
    assert (about["name"], about["description"], about["edition"]) == ("tides #2", "Water", 2)
    assert (tmp_path / "a" / about["image"]).is_file()
    palette, amount = about["attributes"]
    assert palette["trait_type"] == "palette"
    assert (amount["display_type"], amount["max_value"]) == ("number", 0.6)


def test_traits_reach_the_picture(trained: Path, tmp_path: Path) -> None:
    for path in tides(trained).write(tmp_path / "a").files:
        record = read_record(path)
        assert record is not None
        traits = record["series"]["traits"]
        ramp, vignette = (step["options"] for step in record["style"]["steps"])
        assert ramp["colors"] == traits["palette"]
        assert vignette["strength"] == traits["vignette.strength"]


def test_latents_and_samplers_are_traits(trained: Path, tmp_path: Path, registry: Registry) -> None:
    series = Series("tides", run=trained, count=4, seed=3, style="none")
    series.vary("sampler", ["one-pass", "langevin:steps=1"], in_turn=True)
    series.vary("latents", ["clipped:limit=0.5", "rejection:keep=0.5"], in_turn=True)
    records = [read_record(path) or {} for path in series.write(tmp_path / "a").files]
    told = [record["latents"] for record in records]
    assert ["sampler" in one for one in told] == [False, True, False, True]
    assert [one["draw"]["name"] for one in told] == ["core/clipped", "core/rejection"] * 2
    assert [one.same for one in verify_series(tmp_path / "a", registry, 4)] == [True] * 4
    run = artgan.load_run(trained)
    for path in series.write(tmp_path / "a").files[:2]:
        assert artgan.remake(path, run=run).identical


def test_longer_series_keeps_its_first_pictures(trained: Path, tmp_path: Path) -> None:
    short = tides(trained, 3).reject_near_duplicates().write(tmp_path / "a")
    before = [path.read_bytes() for path in short.files]
    longer = tides(trained, 6).reject_near_duplicates().write(tmp_path / "a")
    assert (longer.made, [path.read_bytes() for path in longer.files[:3]]) == (3, before)
    at_once = tides(trained, 6).reject_near_duplicates().write(tmp_path / "b")
    assert [p.read_bytes() for p in at_once.files] == [p.read_bytes() for p in longer.files]


def test_interrupted_series_goes_on_to_the_same_bytes(trained: Path, tmp_path: Path) -> None:
    def interrupt(progress: SeriesProgress) -> None:
        if progress.number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tides(trained).write(tmp_path / "a", show=interrupt)
    journal = tmp_path / "a" / "editions.jsonl"
    # What kill -9 in the middle of a line leaves.
    journal.write_text(journal.read_text() + '{"number": 3, "se')
    assert tides(trained).write(tmp_path / "a").made == 3
    tides(trained).write(tmp_path / "b")
    assert files(tmp_path / "a") == files(tmp_path / "b")


@pytest.mark.parametrize("damage", [{"no": 1}, {"vignette.strength": float("nan")}, {}])
def test_traits_that_are_not_those_of_the_series_are_told(
    trained: Path, tmp_path: Path, damage: dict[str, Any]
) -> None:
    tides(trained, 2).write(tmp_path / "a")
    journal = tmp_path / "a" / "editions.jsonl"
    *kept, last = journal.read_text().splitlines()
    line = json.loads(last)
    line["traits"] = {**line["traits"], **damage} if damage else {}
    journal.write_text("\n".join([*kept, json.dumps(line)]) + "\n")
    with pytest.raises(artgan.ArtganError, match=r"number 2 the traits .* delete that line"):
        tides(trained, 2).write(tmp_path / "a")


@pytest.mark.parametrize("digits", ["", "807f" * 100])
def test_a_fingerprint_of_another_length_is_told(
    trained: Path, tmp_path: Path, digits: str
) -> None:
    tides(trained, 2).write(tmp_path / "a")
    journal = tmp_path / "a" / "editions.jsonl"
    *kept, last = journal.read_text().splitlines()
    line = {**json.loads(last), "print": digits}
    journal.write_text("\n".join([*kept, json.dumps(line)]) + "\n")
    wanted = rf"number 2 the fingerprint has {len(digits) // 2} bytes .* delete that line"
    with pytest.raises(artgan.ArtganError, match=wanted):
        tides(trained, 3).write(tmp_path / "a")


def test_picture_that_is_gone_is_made_again(trained: Path, tmp_path: Path) -> None:
    written = tides(trained).write(tmp_path / "a")
    lost = written.files[2].read_bytes()
    written.files[2].unlink()
    assert tides(trained).write(tmp_path / "a").made == 1
    assert written.files[2].read_bytes() == lost


def test_picture_that_fails_is_named_and_the_rest_go_on(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    style_edition = editions.style_edition

    def fails_once(series: Any, run: Any, raw: Any) -> Any:
        if raw.edition.number == 2:
            raise StyleError("too dark")
        return style_edition(series, run, raw)

    monkeypatch.setattr(editions, "style_edition", fails_once)
    written = tides(trained, 3).write(tmp_path / "a")
    assert (written.errors, len(written.files)) == (("number 2: too dark",), 2)
    monkeypatch.undo()
    assert tides(trained, 3).write(tmp_path / "a").made == 1


def test_look_alikes_are_turned_away(trained: Path, tmp_path: Path) -> None:
    plain = Series("plain", trained, count=12, seed=3, style="none").reject_near_duplicates(0.01)
    prints = []
    for path in plain.write(tmp_path / "a").files:
        pixels = np.asarray(Image.open(path))[:, :, None]
        prints.append(fingerprint(pixels).astype(float) / 255)
    away = [np.sqrt(((a - b) ** 2).mean()) for i, a in enumerate(prints) for b in prints[:i]]
    lines = (tmp_path / "a" / "editions.jsonl").read_text().splitlines()[1:]
    tried_out = any(json.loads(line)["attempt"] == 19 for line in lines)
    assert min(away) >= 0.01 or tried_out


def test_verify_makes_numbers_again_and_compares(
    trained: Path, tmp_path: Path, registry: Registry
) -> None:
    written = tides(trained).write(tmp_path / "a")
    assert [one.same for one in verify_series(tmp_path / "a", registry, 5)] == [True] * 5
    written.files[1].write_bytes(b"changed")
    written.files[3].unlink()
    reasons = [one.reason for one in verify_series(tmp_path / "a", registry, 5)]
    assert reasons == ["", "the file was changed since it was made", "", "the file is gone", ""]


def test_folder_of_another_series_or_a_changed_run_is_refused(
    trained: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    tides(run, 2).write(tmp_path / "a")
    before = files(tmp_path / "a")
    with pytest.raises(SeriesError, match="holds the series 'tides'"):
        Series("waves", run, count=2).write(tmp_path / "a")
    with pytest.raises(SeriesError, match="other settings"):
        tides(run, 2).vary("label", [1, 2]).write(tmp_path / "a")
    for about in (run / "checkpoints").glob("*.json"):
        about.write_text(about.read_text().replace('"sha256": "', '"sha256": "0'))
    with pytest.raises(SeriesError, match="run has changed"):
        tides(run, 2).write(tmp_path / "a")
    shutil.rmtree(run)
    with pytest.raises(ArtganError, match="no run folder"):
        tides(run, 2).write(tmp_path / "a")
    assert files(tmp_path / "a") == before


@pytest.mark.parametrize(
    ("trait", "values", "says"),
    [
        ("pallete", ["ember"], "Did you mean 'palette'?"),
        ("palette", ["embr"], "Did you mean 'ember'?"),
        ("style.glow", [1], "no knob 'glow'"),
        ("vignette.strenth", [0.2], "Did you mean 'strength'?"),
        ("halftone.angle", [30], "no step 'halftone'"),
        ("label", [11], "from 0 to 9"),
        ("style", ["nein"], "Did you mean 'neon'?"),
        ("move.tilt", [1.0], "directions"),
        ("sampler", ["langevine"], "Did you mean 'langevin'?"),
        ("latents", [3], "expected a name"),
    ],
)
def test_traits_that_nothing_has_are_told_before_the_first_picture(
    trained: Path, tmp_path: Path, trait: str, values: list[Any], says: str
) -> None:
    series = Series("tides", trained, count=2, style=STYLE).vary(trait, values)
    with pytest.raises(ArtganError, match=trait) as caught:
        series.write(tmp_path / "a")
    assert says in str(caught.value)
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"values": ["a", "b"], "weights": [1]}, "expected 2 numbers"),
        ({"values": ["a", "b"], "weights": [0, 0]}, "not all 0"),
        ({"values": ["a"], "weights": [-1]}, "from 0"),
        ({"values": []}, "list of choices"),
        ({"low": 2, "high": 1}, "low not above high"),
        ({"low": 0, "high": float("inf")}, "inf"),
        ({"low": 1}, "low and high"),
        ({"values": ["a"], "low": 1}, "one of them"),
    ],
)
def test_wrong_weights_and_ranges_are_told(more: dict[str, Any], says: str) -> None:
    with pytest.raises(SeriesError, match=says):
        Series("tides", "runs/sea").vary("palette", **more)


def test_series_file_means_the_same_as_the_script(trained: Path, tmp_path: Path) -> None:
    (tmp_path / "tides.toml").write_text(
        f'name = "tides"\nrun = "{trained}"\ncount = 3\nseed = 11\nstyle = "{STYLE}"\n'
        "reject-near-duplicates = 0.03\n"
        '[vary]\npalette = { values = ["ember", "lagoon", "noir"], weights = [3, 2, 1] }\n'
        "[vary.vignette.strength]\nlow = 0.1\nhigh = 0.6\n"
    )
    artgan.Series.read(tmp_path / "tides.toml").write(tmp_path / "a")
    tides(trained, 3).reject_near_duplicates(0.03).write(tmp_path / "b")
    assert files(tmp_path / "a") == files(tmp_path / "b")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = 'a'\nrun = 'b'\ncuont = 3", "Did you mean 'count'?"),
        ("name = 'a'", "needs 'run'"),
        ("name = 'a'\nrun = 'b'\ncount = 0", "from 1"),
        ("name = 'a b'\nrun = 'b'", "letters, digits"),
        ("name = 'a'\nrun = 'b'\n[vary.palette]\nvalus = [1]", "Did you mean 'values'?"),
        ("name = ", "not valid TOML"),
        ("name = 'a'\nrun = 'b'\nfile-name = '{numbr}'", "Did you mean 'number'?"),
        ("name = 'a'\nrun = 'b'\nfile-name = '{seed}'", "put in {number}"),
        ("name = 'a'\nrun = 'b'\nbackground_color = '#fff'", "six hex digits"),
    ],
)
def test_wrong_series_files_are_told(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "s.toml").write_text(text)
    with pytest.raises(SeriesError) as caught:
        artgan.Series.read(tmp_path / "s.toml")
    assert "s.toml" in str(caught.value)
    assert says in str(caught.value)


def test_what_is_refused_gives_way_to_the_next_seed(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    render, style_edition = editions.render_editions, editions.style_edition

    def empties(series: Any, run: Any, wanted: Any) -> Any:
        for raw in render(series, run, wanted):
            first = (raw.edition.number, raw.edition.attempt) == (2, 0)
            yield replace(raw, pixels=raw.pixels * 0) if first else raw

    def fails(series: Any, run: Any, raw: Any) -> Any:
        if (raw.edition.number, raw.edition.attempt) == (3, 0):
            raise StyleError("too dark")
        return style_edition(series, run, raw)

    monkeypatch.setattr(refusing, "render_editions", empties)
    monkeypatch.setattr(editions, "style_edition", fails)
    series = tides(trained, 4).refuse("blank", "failure")
    written = series.write(tmp_path / "a")
    assert [line.partition(", ")[0] for line in written.refused] == ["number 2", "number 3"]
    assert "blank: the generator drew nothing" in written.refused[0]
    assert "failure: too dark" in written.refused[1]
    record = read_record(written.files[1])
    assert record is not None
    assert record["series"]["attempt"] == 1
    assert record["seed"] == series.edition(2, attempt=1).seed
    monkeypatch.undo()
    checks = list(verify_series(tmp_path / "a", load_registry(packages=False), 4))
    assert all(one.same for one in checks)
    assert remake(written.files[1], run=trained).identical
    listed = json.loads((tmp_path / "a" / "series.json").read_text())["editions"]
    assert listed[1]["refused"][0]["attempt"] == 0
    again = Series.read(tmp_path / "a" / "series.toml")
    assert (again.refused, again.digest) == (("blank", "failure"), series.digest)


def test_a_number_of_which_every_seed_is_refused_says_why(trained: Path, tmp_path: Path) -> None:
    series = Series("same", trained, count=2, style="invert").refuse("near-duplicate")
    series.reject_near_duplicates(0.99)
    written = series.write(tmp_path / "a")
    assert len(written.files) == 1
    assert "number 2: 20 seeds in a row refused" in written.errors[0]
    assert "near-duplicate" in written.errors[0]


def test_series_of_before_are_the_same_series(trained: Path) -> None:
    old = tides(trained, artist="Ann").reject_near_duplicates(0.05)
    # The digest of 0.1.0, without whatever came later.
    assert old.digest == "30b64b5e385b8e779eb67ce359cc901f97ec7178d5f30b55f1c931d08e2bf97b"
    named = tides(trained, artist="Ann").reject_near_duplicates(0.05)
    named.name_trait("palette", "Colours").name_trait("vignette.strength", step=0.25)
    assert named.digest == old.digest
    assert Series.from_table(named.table(), Path()).traits == named.traits
    assert old.refuse().digest != named.digest


def test_traits_are_told_as_people_say_them() -> None:
    told = {
        ("mat.color", "c98a1e"): "Color: ochre",
        ("palette", "ember"): "Palette: ember",
        ("palette", "colours/dusk.gpl"): "Palette: dusk",
        ("palette", ("0a0a0a", "dd2222", "fafafa")): "Palette: black, red, white",
        ("mirror.both", True): "Both: yes",
        ("label", "seven"): "Label: seven",
        ("style.glow", 0.57312): "Glow: 0.57",
        ("halftone.lines", 48.271): "Lines: 48",
    }
    for (name, value), words in told.items():
        high = 100.0 if name == "halftone.lines" else 1.0
        values = () if isinstance(value, float) else (value,)
        trait = Trait(name, values, high=high)
        assert f"{trait_title(trait)}: {trait_value(trait, value)}" == words
    stepped = Trait("style.glow", title="Light", step=0.25)
    assert (trait_title(stepped), trait_value(stepped, 0.6)) == ("Light", "0.50")


def test_title_and_year_go_into_pictures_and_the_book(trained: Path, tmp_path: Path) -> None:
    about = {"title": "Tides", "artist": "Ann", "year": "2026", "licence": "CC BY 4.0"}
    first = tides(trained, 1, **about).write(tmp_path / "a").files[0]
    with Image.open(first) as image:
        packet = image.info["XML:com.adobe.xmp"]
    assert "Tides #1" in packet
    assert "<dc:date><rdf:Seq><rdf:li>2026</rdf:li></rdf:Seq></dc:date>" in packet
    sold = json.loads((tmp_path / "a" / "metadata" / "0001.json").read_text())
    assert (sold["name"], sold["year"]) == ("Tides #1", "2026")
    with pytest.raises(SeriesError, match="expected four digits"):
        tides(trained, 1, year="MMXXVI")
    sheet = make_sheet("a6", 30)
    write_pdf([first], PdfLayout(sheet, words=Words(**about)), tmp_path / "t.pdf")
    data = (tmp_path / "t.pdf").read_bytes()
    assert b"/Author <feff0041006e006e>" in data
    assert b"<dc:rights>" in data


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("refuse", ["blnak"], "Did you mean 'blank'"),
        ("refuse", "all", "expected true, or a list"),
        ("vary", {"palette": {"values": ["ember"], "step": -1}}, "step -1 does not fit"),
        ("vary", {"palette": {"values": ["ember"], "title": 3}}, "title 3 does not fit"),
    ],
)
def test_new_keys_that_do_not_fit_are_told(key: str, value: Any, says: str) -> None:
    with pytest.raises(SeriesError, match=says):
        Series.from_table({"name": "x", "run": "r", key: value}, Path())
