"""Write docs/plugins/hooks.md from the hook specifications: ``python docs/make_hooks.py``."""

import inspect
import re
from dataclasses import MISSING, Field, fields
from pathlib import Path

from artgan import plugin
from artgan.base.contributions import hook_names
from artgan.plugin import hookspecs, losses, sampling, updates
from artgan.plugin_manager.scaffold.contents import project_text
from artgan.testing._cases import MODULES, checks_of

DECLARATIONS = (
    plugin.Architecture,
    plugin.Loss,
    plugin.Regularizer,
    plugin.Augmentation,
    plugin.Dataset,
    plugin.Filter,
    plugin.Style,
    plugin.Palette,
    plugin.Extractor,
    plugin.Start,
    plugin.Metric,
    plugin.Reader,
    plugin.Writer,
    plugin.PaletteFormat,
    plugin.AnimationFormat,
    plugin.Exporter,
    plugin.RunHost,
    plugin.MeasuredTrait,
    plugin.Panel,
    plugin.Update,
    plugin.Optimizer,
    plugin.TrainingSchedule,
    plugin.Latents,
    plugin.Sampler,
    plugin.Command,
    plugin.PluginSettings,
)
TOLD = (
    plugin.StartWeights,
    plugin.NetworkContext,
    plugin.OptimizerContext,
    plugin.ScheduleContext,
    plugin.Moment,
    plugin.Levels,
    plugin.ArchContext,
    plugin.DataFacts,
    plugin.Recipe,
    plugin.Reason,
    plugin.Sizes,
    plugin.DataContext,
    plugin.FilterContext,
    plugin.FilmFrame,
    losses.Judged,
)
PARTS = (
    plugin.LossPart,
    plugin.PenaltyPart,
    updates.UpdatePart,
    updates.UpdateContext,
    plugin.SchedulePart,
    sampling.LatentsPart,
    sampling.SamplerPart,
    sampling.SamplingContext,
    plugin.ImageSource,
    plugin.IterableSource,
)
FACTS = (plugin.RunFacts, plugin.StepFacts)

INTRODUCTION = """\
# Hooks

Made by `python docs/make_hooks.py` from the specifications; not edited by hand.

A plugin is a Python module with functions marked `@hookimpl`. Their names are the names of hooks.
One that is unknown, has arguments that the hook does not have, gives an argument a default, or is a
wrapper is refused by name, and the whole plugin is left out. A hook may take fewer arguments than
it is offered. All names below come from `artgan.plugin`, which imports neither torch nor numpy.

Set `ARTGAN_API = {api}` in a plugin that needs at least this version of the interface."""

CHECKS = """\
## What is checked

`artgan plugins check NAME` and `artgan.testing` hold a plugin to these promises. Which apply
follows from what it declares. A package's own tests need no more than this:

```python
{tests}```"""


def _text(thing: object) -> tuple[str, dict[str, str]]:
    """Split a docstring into its prose and its attributes."""
    prose, _, listed = inspect.cleandoc(thing.__doc__ or "").partition("Attributes:\n")
    found = re.findall(r"^    (\w+): (.*(?:\n {5,}.*)*)", listed, re.MULTILINE)
    return _code(prose.strip()), {name: _code(" ".join(text.split())) for name, text in found}


def _code(text: str) -> str:
    return text.replace("``", "`")


def hooks(specifications: type) -> str:
    """Give hooks with their arguments as a Markdown table."""
    rows = []
    for name in hook_names(specifications):
        hook = getattr(specifications, name)
        given = [a for a in inspect.signature(hook).parameters if a != "self"]
        arguments = ", ".join(f"`{argument}`" for argument in given) or "none"
        rows.append(f"| `{name}` | {arguments} | {_text(hook)[0]} |")
    return "\n".join(["| Hook | Arguments | What it does |", "|---|---|---|", *rows])


def attributes(declaration: type, heading: str = "###") -> str:
    """Give a declaration or context with its attributes as a table."""
    prose, told = _text(declaration)
    for base in declaration.__mro__[1:]:
        told = {**_text(base)[1], **told} if hasattr(base, "__dataclass_fields__") else told
    rows = [
        f"| `{field.name}` | {_default(field)} | {told[field.name]} |"
        for field in fields(declaration)
    ]
    table = "\n".join(["| Attribute | Default | What it is |", "|---|---|---|", *rows])
    return f"{heading} {declaration.__name__}\n\n{prose}\n\n{table}"


def _default(field: "Field[object]") -> str:
    if field.default is MISSING and field.default_factory is MISSING:
        return "needed"
    if field.default is MISSING:
        return "empty" if field.default_factory in (dict, list, tuple) else "its own"
    value = field.default
    if isinstance(value, type):
        return f"`{value.__name__}`"
    if callable(value):
        return "does nothing"
    return f"`{value!r}`" if value != "" else "none"


def parts(protocol: type) -> str:
    """Give what a reference builds, with its methods or facts."""
    prose, _ = _text(protocol)
    rows = []
    for name, member in vars(protocol).items():
        of = member.fget if isinstance(member, property) else member
        if name.startswith("_") and not re.fullmatch("__(len|getitem)__", name):
            continue
        if not inspect.isfunction(of):
            continue
        given = ", ".join(a for a in inspect.signature(of).parameters if a != "self")
        called = name if isinstance(member, property) else f"{name}({given})"
        rows.append(f"| `{called}` | {_text(of)[0].replace(chr(10), ' ')} |")
    table = "\n".join(["| Member | What it does |", "|---|---|", *rows])
    return f"### {protocol.__name__}\n\n{prose}\n\n{table}"


def checks() -> str:
    """Give all checks of the contract kit as a table."""
    rows = [
        f"| {kind} | `{check.name}` | {_code(check.help)} |"
        for kind in MODULES
        for check in checks_of(kind)
    ]
    return "\n".join(["| Of | Check | Promise |", "|---|---|---|", *rows])


def page() -> str:
    """Give the whole page."""
    sections = [
        INTRODUCTION.format(api=plugin.API),
        f"## Hooks that contribute\n\n{_text(hookspecs.ContributionHooks)[0]}",
        hooks(hookspecs.ContributionHooks),
        f"## Hooks that observe\n\n{_text(hookspecs.ObserverHooks)[0]}",
        hooks(hookspecs.ObserverHooks),
        *map(parts, FACTS),
        "## Declarations",
        *map(attributes, DECLARATIONS),
        "## What references build",
        *map(parts, PARTS),
        "## What they are told",
        *map(attributes, TOLD),
        CHECKS.format(tests=project_text("tests/test_contract.py", "artgan-mine")),
        checks(),
    ]
    return "\n\n".join(sections) + "\n"


if __name__ == "__main__":
    (Path(__file__).parent / "plugins/hooks.md").write_text(page(), encoding="utf-8")
