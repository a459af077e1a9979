"""For each check of the contract kit, a plugin that breaks this one promise and no other."""

from pathlib import Path

HEAD = """
from typing import Annotated
from artgan.plugin import *
from artgan.plugin import Meta, hookimpl
"""


def filtering(body: str, *, facts: str = "", top: str = "", options: str = "") -> str:
    """Return a plugin with one filter; ``c`` is the picture's colour."""
    declared = f"class Own(Options, frozen=True, kw_only=True):\n    {options}\n" if options else ""
    facts += ", options=Own" if options else ""
    return f"""{HEAD}{top}
{declared}
def apply(picture, options, context):
    import numpy as np
    c = picture.color
    {body}

@hookimpl
def artgan_filters():
    yield Filter(name="bad", summary="S.", apply=apply{facts})
"""


def filming(body: str) -> str:
    """Return a plugin with a filter that sees two frames before; ``b`` is the last one."""
    first = "if not context.frame.before:\n        return picture\n    b = context.frame.before[0]"
    facts = ", frames_before=2"
    return filtering(
        f"{first}\n    {body}", facts=facts, top="from itertools import count\nN = count(2)"
    )


def surveying(body: str) -> str:
    """Return a plugin with a filter that surveys a set; ``o`` are its options, ``p`` pictures."""
    survey = f"""
import msgspec
from itertools import count
N = count(1)
def survey(p, o, context):
    {body}
"""
    return filtering(
        "return picture.replace(color=c * options.level)",
        facts=", survey=survey",
        top=survey,
        options="level: Annotated[float, Meta(ge=0, le=1, description='Light')] = 0.0",
    )


GOOD_FILTER = filtering("return picture.replace(color=1 - c)")


def styling(steps: str, *, top: str = "", facts: str = "") -> str:
    return f"""{HEAD}{top}
@hookimpl
def artgan_styles():
    yield Style(name="bad", summary="S.", steps=[{steps}]{facts})
"""


def losing(
    discriminator: str = "F.softplus(fake - real).mean()",
    generator: str = "F.softplus(-fake).mean()",
    more: str = "",
) -> str:
    return f"""{HEAD}
class Bad:
    def __init__(self, options): pass
{more}
    def discriminator(self, real, fake):
        import torch.nn.functional as F
        return {discriminator}
    def generator(self, real, fake):
        import torch.nn.functional as F
        return {generator}

@hookimpl
def artgan_losses():
    yield Loss(name="bad", summary="S.", build=Bad)
"""


def penalizing(
    value: str = "g.square().mean()",
    *,
    graph: bool = True,
    start: str = "x = real.detach().requires_grad_()",
    options: str = "",
) -> str:
    declared = f"class Own(Options, frozen=True, kw_only=True):\n    {options}\n" if options else ""
    return f"""{HEAD}
{declared}
class Bad:
    def __init__(self, options): pass
    def penalty(self, network, real, fake):
        import torch
        {start}
        g, = torch.autograd.grad(network(x).sum(), x, create_graph={graph})
        return {value}

@hookimpl
def artgan_regularizers():
    yield Regularizer(name="bad", summary="S.", build=Bad{", options=Own" if options else ""})
"""


def judging(value: str) -> str:
    """Return a plugin with a regularizer that sees logits."""
    return f"""{HEAD}
class Bad:
    n = 1
    def __init__(self, options): pass
    def penalty(self, judged):
        self.n += 1
        return {value}
    def state_dict(self): return {{"n": self.n}}
    def load_state_dict(self, state): self.n = int(state["n"])

@hookimpl
def artgan_regularizers():
    yield Regularizer(name="bad", summary="S.", build=Bad, sees=("logits",))
"""


def augmenting(body: str = "return images * torch.rand(1).to(images)", *, more: str = "") -> str:
    return f"""{HEAD}
class Bad:
    level = 1.0
    def __init__(self, options): pass
    def __call__(self, images):
        import random, torch
        {body}
{more}

@hookimpl
def artgan_augmentations():
    yield Augmentation(name="bad", summary="S.", build=Bad)
"""


