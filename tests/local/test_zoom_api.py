"""The REST API: who somebody is, which products there are, scopes, rate limits, refusals."""

from __future__ import annotations

import pytest

from local.zoom import (
    AppKind,
    Grant,
    Plan,
    Product,
    SimulatedApp,
    ZoomSimulator,
)
from local.zoom.limits import Category
from local.zoom.scopes import is_classic
from tests.local.clients import FixedClock
from tests.local.zoom_client import ADMIN, MEMBER, STRANGER, ZoomClient, api_error

UNKNOWN = (401, 124, "Invalid access token.")


@pytest.fixture
def grant(zoom: ZoomSimulator, zoom_app: SimulatedApp) -> Grant:
    return zoom.issue_tokens(ADMIN, zoom_app)


def with_scopes(zoom: ZoomSimulator, *scopes: str, email: str = ADMIN) -> Grant:
    return zoom.issue_tokens(email, zoom.world.registry.apps[0], scopes=list(scopes))


def test_the_user_behind_a_token(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant
) -> None:
    answer = zoom_client.me(grant)
    account = zoom.account("Acme")
    expected = {
        "id": zoom.person(ADMIN).user_id,
        "email": ADMIN,
        "first_name": "Zoom",
        "last_name": "Admin",
        "type": 2,
        "role_name": "Admin",
        "account_id": account.account_id,
        "account_number": account.account_number,
        "status": "active",
    }
    assert {name: answer.json()[name] for name in expected} == expected
    assert answer.headers["x-zm-trackingid"]


def test_a_user_is_found_by_id_and_address(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant
) -> None:
    for name in (MEMBER, zoom.person(MEMBER).user_id):
        assert zoom_client.get(f"/v2/users/{name}", grant).json()["email"] == MEMBER


@pytest.mark.parametrize("who", ["nobody@acme.example", STRANGER])
def test_users_of_other_accounts_do_not_exist(
    zoom_client: ZoomClient, grant: Grant, who: str
) -> None:
    answer = zoom_client.get(f"/v2/users/{who}", grant)
    assert api_error(answer) == (404, 1001, "User does not exist")


@pytest.mark.parametrize(
    ("products", "plan", "user_type"),
    [
        (list(Product), Plan.BUSINESS, 2),
        ([Product.MEETINGS], Plan.FREE, 1),
        ([Product.PHONE], Plan.PRO, 4),
    ],
)
def test_the_type_of_a_user_tells_of_meetings(
    zoom: ZoomSimulator,
    zoom_client: ZoomClient,
    grant: Grant,
    products: list[Product],
    plan: Plan,
    user_type: int,
) -> None:
    zoom.account("Acme").plan = plan
    zoom.person(ADMIN).products = products
    assert zoom_client.me(grant).json()["type"] == user_type


@pytest.mark.parametrize(
    ("products", "phone", "webinar"),
    [
        (None, True, True),
        ([Product.MEETINGS, Product.WEBINAR], False, True),
        ([Product.MEETINGS, Product.PHONE], True, False),
        ([], False, False),
    ],
)
def test_the_settings_of_a_user_tell_of_phone_and_webinar(
    zoom: ZoomSimulator,
    zoom_client: ZoomClient,
    grant: Grant,
    products: list[Product] | None,
    phone: bool,
    webinar: bool,
) -> None:
    zoom.person(ADMIN).products = products
    feature = zoom_client.get("/v2/users/me/settings", grant).json()["feature"]
    assert (feature["zoom_phone"], feature["webinar"]) == (phone, webinar)
    assert ("webinar_capacity" in feature) is webinar


@pytest.mark.parametrize("which", ["me", "its id"])
def test_an_account_tells_what_it_bought(
    zoom: ZoomSimulator, zoom_client: ZoomClient, which: str
) -> None:
    account = zoom.account("Acme")
    account.products = [Product.MEETINGS, Product.PHONE]
    zoom.person(ADMIN).products = []
    grant = with_scopes(zoom, "account:read:settings:admin", "billing:read:plan_usage:admin")
    base = f"/v2/accounts/{account.account_id if which == 'its id' else which}"
    assert zoom_client.get(f"{base}/settings", grant).json()["feature"]["zoom_phone"] is True
    usage = zoom_client.get(f"{base}/plans/usage", grant).json()
    assert set(usage) == {"plan_base", "plan_phone"}


