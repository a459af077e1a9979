"""The metric that says which checkpoint of a run is the best."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from artgan.base.contributions import Entry
from artgan.core.registry import Registry
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


def find_judge(text: str, registry: Registry) -> Judge:
    """Build a metric by its name, or as "name:option=value".

    Raises:
        OptionError: An option does not fit.
        UnknownNameError: There is none of that name.
        PluginError: It cannot be built.
    """
    entry, options, told = registry.find_call("metric", text)
    return Judge(entry, told, entry.call("build", options))


def cheap_metric(text: str, registry: Registry) -> str:
    """Return the full name of a metric that a training can compute at each checkpoint.

    Raises:
        OptionError: It takes too long for that, or an option does not fit.
    """
    entry, _, told = registry.find_call("metric", text)
    if not entry.declaration.cheap:
        raise OptionError(
            f"{entry.where} takes too long to be computed while training; use it after: "
            f"artgan evaluate RUN --metric {text}"
        )
    return told
