"""Animations: loops close, styles hold still, files play as told, keys fall on beats."""

import json
import struct
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import artgan
from artgan.animation.animate import Animation, plan_animation, resize_frame
from artgan.animation.beats import find_beats
from artgan.animation.files import open_writer
from artgan.animation.gif import GifPalette
from artgan.animation.motion import Motion
from artgan.animation.sound import read_sound
from artgan.animation.video import SOUND_RATE, _stereo_frames
from artgan.errors import ArtganError, DataError, MissingExtraError, OptionError, RunError
from artgan.pictures.files import read_record
from artgan.pictures.moving import read_frames
from artgan.plugin.animations import AnimationFacts
from artgan.sampling.samples import SampleRequest

EMBER = "upscale:size=64 | gradient-map:ember"


def write_clicks(path: Path, bpm: float = 100, seconds: float = 8) -> NDArray[np.float64]:
    """Write a WAV of clicks in faint noise, and give their times."""
    rate = 22050
    sound = np.random.default_rng(0).normal(0, 0.01, int(rate * seconds))
    times = np.arange(0.37, seconds - 0.2, 60 / bpm)
    tick = np.sin(0.3 * np.arange(400)) * np.exp(-np.arange(400) / 80)
    for time in times:
        sound[int(time * rate) :][:400] += 0.8 * tick
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return times


def plan(
    trained: Path, motion: Motion, seeds: tuple[int, ...] = (1, 5, 9), **more: object
) -> Animation:
    run = artgan.load_run(trained)
    steering = run.steering(truncation=more.pop("truncation", 1.0))
    request = SampleRequest(seeds, steering=steering, **more)  # type: ignore[arg-type]
    return plan_animation(run, request, motion)


def pixels(animation: Animation, *numbers: int) -> list[NDArray[np.uint8]]:
    return [np.asarray(frame) for frame, _ in animation.frames(numbers)]


@pytest.mark.parametrize("motion", [Motion(1, loop=True), Motion(1, loop=True, way="spherical")])
@pytest.mark.parametrize("style", ["none", "upscale:size=32 | grain"])
def test_frame_n_of_a_loop_is_frame_0(trained: Path, motion: Motion, style: str) -> None:
    animation = plan(trained, motion, style=style)
    first, last, after, other = pixels(animation, 0, 23, 24, 12)
    assert animation.count == 24
    assert np.array_equal(first, after)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first, last)


def test_keys_of_an_open_way_are_its_ends_and_frames_do_not_depend_on_others(trained: Path) -> None:
    animation = plan(trained, Motion(0.5), label=3)
    run = artgan.load_run(trained)
    first, end = (np.asarray(resize_frame(p, None)) for p in run.sample([1, 9], label=3))
    frames = pixels(animation, *range(12))
    assert np.array_equal(frames[0], first)
    assert np.array_equal(frames[11], end)
    assert np.array_equal(pixels(animation, 7)[0], frames[7])


def test_a_walk_leaves_from_its_seed_and_a_label_is_that_of_the_nearest_key(trained: Path) -> None:
    walk = plan(trained, Motion(2, loop=True, walk=True), seeds=(4,))
    first, after = pixels(walk, 0, 48)
    assert np.array_equal(first, after)
    animation = plan(trained, Motion(2))
    labels = [key.label for key in animation.keys]
    assert [animation.point(n).label for n in (0, 24, 47)] == labels


def test_labels_change_without_a_jump(trained: Path) -> None:
    animation = plan(trained, Motion(2.5, fps=120, loop=True))
    assert len({key.label for key in animation.keys}) > 1
    frames = np.stack(pixels(animation, *range(300), 0)).astype(float)
    steps = np.abs(np.diff(frames, axis=0)).mean((1, 2))
    assert steps.max() < 6 * np.median(steps) + 1
    record = json.loads(json.dumps(animation.point(40).facts))
    assert record["label"] != record["towards"]


def test_a_style_holds_still(trained: Path) -> None:
    run = artgan.load_run(trained)
    (point,) = run.points([1], label=3)
    animation = plan_animation(
        run, SampleRequest([point, point], "upscale:size=64 | grain"), Motion(0.5)
    )
    first, second = pixels(animation, 0, 7)
    assert np.array_equal(first, second)


