"""Write docs/options.md from the declarations: ``python docs/make_options.py``."""

from pathlib import Path

from artgan.base.options import OptionFact, describe
from artgan.core.config import METHODS, TrainingOptions
from artgan.plugin import KINDS, Options
from artgan.plugin_manager.load import load_registry

INTRODUCTION = "Made by `python docs/make_options.py` from the declarations; not edited by hand."
TRAINING = "Flags of `artgan run` and `artgan train`; keys of `[training]` in `run.toml`."
PREFIX = {"architecture": "--arch.", **{k: f"--{k}." for k in ("dataset", "loss", *METHODS)}}


BEHIND = ("filter", "extractor", "metric", "latents", "sampler")
"""Kinds whose options stand behind their name."""


def table(options: type[Options], prefix: str = "") -> str:
    """Give one options class as a Markdown table."""
    rows = [
        f"| `{prefix}{f.flag}` | {_default(f)} | {f.expected} | {f.help} |"
        for f in describe(options)
    ]
    return "\n".join(["| Option | Default | Takes | What it does |", "|---|---|---|---|", *rows])


def _default(fact: OptionFact) -> str:
    value = fact.default
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"`{text}`" if text else "none"


def page() -> str:
    """Give the whole page."""
    registry = load_registry(packages=False)
    parts = [
        f"# Options\n\n{INTRODUCTION}",
        f"## Training\n\n{TRAINING}\n\n{table(TrainingOptions, '--train.')}",
    ]
    for kind in KINDS:
        parts.append(f"## Kind: {kind}")
        for entry in registry.entries(kind):
            declared = entry.declaration
            text = f"### {declared.name}\n\n{declared.summary}"
            options = getattr(declared, "options", None)
            if options and describe(options):
                prefix = PREFIX.get(kind, f"--{kind}.{declared.name}.")
                text += "\n\n" + table(options, "" if kind in BEHIND else prefix)
            if kind == "style" and declared.knobs:
                knobs = [
                    f"`--style.{n} {k['default']}` {k.get('help', '')}"
                    for n, k in declared.knobs.items()
                ]
                text += "\n\n" + "\n".join(f"- {knob}" for knob in knobs)
            if kind == "palette":
                text += "\n\n" + " ".join(f"`{color}`" for color in declared.colors)
            parts.append(text)
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    (Path(__file__).parent / "options.md").write_text(page(), encoding="utf-8")
