"""Refuses to compile networks where nothing can, and tells what stays as it is."""

from artgan.base.suggest import join_names
from artgan.core.config import RunConfig
from artgan.core.registry import Registry
from artgan.errors import OptionError


def refuse_compiling(mode: str, device: str) -> None:
    """Raise an ``OptionError`` if there is no compiler, or the device does not fit the mode."""
    kind = device.split(":")[0]
    if mode == "none":
        return
    if mode == "cuda-graphs" and kind != "cuda":
        raise OptionError(
            f"--train.compile cuda-graphs records kernels of an NVIDIA GPU, but the run is on "
            f"{device}; use --train.compile default, or none"
        )
    if kind not in ("cpu", "cuda"):
        raise OptionError(f"nothing is compiled for {device} here; use --train.compile none")
    missing = _missing_compiler(kind)
    if missing:
        raise OptionError(f"--train.compile {mode} needs {missing}; or use --train.compile none")


def not_compiled(config: RunConfig, registry: Registry) -> list[str]:
    """Say that only the generator is compiled, where features of the discriminator are seen."""
    if config.training.compile == "none":
        return []
    parts = [("loss", config.loss), *(("regularizer", part) for part in config.regularizers)]
    users = [registry.find(kind, part.name) for kind, part in parts]
    seeing = [user.where for user in users if "features" in user.declaration.sees]
    if not seeing:
        return []
    see = "sees" if len(seeing) == 1 else "see"
    return [
        f"Only the generator is compiled: {join_names(seeing, 'and')} {see} features of the "
        "discriminator, which a compiled network does not show."
    ]


def _missing_compiler(kind: str) -> str:
    """Name what is missing to compile for a device; "" if nothing is."""
    if kind == "cuda":
        from torch.utils._triton import has_triton

        return "" if has_triton() else "the package 'triton' and a GPU that it supports"
    from torch._inductor.cpp_builder import get_cpp_compiler
    from torch._inductor.exc import InvalidCxxCompiler

    try:
        get_cpp_compiler()
    except InvalidCxxCompiler:
        return "a C++ compiler, and finds none: install g++ or clang++, or name one in CXX"
    return ""
