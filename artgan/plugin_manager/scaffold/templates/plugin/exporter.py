"""The exporter: the weights as NumPy's .npz, for programs that know the network already."""

from pathlib import Path

import numpy as np

from artgan.plugin import Options
from artgan.plugin.exports import TrainedGenerator


def export_weights(generator: TrainedGenerator, options: Options, path: Path) -> None:
    """Write an array for each name in the network's ``state_dict``."""
    state = generator.network.state_dict()
    with path.open("wb") as file:
        np.savez(file, **{name: value.numpy() for name, value in state.items()})