def updating(
    first: str = "",
    *,
    weight: str = "share",
    guard: str = "without_gradients(context.networks['discriminator'])",
    end: str = "",
    facts: str = "",
) -> str:
    return f"""{HEAD}
class Bad:
    seen = 0
    def __init__(self, options): pass
    def step(self, context):
        import random
        from contextlib import nullcontext
        from artgan.plugin.updates import add_share, mean_logits, without_gradients
        batch, measured, scale = context.draw(context.step), {{}}, 1.0
        {first}
        for share, part in context.split(batch):
            logits = [context.judge(images, part.labels)
                      for images in (part.real, context.generate(part).detach())]
            loss = context.loss("discriminator", *logits)
            ({weight} * scale * loss).backward()
            add_share(measured, share, {{"discriminator_loss": loss, **mean_logits(*logits)}})
        measured = context.update("discriminator", measured)
        with {guard}:
            for share, part in context.split(batch):
                logits = context.judge(context.generate(part), part.labels)
                loss = context.loss("generator", None, logits)
                (share * loss).backward()
                add_share(measured, share, {{"generator_loss": loss}})
        measured = context.update("generator", measured)
        {end}
        return measured

def more(context, options):
    import torch
    return {{"juror": torch.nn.Linear(1, 1)}}

def flat(context, options):
    import torch
    coder = torch.nn.Sequential(torch.nn.Linear(8, 64), torch.nn.Unflatten(1, (1, 8, 8)))
    coder.latent_shape = (8,)
    coder.forward = lambda latents, labels: torch.nn.Sequential.forward(coder, latents)
    return {{"coder": coder}}

@hookimpl
def artgan_updates():
    yield Update(name="bad", summary="S.", build=Bad{facts})
"""


def optimizing(step: str, *, top: str = "") -> str:
    return f"""{HEAD}
def build(parameters, context, options):
    import torch
    {top}
    class Bad(torch.optim.Optimizer):
        @torch.no_grad()
        def step(self):
            for group in self.param_groups:
                for p in group["params"]:
                    {step}
    return Bad(parameters, dict(lr=context.learning_rate))

@hookimpl
def artgan_optimizers():
    yield Optimizer(name="bad", summary="S.", build=build)
"""


def timing(rate: str, top: str = "") -> str:
    return f"""{HEAD}
class Bad:
    seen = 0
    def __init__(self, options, context): pass
    def at(self, moment):
        {top}
        return Levels(learning_rate={rate}, penalties=1.0, half_life=1.0)

@hookimpl
def artgan_schedules():
    yield TrainingSchedule(name="bad", summary="S.", build=Bad)
"""


def extracting(features: str = "images.mean((2, 3))") -> str:
    return f"""{HEAD}
class Bad:
    def __init__(self, options, device): pass
    def __call__(self, images):
        import torch
        return {features}

@hookimpl
def artgan_extractors():
    yield Extractor(name="bad", summary="S.", build=Bad)
"""


def starting(
    change: str = "", facts: str = "licence='CC0-1.0', trained_on=['circles (CC0-1.0)']"
) -> str:
    """Return a plugin with one start, of the smallest networks, whose file is then changed."""
    return f"""{HEAD}
from pathlib import Path

OPTIONS = {{"base_channels": 4, "max_channels": 8, "latent_size": 4}}

def weights(path):
    import torch
    from artgan.core.registry import Registry
    from artgan.plugins.architectures import DcganOptions, dcgan
    from safetensors.torch import save_file
    context, options = ArchContext(height=16, width=16, channels=3), DcganOptions(**OPTIONS)
    kept = {{"features": torch.rand(4, 7)}}
    for name in ("generator", "discriminator"):
        network = getattr(dcgan, f"build_{{name}}")(context, options)
        kept |= {{f"{{name}}.{{k}}": v for k, v in network.state_dict().items()}}
    {change}
    save_file(kept, "bad.safetensors")
    return path

@hookimpl
def artgan_starts():
    file = weights(Path("bad.safetensors"))
    held = StartWeights(file=file, height=16, width=16, channels=3, options=OPTIONS)
    yield Start(name="bad", summary="S.", architecture="dcgan", weights=[held], {facts})
"""


def feeding(
    *,
    pixels: str = "np.full((5, *self.size, 3), 7, np.uint8)",
    size: str = "context.size or (16, 16)",
    start: str = "",
    licence: str = "CC0-1.0",
    more: str = "",
) -> str:
    return f"""{HEAD}
class Bad:
    def __init__(self, options, context):
        import numpy as np
        self.size = {size}
        self.images = {pixels}
        {start}
    def __len__(self):
        return len(self.images)
    def __getitem__(self, index):
        return self.images[index]
{more}

@hookimpl
def artgan_datasets():
    yield Dataset(name="bad", summary="S.", open=Bad, licence="{licence}")
"""


