"""The weights of a generator as NumPy's .npz."""

from artgan.plugin import Exporter, hookimpl


def export(generator, options, path):
    import numpy as np

    state = generator.network.state_dict()
    with path.open("wb") as file:
        np.savez(file, **{name: value.numpy() for name, value in state.items()})


@hookimpl
def artgan_exporters():
    yield Exporter(name="npz", summary="Weights as NumPy's .npz.", export=export, ending=".npz")
