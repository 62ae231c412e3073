"""What every form has on which somebody says yes or no: who it is, and which button was pressed."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from zoom_migrator.adapters.web.pages import visible

MAX_NAME_CHARACTERS: Final = 100
# The longest address there can be (RFC 5321, section 4.5.3.1.3).
MAX_EMAIL_CHARACTERS: Final = 254
# More of what was typed is not sent back.
_MAX_SHOWN: Final = 300
_APPROVE: Final = "approve"
_DECISIONS: Final = (_APPROVE, "decline")

type Problems = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """What somebody typed and chose, as it came.

    Attributes:
        decision: Which button was pressed.
        token: The form's own token.
    """

    name: str = ""
    email: str = ""
    decision: str = ""
    token: str = ""

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
        """Whether what is asked for is wanted."""
        return self.decision == _APPROVE

    @property
    def is_decided(self) -> bool:
        """Whether one of the two buttons was pressed."""
        return self.decision in _DECISIONS

    def problems_of_person(self, expected_email: str) -> Problems:
        """What is wrong with who it is, by field; a text is empty where nothing is.

        Args:
            expected_email: Who may answer; the case of its letters does not matter.
        """
        return {"name": self._problem_of_name(), "email": self._problem_of_email(expected_email)}

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


def read_answer(fields: Mapping[str, str]) -> dict[str, str]:
    """What :class:`AnswerForm` takes of the fields that were sent; other fields are ignored."""
    return {
        "name": " ".join(unicodedata.normalize("NFC", fields.get("name", "")).split()),
        "email": fields.get("email", "").strip(),
        "decision": fields.get("decision", ""),
        "token": fields.get("token", ""),
    }


def only_problems(found: Problems) -> Problems:
    """The fields with which something is wrong, in their order."""
    return {name: problem for name, problem in found.items() if problem}
