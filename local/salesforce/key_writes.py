"""What an org makes of changes to the rows that hold the old keys.

Codes and statuses are those that ``docs/simulators.md`` names; customers word the messages of their
own rules, triggers and flows, the platform's words are given as far as clients have met them.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from local.salesforce.document import Document
from local.salesforce.versions import Version


class WriteObstacle(StrEnum):
    """What keeps a change from being made, by name."""

    VALIDATION_RULE = "validation_rule"
    FIELD_INTEGRITY = "field_integrity"
    TRIGGER = "trigger"
    FLOW = "flow"
    APPROVAL_LOCK = "approval_lock"
    ROW_BUSY = "row_busy"
    REQUIRED_FIELD = "required_field"
    NOT_PERMITTED = "not_permitted"
    NOT_PERMITTED_ELSEWHERE = "not_permitted_elsewhere"
    ROW_DELETED = "row_deleted"
    ROW_PURGED = "row_purged"
    VALUES_PUT_BACK = "values_put_back"


class WriteMoment(StrEnum):
    """Which changes an obstacle is for: those that empty a key, those that fill one, or all."""

    ANY = "any"
    BLANKING = "blanking"
    FILLING = "filling"


class KeyWrites(Document):
    """How changes to a row go.

    Attributes:
        obstacle: What is in the way.
        message: What the org says; none: the platform's words, or a customer's by default.
            ``{api_key}`` and ``{api_secret}`` become the values that the row would have, or has:
            triggers can be indiscreet.
        fields: Which fields the answer names; with ``values_put_back``, which ones are put back.
            None named: no field in the answer, and both keys are put back.
        when: Which changes are hit.
        times: How many changes are hit before the next one goes well; None: all of them.
        required_below: In versions of the package below this one, neither key may be empty.
    """

    obstacle: WriteObstacle | None = None
    message: str | None = Field(default=None, min_length=1)
    fields: list[str] = Field(default_factory=list)
    when: WriteMoment = WriteMoment.ANY
    times: int | None = Field(default=None, ge=1)
    required_below: Version | None = None

    def concerns(self, *, blanking: bool, filling: bool) -> bool:
        """Say whether the obstacle is for a change that empties keys, fills keys, or both."""
        match self.when:
            case WriteMoment.BLANKING:
                return blanking
            case WriteMoment.FILLING:
                return filling
        return True

    def after_a_hit(self) -> KeyWrites:
        """Return how changes go once one has met the obstacle."""
        if self.times is None:
            return self
        if self.times > 1:
            return self.model_copy(update={"times": self.times - 1})
        return self.model_copy(update={"times": None, "obstacle": None})
