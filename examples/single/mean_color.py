from artgan.plugin import Extractor, hookimpl


class MeanColor:
    """Computes the mean and the standard deviation of each colour."""

    def __init__(self, options, device):
        """There is nothing to set."""

    def __call__(self, images):
        import torch

        flat = images.flatten(2)
        return torch.cat([flat.mean(2), flat.std(2, unbiased=False)], dim=1)


@hookimpl
def artgan_extractors():
    yield Extractor(name="mean-color", summary="Mean and spread of colours.", build=MeanColor)
