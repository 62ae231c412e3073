"""The answers to changes of key rows that an org does not make."""

from __future__ import annotations

from typing import Final

from local.salesforce.errors import ApiError, not_found
from local.salesforce.key_writes import KeyWrites, WriteObstacle

_O = WriteObstacle
_WORDS: Final = {
    _O.VALIDATION_RULE: (
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "The Zoom keys must not be changed without a change request.",
    ),
    _O.FIELD_INTEGRITY: ("FIELD_INTEGRITY_EXCEPTION", "field integrity exception"),
    _O.TRIGGER: (
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "GuardZoomSettings: execution of BeforeUpdate\n\ncaused by: System.FinalException: Record"
        " is read-only\n\nTrigger.GuardZoomSettings: line 4, column 1",
    ),
    _O.FLOW: (
        "CANNOT_EXECUTE_FLOW_TRIGGER",
        "We can't save this record because the “Guard Zoom settings” process failed. Give your"
        " Salesforce admin these details.",
    ),
    _O.APPROVAL_LOCK: ("ENTITY_IS_LOCKED", "the entity is locked for editing"),
    _O.NOT_PERMITTED: (
        "INSUFFICIENT_ACCESS_OR_READONLY",
        "insufficient access rights on object id",
    ),
    _O.NOT_PERMITTED_ELSEWHERE: (
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "insufficient access rights on cross-reference id",
    ),
}


def refusal(writes: KeyWrites, row_id: str, message: str | None) -> ApiError | None:
    """Return what an org answers to a change that meets its obstacle; None: the change is made.

    Args:
        writes: How changes to the row go.
        row_id: The row.
        message: The words that were set for it, with values in their places.
    """
    fields = tuple(writes.fields)
    match writes.obstacle:
        case None | _O.VALUES_PUT_BACK:
            return None
        case _O.ROW_DELETED:
            return deleted()
        case _O.ROW_PURGED:
            return not_found()
        case _O.REQUIRED_FIELD:
            return required(fields, message)
        case _O.ROW_BUSY:
            words = f"unable to obtain exclusive access to this record or 1 records: {row_id}"
            return ApiError(400, "UNABLE_TO_LOCK_ROW", message or words)
    code, words = _WORDS[writes.obstacle]
    return ApiError(400, code, message or words, fields)


def required(fields: tuple[str, ...], message: str | None = None) -> ApiError:
    """Return the answer to a change that leaves out what the package requires."""
    words = f"Required fields are missing: [{', '.join(fields)}]"
    return ApiError(400, "REQUIRED_FIELD_MISSING", message or words, fields)


def deleted() -> ApiError:
    """Return the answer to everything about a row that lies in the Recycle Bin."""
    return ApiError(404, "ENTITY_IS_DELETED", "entity is deleted")
