"""The model card of a shared run: what it was trained on, how, how good it is, how to use it.

Mitchell et al. 2019, "Model Cards for Model Reporting", say what belongs into one. The head is the
YAML that the hub reads (licence, library, task).
"""

import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from artgan.base.suggest import count_of
from artgan.base.terminal import one_line
from artgan.core.config import RunConfig
from artgan.core.run import TrainedRun
from artgan.errors import UnknownNameError
from artgan.evaluation.evaluate import read_evaluation
from artgan.evaluation.metrics import Evaluation
from artgan.plugin.hosts import HowToUse
from artgan.starts.names import whose_weights

MEASURES = {
    "kid": "KID, 0 is best",
    "fid": "FID, 0 is best",
    "precision": "precision, 1 is best",
    "recall": "recall, 1 is best",
    "density": "density, 1 is best",
    "coverage": "coverage, 1 is best",
    "nearness": "nearness; well below 1, samples copy the training pictures",
}


@dataclass(frozen=True)
class CardFacts:
    """What a card says that the run's own files do not.

    Attributes:
        name: What the run is called.
        licence: Licence of the weights, an SPDX expression.
        author: Who trained it, or "".
        data: What it was trained on, in its author's words, or "".
        use: How others get it from where it is published, or None.
        page: Whether there is a page that runs the generator.
        made_with: Versions that made the run, by name.
        plugins: Plugins that it needs -> their versions.
    """

    name: str
    licence: str
    author: str = ""
    data: str = ""
    use: HowToUse | None = None
    page: bool = True
    made_with: Mapping[str, Any] = field(default_factory=dict)
    plugins: Mapping[str, str] = field(default_factory=dict)


def write_card(run: TrainedRun, config: RunConfig, facts: CardFacts) -> str:
    """Return the README.md of a shared run; ``config`` is what is shared of its settings."""
    sections = (_head, _intro, _use, _data, _training, _measures, _origin, _limits)
    parts = ("\n".join(section(run, config, facts)) for section in sections)
    return "\n\n".join(part for part in parts if part) + "\n"


def data_of(run: TrainedRun, config: RunConfig) -> str:
    """Describe the pictures of a run as their dataset declares them."""
    name = config.path or config.dataset.name
    try:
        declared = run.registry.find("dataset", config.dataset.name).declaration
    except UnknownNameError:
        # The plugin that read the pictures need not be here.
        return name
    credit = f", {declared.attribution}" if declared.attribution else ""
    return f"{name} (licence: {declared.licence}{credit})"


def _plain(text: object) -> str:
    """Spell a text out that somebody chose, so that Markdown shows it as it is."""
    return html.escape(one_line(str(text)), quote=False).replace("|", "\\|").replace("`", "'")


def _code(text: object) -> str:
    return f"`{one_line(str(text)).replace('`', chr(39))}`"


def _table(rows: Mapping[str, str]) -> Iterator[str]:
    yield "| | |"
    yield "|---|---|"
    yield from (f"| {name} | {value} |" for name, value in rows.items())


def _head(run: TrainedRun, config: RunConfig, facts: CardFacts) -> Iterator[str]:
    known = " " not in facts.licence and not facts.licence.startswith("LicenseRef-")
    head: dict[str, Any] = {"license": facts.licence.lower() if known else "other"}
    if not known:
        head["license_name"] = facts.licence
    head |= {"library_name": "artgan", "pipeline_tag": "unconditional-image-generation"}
    head["tags"] = ["artgan", "gan", "generative-art", config.architecture.name.rpartition("/")[2]]
    yield "---"
    # JSON is YAML.
    yield from (f"{key}: {json.dumps(value)}" for key, value in head.items())
    yield "---"


def _intro(run: TrainedRun, config: RunConfig, facts: CardFacts) -> Iterator[str]:
    yield f"# {_plain(facts.name)}"
    yield ""
    by = f" by {_plain(facts.author)}" if facts.author else ""
    yield (
        f"A generator of pictures, {config.width}x{config.height} pixels, trained{by} with "
        "[artgan](https://github.com/artgan/artgan)."
    )
    yield ""
    yield "![Pictures of 16 seeds, not chosen](sheet.png)"


