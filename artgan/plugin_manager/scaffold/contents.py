"""Fills the templates in: the text of each file of a new plugin."""

import re
from collections.abc import Sequence
from pathlib import Path

from artgan.base.contributions import KIND_OF_HOOK
from artgan.plugin_manager.scaffold.source import (
    Definition,
    Source,
    annotated_names,
    import_late,
    is_late,
    read_source,
    write_module,
)
from artgan.version import __version__

FOLDER = Path(__file__).parent / "templates"

PACKAGE = "artgan.plugin_manager.scaffold.templates.plugin"

USES = {
    "architecture": "artgan run --arch {plugin}/{name}",
    "loss": "artgan train --loss {plugin}/{name}",
    "regularizer": "artgan train --regularizer {plugin}/{name}",
    "augmentation": "artgan train --augmentation {plugin}/{name}",
    "dataset": "artgan train --dataset {plugin}/{name}",
    "filter": "artgan apply --style {plugin}/{name} photo.jpg --out styled",
    "style": "artgan run --style {plugin}/{name}",
    "palette": "artgan apply --style palette:{plugin}/{name} photo.jpg --out styled",
    "extractor": "artgan evaluate RUN --extractor {plugin}/{name}",
    "start": "artgan run --dataset ./my-pictures --from start:{plugin}/{name}",
    "metric": "artgan train --train.best-by {plugin}/{name}",
    "reader": "artgan apply --style neon picture.pam --out styled",
    "writer": "artgan apply --style neon photo.jpg --format pam --out styled",
    "palette-format": "artgan palette convert gameboy gameboy.rgb",
    "animation-format": "artgan animate RUN --out a.cbz",
    "exporter": "artgan export RUN --to {plugin}/{name}",
    "run-host": "artgan train --dataset ./my-pictures --from {plugin}/{name}:ADDRESS",
    "trait": "artgan show trait {plugin}/{name}",
    "panel": "artgan run --dataset mnist --steps 100",
    "update": "artgan train --train.updates {plugin}/{name}",
    "optimizer": "artgan train --train.optimizer {plugin}/{name}",
    "schedule": "artgan train --train.schedule {plugin}/{name}",
    "latents": "artgan sample RUN --latents {plugin}/{name}",
    "sampler": "artgan sample RUN --sampler {plugin}/{name}",
    "observer": "artgan train --dataset mnist --steps 100",
    "command": "artgan {plugin}/{name} --count 5",
    "settings": "artgan plugins show {plugin}",
}
"""Kind -> a command that uses a contribution."""

KIND_NAMES = tuple(USES)

FILE_KINDS = tuple(kind for kind in USES if kind != "start")
"""Kinds that a plugin in one file can bring: a start has files of weights beside it."""

HOOKS = {kind: hook for hook, kind in KIND_OF_HOOK.items()} | {"observer": "artgan_step_finished"}

PROJECT_FILES = (
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "tests/test_contract.py",
    ".github/workflows/test.yml",
    ".gitignore",
)
"""Files around the package; the template of each is in ``templates/project``."""


def project_text(place: str, plugin: str, summary: str = "", uses: str = "") -> str:
    """Fill in the template of a file around the package, one of ``PROJECT_FILES``.

    ``uses`` are commands that use what it contributes, one a line.
    """
    path = FOLDER / "project" / f"{Path(place).name.removeprefix('.')}.template"
    words = {
        "template-plugin": plugin,
        "template_plugin": plugin.replace("-", "_"),
        "template-summary": summary,
        "template-version": ".".join(__version__.split(".")[:2]),
        "template-uses": uses,
    }
    pattern = "|".join(words)
    return re.sub(pattern, lambda found: words[found[0]], path.read_text(encoding="utf-8"))


def contribution_name(name: str, kind: str, kinds: Sequence[str]) -> str:
    """Name a contribution; filters and styles are given alike, so that one name means one."""
    return f"{name}-style" if kind == "style" and "filter" in kinds else name


