"""The form on which an upgrade is approved or declined: what was typed, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from zoom_migrator.adapters.web.answer_form import (
    AnswerForm,
    Problems,
    only_problems,
    read_answer,
)
from zoom_migrator.domain.upgrade import SecurityType


@dataclass(frozen=True, slots=True)
class ApprovalForm(AnswerForm):
    """What somebody typed and chose, as it came."""

    security: str = SecurityType.ALL_USERS
    accepts_terms: bool = False

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> Self:
        """Read the fields of the form; unknown ones are ignored."""
        return cls(
            **read_answer(fields),
            security=fields.get("security", SecurityType.ALL_USERS),
            accepts_terms=fields.get("terms") == "accepted",
        )

    def problems(self, expected_email: str) -> Problems:
        """What is wrong, by field, in the order of the form; nothing if it can be recorded.

        Args:
            expected_email: Who may answer; the case of its letters does not matter.
        """
        return only_problems(
            {
                "security": self._problem_of_security(),
                "terms": self._problem_of_terms(),
                **self.problems_of_person(expected_email),
                "decision": "" if self.is_decided else "Press Approve or Decline.",
            }
        )

    def _problem_of_security(self) -> str:
        if self.security in set(SecurityType):
            return ""
        return "Choose whom the new version is installed for."

    def _problem_of_terms(self) -> str:
        if self.accepts_terms or not self.is_approval:
            return ""
        return "To approve, tick the box that says you accept the terms."
