"""The list of plugins that others can use: the one that ships, or another by its address.

Being listed says nothing of a plugin but where it is: nobody has looked at its code.
"""

import tomllib
import urllib.error
import urllib.request
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import msgspec

from artgan.base.tables import check_values
from artgan.base.terminal import is_plugin_name
from artgan.errors import PluginError

MOST_BYTES = 1_000_000

SECONDS = 15

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=300, pattern=r"^[^\n\r]*$")]


class ListedPlugin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plugin in the list.

    Attributes:
        name: Name of its distribution.
        summary: What it is for, one line.
        kinds: Kinds of what it brings.
        licence: Licence of its code.
        source: Address of its source.
        install: What ``artgan plugins install`` takes: an address, or "" for the name.
    """

    name: Line
    summary: Line
    kinds: tuple[Line, ...]
    licence: Line
    source: Annotated[str, msgspec.Meta(max_length=300, pattern=r"^https://[^\s'\"]+$")]
    install: Annotated[
        str, msgspec.Meta(max_length=300, pattern=r"^(git\+https://[^\s'\"]+)?$")
    ] = ""

    @property
    def command(self) -> str:
        """The command that installs it."""
        address = f"--url '{self.install}'" if self.install else self.name
        return f"artgan plugins install {address}"


class _Index(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    plugin: tuple[ListedPlugin, ...] = ()


def read_index(address: str = "") -> tuple[ListedPlugin, ...]:
    """Read a list of plugins: that of artgan, a file, or one at an https address.

    Raises:
        PluginError: It cannot be read, or is none.
    """
    if not address:
        text = files("artgan").joinpath("plugin_manager/index.toml").read_text(encoding="utf-8")
    else:
        text = _fetch(address) if "://" in address else _read_file(Path(address))
    try:
        tree = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PluginError(f"the list '{address}' is not valid TOML: {error}") from error
    found = check_values(tree, _Index, PluginError, f"the list '{address}'").plugin
    for one in found:
        if not is_plugin_name(one.name):
            raise PluginError(f"the list '{address}': {one.name!r} is no name of a distribution")
    return found


def _read_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PluginError(f"the list '{path}' cannot be read: {error}") from error


def _fetch(address: str) -> str:
    if not address.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise PluginError(f"the list '{address}' is not fetched: expected an https address")
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:
            data = answer.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise PluginError(f"the list '{address}' is larger than {MOST_BYTES / 1e6:g} MB")
        return str(data.decode("utf-8"))
    # URLError, time-outs and broken answers are all of these.
    except (OSError, ValueError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        raise PluginError(f"the list '{address}' cannot be fetched: {error}") from error


def search_index(
    index: Sequence[ListedPlugin], words: Sequence[str], kind: str = ""
) -> list[ListedPlugin]:
    """List the plugins with all of some words in name, summary or kinds, and of a kind if given."""
    wanted = [word.casefold() for word in words]
    found = []
    for one in index:
        text = " ".join((one.name, one.summary, *one.kinds)).casefold()
        if all(word in text for word in wanted) and kind in ("", *one.kinds):
            found.append(one)
    return found
