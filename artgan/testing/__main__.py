"""Check one plugin and print a line of JSON for each check: ``python -m artgan.testing NAME``.

``artgan plugins check`` runs this in a process of its own, so that nothing a plugin does can harm
artgan, and a plugin that ends Python is told.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from artgan.errors import ArtganError
from artgan.testing._cases import contract_cases


def main(argument: str) -> None:
    """Run all checks.

    Args:
        argument: JSON with ``plugin``, ``samples`` and ``timeout_seconds``.
    """
    wanted = json.loads(argument)
    # Only the answer goes to the real output; what the plugin prints goes to stderr.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answer:
        os.dup2(2, 1)

        def tell(**line: object) -> None:
            answer.write(json.dumps(line) + "\n")
            answer.flush()

        try:
            samples = {name: Path(path) for name, path in wanted["samples"].items()}
            cases = contract_cases(
                wanted["plugin"], samples=samples, timeout_seconds=wanted["timeout_seconds"]
            )
        except ArtganError as error:
            tell(error=str(error))
            return
        tell(id=cases[0].subject.checked.plugin.id, version=cases[0].subject.checked.plugin.version)
        for case in cases:
            tell(begins=[case.subject.kind, case.subject.name, case.check.name])
            tell(result=asdict(case.result()))
        tell(done=True)


if __name__ == "__main__":
    main(sys.argv[1])