@pytest.mark.parametrize("ending", [".gif", ".webp", ".apng"])
def test_files_play_as_told_and_carry_their_record(
    trained: Path, tmp_path: Path, ending: str
) -> None:
    run = artgan.load_run(trained)
    out = run.animate([1, 5], tmp_path / f"a{ending}", seconds=0.5, loop=True, style=EMBER)
    with Image.open(out) as file:
        assert getattr(file, "n_frames", 1) == 12
        assert file.info["loop"] == 0
        durations = []
        for number in range(12):
            file.seek(number)
            file.load()
            durations.append(file.info["duration"])
        shown = np.asarray(file.convert("RGB")).astype(float)
    assert sum(durations) == pytest.approx(500)
    animation = plan_animation(run, SampleRequest([1, 5], EMBER), Motion(0.5, loop=True))
    (wanted,) = pixels(animation, 11)
    assert np.abs(shown - wanted).mean() < (0.01 if ending == ".apng" else 8)
    assert read_record(out) == json.loads(json.dumps(animation.record))
    if ending == ".webp":
        assert b"trainedAlgorithmicMedia" in out.read_bytes()


def test_same_animation_same_bytes(trained: Path, tmp_path: Path) -> None:
    run = artgan.load_run(trained)
    files = [
        run.animate([1, 5], tmp_path / name, seconds=0.3, style="gameboy")
        for name in ("a.gif", "b.gif")
    ]
    assert files[0].read_bytes() == files[1].read_bytes()
    with pytest.raises(RunError, match="--overwrite"):
        run.animate([1, 5], files[0], seconds=0.3)


def test_frames_in_a_folder_carry_records(trained: Path, tmp_path: Path) -> None:
    out = artgan.load_run(trained).animate([1, 5], tmp_path / "tides", seconds=0.2, truncation=0.5)
    names = sorted(path.name for path in out.iterdir())
    assert names == [f"tides-{number:05d}.png" for number in range(5)]
    record = read_record(out / names[2])
    assert record is not None
    assert record["latents"]["frame"] == 2
    assert record["latents"]["truncation"] == 0.5


def test_palettes_are_exact_where_they_can_be_and_near_elsewhere() -> None:
    few = Image.effect_noise((32, 32), 60).quantize(8).convert("RGB")
    palette = GifPalette([few])
    assert np.array_equal(palette.colors[np.asarray(palette.index(few))], np.asarray(few))
    ramps = np.mgrid[0:64, 0:64].transpose(1, 2, 0) * 4
    many = Image.fromarray(np.dstack([ramps, 255 - ramps[..., :1]]).astype(np.uint8))
    rich = GifPalette([many])
    shown = rich.colors[np.asarray(rich.index(many))].astype(float)
    assert np.abs(shown.mean((0, 1)) - np.asarray(many).mean((0, 1))).max() < 3


def test_the_dither_of_a_gif_holds_still() -> None:
    ramps = np.mgrid[0:64, 0:64].transpose(1, 2, 0) * 4
    pixels = np.dstack([ramps, 255 - ramps[..., :1]]).astype(np.uint8)
    palette = GifPalette([Image.fromarray(pixels)])
    before = np.asarray(palette.index(Image.fromarray(pixels)))
    pixels[:8, :8] = 90
    after = np.asarray(palette.index(Image.fromarray(pixels)))
    assert np.array_equal(before[8:], after[8:])
    assert np.array_equal(before[:, 8:], after[:, 8:])


def test_a_failed_animation_leaves_nothing(tmp_path: Path) -> None:
    def write() -> None:
        with open_writer(
            tmp_path / "a.gif", AnimationFacts((4, 4), 2, 24, True, preview=_two)
        ) as writer:
            writer.add(_two()[0])
            raise KeyError

    with pytest.raises(KeyError):
        write()
    assert not list(tmp_path.iterdir())


def _two() -> list[Image.Image]:
    return [Image.new("RGB", (4, 4), color) for color in ("red", "blue")]


@pytest.mark.parametrize("ending", [".mp4", ".webm"])
def test_video_plays(trained: Path, tmp_path: Path, ending: str) -> None:
    av = pytest.importorskip("av", reason="the extra artgan[video] is not installed")
    write_clicks(tmp_path / "c.wav", seconds=2)
    run = artgan.load_run(trained)
    out = run.animate([1, 5], tmp_path / f"a{ending}", sound=tmp_path / "c.wav", beats=1)
    with av.open(str(out)) as file:
        frames = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
        assert len(frames) == 48
        assert file.streams.audio
        assert "animation" in str(file.metadata)
    motion = Motion(sound=tmp_path / "c.wav", beats=1)
    (wanted,) = pixels(plan_animation(run, SampleRequest([1, 5]), motion), 20)
    assert np.abs(frames[20].astype(float).mean(2) - wanted).mean() < 6


