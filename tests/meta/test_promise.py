"""Between releases nothing public disappears, and nothing that worked asks for more."""

import pytest

from tests.meta.surface import FILE, surface


def named(line: str) -> tuple[str, list[str]]:
    name, _, rest = line.partition("(")
    return name, [part for part in rest.rstrip(")").split(", ") if part]


def broken(before: list[str], now: list[str]) -> list[str]:
    """List what of the last release no longer works."""
    present = dict(map(named, now))
    found = []
    for name, parameters in map(named, before):
        if name not in present:
            found.append(f"{name} is gone")
            continue
        here = present[name]
        plain = [part.rstrip("=") for part in here]
        open_ended = any(part.startswith("**") for part in here)
        found += [
            f"{name}: {part.rstrip('=')} is gone"
            for part in parameters
            if part.rstrip("=") not in plain and not open_ended
        ]
        known = [part.rstrip("=") for part in parameters]
        found += [
            f"{name}: {part} is needed now"
            for part in here
            if not part.endswith("=") and part not in parameters and not part.startswith("*")
            and (part in known or name.partition(" ")[0] != "hook")
        ]  # fmt: skip
    return found


def test_public_surface_keeps_what_the_last_release_had() -> None:
    assert broken(FILE.read_text(encoding="utf-8").splitlines(), surface()) == []


@pytest.mark.parametrize(
    ("before", "now", "says"),
    [
        ("a.b(x)", "a.c(x)", ["a.b is gone"]),
        ("a.b(x, y=)", "a.b(x)", ["a.b: y is gone"]),
        ("a.b(x=)", "a.b(x)", ["a.b: x is needed now"]),
        ("a.b(x)", "a.b(x, y)", ["a.b: y is needed now"]),
        ("a.b(x)", "a.b(x, y=, *z, **more)", []),
        ("hook f(x)", "hook f(x, y)", []),
        ("a.b(x, y=)", "a.b(x, **more)", []),
    ],
)
def test_what_breaks_is_found(before: str, now: str, says: list[str]) -> None:
    assert broken([before], [now]) == says
