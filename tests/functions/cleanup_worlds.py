"""Places where the page about the old keys stands: deployed, and in this process."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tests.adapters.web.keys_desk import KeysDesk
from tests.authorizations import ZOOM_ADMIN
from tests.functions.answer_worlds import Deployed, InMemory
from tests.keys_asked import KeysAsked, a_cleanup_request, a_migration_asking, an_org_asked
from zoom_migrator.domain.org import OrgRegistration


def ask(
    asked: KeysAsked,
    now: datetime,
    *,
    lifetime: timedelta = timedelta(days=14),
    registration: OrgRegistration | None = None,
    needs_confirmation: bool = True,
    zoom_email: str = ZOOM_ADMIN,
) -> None:
    """Have the admin of an org be asked."""
    org = an_org_asked(asked.number)
    if registration is not None:
        org = replace(org, registration=replace(registration, org_id=asked.org_id))
    request = a_cleanup_request(needs_confirmation=needs_confirmation)
    request = replace(request, expires_at=now + lifetime)
    migration = a_migration_asking(asked.number, request=request)
    proofs = tuple(replace(proof, zoom_email=zoom_email) for proof in migration.verifications)
    asked.ask(replace(migration, verifications=proofs), org)


@dataclass
class DeployedKeysWorld(Deployed):
    """The deployed function, and the AWS around it."""

    def ask(self, **how: Any) -> KeysDesk:
        asked = self.stores(KeysAsked)
        ask(asked, self.now, **how)
        return KeysDesk(asked, self.function("cleanup"))


@dataclass
class MemoryKeysWorld(InMemory[KeysAsked]):
    """A page in this process, whole or broken, over stores in memory."""

    def ask(self, **how: Any) -> KeysDesk:
        asked = KeysAsked.in_memory()
        ask(asked, self.now, **how)
        return KeysDesk(asked, self.make(asked))
