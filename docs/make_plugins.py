"""Write docs/plugins/index.md from index.toml beside it: ``python docs/make_plugins.py``.

The list that artgan ships is a copy of it.
"""

from pathlib import Path

from artgan.plugin_manager.index import ListedPlugin, read_index

ROOT = Path(__file__).parents[1]
LIST = ROOT / "docs/plugins/index.toml"
SHIPPED = ROOT / "artgan/plugin_manager/index.toml"

HEAD = """\
# Plugins to use

Made by `python docs/make_plugins.py` from `docs/plugins/index.toml`; not edited by hand.

    artgan plugins search layers
    artgan plugins search --kind filter

look through this list, as it was when your artgan was released; `--url ADDRESS` looks through
another one, such as the newest of this repository. Nothing is asked of the network without it.
Being listed says where a plugin is, and no more: [what a plugin may do](trust.md).

"""

FOOT = """\
## Add yours

`artgan plugins new NAME --kind KIND` writes a package with tests of its contract, a workflow that
runs them, and a README. Push that to a host and mark the repository as a template, and others
start theirs from it with one click: no further tool is needed. Then add a table to
`docs/plugins/index.toml` in a pull request:

```toml
[[plugin]]
name = "artgan-tubes"
summary = "Glowing tubes."
kinds = ["filter", "style"]
licence = "MIT"
source = "https://github.com/ada/artgan-tubes"
```

`install`, an address as `git+https://...`, is for packages that are in no registry.
"""


def section(one: ListedPlugin) -> str:
    """Return a plugin as Markdown."""
    return (
        f"## {one.name}\n\n{one.summary} Brings: {', '.join(one.kinds)}. "
        f"[Source]({one.source}), {one.licence}.\n\n```sh\n{one.command}\n```\n"
    )


def page() -> str:
    """Return the whole page."""
    return HEAD + "\n".join(section(one) for one in read_index(str(LIST))) + "\n" + FOOT


if __name__ == "__main__":
    (ROOT / "docs/plugins/index.md").write_text(page(), encoding="utf-8")
    SHIPPED.write_bytes(LIST.read_bytes())
