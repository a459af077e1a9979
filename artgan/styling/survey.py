"""Filters that decide by all pictures of a command: what they leave open is filled in once.

What was found stands in the options of the step, so that records and style files need nothing more.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from artgan.base.options import to_plain
from artgan.errors import ArtganError, PluginError, StyleError
from artgan.palettes.colormaps import spelled_out
from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.styling.chain import Chain, Step, errors_name

ALONE = "decides by all pictures that are styled together, and here it gets one alone"
"""What there is to say where a set is one picture."""


@contextmanager
def filter_errors(step: Step) -> Iterator[None]:
    """Let errors of a filter name the filter and the step of a style file.

    Raises:
        StyleError: The filter refused something.
        PluginError: It failed; with ``ARTGAN_STRICT=1`` its own error is raised.
    """
    entry = step.entry
    with entry.errors():
        try:
            yield
        except ArtganError as error:
            with errors_name(step.place):
                raise StyleError(f"{entry.where}: {error}") from error


@dataclass
class CountedPictures:
    """Pictures for a survey, with the number of those that it has looked at."""

    pictures: Iterable[Picture]
    count: int = 0

    def __iter__(self) -> Iterator[Picture]:
        for picture in self.pictures:
            self.count += 1
            yield picture


def is_open(step: Step) -> bool:
    """Check whether a step has yet to be surveyed."""
    return step.entry.declaration.survey is not None and not step.surveyed


def survey_step(
    step: Step, pictures: Iterable[Picture], context: FilterContext, seed: int | None
) -> Step:
    """Return a step with the options filled in that its pictures decide.

    Raises:
        StyleError: The filter refused the pictures.
        PluginError: It failed, or returned something else than its options.
    """
    options, _ = spelled_out(step.options(seed))
    survey = step.entry.load("survey")
    with filter_errors(step):
        found = survey(pictures, options, context)
    wanted = step.entry.declaration.options
    if not isinstance(found, wanted):
        given = type(found).__name__
        raise PluginError(
            f"{step.entry.where}: its survey gave {given}; expected {wanted.__name__}"
        )
    before, after = to_plain(options), to_plain(found)
    filled = {name: value for name, value in after.items() if value != before[name]}
    surveyed = replace(step, values={**step.values, **filled}, surveyed=True)
    # What was found is checked as what a user gives.
    surveyed.options(seed)
    return surveyed


class _Unasked(BaseException):
    """A survey looks at pictures. No plugin's ``except Exception`` takes it for a failure."""


def _refuse_to_look(_: int) -> Picture:
    raise _Unasked


def open_steps(chain: Chain) -> list[Step]:
    """List the steps of a chain that look at all pictures together, as given."""
    found = []
    context = FilterContext(rng=np.random.default_rng(0))
    for step in filter(is_open, chain.steps):
        options, _ = spelled_out(step.options(None))
        try:
            step.entry.load("survey")(map(_refuse_to_look, (0,)), options, context)
        except _Unasked:
            found.append(step)
        # What else is wrong is told when the chain runs.
        except Exception:
            continue
    return found


def with_steps(chain: Chain, steps: Iterable[Step], notes: Iterable[str] = ()) -> Chain:
    """Return a chain with other steps, and with more notes for its records."""
    return replace(chain, steps=tuple(steps), notes=(*chain.notes, *notes))
