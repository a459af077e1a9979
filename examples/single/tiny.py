from artgan.plugin import Architecture, Sizes, hookimpl

SIZES = Sizes(smallest=16, largest=128, coarsest=4)
WIDTH, LATENTS = 32, 32


def generator(context, options):
    from torch import nn

    class Generator(nn.Module):
        def __init__(self):
            super().__init__()
            halvings = SIZES.halvings(context.height, context.width)
            self.latent_shape = (LATENTS,)
            self.coarse = (WIDTH, context.height >> halvings, context.width >> halvings)
            self.dense = nn.Linear(LATENTS, WIDTH * self.coarse[1] * self.coarse[2])
            layers = []
            for _ in range(halvings):
                layers += [nn.ConvTranspose2d(WIDTH, WIDTH, 4, 2, 1), nn.GroupNorm(4, WIDTH)]
                layers += [nn.ReLU()]
            last = nn.Conv2d(WIDTH, context.channels, 3, padding=1)
            self.layers = nn.Sequential(*layers, last, nn.Tanh())

        def forward(self, latents, labels=None):
            return self.layers(self.dense(latents).view(-1, *self.coarse))

    return Generator()


def discriminator(context, options):
    from torch import nn

    class Discriminator(nn.Module):
        def __init__(self):
            super().__init__()
            halvings = SIZES.halvings(context.height, context.width)
            layers = [nn.Conv2d(context.channels, WIDTH, 3, padding=1), nn.LeakyReLU(0.2)]
            for _ in range(halvings):
                layers += [nn.Conv2d(WIDTH, WIDTH, 4, 2, 1), nn.LeakyReLU(0.2)]
            features = WIDTH * (context.height >> halvings) * (context.width >> halvings)
            self.layers = nn.Sequential(*layers, nn.Flatten(), nn.Linear(features, 1))

        def forward(self, images, labels=None):
            return self.layers(images).squeeze(1)

    return Discriminator()


@hookimpl
def artgan_architectures():
    yield Architecture(
        name="tiny",
        summary="The smallest networks that learn digits.",
        generator=generator,
        discriminator=discriminator,
        sizes=SIZES,
    )
