"""Reads sounds: WAV by itself; MP3, FLAC, OGG and AIFF by the extra ``artgan[audio]``."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.errors import DataError, MissingExtraError

FloatArray = NDArray[np.float64]

LONGEST_SECONDS = 1200

MOST_VALUES = LONGEST_SECONDS * 48000 * 6
"""Most samples of all channels together: 20 minutes of surround sound."""


LOUDEST = 1e6
"""Values from here on are no sound, but damage; 1 is as loud as most files can be."""


@dataclass(frozen=True)
class Sound:
    """A sound in memory, at ``rate`` samples a second.

    ``samples`` are the mean of all channels (N,), in [-1, 1] like the ``channels`` (N, C)
    themselves, in float32; files of floats may go beyond.
    """

    samples: FloatArray
    rate: int
    channels: NDArray[np.float32]

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate


def read_sound(path: Path) -> Sound:
    """Read a WAV file of PCM or floats, or what libsndfile reads.

    Raises:
        DataError: It is missing, no sound, damaged, or too short or long.
        MissingExtraError: It is not WAV, and soundfile is not installed.
    """
    try:
        with path.open("rb") as file:
            head = file.read(12)
            sound = _read_wav(path) if head[:4] + head[8:] == b"RIFFWAVE" else _read_other(path)
    except FileNotFoundError as error:
        raise DataError(f"there is no sound file '{path}'") from error
    except OSError as error:
        raise DataError(f"the sound file '{path}' cannot be read: {error.strerror}") from error
    _check_length(path, len(sound.samples), sound.channels.shape[1], sound.rate)
    return sound


def _check_length(path: Path, count: int, channels: int, rate: int) -> None:
    """Refuse a sound that is too short, too long or of too many channels to be held in memory."""
    if not 0.1 <= count / rate <= LONGEST_SECONDS:
        raise DataError(
            f"the sound file '{path}' plays {count / rate:.1f} seconds; expected 0.1 to "
            f"{LONGEST_SECONDS}"
        )
    if count * channels > MOST_VALUES:
        raise DataError(
            f"the sound file '{path}' holds {count * channels / 1e6:.0f} million samples; expected "
            f"at most {MOST_VALUES / 1e6:.0f} million: convert it to stereo at 48000 Hz first"
        )


def _read_other(path: Path) -> Sound:
    """Read a file that is not WAV with libsndfile."""
    soundfile = _import_soundfile(path)
    # The name stays here: libraries read a colon, a dash or letters of their own into it.
    with path.open("rb") as file:
        try:
            with soundfile.SoundFile(file) as source:
                _check_length(path, source.frames, source.channels, source.samplerate)
                channels = source.read(dtype="float32", always_2d=True)
                rate = source.samplerate
        except soundfile.LibsndfileError as error:
            raise DataError(
                f"'{path}' is not a sound that can be read; expected WAV, MP3, FLAC, OGG or AIFF: "
                "convert it to WAV first"
            ) from error
    if not (np.abs(channels) < LOUDEST).all():
        raise DataError(f"the sound file '{path}' is damaged: its samples are not finite")
    return Sound(channels.mean(1, dtype=np.float64), rate, channels)


def _import_soundfile(path: Path) -> Any:
    try:
        import soundfile
    # A system without libsndfile raises OSError.
    except (ImportError, OSError) as error:
        raise MissingExtraError(
            f"'{path}' is not a WAV file; MP3, FLAC, OGG and AIFF need a package more: "
            "pip install 'artgan[audio]'. WAV works without it"
        ) from error
    return soundfile


def _read_wav(path: Path) -> Sound:
    try:
        return _decode(path.read_bytes())
    except (ValueError, struct.error, KeyError, ZeroDivisionError) as error:
        raise DataError(f"the sound file '{path}' is damaged or unusual: {error}") from error


def _decode(data: bytes) -> Sound:
    """Decode the bytes of a WAV file; damaged ones raise ValueError or other errors."""
    chunks: dict[bytes, bytes] = {}
    place = 12
    while place + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        chunks.setdefault(name, data[place + 8 : place + 8 + size])
        place += 8 + size + size % 2
    if b"fmt " not in chunks or b"data" not in chunks:
        raise ValueError("it has no format or no samples")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunks[b"fmt "])
    if kind == 0xFFFE:
        # "Extensible": the format itself follows at the start of a longer identifier.
        (kind,) = struct.unpack_from("<H", chunks[b"fmt "], 24)
    width = bits // 8 * channels
    body = chunks[b"data"][: len(chunks[b"data"]) // width * width]
    values = _decode_samples(body, kind, bits).reshape(-1, channels)
    if not rate or not (np.abs(values) < LOUDEST).all():
        raise ValueError("its rate is 0 or its samples are not finite")
    return Sound(values.mean(1), rate, values.astype(np.float32))


def _decode_samples(body: bytes, kind: int, bits: int) -> FloatArray:
    """Decode samples to [-1, 1]; kind 1 is PCM, 3 is floats."""
    if kind == 3 and bits in (32, 64):
        return np.frombuffer(body, f"<f{bits // 8}").astype(np.float64)
    if kind == 1 and bits == 8:
        return (np.frombuffer(body, np.uint8).astype(np.float64) - 128) / 128
    if kind == 1 and bits in (16, 32):
        return np.frombuffer(body, f"<i{bits // 8}").astype(np.float64) / 2.0 ** (bits - 1)
    if kind == 1 and bits == 24:
        thirds = np.frombuffer(body, np.uint8).reshape(-1, 3).astype(np.int32)
        whole = thirds[:, 0] | thirds[:, 1] << 8 | thirds[:, 2] << 16
        return (whole - ((whole & 0x800000) << 1)) / 2.0**23
    raise ValueError(f"format {kind} with {bits} bits is not read; expected PCM or floats")
