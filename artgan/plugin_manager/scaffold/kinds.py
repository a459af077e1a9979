"""For each kind, the text of a small working contribution."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

ITERATOR = "from collections.abc import Iterator"

ANNOTATED = "from typing import Annotated"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How a new contribution of a kind is written.

    Attributes:
        noun: What it is, with its article.
        use: A command that uses it.
        imports: Import lines of a package's declaration.
        declaration: Options and hook in a package; empty for what needs none.
        files: Path in the package -> text of the heavy code or data.
        loose_imports: Import lines of one file.
        loose: Options and code in one file.
        loose_declaration: The hook in one file.
        type_imports: Import lines for types alone.
        data: The whole of it as TOML, if that can be.
    """

    noun: str
    use: str
    imports: tuple[str, ...]
    declaration: str
    files: Mapping[str, str] = field(default_factory=dict)
    loose_imports: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    loose_declaration: str = ""
    type_imports: tuple[str, ...] = ()
    data: str = ""


def _heavy(kind: Kind, options: str, hook: str, module: str, imports: str, code: str) -> Kind:
    """Fill in a kind whose code is the same in a module of its own and in one file.

    Args:
        kind: What is known of it.
        options: Its options class.
        hook: Its hook; ``@reference`` stands for the reference.
        module: Name of the module.
        imports: Head of the module.
        code: The class or function that the reference names.
    """
    own = code.split("(")[0].split(":")[0].split()[1]
    reference = f'"{{module}}.{module}:{own}"'
    declared = hook.replace("@reference", reference)
    return replace(
        kind,
        declaration=f"{options}\n\n\n{declared}",
        files={f"{module}.py": f"{imports}\n\n\n{code}\n"},
        loose=(options, code),
        loose_declaration=hook.replace("@reference", own),
    )


FILTER = _heavy(
    Kind(
        noun="a filter",
        use="artgan apply --style {plugin}/{name} photo.jpg --out styled",
        imports=(ITERATOR, ANNOTATED, "from artgan.plugin import Filter, Meta, Options, hookimpl"),
        declaration="",
        loose_imports=(
            ITERATOR,
            ANNOTATED,
            "from artgan.plugin import Filter, FilterContext, Meta, Options, hookimpl",
        ),
        type_imports=("from artgan.plugin.picture import Picture",),
    ),
    '''\
class FilterOptions(Options, frozen=True, kw_only=True):
    """Options of the filter ``{name}``."""

    strength: Annotated[
        float, Meta(ge=0, le=1, description="0 changes nothing, 1 is a negative")
    ] = 1.0''',
    '''\
@hookimpl
def artgan_filters() -> Iterator[Filter]:
    """Yield the filters."""
    yield Filter(
        name="{name}",
        summary="Turn light to dark.",
        apply=@reference,
        options=FilterOptions,
        main="strength",
    )''',
    "filter",
    '''\
"""The filter: a picture in, a picture out."""

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture

from {module} import FilterOptions''',
    '''\
def apply(picture: <<Picture>>, options: FilterOptions, context: FilterContext) -> <<Picture>>:
    """Turn light to dark; colours are (H, W, C) in [0, 1]."""
    turned = 1 - picture.color
    return picture.replace(color=picture.color + (turned - picture.color) * options.strength)''',
)

