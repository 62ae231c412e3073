"""An org that waits to be authorized at Zoom, with everything in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Final

from tests.builders import ADA, NOW, a_full_snapshot, a_migration, a_registration, an_org, org_id_of
from zoom_migrator.adapters.memory.attempts import InMemoryAttemptRepository
from zoom_migrator.adapters.memory.grant_vault import InMemoryGrantVault
from zoom_migrator.adapters.memory.grants import InMemoryGrantRepository
from zoom_migrator.adapters.memory.migrations import InMemoryMigrationRepository
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.adapters.memory.signing import InMemoryLinkSigner, InMemoryTokenVault
from zoom_migrator.adapters.memory.system import (
    SequentialSecretIds,
    SequentialSecretValues,
    SettableClock,
)
from zoom_migrator.adapters.memory.workflow import InMemoryMigrationWorkflow, InMemoryTaskCallback
from zoom_migrator.adapters.memory.zoom import InMemoryZoomGateway, ZoomPerson
from zoom_migrator.domain.authorization import AuthorizationAttempt
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.authorization_request import AuthorizationRequest
from zoom_migrator.domain.authorization_settings import AuthorizationSettings, GrantSettings
from zoom_migrator.domain.callback import read_callback
from zoom_migrator.domain.grant import Grant, TokenPair
from zoom_migrator.domain.migration import Migration, MigrationStep, Verdict
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.org import Org, ZoomProduct
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.zoom_account import Possession, ZoomProducts, ZoomUser
from zoom_migrator.domain.zoom_scopes import ScopeRules
from zoom_migrator.use_cases.authorization_attempt import Browser, Completion, find_result
from zoom_migrator.use_cases.authorization_link import AuthorizationOffer, find_offer, renew_offer
from zoom_migrator.use_cases.complete_authorization import complete_authorization
from zoom_migrator.use_cases.find_grants import grant_of_org
from zoom_migrator.use_cases.follow_up_authorization import follow_up_authorization
from zoom_migrator.use_cases.grant_ports import GrantPorts
from zoom_migrator.use_cases.redeem_consent import CallbackPorts
from zoom_migrator.use_cases.refresh_grant import Refreshed, RefreshNeed, refresh_grant
from zoom_migrator.use_cases.request_authorization import request_authorization
from zoom_migrator.use_cases.start_authorization import StartedAuthorization, start_authorization
from zoom_migrator.use_cases.stop_migration import stop_migration

ZOOM_ADMIN: Final = "zoom.admin@acme.example"
ACCOUNT_ID: Final = "q6gBJVO5TzexKYTb_I2rpg"
USER_ID: Final = "zJKyaiAyTNC-MWjiWC18KQ"
ISSUER: Final = "https://zoom.us"
EVERYTHING: Final = ZoomProducts(Possession.YES, Possession.YES, Possession.YES)


def a_zoom_user(
    email: str = ZOOM_ADMIN, *, user_id: str = USER_ID, account_id: str = ACCOUNT_ID
) -> ZoomUser:
    """The Zoom admin of the fleet's first org."""
    return ZoomUser(user_id, account_id, email, user_type=2, role_name="Admin")


def a_person(
    email: str = ZOOM_ADMIN,
    *,
    user_id: str = USER_ID,
    account_id: str = ACCOUNT_ID,
    products: ZoomProducts = EVERYTHING,
    scopes: tuple[str, ...] = ("user:read:user:admin", "user:read:settings:admin"),
) -> ZoomPerson:
    """Somebody with a Zoom login; the expected admin, who has everything, unless said otherwise."""
    user = a_zoom_user(email, user_id=user_id, account_id=account_id)
    return ZoomPerson(user, products, scopes)


def some_authorization_settings(
    *,
    scopes: ScopeRules | None = None,
    request_lifetime: timedelta = timedelta(days=14),
    reminder_every: timedelta = timedelta(days=3),
    attempt_lifetime: timedelta = timedelta(minutes=10),
) -> AuthorizationSettings:
    """The fleet's settings of authorizations."""
    return AuthorizationSettings(
        authorize_url="https://zoom.us/oauth/authorize",
        issuer=ISSUER,
        redirect_uri="https://migrator.example/oauth/callback",
        scopes=scopes or ScopeRules(),
        request_lifetime=request_lifetime,
        reminder_every=reminder_every,
        attempt_lifetime=attempt_lifetime,
    )


