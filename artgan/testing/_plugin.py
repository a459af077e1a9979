"""Checks of a plugin as a whole."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from artgan.base.options import build_options, describe, json_schema, to_plain
from artgan.base.suggest import join_names
from artgan.plugin import Options
from artgan.plugin_manager.declared import module_file
from artgan.plugin_manager.discovery import discover
from artgan.plugin_manager.manage import read_contributions
from artgan.styling.chain import LAYING
from artgan.testing._checks import Checks, Subject, expect

CHECKS = Checks()
PUBLIC = ("artgan.plugin", "artgan.testing")
NOT_REFERENCES = ("name", "summary", "options", "main", "group", "licence", "attribution")


@CHECKS.add("loads")
def loads(subject: Subject) -> None:
    """It loads within the time limit, and its hooks, names and types are valid."""
    expect(not subject.checked.probe.reason, subject.checked.probe.reason)


@CHECKS.add("torch-free", after=("loads",), applies=lambda s: s.checked.found is not None)
def torch_free(subject: Subject) -> None:
    """Loading it does not import torch."""
    expect(
        "torch" not in subject.checked.probe.heavy,
        "it imports torch at module top, which slows every artgan command down: move that "
        "into the function or module that a reference names",
    )


@CHECKS.add("leaves-no-trace", after=("loads",), applies=lambda s: s.checked.found is not None)
def leaves_no_trace(subject: Subject) -> None:
    """Loading it writes no file, starts no program, uses no network and prints nothing."""
    done = "; ".join(subject.checked.probe.touched)
    expect(not done, f"while it is loaded, it {done}: do that when it is used")
    expect(not subject.checked.probe.prints, "it prints, or something warns, while it is loaded")


@CHECKS.add("public-imports")
def public_imports(subject: Subject) -> None:
    """It imports only artgan.plugin and artgan.testing, since the rest of artgan may change."""
    for path in own_files(subject):
        for module in _imports(path):
            inner = module == "artgan" or module.startswith("artgan.")
            own = subject.checked.found is None and module.startswith("artgan.plugins.")
            expect(
                not inner or own or f"{module}.".startswith(tuple(f"{p}." for p in PUBLIC)),
                f"{path.name} imports {module}, which may change with any version: use "
                "artgan.plugin",
            )


@CHECKS.add("brings-something", after=("loads",))
def brings_something(subject: Subject) -> None:
    """It has at least one hook."""
    brought = subject.checked.registry.brought_by(subject.checked.plugin.id)
    expect(brought, "none of its functions is a hook: put @hookimpl above one")


@CHECKS.add("own-names", after=("loads",), applies=lambda s: s.checked.found is not None)
def own_names(subject: Subject) -> None:
    """Its names are neither artgan's own nor those of another plugin here: a name means one."""
    registry, own = subject.checked.registry, subject.checked.plugin.id
    others = [found for found in discover().found if found.plugin.id != own and not found.problem]
    brought = [(found.plugin.id, read_contributions(found)[0]) for found in others]
    for entry in subject.checked.entries:
        kind, name = entry.declaration.kind, entry.declaration.name
        alike = ("filter", "style") if kind in ("filter", "style") else (kind,)
        for other in (e for each in alike for e in registry.entries(each)):
            whose = "its" if other.plugin.id == own else "artgan's"
            expect(
                other == entry or other.declaration.name != name,
                f"{kind} '{name}' has the name of {whose} own {other.declaration.kind}: rename one",
            )
        for plugin, brings in brought:
            taken = any(name in brings.get(each, {}) for each in alike)
            expect(not taken, f"{kind} '{name}' is also in plugin {plugin}: rename one of them")


@CHECKS.add("references-resolve", after=("loads",))
def references_resolve(subject: Subject) -> None:
    """Every reference in its declarations, such as "module:function", names something callable."""
    for entry in subject.checked.entries:
        for field, value in vars(entry.declaration).items():
            if field in NOT_REFERENCES or isinstance(value, type | tuple | list | dict):
                continue
            if callable(value) or (isinstance(value, str) and _is_reference(value)):
                target = entry.load(field)
                expect(callable(target), f"{entry.where}: its {field} '{value}' is not callable")


def _is_reference(text: str) -> bool:
    module, colon, attribute = text.partition(":")
    return bool(colon) and all(p.isidentifier() for p in [*module.split("."), attribute])


@CHECKS.add("options-are-described", after=("loads",))
def options_are_described(subject: Subject) -> None:
    """Every option has a help text and a default."""
    for where, options in _options(subject):
        for fact in describe(options):
            expect(
                fact.help,
                f"{where}: option {fact.flag} has no help: Annotated[..., Meta(description=...)]",
            )
            expect(fact.default is not msgspec.NODEFAULT, f"{where}: {fact.flag} has no default")


@CHECKS.add("options-have-schemas", after=("loads",))
def options_have_schemas(subject: Subject) -> None:
    """Every options class has a JSON Schema, which forms and editors need."""
    for where, options in _options(subject):
        try:
            json.dumps(json_schema(options))
        except (TypeError, ValueError) as error:
            expect(False, f"{where}: its options have no JSON Schema: {error}")


@CHECKS.add("defaults-fit", after=("options-are-described",))
def defaults_fit(subject: Subject) -> None:
    """Every default has the type of its option and lies within its bounds."""
    for where, options in _options(subject):
        build_options(options, to_plain(options()), where)


@CHECKS.add("options-survive-text", after=("defaults-fit", "options-have-schemas"))
def options_survive_text(subject: Subject) -> None:
    """Options stay the same when written as text for the command line or as plain values."""
    for where, options in _options(subject):
        taken = [fact.flag for fact in describe(options) if fact.name in LAYING]
        expect(
            not (where.startswith("filter ") and taken),
            f"{where}: {join_names(taken, 'and')} cannot be an option of a filter: in a chain "
            "every step has it, to lay its result over the picture; choose another name",
        )
        defaults = options()
        plain = to_plain(defaults)
        text = {k.replace("_", "-"): _text(v) for k, v in plain.items() if v is not None}
        for way, values in (("as text", text), ("as plain values", plain)):
            again = build_options(options, values, where)
            expect(again == defaults, f"{where}: its options given {way} become {again}")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _options(subject: Subject) -> Iterator[tuple[str, type[Options]]]:
    for entry in subject.checked.entries:
        options = getattr(entry.declaration, "options", None)
        if options is not None:
            expect(
                isinstance(options, type) and issubclass(options, Options),
                f"{entry.where}: its options must be a class derived from artgan.plugin.Options",
            )
            yield entry.where, options


def own_files(subject: Subject) -> list[Path]:
    """List the Python files of a subject's plugin, without importing any."""
    found = subject.checked.found
    if found is None:
        places = [Path(__file__).parents[1] / "plugins"]
    elif found.data:
        return []
    elif found.points:
        homes = {re.split("[.:]", point)[0].strip() for point in found.points}
        places = [path for path in map(module_file, sorted(homes)) if path]
        places = [path.parent if path.name == "__init__.py" else path for path in places]
    else:
        places = [Path(found.plugin.path)]
    return [f for place in places for f in ([place] if place.is_file() else place.rglob("*.py"))]


def _imports(path: Path) -> Iterator[str]:
    try:
        tree = ast.parse(path.read_bytes())
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module or ""
            # "from artgan import plugin" imports artgan.plugin.
            outer = module == "artgan"
            yield from (f"artgan.{alias.name}" for alias in node.names) if outer else [module]
