"""Trains one run in several processes: what torchrun or srun starts."""