def building(
    *,
    generator: str = "",
    images: str = "torch.tanh(x)",
    discriminator: str = "",
    logits: str = "x",
    facts: str = "",
    channels: str = "context.channels",
    shape: str = "(8,)",
    top: str = "",
) -> str:
    return f"""{HEAD}{top}
def generator(context, options):
    import os, torch
    from torch import nn
    class Generator(nn.Module):
        def __init__(self):
            super().__init__()
            self.latent_shape = {shape}
            self.size = ({channels}, context.height, context.width)
            self.dense = nn.Linear(8, self.size[0] * self.size[1] * self.size[2])
            {generator}
        def forward(self, latents, labels=None):
            x = self.dense(latents).view(-1, *self.size)
            return {images}
    return Generator()

def discriminator(context, options):
    import torch
    from torch import nn
    class Discriminator(nn.Module):
        def __init__(self):
            super().__init__()
            self.dense = nn.Linear({channels} * context.height * context.width, 1)
            {discriminator}
        def forward(self, images, labels=None):
            x = self.dense(images.flatten(1)).squeeze(1)
            return {logits}
    return Discriminator()

@hookimpl
def artgan_architectures():
    yield Architecture(
        name="bad", summary="S.", generator=generator, discriminator=discriminator,
        sizes=Sizes(smallest=8, largest=16), channels=(1, 3){facts},
    )
"""


def commanding(command: str) -> str:
    return f"""{HEAD}
import click
{command}

@hookimpl
def artgan_commands():
    yield Command(name="bad", summary="S.", command=bad)
"""


def observing(started: str = "pass", finished: str = "pass", step: str = "pass") -> str:
    return f"""{HEAD}
import types
kept = types.SimpleNamespace()

@hookimpl
def artgan_run_started(config, folder):
    import torch
    {started}

@hookimpl
def artgan_step_finished(report):
    import time
    {step}

@hookimpl
def artgan_run_finished(folder, outcome):
    import torch
    {finished}
"""


