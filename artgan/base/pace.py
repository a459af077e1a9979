"""How fast something goes by, from its last few seconds."""

import time
from dataclasses import dataclass, field

SECONDS = 5


@dataclass
class Pace:
    """Measures how fast steps go by."""

    _times: list[tuple[float, int]] = field(default_factory=list)

    def at(self, step: int) -> float:
        """Return the steps a second up to now, when ``step`` steps are done; 0.0 at first."""
        now = time.perf_counter()
        self._times.append((now, step))
        if len(self._times) > 2 and now - self._times[1][0] > SECONDS:
            self._times = [t for t in self._times if now - t[0] <= SECONDS] or self._times[-2:]
        begun, first = self._times[0]
        return (step - first) / (now - begun) if now > begun else 0.0
