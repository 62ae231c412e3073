"""What an org says about its install requests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from zoom_migrator.adapters.salesforce.answers import (
    Json,
    MalformedAnswer,
    a_moment,
    an_id,
    is_id,
)
from zoom_migrator.adapters.salesforce.paging import all_rows
from zoom_migrator.adapters.salesforce.queries import (
    Addresses,
    install_request_by_id,
    recent_install_requests,
)
from zoom_migrator.adapters.salesforce.session import OrgSession
from zoom_migrator.domain.salesforce_id import case_checksum
from zoom_migrator.domain.upgrade import InstallRequest, InstallStatus

REQUEST_PREFIX: Final = "0Hf"
VERSION_PREFIX: Final = "04t"
_MAX_MESSAGES: Final = 10
# The REST API writes IN_PROGRESS and SUCCESS, the WSDL InProgress and Success.
_STATUSES: Final = {
    "inprogress": InstallStatus.IN_PROGRESS,
    "success": InstallStatus.SUCCESS,
    "error": InstallStatus.ERROR,
}


def recent_requests(session: OrgSession, addresses: Addresses) -> tuple[InstallRequest, ...]:
    """The org's newest install requests of any package, newest first, without their errors.

    Raises:
        CheckFailed: They cannot be read.
    """
    address = addresses.tooling_query(recent_install_requests())
    requests = [_request(row, session) for row in all_rows(session, address, of="install requests")]
    return tuple(sorted(requests, key=lambda request: request.created_at, reverse=True))


def request_with_id(
    session: OrgSession, addresses: Addresses, request_id: str
) -> InstallRequest | None:
    """One install request, or None where the org does not know it.

    Raises:
        CheckFailed: That cannot be told.
    """
    address = addresses.tooling_query(install_request_by_id(request_id))
    rows = list(all_rows(session, address, of="install requests"))
    return _request(rows[0], session) if rows else None


def in_18_characters(record_id: str) -> str:
    """An id, of 15 or 18 characters, in the form that can be compared as a text."""
    return record_id[:15] + case_checksum(record_id[:15])


def _request(row: Json, session: OrgSession) -> InstallRequest:
    created_at = a_moment(row, "CreatedDate")
    if created_at is None:
        raise MalformedAnswer("CreatedDate is not a point in time")
    version_id = row.get("SubscriberPackageVersionKey")
    # Whatever else other people's requests install, it is not the wanted version.
    known = isinstance(version_id, str) and is_id(version_id, VERSION_PREFIX)
    return InstallRequest(
        request_id=in_18_characters(an_id(row, "Id", REQUEST_PREFIX)),
        version_id=in_18_characters(str(version_id)) if known else "",
        status=_status(row.get("Status")),
        created_at=created_at,
        errors=tuple(session.public(message) for message in _messages(row.get("Errors"))),
    )


def _status(value: object) -> InstallStatus:
    word = value.replace("_", "").lower() if isinstance(value, str) else ""
    return _STATUSES.get(word, InstallStatus.UNKNOWN)


def _messages(errors: object) -> list[str]:
    """Messages of an install that failed; documented as ``{"errors": [{"message": "..."}]}``."""
    listed = errors.get("errors", errors) if isinstance(errors, dict) else errors
    several = listed if isinstance(listed, list) else [listed]
    return [text for error in several[:_MAX_MESSAGES] for text in _texts(error)]


def _texts(error: object) -> Iterator[str]:
    message = error.get("message", error) if isinstance(error, dict) else error
    text = message if isinstance(message, str) else json.dumps(message)
    if message and text.strip():
        yield text
