"""Damages files: at random bytes, and at random values of JSON and TOML."""

import json
import random
import tomllib
from pathlib import Path
from typing import Any

import tomli_w

STRANGE: tuple[Any, ...] = (
    "", "x" * 3000, "../../etc/passwd", "\x1b[31m\u202e", "<script>", -1, 0, 2**70, -(2**63), 1e308,
    float("nan"), float("inf"), True, [], {}, [[[[]]]], {"a": {"a": {}}}, "1" * 400, "NaN", 3.5,
)  # fmt: skip


def damaged(data: bytes, name: str, rng: random.Random) -> bytes:
    """Return a damaged copy of a file's contents; its name tells what it holds."""
    ending = Path(name).suffix
    if ending in (".json", ".jsonl", ".toml") and rng.random() < 0.6:
        return _with_strange_value(data, ending, rng)
    return rng.choice((_flipped, _cut, _filled, _doubled, _overwritten))(data, rng)


def _with_strange_value(data: bytes, ending: str, rng: random.Random) -> bytes:
    text = data.decode("utf-8")
    if ending == ".toml":
        tree = tomllib.loads(text)
        _replace_one(tree, rng)
        return tomli_w.dumps(tree).encode("utf-8", "surrogatepass")
    if ending == ".jsonl":
        lines = text.splitlines()
        place = rng.randrange(len(lines))
        values = json.loads(lines[place])
        _replace_one(values, rng)
        lines[place] = json.dumps(values)
        return ("\n".join(lines) + "\n").encode()
    tree = json.loads(text)
    _replace_one(tree, rng)
    return json.dumps(tree).encode()


def _replace_one(tree: Any, rng: random.Random) -> None:
    """Replace one value somewhere in a tree by a strange one, or delete it."""
    places: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        items = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in items:
            places.append((node, key))
            if isinstance(value, dict | list):
                walk(value)

    if isinstance(tree, dict | list):
        walk(tree)
    if not places:
        return
    node, key = rng.choice(places)
    if rng.random() < 0.2:
        del node[key]
    else:
        node[key] = rng.choice(STRANGE)


def _flipped(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        if changed:
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _filled(data: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data) + 1)
    return data[:place] + rng.randbytes(rng.randint(1, 64)) + data[place:]


def _doubled(data: bytes, rng: random.Random) -> bytes:
    first, last = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:last] + data[first:]


def _overwritten(data: bytes, rng: random.Random) -> bytes:
    place, length = rng.randrange(len(data) + 1), rng.randint(1, 16)
    return (
        data[:place] + bytes(rng.choice((0, 255)) for _ in range(length)) + data[place + length :]
    )