LOSS = _heavy(
    Kind(
        noun="a loss",
        use="artgan train --loss {plugin}/{name}",
        imports=(ITERATOR, ANNOTATED, "from artgan.plugin import Loss, Meta, Options, hookimpl"),
        declaration="",
        loose_imports=(
            ITERATOR,
            ANNOTATED,
            "from artgan.plugin import Loss, Meta, Options, hookimpl",
        ),
        type_imports=("from torch import Tensor",),
    ),
    '''\
class LossOptions(Options, frozen=True, kw_only=True):
    """Options of the loss ``{name}``."""

    margin: Annotated[
        float, Meta(gt=0, le=100, description="Logit from which a picture counts as settled")
    ] = 1.0''',
    '''\
@hookimpl
def artgan_losses() -> Iterator[Loss]:
    """Yield the losses."""
    yield Loss(
        name="{name}",
        summary="Ignores pictures that are already told apart.",
        build=@reference,
        options=LossOptions,
    )''',
    "loss",
    '''\
"""The loss: two pure functions of logits."""

from torch import Tensor

from {module} import LossOptions''',
    '''\
class MarginLoss:
    """Hinge: a picture beyond the margin no longer counts."""

    def __init__(self, options: LossOptions) -> None:
        self.margin = options.margin

    def discriminator(self, real_logits: <<Tensor>>, fake_logits: <<Tensor>>) -> <<Tensor>>:
        """Push real logits (N,) above the margin, and fake ones below minus the margin."""
        real, fake = self.margin - real_logits, self.margin + fake_logits
        return real.relu().mean() + fake.relu().mean()

    def generator(self, real_logits: <<Tensor | None>>, fake_logits: <<Tensor>>) -> <<Tensor>>:
        """Raise the logits (N,) of fakes."""
        return -fake_logits.mean()''',
)

REGULARIZER = _heavy(
    Kind(
        noun="a regularizer",
        use="artgan train --regularizer {plugin}/{name}",
        imports=(
            ITERATOR,
            ANNOTATED,
            "from artgan.plugin import Meta, Options, Regularizer, hookimpl",
        ),
        declaration="",
        loose_imports=(
            "from collections.abc import Callable, Iterator",
            ANNOTATED,
            "from artgan.plugin import Meta, Options, Regularizer, hookimpl",
        ),
        type_imports=("from torch import Tensor",),
    ),
    '''\
class RegularizerOptions(Options, frozen=True, kw_only=True):
    """Options of the regularizer ``{name}``."""

    weight: Annotated[float, Meta(ge=0, le=100, description="Strength")] = 0.001
    every: Annotated[int, Meta(ge=1, le=1000, description="Steps between two penalties")] = 1''',
    '''\
@hookimpl
def artgan_regularizers() -> Iterator[Regularizer]:
    """Yield the regularizers."""
    yield Regularizer(
        name="{name}",
        summary="Keeps the logits of real pictures near zero.",
        build=@reference,
        options=RegularizerOptions,
        side="discriminator",
    )''',
    "regularizer",
    '''\
"""The regularizer: a penalty added to the discriminator's loss."""

from collections.abc import Callable

from torch import Tensor

from {module} import RegularizerOptions''',
    '''\
class Drift:
    """weight times the mean squared logit of real pictures."""

    def __init__(self, options: RegularizerOptions) -> None:
        self.weight = options.weight

    def penalty(
        self,
        network: <<Callable[[Tensor], Tensor]>>,
        real: <<Tensor>>,
        fake: <<Tensor>>,
    ) -> <<Tensor>>:
        """Give the penalty for images (N, C, H, W) in [-1, 1]."""
        return self.weight * network(real).square().mean()''',
)

AUGMENTATION = _heavy(
    Kind(
        noun="an augmentation",
        use="artgan train --augmentation {plugin}/{name}",
        imports=(
            ITERATOR,
            ANNOTATED,
            "from artgan.plugin import Augmentation, Meta, Options, hookimpl",
        ),
        declaration="",
        loose_imports=(
            ITERATOR,
            ANNOTATED,
            "from artgan.plugin import Augmentation, Meta, Options, hookimpl",
        ),
        type_imports=("from torch import Tensor",),
    ),
    '''\
class AugmentationOptions(Options, frozen=True, kw_only=True):
    """Options of the augmentation ``{name}``."""

    strength: Annotated[
        float, Meta(ge=0, le=1, description="Largest change of brightness, up and down")
    ] = 0.2''',
    '''\
@hookimpl
def artgan_augmentations() -> Iterator[Augmentation]:
    """Yield the augmentations."""
    yield Augmentation(
        name="{name}",
        summary="Makes each picture a little brighter or darker.",
        build=@reference,
        options=AugmentationOptions,
    )''',
    "augmentation",
    '''\
"""The augmentation: a differentiable change of real and fake pictures alike."""

from torch import Tensor

from {module} import AugmentationOptions''',
    '''\
class Brightness:
    """Adds one random number to each picture."""

    def __init__(self, options: AugmentationOptions) -> None:
        self.strength = options.strength

    def __call__(self, images: <<Tensor>>) -> <<Tensor>>:
        """Give images (N, C, H, W) of the same shape; the host keys the random numbers."""
        shift = images.new_empty(len(images), 1, 1, 1).uniform_(-1, 1)
        return images + shift * self.strength''',
)

