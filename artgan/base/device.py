"""Picks the device and the number format, and says why."""

import json
import platform
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from artgan.base.paths import cache_folder, write_text
from artgan.base.suggest import join_names
from artgan.base.threads import using_threads
from artgan.errors import ArtganError, OptionError

LEAST_GAIN = 1.1
"""Times as fast as float32 that bfloat16 must be to be taken on a processor."""

ROUNDS = 7


def available_devices() -> list[str]:
    """List the devices that can be used here, best first."""
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return [*(name for name, usable in there.items() if usable), "cpu"]


def pick_device(wanted: str | None) -> str:
    """Return the wanted device, or the best one there is."""
    devices = available_devices()
    if wanted in (None, "", "auto"):
        return devices[0]
    if str(wanted).split(":")[0] not in devices:
        raise OptionError(
            f"device '{wanted}' is not available here; expected {join_names(devices)}"
        )
    return str(wanted)


def fast_bf16(device: str) -> bool:
    """Tell whether bfloat16 is faster than float32 here, not only possible."""
    import torch

    if device.startswith("cuda"):
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device == "cpu":
        return (
            torch.backends.mkldnn.is_available()
            and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
            and bf16_gain() >= LEAST_GAIN
        )
    return False


@lru_cache(maxsize=1)
def bf16_gain() -> float:
    """Measure how many times faster a processor convolves in bfloat16 than in float32.

    Instructions alone do not tell: with AVX-512 of one maker bfloat16 pays, of another it costs.
    It is measured once for a machine, and kept, so that the same command chooses the same; by one
    thread, which does not wait for others beside busy programs.
    """
    import torch

    kept = cache_folder() / "bf16.json"
    machine = [torch.__version__, platform.machine(), _processor()]
    with suppress(OSError, ValueError, TypeError, KeyError):
        found = json.loads(kept.read_text(encoding="utf-8"))
        if found["machine"] == machine:
            return float(found["gain"])
    with using_threads(1):
        gain = _measure_bf16_gain()
    with suppress(OSError, ArtganError):
        write_text(kept, json.dumps({"machine": machine, "gain": gain}), durable=False)
    return gain


def _measure_bf16_gain() -> float:
    import torch

    seconds: dict[bool, list[float]] = {False: [], True: []}
    layer, images = _layer_and_images()
    for _ in range(1 + ROUNDS):
        for bf16, times in seconds.items():
            begun = time.perf_counter()
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                made = layer(images)
            made.float().sum().backward()
            times.append(time.perf_counter() - begun)
    # The first round warms up; other programs only slow it.
    return round(min(seconds[False][1:]) / min(seconds[True][1:]), 2)


def _layer_and_images() -> tuple[Any, Any]:
    """Build a typical convolution and its input, without drawing random numbers."""
    import torch

    layer = torch.nn.utils.skip_init(torch.nn.Conv2d, 64, 64, 3, padding=1)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.fill_(0.01)
    images = torch.linspace(-1, 1, 32 * 64 * 16 * 16).view(32, 64, 16, 16).requires_grad_()
    return layer.to(memory_format=torch.channels_last), images


def _processor() -> str:
    """Read the model name of the processor, as far as the system knows it."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()
