"""Settings of the functions that authorize orgs at Zoom."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlsplit

from zoom_migrator.domain.authorization_settings import AuthorizationSettings, GrantSettings
from zoom_migrator.domain.zoom_scopes import (
    IDENTITY_SCOPES,
    PRODUCT_SCOPES,
    ScopeNeed,
    ScopeRules,
)
from zoom_migrator.plain_settings import (
    PlainSettings,
    anything,
    arn,
    day,
    matching,
    setting,
    table_name,
    whole,
)

CALLBACK_PATH: Final = "/oauth/callback"
_LOOPBACK: Final = ("localhost", "127.0.0.1")
_ADDRESS: Final = re.compile(r"https?://[!-~]{1,300}")
_SCOPE: Final = re.compile(r"[A-Za-z0-9_:./-]{1,100}")


def _names(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.replace(",", " ").split() if part)


def _some_names(text: str) -> tuple[str, ...]:
    names = _names(text)
    if not names:
        raise ValueError("at least one expected")
    return names


def _scopes(text: str) -> tuple[str, ...]:
    scopes = _names(text)
    if not all(map(_SCOPE.fullmatch, scopes)):
        raise ValueError("names of scopes expected, such as user:read:user")
    return scopes


def _needed_scopes(text: str) -> tuple[str, ...]:
    _some_names(text)
    return _scopes(text)


def _address(text: str) -> str:
    """An address that people's browsers are sent to: encrypted, unless it is this machine's own."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("not an address") from None
    if _ADDRESS.fullmatch(text) is None or (parts.scheme == "http" and host not in _LOOPBACK):
        raise ValueError("an address that begins with https:// expected")
    if not host or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("an address without user, query and fragment expected")
    return text.rstrip("/")


_secret = matching(r".+", "an ARN or a name")
_hours = whole(1, 8_760)


@dataclass(frozen=True, kw_only=True)
class ZoomAccessSettings(PlainSettings):
    """For whatever talks to Zoom.

    Attributes:
        zoom_secret_arn: Secret with the app's client id and secret.
        zoom_api_hosts: Hosts that ``api_url`` in a token answer may name; ``*`` stands for
            letters, digits and hyphens within one label.
        zoom_connect_to: Loopback address of a simulated Zoom; only the local stack sets it.
    """

    zoom_secret_arn: str = setting(_secret)
    zoom_oauth_url: str = setting(_address, "https://zoom.us")
    zoom_api_url: str = setting(_address, "https://api.zoom.us")
    zoom_api_hosts: tuple[str, ...] = setting(_some_names, ("api*.zoom.us",))
    zoom_connect_to: str = setting(anything, "")


@dataclass(frozen=True, kw_only=True)
class ZoomScopeSettings(PlainSettings):
    """Which scopes a grant needs, as lists of which any one scope will do.

    Attributes:
        zoom_extra_scopes: What a grant may allow besides. A grant that allows anything else is
            refused.
        zoom_requested_scopes: What the authorize address asks for; empty leaves the parameter out.
    """

    zoom_identity_scopes: tuple[str, ...] = setting(_needed_scopes, IDENTITY_SCOPES)
    zoom_product_scopes: tuple[str, ...] = setting(_needed_scopes, PRODUCT_SCOPES)
    zoom_meetings_scopes: tuple[str, ...] = setting(_scopes, ())
    zoom_phone_scopes: tuple[str, ...] = setting(_scopes, ())
    zoom_webinar_scopes: tuple[str, ...] = setting(_scopes, ())
    zoom_extra_scopes: tuple[str, ...] = setting(_scopes, ())
    zoom_requested_scopes: tuple[str, ...] = setting(_scopes, ())

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


@dataclass(frozen=True, kw_only=True)
class AuthorizationPlanSettings(ZoomScopeSettings):
    """What the operator decided about authorizations.

    Attributes:
        public_base_url: What links and the redirect address begin with.
        zoom_authorize_url: Zoom's page for consent, which browsers are sent to.
    """

    public_base_url: str = setting(_address)
    zoom_authorize_url: str = setting(_address, "https://zoom.us/oauth/authorize")
    authorization_lifetime_hours: int = setting(_hours, 336)
    reminder_interval_hours: int = setting(_hours, 72)
    authorization_attempt_minutes: int = setting(whole(1, 10), 10)

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


@dataclass(frozen=True, kw_only=True)
class GrantPlanSettings(PlainSettings):
    """What the operator decided about grants.

    Attributes:
        zoom_refresh_interval_days: How old a refresh token gets before it is exchanged for its
            own sake; far less than the shortest life that Zoom's pages speak of, which is 90 days.
    """

    zoom_refresh_interval_days: int = setting(whole(1, 60), 7)

    def grant_settings(self) -> GrantSettings:
        """The same as the domain says it."""
        return GrantSettings(refresh_every=timedelta(days=self.zoom_refresh_interval_days))


@dataclass(frozen=True, kw_only=True)
class _TableSettings(PlainSettings):
    table_name: str = setting(table_name)


@dataclass(frozen=True, kw_only=True)
class RequestAuthorizationSettings(_TableSettings, AuthorizationPlanSettings):
    """For ``request_authorization``."""

    task_token_key_arn: str = setting(arn)


@dataclass(frozen=True, kw_only=True)
class FollowUpAuthorizationSettings(_TableSettings, AuthorizationPlanSettings):
    """For ``follow_up_authorization``.

    Attributes:
        jwt_deadline: The day JWT ends for orgs that have no day of their own.
    """

    jwt_deadline: date = setting(day)

    def authorization_settings(self) -> AuthorizationSettings:
        """The same as the domain says it, with what becomes of orgs that nobody authorizes."""
        return replace(super().authorization_settings(), jwt_deadline=self.jwt_deadline)


@dataclass(frozen=True, kw_only=True)
class AuthorizeSettings(_TableSettings, ZoomAccessSettings, AuthorizationPlanSettings):
    """For ``authorize``, the start page."""

    link_key_arn: str = setting(arn)


@dataclass(frozen=True, kw_only=True)
class OauthCallbackSettings(_TableSettings, ZoomAccessSettings, AuthorizationPlanSettings):
    """For ``oauth_callback``."""

    task_token_key_arn: str = setting(arn)
    grant_key_arn: str = setting(arn)


@dataclass(frozen=True, kw_only=True)
class RefreshGrantsSettings(_TableSettings, ZoomAccessSettings, GrantPlanSettings):
    """For whatever refreshes grants."""

    grant_key_arn: str = setting(arn)