EXTRACTOR = _heavy(
    Kind(
        noun="an extractor",
        use="artgan evaluate RUN --extractor {plugin}/{name}",
        imports=(
            ITERATOR,
            ANNOTATED,
            "from artgan.plugin import Extractor, Meta, Options, hookimpl",
        ),
        declaration="",
        loose_imports=(
            ITERATOR,
            ANNOTATED,
            "from artgan.plugin import Extractor, Meta, Options, hookimpl",
        ),
        type_imports=("from torch import Tensor",),
    ),
    '''\
class ExtractorOptions(Options, frozen=True, kw_only=True):
    """Options of the extractor ``{name}``."""

    points: Annotated[int, Meta(ge=1, le=64, description="Points along each side")] = 8''',
    '''\
@hookimpl
def artgan_extractors() -> Iterator[Extractor]:
    """Yield the extractors."""
    yield Extractor(
        name="{name}",
        summary="Colours at the points of a grid.",
        build=@reference,
        options=ExtractorOptions,
    )''',
    "extractor",
    '''\
"""The extractor: features of pictures that artgan evaluate compares."""

from torch import Tensor

from {module} import ExtractorOptions''',
    '''\
class Colors:
    """Sees where which colour is."""

    def __init__(self, options: ExtractorOptions, device: str) -> None:
        self.points = options.points

    def __call__(self, images: <<Tensor>>) -> <<Tensor>>:
        """Give features (N, D) of images (N, 3, H, W) in [-1, 1]."""
        height, width = images.shape[2:]
        rows = [height * i // self.points for i in range(self.points)]
        columns = [width * i // self.points for i in range(self.points)]
        return images[:, :, rows][:, :, :, columns].flatten(1)''',
)

_RINGS = '''\
class Rings:
    """Grey rings; the label tells how many."""

    def __init__(self, options: DatasetOptions, context: DataContext) -> None:
        @import
        height, width = context.size or (32, 32)
        y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        self.class_names = ("one", "two", "three")
        self.labels = np.arange(options.count) % 3
        rng = np.random.default_rng(0)
        middles = rng.uniform(-0.3, 0.3, (options.count, 2))
        waves = [
            np.cos(6 * (label + 1) * np.hypot(y - dy, x - dx))
            for label, (dy, dx) in zip(self.labels, middles, strict=True)
        ]
        self.images = (np.stack(waves)[..., None] * 127 + 128).astype(np.uint8)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[<<np.ndarray>>, int]:
        """Give an image (H, W, 1) and its label."""
        return self.images[index], int(self.labels[index])'''

_DATASET = Kind(
    noun="a dataset",
    use="artgan train --dataset {plugin}/{name}",
    imports=(ITERATOR, ANNOTATED, "from artgan.plugin import Dataset, Meta, Options, hookimpl"),
    declaration="",
    loose_imports=(
        ITERATOR,
        ANNOTATED,
        "from artgan.plugin import DataContext, Dataset, Meta, Options, hookimpl",
    ),
    type_imports=("import numpy as np",),
)

_DATASET_OPTIONS = '''\
class DatasetOptions(Options, frozen=True, kw_only=True):
    """Options of the dataset ``{name}``."""

    count: Annotated[int, Meta(ge=4, le=100000, description="Number of pictures")] = 600'''

_DATASET_HOOK = '''\
@hookimpl
def artgan_datasets() -> Iterator[Dataset]:
    """Yield the datasets."""
    yield Dataset(
        name="{name}",
        summary="Drawn rings, one to three, grey, with labels.",
        open=@reference,
        options=DatasetOptions,
        licence="CC0-1.0",
    )'''

