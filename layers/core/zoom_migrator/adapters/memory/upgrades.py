"""A Salesforce in memory that installs packages."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from zoom_migrator.adapters.memory.install_world import Fate, InstallingOrg, InstallWorld, known
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.org import OrgRegistration
from zoom_migrator.domain.salesforce_id import same_id
from zoom_migrator.domain.upgrade import (
    InstallAccepted,
    InstallAnswer,
    InstallRefused,
    InstallRequest,
    InstallUncertain,
    SecurityType,
    UpgradeFacts,
)

__all__ = ["Fate", "InMemoryUpgradeGateway"]

_UNKNOWN_VERSION: Final = (
    "INVALID_CROSS_REFERENCE_KEY: The requested package doesn't yet exist or has been deleted."
)


class InMemoryUpgradeGateway(InstallWorld):
    """An :class:`~zoom_migrator.ports.UpgradeGateway` to orgs in memory.

    An org that it was not told of has no host that could be found.
    """

    def facts(self, registration: OrgRegistration, version_id: str) -> UpgradeFacts | CheckFailure:
        """See the port."""
        with self._lock:
            org = self._asked(registration)
            if isinstance(org, CheckFailure):
                return org
            target = None if org.refusal else known(org, version_id)
            return UpgradeFacts(target, _listed(org), org.refusal)

    def request(
        self, registration: OrgRegistration, request_id: str
    ) -> InstallRequest | CheckFailure | None:
        """See the port."""
        with self._lock:
            org = self._asked(registration)
            if isinstance(org, CheckFailure):
                return org
            found = (one for one in org.requests if same_id(one.request_id, request_id))
            return next(found, None)

    def install(
        self, registration: OrgRegistration, version_id: str, security: SecurityType
    ) -> InstallAnswer | CheckFailure:
        """See the port."""
        with self._lock:
            org = self._asked(registration)
            if isinstance(org, CheckFailure):
                return org
            fate = org.fates.popleft() if org.fates else Fate.ACCEPTED
            if isinstance(fate, CheckFailure):
                return fate
            org.posted.append((version_id, security))
            if isinstance(fate, InstallRefused):
                return fate
            return self._fulfil(fate, registration.org_id, version_id)

    def _fulfil(self, fate: Fate | Exception, org_id: str, version_id: str) -> InstallAnswer:
        org = self._orgs[org_id]
        target = known(org, version_id)
        if target is None or org.refusal:
            return InstallRefused(org.refusal or _UNKNOWN_VERSION)
        if fate is Fate.LOST:
            return InstallUncertain("no complete answer in time")
        if fate is Fate.ON_ITS_WAY:
            org.on_their_way.append(target.version_id)
            return InstallUncertain("no complete answer in time")
        request = self.begin(org_id, target.version_id)
        if isinstance(fate, Exception):
            raise fate
        if fate is Fate.ANSWER_LOST:
            return InstallUncertain("closed without an answer")
        return InstallAccepted(request.request_id)

    def _asked(self, registration: OrgRegistration) -> InstallingOrg | CheckFailure:
        org = self._orgs.get(registration.org_id)
        if org is None:
            return CheckFailure(FailureCode.HOST_NOT_FOUND, self._clock.now())
        failure = org.failures.popleft() if org.failures else None
        if isinstance(failure, Exception):
            raise failure
        return failure or org


def _listed(org: InstallingOrg) -> tuple[InstallRequest, ...]:
    """All requests, newest first, and without their errors, as a real org lists them."""
    return tuple(replace(one, errors=()) for one in reversed(org.requests))
