"""artgan: generative art with GANs, extensible with plugins.

    import artgan

    run = artgan.train(arch="dcgan", dataset="mnist", steps=1000, seed=7, out="runs/digits")
    pictures = run.sample(seeds=range(16), style="neon")

Names are loaded when they are first used, so importing artgan does not import torch.
"""

from typing import TYPE_CHECKING, Any

from artgan.version import __version__

if TYPE_CHECKING:
    from artgan.api import (
        animate,
        apply,
        apply_all,
        canvas,
        export,
        matrix,
        pick,
        plan,
        print_cmyk,
        print_picture,
        print_plates,
        project,
        read_record,
        resume,
        sample_to,
        save,
        share,
        train,
        training,
    )
    from artgan.errors import ArtganError
    from artgan.remaking import Remade, remake
    from artgan.run import Run, load_run
    from artgan.series.series import Series

__all__ = [
    "ArtganError",
    "Remade",
    "Run",
    "Series",
    "__version__",
    "animate",
    "apply",
    "apply_all",
    "canvas",
    "export",
    "load_run",
    "matrix",
    "pick",
    "plan",
    "print_cmyk",
    "print_picture",
    "print_plates",
    "project",
    "read_record",
    "remake",
    "resume",
    "sample_to",
    "save",
    "share",
    "train",
    "training",
]

_HOMES = {
    "ArtganError": "artgan.errors",
    "Remade": "artgan.remaking",
    "Run": "artgan.run",
    "Series": "artgan.series.series",
    "load_run": "artgan.run",
    "remake": "artgan.remaking",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use."""
    if name not in __all__:
        raise AttributeError(f"module 'artgan' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "artgan.api")), name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