DATASET = replace(
    _heavy(
        _DATASET,
        _DATASET_OPTIONS,
        _DATASET_HOOK,
        "dataset",
        '''\
"""The dataset: real pictures, as a sequence."""

import numpy as np
from artgan.plugin import DataContext

from {module} import DatasetOptions''',
        _RINGS.replace("        @import\n", ""),
    ),
    loose=(_DATASET_OPTIONS, _RINGS.replace("@import", "import numpy as np\n")),
)

_GENERATOR = '''\
class Generator(nn.Module):
    """Latents to pictures: dense, then one doubling of size per layer, then tanh."""

    def __init__(self, context: ArchContext, options: ArchitectureOptions) -> None:
        super().__init__()
        halvings, width = SIZES.halvings(context.height, context.width), options.channels
        self.latent_shape = (options.latent_size,)
        self.coarse = (width, context.height >> halvings, context.width >> halvings)
        self.dense = nn.Linear(options.latent_size, width * self.coarse[1] * self.coarse[2])
        layers: list[nn.Module] = []
        for _ in range(halvings):
            layers += [nn.Upsample(scale_factor=2), nn.Conv2d(width, width, 3, padding=1)]
            layers += [nn.GroupNorm(1, width), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Conv2d(width, context.channels, 3, padding=1))

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Give images (N, C, H, W) in [-1, 1] from latents (N, Z)."""
        images: Tensor = self.layers(self.dense(latents).view(-1, *self.coarse))
        return images.tanh()'''

_DISCRIMINATOR = '''\
class Discriminator(nn.Module):
    """Pictures to logits: one halving of size per layer, then a weighted sum."""

    def __init__(self, context: ArchContext, options: ArchitectureOptions) -> None:
        super().__init__()
        halvings, width = SIZES.halvings(context.height, context.width), options.channels
        layers: list[nn.Module] = [nn.Conv2d(context.channels, width, 3, padding=1)]
        for _ in range(halvings):
            layers += [nn.LeakyReLU(0.2), nn.Conv2d(width, width, 4, stride=2, padding=1)]
        self.layers = nn.Sequential(*layers, nn.LeakyReLU(0.2), nn.Flatten())
        self.score = nn.Linear(width * (context.height * context.width >> 2 * halvings), 1)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Give raw logits (N,) for images (N, C, H, W) in [-1, 1]."""
        logits: Tensor = self.score(self.layers(images))
        return logits.squeeze(1)'''

_ARCHITECTURE_OPTIONS = '''\
class ArchitectureOptions(Options, frozen=True, kw_only=True):
    """Options of the architecture ``{name}``."""

    channels: Annotated[
        int, Meta(ge=1, le=1024, description="Channels of every layer; more is slower, finer")
    ] = 64
    latent_size: Annotated[int, Meta(ge=1, le=4096, description="Numbers of a seed")] = 64'''

_ARCHITECTURE_HOOK = '''\
@hookimpl
def artgan_architectures() -> Iterator[Architecture]:
    """Yield the architectures."""
    yield Architecture(
        name="{name}",
        summary="Small convolutional networks of even width.",
        generator=@generator,
        discriminator=@discriminator,
        options=ArchitectureOptions,
        sizes=SIZES,
    )'''

_SIZES = "SIZES = Sizes(smallest=16, largest=512, coarsest=4)"

