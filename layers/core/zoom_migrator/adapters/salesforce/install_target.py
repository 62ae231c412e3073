"""What an org says about the version that is to be installed."""

from __future__ import annotations

import re
from typing import Final

from zoom_migrator.adapters.salesforce.answers import Json, MalformedAnswer, an_id, page_in
from zoom_migrator.adapters.salesforce.errors import Refused
from zoom_migrator.adapters.salesforce.install_requests import VERSION_PREFIX, in_18_characters
from zoom_migrator.adapters.salesforce.packages import number_of
from zoom_migrator.adapters.salesforce.queries import Addresses, version_to_install
from zoom_migrator.adapters.salesforce.session import OrgSession
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.salesforce_id import same_id
from zoom_migrator.domain.upgrade import TargetVersion

_VERDICT: Final = re.compile(r"[A-Za-z_]{1,80}")
# Errors of the question, not of the version it is about.
_NOT_UNDERSTOOD: Final = frozenset({"INVALID_FIELD", "INVALID_TYPE", "MALFORMED_QUERY"})
# Codes of the partner API, or words where Salesforce uses another code.
_ABOUT_THE_KEY: Final = re.compile(r"INSTALL_KEY_|installation ?key", re.IGNORECASE)
# A query that is not understood is repeated up to here, and with it a part of the key.
_QUERY_REPEATED: Final = re.compile(r".*ERROR at Row:\d+:Column:\d+", re.DOTALL)


def target_or_refusal(
    session: OrgSession, addresses: Addresses, version_id: str
) -> TargetVersion | str | None:
    """The version as the org sees it, what it says instead, or None where it knows no such one.

    Raises:
        CheckFailed: None of these can be told.
    """
    soql = version_to_install(version_id, session.installation_key)
    try:
        rows = page_in(session.get(addresses.tooling_query(soql))).rows
    except Refused as refusal:
        if repeated := _QUERY_REPEATED.match(refusal.detail):
            refusal.detail = refusal.fault.code + ":" + refusal.detail[repeated.end() :]
        if not _is_about_the_version(refusal):
            raise
        return session.public(refusal.detail)
    return _target(rows[0], version_id) if rows else None


def _is_about_the_version(refusal: Refused) -> bool:
    fault = refusal.fault
    if fault.code in _NOT_UNDERSTOOD:
        return False
    about_key = _ABOUT_THE_KEY.search(str(fault)) is not None
    return about_key or (refusal.code is FailureCode.REQUEST_REJECTED and bool(fault.code))


def _target(row: Json, version_id: str) -> TargetVersion:
    if not same_id(an_id(row, "Id", VERSION_PREFIX), version_id):
        raise MalformedAnswer("Id is that of another version")
    verdict = row.get("InstallValidationStatus") or ""
    if verdict and not (isinstance(verdict, str) and _VERDICT.fullmatch(verdict)):
        raise MalformedAnswer("InstallValidationStatus is not a word")
    return TargetVersion(
        version_id=in_18_characters(version_id),
        package_id=an_id(row, "SubscriberPackageId", "033"),
        version=number_of(row),
        validation=str(verdict),
    )
