from artgan.plugin import Loss, hookimpl


class SoftCorner:
    """A hinge whose slope fades as a logit comes near the margin."""

    def __init__(self, options):
        pass

    def discriminator(self, real_logits, fake_logits):
        return ((1 - real_logits).relu() ** 1.5 + (1 + fake_logits).relu() ** 1.5).mean()

    def generator(self, real_logits, fake_logits):
        return -fake_logits.mean()


@hookimpl
def artgan_losses():
    yield Loss(name="soft-corner", summary="A hinge with a soft corner.", build=SoftCorner)