OPTION = 'x: Annotated[{}, Meta(description="H.", le=4)] = {}'
PLUGIN = {
    "loads": "import no_such_module",
    "torch-free": GOOD_FILTER + "import torch\n",
    "leaves-no-trace": GOOD_FILTER + "open('left.txt', 'w').close()\n",
    "public-imports": GOOD_FILTER + "from artgan.core import registry\n",
    "brings-something": "def artless(): pass",
    "own-names": GOOD_FILTER.replace('"bad"', '"glow"'),
    "references-resolve": GOOD_FILTER.replace("apply=apply", "apply='no_such_module:apply'"),
    "options-are-described": filtering("return picture", options="x: int = 1"),
    "options-have-schemas": filtering(
        "return picture",
        top="from fractions import Fraction",
        options='x: Annotated[Fraction | None, Meta(description="H.")] = None',
    ),
    "defaults-fit": filtering("return picture", options=OPTION.format("int", "9")),
    "options-survive-text": filtering(
        "return picture",
        options='x: Annotated[tuple[str, ...], Meta(description="H.")] = ("a,b",)',
    ),
}
FILTER = {
    "planes": filtering(
        "return picture.replace(color=c[:, ::-1])",
        facts=", keeps_wrap=False, rolls=False",
    ),
    "films": filming("return picture.replace(color=c * b.pixels[:, :, [0, 1, 2]])"),
    "depends-on-frames-alone": filming("return picture.replace(color=c * (next(N) % 7) / 7)"),
    "surveys": surveying(
        "for one in list(p)[1:]: one.pixels[:] = 0\n"
        "    return msgspec.structs.replace(o, level=0.5)"
    ),
    "surveys-once": surveying(
        "return msgspec.structs.replace(o, level=min(1, sum(float(i.color.mean()) for i in p) / 5))"
    ),
    "same-set-same-options": surveying(
        "if o.level: return o\n    often = next(N) if len(list(p)) > 1 else 500\n"
        "    return msgspec.structs.replace(o, level=often / 1000)"
    ),
    "keeps-frames": filming("b.pixels[:] = 0\n    return picture"),
    "runs": filtering(
        "wrong = context.seed == 6\n    return picture.replace(color=c * (np.nan if wrong else 1))"
    ),
    "keeps-alpha": filtering("return picture.replace(pixels=c)"),
    "gives-float32": filtering("return picture.replace(pixels=picture.pixels.astype(float))"),
    "odd-sizes": filtering(
        "if picture.shorter_side < 8: raise StyleError('too small')\n    return picture"
    ),
    "channels": filtering("assert not picture.has_alpha\n    return picture"),
    "keeps-grey": filtering(
        "return picture.replace(color=np.repeat(c, 3, 2) * [1, 0.8, 0.5]) "
        "if c.shape[2] == 1 else picture"
    ),
    "keeps-input": filtering("picture.pixels[:] = 1 - picture.pixels\n    return picture"),
    "same-seed-same-pixels": filtering(
        "calls.append(1)\n    return picture.replace(color=c + len(calls) * 1e-4)", top="calls = []"
    ),
    "keeps-size": filtering(
        "return picture.replace(pixels=picture.pixels[:-1] if len(c) > 1 else picture.pixels)",
        facts=", keeps_wrap=False",
    ),
    "keeps-wrap": filtering(
        "return picture.replace(color=c * np.linspace(0, 1, c.shape[1])[None, :, None])"
    ),
    "wraps-only-where-it-repeats": filtering(
        "mean = (np.roll(c, 1, 1) + np.roll(c, -1, 1)) / 2\n"
        "    return picture.replace(color=(c + mean) / 2 if picture.alpha is None else c)"
    ),
    "keeps-seams-closed": filtering(
        "return picture.replace(color=c * np.linspace(0, 1, c.shape[1])[None, :, None])",
        facts=", rolls=False",
    ),
    "same-at-twice-the-size": filtering(
        "return picture.replace(color=c * (np.arange(c.shape[1]) < 80)[None, :, None])",
        facts=", keeps_wrap=False",
    ),
    "clear-pixels-stay-unseen": filtering("return picture.replace(color=np.roll(c, 1, 1))"),
    "neutral": filtering("return picture.replace(color=c * 0.9)", facts=", neutral={}"),
    "keeps-range": filtering(
        "return picture.replace(color=c * np.float32(1.5))", facts=", keeps_range=True"
    ),
    "keeps-palette": filtering("return picture.replace(indexed=np.eye(3, dtype=np.float32))"),
    "main-option": filtering("return picture", facts=", main='nothing'"),
}
STYLE = {
    "resolves": styling('{"filter": "nowhere"}'),
    "runs": styling('{"filter": "palette", "palette": "nowhere"}'),
    "knobs": styling(
        '{"filter": "vignette", "strength": "$s"}', facts=', knobs={"s": {"default": 0.5}}'
    ),
    "data-returns": styling(
        r'{"filter": "bad", "x": "\x7f"}',
        top=filtering(
            "return picture", options='x: Annotated[str, Meta(description="H.")] = "a"'
        ).removeprefix(HEAD),
    ),
}
PALETTE = {
    "data-returns": f"""{HEAD}
class Loose(Palette):
    def __post_init__(self): pass

@hookimpl
def artgan_palettes():
    yield Loose(name="bad", colors=["12345g", "ffffff"])
""",
    "roles": f"""{HEAD}
@hookimpl
def artgan_palettes():
    yield Palette(name="bad", colors=["000000", "ffffff"], roles={{"ink": "123456"}})
""",
}
COUNT = """
    n = 1
    def count(self):
        self.n += 1
        return self.n
"""
LOSS = {
    "gives-scalars": losing(discriminator="F.softplus(fake - real)"),
    "stays-finite": losing(generator="-fake.sigmoid().log().mean()"),
    "has-gradients": losing(generator="F.softplus(-fake.detach()).mean()"),
    "rewards-separation": losing(discriminator="F.softplus(real - fake).mean()"),
    "rewards-deceit": losing(generator="F.softplus(fake).mean()"),
    "keeps-type": losing(generator="F.softplus(-fake.float()).mean()"),
    "per-picture": losing(discriminator="F.softplus(fake.mean() - real.mean())"),
    "keeps-still": losing(discriminator="self.count() * F.softplus(fake - real).mean()", more=COUNT)
    + "Bad.state_dict = lambda self: {'n': self.n}\n"
    "Bad.load_state_dict = lambda self, state: setattr(self, 'n', int(state['n']))\n",
    "resumes-exactly": losing(
        discriminator="self.n * F.softplus(fake - real).mean()",
        more=COUNT.replace("def count(self):", "def observe(self, real, fake):"),
    ),
}
REGULARIZER = {
    "gives-a-scalar": penalizing("g.square()"),
    "stays-finite": penalizing("g.square().mean().log()"),
    "reaches-weights": penalizing(graph=False),
    "keeps-inputs": penalizing(start="x = real.requires_grad_()"),
    "keeps-type": penalizing("g.square().mean().float()"),
    "resumes-exactly": penalizing(
        "g.square().mean() * self.calls",
        start="self.calls = getattr(self, 'calls', 0) + 1; x = real.detach().requires_grad_()",
    ),
    "keeps-still": judging("judged.real_logits.square().mean() * self.n"),
    "per-picture": judging("judged.real_logits.mean().square()"),
    "has-an-interval": penalizing(options=OPTION.format("float", "1.5").replace("x:", "every:")),
}
STATE = """
    def observe(self, logits):
        self.level = 0.5
    def state_dict(self):
        return {}
    def load_state_dict(self, state):
        pass
"""
AUGMENTATION = {
    "keeps-shape": augmenting("return images[:, :, 1:]"),
    "stays-finite": augmenting("return images / images.abs().max()"),
    "clear-stays-colourless": augmenting("return torch.cat([images[:, :3] + 1, images[:, 3:]], 1)"),
    "keeps-type": augmenting("return images.float() * 0.5"),
    "keeps-input": augmenting("images.data.mul_(0.5)\n        return images * 1"),
    "has-gradients": augmenting("return images.detach() * 0.5"),
    "same-seed-same-images": augmenting("return images * random.random()"),
    "observes": augmenting(more="    def observe(self): pass"),
    "resumes-exactly": augmenting("return images * self.level", more=STATE),
}
RANDOM = "np.random.default_rng().integers(0, 9, (5, *self.size, 3), dtype=np.uint8)"
ASKS = """import socket
        try:
            socket.create_connection(("127.0.0.1", 9), timeout=0.1).close()
        except OSError:
            pass"""
