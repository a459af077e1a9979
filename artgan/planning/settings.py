"""What the user asks of a run, in one typed object, whether by flags, in Python or in TOML.

Everything is optional: what is left out is chosen by ``artgan.planning.plan``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from artgan.base.options import to_plain
from artgan.base.tables import refuse_unknown
from artgan.base.threads import parse_threads
from artgan.core.config import METHODS, TrainingOptions, parse_size
from artgan.core.run_toml import read_made_with, read_tables
from artgan.errors import OptionError

AND_THE_RECIPES = "..."
"""Key beside named regularizers or augmentations that keeps the recipe's own as well."""

Options = Mapping[str, Any]


@dataclass(frozen=True)
class PartSettings:
    """A contribution as the user names it, or "" to let artgan choose; ``path`` is a dataset's.

    ``recorded`` are the options of a run that is repeated or begun with, and None where there is no
    such run. What both leave out is as the recipe has it, or with a run as it was before there was
    such an option: its default.
    """

    name: str = ""
    options: Options = field(default_factory=dict)
    path: str = ""
    recorded: Options | None = None

    @property
    def settled(self) -> Options:
        """The options that no recipe decides: those set, before those recorded."""
        return {**(self.recorded or {}), **self.options}

    def over(self, other: "PartSettings") -> "PartSettings":
        """Return this choice, completed by another where it names nothing else."""
        named = ("", other.name, other.name.rpartition("/")[2])
        if self.name not in named or self.path not in ("", other.path):
            return self
        return replace(other, options={**other.options, **self.options})


@dataclass(frozen=True)
class Settings:
    """What the user asks of a run; None or empty where nothing is said.

    ``size`` is (height, width). ``base`` is the folder of a run whose weights to start from, a
    start as "start:icons", a shared run as "hf:owner/name@revision", "none", or "" for random ones,
    where a near start is named; ``base_weights`` is the SHA-256 that the weights must have. Empty
    regularizers or augmentations ask for none. 0 ``threads`` adapt to the load. ``ground`` is what
    clear pixels are shown on.
    ``methods`` are the options of what ``training`` names, by kind: "update", "optimizer"
    or "schedule".
    ``straight_alpha`` repeats an RGBA run of artgan 0.1, which did not multiply colours by alpha.
    """

    architecture: PartSettings = PartSettings()
    dataset: PartSettings = PartSettings()
    loss: PartSettings = PartSettings()
    regularizers: Mapping[str, Options] | None = None
    augmentations: Mapping[str, Options] | None = None
    training: Options = field(default_factory=dict)
    methods: Mapping[str, Options] = field(default_factory=dict)
    style: Any = None
    knobs: Options = field(default_factory=dict)
    count: int | None = None
    keep_mark: bool | None = None
    seed: int | None = None
    size: tuple[int, int] | None = None
    device: str | None = None
    threads: int | None = None
    preset: str | None = None
    base: str = ""
    base_weights: str = ""
    ground: str | None = None
    straight_alpha: bool = False

    def __post_init__(self) -> None:
        for name, value in (("seed", self.seed), ("count", self.count)):
            whole = isinstance(value, int) and not isinstance(value, bool)
            if value is not None and not (whole and 0 <= value < 2**63):
                raise OptionError(
                    f"{name} {value!r} does not fit; expected a whole number from 0 to {2**63 - 1}"
                )
        if not isinstance(self.keep_mark, bool | None):
            raise OptionError(f"keep-mark {self.keep_mark!r} does not fit; expected true or false")

    def over(self, other: "Settings") -> "Settings":
        """Return these settings, completed by ``other`` where they say nothing."""
        names = (
            "style", "count", "keep_mark", "seed", "size", "device", "threads", "preset", "base",
            "ground",
        )  # fmt: skip
        own = {name: value for name in names if (value := getattr(self, name)) not in (None, "")}
        return replace(
            other,
            architecture=self.architecture.over(other.architecture),
            dataset=self.dataset.over(other.dataset),
            loss=self.loss.over(other.loss),
            regularizers=_chain_over(self.regularizers, other.regularizers),
            augmentations=_chain_over(self.augmentations, other.augmentations),
            training={**other.training, **self.training},
            methods={kind: self._method_over(other, kind) for kind in METHODS},
            # Knobs belong to a style: those of another one would not fit.
            knobs=self.knobs or (other.knobs if self.style is None else {}),
            base_weights=self.base_weights if self.base else other.base_weights,
            straight_alpha=other.straight_alpha and not self.dataset.name,
            **own,
        )

    def _method_over(self, other: "Settings", kind: str) -> Options:
        """Join the options of a method, unless these settings name another one."""
        own = self.methods.get(kind, {})
        return own if METHODS[kind] in self.training else {**other.methods.get(kind, {}), **own}


def settings_file(path: Path) -> Path:
    """Return the file of settings that a path stands for: of a run's folder, its run.toml."""
    return path / "run.toml" if path.is_dir() else path


def read_settings(path: Path) -> Settings:
    """Read a run.toml, or part of one; the folder of a run stands for its own."""
    path = settings_file(path)
    tree = read_tables(path)
    output, origin = tree.get("output", {}), tree.get("from", {})
    known = ("style", "knobs", "count", "ground", "keep-mark")
    refuse_unknown(output, known, f"'{path}': table [output]", OptionError)
    training, made_with = with_underscores(tree.get("training", {})), read_made_with(path)
    if made_with:
        # What a run of an earlier version does not name was not there: it is as it was then, and
        # not as a recipe has it now.
        training = {**to_plain(TrainingOptions()), **training}
    networks = _choice(tree.get("architecture", {}))
    if made_with:
        networks = replace(networks, options={}, recorded=networks.options)
    return Settings(
        architecture=networks,
        dataset=_choice(tree.get("dataset", {})),
        loss=_choice(tree.get("loss", {})),
        regularizers=tree.get("regularizer"),
        augmentations=tree.get("augmentation"),
        training=training,
        methods={kind: tree[kind] for kind in METHODS if kind in tree},
        style=output.get("style"),
        knobs=output.get("knobs", {}),
        count=output.get("count"),
        keep_mark=output.get("keep-mark"),
        seed=tree.get("seed"),
        size=parse_size(tree["size"]) if tree.get("size") else None,
        device=tree.get("device"),
        threads=parse_threads(tree["threads"], f"'{path}': threads") if "threads" in tree else None,
        preset=tree.get("preset"),
        # A run that was written down without a start had none, also where one would be near now.
        base=str(origin.get("run", "none" if made_with else "")),
        base_weights=str(origin.get("weights", "")),
        ground=output.get("ground"),
        straight_alpha=tree.get("channels") == 4 and not tree.get("premultiplied", False),
    )


def _choice(table: Options) -> PartSettings:
    options = {key: value for key, value in table.items() if key not in ("name", "path")}
    name, path = str(table.get("name", "")), str(table.get("path", ""))
    return PartSettings(name, with_underscores(options), path)


def with_underscores(options: Options) -> dict[str, Any]:
    """Spell option names as Python does: base_channels for base-channels."""
    return {key.replace("-", "_"): value for key, value in options.items()}


def _chain_over(
    own: Mapping[str, Options] | None, other: Mapping[str, Options] | None
) -> Mapping[str, Options] | None:
    if own is None or (other is not None and AND_THE_RECIPES not in own):
        return other if own is None else own
    if other is None:
        return own
    changed = {name: {**other.get(name, {}), **options} for name, options in own.items()}
    return {**other, **{k: v for k, v in changed.items() if k != AND_THE_RECIPES}}
