"""Places where the approval page stands: deployed, and in this process."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tests.adapters.embedded_aws import client
from tests.adapters.web.desk import Desk, Handler
from tests.approvals import Asked, a_waiting_migration, a_waiting_org
from tests.builders import NOW, an_approval
from tests.functions.deployment import Deployment
from zoom_migrator.adapters.kms import KmsLinkSigner, KmsTokenVault
from zoom_migrator.domain.approval import Approval
from zoom_migrator.domain.finding import Finding
from zoom_migrator.domain.org import OrgRegistration


def ask(
    asked: Asked,
    approval: Approval,
    registration: OrgRegistration | None,
    findings: tuple[Finding, ...],
) -> None:
    """Have the admin of an org be asked."""
    org = a_waiting_org(asked.number)
    if registration is not None:
        registration = replace(registration, org_id=asked.org_id)
        org = replace(org, registration=registration)
    asked.ask(a_waiting_migration(asked.number, approval=approval, findings=findings), org)


@dataclass
class DeployedWorld:
    """The deployed function, and the AWS around it."""

    deployment: Deployment
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def ask(
        self,
        approval: Approval | None = None,
        *,
        registration: OrgRegistration | None = None,
        findings: tuple[Finding, ...] = (),
    ) -> Desk:
        created, kms = self.deployment.created, client("kms")
        asked = Asked(
            orgs=self.deployment.orgs,
            migrations=self.deployment.migrations,
            signer=KmsLinkSigner(kms, created.link_key_arn),
            vault=KmsTokenVault(kms, created.token_key_arn),
            number=next(self._numbers),
        )
        lasting = replace(an_approval(), expires_at=self.now + timedelta(days=14))
        ask(asked, approval or lasting, registration, findings)
        return Desk(asked, lambda event: self.deployment.invoke("approve", event))

    def logged(self) -> str:
        return self.deployment.output.getvalue()


@dataclass
class MemoryWorld:
    """A page in this process, whole or broken, over stores in memory."""

    make: Callable[[Asked], Handler]
    output: io.StringIO
    now: datetime = NOW

    def ask(
        self,
        approval: Approval | None = None,
        *,
        registration: OrgRegistration | None = None,
        findings: tuple[Finding, ...] = (),
    ) -> Desk:
        asked = Asked.in_memory()
        ask(asked, approval or an_approval(), registration, findings)
        return Desk(asked, self.make(asked))

    def logged(self) -> str:
        return self.output.getvalue()