ARCHITECTURE = Kind(
    noun="an architecture",
    use="artgan run --arch {plugin}/{name}",
    imports=(
        ITERATOR,
        ANNOTATED,
        "from artgan.plugin import Architecture, Meta, Options, Sizes, hookimpl",
    ),
    declaration="\n\n\n".join(
        [
            f"{_SIZES}\n\n\n{_ARCHITECTURE_OPTIONS}",
            _ARCHITECTURE_HOOK.replace("@generator", '"{module}.architecture:Generator"').replace(
                "@discriminator", '"{module}.architecture:Discriminator"'
            ),
        ]
    ),
    files={
        "architecture.py": f'''\
"""The architecture: a generator and a discriminator."""

from artgan.plugin import ArchContext
from torch import Tensor, nn

from {{module}} import SIZES, ArchitectureOptions


{_GENERATOR}


{_DISCRIMINATOR}
'''
    },
    loose_imports=(
        ITERATOR,
        ANNOTATED,
        "from artgan.plugin import ArchContext, Architecture, Meta, Options, Sizes, hookimpl",
    ),
    loose=(
        f"{_SIZES}\n\n\n{_ARCHITECTURE_OPTIONS}",
        '''\
def build_generator(context: ArchContext, options: ArchitectureOptions) -> "nn.Module":
    """Give a network from latents (N, Z) to images (N, C, H, W) in [-1, 1]."""
    from torch import nn

    class Generator(nn.Module):
        """Dense, then one doubling of size per layer, then tanh."""

        def __init__(self) -> None:
            super().__init__()
            halvings, width = SIZES.halvings(context.height, context.width), options.channels
            self.latent_shape = (options.latent_size,)
            self.coarse = (width, context.height >> halvings, context.width >> halvings)
            self.dense = nn.Linear(options.latent_size, width * self.coarse[1] * self.coarse[2])
            layers: list[nn.Module] = []
            for _ in range(halvings):
                layers += [nn.Upsample(scale_factor=2), nn.Conv2d(width, width, 3, padding=1)]
                layers += [nn.GroupNorm(1, width), nn.ReLU()]
            self.layers = nn.Sequential(*layers, nn.Conv2d(width, context.channels, 3, padding=1))

        def forward(self, latents: "Tensor", labels: "Tensor | None" = None) -> "Tensor":
            images: Tensor = self.layers(self.dense(latents).view(-1, *self.coarse))
            return images.tanh()

    return Generator()''',
        '''\
def build_discriminator(context: ArchContext, options: ArchitectureOptions) -> "nn.Module":
    """Give a network from images (N, C, H, W) to raw logits (N,)."""
    from torch import nn

    class Discriminator(nn.Module):
        """One halving of size per layer, then a weighted sum."""

        def __init__(self) -> None:
            super().__init__()
            halvings, width = SIZES.halvings(context.height, context.width), options.channels
            layers: list[nn.Module] = [nn.Conv2d(context.channels, width, 3, padding=1)]
            for _ in range(halvings):
                layers += [nn.LeakyReLU(0.2), nn.Conv2d(width, width, 4, stride=2, padding=1)]
            self.layers = nn.Sequential(*layers, nn.LeakyReLU(0.2), nn.Flatten())
            self.score = nn.Linear(width * (context.height * context.width >> 2 * halvings), 1)

        def forward(self, images: "Tensor", labels: "Tensor | None" = None) -> "Tensor":
            logits: Tensor = self.score(self.layers(images))
            return logits.squeeze(1)

    return Discriminator()''',
    ),
    loose_declaration=_ARCHITECTURE_HOOK.replace("@generator", "build_generator").replace(
        "@discriminator", "build_discriminator"
    ),
    type_imports=("from torch import Tensor, nn",),
)

STYLE = Kind(
    noun="a style",
    use="artgan run --style {plugin}/{name}",
    imports=(
        "import tomllib",
        ITERATOR,
        "from pathlib import Path",
        "from artgan.plugin import Style, hookimpl",
    ),
    declaration='''\
@hookimpl
def artgan_styles() -> Iterator[Style]:
    """Yield a style for each file in ``styles``."""
    for path in sorted((Path(__file__).parent / "styles").glob("*.toml")):
        yield Style(**tomllib.loads(path.read_text(encoding="utf-8")))''',
    data="""\
name = "{name}"
summary = "Rows of dark dots on warm paper."
steps = [
  { filter = "upscale", size = 512 },
  { filter = "halftone", lines = "$lines", inks = ["2a0a5e"], paper = "ffd23f" },
]
knobs.lines = { default = 40, min = 10, max = 300, help = "Rows of dots" }
""",
    loose_imports=(ITERATOR, "from artgan.plugin import Style, hookimpl"),
    loose_declaration='''\
@hookimpl
def artgan_styles() -> Iterator[Style]:
    """Yield the styles."""
    yield Style(
        name="{name}",
        summary="Rows of dark dots on warm paper.",
        steps=[
            {"filter": "upscale", "size": 512},
            {"filter": "halftone", "lines": "$lines", "inks": ["2a0a5e"], "paper": "ffd23f"},
        ],
        knobs={"lines": {"default": 40, "min": 10, "max": 300, "help": "Rows of dots"}},
    )''',
)