def package_texts(plugin: str, name: str, kinds: Sequence[str]) -> dict[str, str]:
    """Return path -> text of all files of a package; kinds come in the order of ``KIND_NAMES``."""
    module = plugin.replace("-", "_")
    articles = {"settings": "", "latents": ""} | {
        kind: "an " for kind in KIND_NAMES if kind[0] in "aeou"
    }
    nouns = [f"{articles.get(kind, 'a ')}{kind}" for kind in kinds]
    listed = " and ".join(filter(None, [", ".join(nouns[:-1]), nouns[-1]]))
    summary = f"{listed[0].upper()}{listed[1:]}."
    names = {kind: contribution_name(name, kind, kinds) for kind in kinds}
    uses = "\n".join(
        f"    {USES[kind].format(plugin=plugin, name=own)}" for kind, own in names.items()
    )
    texts = {place: project_text(place, plugin, summary, uses) for place in PROJECT_FILES}
    front = _read("plugin/__init__.py", name, module)
    declared = [part for kind in kinds for part in front.needed_for(HOOKS[kind])]
    texts[f"src/{module}/__init__.py"] = _module(front, declared, module)
    texts[f"src/{module}/py.typed"] = ""
    for kind in kinds:
        file = f"{kind.replace('-', '_')}.py"
        if _has(f"plugin/{file}"):
            source = _read(f"plugin/{file}", name, module)
            text = _module(source, source.definitions, module)
            texts[f"src/{module}/{file}"] = text
        elif data := data_text(names[kind], kind):
            texts[f"src/{module}/{kind}s/{names[kind]}.toml"] = data
    return texts


def _module(source: Source, parts: Sequence[Definition], module: str) -> str:
    used = frozenset[str]().union(*(part.uses for part in parts))
    imports = [statement for name, statement in source.imports.items() if name in used]
    return write_module(source.docstring, imports, parts, own=module)


def data_text(name: str, kind: str) -> str:
    """Return the TOML file that is a whole contribution, or "" for kinds that need code."""
    place = f"plugin/{kind}s/template-name.toml"
    return _text(place, name, "") if _has(place) else ""


def file_text(plugin: str, name: str, kinds: Sequence[str]) -> str:
    """Return the Python file of a plugin in one file; arguments as of ``package_texts``."""
    module = plugin.replace("-", "_")
    imports: dict[str, str] = {}
    parts: list[Definition] = []
    for kind in kinds:
        source = _one_file_source(kind, contribution_name(name, kind, kinds), module)
        parts += source.definitions
        imports |= source.imports
    used = frozenset[str]().union(*(part.uses for part in parts))
    annotated = frozenset[str]().union(*map(annotated_names, parts))
    return write_module(
        f"{name}: a plugin for artgan in one file.",
        [s for name, s in imports.items() if name in used and not is_late(s)],
        parts,
        own=module,
        type_checking=[s for name, s in imports.items() if name in annotated and is_late(s)],
    )


def _one_file_source(kind: str, name: str, module: str) -> Source:
    """Join what a package declares for a kind with its code, taken from ``single`` if it is there.

    A hook in ``single`` replaces that of the package.
    """
    front = _read("plugin/__init__.py", name, module)
    *before, hook = front.needed_for(HOOKS[kind])
    file = f"{kind.replace('-', '_')}.py"
    special, usual = f"single/{file}", f"plugin/{file}"
    place = special if _has(special) else usual
    code = _read(place, name, module) if _has(place) else Source("", {}, ())
    imports = {
        name: statement
        for name, statement in {**front.imports, **code.imports}.items()
        if not statement.startswith(f"from {module} ")
    }
    # The hook names the code itself, not "module.filter:apply".
    text = re.sub(rf'"{module}\.\w+:(\w+)"', r"\1", hook.text)
    parts = {
        part.name: part if place == special else import_late(part, imports)
        for part in code.definitions
    }
    parts.setdefault(hook.name, Definition(hook.name, text, hook.uses))
    return Source("", imports, (*before, *parts.values()))


def _has(place: str) -> bool:
    return (FOLDER / place).is_file()


def _text(place: str, name: str, module: str) -> str:
    text = (FOLDER / place).read_text(encoding="utf-8")
    # Environment variables are of one plugin: "TEMPLATE_TOKEN" becomes "ARTGAN_NEON_TOKEN".
    text = text.replace("TEMPLATE_", f"{module.upper()}_")
    return text.replace("template-name", name).replace(PACKAGE, module)


def _read(place: str, name: str, module: str) -> Source:
    return read_source(_text(place, name, module))
