"""``artgan apply`` end to end, through the error edge."""

import json
import wave
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from click.testing import Result
from PIL import Image, ImageSequence

import artgan
from artgan.animation.clip import open_clip, sound_file
from artgan.curation.choices import pictures_in
from artgan.pictures.video import read_video_sound
from artgan.plugin.decode import PICTURE_ENDINGS

Call = Callable[..., Result]


def test_styles_and_filters_make_one_chain(
    artgan_cli: Call, pictures: Path, tmp_path: Path
) -> None:
    picture, out = pictures / "0.png", tmp_path / "out"
    chain = ["--style", "posterize:3", "--filter", "tile:columns=2,rows=1"]
    result = artgan_cli("apply", *chain, picture, "--out", out)
    assert result.exit_code == 0, result.output
    (made,) = out.iterdir()
    with Image.open(made) as image:
        assert image.size == (48, 20)


def test_each_style_makes_a_picture_of_its_own(artgan_cli: Call, pictures: Path) -> None:
    styles = ["--style", "invert", "--style", "neon", "--style.glow", "2"]
    args = ["apply", *styles, pictures / "0.png"]
    assert artgan_cli(*args, "--each-style", "--out", "each").exit_code == 0
    assert sorted(p.name for p in Path("each").iterdir()) == ["0-invert.png", "0-neon.png"]
    record = artgan.read_record(Path("each/0-neon.png"))
    assert record
    assert 2 in [step["options"].get("strength") for step in record["style"]["steps"]]
    assert artgan_cli(*args, "--out", "chain").exit_code == 0
    assert [p.name for p in Path("chain").iterdir()] == ["0-invert-neon.png"]
    told = artgan_cli(*args, "--style.frog", "2", "--each-style", "--out", "no")
    assert "style 'invert' has no knob 'frog'" in told.stderr


def test_names_of_a_batch_are_chosen(artgan_cli: Call, pictures: Path) -> None:
    args = ["apply", "--style", "invert", pictures, "--out", "o", "--name"]
    assert artgan_cli(*args, "{number:02d}-{style}").exit_code == 0
    names = sorted(path.name for path in Path("o").iterdir())
    assert (names[0], names[-1]) == ("01-invert.png", "08-invert.png")
    for name, says in (
        ("same", "gives every picture the same name"),
        ("{nuber}", "Did you mean 'number'?"),
    ):
        told = artgan_cli(*args, name)
        assert says in told.stderr
    told = artgan_cli(*args, "{number}", "--style", "neon", "--each-style")
    assert "needs {style}" in told.stderr


def test_show_style_prints_toml(artgan_cli: Call) -> None:
    result = artgan_cli("apply", "--style", "neon", "--style.glow", "2", "--show-style")
    assert result.exit_code == 0
    assert '{ filter = "glow", strength = 2.0' in result.output