def test_webinars_are_a_plan_of_their_own(zoom: ZoomSimulator, zoom_client: ZoomClient) -> None:
    grant = with_scopes(zoom, "billing:read:plan_usage:admin")
    usage = zoom_client.get("/v2/accounts/me/plans/usage", grant).json()
    assert usage["plan_webinar"][0]["hosts"] == 3


def test_users_are_listed_a_page_at_a_time(zoom: ZoomSimulator, zoom_client: ZoomClient) -> None:
    grant = with_scopes(zoom, "user:read:list_users:admin")
    answer = zoom_client.get("/v2/users?page_size=2", grant).json()
    assert (len(answer["users"]), answer["total_records"]) == (2, 3)


@pytest.mark.parametrize(
    "path",
    ["/v2/nothing", "/v2/users/me/nothing", "/v2/accounts/other/settings", "/v2/accounts/me"],
)
def test_an_unknown_resource_is_refused(zoom_client: ZoomClient, grant: Grant, path: str) -> None:
    assert api_error(zoom_client.get(path, grant)) == (404, 300, "Request not found.")


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/v2/users/me", "user:read:user"),
        ("/v2/users/me", "user:read:user:admin"),
        ("/v2/users/me", "user:read"),
        ("/v2/users/me", "user:read:admin"),
        ("/v2/users/me/settings", "user:read:settings"),
        ("/v2/users/me/settings", "user:read:settings:admin"),
        ("/v2/users/me/settings", "user:read:admin"),
        (f"/v2/users/{MEMBER}", "user:read:user:admin"),
        (f"/v2/users/{MEMBER}/settings", "user:read:settings:admin"),
        ("/v2/users", "user:read:admin"),
    ],
)
def test_any_one_of_its_scopes_opens_a_resource(
    zoom: ZoomSimulator, zoom_client: ZoomClient, path: str, scope: str
) -> None:
    assert zoom_client.get(path, with_scopes(zoom, scope)).status_code == 200


@pytest.mark.parametrize(
    ("path", "granted", "missing"),
    [
        ("/v2/users", "user:read:user:admin", "user:read:list_users:admin"),
        ("/v2/users", "user:read", "user:read:admin"),
        ("/v2/users/me", "user:read:settings", "user:read:user,user:read:user:admin"),
        ("/v2/users/me", "meeting:read", "user:read,user:read:admin"),
        (f"/v2/users/{MEMBER}", "user:read:user", "user:read:user:admin"),
        (
            "/v2/users/me/settings",
            "user:read:user:admin",
            "user:read:settings,user:read:settings:admin",
        ),
        ("/v2/accounts/me/plans/usage", "user:read:admin", "billing:read:plan_usage:admin"),
    ],
)
def test_a_missing_scope_is_named(
    zoom: ZoomSimulator, zoom_client: ZoomClient, path: str, granted: str, missing: str
) -> None:
    answer = zoom_client.get(path, with_scopes(zoom, granted))
    message = f"Invalid access token, does not contain scopes:[{missing}]."
    assert api_error(answer) == (400, 4711, message)


def test_a_missing_scope_had_another_code_formerly(
    zoom: ZoomSimulator, zoom_client: ZoomClient
) -> None:
    zoom.behaviour.missing_scope_code = 104
    assert api_error(zoom_client.me(with_scopes(zoom, "meeting:read")))[:2] == (400, 104)


@pytest.mark.parametrize(
    ("scope", "classic"),
    [
        ("user:read", True),
        ("user:read:admin", True),
        ("billing:master", True),
        ("user:read:user", False),
        ("user:read:user:admin", False),
    ],
)
def test_classic_scopes_are_told_from_granular_ones(scope: str, classic: bool) -> None:
    assert is_classic(scope) is classic


