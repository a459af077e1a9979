"""Names of repositories on the Hugging Face hub, as "hf:owner/name@revision"."""

import re
from dataclasses import dataclass
from typing import Self

from artgan.errors import OptionError

PREFIX = "hf:"
"""What such a name begins with, where the folder of a run could stand as well."""

_WORD = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?"
_NAME = re.compile(rf"hf:(?P<repository>{_WORD}/{_WORD})(?:@(?P<revision>[\w./+-]{{1,200}}))?")
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class HubName:
    """A repository, and a tag, branch or commit of it; "" where none is named."""

    repository: str
    revision: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "hf:owner/name" with or without "@revision".

        Raises:
            OptionError: It is no such name.
        """
        match = _NAME.fullmatch(text)
        if match is None:
            raise OptionError(
                f"'{text}' is no repository of the hub; expected hf:owner/name@revision, as in "
                "hf:ada/mushrooms@v1"
            )
        return cls(match["repository"], match["revision"] or "")

    def __str__(self) -> str:
        return f"{PREFIX}{self.repository}" + (f"@{self.revision}" if self.revision else "")

    @property
    def owner(self) -> str:
        """Whose repository it is."""
        return self.repository.partition("/")[0]

    @property
    def is_commit(self) -> bool:
        """Whether the revision is a whole commit, which always means the same files."""
        return bool(_COMMIT.fullmatch(self.revision))
