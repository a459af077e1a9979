"""What a run of these pictures would be on this machine, without starting it."""

from collections.abc import Sequence
from dataclasses import dataclass

from artgan.base.threads import Load, free_threads, using_threads
from artgan.core.registry import Registry
from artgan.errors import OptionError
from artgan.planning.in_time import what_time_buys
from artgan.planning.plan import make_plan
from artgan.planning.settings import Settings
from artgan.planning.take import take_networks


@dataclass(frozen=True)
class Outlook:
    """What would be chosen unasked: an architecture, the reasons, and what some times would buy."""

    architecture: str
    start: str
    reasons: tuple[str, ...]
    times: tuple[str, ...]


def look_ahead(settings: Settings, registry: Registry, minutes: Sequence[float]) -> Outlook:
    """Choose as a run would, and measure what so many minutes would buy here; it takes seconds.

    Raises:
        ArtganError: A run of these pictures could not start.
    """
    load = Load()
    plan = take_networks(make_plan(settings, registry), settings, registry)
    with using_threads(free_threads(load)):
        times = tuple(what_time_buys(plan, settings, registry, sorted(minutes)))
    config = plan.config
    return Outlook(config.architecture.name, config.base, plan.reasons, times)


def parse_minutes(text: str) -> tuple[float, ...]:
    """Read "2,10,60" as numbers of minutes; "none" is none.

    Raises:
        OptionError: It is not such a list.
    """
    if text.strip() == "none":
        return ()
    try:
        minutes = tuple(float(part) for part in text.split(","))
    except ValueError:
        minutes = (0.0,)
    if not all(0.05 <= number <= 100_000 for number in minutes):
        raise OptionError(f"minutes {text!r} do not fit; expected numbers as in 2,10,60, or none")
    return minutes
