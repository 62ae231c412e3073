"""Every way a check can fail, what it means, and what a person should do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from zoom_migrator.domain.status import BlockedReason


class FailureKind(StrEnum):
    """Who can mend a failure.

    ``TRANSIENT`` mends itself within seconds, ``LATER`` within a day, ``OPERATOR_ACTION`` never
    by itself.
    """

    TRANSIENT = "transient"
    LATER = "later"
    OPERATOR_ACTION = "operator_action"


class FailureCode(StrEnum):
    """Why a check of an org found out nothing. Codes are stable: scripts may rely on them."""

    LOGIN_NOT_APPROVED = "login_not_approved"
    ASSERTION_REJECTED = "assertion_rejected"
    AUDIENCE_REJECTED = "audience_rejected"
    ASSERTION_EXPIRED = "assertion_expired"
    IP_RESTRICTED = "ip_restricted"
    USER_INACTIVE = "user_inactive"
    ORG_INACTIVE = "org_inactive"
    AUTHENTICATION_FAILED = "authentication_failed"
    APP_BLOCKED = "app_blocked"
    CLIENT_REJECTED = "client_rejected"
    RUN_AS_USER_MISSING = "run_as_user_missing"
    FLOW_NOT_ENABLED = "flow_not_enabled"
    LOGIN_REFUSED = "login_refused"
    LOGIN_RATE_EXCEEDED = "login_rate_exceeded"
    SESSION_REJECTED = "session_rejected"
    PACKAGES_NOT_VISIBLE = "packages_not_visible"
    VERSION_NOT_READABLE = "version_not_readable"
    INSUFFICIENT_ACCESS = "insufficient_access"
    DAILY_LIMIT_EXCEEDED = "daily_limit_exceeded"
    CONCURRENT_LIMIT_EXCEEDED = "concurrent_limit_exceeded"
    API_DISABLED = "api_disabled"
    API_VERSION_RETIRED = "api_version_retired"
    REQUEST_REJECTED = "request_rejected"
    SERVICE_UNAVAILABLE = "service_unavailable"
    TIMED_OUT = "timed_out"
    CONNECTION_FAILED = "connection_failed"
    TLS_FAILED = "tls_failed"
    HOST_NOT_FOUND = "host_not_found"
    HOST_NOT_ALLOWED = "host_not_allowed"
    MALFORMED_ANSWER = "malformed_answer"
    WRONG_ORG = "wrong_org"
    CREDENTIALS_MISSING = "credentials_missing"
    SCAN_OUT_OF_TIME = "scan_out_of_time"
    INTERNAL_ERROR = "internal_error"


@dataclass(frozen=True, slots=True)
class FailureMeaning:
    """What a failure means for people.

    Attributes:
        blocked_reason: Reason code an org gets if nothing is known of it yet; only for failures
            that need a person.
    """

    kind: FailureKind
    summary: str
    remedy: str
    blocked_reason: BlockedReason | None = None


_APPROVE: Final = (
    "In the org: install or approve the migrator's External Client App and pre-authorise the "
    "integration user by profile or permission set."
)
_RETRIED: Final = "Nothing to do: the next scan tries again."
_R = BlockedReason


def _person(reason: BlockedReason, summary: str, remedy: str) -> FailureMeaning:
    return FailureMeaning(FailureKind.OPERATOR_ACTION, summary, remedy, reason)


def _transient(summary: str, remedy: str = _RETRIED) -> FailureMeaning:
    return FailureMeaning(FailureKind.TRANSIENT, summary, remedy)


def _later(summary: str, remedy: str) -> FailureMeaning:
    return FailureMeaning(FailureKind.LATER, summary, remedy)


_C = FailureCode
_MEANINGS: Final[dict[FailureCode, FailureMeaning]] = {
    _C.LOGIN_NOT_APPROVED: _person(
        _R.LOGIN_NOT_APPROVED, "The org has not approved the migrator's app.", _APPROVE
    ),
    _C.ASSERTION_REJECTED: _person(
        _R.LOGIN_REFUSED,
        "Salesforce rejected the signed login.",
        "Check that the certificate uploaded to the External Client App belongs to the private "
        "key in the Salesforce secret, and that the username exists in this org.",
    ),
    _C.AUDIENCE_REJECTED: _person(
        _R.LOGIN_REFUSED,
        "Salesforce rejected the audience of the login.",
        "Correct the org's environment (production or sandbox) in the fleet file.",
    ),
    _C.ASSERTION_EXPIRED: _person(
        _R.LOGIN_REFUSED,
        "Salesforce found the signed login expired.",
        "Check the clock of the machine that runs the scan, then the certificate's dates.",
    ),
    _C.IP_RESTRICTED: _person(
        _R.LOGIN_REFUSED,
        "The org does not allow logins from the scan's network.",
        "In the org: relax IP restrictions of the External Client App's policy, or allow the "
        "scan's addresses.",
    ),
    _C.USER_INACTIVE: _person(
        _R.LOGIN_REFUSED,
        "The integration user is inactive.",
        "Activate the user in the org, or correct the username in the fleet file.",
    ),
    _C.ORG_INACTIVE: _person(
        _R.LOGIN_REFUSED,
        "The org is inactive: expired, locked or deleted.",
        "Ask its owner; take the row out of the fleet file if the org is gone.",
    ),
    _C.AUTHENTICATION_FAILED: _person(
        _R.LOGIN_REFUSED,
        "Salesforce refused the login without naming a reason.",
        "Look at the org's Login History (Setup) for the integration user.",
    ),
    _C.APP_BLOCKED: _person(
        _R.LOGIN_NOT_APPROVED,
        "The org blocks the migrator's app.",
        "In the org: Setup > Connected Apps OAuth Usage, unblock the app; then " + _APPROVE,
    ),
    _C.CLIENT_REJECTED: _person(
        _R.CONFIGURATION,
        "Salesforce does not know the migrator's client id or refuses its secret.",
        "Check the consumer key and secret with `zoom-migrator setup salesforce-app`; a new app "
        "takes some minutes to become known.",
    ),
    _C.RUN_AS_USER_MISSING: _person(
        _R.LOGIN_REFUSED,
        "The app has no run-as user for client credentials in this org.",
        "In the org: External Client App > Policies > enable Client Credentials Flow and choose "
        "the user.",
    ),
    _C.FLOW_NOT_ENABLED: _person(
        _R.LOGIN_REFUSED,
        "The app does not allow this kind of login.",
        "Enable the flow in the External Client App, or change auth_kind in the fleet file.",
    ),
    _C.LOGIN_REFUSED: _person(
        _R.LOGIN_REFUSED,
        "Salesforce refused the login.",
        "Read what Salesforce said (below), and the org's Login History.",
    ),
    _C.LOGIN_RATE_EXCEEDED: _later(
        "Too many logins of this user within the hour.",
        "Wait an hour; look for another program that logs in with the same user.",
    ),
    _C.SESSION_REJECTED: _person(
        _R.LOGIN_REFUSED,
        "The org rejected a session it had just given.",
        "Check the session and IP policies of the app and of the user's profile.",
    ),
    _C.PACKAGES_NOT_VISIBLE: _person(
        _R.INSUFFICIENT_PRIVILEGES,
        "The integration user may not see installed packages.",
        "Give the user the permission 'Download AppExchange Packages' and 'View Setup and "
        "Configuration'.",
    ),
    _C.VERSION_NOT_READABLE: _person(
        _R.CONFIGURATION,
        "The Zoom package is installed, but Salesforce does not tell its version.",
        "Look the version up in the org (Setup > Installed Packages), and ask Salesforce Support "
        "why the Tooling API cannot read it.",
    ),
    _C.INSUFFICIENT_ACCESS: _person(
        _R.INSUFFICIENT_PRIVILEGES,
        "The integration user lacks a right the check needs.",
        "Give the user the permissions listed in the set-up guide.",
    ),
    _C.DAILY_LIMIT_EXCEEDED: _later(
        "The org has used up its API calls of the last 24 hours.",
        "Wait until the allowance recovers; look in Setup > Company Information for who uses it.",
    ),
    _C.CONCURRENT_LIMIT_EXCEEDED: _transient("The org has too many long API requests open."),
    _C.API_DISABLED: _person(
        _R.API_DISABLED,
        "The API is switched off in this org.",
        "The edition must include the API (Enterprise and above, or Professional with the "
        "add-on), and the user needs 'API Enabled'.",
    ),
    _C.API_VERSION_RETIRED: _person(
        _R.CONFIGURATION,
        "Salesforce has retired the configured API version.",
        "Deploy with a newer SalesforceApiVersion.",
    ),
    _C.REQUEST_REJECTED: _person(
        _R.CONFIGURATION,
        "Salesforce rejected the request in a way the migrator does not know.",
        "Read what Salesforce said (below) and report it.",
    ),
    _C.SERVICE_UNAVAILABLE: _transient("Salesforce is unavailable or in maintenance."),
    _C.TIMED_OUT: _transient("Salesforce did not answer in time."),
    _C.CONNECTION_FAILED: _transient("The connection to Salesforce broke."),
    _C.TLS_FAILED: _person(
        _R.CONFIGURATION,
        "The host's certificate is not valid for its name.",
        "Check the My Domain host in the fleet file, and any proxy on the way.",
    ),
    _C.HOST_NOT_FOUND: _person(
        _R.CONFIGURATION,
        "The My Domain host does not exist.",
        "Correct my_domain_host in the fleet file (Setup > My Domain).",
    ),
    _C.HOST_NOT_ALLOWED: _person(
        _R.CONFIGURATION,
        "The org's address lies outside the domains the migrator may log in to.",
        "Correct my_domain_host in the fleet file, or deploy with a wider "
        "SalesforceAllowedDomains if the address (below) is a genuine one.",
    ),
    _C.MALFORMED_ANSWER: _transient("Salesforce sent an answer that could not be read."),
    _C.WRONG_ORG: _person(
        _R.WRONG_ORG,
        "The host belongs to another org than the fleet file says.",
        "Correct org_key or my_domain_host in the fleet file; sandboxes get a new id at refresh.",
    ),
    _C.CREDENTIALS_MISSING: _person(
        _R.CONFIGURATION,
        "The Salesforce secret lacks what this kind of login needs.",
        "Fill it with `zoom-migrator setup salesforce-app`.",
    ),
    _C.SCAN_OUT_OF_TIME: _transient("The scan's time was up before this org's turn."),
    _C.INTERNAL_ERROR: _transient(
        "The migrator itself failed on this org.",
        "Look for the scan id and org id in the log of scan_orgs and report it.",
    ),
}


def meaning_of(code: FailureCode) -> FailureMeaning:
    """What a failure means, who can mend it, and how."""
    return _MEANINGS[code]
