"""Measures how long short commands take, as whole processes.

python -m benchmarks.startup
"""

import statistics
import subprocess
import sys
import time

RUNS = 9
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "artgan --help": ["-m", "artgan", "--help"],
    "artgan run --help": ["-m", "artgan", "run", "--help"],
    "artgan list filter": ["-m", "artgan", "list", "filter"],
    "artgan show filter glow": ["-m", "artgan", "show", "filter", "glow"],
}


def main() -> None:
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS):
        for name, args in COMMANDS.items():
            begun = time.perf_counter()
            subprocess.run([sys.executable, *args], check=True, stdout=subprocess.DEVNULL)
            times[name].append(time.perf_counter() - begun)
    base = statistics.median(times["python -c pass"])
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(f"{name:26}{middle * 1000:6.0f} ms{middle / base:7.1f} x python")


if __name__ == "__main__":
    main()
