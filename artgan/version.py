"""The version of artgan, and those of the packages that decide pixels."""

__version__ = "0.1.0"


def versions() -> dict[str, str]:
    """Return the versions that decide the bytes of a styled picture."""
    import numpy as np
    import PIL

    return {"artgan": __version__, "numpy": np.__version__, "pillow": PIL.__version__}
