"""``python -m artgan``."""

from artgan.cli.main import main

main()
