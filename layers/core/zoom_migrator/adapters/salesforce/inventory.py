"""What else a check wants to know of an org, asked in one composite request.

Every section stands for itself: one that cannot be read is unknown, with the reason, and takes
nothing away from the others or from the version found before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from zoom_migrator.adapters.salesforce.answers import (
    MalformedAnswer,
    a_flag,
    a_moment,
    a_name,
    an_id,
)
from zoom_migrator.adapters.salesforce.composite import NOT_VISIBLE, Parts, ask_all
from zoom_migrator.adapters.salesforce.errors import CheckFailed, Refused
from zoom_migrator.adapters.salesforce.queries import Addresses
from zoom_migrator.adapters.salesforce.session import OrgSession
from zoom_migrator.domain.check import (
    Identity,
    KeyPresence,
    LegacyKeys,
    OrgFacts,
    Permissions,
    PlatformCache,
    Section,
)


@dataclass(slots=True)
class Inventory:
    """What was found out, section by section; defaults mean unknown."""

    keys: LegacyKeys = field(default_factory=lambda: LegacyKeys(KeyPresence.UNKNOWN))
    identity: Identity | None = None
    org: OrgFacts | None = None
    permissions: Permissions | None = None
    platform_cache: PlatformCache = PlatformCache.UNKNOWN
    unknown: dict[Section, str] = field(default_factory=dict)


def inventory(session: OrgSession, addresses: Addresses, *, org_id: str, user_id: str) -> Inventory:
    """Ask an org for everything besides its packages; never fails, leaves unknown instead."""
    wanted = addresses.inventory(org_id=org_id, user_id=user_id)
    try:
        parts = ask_all(session, addresses, wanted)
    except CheckFailed as failure:
        return Inventory(unknown=dict.fromkeys(Section, _reason(failure, session.public)))
    return _Reader(parts, user_id, session.public).read()


def _reason(failure: CheckFailed, public: Callable[[str], str]) -> str:
    return public(f"{failure.code}: {failure.detail}")


class _Reader:
    """Reads the parts of a composite answer."""

    def __init__(self, parts: Parts, user_id: str, public: Callable[[str], str]) -> None:
        self._parts = parts
        self._user_id = user_id
        self._public = public
        self._found = Inventory()

    def read(self) -> Inventory:
        found = self._found
        found.keys = self._read(Section.KEYS, self._keys) or found.keys
        found.identity = self._read(Section.IDENTITY, self._identity)
        found.org = self._read(Section.ORG, self._org)
        found.permissions = self._read(Section.PERMISSIONS, self._permissions)
        found.platform_cache = (
            self._read(Section.PLATFORM_CACHE, self._platform_cache) or found.platform_cache
        )
        return found

    def _read[T](self, section: Section, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except CheckFailed as failure:
            self._note(section, failure)
            return None

    def _note(self, section: Section, failure: CheckFailed) -> None:
        self._found.unknown[section] = _reason(failure, self._public)

    def _keys(self) -> LegacyKeys:
        count = self._row_count()
        try:
            page = self._parts.page("keys")
        except Refused as refusal:
            if refusal.fault.code not in NOT_VISIBLE:
                raise
            self._note(Section.KEYS, refusal)
            return LegacyKeys(KeyPresence.NOT_VISIBLE, record_count=count)
        if page.rows:
            ids = tuple(an_id(row, "Id") for row in page.rows)
            return LegacyKeys(KeyPresence.PRESENT, ids, count)
        if count == 0:
            return LegacyKeys(KeyPresence.NO_RECORD, record_count=0)
        return LegacyKeys(KeyPresence.ABSENT, record_count=count)

    def _row_count(self) -> int | None:
        try:
            return self._parts.page("key_rows").total
        except CheckFailed:
            # Of interest to people only; whether keys are stored is known without it.
            return None

    def _identity(self) -> Identity:
        user = self._parts.body("user")
        return Identity(
            user_id=self._user_id, username=a_name(user, "Username"), email=a_name(user, "Email")
        )

    def _org(self) -> OrgFacts:
        org = self._parts.body("organization")
        return OrgFacts(
            name=a_name(org, "Name"),
            edition=a_name(org, "OrganizationType"),
            instance=a_name(org, "InstanceName"),
            is_sandbox=a_flag(org, "IsSandbox"),
            is_read_only=a_flag(org, "IsReadOnly"),
            trial_expires_at=a_moment(org, "TrialExpirationDate"),
        )

    def _permissions(self) -> Permissions:
        rows = self._parts.page("permissions").rows
        if not rows:
            raise MalformedAnswer("no row of permissions")
        return Permissions(
            modify_all_data=a_flag(rows[0], "PermissionsModifyAllData"),
            install_packages=a_flag(rows[0], "PermissionsInstallPackaging"),
            view_setup=a_flag(rows[0], "PermissionsViewSetup"),
            customize_application=a_flag(rows[0], "PermissionsCustomizeApplication"),
            author_apex=a_flag(rows[0], "PermissionsAuthorApex"),
        )

    def _platform_cache(self) -> PlatformCache:
        # Before the upgrade a healthy org has no partition yet; that the object can be asked at
        # all shows the feature. An org without the feature is assumed to answer INVALID_TYPE.
        if self._parts.page("cache").rows:
            return PlatformCache.PARTITION_PRESENT
        return PlatformCache.FEATURE_SEEN
