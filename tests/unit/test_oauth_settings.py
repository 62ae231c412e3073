from __future__ import annotations

from datetime import date, timedelta

import pytest

from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.domain.zoom_scopes import ScopeNeed
from zoom_migrator.oauth_settings import (
    FollowUpAuthorizationSettings,
    OauthCallbackSettings,
    RefreshGrantsSettings,
)

ENVIRON = {
    "TABLE_NAME": "orgs",
    "PUBLIC_BASE_URL": "https://migrator.example/prod/",
    "ZOOM_SECRET_ARN": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:zoom",
    "LINK_KEY_ARN": "arn:aws:kms:eu-central-1:123456789012:key/links",
    "TASK_TOKEN_KEY_ARN": "arn:aws:kms:eu-central-1:123456789012:key/tokens",
    "GRANT_KEY_ARN": "arn:aws:kms:eu-central-1:123456789012:key/grants",
}


def settings(**changes: str) -> OauthCallbackSettings:
    return OauthCallbackSettings.from_environ(ENVIRON | changes)


def test_what_is_left_out_has_a_default() -> None:
    plan = settings().authorization_settings()

    assert plan.authorize_url == "https://zoom.us/oauth/authorize"
    assert plan.issuer == "https://zoom.us"
    assert plan.redirect_uri == "https://migrator.example/prod/oauth/callback"
    assert plan.request_lifetime == timedelta(days=14)
    assert plan.attempt_lifetime == timedelta(minutes=10)
    assert plan.scopes.requested == ()


def test_scopes_are_lists_of_alternatives() -> None:
    rules = settings(
        ZOOM_IDENTITY_SCOPES="user:read:user, user:read",
        ZOOM_PHONE_SCOPES="phone:read:user",
        ZOOM_EXTRA_SCOPES="imchat:bot",
        ZOOM_REQUESTED_SCOPES="user:read:user user:read:settings",
    ).scope_rules()

    assert rules.any_of[ScopeNeed.IDENTITY] == ("user:read:user", "user:read")
    assert rules.any_of[ScopeNeed.PHONE] == ("phone:read:user",)
    assert rules.any_of[ScopeNeed.WEBINAR] == ()
    assert rules.extra == ("imchat:bot",)
    assert rules.requested == ("user:read:user", "user:read:settings")


def test_this_machine_needs_no_encryption() -> None:
    local = settings(
        PUBLIC_BASE_URL="http://localhost:8000",
        ZOOM_AUTHORIZE_URL="http://localhost:8200/oauth/authorize",
    )

    assert local.redirect_uri == "http://localhost:8000/oauth/callback"
    assert local.authorization_settings().issuer == "http://localhost:8200"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_BASE_URL", ""),
        ("PUBLIC_BASE_URL", "http://migrator.example"),
        ("PUBLIC_BASE_URL", "https://migrator.example/?next=1"),
        ("PUBLIC_BASE_URL", "https://user@migrator.example"),
        ("PUBLIC_BASE_URL", "https://[migrator"),
        ("ZOOM_AUTHORIZE_URL", "javascript:alert(1)"),
        ("ZOOM_IDENTITY_SCOPES", ""),
        ("ZOOM_IDENTITY_SCOPES", "user:read<script>"),
        ("AUTHORIZATION_ATTEMPT_MINUTES", "11"),
        ("AUTHORIZATION_LIFETIME_HOURS", "0"),
        ("GRANT_KEY_ARN", "key"),
        ("ZOOM_SECRET_ARN", ""),
    ],
)
def test_what_cannot_be_is_named_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(InvalidSettings, match=name) as caught:
        settings(**{name: value})

    assert not value or value not in caught.value.message


def test_whoever_gives_up_waiting_knows_until_when_an_org_can_go_on_with_jwt() -> None:
    environ = ENVIRON | {"JWT_DEADLINE": "2027-02-28", "AUTHORIZATION_LIFETIME_HOURS": "48"}

    plan = FollowUpAuthorizationSettings.from_environ(environ).authorization_settings()

    assert plan.jwt_deadline == date(2027, 2, 28)
    assert plan.request_lifetime == timedelta(days=2)
    assert "jwt_deadline" not in OauthCallbackSettings.model_fields


def test_how_often_grants_are_refreshed_is_a_setting() -> None:
    grants = RefreshGrantsSettings.from_environ(ENVIRON | {"ZOOM_REFRESH_INTERVAL_DAYS": "30"})

    assert grants.grant_settings().refresh_every == timedelta(days=30)
