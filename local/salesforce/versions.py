"""Package version numbers as Salesforce writes them: major.minor.patch.build."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

_SHAPE = re.compile(r"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:\.(\d{1,4}))?")


@dataclass(frozen=True, slots=True, order=True)
class VersionNumber:
    """One version. Ordered by its parts; the build is an upload counter that starts at 1."""

    major: int
    minor: int
    patch: int = 0
    build: int = 1

    @classmethod
    def parse(cls, text: str) -> VersionNumber:
        """Read ``3.27``, ``3.27.1`` or ``3.27.1.4``.

        Raises:
            ValueError: The text has another shape.
        """
        match = _SHAPE.fullmatch(text)
        if match is None:
            raise ValueError(f"not a package version (major.minor[.patch[.build]]): {text!r}")
        major, minor, patch, build = match.groups()
        return cls(int(major), int(minor), int(patch or 0), int(build or 1))

    def __str__(self) -> str:
        """Return the complete form, for example ``3.23.0.4``."""
        return f"{self.major}.{self.minor}.{self.patch}.{self.build}"


def _checked(text: str) -> str:
    return str(VersionNumber.parse(text))


Version = Annotated[str, AfterValidator(_checked)]
