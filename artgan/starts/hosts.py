"""Runs that others share, by the name of a host and an address there: "hf:ada/mushrooms@v1"."""

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from artgan.base.contributions import Entry
from artgan.base.paths import cache_folder
from artgan.core.registry import Registry
from artgan.errors import OptionError, PluginError, RunError
from artgan.hub.manifest import FILE, Manifest, file_sha256, read_manifest
from artgan.plugin.hosts import FetchedRun, HowToUse, SharedFolder

_NAME = re.compile(r"(?P<host>[a-z0-9][a-z0-9-]+(?:/[a-z0-9-]+)?):(?P<address>.*)", re.DOTALL)


@dataclass(frozen=True)
class HostedRun:
    """A run at a host: who keeps it, and its address there."""

    host: Entry
    address: str

    def __str__(self) -> str:
        return f"{self.host.usual_name}:{self.address}"

    def fetch(self) -> "SharedRun":
        """Fetch the run, and check every byte of it.

        Raises:
            ArtganError: It is not there, not a shared run, or damaged, or the host fails.
        """
        _refuse_unable(self.host, "fetch")
        key = hashlib.sha256(str(self).encode("utf-8", "surrogateescape")).hexdigest()[:24]
        folder = cache_folder() / "shared" / key
        found = ask_host(self.host, "fetch", self.address, folder)
        if not (found.folder / FILE).is_file():
            raise RunError(f"{self} holds no run of artgan: there is no {FILE} in it")
        manifest = read_manifest(found.folder / FILE, str(self))
        for name, sha256 in manifest.files.items():
            if file_sha256(found.folder / name) != sha256:
                raise RunError(
                    f"{self}: its file '{name}' is not the one that its {FILE} names: the SHA-256 "
                    "differs. Do not use it; ask its owner to share it again"
                )
        return SharedRun(str(HostedRun(self.host, found.address)), found, manifest)

    def how_to_use(self) -> HowToUse:
        """Say how others get the run; refuse an address that cannot be published to.

        Raises:
            ArtganError: The host does not take runs, or not at this address.
        """
        _refuse_unable(self.host, "publish")
        if self.host.declaration.how_to_use is None:
            return HowToUse(begin=str(self))
        told = ask_host(self.host, "how_to_use", self.address)
        return HowToUse(
            begin=str(HostedRun(self.host, told.begin)),
            get=told.get,
            folder=told.folder,
            note=told.note,
        )

    def publish(self, shared: SharedFolder) -> str:
        """Publish a folder; return the name by which others begin with it.

        Raises:
            ArtganError: The host fails, or returns no address.
        """
        return str(HostedRun(self.host, ask_host(self.host, "publish", self.address, shared)))


@dataclass(frozen=True)
class SharedRun:
    """A shared run that was fetched, with a name that always means the same files."""

    name: str
    fetched: FetchedRun
    manifest: Manifest

    def told(self) -> str:
        """Say in a sentence what was fetched, by whom, and under which licence."""
        about, owner = self.manifest, self.fetched.owner
        by = about.author or owner
        place = f" (repository of {owner})" if owner and by != owner else ""
        label = self.fetched.label or self.fetched.address
        return (
            f"Shared run {label}{f' by {by}' if by else ''}{place}, licence {about.licence}, "
            f"trained on {about.data or 'pictures it does not name'}; SHA-256 of its weights "
            f"{about.weights}."
        )


def ask_host(host: Entry, does: str, *given: Any) -> Any:
    """Let a host do something, "fetch", "publish" or "how_to_use"; check what it answers.

    Raises:
        ArtganError: It failed, or its answer is not what was asked for.
    """
    return checked_answer(host, does, host.call(does, *given))


def checked_answer(host: Entry, does: str, found: Any) -> Any:
    """Return what a host has answered, with the folder of a ``FetchedRun`` as a ``Path``.

    Raises:
        PluginError: It, or a field of it, has the wrong type, or an address is empty.
    """
    wanted = _ANSWERS[does]
    if not isinstance(found, wanted):
        _refuse_answer(host, does, type(found).__name__, _NAMED[wanted])
    if isinstance(found, FetchedRun):
        if not isinstance(found.folder, str | Path):
            _refuse_answer(host, does, f"{type(found.folder).__name__} as folder", "a path")
        found = replace(found, folder=Path(found.folder))
    texts = {"": found} if isinstance(found, str) else vars(found)
    for name, value in texts.items():
        place = f" as {name}" if name else ""
        if not isinstance(value, str | Path):
            _refuse_answer(host, does, f"{type(value).__name__}{place}", "text")
        if name in _ADDRESSES and (not str(value).strip() or len(str(value).splitlines()) > 1):
            _refuse_answer(host, does, f"{value!r}{place}", "an address in one line")
    return found


_ANSWERS: dict[str, type] = {"fetch": FetchedRun, "publish": str, "how_to_use": HowToUse}

_NAMED = {FetchedRun: "a FetchedRun", str: "the address to begin with", HowToUse: "a HowToUse"}

_ADDRESSES = ("", "address", "begin")
"""Fields that hold an address, and what ``publish`` returns."""


def _refuse_answer(host: Entry, does: str, given: str, wanted: str) -> NoReturn:
    raise PluginError(f"{host.where}: its {does} gave {given}; expected {wanted}")


def find_hosted(name: str, registry: Registry) -> HostedRun | None:
    """Read "host:address"; None for the folder of a run.

    Raises:
        UnknownNameError: There is no such host, and no such folder either.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    known = [one for entry in registry.entries("run-host") for one in _names(entry)]
    if match["host"] not in known and Path(name).exists():
        return None
    return HostedRun(registry.find("run-host", match["host"]), match["address"])


def _names(entry: Entry) -> tuple[str, str]:
    return entry.full_name, entry.declaration.name


def _refuse_unable(host: Entry, does: str) -> None:
    if getattr(host.declaration, does) is None:
        told = "runs can only be published there" if does == "fetch" else "nothing is published"
        raise OptionError(f"{host.where}: {told}")