@dataclass
class AuthorizationWorld:
    """The fleet's orgs, a Zoom, and the steps of an authorization.

    Each step is the real use case, called as its function calls it.
    """

    settings: AuthorizationSettings = field(default_factory=some_authorization_settings)
    grant_settings: GrantSettings = field(default_factory=GrantSettings)
    clock: SettableClock = field(default_factory=lambda: SettableClock(NOW))
    orgs: InMemoryOrgRepository = field(default_factory=InMemoryOrgRepository)
    attempts: InMemoryAttemptRepository = field(default_factory=InMemoryAttemptRepository)
    grants: InMemoryGrantRepository = field(default_factory=InMemoryGrantRepository)
    grant_vault: InMemoryGrantVault = field(default_factory=InMemoryGrantVault)
    task_vault: InMemoryTokenVault = field(default_factory=InMemoryTokenVault)
    callback: InMemoryTaskCallback = field(default_factory=InMemoryTaskCallback)
    signer: InMemoryLinkSigner = field(default_factory=InMemoryLinkSigner)
    ids: SequentialSecretIds = field(default_factory=SequentialSecretIds)
    secrets: SequentialSecretValues = field(default_factory=SequentialSecretValues)

    def __post_init__(self) -> None:
        self.migrations = InMemoryMigrationRepository(self.orgs)
        self.zoom = InMemoryZoomGateway(self.clock)
        self._tokens = (f"task-token-{number}-canary" for number in count(1))

    def register(
        self,
        number: int = 1,
        *,
        products: tuple[ZoomProduct, ...] = (ZoomProduct.MEETINGS,),
        zoom_admin_email: str = ZOOM_ADMIN,
        zoom_account_id: str = "",
        status: OrgStatus = OrgStatus.AUTHORIZATION_PENDING,
    ) -> None:
        """Register an org whose migration waits for an authorization, not asked for yet."""
        registration = a_registration(number, products=products, zoom_admin_email=zoom_admin_email)
        self.orgs.save(
            an_org(
                number,
                registration=replace(registration, zoom_account_id=zoom_account_id),
                status=status,
                snapshot=a_full_snapshot(),
                attempts=1,
                active_attempt=1,
            )
        )
        self.migrations.save(a_migration(number, step=MigrationStep.AWAITING_AUTHORIZATION))

    def ask(self, number: int = 1) -> str:
        """Run the step that asks; returns the token that the machine waits with."""
        token = next(self._tokens)
        self.callback.wait(token)
        request_authorization(
            org_id_of(number),
            1,
            token,
            orgs=self.orgs,
            migrations=self.migrations,
            vault=self.task_vault,
            callback=self.callback,
            ids=self.ids,
            clock=self.clock,
            settings=self.settings,
        )
        return token

    def asked(self, number: int = 1, **registration: object) -> str:
        """Register an org and ask for its authorization."""
        self.register(number, **registration)  # type: ignore[arg-type]
        return self.ask(number)

    def begin(
        self, number: int = 1, *, products: tuple[ZoomProduct, ...] = (ZoomProduct.MEETINGS,)
    ) -> StartedAuthorization:
        """Press the button on the start page."""
        started = self.press(number, products=products)
        assert isinstance(started, StartedAuthorization), started
        return started

    def press(
        self, number: int = 1, *, products: tuple[ZoomProduct, ...] = (ZoomProduct.MEETINGS,)
    ) -> StartedAuthorization | Outcome:
        """Press the button on the start page, whatever it leads to."""
        return start_authorization(
            self.offer_of(number),
            products,
            attempts=self.attempts,
            zoom=self.zoom,
            secrets=self.secrets,
            clock=self.clock,
            settings=self.settings,
        )

    def back(self, query: Mapping[str, Sequence[str]], browser: Browser) -> Completion:
        """Come back from Zoom with a query, in a browser."""
        return complete_authorization(
            read_callback(query, issuer=ISSUER),
            browser,
            ports=self.ports,
            settings=self.settings,
        )

    def authorize(
        self,
        person: ZoomPerson | None = None,
        number: int = 1,
        *,
        products: tuple[ZoomProduct, ...] = (ZoomProduct.MEETINGS,),
    ) -> Completion:
        """Go the whole way from the button to the answer."""
        started = self.begin(number, products=products)
        query = self.zoom.consent(started.address, person or a_person())
        return self.back(query, browser_of(started))

    def result(self, started: StartedAuthorization) -> Completion:
        """Look at the result page, in the browser of an attempt."""
        return find_result(
            started.attempt.state_hash,
            browser_of(started),
            orgs=self.orgs,
            migrations=self.migrations,
            attempts=self.attempts,
            clock=self.clock,
            settings=self.settings,
        )

    def follow_up(self, number: int = 1) -> Verdict:
        """Run the step that looks what became of the request."""
        return follow_up_authorization(
            org_id_of(number),
            1,
            orgs=self.orgs,
            migrations=self.migrations,
            grants=self.grants,
            clock=self.clock,
            settings=self.settings,
        )

    def refresh(self, need: RefreshNeed = RefreshNeed.OPERATOR, number: int = 1) -> Refreshed:
        """Refresh the grant of an org."""
        return refresh_grant(
            self.grant_of(number).grant_id,
            need,
            ports=self.grant_ports,
            ids=self.ids,
            clock=self.clock,
            settings=self.grant_settings,
        )

    def renew(self, number: int = 1) -> AuthorizationOffer:
        """Ask anew, which makes all earlier links void."""
        return renew_offer(
            self.offer_of(number),
            requested_by=ADA,
            migrations=self.migrations,
            ids=self.ids,
            clock=self.clock,
            settings=self.settings,
        )

    def stop(self, number: int = 1) -> Migration:
        """Stop the migration, as an operator does."""
        return stop_migration(
            org_id_of(number),
            requested_by=ADA,
            reason="change freeze",
            orgs=self.orgs,
            migrations=self.migrations,
            workflow=InMemoryMigrationWorkflow(),
            clock=self.clock,
        )

    def ask_again(self, number: int = 1) -> None:
        """Let an authorized org wait for another authorization, as if it were disconnected."""
        migration = self.migration_of(number)
        self.migrations.save(
            replace(migration, step=MigrationStep.AWAITING_AUTHORIZATION, authorization=None),
            org=replace(self.org_of(number), status=OrgStatus.DISCONNECTED),
        )
        self.ask(number)

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(**time))

    @property
    def ports(self) -> CallbackPorts:
        """What completing an authorization gets."""
        return CallbackPorts(
            orgs=self.orgs,
            migrations=self.migrations,
            attempts=self.attempts,
            grants=self.grants,
            grant_vault=self.grant_vault,
            task_vault=self.task_vault,
            callback=self.callback,
            zoom=self.zoom,
            clock=self.clock,
        )

    @property
    def grant_ports(self) -> GrantPorts:
        """What everything gets that changes grants."""
        return GrantPorts(self.grants, self.grant_vault, self.zoom)

    def org_of(self, number: int = 1) -> Org:
        """An org as it is stored."""
        org = self.orgs.get(org_id_of(number))
        assert org is not None
        return org

    def migration_of(self, number: int = 1) -> Migration:
        """The migration of an org as it is stored."""
        migration = self.migrations.get(org_id_of(number), 1)
        assert migration is not None
        return migration

    def request_of(self, number: int = 1) -> AuthorizationRequest:
        """The request for authorization of an org as it is stored."""
        request = self.migration_of(number).authorization
        assert request is not None
        return request

    def offer_of(self, number: int = 1) -> AuthorizationOffer:
        """The offer that an org's link leads to."""
        offer = find_offer(org_id_of(number), 1, orgs=self.orgs, migrations=self.migrations)
        assert offer is not None
        return offer

    def grant_of(self, number: int = 1) -> Grant:
        """The grant that an org uses."""
        grant = grant_of_org(org_id_of(number), grants=self.grants)
        assert grant is not None
        return grant

    def pair_of(self, number: int = 1) -> TokenPair:
        """The tokens of the grant that an org uses."""
        grant = self.grant_of(number)
        return self.grant_vault.open(grant.sealed, subject=grant.subject)

    def has_grant(self, number: int = 1) -> bool:
        """Whether an org uses a grant."""
        return grant_of_org(org_id_of(number), grants=self.grants) is not None

    def attempt_of(self, started: StartedAuthorization) -> AuthorizationAttempt:
        """An attempt as it is stored."""
        attempt = self.attempts.get(started.attempt.state_hash)
        assert attempt is not None
        return attempt

    def told(self, number: int = 1) -> list[NoticeKind]:
        """What was to be told, oldest first."""
        notices = self.migrations.notices(org_id_of(number), limit=50)
        return [each.kind for each in reversed(notices)]

    def history(self, number: int = 1) -> list[str]:
        """What the audit trail says, oldest first."""
        trail = self.orgs.audit_trail(org_id_of(number), limit=100)
        return [f"{entry.action}: {entry.detail}" for entry in reversed(trail)]


def browser_of(*started: StartedAuthorization) -> Browser:
    """The cookies of a browser in which these attempts were begun."""
    return {each.attempt.state_hash: each.browser_secret for each in started}