def _use(run: TrainedRun, config: RunConfig, facts: CardFacts) -> Iterator[str]:
    use = facts.use or HowToUse(begin="FOLDER")
    yield "## Use it"
    yield ""
    if facts.page:
        yield "`site/index.html` runs it in a browser, with no server; put it on any host."
        yield ""
    if use.get:
        yield f"    {one_line(use.get)}"
    yield f"    artgan sample {one_line(use.folder)} --seeds 0-15 --style neon"
    yield f"    artgan train --dataset ./my-pictures --from {one_line(use.begin)}"
    if use.note:
        yield ""
        yield one_line(use.note)
    if facts.plugins:
        yield ""
        named = (f"{_code(name)} {_plain(version)}" for name, version in facts.plugins.items())
        yield f"It needs plugins: {', '.join(named)}."


def _data(run: TrainedRun, config: RunConfig, facts: CardFacts) -> Iterator[str]:
    yield "## What it was trained on"
    yield ""
    if facts.data:
        yield f"{_plain(facts.data)}\n"
    rows = {"Dataset": _plain(data_of(run, config))}
    rows["Size"] = f"{config.width}x{config.height}, {count_of(config.channels, 'channel')}"
    if config.class_names:
        rows["Labels"] = _plain(", ".join(config.class_names))
    elif config.classes:
        rows["Labels"] = str(config.classes)
    yield from _table(rows)


def _training(run: TrainedRun, config: RunConfig, facts: CardFacts) -> Iterator[str]:
    step, batch = run.checkpoint.step, config.training.batch
    extras = [p.name for p in (*config.regularizers, *config.augmentations)]
    rows = {
        "Networks": _code(config.architecture.name),
        "Loss": ", ".join(map(_code, [config.loss.name, *extras])),
        "Steps": f"{step} of batch {batch}: {count_of(step * batch, 'picture')} shown",
        "Seed": str(config.seed),
        "Device": _plain(config.device),
        "Made with": ", ".join(
            f"{name} {_plain(facts.made_with[name])}"
            for name in ("artgan", "torch", "python")
            if name in facts.made_with
        ),
    }
    if config.base:
        whose = whose_weights(config.training.from_networks)
        rows["Began with"] = f"the weights of {_code(config.base)}{whose}"
    yield "## How it was trained"
    yield ""
    yield from _table(rows)
    yield ""
    yield "`run.toml` holds every setting; `artgan train --config run.toml` repeats it."


def _measures(run: TrainedRun, config: RunConfig, facts: CardFacts) -> Iterator[str]:
    yield "## How good it is"
    yield ""
    every = [one for one in read_evaluation(run.path) if not one.sampling]
    own = [one for one in every if one.step == run.checkpoint.step]
    for one in own:
        yield from _scores(one)
    if not own:
        yield "Not evaluated; `artgan evaluate` does it."
    if run.checkpoint.quality is not None:
        yield ""
        yield (
            f"Quality while it was trained {run.checkpoint.quality:.4g}: distance of samples from "
            "the pictures, by which checkpoints of one run are ranked."
        )


def _scores(one: Evaluation) -> Iterator[str]:
    yield (
        f"{count_of(one.fake_count, 'sample')} against {count_of(one.real_count, 'real picture')}, "
        f"features of {_code(one.extractor)}. Perfect: one half of the real pictures against the "
        "other."
    )
    yield ""
    yield "| | Samples | Perfect |"
    yield "|---|---|---|"
    for name, meaning in MEASURES.items():
        value, best = getattr(one.scores, name), getattr(one.halves, name)
        yield f"| {meaning} | {value:.4g} | {best:.4g} |"


def _origin(run: TrainedRun, config: RunConfig, facts: CardFacts) -> Iterator[str]:
    yield "## Licence"
    yield ""
    yield f"{_plain(facts.licence)}, of these weights. It says nothing of the training pictures."


def _limits(run: TrainedRun, config: RunConfig, facts: CardFacts) -> Iterator[str]:
    yield "## What to know"
    yield ""
    yield (
        "It draws what its training pictures had, and what they lacked it lacks. One that was "
        "trained long on few pictures may repeat some of them: nearness tells. Pictures that "
        "artgan samples say in their file, for machines, that a trained model made them."
    )
