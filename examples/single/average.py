"""Relativistic averages: Jolicoeur-Martineau 2018, section 4.2, with means over many steps."""

from artgan.plugin import Loss, hookimpl


class Averages:
    def __init__(self, options):
        from artgan.plugin.losses import RunningMean

        self.real, self.fake = RunningMean(0.9), RunningMean(0.9)

    def discriminator(self, real_logits, fake_logits):
        from torch.nn.functional import softplus

        real_mean, fake_mean = (mean.value or 0.0 for mean in (self.real, self.fake))
        return softplus(fake_mean - real_logits).mean() + softplus(fake_logits - real_mean).mean()

    def generator(self, real_logits, fake_logits):
        from torch.nn.functional import softplus

        return softplus((self.real.value or 0.0) - fake_logits).mean()

    def observe(self, real_logits, fake_logits):
        self.real.add(float(real_logits.mean()))
        self.fake.add(float(fake_logits.mean()))

    def state_dict(self):
        means = {"real": self.real, "fake": self.fake}
        return {name: mean.state_dict()["mean"] for name, mean in means.items()}

    def load_state_dict(self, state):
        if state:
            self.real.load_state_dict({"mean": state["real"]})
            self.fake.load_state_dict({"mean": state["fake"]})


@hookimpl
def artgan_losses():
    yield Loss(name="average", summary="Logits against running means.", build=Averages)
