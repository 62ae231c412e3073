"""Places where the approval page stands: deployed, and in this process."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tests.adapters.web.desk import Desk
from tests.approvals import Asked, a_waiting_migration, a_waiting_org
from tests.builders import an_approval
from tests.functions.answer_worlds import Deployed, InMemory
from zoom_migrator.domain.finding import Finding
from zoom_migrator.domain.org import OrgRegistration

_LIFETIME = timedelta(days=14)


def ask(
    asked: Asked,
    expires_at: datetime,
    registration: OrgRegistration | None,
    findings: tuple[Finding, ...],
) -> None:
    """Have the admin of an org be asked."""
    org = a_waiting_org(asked.number)
    if registration is not None:
        org = replace(org, registration=replace(registration, org_id=asked.org_id))
    approval = replace(an_approval(), expires_at=expires_at)
    asked.ask(a_waiting_migration(asked.number, approval=approval, findings=findings), org)


@dataclass
class DeployedWorld(Deployed):
    """The deployed function, and the AWS around it."""

    def ask(
        self,
        *,
        lifetime: timedelta = _LIFETIME,
        registration: OrgRegistration | None = None,
        findings: tuple[Finding, ...] = (),
    ) -> Desk:
        asked = self.stores(Asked)
        ask(asked, self.now + lifetime, registration, findings)
        return Desk(asked, self.function("approve"))


@dataclass
class MemoryWorld(InMemory[Asked]):
    """A page in this process, whole or broken, over stores in memory."""

    def ask(
        self,
        *,
        lifetime: timedelta = _LIFETIME,
        registration: OrgRegistration | None = None,
        findings: tuple[Finding, ...] = (),
    ) -> Desk:
        asked = Asked.in_memory()
        ask(asked, self.now + lifetime, registration, findings)
        return Desk(asked, self.make(asked))
