"""The hub's own library, imported when it is used, and its errors as sentences.

Tokens are its concern: ``HF_TOKEN``, or what ``hf auth login`` keeps. ``HF_ENDPOINT`` names another
hub than huggingface.co, ``HF_HUB_OFFLINE=1`` uses only what was fetched before.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from artgan.errors import ArtganError, MissingExtraError, RunError
from artgan.hub.names import HubName

LOG_IN = "log in with hf auth login, or set HF_TOKEN to a token that may"


def import_hub() -> Any:
    """Import huggingface_hub.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import huggingface_hub

        # Its top level offers neither.
        import huggingface_hub.errors
        import huggingface_hub.utils
    except ImportError as error:
        raise MissingExtraError(
            "the hub needs the package huggingface_hub: pip install 'artgan[hub]'"
        ) from error
    return huggingface_hub


def endpoint() -> str | None:
    """Return the address of the hub that the user names, or None for the library's own."""
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or None


@contextmanager
def explaining(name: HubName, doing: str) -> Iterator[None]:
    """Turn what the hub's library raises into a sentence; ``doing`` is "read" or "written".

    Raises:
        RunError: Whatever went wrong.
    """
    try:
        with _without_bars():
            yield
    except ArtganError:
        raise
    # The library's errors come from its HTTP client, the disk and its own checks.
    except Exception as error:
        raise RunError(f"{name} cannot be {doing}: {_reason(error, name)}") from error


@contextmanager
def _without_bars() -> Iterator[None]:
    """Keep the library from drawing bars of its own; commands show that they wait."""
    tools = import_hub().utils
    shown = not tools.are_progress_bars_disabled()
    tools.disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            tools.enable_progress_bars()


def _reason(error: Exception, name: HubName) -> str:
    errors = import_hub().errors
    if isinstance(error, errors.GatedRepoError):
        return f"its owner lets in only whom they know; ask on its page, then {LOG_IN} read it"
    if isinstance(error, errors.RepositoryNotFoundError):
        return f"there is no such repository, or it is private; if it is, {LOG_IN} read it"
    if isinstance(error, errors.RevisionNotFoundError):
        return f"it has no revision '{name.revision}'; its page lists tags, branches and commits"
    if isinstance(error, errors.RemoteEntryNotFoundError):
        return "it lacks a file that its artgan.json names; ask its owner to share it again"
    status = getattr(getattr(error, "response", None), "status_code", 0)
    if status in (401, 403):
        return f"the hub refuses it ({status}); {LOG_IN} write to '{name.owner}'"
    if status:
        return f"the hub answers {status}: {_first_line(error)}"
    cause = error.__cause__ if isinstance(error, RuntimeError) else None
    if isinstance(cause, Exception):
        return _reason(cause, name)
    # The library's HTTP client has errors of its own for all that ends a connection.
    if isinstance(error, OSError) or type(error).__module__.startswith("httpx"):
        return (
            f"the hub does not answer ({_first_line(error)}). Try again when there is a network; "
            "what has come so far is kept"
        )
    return f"{type(error).__name__}: {_first_line(error)}"


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
