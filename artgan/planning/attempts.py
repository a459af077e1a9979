"""Trains a plan to its end; where the generator collapses early, stops, and tries what helps."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from artgan.core.registry import Registry
from artgan.core.runner import Progress, Session
from artgan.errors import TrainingError
from artgan.monitoring.diagnostics import Diagnostics
from artgan.monitoring.thread_record import ThreadRecord
from artgan.planning.estimate import steps_in_time
from artgan.planning.plan import Plan
from artgan.planning.rescue import MOST_TRIES, remedied, remedy

COLLAPSED = "collapsed"
"""Outcome of a session that was stopped because of it."""


def stopping(session: Session, show: Callable[[Progress], None]) -> Callable[[Progress], None]:
    """Return what shows progress and stops the training once its generator has collapsed.

    Several processes go on, as one alone cannot stop them.
    """

    def show_and_stop(progress: Progress) -> None:
        show(progress)
        if collapse_of(session) and session.world.size == 1:
            session.stop = True

    return show_and_stop


def collapse_of(session: Session) -> str:
    """Say that the generator of a session has collapsed early, or return ""."""
    return session.monitor.collapse if isinstance(session.monitor, Diagnostics) else ""


def train_or_rescue(
    planned: Plan,
    start: Callable[[Plan], Session],
    follow: Callable[[Session], None],
    registry: Registry,
    *,
    rescue: bool,
    say: Callable[[str], None] = lambda _: None,
) -> Session:
    """Train a plan; ``follow`` runs a session that ``start`` opened.

    A generator that collapsed early makes the outcome "collapsed", or with ``rescue`` begins anew,
    a few times at most and in the same time, with what may help. run.toml tells what was tried, and
    what collapsed lies beside the run.
    """
    begun, tried = time.perf_counter(), list[str]()
    while True:
        session = start(planned)
        if tried:
            session.folder.note("rescue", tried)
        follow(session)
        found = collapse_of(session)
        if not found or session.signal or session.outcome != "interrupted":
            return session
        session.outcome = COLLAPSED
        if not rescue or len(tried) == MOST_TRIES:
            return session
        cure = remedy(planned.config)
        tried.append(f"{found}; begun anew with {cure.flags}")
        aside = _set_aside(session.folder.path)
        say(f"Stopped: {found}. Begun anew with {cure.words} ({cure.flags}); {aside} has the rest.")
        planned = _with_time_left(remedied(planned, cure, registry), time.perf_counter() - begun)
        begun = time.perf_counter()


def _with_time_left(plan: Plan, spent: float) -> Plan:
    """Return the plan for the time that is left of it; its steps are chosen anew."""
    plan = replace(plan, record=ThreadRecord(), schedule=None)
    if plan.limit is None:
        return plan
    limit = replace(plan.limit, left=plan.limit.left - spent)
    return replace(plan, config=steps_in_time(plan.config, limit), limit=limit)


def _set_aside(folder: Path) -> Path:
    """Rename a run folder, so that another run can take its place; return where it is."""
    for number in range(1, 1000):
        aside = folder.absolute().with_name(f"{folder.absolute().name}-collapsed-{number}")
        if not aside.exists():
            folder.absolute().rename(aside)
            return folder.with_name(aside.name) if folder.name else aside
    raise TrainingError(f"a thousand runs beside '{folder}' have collapsed; remove some")


def explain_collapse(session: Session) -> str:
    """Say where a session was stopped, what to try, and how to go on all the same."""
    return (
        f"Stopped at step {session.state.step} of {session.state.schedule.end}: "
        f"{collapse_of(session)}. {what_to_try(session)} With --rescue artgan tries it by itself; "
        f"artgan resume {session.folder.path} goes on all the same."
    )


def what_to_try(session: Session) -> str:
    """Name the remedy for a session that collapsed, as a command."""
    folder, cure = session.folder.path, remedy(session.config)
    return f"Try {cure.words}: artgan run --config {folder}/run.toml {cure.flags} --out {folder}-2."