def test_one_broken_picture_does_not_stop_the_others(
    artgan_cli: Call, pictures: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    files = [pictures / "0.png", tmp_path / "broken.png"]
    result = artgan_cli("apply", "--style", "invert", *files, "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "broken.png" in result.output
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_nothing_to_do_is_a_usage_error(artgan_cli: Call, pictures: Path) -> None:
    assert artgan_cli("apply", pictures / "0.png", "--out", "x").exit_code == 2
    assert artgan_cli("apply", "--style", "neon").exit_code == 2


def test_a_folder_stands_for_its_pictures(artgan_cli: Call, pictures: Path, tmp_path: Path) -> None:
    inner = pictures / "more"
    inner.mkdir()
    (pictures / "0.png").rename(inner / "0.png")
    (pictures / "notes.txt").write_text("no picture")
    Image.new("CMYK", (9, 5)).save(pictures / "1.jpg")
    out = pictures / "styled"
    for _ in range(2):
        result = artgan_cli("apply", "--style", "invert", pictures, "--out", out)
        assert result.exit_code == 0, result.output
        made = sorted(str(path.relative_to(out)) for path in out.rglob("*.*"))
        assert made[:3] == ["1-jpg-invert.png", "1-png-invert.png", "2-invert.png"]
        assert made[-1] == "more/0-invert.png"
        assert len(made) == 9


def test_folders_that_cannot_be_styled_are_told(
    artgan_cli: Call, pictures: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    (pictures / "more").mkdir()
    (pictures / "more/0.png").write_bytes((pictures / "1.png").read_bytes())
    for given, out, says in (
        ([tmp_path / "empty"], "out", "no pictures in folder"),
        ([pictures], pictures / "0.png", "is a file"),
        ([pictures / "0.png", pictures / "more/0.png"], "out", "would both become"),
    ):
        result = artgan_cli("apply", "--style", "invert", *given, "--out", out)
        assert (result.exit_code, says in result.output) == (1, True), result.output


def test_one_fault_of_the_style_is_told_once(artgan_cli: Call, pictures: Path) -> None:
    result = artgan_cli("apply", "--filter", "halftone:inks=cyn", pictures, "--out", "out")
    assert result.exit_code == 1
    assert result.output.count("mean 'cyan'") == 1
    assert "and 7 more" in result.output


def test_a_chain_of_ones_own_tells_what_ended_its_palette(artgan_cli: Call, pictures: Path) -> None:
    chain = ["--filter", "palette:gameboy", "--filter", "grain"]
    result = artgan_cli("apply", *chain, pictures / "0.png", "--out", "out")
    assert "Note: step 'grain' mixed the 4 colours" in result.output


def moving(path: Path, *, clear: bool = False) -> None:
    frames = [Image.new("RGBA", (12, 8), (50 * n, 0, 90, 255)) for n in range(5)]
    for number, frame in enumerate(frames if clear else ()):
        frame.putpixel((number, 0), (0, 0, 0, 0))
    times = [40, 80, 120, 160, 200]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=times, loop=0)


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png"])
@pytest.mark.parametrize("ending", ["png", "webp"])
def test_all_frames_of_an_animation_are_styled(
    artgan_cli: Call, tmp_path: Path, name: str, ending: str
) -> None:
    moving(tmp_path / name, clear=True)
    out = tmp_path / "out"
    call = ("apply", "--style", "invert", tmp_path / name, "--out", out, "--format", ending)
    result = artgan_cli(*call)
    assert result.exit_code == 0, result.output
    (made,) = out.iterdir()
    with Image.open(made) as image, Image.open(tmp_path / name) as before:
        assert getattr(image, "n_frames", 1) == 5
        for number, (frame, old) in enumerate(
            zip(ImageSequence.Iterator(image), ImageSequence.Iterator(before), strict=True)
        ):
            new, was = frame.convert("RGBA"), old.convert("RGBA")
            assert frame.info["duration"] == 40 * (number + 1)
            assert np.array_equal(np.asarray(new)[:, :, 3], np.asarray(was)[:, :, 3])
            expected = np.asarray(artgan.apply(was, "invert")).astype(int)
            assert np.abs(np.asarray(new) - expected)[1:].max() <= 3
    read = artgan_cli("info", made)
    assert "invert" in read.output
    remade = artgan_cli("remake", made)
    assert remade.exit_code == 1
    assert "artgan apply" in remade.output


def video(path: Path, count: int = 8) -> None:
    """Write a video of a square that moves, with a sound."""
    container = av.open(str(path), "w")
    stream = container.add_stream("libx264", rate=8)
    stream.width = stream.height = 32
    stream.pix_fmt = "yuv420p"
    sound = container.add_stream("aac", rate=44100)
    for number in range(count):
        pixels = np.full((32, 32, 3), 40, np.uint8)
        pixels[8:16, 2 * number : 2 * number + 8] = (220, 60, 30)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
    container.mux(stream.encode(None))
    tone = np.sin(np.arange(44100) / 20).astype(np.float32)[None]
    frame = av.AudioFrame.from_ndarray(np.concatenate([tone, tone]), "fltp", "stereo")
    frame.sample_rate = 44100
    container.mux(sound.encode(frame))
    container.mux(sound.encode(None))
    container.close()


def test_videos_are_styled_with_their_sound(artgan_cli: Call) -> None:
    video(Path("a.mp4"))
    made = artgan_cli("apply", "--style", "invert", "a.mp4", "--out", "o", "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["files"] == ["o/a-invert.mp4"]
    with av.open("o/a-invert.mp4") as result:
        kinds = [stream.type for stream in result.streams]
        frames = [frame.to_ndarray(format="rgb24") for frame in result.decode(video=0)]
    assert (kinds, len(frames)) == (["video", "audio"], 8)
    ground = np.asarray(artgan.apply(Image.new("RGB", (1, 1), (40, 40, 40)), "invert"))[0, 0]
    assert np.abs(frames[0][28, 28].astype(int) - ground).max() < 12
    record = artgan.read_record(Path("o/a-invert.mp4"))
    assert record
    assert record["frames"] == 8
    assert artgan_cli("apply", "--style", "invert", "a.mp4", "--out", "o", "--format", "gif")
    with Image.open("o/a-invert.gif") as image:
        assert getattr(image, "n_frames", 1) == 8


def test_a_loop_goes_on_where_it_began(artgan_cli: Call) -> None:
    frames = [Image.new("RGB", (8, 8), (25 * n, 0, 0)) for n in range(10)]
    frames[0].save("a.webp", save_all=True, append_images=frames[1:], duration=100, lossless=True)
    call = ["apply", "--style", "none | tile columns=1 rows=1", "a.webp", "--out", "o"]
    looped = artgan_cli(*call, "--loop", "0.4")
    assert looped.exit_code == 0, looped.output
    (made,) = Path("o").iterdir()
    with Image.open(made) as image:
        reds = [
            np.asarray(frame.convert("RGB"))[0, 0, 0] for frame in ImageSequence.Iterator(image)
        ]
    # Six frames are left; the first is the one that came after the last.
    assert len(reds) == 6
    assert (reds[0], reds[4:]) == (150, [100, 125])
    assert "expected at least a frame" in artgan_cli(*call, "--loop", "0.9").stderr
    still = artgan_cli("apply", "--style", "invert", "b.png", "--out", "p", "--loop", "1")
    assert still.exit_code == 1


def test_the_sound_of_a_loop_goes_on_where_it_began(artgan_cli: Call) -> None:
    video(Path("a.mp4"))
    call = ["apply", "--style", "invert", "a.mp4", "--out", "o", "--loop", "0.25"]
    assert artgan_cli(*call).exit_code == 0
    found = read_video_sound(Path("o/a-invert.mp4"))
    assert found
    samples, rate = found
    # Six of eight frames are left of the second; encoders add a little silence.
    assert 0.74 < len(samples) / rate < 0.85
    clip = open_clip(Path("a.mp4"))
    assert clip
    with sound_file(clip) as whole, sound_file(clip, 2) as joined:
        assert whole
        assert joined
        waves = []
        for path in (whole, joined):
            with wave.open(str(path)) as file:
                data = file.readframes(file.getnframes())
            waves.append(np.frombuffer(data, "<i2").reshape(-1, 2).astype(int))
    before, after = waves
    assert len(after) == round(0.75 * 44100)
    # What follows the last sample is the one that the clip has there.
    assert np.abs(after[0] - before[len(after)]).max() <= 2
    assert np.array_equal(after[11025:], before[11025 : len(after)])
    assert np.abs(after[:11025]).max() > 15000


KNOB = """name = "mine"
steps = [{ filter = "grain" }, { filter = "dither", palette = "$colors", method = "bayer-4" }]
knobs.colors = { default = "own:4", help = "Its colours" }
"""


@pytest.mark.parametrize("chain", ["grain | dither palette=own:4 method=bayer-4", "mine.toml"])
def test_own_colours_and_grain_hold_still(artgan_cli: Call, chain: str) -> None:
    Path("mine.toml").write_text(KNOB)
    rng = np.random.default_rng(0)
    ground = rng.integers(60, 190, (16, 24, 3), dtype=np.uint8)
    frames = [Image.fromarray(ground.copy()) for _ in range(4)]
    for number, frame in enumerate(frames):
        frame.paste((255, 0, 0), (0, 0, 2 + number, 4))
    frames[0].save("a.webp", save_all=True, append_images=frames[1:], duration=100, lossless=True)
    done = artgan_cli("apply", "--style", chain, "a.webp", "--out", "o", "--format", "png")
    assert done.exit_code == 0, done.output
    (made,) = Path("o").iterdir()
    with Image.open(made) as image:
        shown = [np.asarray(f.convert("RGB")) for f in ImageSequence.Iterator(image)]
    assert all(np.array_equal(shown[0][4:], frame[4:]) for frame in shown)
    assert len(np.unique(np.concatenate(shown).reshape(-1, 3), axis=0)) <= 4
    told = artgan_cli("apply", "--style", "dither method=atkinson", "a.webp", "--out", "p")
    assert "dots of atkinson crawl" in told.stderr


def test_a_still_picture_does_not_become_a_video(artgan_cli: Call, pictures: Path) -> None:
    args = ["apply", "--style", "invert", pictures / "0.png", "--out", "o"]
    assert "does not move" in artgan_cli(*args, "--format", "mp4").stderr
    assert "does not move, so --loop" in artgan_cli(*args, "--loop", "1").stderr


def test_times_that_differ_stay_in_a_video(artgan_cli: Call) -> None:
    moving(Path("a.gif"))
    done = artgan_cli("apply", "--style", "invert", "a.gif", "--out", "o", "--format", "mp4")
    assert done.exit_code == 0, done.output
    with av.open("o/a-invert.mp4") as result:
        assert sum(1 for _ in result.decode(video=0)) == 15
        assert result.streams.video[0].average_rate == 25


def test_frames_and_pages_that_are_left_out_are_told(
    artgan_cli: Call, pictures: Path, tmp_path: Path
) -> None:
    moving(tmp_path / "a.gif")
    pages = [Image.new("RGB", (8, 8), (n, 0, 0)) for n in range(3)]
    pages[0].save(tmp_path / "b.tif", save_all=True, append_images=pages[1:])
    for name, more, count in (("a.gif", ["--format", "jpg"], 5), ("b.tif", [], 3)):
        out = tmp_path / f"out-{name}"
        result = artgan_cli("apply", "--style", "neon", tmp_path / name, "--out", out, *more)
        assert result.exit_code == 0, result.output
        assert f"the first of its {count} frames or pages is used" in result.output


def test_raw_samples_are_taken_and_the_rest_is_told(
    artgan_cli: Call, pictures: Path, tmp_path: Path
) -> None:
    folder, data = tmp_path / "samples", (pictures / "0.png").read_bytes()
    folder.mkdir()
    for name in ("s0-raw", "s0-neon", "s1-raw", "s1-neon-tile", "other"):
        (folder / f"{name}.png").write_bytes(data)
    (folder / "notes.txt").write_text("words")
    (folder / "SHA256SUMS").write_text("0  other.png")
    result = artgan_cli("apply", "--style", "invert", folder, "--out", tmp_path / "out")
    assert sorted(path.stem for path in (tmp_path / "out").iterdir()) == [
        "other-invert",
        "s0-raw-invert",
        "s1-raw-invert",
    ]
    assert "styled ones left out: 2" in result.output
    assert "no pictures by their names: notes.txt." in result.output


ENDS = [ending for ending in PICTURE_ENDINGS if ending not in (".heic", ".heif")]


def test_every_command_takes_the_same_endings(artgan_cli: Call, tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    for ending in ENDS:
        Image.new("RGB", (8, 8), (200, 90, 40)).save(folder / f"a{ending}", format="PNG")
    listed = [path.suffix for path in pictures_in(folder)]
    assert sorted(listed) == sorted(ENDS)
    result = artgan_cli("sheet", folder, "--out", tmp_path / "sheet.png", "--json")
    assert json.loads(result.output)["cells"] == len(ENDS)
    result = artgan_cli("apply", "--style", "invert", folder, "--out", tmp_path / "out", "--json")
    assert len(json.loads(result.output)["files"]) == len(ENDS)
    result = artgan_cli("inspect", folder, "--json", "--minutes", "none")
    assert json.loads(result.output)["skipped"] == {}


@pytest.mark.parametrize(
    ("command", "out"), [("sheet", "x.png"), ("print", "x.pdf"), ("plot", "out")]
)
def test_a_broken_picture_does_not_end_a_batch(
    artgan_cli: Call, pictures: Path, tmp_path: Path, command: str, out: str
) -> None:
    cut = (pictures / "0.png").read_bytes()
    (pictures / "0.png").write_bytes(cut[: len(cut) // 2])
    paper = [] if command == "sheet" else ["--paper", "a6"]
    dots = ["--dpi", "30"] if command == "print" else []
    result = artgan_cli(command, pictures, "--out", tmp_path / out, *paper, *dots)
    assert result.exit_code == 3, result.output
    assert "Left out: " in result.output
    assert "0.png" in result.output
    assert (tmp_path / out).exists()


def test_a_pick_leaves_broken_pictures_out(artgan_cli: Call, pictures: Path) -> None:
    (pictures / "0.png").write_bytes(b"no picture")
    result = artgan_cli("curate", pictures, "--pick", "3")
    assert result.exit_code == 0, result.output
    assert "left out" in result.output
    assert "0.png" not in (pictures / "choices.txt").read_text()