def test_video_without_its_extra_names_it(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    with pytest.raises(MissingExtraError, match=r"artgan\[video\]"):
        artgan.load_run(trained).animate([1, 5], tmp_path / "a.mp4", seconds=0.2)
    assert not list(tmp_path.glob("*.mp4"))


@pytest.mark.parametrize("bpm", [76, 100, 133])
def test_beats_of_clicks_are_found_to_30_milliseconds(tmp_path: Path, bpm: float) -> None:
    times = write_clicks(tmp_path / "c.wav", bpm)
    beats = find_beats(read_sound(tmp_path / "c.wav"))
    assert len(beats) == len(times)
    assert np.abs(beats - times).max() < 0.03


def test_keys_fall_on_beats(trained: Path, tmp_path: Path) -> None:
    times = write_clicks(tmp_path / "c.wav", 100)
    animation = plan(trained, Motion(fps=100, sound=tmp_path / "c.wav", beats=2))
    assert animation.count == 800
    keys = [key.values.double() for key in animation.keys]
    for number, time in enumerate(times[::2][:5]):
        values = animation.position(round(time * 100)).values
        assert (values - keys[(number + 1) % 3]).norm() < 0.3 * keys[0].norm()


@pytest.mark.parametrize(
    ("kind", "bits", "tolerance"),
    [(1, 8, 0.01), (1, 16, 1e-4), (1, 24, 1e-6), (1, 32, 1e-6), (3, 32, 1e-6), (3, 64, 1e-9)],
)
def test_kinds_of_wav(tmp_path: Path, kind: int, bits: int, tolerance: float) -> None:
    wanted = np.sin(np.arange(4000) / 20) * 0.7
    whole = np.round(wanted * 2.0 ** (bits - 1)).astype("<i8")
    body = {
        (1, 8): (whole + 128).astype(np.uint8).tobytes(),
        (1, 16): whole.astype("<i2").tobytes(),
        (1, 24): whole.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes(),
        (1, 32): whole.astype("<i4").tobytes(),
        (3, 32): wanted.astype("<f4").tobytes(),
        (3, 64): wanted.astype("<f8").tobytes(),
    }[kind, bits]
    head = struct.pack("<HHIIHH", kind, 1, 8000, 8000 * bits // 8, bits // 8, bits)
    chunks = b"fmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", len(body)) + body
    (tmp_path / "s.wav").write_bytes(
        b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks
    )
    sound = read_sound(tmp_path / "s.wav")
    assert sound.rate == 8000
    assert np.abs(sound.samples - wanted).max() < tolerance


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"ID3 an mp3", "expected WAV, MP3, FLAC"),
        (b"RIFF\0\0\0\0WAVE", "damaged or unusual"),
        (b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + b"\0" * 16 + b"data\0\0\0\0", "damaged or unusual"),
    ],
)
def test_sounds_that_cannot_be_read_are_told(tmp_path: Path, data: bytes, says: str) -> None:
    (tmp_path / "s.wav").write_bytes(data)
    with pytest.raises(DataError, match=says):
        read_sound(tmp_path / "s.wav")