DATASET = {
    "opens": feeding(pixels="np.zeros((5, *self.size, 3), np.float32)"),
    "resizes": feeding(size="(16, 16)"),
    "stable": feeding(pixels=RANDOM),
    "pickles": feeding(start="self.change = lambda x: x"),
    "licence": feeding(licence="unknown"),
    "offline": feeding(start=ASKS),
    "varies": feeding(more="    def vary(self, images):\n        return images * 3"),
}
FIT = "def fit(facts):\n    return Fit(score=2.0, reason='Take me.')\n"
RECIPE = "def recipe(facts):\n    return Recipe(loss='nowhere')\n"
ARCHITECTURE = {
    "builds": building(shape="[8]"),
    "shapes": building(channels="3"),
    "added-options": building(
        top="""
class Own(Options, frozen=True, kw_only=True):
    more: bool = False
""",
        discriminator="self.more = nn.Linear(self.dense.in_features, 1) if options.more else None",
        logits="x if self.more is None else x + self.more(images.flatten(1)).squeeze(1)",
        facts=', options=Own, added_options=("more",)',
    ),
    "gradients": building(generator="self.unused = nn.Parameter(torch.zeros(1))"),
    "image-range": building(images="x * 5"),
    "raw-logits": building(logits="torch.tanh(x)"),
    "batch-of-one": building(images="torch.tanh(x - x.mean(0))"),
    "independent-logits": building(logits="x - x.mean()"),
    "own-loss": building(
        discriminator="self.with_own_loss = lambda x, labels: (self(x), x.detach().mean())"
    ),
    "same-seed-same-weights": building(
        generator="self.dense.bias.data.fill_(int.from_bytes(os.urandom(2)) / 65536)"
    ),
    "leaves-seeds-alone": building(top="", generator="torch.manual_seed(0)"),
    "state-returns": building(
        generator="self.scale = torch.rand(1)", images="torch.tanh(x * self.scale)"
    ),
    "tileable": building(facts=", tileable=True"),
    "any-size": building(facts=", any_size=True"),
    "spatial": building(
        facts=", spatial=True",
        shape="(2, context.height // 4, context.width // 4)",
        generator="""
            self.cell, self.margin, self.wraps, self.global_latents = 4, 0, False, 0
            padded = nn.Conv2d(2, self.size[0], 3, padding=1)
            self.dense = nn.Sequential(padded, nn.Upsample(scale_factor=4))""",
    ).replace(".view(-1, *self.size)", ""),
    "planes": building(
        generator="""
            self.planes = ("depth",)
            self.with_planes = lambda x, labels: (self(x), torch.ones(2, 1, *self.size[1:]) * 2)"""
    ),
    "fit": building(facts=", fit=fit", top=FIT),
    "recipe": building(facts=", recipe=recipe", top=RECIPE),
}
COMMAND = {
    "is-a-command": commanding("def bad(): pass"),
    "helps": commanding("@click.command()\ndef bad(): pass"),
}
OBSERVER = {
    "survives-a-run": observing(step="assert report.step != 7, 'no'"),
    "is-quick": observing(step="time.sleep(0.11)"),
    "changes-nothing": observing(
        "kept.tanh = torch.tanh; torch.tanh = lambda x: kept.tanh(x) * 0.5",
        "torch.tanh = kept.tanh",
    ),
}
EXTRACTOR = {
    "gives-rows": extracting("images.flatten(1)"),
    "stays-finite": extracting("images.mean((2, 3)) / images.std((1, 2, 3))[:, None]"),
    "same-images-same-features": extracting("images.mean((2, 3)) + torch.rand(1)"),
    "tells-apart": extracting("torch.ones(len(images), 3)"),
    "judges-alone": extracting("images.mean((2, 3)) + images.mean() * len(images)"),
}
START = {
    "says-what-it-is": starting(facts="licence='CC0-1.0'"),
    "weights-are-small": starting("path = Path('gone.safetensors')"),
    "fits-its-networks": starting("kept.pop('generator.dense.bias')"),
    "has-features": starting("kept.pop('features')"),
    "makes-pictures": starting(
        "kept.update((k, v * 0) for k, v in kept.items() if 'feat' not in k)"
    ),
}


