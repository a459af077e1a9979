"""Fetches a shared run from the hub, checks every byte of it, and keeps it.

Only ``artgan.json``, ``run.toml`` and checkpoints are fetched; nothing in them can run code. They
lie in the cache of the hub's library, which goes on where a download broke off. A commit that was
fetched once needs no network again.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from artgan.errors import OptionError, RunError
from artgan.hub.client import endpoint, explaining, import_hub
from artgan.hub.manifest import FILE, Manifest, file_sha256, read_manifest
from artgan.hub.names import HubName


@dataclass(frozen=True)
class SharedRun:
    """A shared run that was fetched.

    Attributes:
        name: Its repository at the commit that it was found at.
        asked: Its repository at the revision that was asked for.
        folder: Where its files lie, laid out as the folder of a run.
        manifest: What it says of itself.
    """

    name: HubName
    asked: HubName
    folder: Path
    manifest: Manifest

    def told(self) -> str:
        """Say in a sentence what was fetched, by whom, and under which licence."""
        about, name = self.manifest, self.name
        by = about.author or name.owner
        owner = f" (repository of {name.owner})" if by != name.owner else ""
        return (
            f"Shared run {name.repository} at commit {name.revision[:12]} by {by}{owner}, licence "
            f"{about.licence}, trained on {about.data or 'pictures it does not name'}; SHA-256 of "
            f"its weights {about.weights}."
        )


def fetch_run(text: str) -> SharedRun:
    """Fetch the shared run "hf:owner/name@revision".

    Raises:
        OptionError: No revision is named.
        MissingExtraError: The hub's library is not installed.
        RunError: It is not there, not allowed, not a shared run, or damaged.
    """
    asked = HubName.parse(text)
    if not asked.revision:
        raise OptionError(
            f"'{text}' names no revision, and what a repository holds may change from day to day; "
            f"expected a tag or a commit, as in {text}@v1"
        )
    return _fetched(asked, endpoint())


@cache
def _fetched(asked: HubName, address: str | None) -> SharedRun:
    """Fetch once in a process: what planning has read is what training begins with."""
    name = asked if asked.is_commit else HubName(asked.repository, _commit(asked, address))
    try:
        manifest = read_manifest(_file(name, FILE, address), str(asked))
    except _NoSuchFileError as error:
        raise RunError(
            f"{asked} holds no run of artgan: there is no {FILE} in it. artgan share RUN --to "
            "hf:owner/name makes such a repository"
        ) from error
    files = [_checked(name, file, manifest.files[file], address) for file in manifest.files]
    folder = next(path.parent for path in files if path.name == "run.toml")
    return SharedRun(name, asked, folder, manifest)


class _NoSuchFileError(RunError):
    """The repository is there, and a file is not in it."""


def _commit(asked: HubName, address: str | None) -> str:
    """Ask the hub which commit a tag or branch means."""
    hub = import_hub()
    with explaining(asked, "read"):
        api = hub.HfApi(endpoint=address)
        return str(api.model_info(asked.repository, revision=asked.revision).sha)


def _file(name: HubName, file: str, address: str | None, *, again: bool = False) -> Path:
    hub = import_hub()
    with explaining(name, "read"):
        try:
            path = hub.hf_hub_download(
                name.repository,
                file,
                revision=name.revision,
                endpoint=address,
                force_download=again,
            )
        except hub.errors.RemoteEntryNotFoundError as error:
            raise _NoSuchFileError(f"{name} lacks the file '{file}' that it names") from error
    return Path(path)


def _checked(name: HubName, file: str, sha256: str, address: str | None) -> Path:
    """Fetch a file whose bytes must have a SHA-256; what is damaged here is fetched once more."""
    for again in (False, True):
        path = _file(name, file, address, again=again)
        if file_sha256(path) == sha256:
            return path
    raise RunError(
        f"{name}: its file '{file}' is not the one that its {FILE} names: the SHA-256 differs, "
        "also after it was fetched again. Do not use it; ask its owner to share it again"
    )
