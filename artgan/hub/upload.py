"""Uploads the folder of a shared run to the hub."""

from collections.abc import Sequence
from pathlib import Path

from artgan.errors import OptionError
from artgan.hub.client import endpoint, explaining, import_hub
from artgan.hub.names import PREFIX, HubName
from artgan.plugin.hosts import HowToUse, SharedFolder


def how_to_use(address: str) -> HowToUse:
    """Say how others get what is published at "owner/name"; see that it can be.

    Raises:
        OptionError: It is no such name, or names a revision.
        MissingExtraError: The hub's library is not installed.
    """
    name = _target(address)
    import_hub()
    folder = name.repository.partition("/")[2]
    return HowToUse(
        begin=f"{name.repository}@COMMIT",
        get=f"hf download {name.repository} --local-dir {folder}",
        folder=folder,
        note="`COMMIT` is in the history of this repository; `pip install 'artgan[hub]'` brings "
        "what fetches it.",
    )


def publish_on_hub(address: str, shared: SharedFolder) -> str:
    """Upload a shared run as one commit; return its address at that commit."""
    name = upload(shared.folder, shared.files, _target(address), private=shared.private)
    return str(name).removeprefix(PREFIX)


def _target(address: str) -> HubName:
    """Read where to upload to: "owner/name".

    Raises:
        OptionError: It is no such name, or names a revision, which only the hub can.
    """
    name = HubName.parse(text := f"{PREFIX}{address}")
    if name.revision:
        raise OptionError(
            f"'{text}' names a revision, and an upload makes a new one; expected "
            f"hf:{name.repository}"
        )
    return name


def upload(folder: Path, files: Sequence[str], name: HubName, *, private: bool = False) -> HubName:
    """Upload files of a folder as one commit; return the repository at that commit.

    The repository is made if it is not there. Checkpoints of an earlier upload are deleted.

    Raises:
        MissingExtraError: The hub's library is not installed.
        RunError: The hub does not answer, or refuses it.
    """
    hub = import_hub()
    with explaining(name, "written"):
        api = hub.HfApi(endpoint=endpoint())
        api.create_repo(name.repository, repo_type="model", private=private or None, exist_ok=True)
        commit = api.upload_folder(
            repo_id=name.repository,
            folder_path=folder,
            commit_message="Share a run of artgan",
            allow_patterns=list(files),
            delete_patterns="checkpoints/*",
        )
    return HubName(name.repository, commit.oid)
