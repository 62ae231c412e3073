"""The form on which an upgrade is approved or declined: what was typed, and what is wrong."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from zoom_migrator.adapters.web.pages import visible
from zoom_migrator.domain.upgrade import SecurityType

MAX_NAME_CHARACTERS: Final = 100
# The longest address there can be (RFC 5321, section 4.5.3.1.3).
MAX_EMAIL_CHARACTERS: Final = 254
# More of what was typed is not sent back.
_MAX_SHOWN: Final = 300
_DECISIONS: Final = ("approve", "decline")

type Problems = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ApprovalForm:
    """What somebody typed and chose, as it came.

    Attributes:
        decision: Which button was pressed.
        token: The form's own token.
    """

    name: str = ""
    email: str = ""
    security: str = SecurityType.ALL_USERS
    accepts_terms: bool = False
    decision: str = ""
    token: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> Self:
        """Read the fields of the form; unknown ones are ignored."""
        return cls(
            name=" ".join(unicodedata.normalize("NFC", fields.get("name", "")).split()),
            email=fields.get("email", "").strip(),
            security=fields.get("security", SecurityType.ALL_USERS),
            accepts_terms=fields.get("terms") == "accepted",
            decision=fields.get("decision", ""),
            token=fields.get("token", ""),
        )

    @property
    def shown_name(self) -> str:
        """The name, as the form shows it again."""
        return self.name[:_MAX_SHOWN]

    @property
    def shown_email(self) -> str:
        """The address, as the form shows it again."""
        return self.email[:_MAX_SHOWN]

    @property
    def is_approval(self) -> bool:
        """Whether the upgrade is wanted."""
        return self.decision == "approve"

    def problems(self, expected_email: str) -> Problems:
        """What is wrong, by field, in the order of the form; nothing if it can be recorded.

        Args:
            expected_email: Who may answer; the case of its letters does not matter.
        """
        found = {
            "security": self._problem_of_security(),
            "terms": self._problem_of_terms(),
            "name": self._problem_of_name(),
            "email": self._problem_of_email(expected_email),
            "decision": "" if self.decision in _DECISIONS else "Press Approve or Decline.",
        }
        return {name: problem for name, problem in found.items() if problem}

    def _problem_of_security(self) -> str:
        if self.security in set(SecurityType):
            return ""
        return "Choose whom the new version is installed for."

    def _problem_of_terms(self) -> str:
        if self.accepts_terms or not self.is_approval:
            return ""
        return "To approve, tick the box that says you accept the terms."

    def _problem_of_name(self) -> str:
        if not self.name:
            return "Enter your name."
        if len(self.name) > MAX_NAME_CHARACTERS:
            return f"Enter a name of at most {MAX_NAME_CHARACTERS} characters."
        if visible(self.name) != self.name:
            return "Enter your name without control characters."
        return ""

    def _problem_of_email(self, expected: str) -> str:
        if not self.email:
            return "Enter your e-mail address."
        if len(self.email) > MAX_EMAIL_CHARACTERS or "@" not in self.email:
            return "Enter a full e-mail address, such as name@company.com."
        if self.email.lower() != expected.lower():
            return (
                "This is not the address that is registered for this org. Enter the registered "
                "one, or ask whoever sent you the link to register yours."
            )
        return ""