def write_song(path: Path, channels: int = 2, rate: int = 44100) -> NDArray[np.float64]:
    """Write half a second of sines, one pitch a channel, in the format of the ending."""
    soundfile = pytest.importorskip("soundfile", reason="artgan[audio] is not installed")
    pitches = 220.0 * np.arange(1, channels + 1)
    wanted = 0.5 * np.sin(2 * np.pi * np.arange(rate // 2)[:, None] / rate * pitches)
    # libsndfile tells the format from a name's ending; a name may hold what it likes here.
    with path.open("wb") as file:
        kind = {"mp3": "MP3", "flac": "FLAC", "ogg": "OGG", "wav": "WAV"}[path.suffix[1:]]
        soundfile.write(file, wanted, rate, format=kind)
    return wanted


@pytest.mark.parametrize(
    ("name", "error"), [("a.flac", 1e-4), ("it: a song.ogg", 0.1), ("-vn.mp3", 0.1)]
)
def test_sounds_of_other_formats_are_read(tmp_path: Path, name: str, error: float) -> None:
    wanted = write_song(tmp_path / name)
    sound = read_sound(tmp_path / name)
    assert (sound.rate, sound.channels.shape[1]) == (44100, 2)
    # Encoders of MP3 pad both ends.
    assert 0.45 < sound.seconds < 0.6
    assert np.abs(sound.channels[4000:8000]).max() == pytest.approx(0.5, abs=error)
    assert np.allclose(sound.samples, sound.channels.mean(1), atol=1e-6)
    if len(sound.samples) == len(wanted):
        assert np.abs(sound.channels - wanted)[4000:8000].max() < error


def test_sounds_of_other_formats_name_their_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.mp3").write_bytes(b"ID3" + bytes(99))
    write_clicks(tmp_path / "c.wav", seconds=1)
    monkeypatch.setitem(__import__("sys").modules, "soundfile", None)
    with pytest.raises(MissingExtraError, match=r"a\.mp3' is not a WAV.*artgan\[audio\]"):
        read_sound(tmp_path / "a.mp3")
    assert read_sound(tmp_path / "c.wav").seconds == 1


def test_a_sound_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    soundfile = pytest.importorskip("soundfile", reason="artgan[audio] is not installed")
    soundfile.write(tmp_path / "a.flac", np.zeros((1300 * 8, 8)), 8)
    with pytest.raises(DataError, match=r"plays 1300\.0 seconds; expected 0\.1 to 1200"):
        read_sound(tmp_path / "a.flac")


@pytest.mark.parametrize("channels", [1, 2, 6, 9])
def test_mixing_down_never_clips(channels: int) -> None:
    av = pytest.importorskip("av", reason="the extra artgan[video] is not installed")
    square = np.sign(np.sin(np.arange(44100) / 30)).astype(np.float32) * np.float32(0.95)
    loud = np.repeat(square[None], channels, 0)
    mixed = np.concatenate([f.to_ndarray() for f in _stereo_frames(av, loud, 44100)], 1)
    assert mixed.shape[1] == pytest.approx(SOUND_RATE, abs=50)
    assert 0.6 < np.abs(mixed).max() <= 1
    soft = np.concatenate(
        [f.to_ndarray() for f in _stereo_frames(av, loud * np.float32(0.125), 44100)], 1
    )
    # All of a sound gets softer, not its peaks.
    assert np.corrcoef(soft.ravel(), mixed.ravel())[0, 1] > 0.999999


def test_names_are_never_read_as_protocols(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("av", reason="the extra artgan[video] is not installed")
    monkeypatch.chdir(tmp_path)
    write_clicks(Path("s: 1.wav"), seconds=1)
    for name in ("a: 1.mp4", "-y.webm", "concat:x.mp4"):
        out = artgan.load_run(trained).animate([1, 5], name, sound="s: 1.wav", fps=8)
        assert (read_record(Path(name)) or {})["animation"]["sound"] == "s: 1.wav"
        assert len(list(read_frames(out))) == 8


def test_silence_has_no_beats(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "s.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\0" * 32000)
    with pytest.raises(DataError, match="nothing begins"):
        find_beats(read_sound(tmp_path / "s.wav"))


@pytest.mark.parametrize(
    ("motion", "more", "says"),
    [
        ({"seconds": 1}, {"seeds": (1,)}, "one key frame does not move"),
        ({"sound": "s.wav", "loop": True}, {"seeds": (1,)}, "give more seeds$"),
        ({"sound": "s.wav", "walk": True}, {}, "leave one out"),
        ({"seconds": 1, "walk": True}, {}, "a walk starts from one seed"),
        ({"seconds": 1, "size": 4}, {}, "16 to 4096"),
        ({"seconds": 1}, {"seeds": ()}, "at least one seed"),
        ({"seconds": 1, "fps": 0.5}, {}, "1 to 120"),
        ({"seconds": 0}, {}, "0.05 to 36000"),
        ({"seconds": 36000, "fps": 60}, {}, "too many"),
        ({"way": "round"}, {}, "expected smooth"),
        ({"sound": "no.wav"}, {}, "no sound file"),
    ],
)
def test_wrong_motions_are_told(
    trained: Path, motion: dict[str, object], more: dict[str, object], says: str
) -> None:
    with pytest.raises(ArtganError, match=says):
        plan(trained, Motion(**motion), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "fps"), [("a.avi", 24), ("a.gif", 60)])
def test_wrong_endings_and_rates_are_told(
    trained: Path, tmp_path: Path, name: str, fps: float
) -> None:
    with pytest.raises(OptionError, match=r"wrong ending|at most 50"):
        artgan.load_run(trained).animate([1, 5], tmp_path / name, fps=fps, seconds=0.2)


def test_the_record_of_an_animation_tells_its_keys(trained: Path) -> None:
    record = plan(trained, Motion(1, loop=True), truncation=0.8).record
    assert [key["seed"] for key in record["animation"]["keys"]] == [1, 5, 9]
    assert record["animation"]["steering"] == {"truncation": 0.8}
    assert json.loads(json.dumps(record)) == record
