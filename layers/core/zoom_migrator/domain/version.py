"""Package versions, compared the way Salesforce numbers them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

# "3.27", "3.27.1", "3.23.0.4", and the two ways a beta is written: "3.27b3", "3.27 (Beta 3)".
_PATTERN: Final = re.compile(
    r"(?P<major>\d{1,5})\.(?P<minor>\d{1,5})(?:\.(?P<patch>\d{1,5})(?:\.(?P<build>\d{1,9}))?)?"
    r"(?:\s*b(?P<b>\d{1,9})|\s*\(\s*beta\s+(?P<beta>\d{1,9})\s*\))?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PackageVersion:
    """A version of a managed package: ``major.minor.patch.build``.

    The build number counts uploads and says nothing about features, so it takes no part in
    comparisons; a beta stands below the release of the same number.
    Source: Tooling API reference, SubscriberPackageVersion and MetadataPackageVersion.
    """

    major: int
    minor: int
    patch: int = 0
    build: int | None = None
    beta: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a version as people and the Metadata API write it.

        Raises:
            ValueError: The text is not a version; the message quotes it.
        """
        match = _PATTERN.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not a package version such as 3.27 or 3.27.1")
        part = match.groupdict()
        upload = part["b"] or part["beta"]
        build = upload or part["build"]
        return cls(
            major=int(part["major"]),
            minor=int(part["minor"]),
            patch=int(part["patch"] or 0),
            build=int(build) if build else None,
            beta=upload is not None,
        )

    def is_at_least(self, minimum: PackageVersion) -> bool:
        """Whether this version has everything ``minimum`` has."""
        return self._rank() >= minimum._rank()

    def _rank(self) -> tuple[int, int, int, int]:
        return (self.major, self.minor, self.patch, 0 if self.beta else 1)

    def __str__(self) -> str:
        """The form Salesforce's Setup shows: no build, and no patch where it is 0."""
        number = f"{self.major}.{self.minor}" + (f".{self.patch}" if self.patch else "")
        return f"{number} (Beta {self.build or 0})" if self.beta else number

    @property
    def full(self) -> str:
        """All four parts, as the Tooling API counts them; :meth:`parse` reads it back."""
        build = self.build or 0
        if self.beta:
            return f"{self.major}.{self.minor}.{self.patch}b{build}"
        return f"{self.major}.{self.minor}.{self.patch}.{build}"
