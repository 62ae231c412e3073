"""Settings of the functions that authorize orgs at Zoom."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from zoom_migrator.domain.authorization_settings import AuthorizationSettings, GrantSettings
from zoom_migrator.domain.zoom_scopes import (
    IDENTITY_SCOPES,
    PRODUCT_SCOPES,
    ScopeNeed,
    ScopeRules,
)
from zoom_migrator.settings import Settings, TableSettings

CALLBACK_PATH: Final = "/oauth/callback"
_LOOPBACK: Final = ("localhost", "127.0.0.1")


def _names(text: object) -> object:
    if not isinstance(text, str):
        return text
    return tuple(part for part in text.replace(",", " ").split() if part)


def _public(address: str) -> str:
    """An address that people's browsers are sent to: encrypted, unless it is this machine's own."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("not an address") from None
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise ValueError("an address that begins with https:// expected")
    if not host or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("an address without user, query and fragment expected")
    return address.rstrip("/")


type Scopes = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_:./-]{1,100}$")], ...],
    BeforeValidator(_names),
]
type Arn = Annotated[str, Field(pattern=r"^arn:")]
type NeededScopes = Annotated[Scopes, Field(min_length=1)]
type Address = Annotated[str, Field(pattern=r"^https?://[!-~]{1,300}$"), AfterValidator(_public)]
type Hours = Annotated[int, Field(ge=1, le=8_760)]


class _Deferred(Settings):
    """Settings whose rules are made when they are first used.

    Each function needs one of the classes below; making the rules of all of them would take a
    tenth of a cold start.
    """

    model_config = ConfigDict(defer_build=True)


class ZoomAccessSettings(_Deferred):
    """For whatever talks to Zoom.

    Attributes:
        zoom_secret_arn: Secret with the app's client id and secret.
        zoom_api_hosts: Hosts that ``api_url`` in a token answer may name; ``*`` stands for
            letters, digits and hyphens within one label.
        zoom_connect_to: Loopback address of a simulated Zoom; only the local stack sets it.
    """

    zoom_secret_arn: Annotated[str, Field(min_length=1)]
    zoom_oauth_url: Address = "https://zoom.us"
    zoom_api_url: Address = "https://api.zoom.us"
    zoom_api_hosts: Annotated[tuple[str, ...], BeforeValidator(_names), Field(min_length=1)] = (
        "api*.zoom.us",
    )
    zoom_connect_to: str = ""


class ZoomScopeSettings(_Deferred):
    """Which scopes a grant needs, as lists of which any one scope will do.

    Attributes:
        zoom_extra_scopes: What a grant may allow besides. A grant that allows anything else is
            refused.
        zoom_requested_scopes: What the authorize address asks for; empty leaves the parameter out.
    """

    zoom_identity_scopes: NeededScopes = IDENTITY_SCOPES
    zoom_product_scopes: NeededScopes = PRODUCT_SCOPES
    zoom_meetings_scopes: Scopes = ()
    zoom_phone_scopes: Scopes = ()
    zoom_webinar_scopes: Scopes = ()
    zoom_extra_scopes: Scopes = ()
    zoom_requested_scopes: Scopes = ()

    def scope_rules(self) -> ScopeRules:
        """The same as the domain says it."""
        return ScopeRules(
            any_of={
                ScopeNeed.IDENTITY: self.zoom_identity_scopes,
                ScopeNeed.PRODUCTS: self.zoom_product_scopes,
                ScopeNeed.MEETINGS: self.zoom_meetings_scopes,
                ScopeNeed.PHONE: self.zoom_phone_scopes,
                ScopeNeed.WEBINAR: self.zoom_webinar_scopes,
            },
            extra=self.zoom_extra_scopes,
            requested=self.zoom_requested_scopes,
        )


class AuthorizationPlanSettings(ZoomScopeSettings):
    """What the operator decided about authorizations.

    Attributes:
        public_base_url: What links and the redirect address begin with.
        zoom_authorize_url: Zoom's page for consent, which browsers are sent to.
    """

    public_base_url: Address
    zoom_authorize_url: Address = "https://zoom.us/oauth/authorize"
    authorization_lifetime_hours: Hours = 336
    reminder_interval_hours: Hours = 72
    authorization_attempt_minutes: Annotated[int, Field(ge=1, le=10)] = 10

    @property
    def redirect_uri(self) -> str:
        """What has to be registered with the Zoom app, letter by letter."""
        return self.public_base_url + CALLBACK_PATH

    def authorization_settings(self) -> AuthorizationSettings:
        """The same as the domain says it."""
        parts = urlsplit(self.zoom_authorize_url)
        return AuthorizationSettings(
            authorize_url=self.zoom_authorize_url,
            issuer=f"{parts.scheme}://{parts.netloc}",
            redirect_uri=self.redirect_uri,
            scopes=self.scope_rules(),
            request_lifetime=timedelta(hours=self.authorization_lifetime_hours),
            reminder_every=timedelta(hours=self.reminder_interval_hours),
            attempt_lifetime=timedelta(minutes=self.authorization_attempt_minutes),
        )


class GrantPlanSettings(_Deferred):
    """What the operator decided about grants.

    Attributes:
        zoom_refresh_interval_days: How old a refresh token gets before it is exchanged for its
            own sake; far less than the shortest life that Zoom's pages speak of, which is 90 days.
    """

    zoom_refresh_interval_days: Annotated[int, Field(ge=1, le=60)] = 7

    def grant_settings(self) -> GrantSettings:
        """The same as the domain says it."""
        return GrantSettings(refresh_every=timedelta(days=self.zoom_refresh_interval_days))


class FollowUpAuthorizationSettings(TableSettings, AuthorizationPlanSettings):
    """For ``follow_up_authorization``."""


class RequestAuthorizationSettings(FollowUpAuthorizationSettings):
    """For ``request_authorization``."""

    task_token_key_arn: Arn


class AuthorizeSettings(TableSettings, ZoomAccessSettings, AuthorizationPlanSettings):
    """For ``authorize``, the start page."""

    link_key_arn: Arn


class OauthCallbackSettings(TableSettings, ZoomAccessSettings, AuthorizationPlanSettings):
    """For ``oauth_callback``."""

    task_token_key_arn: Arn
    grant_key_arn: Arn


class RefreshGrantsSettings(TableSettings, ZoomAccessSettings, GrantPlanSettings):
    """For whatever refreshes grants."""

    grant_key_arn: Arn
