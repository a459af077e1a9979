"""Measurements that a reader can repeat; each prints ratios taken in one run."""
