"""``python -m artgan``."""

import sys
from pathlib import Path

import artgan

# Python puts the working folder first on its path. What lies there is somebody's pictures, and no
# module or plugin of ours, unless artgan itself lies there.
if not sys.flags.safe_path and sys.path[0] != str(Path(artgan.__file__).parents[1]):
    sys.path.pop(0)

from artgan.cli.main import main

main()
