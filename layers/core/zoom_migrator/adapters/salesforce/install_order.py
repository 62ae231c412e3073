"""Asking an org to install a package version: sent once, and its answer read with care."""

from __future__ import annotations

from typing import Final

from zoom_migrator.adapters.http_client.connection import Answer
from zoom_migrator.adapters.salesforce.answers import (
    Json,
    MalformedAnswer,
    document_in,
    is_id,
    unexplained,
)
from zoom_migrator.adapters.salesforce.asking import log_crash
from zoom_migrator.adapters.salesforce.errors import (
    AnswerLost,
    CheckFailed,
    Refused,
    fault_in,
    meaning_of_refusal,
)
from zoom_migrator.adapters.salesforce.finality import is_final, reported, was_not_let_in
from zoom_migrator.adapters.salesforce.install_requests import REQUEST_PREFIX, in_18_characters
from zoom_migrator.adapters.salesforce.queries import Addresses
from zoom_migrator.adapters.salesforce.session import OrgSession
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.upgrade import (
    InstallAccepted,
    InstallAnswer,
    InstallRefused,
    InstallUncertain,
    SecurityType,
)

# Source: Tooling API reference, PackageInstallRequest. Salesforce's own default is None.
_SECURITY_TYPES: Final = {SecurityType.ALL_USERS: "Full", SecurityType.ADMINS_ONLY: "None"}
_C = FailureCode
# Without the right to install packages the object does not exist for a user.
_NO_SUCH_OBJECT: Final = frozenset({"INVALID_TYPE", "NOT_FOUND"})


def order(version_id: str, security: SecurityType, installation_key: str) -> dict[str, object]:
    """The record that asks for an install.

    The package's remote sites are activated with it, or it could not reach Zoom. The key goes as
    it is; whether Salesforce wants quotes in it escaped, as its command line does, is not
    documented.
    """
    record: dict[str, object] = {
        "SubscriberPackageVersionKey": version_id,
        "SecurityType": _SECURITY_TYPES[security],
        "EnableRss": True,
        "NameConflictResolution": "Block",
    }
    return record | ({"Password": installation_key} if installation_key else {})


def send_once(
    session: OrgSession, addresses: Addresses, record: dict[str, object], *, org_id: str
) -> InstallAnswer:
    """Send an order with the present login, and never again, whatever happens to it.

    Raises:
        CheckFailed: Nothing was begun: it was not sent, or not let in.
    """
    try:
        return _meaning_of(session.post_once(addresses.install_requests, record), session)
    except AnswerLost as lost:
        return InstallUncertain(session.public(lost.detail))
    except CheckFailed:
        raise
    except Exception as error:
        # A bug must not pass for the certainty that nothing was sent.
        log_crash(error, org_id)
        return InstallUncertain(type(error).__name__)


def _meaning_of(answer: Answer, session: OrgSession) -> InstallAnswer:
    if 200 <= answer.status < 300:
        return _meaning_of_success(answer, session)
    fault = reported(answer)
    said = str(fault) or unexplained(answer)
    if not is_final(answer, fault):
        return InstallUncertain(session.public(said))
    code = meaning_of_refusal(fault, answer.status)
    if fault.code in _NO_SUCH_OBJECT:
        raise Refused(_C.PACKAGES_NOT_VISIBLE, fault, said, answer.status)
    if was_not_let_in(answer, code):
        raise Refused(code, fault, said, answer.status)
    return InstallRefused(session.public(said))


def _meaning_of_success(answer: Answer, session: OrgSession) -> InstallAnswer:
    try:
        document = document_in(answer)
    except MalformedAnswer as malformed:
        return InstallUncertain(malformed.detail)
    saved: Json = document if isinstance(document, dict) else {}
    request_id = saved.get("id")
    if isinstance(request_id, str) and is_id(request_id, REQUEST_PREFIX):
        return InstallAccepted(in_18_characters(request_id))
    fault = fault_in(saved.get("errors"))
    if saved.get("success") is False and str(fault):
        return InstallRefused(session.public(str(fault)))
    return InstallUncertain(f"HTTP {answer.status} without the id of an install request")
