"""Checks one plugin and prints a line of JSON for each check: ``python -m artgan.testing JSON``.

``artgan plugins check`` runs this in a process of its own, so that nothing a plugin does can harm
artgan, not even ending Python.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from artgan.errors import ArtganError
from artgan.testing._cases import contract_cases


def main(argument: str) -> None:
    """Child process entry point: run all checks of the plugin that the JSON names."""
    wanted = json.loads(argument)
    # Only the answer goes to the real stdout; what the plugin prints goes to stderr.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answer:
        os.dup2(2, 1)

        def write(**line: object) -> None:
            answer.write(json.dumps(line) + "\n")
            answer.flush()

        try:
            samples = {name: Path(path) for name, path in wanted["samples"].items()}
            cases = contract_cases(
                wanted["plugin"], samples=samples, timeout_seconds=wanted["timeout_seconds"]
            )
        except ArtganError as error:
            write(error=str(error))
            return
        write(
            id=cases[0].subject.checked.plugin.id, version=cases[0].subject.checked.plugin.version
        )
        for case in cases:
            write(begins=[case.subject.kind, case.subject.name, case.check.name])
            write(result=asdict(case.result()))
        write(done=True)


if __name__ == "__main__":
    main(sys.argv[1])
