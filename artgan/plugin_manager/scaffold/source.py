"""Takes from a template of Python source what some kinds need, and writes it as a module."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

LINE_LENGTH = 100

THIRD_PARTY = ("PIL", "artgan", "click", "numpy", "torch")

LATE = (
    "torch",
    "numpy",
    "PIL",
    *(f"artgan.plugin.{name}" for name in ("picture", "files", "updates", "exports", "sampling")),
)
"""Modules that a plugin of one file imports for type checkers alone, since they load slowly."""


@dataclass(frozen=True)
class Definition:
    """A class, function or constant at the top of a module, and the names in it."""

    name: str
    text: str
    uses: frozenset[str]


@dataclass(frozen=True)
class Source:
    """A parsed template: the module's docstring, name -> import statement, definitions in order."""

    docstring: str
    imports: Mapping[str, str]
    definitions: tuple[Definition, ...]

    def needed_for(self, name: str) -> list[Definition]:
        """List a definition after those that it uses."""
        known = {definition.name: definition for definition in self.definitions}
        wanted = [name]
        for wish in wanted:
            wanted += [use for use in sorted(known[wish].uses & {*known}) if use not in wanted]
        return [definition for definition in self.definitions if definition.name in wanted]


def read_source(text: str) -> Source:
    """Parse a template."""
    tree, lines = ast.parse(text), text.splitlines()
    imports: dict[str, str] = {}
    definitions = []
    for node in tree.body[1:]:
        if isinstance(node, ast.Import | ast.ImportFrom | ast.If):
            for statement in node.body if isinstance(node, ast.If) else [node]:
                imports.update(_import_statements(statement))
            continue
        names = [n.id for n in getattr(node, "targets", ()) if isinstance(n, ast.Name)]
        starts = [node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))]
        code = "\n".join(lines[min(starts) - 1 : node.end_lineno])
        definitions.append(Definition(getattr(node, "name", "".join(names)), code, _names(node)))
    return Source(ast.get_docstring(tree) or "", imports, tuple(definitions))


def _import_statements(node: ast.stmt) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            text = f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
            yield alias.asname or alias.name, text
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield alias.name, f"from {node.module} import {alias.name}"


def _names(tree: ast.AST) -> frozenset[str]:
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for annotation in _annotations(tree):
        for node in ast.walk(annotation):
            if isinstance(node, ast.Constant):
                names.update(re.findall(r"\w+", str(node.value)))
    return frozenset(names)


def _annotations(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the annotations of arguments and results, which Python evaluates."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef) and node.returns:
            yield node.returns


def import_late(definition: Definition, imports: Mapping[str, str]) -> Definition:
    """Change a definition so that it works where slow modules are imported for type checkers alone.

    Annotations with their names are quoted; a function whose body uses them imports them itself.
    """
    late = {name: statement for name, statement in imports.items() if is_late(statement)}
    lines, tree = definition.text.splitlines(), ast.parse(definition.text)
    found = [a for a in _annotations(tree) if _names(a) & {*late} and not _is_text(a)]
    for place in sorted(found, key=lambda a: a.col_offset, reverse=True):
        line, start, end = lines[place.lineno - 1], place.col_offset, place.end_col_offset
        lines[place.lineno - 1] = f'{line[:start]}"{line[start:end]}"{line[end:]}'
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in sorted(functions, key=lambda f: f.lineno, reverse=True):
        body = function.body[1:] if ast.get_docstring(function) else function.body
        used = frozenset[str]().union(*map(_names, body)) & {*late}
        if used:
            indent = " " * body[0].col_offset
            new = [
                indent + line for line in _sorted_imports([late[n] for n in used], "").split("\n")
            ]
            lines[body[0].lineno - 1 : body[0].lineno - 1] = [*new, ""]
    return Definition(definition.name, "\n".join(lines), definition.uses)


def annotated_names(definition: Definition) -> frozenset[str]:
    """Return the names in the annotations of a definition."""
    found = map(ast.unparse, _annotations(ast.parse(definition.text)))
    return frozenset(word for text in found for word in re.findall(r"\w+", text))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_late(statement: str) -> bool:
    """Check whether an import statement names a module that loads slowly."""
    module = statement.split()[1]
    return any(module == late or module.startswith(f"{late}.") for late in LATE)


def write_module(
    docstring: str,
    imports: Iterable[str],
    definitions: Sequence[Definition],
    *,
    own: str,
    type_checking: Iterable[str] = (),
) -> str:
    """Join the parts of a module as ruff formats them; imports of the ``own`` package come last."""
    late = sorted(set(type_checking))
    typing = ["from typing import TYPE_CHECKING"] if late else []
    head = f'"""{docstring}"""\n\n{_sorted_imports([*imports, *typing], own)}'
    if late:
        block = _sorted_imports(late, own).replace("\n", "\n    ").replace("\n    \n", "\n\n")
        head += f"\n\nif TYPE_CHECKING:\n    {block}"
    # PEP 8: two blank lines before a definition, one before a constant.
    texts = [definition.text for definition in definitions]
    gap = "\n\n\n" if texts[0].startswith(("class ", "def ", "@")) else "\n\n"
    return head + gap + "\n\n\n".join(texts) + "\n"


def _sorted_imports(statements: Iterable[str], own: str) -> str:
    """Merge and sort "import a" and "from a import b" statements as isort does."""
    names: dict[str, set[str]] = {}
    for statement in statements:
        module, _, imported = statement.removeprefix("from ").partition(" import ")
        names.setdefault(module, set()).update(filter(None, [imported]))
    groups: dict[int, list[str]] = {}
    for module in sorted(names, key=lambda m: (not m.startswith("import "), m.lower())):
        top = module.removeprefix("import ").partition(" ")[0].partition(".")[0]
        group = 2 if top == own else int(top in THIRD_PARTY)
        groups.setdefault(group, []).append(_import_line(module, names[module]))
    return "\n\n".join("\n".join(groups[group]) for group in sorted(groups))


def _import_line(module: str, names: set[str]) -> str:
    if not names:
        return module
    # Constants first, then classes, then the rest.
    ordered = sorted(names, key=lambda n: (not n.isupper(), n[0].islower(), n))
    line = f"from {module} import {', '.join(ordered)}"
    if len(line) <= LINE_LENGTH:
        return line
    return "\n".join([f"from {module} import (", *[f"    {n}," for n in ordered], ")"])
