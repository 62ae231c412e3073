"""Orgs that wait to be authorized, and browsers on their way back from Zoom with a consent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from benchmarks import fleet
from benchmarks.aws_in_process import InProcessAws
from benchmarks.aws_stand_in import StandIn
from benchmarks.comeback import Comeback
from benchmarks.order import Member
from benchmarks.registration import checked
from benchmarks.zoom import BASE_URL, Zoom, admin
from zoom_migrator.adapters.dynamodb.attempts import attempt_item
from zoom_migrator.adapters.dynamodb.migration_items import migration_item
from zoom_migrator.adapters.dynamodb.org_items import org_item
from zoom_migrator.adapters.kms import KmsTokenVault
from zoom_migrator.adapters.memory.attempts import InMemoryAttemptRepository
from zoom_migrator.adapters.memory.signing import InMemoryLinkSigner
from zoom_migrator.adapters.memory.zoom import InMemoryZoomGateway
from zoom_migrator.adapters.system import RandomSecretIds, RandomSecretValues, SystemClock
from zoom_migrator.adapters.web.authorize_cookie import AttemptCookie
from zoom_migrator.domain.authorization import pkce_verifier
from zoom_migrator.domain.authorization_request import AuthorizationRequest
from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.org import Org, ZoomProduct
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.oauth_settings import AuthorizationPlanSettings
from zoom_migrator.use_cases.authorization_link import AuthorizationOffer, authorization_link
from zoom_migrator.use_cases.start_authorization import StartedAuthorization, start_authorization

TABLE: Final = "benchmark"
KEY_ARN: Final = "arn:aws:kms:us-east-1:123456789012:key/benchmark"
_ATTEMPT: Final = 1
_PRODUCTS: Final = (ZoomProduct.MEETINGS, ZoomProduct.PHONE)
_LIFETIME: Final = timedelta(days=14)
# About as long as those of Step Functions.
_TASK_TOKEN: Final = "t" * 600


class Consents:
    """People who begin authorizations and consent at Zoom, each for an org of their own."""

    def __init__(self, zoom: Zoom, people: int) -> None:
        self._zoom = zoom
        self._members = fleet.members(people)
        client: Any = InProcessAws(StandIn())
        self._vault = KmsTokenVault(client, KEY_ARN)
        self._plan = AuthorizationPlanSettings.from_environ({"PUBLIC_BASE_URL": BASE_URL})

    def come_back(self, numbers: Sequence[int]) -> list[Comeback]:
        """Send the browsers of these people home from Zoom."""
        return [self._come_back(number) for number in numbers]

    def _come_back(self, number: int) -> Comeback:
        offer = self._offer(_org(self._members[number], admin(number)))
        started = self._started(offer)
        attempt, secret = started.attempt, started.browser_secret
        (state,) = parse_qs(urlsplit(started.address).query)["state"]
        verifier = pkce_verifier(state, secret)
        link = authorization_link(offer, signer=InMemoryLinkSigner())
        cookie = AttemptCookie(attempt.state_hash, secret, link).lasting()
        items = (org_item(offer.org), migration_item(offer.migration), attempt_item(attempt))
        return Comeback(
            code=self._zoom.code(admin(number), verifier),
            state=state,
            cookie=cookie.partition(";")[0],
            verifier=verifier,
            stored=tuple(map(dict, items)),
        )

    def _offer(self, org: Org) -> AuthorizationOffer:
        now = datetime.now(UTC)
        request = AuthorizationRequest(
            request_id=RandomSecretIds().new_secret_id(),
            requested_at=now,
            expires_at=now + _LIFETIME,
            products=_PRODUCTS,
            task_token=self._vault.seal(_TASK_TOKEN, org_id=org.org_id, attempt=_ATTEMPT),
        )
        migration = Migration(
            org_id=org.org_id,
            attempt=_ATTEMPT,
            trigger="operator",
            requested_by="operator:benchmark",
            started_at=now,
            step=MigrationStep.AWAITING_AUTHORIZATION,
            authorization=request,
            revision=1,
        )
        return AuthorizationOffer(org, migration, request)

    def _started(self, offer: AuthorizationOffer) -> StartedAuthorization:
        clock = SystemClock()
        started = start_authorization(
            offer,
            _PRODUCTS,
            attempts=InMemoryAttemptRepository(),
            # Asked for the app's id only; consenting is the simulator's business.
            zoom=InMemoryZoomGateway(clock),
            secrets=RandomSecretValues(),
            clock=clock,
            settings=self._plan.authorization_settings(),
        )
        assert isinstance(started, StartedAuthorization), started
        return started


def _org(member: Member, email: str) -> Org:
    """An org that was checked and waits to be authorized."""
    org = checked(member)
    registration = replace(org.registration, zoom_admin_email=email, products=_PRODUCTS)
    return replace(
        org,
        registration=registration,
        status=OrgStatus.AUTHORIZATION_PENDING,
        attempts=_ATTEMPT,
        active_attempt=_ATTEMPT,
        revision=1,
    )