STYLE = replace(STYLE, files={"styles/{name}.toml": STYLE.data})

PALETTE = Kind(
    noun="a palette",
    use="artgan apply --style palette:{plugin}/{name} photo.jpg --out styled",
    imports=(
        "import tomllib",
        ITERATOR,
        "from pathlib import Path",
        "from artgan.plugin import Palette, hookimpl",
    ),
    declaration='''\
@hookimpl
def artgan_palettes() -> Iterator[Palette]:
    """Yield a palette for each file in ``palettes``."""
    for path in sorted((Path(__file__).parent / "palettes").glob("*.toml")):
        yield Palette(**tomllib.loads(path.read_text(encoding="utf-8")))''',
    data="""\
name = "{name}"
summary = "Night wall to paper: indigo, violet, pink, cream."
colors = ["07051a", "2a0a5e", "ff4fa3", "fff1d0"]
licence = "CC0-1.0"
""",
    loose_imports=(ITERATOR, "from artgan.plugin import Palette, hookimpl"),
    loose_declaration='''\
@hookimpl
def artgan_palettes() -> Iterator[Palette]:
    """Yield the palettes."""
    yield Palette(
        name="{name}",
        summary="Night wall to paper: indigo, violet, pink, cream.",
        colors=["07051a", "2a0a5e", "ff4fa3", "fff1d0"],
        licence="CC0-1.0",
    )''',
)

PALETTE = replace(PALETTE, files={"palettes/{name}.toml": PALETTE.data})

_OBSERVER = '''\
@hookimpl
def artgan_step_finished(report: StepFacts, folder: Path) -> None:
    """Add both losses of a step to ``{name}.csv`` in the run's folder."""
    with (folder / "{name}.csv").open("a", encoding="utf-8") as file:
        file.write(f"{report.step},{report.discriminator_loss},{report.generator_loss}\\n")'''

OBSERVER = Kind(
    noun="an observer",
    use="artgan train --dataset mnist --steps 100",
    imports=("from pathlib import Path", "from artgan.plugin import StepFacts, hookimpl"),
    declaration=_OBSERVER,
    loose_imports=("from pathlib import Path", "from artgan.plugin import StepFacts, hookimpl"),
    loose_declaration=_OBSERVER,
)

_COMMAND = '''\
@click.command()
@click.option("--count", default=3, show_default=True, help="How many seeds.")
def command(count: int) -> None:
    """Print seeds to sample, drawn by lot."""
    click.echo(",".join(str(random.randrange(100000)) for _ in range(count)))'''

_COMMAND_HOOK = '''\
@hookimpl
def artgan_commands() -> Iterator[Command]:
    """Yield the commands."""
    yield Command(
        name="{name}",
        summary="Print seeds to sample.",
        command=@reference,
    )'''

COMMAND = Kind(
    noun="a command",
    use="artgan {plugin}/{name} --count 5",
    imports=(ITERATOR, "from artgan.plugin import Command, hookimpl"),
    declaration=_COMMAND_HOOK.replace("@reference", '"{module}.command:command"'),
    files={
        "command.py": f'"""The command."""\n\nimport random\n\nimport click\n\n\n{_COMMAND}\n',
    },
    loose_imports=(
        "import random",
        ITERATOR,
        "import click",
        "from artgan.plugin import Command, hookimpl",
    ),
    loose=(_COMMAND,),
    loose_declaration=_COMMAND_HOOK.replace("@reference", "command"),
)

KINDS = {
    "architecture": ARCHITECTURE,
    "loss": LOSS,
    "regularizer": REGULARIZER,
    "augmentation": AUGMENTATION,
    "dataset": DATASET,
    "filter": FILTER,
    "style": STYLE,
    "palette": PALETTE,
    "extractor": EXTRACTOR,
    "observer": OBSERVER,
    "command": COMMAND,
}