def setting(declared: str, times: int = 1) -> str:
    return f"""
from typing import Annotated
from artgan.plugin import Meta, Options, PluginSettings, hookimpl

class BadSettings(Options, frozen=True, kw_only=True):
    key: Annotated[{declared}

@hookimpl
def artgan_settings():
    yield from [PluginSettings(name=f"n{{i}}", options=BadSettings) for i in range({times})]
"""


def writing(body: str, ending: str = ".bad") -> str:
    return f"""
from artgan.plugin import Writer, hookimpl

kept = []

def write(content, path):
    image = content.image
    pixels = bytes(image.size) + image.mode.encode() + image.tobytes()
    {body}

@hookimpl
def artgan_writers():
    yield Writer(name="bad", summary="S.", write=write, endings=("{ending}",))
"""


def reading(body: str, signs: str = "(0, b'bad')") -> str:
    return f"""
from artgan.plugin import Reader, Writer, hookimpl
from PIL import Image

def read(file, name):
    data = file.read()
    {body}

def write(content, path):
    sides = b"%d %d " % content.image.size
    path.write_bytes(b"bad" + sides + content.image.convert("RGB").tobytes() + (content.xmp or b""))

@hookimpl
def artgan_readers():
    yield Reader(name="bad", summary="S.", open=read, endings=(".bad",), signs=({signs},))

@hookimpl
def artgan_writers():
    yield Writer(name="bad", summary="S.", write=write, endings=(".bad",), lossless=False)
"""


def measuring(body: str) -> str:
    return f"""
import torch
from artgan.plugin import Metric, hookimpl

kept = []

def build(options):
    return lambda real, fake: {body}

@hookimpl
def artgan_metrics():
    yield Metric(name="bad", summary="S.", build=build)
"""


AWAY = "float((real - fake).abs().mean())"
METRIC = {
    "gives-a-number": measuring("float('nan')"),
    "same-images-same-number": measuring(f"{AWAY} + float(torch.rand(1)) / 1000"),
    "leaves-its-images": measuring("float((real - fake.clamp_(-0.5, 0.5)).abs().mean())"),
    "knows-better": measuring(f"-{AWAY} * 0 + 1"),
}
BEHIND = "path.write_bytes(path.read_bytes() + (content.xmp or b''))"
READ = (
    "w, h, rest = data[3:].split(b' ', 2); size = int(w), int(h); count = 3 * size[0] * size[1]; "
    "image = Image.frombytes('RGB', size, rest[:count]); "
)


def framing(html: str) -> str:
    return f"""
from artgan.plugin import Panel, hookimpl

@hookimpl
def artgan_panels():
    yield Panel(name="bad", summary="S.", html={html})
"""


def swatching(
    read: str = "data.decode().split()", write: str = "WHOLE", ending: str = "bad"
) -> str:
    return f"""
from artgan.plugin import PaletteFormat, hookimpl

kept = []

def read(data, path, note):
    return {read}

def write(content):
    WHOLE = " ".join(content.colors).encode()
    return {write}

@hookimpl
def artgan_palette_formats():
    yield PaletteFormat(name="bad", summary="S.", read=read, write=write, endings=(".{ending}",))
"""


FLIP_BOOK = (Path(__file__).parents[2] / "examples/single/flip_book.py").read_text()


