"""The page about the old keys over stores in memory, as a function of API Gateway's events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from tests.adapters.web.desk import AnswerDesk, Handler, handler_of, ports_of
from tests.cleanups import AHEAD, CleanupWorld
from tests.keys_asked import KeysAsked, a_migration_asking, an_org_asked
from zoom_migrator.adapters.web.cleanup_page import CleanupPage
from zoom_migrator.adapters.web.pages import Pages
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.org import Org

ROUTE: Final = "/cleanup/{link}"


@dataclass(frozen=True)
class KeysDesk(AnswerDesk[KeysAsked]):
    """Where people say whether the old keys are removed."""

    route = ROUTE
    purpose = "cleanup"
    approved = "✓ The removal is approved"

    @classmethod
    def asking(
        cls,
        migration: Migration | None = None,
        org: Org | None = None,
        *,
        jwt_deadline: date = AHEAD,
    ) -> KeysDesk:
        """A desk at which an org's admin is asked about the old keys."""
        asked = KeysAsked.in_memory()
        asked.ask(migration or a_migration_asking(), org or an_org_asked())
        return cls(asked, page_over(asked, jwt_deadline))

    @classmethod
    def within(cls, world: CleanupWorld) -> KeysDesk:
        """The desk in a world in which everything else happens, too; somebody has to be asked."""
        asked = KeysAsked.of(world)
        return cls(asked, page_over(asked, world.cleanup.jwt_deadline))

    def filled_in(self) -> dict[str, str]:
        """See the base."""
        return {
            "connection": "seen",
            "name": "Grace Hopper",
            "email": "salesforce.admin@acme.example",
            "decision": "approve",
        }


def page_over(asked: KeysAsked, jwt_deadline: date = AHEAD) -> Handler:
    """A function whose only page is the one about the old keys."""
    return handler_of(CleanupPage(ports_of(asked), Pages(), jwt_deadline), ROUTE)
