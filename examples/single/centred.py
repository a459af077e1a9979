from typing import Annotated

from artgan.plugin import Meta, Options, Regularizer, hookimpl


class CentredOptions(Options, frozen=True, kw_only=True):
    weight: Annotated[float, Meta(ge=0, le=100, description="Strength")] = 0.001
    every: Annotated[int, Meta(ge=1, le=1000, description="Steps between two penalties")] = 1


class Centred:
    """Keeps the logits of real pictures near zero (Karras et al. 2018, appendix A.1)."""

    def __init__(self, options):
        self.weight = options.weight

    def penalty(self, network, real, fake):
        return self.weight * network(real).square().mean()


@hookimpl
def artgan_regularizers():
    yield Regularizer(
        name="centred",
        summary="Keep real logits near zero.",
        build=Centred,
        options=CentredOptions,
    )
