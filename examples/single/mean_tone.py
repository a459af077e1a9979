from artgan.plugin import Metric, hookimpl


def build(options):
    return lambda real, fake: (real.mean((0, 2, 3)) - fake.mean((0, 2, 3))).abs().mean()


@hookimpl
def artgan_metrics():
    yield Metric(name="mean-tone", summary="Difference of the mean colour.", build=build)
