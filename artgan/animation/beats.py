"""Finds the beats of a sound, on which key frames of an animation fall.

Ellis 2007, "Beat Tracking by Dynamic Programming": an onset envelope, one tempo for the whole sound
by weighted autocorrelation, and the series of beats that best fits the onsets at that tempo. Onsets
by spectral flux: Bello et al. 2005, "A Tutorial on Onset Detection in Music Signals", section III.
"""

import numpy as np
from numpy.typing import NDArray

from artgan.animation.sound import Sound
from artgan.errors import DataError

FloatArray = NDArray[np.float64]

FRAMES_PER_SECOND = 200

WINDOW_SECONDS = 0.023

BANDS = 40

TYPICAL_BPM, TEMPO_OCTAVES = 120.0, 0.9

SLOWEST_BPM, FASTEST_BPM = 40.0, 240.0

TIGHTNESS = 400.0
"""Cost of a beat that is off the tempo, compared with the strength of an onset."""


def onset_envelope(sound: Sound) -> FloatArray:
    """Measure how strongly something begins, ``FRAMES_PER_SECOND`` values a second.

    The values have mean 0 and standard deviation 1.
    """
    hop = sound.rate / FRAMES_PER_SECOND
    window = max(16, int(sound.rate * WINDOW_SECONDS))
    starts = (np.arange(int(len(sound.samples) / hop)) * hop).astype(np.int64)
    # A window shows an onset as soon as its last quarter reaches it: windows start earlier by that.
    padded = np.pad(sound.samples, (window * 3 // 4, window))
    taper = np.hanning(window)
    bands = _bands(window, sound.rate)
    loudness = np.empty((len(starts), bands.shape[1]))
    for first in range(0, len(starts), 1024):
        index = starts[first : first + 1024, None] + np.arange(window)
        spectrum = np.abs(np.fft.rfft(padded[index] * taper))
        loudness[first : first + 1024] = np.log1p(100 * spectrum @ bands)
    rises = np.maximum(np.diff(loudness, axis=0, prepend=loudness[:1]), 0).sum(1)
    smooth = np.convolve(rises, np.hanning(7) / np.hanning(7).sum(), "same")
    envelope: FloatArray = (smooth - smooth.mean()) / max(float(smooth.std()), 1e-9)
    return envelope


def _bands(window: int, rate: int) -> FloatArray:
    """Return weights (frequencies, BANDS) that average frequencies in bands of equal ratio."""
    frequencies = np.fft.rfftfreq(window, 1 / rate)
    edges = np.geomspace(40, max(rate / 2, 80), BANDS + 1)
    band = np.searchsorted(edges, frequencies, side="right") - 1
    weights: FloatArray = (band[:, None] == np.arange(BANDS)).astype(np.float64)
    weights /= np.maximum(weights.sum(0), 1)
    return weights


def find_tempo(onsets: FloatArray) -> float:
    """Estimate beats a minute: the lag at which onsets best repeat, near 120 if in doubt."""
    size = 1 << (2 * len(onsets) - 1).bit_length()
    spectrum = np.fft.rfft(onsets, size)
    repeats = np.fft.irfft(spectrum * spectrum.conj(), size)[: len(onsets)]
    first = int(60 * FRAMES_PER_SECOND / FASTEST_BPM)
    last = min(len(onsets) - 1, int(60 * FRAMES_PER_SECOND / SLOWEST_BPM))
    if last <= first:
        return TYPICAL_BPM
    lags = np.arange(first, last + 1)
    octaves = np.log2(lags / (60 * FRAMES_PER_SECOND / TYPICAL_BPM))
    likely = repeats[first : last + 1] * np.exp(-0.5 * (octaves / TEMPO_OCTAVES) ** 2)
    return float(60 * FRAMES_PER_SECOND / lags[int(likely.argmax())])


def find_beats(sound: Sound) -> FloatArray:
    """Find the times of the beats in seconds, ascending."""
    onsets = onset_envelope(sound)
    if not np.any(onsets > 1):
        raise DataError("no beat was found in the sound: nothing begins in it")
    period = 60 * FRAMES_PER_SECOND / find_tempo(onsets)
    # Steps from a beat back to the one before it: half to twice the period.
    steps = np.arange(round(period / 2), round(2 * period) + 1)
    cost = -TIGHTNESS * np.log(steps / period) ** 2
    scores, before = onsets.copy(), np.full(len(onsets), -1)
    for time in range(len(onsets)):
        reach = steps[: np.searchsorted(steps, time, side="right")]
        if len(reach):
            through = scores[time - reach] + cost[: len(reach)]
            best = int(through.argmax())
            if through[best] > 0:
                scores[time] += through[best]
                before[time] = time - reach[best]
    return _trace_back(scores, before, onsets, period) / FRAMES_PER_SECOND


def _trace_back(
    scores: FloatArray, before: NDArray[np.int64], onsets: FloatArray, period: float
) -> FloatArray:
    """Follow the links back from the best last beat; leave out beats in silence at both ends."""
    tail = len(scores) - int(period)
    time = max(tail, 0) + int(scores[max(tail, 0) :].argmax())
    beats = []
    while time >= 0:
        beats.append(time)
        time = int(before[time])
    beats.reverse()
    while len(beats) > 1 and onsets[beats[0]] < 0:
        beats.pop(0)
    while len(beats) > 1 and onsets[beats[-1]] < 0:
        beats.pop()
    return np.array(beats, dtype=np.float64)
