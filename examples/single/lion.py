"""Lion: Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", program 1."""

from artgan.plugin import Optimizer, hookimpl


def build(parameters, context, options):
    import torch

    class Lion(torch.optim.Optimizer):
        @torch.no_grad()
        def step(self):
            for group in self.param_groups:
                for weights in group["params"]:
                    if weights.grad is not None:
                        self.move(weights, group["lr"])

        def move(self, weights, rate):
            memory = self.state[weights]
            if not memory:
                memory["mean"] = torch.zeros_like(weights)
            direction = memory["mean"].lerp(weights.grad, 1 - 0.9).sign()
            weights -= rate * direction
            memory["mean"].lerp_(weights.grad, 1 - context.beta2)

    return Lion(parameters, {"lr": context.learning_rate})


@hookimpl
def artgan_optimizers():
    yield Optimizer(name="lion", summary="Steps of one size, by signs.", build=build)
