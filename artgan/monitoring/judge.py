"""The metric that says which checkpoint of a run is the best."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from artgan.base.options import build_options, call_text, split_call
from artgan.core.registry import Entry, Registry
from artgan.errors import OptionError, PluginError

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Judge:
    """A metric with its options.

    Attributes:
        entry: The metric.
        name: Its name with the options that differ from the defaults, as run.toml keeps it.
        part: What it builds.
    """

    entry: Entry
    name: str
    part: Any

    def measure(self, real: "Tensor", fake: "Tensor") -> float:
        """Compute the metric of images (N, C, H, W) in [-1, 1], equal in number.

        Raises:
            PluginError: It failed, or gave no number.
        """
        try:
            value = float(self.part(real, fake))
        # The plugin boundary: the user must learn whose metric failed.
        except Exception as error:
            raise PluginError(
                f"{self.entry.where} failed: {type(error).__name__}: {error}"
            ) from error
        if not math.isfinite(value):
            raise PluginError(f"{self.entry.where} gave {value}; expected a number")
        return value

    def distance(self, real: "Tensor", fake: "Tensor") -> float:
        """Compute how far the metric is from what perfect samples get; 0 is best."""
        perfect: float = self.entry.declaration.perfect
        return abs(self.measure(real, fake) - perfect)


def parse_metric(text: str, registry: Registry) -> tuple[Entry, Any, str]:
    """Find a metric by its name, or as "name:option=value"; build nothing yet.

    Returns:
        The metric, its options, and its name with the options that differ from the defaults.

    Raises:
        OptionError: An option does not fit.
        UnknownNameError: There is none of that name.
    """
    name, values = split_call(text)
    if "" in values:
        raise OptionError(f"metric '{text}' does not fit; expected NAME or NAME:option=value")
    entry = registry.find("metric", name)
    options = build_options(entry.declaration.options, values, entry.where)
    return entry, options, call_text(entry.usual_name, options)


def find_judge(text: str, registry: Registry) -> Judge:
    """Build a metric by its name, or as "name:option=value".

    Raises:
        OptionError: An option does not fit.
        UnknownNameError: There is none of that name.
        PluginError: It cannot be built.
    """
    entry, options, told = parse_metric(text, registry)
    return Judge(entry, told, entry.call("build", options))


def cheap_metric(text: str, registry: Registry) -> str:
    """Return the full name of a metric that a training can compute at each checkpoint.

    Raises:
        OptionError: It takes too long for that, or as ``parse_metric``.
    """
    entry, _, told = parse_metric(text, registry)
    if not entry.declaration.cheap:
        raise OptionError(
            f"{entry.where} takes too long to be computed while training; use it after: "
            f"artgan evaluate RUN --metric {text}"
        )
    return told