def test_a_user_level_app_sees_its_user(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp
) -> None:
    zoom_app.kind, zoom_app.scopes = AppKind.USER, ["user:read:user", "user:read:settings"]
    grant = zoom.issue_tokens(MEMBER, zoom_app)
    assert zoom_client.me(grant).json()["role_name"] == "Member"


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
def test_an_unknown_token_is_refused(zoom_client: ZoomClient, token: str) -> None:
    assert api_error(zoom_client.me(token)) == UNKNOWN


def test_a_call_without_a_token_is_refused(zoom_client: ZoomClient) -> None:
    assert api_error(zoom_client.request("GET", "/v2/users/me")) == UNKNOWN


def test_a_token_in_the_address_is_refused(zoom_client: ZoomClient, grant: Grant) -> None:
    answer = zoom_client.request("GET", f"/v2/users/me?access_token={grant.access_token}")
    assert api_error(answer)[:2] == (401, 124)
    assert "not supported as query parameter" in answer.json()["message"]


def test_a_token_expires_after_an_hour(
    zoom_client: ZoomClient, grant: Grant, clock: FixedClock
) -> None:
    clock.advance(3599)
    assert zoom_client.me(grant).status_code == 200
    clock.advance(1)
    assert api_error(zoom_client.me(grant)) == (401, 124, "Access token is expired.")


def test_a_refresh_token_is_no_access_token(zoom_client: ZoomClient, grant: Grant) -> None:
    assert api_error(zoom_client.me(grant.refresh_token)) == UNKNOWN


def test_an_account_can_have_the_api_switched_off(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant
) -> None:
    zoom.account("Acme").rest_api_enabled = False
    answer = zoom_client.me(grant)
    assert api_error(answer) == (200, 200, "Account does not enabled REST API.")


def test_calls_of_a_second_are_limited_by_account(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp, clock: FixedClock
) -> None:
    zoom.account("Acme").plan = Plan.FREE
    grant = zoom.issue_tokens(ADMIN, zoom_app)
    owner = zoom.issue_tokens("owner@acme.example", zoom_app)
    good = [zoom_client.me(grant) for _ in range(3)] + [zoom_client.me(owner)]
    assert [one.headers["X-RateLimit-Remaining"] for one in good] == ["3", "2", "1", "0"]
    refused = zoom_client.me(owner)
    assert api_error(refused)[:2] == (429, 429)
    assert "per-second rate limit" in refused.json()["message"]
    assert refused.headers["X-RateLimit-Category"] == "Light"
    assert refused.headers["X-RateLimit-Type"] == "QPS"
    assert refused.headers["X-RateLimit-Limit"] == "4"
    assert refused.headers["X-RateLimit-Reset"] == str(int(clock()) + 1)
    assert "Retry-After" not in refused.headers
    # Another category has a limit of its own, and so has another account.
    assert zoom_client.get("/v2/users/me/settings", grant).status_code == 200
    assert zoom_client.me(zoom.issue_tokens(STRANGER, zoom_app)).status_code == 200
    clock.advance(1)
    assert zoom_client.me(grant).status_code == 200


def test_calls_of_a_day_are_limited_too(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant, clock: FixedClock
) -> None:
    account = zoom.account("Acme")
    account.plan = Plan.FREE
    for _ in range(1500):
        for _ in range(4):
            zoom.world.limits.count(account, Category.LIGHT)
        clock.advance(1)
    refused = zoom_client.me(grant)
    assert "daily rate limit" in refused.json()["message"]
    assert refused.headers["X-RateLimit-Type"] == "Daily-limit"
    # A date and not a number of seconds.
    assert refused.headers["Retry-After"] == "2023-11-15T00:00:00Z"
    clock.advance(86_400 - clock() % 86_400)
    assert zoom_client.get("/v2/users/me", refreshed(zoom_client, grant)).status_code == 200


def refreshed(zoom_client: ZoomClient, grant: Grant) -> str:
    token: str = zoom_client.refresh(grant.refresh_token).json()["access_token"]
    return token