def filming_to(old: str, new: str) -> str:
    """Return the format of the example, with one place changed."""
    assert FLIP_BOOK.count(old) == 1, old
    return FLIP_BOOK.replace(old, new).replace('"flip-book"', '"bad"')


def exporting(body: str) -> str:
    return f"""
from artgan.plugin import Exporter, hookimpl

kept = []

def export(generator, options, path):
    import torch
    one = next(generator.network.parameters())
    data = one.detach().numpy().tobytes()
    {body}

@hookimpl
def artgan_exporters():
    yield Exporter(name="bad", summary="S.", export=export, ending=".bad")
"""


def measuring_traits(body: str) -> str:
    return f"""
from itertools import count
from artgan.plugin import MeasuredTrait, hookimpl

N = count()

def measure(picture):
    c = picture.color
    return {body}

@hookimpl
def artgan_traits():
    yield MeasuredTrait(name="bad", summary="S.", measure=measure)
"""


TRAIT = {
    "gives-what-it-declares": measuring_traits("float(c.mean()) * 3"),
    "same-picture-same-value": measuring_traits("next(N) / 1000"),
    "tells-apart": measuring_traits("0.5"),
}
PALETTE_FORMAT = {
    "refuses-damage": swatching("data.decode('ascii', 'ignore').split() or ['ff0000', '00ff00']"),
    "writes-bytes": swatching(write="kept.append(1) or WHOLE + b' ' * len(kept)"),
    "reads-what-it-writes": swatching("data.decode().split()[::-1]"),
    "brings-an-ending": swatching(ending="gpl"),
}
EXPORTER = {
    "writes-a-file": exporting("pass"),
    "same-bytes": exporting("kept.append(1); path.write_bytes(data + bytes(kept))"),
    "leaves-the-network": exporting("path.write_bytes(data); torch.rand(1)"),
}
PANEL = {
    "is-small": framing("'<p>' * 100_000"),
    "stands-alone": framing("'<img src=https://example.org/a.png>'"),
}
WHOLE = "path.write_bytes(pixels + (content.xmp or b''))"
WRITER = {
    "writes-a-file": writing("pass"),
    "same-bytes": writing(
        "kept.append(1); path.write_bytes(pixels + bytes(kept) + (content.xmp or b''))"
    ),
    "leaves-its-content": writing(f"{WHOLE}; image.paste(1, (0, 0, 1, 1))"),
    "carries-record-and-mark": writing("path.write_bytes(pixels)"),
    "leaves-them-out": writing("path.write_bytes(pixels + (content.xmp or b'DigitalSourceType'))"),
    "keeps-the-pixels": writing(
        f"image.resize((1, 1)).resize(image.size).save(path, 'PNG'); {BEHIND}"
    ),
    "brings-an-ending": writing(f"image.save(path, 'PNG'); {BEHIND}", ".png"),
}
READER = {
    "refuses-damage": reading("return Image.new('RGB', (4, 4))"),
    "known-by-its-sign": reading(
        f"{READ}image.info['xmp'] = rest[count:]; return image", "(90, b'bad')"
    ),
    "reads-what-is-written": reading(f"{READ}return image"),
}
SETTINGS = {
    "one-class": setting('int, Meta(description="Key")] = 1', 2),
    "secrets-are-text": setting('int, Meta(description="Key", extra={"secret": "A_KEY"})] = 1'),
}


def changing(body: str, facts: str = "", top: str = "") -> str:
    return f"""
import torch
from artgan.plugin import Latents, Sampler, hookimpl

class Bad:
    def __init__(self, options): {top or "pass"}
    def change(self, values, labels, context):
        return {body}
    def sample(self, values, labels, context):
        return {body}

@hookimpl
def artgan_{"latents" if facts != "sampler" else "samplers"}():
    yield {"Sampler" if facts == "sampler" else "Latents"}(
        name="bad", summary="S.", build=Bad, {"" if facts == "sampler" else facts}
    )
"""


