"""Measures plugins: short commands with 20 packages installed, and the observers of a step.

    python -m benchmarks.plugins_startup

The packages are written for the measurement into a folder of their own: each has a module that
declares two filters with options, a style, an observer, and a heavy module that imports torch and
must not be loaded.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from artgan.base.identity import Plugin
from artgan.core.observers import Observers
from artgan.core.registry import Registry
from artgan.plugin import hookimpl

PACKAGES = 20
RUNS = 15
ROOT = Path(__file__).parents[1]
MODULE = """
from typing import Annotated

from artgan.plugin import Filter, Meta, Options, Style, hookimpl


class Strength(Options, frozen=True, kw_only=True):
    strength: Annotated[float, Meta(ge=0, le=4, description="how much")] = 1.0


@hookimpl
def artgan_filters():
    for name in ("one", "two"):
        yield Filter(
            name=f"{name}-{number}", summary="Made for a measurement.", options=Strength,
            apply="artgan_bench_{number}.heavy:apply",
        )


@hookimpl
def artgan_styles():
    yield Style(name="look-{number}", summary="Made too.", steps=[{{"filter": "one-{number}"}}])


@hookimpl
def artgan_step_finished(report):
    pass
"""
LIMITS = {"--help": 150, "plugins list": 300, "list filter": 400}
"""Milliseconds."""


def install(site: Path) -> None:
    """Write the packages into a folder, as an installer does."""
    for number in range(PACKAGES):
        package = site / f"artgan_bench_{number}"
        package.mkdir()
        text = MODULE.replace("{number}", str(number)).replace("{{", "{").replace("}}", "}")
        (package / "__init__.py").write_text(text)
        (package / "heavy.py").write_text("import torch\n\n\ndef apply(picture, *_):\n    ...\n")
        record = site / f"artgan_bench_{number}-1.0.dist-info"
        record.mkdir()
        about = f"Metadata-Version: 2.1\nName: artgan-bench-{number}\nVersion: 1.0\n"
        (record / "METADATA").write_text(about)
        (record / "entry_points.txt").write_text(f"[artgan]\nbench = artgan_bench_{number}\n")


def call(args: str, environment: dict[str, str]) -> float:
    """Run a command and measure its seconds."""
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "artgan", *args.split()],
        check=True,
        stdout=subprocess.DEVNULL,
        env=environment,
    )
    return time.perf_counter() - begun


def loads_torch(args: str, environment: dict[str, str]) -> bool:
    """Check whether a command imports torch."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "artgan", *args.split()],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    return any(line.split("|")[-1].strip() == "torch" for line in done.stderr.splitlines())


def measure_commands(folder: Path) -> bool:
    """Print the median of each command; return whether all keep their limits."""
    site = folder / "site"
    site.mkdir()
    install(site)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)]),
        "ARTGAN_HOME": str(folder / "home"),
        "ARTGAN_CACHE": str(folder / "cache"),
    }
    kept = True
    times: dict[str, list[float]] = {args: [] for args in LIMITS}
    for _ in range(RUNS):
        for args in LIMITS:
            times[args].append(call(args, environment))
    for args, limit in LIMITS.items():
        middle = statistics.median(times[args]) * 1000
        torch = loads_torch(args, environment)
        kept &= middle < limit and not torch
        print(
            f"artgan {args:14}{middle:5.0f} ms, fastest {min(times[args]) * 1000:4.0f} "
            f"(limit {limit} ms), torch {'LOADED' if torch else 'not loaded'}"
        )
    return kept


def microseconds(observers: Observers, steps: int = 20_000) -> float:
    """Measure one call of a step's observers."""
    report: dict[str, object] = {"report": object(), "folder": Path()}
    begun = time.perf_counter()
    for _ in range(steps):
        observers.call("artgan_step_finished", **report)
    return (time.perf_counter() - begun) / steps * 1e6


def measure_observers() -> bool:
    """Print the time of observers for each step; return whether the limits are kept."""

    @hookimpl
    def artgan_step_finished(report: object) -> None:
        pass

    module = SimpleNamespace(artgan_step_finished=artgan_step_finished)

    def registry(count: int) -> Registry:
        made = Registry()
        for number in range(count):
            made.add(Plugin(f"bench-{number}", "1.0", "package"), lambda: [module])
        return made

    kept = True
    for count, limit in ((0, 10), (10, 50)):
        cost = statistics.median(microseconds(Observers(registry(count))) for _ in range(9))
        kept &= cost < limit
        print(f"{count:2} observers: {cost:6.2f} microseconds a step (limit {limit})")
    return kept


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        commands = measure_commands(Path(folder))
    kept = measure_observers() and commands
    print("All limits kept." if kept else "A limit is broken.")
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
