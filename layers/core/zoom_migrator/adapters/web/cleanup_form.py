"""The form on which the removal of the old keys is approved or declined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from zoom_migrator.adapters.web.answer_form import (
    AnswerForm,
    Problems,
    only_problems,
    read_answer,
)

_CONNECTION_UNSEEN: Final = (
    "To remove the keys, look at Zoom Config and tick the box that says it shows the connection."
)


@dataclass(frozen=True, slots=True)
class CleanupForm(AnswerForm):
    """What somebody typed and chose, as it came.

    Attributes:
        has_seen_connection: Whether the box is ticked that says so.
    """

    has_seen_connection: bool = False

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> Self:
        """Read the fields of the form; unknown ones are ignored."""
        return cls(**read_answer(fields), has_seen_connection=fields.get("connection") == "seen")

    def problems(self, expected_email: str, *, needs_confirmation: bool) -> Problems:
        """What is wrong, by field, in the order of the form; nothing if it can be recorded.

        Args:
            expected_email: Who may answer; the case of its letters does not matter.
            needs_confirmation: Whether nobody but a person can say that the package is connected.
        """
        is_missing = needs_confirmation and self.is_approval and not self.has_seen_connection
        return only_problems(
            {
                "connection": _CONNECTION_UNSEEN if is_missing else "",
                **self.problems_of_person(expected_email),
                "decision": "" if self.is_decided else "Press Remove or Keep.",
            }
        )