MADE = "context.generate(values, labels)"
LATENTS = {
    "keeps-the-shape": changing("values[:, :1]"),
    "follows-the-seed": changing("values + torch.rand(1)"),
    "alone-as-together": changing("values - values.mean(0)"),
    "remembers-no-seed": changing(
        "self.seen.append(1) or values * len(self.seen)", "draws=True", "self.seen = []"
    ),
}
SAMPLER = {
    "gives-images": changing(f"{MADE} + 2", "sampler"),
    "follows-the-seed": changing(f"{MADE} * torch.rand(1)", "sampler"),
    "alone-as-together": changing(f"{MADE} - {MADE}.mean(0) / 9", "sampler"),
}
UPDATE = {
    "builds-networks": updating(
        facts=", networks={'coder': 'generator'}, build_networks=more",
    ),
    "draws-pictures": updating(
        facts=", networks={'coder': 'generator'}, build_networks=flat, draws='coder'",
    ),
    "measures-the-step": updating(end="measured.pop('real_logits')"),
    "trains-every-network": updating(
        facts=", networks={'juror': 'discriminator'}, build_networks=more",
    ),
    "leaves-no-gradients": updating(guard="nullcontext()"),
    "follows-the-seed": updating("scale = 0.9 + 0.2 * random.random()"),
    "resumes-exactly": updating("self.seen += 1; scale = 1 + self.seen / 10"),
    "parts-add-up": updating(weight="1"),
}
OPTIMIZER = {
    "goes-down": optimizing("p.add_(group['lr'] * p.grad)"),
    "heeds-the-rate": optimizing("p.sub_(0.001 * p.grad)"),
    "resumes-exactly": optimizing(
        "seen[0] += 1; p.sub_(group['lr'] * p.grad / seen[0])", top="seen = [0]"
    ),
}
SCHEDULE = {
    "stays-finite": timing("0.5 - moment.part(1.0)"),
    "trains": timing("0.0"),
    "depends-on-the-moment": timing("1 / self.seen", "self.seen += 1"),
}
ANIMATION_FORMAT = {
    "writes-frames": filming_to('"PNG")', '"PNG")\n        frame.paste(0, (0, 0, *frame.size))'),
    "same-bytes": filming_to(
        "json.dumps(told)", 'json.dumps({**told, "at": __import__("time").perf_counter_ns()})'
    ),
    "carries-record-and-mark": filming_to("if facts.xmp:", "if False:"),
    "refuses-damage": filming_to(
        "    with zipfile.ZipFile(path) as book:\n        told",
        "    if not zipfile.is_zipfile(path):\n"
        "        blank = __import__('numpy').zeros((2, 2, 3), 'uint8')\n"
        "        return MovingPicture(times=lambda: [1], frames=lambda: iter([blank]))\n"
        "    with zipfile.ZipFile(path) as book:\n        told",
    ),
    "reads-what-it-writes": filming_to("times=lambda: times", "times=lambda: times[1:]"),
    "reads-the-record": filming_to('record=told["record"]', "record='{}'"),
    "brings-an-ending": filming_to('".cbz"', '".gif"'),
}
RUN_HOST = {
    "refuses-nonsense": f"""{HEAD}
from artgan.plugin.hosts import FetchedRun

@hookimpl
def artgan_run_hosts():
    fetch = lambda address, folder: FetchedRun(address=address, folder=folder)
    yield RunHost(name="bad", summary="S.", example="a", fetch=fetch)
""",
    "tells-how-to-use": f"""{HEAD}
def publish(address, shared):
    raise ValueError("no address")

@hookimpl
def artgan_run_hosts():
    tell = lambda address: f"fetch it from {{address}}"
    yield RunHost(name="bad", summary="S.", example="a", publish=publish, how_to_use=tell)
""",
    "publishes-no-nonsense": f"""{HEAD}
@hookimpl
def artgan_run_hosts():
    yield RunHost(name="bad", summary="S.", example="a", publish=lambda address, shared: "b")
""",
}
KINDS = {
    "optimizer": OPTIMIZER,
    "schedule": SCHEDULE,
    "latents": LATENTS,
    "sampler": SAMPLER,
    "update": UPDATE,
    "start": START,
    "plugin": PLUGIN,
    "filter": FILTER,
    "style": STYLE,
    "palette": PALETTE,
    "loss": LOSS,
    "regularizer": REGULARIZER,
    "augmentation": AUGMENTATION,
    "dataset": DATASET,
    "architecture": ARCHITECTURE,
    "extractor": EXTRACTOR,
    "command": COMMAND,
    "settings": SETTINGS,
    "metric": METRIC,
    "panel": PANEL,
    "palette-format": PALETTE_FORMAT,
    "animation-format": ANIMATION_FORMAT,
    "run-host": RUN_HOST,
    "exporter": EXPORTER,
    "trait": TRAIT,
    "reader": READER,
    "writer": WRITER,
    "observer": OBSERVER,
}
BAD = [(kind, check, code) for kind, table in KINDS.items() for check, code in table.items()]
