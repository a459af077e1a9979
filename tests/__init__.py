"""Tests of artgan. One thread: toy networks gain nothing from more, and busy machines lose."""

import os

os.environ["OMP_NUM_THREADS"] = "1"
