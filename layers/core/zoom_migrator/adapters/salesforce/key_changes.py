"""Changing the two fields of one row: sent once, and its answer read with care."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from zoom_migrator.adapters.http_client.connection import Answer
from zoom_migrator.adapters.salesforce.answers import page_in, unexplained
from zoom_migrator.adapters.salesforce.asking import log_crash
from zoom_migrator.adapters.salesforce.composite import NOT_VISIBLE
from zoom_migrator.adapters.salesforce.errors import (
    AnswerLost,
    CheckFailed,
    Fault,
    Refused,
    meaning_of_refusal,
)
from zoom_migrator.adapters.salesforce.finality import is_final, reported, was_not_let_in
from zoom_migrator.adapters.salesforce.key_queries import KeyAddresses
from zoom_migrator.adapters.salesforce.session import OrgSession
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.legacy_keys import (
    RowAnswer,
    RowChanged,
    RowGone,
    RowRefusal,
    RowRefused,
    RowUncertain,
)

# A change by id is answered so, without a body; anything else is somebody else's answer.
_NO_CONTENT: Final = 204
_R = RowRefusal
# Source: ExceptionCode of the partner API.
_REASONS: Final = {
    "INSUFFICIENT_ACCESS": _R.PERMISSION,
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": _R.PERMISSION,
    "INSUFFICIENT_ACCESS_OR_READONLY": _R.PERMISSION,
    "INVALID_FIELD": _R.PERMISSION,
    "INVALID_FIELD_FOR_INSERT_UPDATE": _R.PERMISSION,
    "INVALID_TYPE": _R.PERMISSION,
    "CANNOT_EXECUTE_FLOW_TRIGGER": _R.CUSTOMER_LOGIC,
    # Also what triggers answer that add an error to a row.
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": _R.CUSTOMER_LOGIC,
    "DUPLICATES_DETECTED": _R.CUSTOMER_LOGIC,
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": _R.CUSTOMER_LOGIC,
    "FIELD_FILTER_VALIDATION_EXCEPTION": _R.CUSTOMER_LOGIC,
    "FIELD_INTEGRITY_EXCEPTION": _R.CUSTOMER_LOGIC,
    "REQUIRED_FIELD_MISSING": _R.FIELD_REQUIRED,
    # By an approval process; by another change at this moment.
    "ENTITY_IS_LOCKED": _R.LOCKED,
    "UNABLE_TO_LOCK_ROW": _R.LOCKED,
}
_GONE: Final = "ENTITY_IS_DELETED"
# Said of a row that is gone, and of an object that is hidden.
_NOT_FOUND: Final = "NOT_FOUND"


def change_once(
    session: OrgSession,
    keys: KeyAddresses,
    row_id: str,
    fields: Mapping[str, str | None],
    *,
    org_id: str,
) -> RowAnswer:
    """Change fields of a row with the present login, and never again, whatever happens to it.

    Raises:
        CheckFailed: Nothing was changed: it was not sent, or not let in.
    """
    try:
        answer = session.patch_once(keys.row(row_id), fields)
        meaning = _meaning_of(answer, session)
    except AnswerLost as lost:
        return RowUncertain(session.public(lost.detail))
    except CheckFailed:
        raise
    except Exception as error:
        # A bug must not pass for the certainty that nothing was sent.
        log_crash(error, org_id)
        return RowUncertain(type(error).__name__)
    return meaning or _gone_or_hidden(session, keys, row_id)


def _meaning_of(answer: Answer, session: OrgSession) -> RowAnswer | None:
    """What an answer comes to; None where it says that something is not found.

    Raises:
        Refused: The change was not let in.
    """
    if answer.status == _NO_CONTENT:
        return RowChanged()
    fault = reported(answer)
    said = str(fault) or unexplained(answer)
    if not is_final(answer, fault):
        return RowUncertain(session.public(said))
    if fault.code == _GONE:
        return RowGone()
    if fault.code == _NOT_FOUND:
        return None
    return _refused(answer, fault, said, session)


def _refused(answer: Answer, fault: Fault, said: str, session: OrgSession) -> RowRefused:
    code = meaning_of_refusal(fault, answer.status)
    if was_not_let_in(answer, code):
        raise Refused(code, fault, said, answer.status)
    by_status = _R.PERMISSION if code is FailureCode.INSUFFICIENT_ACCESS else _R.OTHER
    return RowRefused(_REASONS.get(fault.code, by_status), session.public(said))


def _gone_or_hidden(session: OrgSession, keys: KeyAddresses, row_id: str) -> RowGone | RowRefused:
    """Which of the two it is; that a row is gone must not be said of one that is hidden.

    Raises:
        CheckFailed: That cannot be told.
    """
    try:
        rows = page_in(session.get(keys.existence(row_id))).rows
    except Refused as refusal:
        if refusal.fault.code not in NOT_VISIBLE:
            raise
        return RowRefused(_R.PERMISSION, session.public(refusal.detail))
    return RowRefused(_R.OTHER, _NOT_FOUND) if rows else RowGone()
