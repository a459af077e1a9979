"""Fetches a shared run from the hub, checks every byte of it, and keeps it.

Only ``artgan.json``, ``run.toml`` and checkpoints are fetched; nothing in them can run code. They
lie in the cache of the hub's library, which goes on where a download broke off. A commit that was
fetched once needs no network again.
"""

from functools import cache
from pathlib import Path

from artgan.errors import OptionError, RunError
from artgan.hub.client import endpoint, explaining, import_hub
from artgan.hub.manifest import FILE, file_sha256, read_manifest
from artgan.hub.names import PREFIX, HubName
from artgan.plugin.hosts import FetchedRun


def fetch_from_hub(address: str, _: Path) -> FetchedRun:
    """Fetch the shared run "owner/name@revision" into the cache of the hub's library.

    Raises:
        OptionError: No revision is named.
        MissingExtraError: The hub's library is not installed.
        RunError: It is not there, not allowed, not a shared run, or damaged.
    """
    asked = HubName.parse(text := f"{PREFIX}{address}")
    if not asked.revision:
        raise OptionError(
            f"'{text}' names no revision, and what a repository holds may change from day to day; "
            f"expected a tag or a commit, as in {text}@v1"
        )
    return _fetched(asked, endpoint())


@cache
def _fetched(asked: HubName, address: str | None) -> FetchedRun:
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
    return FetchedRun(
        address=str(name).removeprefix(PREFIX),
        folder=folder,
        owner=name.owner,
        label=f"{name.repository} at commit {name.revision[:12]}",
    )


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
