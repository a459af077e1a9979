"""Picks the device and the number format, and says why."""

from artgan.core.suggest import join_names
from artgan.errors import OptionError


def available_devices() -> list[str]:
    """List the devices that can be used here, best first."""
    import torch

    devices = []
    if torch.cuda.is_available():
        devices.append("cuda")
    if torch.backends.mps.is_available():
        devices.append("mps")
    return [*devices, "cpu"]


def pick_device(wanted: str | None) -> str:
    """Give the wanted device, or the best one there is.

    Raises:
        OptionError: The wanted device is not there.
    """
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
        return torch.backends.mkldnn.is_available() and bool(
            torch.ops.mkldnn._is_mkldnn_bf16_supported()
        )
    return False
