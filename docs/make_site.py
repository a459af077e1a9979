"""Build the docs site: ``python docs/make_site.py``, then open site/index.html.

zensical reads one folder, and the pages also link to files beside docs/: the README, the licence,
the examples. So the pages are copied to build/docs first, where README.md is the front page and
each linked file outside docs/ is a page that shows its text.
"""

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
LINK = re.compile(r"(\]\()([^)\s#]+)((?:#[^)\s]*)?\))")
LANGUAGES = {".py": "python", ".toml": "toml", ".json": "json", ".cff": "yaml", "": "text"}
"""Endings of files outside docs/ that are shown as code."""
CODE = """\
---
search:
  exclude: true
---

# {name}

````{language}
{text}````
"""


def place_of(source: Path) -> Path:
    """Tell where in the site's folder a file or folder of the project belongs."""
    if source == ROOT / "README.md":
        return Path("index.md")
    if source.is_relative_to(DOCS):
        return source.relative_to(DOCS)
    place = Path("files") / source.relative_to(ROOT)
    if source.is_dir():
        return place / "index.md"
    if place.name == "README.md":
        return place.with_name("index.md")
    return place.with_name(f"{place.name}.md") if place.suffix in LANGUAGES else place


def text_of(source: Path) -> str:
    """Write the Markdown of a page: the file's own, a listing of a folder, or code as it stands."""
    if source.is_dir():
        return folder_text(source)
    text = source.read_text(encoding="utf-8")
    if source.suffix == ".md":
        return text
    name = source.relative_to(ROOT).as_posix()
    return CODE.format(name=name, language=LANGUAGES[source.suffix], text=text)


def files_in(folder: Path) -> list[Path]:
    """List the files below a folder, without hidden ones and what Python leaves there."""
    paths = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return [
        path
        for path in paths
        if not any(part.startswith((".", "__pycache__")) for part in path.parts)
    ]


def folder_text(folder: Path) -> str:
    """List the files of a folder, below its README if it has one."""
    readme = folder / "README.md"
    top = readme.read_text(encoding="utf-8") if readme.exists() else f"# {folder.name}\n"
    names = [path.as_posix() for path in files_in(folder) if path.suffix in (*LANGUAGES, ".md")]
    lines = [f"- [`{name}`]({name})" for name in names if name != "README.md"]
    return "\n".join([top, "## Files", "", *lines, ""])


class Stage:
    """Copies pages, and the pages that they link to, into the folder that zensical reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done: set[Path] = set()

    def add(self, source: Path) -> None:
        """Copy one page with its links made to fit, then what it links to."""
        place = place_of(source)
        if place in self.done:
            return
        self.done.add(place)
        target = self.folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_file() and place.suffix != ".md":
            shutil.copyfile(source, target)
            return
        text = text_of(source)
        if source.is_dir() or source.suffix == ".md":
            text = LINK.sub(lambda link: self._follow(source, link), text)
        target.write_text(text, encoding="utf-8")

    def _follow(self, source: Path, link: re.Match[str]) -> str:
        """Add the file that a link names, and rewrite the link to its place."""
        before, name, after = link.groups()
        base = source if source.is_dir() else source.parent
        linked = (base / name).resolve()
        if "://" in name or not linked.exists() or not linked.is_relative_to(ROOT):
            return link.group()
        self.add(linked)
        path = os.path.relpath(place_of(linked), place_of(source).parent)
        return f"{before}{Path(path).as_posix()}{after}"


def stage(folder: Path) -> None:
    """Fill a folder with everything that the site shows."""
    shutil.rmtree(folder, ignore_errors=True)
    pages = Stage(folder)
    pages.add(ROOT / "README.md")
    for path in files_in(DOCS):
        if path.suffix != ".py":
            pages.add(DOCS / path)


def build(project: Path) -> None:
    """Build the site in a folder: the pages in build/docs, the result in site."""
    stage(project / "build" / "docs")
    if project != ROOT:
        shutil.copyfile(ROOT / "zensical.toml", project / "zensical.toml")
    if find_spec("zensical") is None:
        sys.exit("The site needs zensical: python -m pip install --group docs")
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    # mkdocstrings looks for artgan's sources where Python looks for modules.
    paths = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=project, env={**os.environ, **paths}, check=False)
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    build(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT)
