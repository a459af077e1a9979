"""The versions of artgan and of the packages that decide pixels."""

import numpy as np

from artgan.version import __version__


def versions() -> dict[str, str]:
    """Return the versions that decide the bytes of a styled picture."""
    import PIL

    return {"artgan": __version__, "numpy": np.__version__, "pillow": PIL.__version__}
