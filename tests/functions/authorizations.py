"""Authorizations of simulated orgs: what Zoom admins and operators do to the deployed functions."""

from __future__ import annotations

from dataclasses import dataclass

from local.zoom import Page, Person
from tests.adapters.embedded_aws import client
from tests.builders import ADA
from tests.functions.deployment import Deployment
from tests.functions.resources import TABLE
from zoom_migrator.adapters.dynamodb.grants import DynamoDbGrantRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.kms import KmsLinkSigner
from zoom_migrator.adapters.kms_grants import KmsGrantVault
from zoom_migrator.adapters.system import RandomSecretIds, SystemClock
from zoom_migrator.domain.authorization_request import AuthorizationRequest
from zoom_migrator.domain.grant import Grant, TokenPair
from zoom_migrator.oauth_settings import RequestAuthorizationSettings
from zoom_migrator.use_cases.authorization_link import (
    AuthorizationOffer,
    authorization_link,
    open_offer,
    renew_offer,
)
from zoom_migrator.use_cases.find_grants import grant_of_org

START = "Continue to Zoom"


@dataclass(frozen=True)
class Authorizations:
    """Orgs on their way to Zoom, and the people around them."""

    deployment: Deployment

    def offer(self, org_id: str) -> AuthorizationOffer:
        """What an org that waits to be authorized offers."""
        return open_offer(
            org_id,
            orgs=self.deployment.orgs,
            migrations=self.deployment.migrations,
            clock=SystemClock(),
        )

    def link(self, org_id: str) -> str:
        """The link to an org's start page."""
        signer = KmsLinkSigner(client("kms"), self.deployment.created.link_key_arn)
        link = authorization_link(self.offer(org_id), signer=signer)
        return f"{self.deployment.pages.base_url}/authorize/{link}"

    def begin(self, org_id: str, person: Person) -> str:
        """Have somebody open the link and press the button; returns where that leads."""
        page = person.press(person.open(self.link(org_id)), START)
        assert page.left_for is not None, page.title
        return page.left_for

    def authorize(self, org_id: str, email: str) -> Page:
        """Have somebody go the whole way from the link over Zoom; returns what they read then."""
        with Person(email) as person:
            return person.open(person.consent(self.begin(org_id, person)))

    def decline(self, org_id: str, email: str) -> Page:
        """Have somebody decline at Zoom; returns what they read then."""
        with Person(email) as person:
            return person.open(person.decline(self.begin(org_id, person)))

    def renew(self, org_id: str) -> None:
        """Have an operator make every link void that was sent before."""
        environment = self.deployment.environment["request_authorization"]
        settings = RequestAuthorizationSettings.from_environ(environment)
        renew_offer(
            self.offer(org_id),
            requested_by=ADA,
            migrations=self.deployment.migrations,
            ids=RandomSecretIds(),
            clock=SystemClock(),
            settings=settings.authorization_settings(),
        )

    def request(self, org_id: str, attempt: int = 1) -> AuthorizationRequest:
        """The request for authorization, answered or not."""
        request = self.deployment.migration(org_id, attempt).authorization
        assert request is not None
        return request

    def grant(self, org_id: str) -> Grant | None:
        """The grant that an org uses."""
        table = Table(client("dynamodb"), TABLE)
        return grant_of_org(org_id, grants=DynamoDbGrantRepository(table))

    def tokens(self, org_id: str) -> TokenPair:
        """The tokens of the grant that an org uses."""
        grant = self.grant(org_id)
        assert grant is not None
        vault = KmsGrantVault(client("kms"), self.deployment.created.token_key_arn)
        return vault.open(grant.sealed, subject=grant.subject)
