"""The token endpoint: codes, PKCE, rotation, one live grant per user and app, revocation."""

from __future__ import annotations

import base64

import jwt
import pytest

from local.zoom import (
    AppKind,
    Grant,
    Person,
    SimulatedApp,
    ZoomSimulator,
)
from local.zoom.pkce import Challenge, s256
from tests.local.clients import FixedClock
from tests.local.zoom_client import ADMIN, CALLBACK, VERIFIER, ZoomClient, query_of, refusal

DEAD = (400, "invalid_grant", "Invalid Token!")
WRONG_CLIENT = (400, "invalid_client", "Invalid client_id or client_secret")
DAY = 86_400


@pytest.fixture
def code(zoom: ZoomSimulator, zoom_app: SimulatedApp) -> str:
    return zoom.issue_code(ADMIN, zoom_app, verifier=VERIFIER)


@pytest.fixture
def grant(zoom: ZoomSimulator, zoom_app: SimulatedApp) -> Grant:
    return zoom.issue_tokens(ADMIN, zoom_app)


def invalid_code(code: str) -> tuple[int, str, str]:
    return 400, "invalid_grant", f"Invalid authorization code {code}"


def test_a_code_is_exchanged_for_tokens(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp, code: str
) -> None:
    answer = zoom_client.exchange(code)
    grant = zoom.grant_of(ADMIN, zoom_app)
    assert grant is not None
    assert answer.json() == {
        "access_token": grant.access_token,
        "token_type": "bearer",
        "refresh_token": grant.refresh_token,
        "expires_in": 3600,
        "scope": "user:read:user:admin user:read:settings:admin",
        "api_url": zoom.base_url,
    }
    assert answer.headers["x-zm-trackingid"].startswith("v=2.0;clid=us02;rid=WEB_")
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_code_of_a_whole_way_is_exchanged(zoom_client: ZoomClient) -> None:
    with Person(ADMIN) as admin:
        location = admin.consent(zoom_client.authorize_url())
    answer = zoom_client.exchange(query_of(location)["code"])
    assert zoom_client.me(answer.json()["access_token"]).json()["email"] == ADMIN


def test_tokens_look_like_those_of_zoom(grant: Grant) -> None:
    for token, kind in (
        (grant.access_token, "access_token"),
        (grant.refresh_token, "refresh_token"),
    ):
        assert 600 < len(token) < 2000
        assert jwt.get_unverified_header(token)["alg"] == "HS512"
        claims = jwt.decode(token, options={"verify_signature": False, "verify_aud": False})
        assert claims["tokenType"] == kind
        assert claims["accountId"] == grant.consent.account_id
        assert claims["userId"] == grant.consent.user_id


def test_no_secret_is_in_the_representation_of_a_grant(
    zoom: ZoomSimulator, zoom_app: SimulatedApp, grant: Grant
) -> None:
    shown = repr([grant, zoom_app, zoom.requests])
    assert not any(value in shown for value in zoom.secret_values())


@pytest.mark.parametrize(
    ("api_url", "tells", "expected"),
    [("https://api-eu.zoom.us", True, "https://api-eu.zoom.us"), (None, False, None)],
)
def test_the_address_of_the_api_depends_on_the_account(
    zoom: ZoomSimulator,
    zoom_client: ZoomClient,
    code: str,
    api_url: str | None,
    tells: bool,
    expected: str | None,
) -> None:
    account = zoom.account("Acme")
    account.api_url, account.tells_api_url = api_url, tells
    assert zoom_client.exchange(code).json().get("api_url") == expected


def test_under_its_own_name_zoom_names_its_own_api(zoom_client: ZoomClient, code: str) -> None:
    zoom_client.session.headers["Host"] = "zoom.us"
    assert zoom_client.exchange(code).json()["api_url"] == "https://api.zoom.us"


def test_credentials_may_be_in_the_body(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp, code: str
) -> None:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        "client_id": zoom_app.client_id,
        "client_secret": zoom_app.client_secret,
    }
    assert zoom_client.token(form, auth=None).status_code == 200
    assert zoom.requests[-1].credentials == "body"


def test_parameters_may_be_in_the_address(zoom_client: ZoomClient, grant: Grant) -> None:
    query = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}
    headers = {"Content-Type": "application/json"}
    assert zoom_client.token({}, params=query, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "auth",
    [
        pytest.param(None, id="none"),
        pytest.param(("nobody", "secret"), id="an unknown app"),
        pytest.param("wrong secret", id="a wrong secret"),
    ],
)
def test_wrong_credentials_are_refused(
    zoom_client: ZoomClient, zoom_app: SimulatedApp, code: str, auth: object
) -> None:
    pair = (zoom_app.client_id, "x") if isinstance(auth, str) else auth
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    assert refusal(zoom_client.token(form, auth=pair)) == WRONG_CLIENT
    assert zoom_client.exchange(code).status_code == 200


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic /w==", "Bearer x"])
def test_a_broken_header_is_refused(zoom_client: ZoomClient, header: str) -> None:
    answer = zoom_client.token(
        {"grant_type": "refresh_token"}, auth=None, headers={"Authorization": header}
    )
    assert refusal(answer) == WRONG_CLIENT


def test_wrong_credentials_can_be_refused_with_another_status(
    zoom: ZoomSimulator, zoom_client: ZoomClient
) -> None:
    zoom.behaviour.invalid_client_status = 401
    assert refusal(zoom_client.refresh("x", auth=("a", "b"))) == (401, *WRONG_CLIENT[1:])


def test_a_disabled_app_gets_nothing(zoom_client: ZoomClient, zoom_app: SimulatedApp) -> None:
    zoom_app.enabled = False
    assert refusal(zoom_client.refresh("x")) == WRONG_CLIENT


@pytest.mark.parametrize("grant_type", ["", "password", "client_credentials"])
def test_other_grants_are_unsupported(zoom_client: ZoomClient, grant_type: str) -> None:
    answer = zoom_client.token({"grant_type": grant_type})
    assert refusal(answer) == (400, "unsupported_grant_type", "unsupported grant type")


def test_the_token_endpoint_takes_post_only(zoom_client: ZoomClient) -> None:
    assert zoom_client.request("GET", "/oauth/token").status_code == 405


def test_an_unknown_code_is_refused_and_echoed(zoom_client: ZoomClient) -> None:
    assert refusal(zoom_client.exchange("hWRI")) == invalid_code("hWRI")


def test_a_code_lives_five_minutes(
    zoom_client: ZoomClient, zoom: ZoomSimulator, zoom_app: SimulatedApp, clock: FixedClock
) -> None:
    first, second = (zoom.issue_code(ADMIN, zoom_app, verifier=VERIFIER) for _ in range(2))
    clock.advance(299)
    assert zoom_client.exchange(first).status_code == 200
    clock.advance(1)
    assert refusal(zoom_client.exchange(second)) == invalid_code(second)


def test_a_code_works_once_and_its_second_use_ends_the_grant(
    zoom_client: ZoomClient, code: str
) -> None:
    tokens = zoom_client.exchange(code).json()
    assert refusal(zoom_client.exchange(code)) == invalid_code(code)
    assert zoom_client.me(tokens["access_token"]).status_code == 401
    assert refusal(zoom_client.refresh(tokens["refresh_token"])) == DEAD


def test_a_second_use_can_leave_the_grant_alone(
    zoom: ZoomSimulator, zoom_client: ZoomClient, code: str
) -> None:
    zoom.behaviour.reused_code_ends_grant = False
    tokens = zoom_client.exchange(code).json()
    assert refusal(zoom_client.exchange(code)) == invalid_code(code)
    assert zoom_client.me(tokens["access_token"]).status_code == 200


def test_a_second_use_leaves_a_later_grant_alone(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp, code: str
) -> None:
    zoom_client.exchange(code)
    later = zoom.issue_tokens(ADMIN, zoom_app)
    assert refusal(zoom_client.exchange(code)) == invalid_code(code)
    assert zoom_client.me(later).status_code == 200


def test_a_code_belongs_to_its_app(zoom: ZoomSimulator, zoom_client: ZoomClient, code: str) -> None:
    other = zoom.register(SimulatedApp(name="Other app", redirect_uris=[CALLBACK]))
    stolen = ZoomClient(zoom.base_url, other, zoom_client.session).exchange(code)
    assert refusal(stolen) == invalid_code(code)
    assert zoom_client.exchange(code).status_code == 200


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"redirect_uri": CALLBACK + "/"}, (400, "invalid_request", "Redirect URI mismatch.")),
        ({"redirect_uri": ""}, (400, "invalid_request", "Redirect URI mismatch.")),
        ({"code_verifier": VERIFIER[::-1]}, (400, "invalid_grant", "Invalid code verifier")),
        ({"code_verifier": ""}, (400, "invalid_grant", "Invalid code verifier")),
        ({"code_verifier": s256(VERIFIER)}, (400, "invalid_grant", "Invalid code verifier")),
    ],
)
def test_what_the_authorization_fixed_has_to_be_shown_again(
    zoom_client: ZoomClient, code: str, changes: dict[str, str], expected: tuple[int, str, str]
) -> None:
    assert refusal(zoom_client.exchange(code, **changes)) == expected
    # The attempt spent the code.
    assert refusal(zoom_client.exchange(code)) == invalid_code(code)


def test_a_verifier_without_a_challenge_is_refused(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp
) -> None:
    code = zoom.issue_code(ADMIN, zoom_app)
    assert refusal(zoom_client.exchange(code))[2] == "Invalid code verifier"


def test_an_app_may_do_without_pkce(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp
) -> None:
    code = zoom.issue_code(ADMIN, zoom_app)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    assert zoom_client.token(form).status_code == 200


def test_a_challenge_without_a_method_is_a_plain_one(zoom_client: ZoomClient) -> None:
    with Person(ADMIN) as admin:
        url = zoom_client.authorize_url(code_challenge=VERIFIER, code_challenge_method=None)
        code = query_of(admin.consent(url))["code"]
    assert zoom_client.exchange(code).status_code == 200


def test_s256_is_that_of_the_standard() -> None:
    # RFC 7636, appendix B.
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert s256(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert Challenge(s256(verifier), "S256").is_met_by(verifier)
    assert not Challenge(s256("short"), "S256").is_met_by("short")


def test_a_refresh_rotates_both_tokens(zoom_client: ZoomClient, grant: Grant) -> None:
    answer = zoom_client.refresh(grant.refresh_token).json()
    assert answer["refresh_token"] != grant.refresh_token
    assert answer["scope"] == " ".join(grant.consent.scopes)
    assert zoom_client.me(answer["access_token"]).status_code == 200
    assert zoom_client.me(grant).status_code == 401
    assert refusal(zoom_client.refresh(grant.refresh_token)) == DEAD
    assert zoom_client.refresh(answer["refresh_token"]).status_code == 200


def test_the_old_access_token_can_live_on(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant
) -> None:
    zoom.behaviour.new_token_ends_old = False
    assert zoom_client.refresh(grant.refresh_token).status_code == 200
    assert zoom_client.me(grant).status_code == 200


def test_a_refresh_token_lives_ninety_days_from_its_last_use(
    zoom_client: ZoomClient, grant: Grant, clock: FixedClock
) -> None:
    clock.advance(90 * DAY - 1)
    newest = zoom_client.refresh(grant.refresh_token).json()["refresh_token"]
    clock.advance(90 * DAY)
    assert refusal(zoom_client.refresh(newest)) == DEAD


def test_a_refresh_token_can_live_for_fifteen_years(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp, clock: FixedClock
) -> None:
    zoom.behaviour.refresh_token_days = 15 * 365
    token = zoom.issue_tokens(ADMIN, zoom_app).refresh_token
    clock.advance(14 * 365 * DAY)
    assert zoom_client.refresh(token).status_code == 200


def test_a_refresh_token_belongs_to_its_app(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant
) -> None:
    other = zoom.register(SimulatedApp(name="Other app"))
    stolen = ZoomClient(zoom.base_url, other, zoom_client.session).refresh(grant.refresh_token)
    assert refusal(stolen) == DEAD
    assert zoom_client.refresh(grant.refresh_token).status_code == 200


def test_a_new_authorization_ends_the_earlier_one_of_the_same_user(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp, grant: Grant
) -> None:
    other_user = zoom.issue_tokens("owner@acme.example", zoom_app)
    newer = zoom.issue_tokens(ADMIN, zoom_app)
    assert zoom_client.me(grant).status_code == 401
    assert refusal(zoom_client.refresh(grant.refresh_token)) == DEAD
    assert zoom_client.me(newer).status_code == 200
    assert zoom_client.me(other_user).status_code == 200


def test_a_grant_of_another_app_is_another_grant(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant
) -> None:
    other = zoom.register(SimulatedApp(name="Other app"))
    zoom.issue_tokens(ADMIN, other)
    assert zoom_client.me(grant).status_code == 200


def test_consent_alone_ends_nothing(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp, grant: Grant
) -> None:
    zoom.issue_code(ADMIN, zoom_app)
    assert zoom_client.me(grant).status_code == 200


@pytest.mark.parametrize("reason", ["the user left", "the user is inactive", "shut out", "gone"])
def test_a_grant_does_not_outlive_its_conditions(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant, reason: str
) -> None:
    account = zoom.account("Acme")
    match reason:
        case "the user left":
            account.people = [one for one in account.people if one.email != ADMIN]
        case "the user is inactive":
            zoom.person(ADMIN).active = False
        case "shut out":
            account.needs_pre_approval = True
        case "gone":
            zoom.remove_app(ADMIN, zoom_client.app)
    assert zoom_client.me(grant).status_code == 401
    assert refusal(zoom_client.refresh(grant.refresh_token)) == DEAD


def test_scopes_of_a_grant_stay_when_the_app_asks_for_more(
    zoom_client: ZoomClient, zoom_app: SimulatedApp, grant: Grant
) -> None:
    zoom_app.scopes = [*zoom_app.scopes, "user:read:list_users:admin"]
    answer = zoom_client.refresh(grant.refresh_token).json()
    assert answer["scope"] == " ".join(grant.consent.scopes)


def test_a_grant_can_be_revoked_by_its_access_token(zoom_client: ZoomClient, grant: Grant) -> None:
    auth = (zoom_client.app.client_id, zoom_client.app.client_secret)
    form = {"token": grant.access_token}
    answer = zoom_client.request("POST", "/oauth/revoke", data=form, auth=auth)
    assert answer.json() == {"status": "success"}
    assert zoom_client.me(grant).status_code == 401
    assert refusal(zoom_client.refresh(grant.refresh_token)) == DEAD
    again = zoom_client.request("POST", "/oauth/revoke", data=form, auth=auth)
    assert refusal(again) == (400, "invalid_request", "Invalid Token!")


def test_an_expired_access_token_can_still_be_revoked(
    zoom_client: ZoomClient, grant: Grant, clock: FixedClock
) -> None:
    clock.advance(3600)
    auth = (zoom_client.app.client_id, zoom_client.app.client_secret)
    form = {"token": grant.access_token}
    assert zoom_client.request("POST", "/oauth/revoke", data=form, auth=auth).status_code == 200


def test_only_its_own_app_revokes_a_grant(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant
) -> None:
    other = zoom.register(SimulatedApp(name="Other app"))
    for auth in ((other.client_id, other.client_secret), ("nobody", "x")):
        form = {"token": grant.access_token}
        answer = zoom_client.request("POST", "/oauth/revoke", data=form, auth=auth)
        assert answer.status_code == 400
    assert zoom_client.me(grant).status_code == 200


@pytest.fixture
def server_app(zoom: ZoomSimulator) -> SimulatedApp:
    return zoom.register(
        SimulatedApp(
            name="Server",
            kind=AppKind.SERVER_TO_SERVER,
            account="Acme",
            scopes=["user:read:list_users:admin", "user:read:user:admin"],
        )
    )


def test_a_server_to_server_app_gets_a_token_without_anybody(
    zoom: ZoomSimulator, zoom_client: ZoomClient, server_app: SimulatedApp
) -> None:
    client = ZoomClient(zoom.base_url, server_app, zoom_client.session)
    account_id = zoom.account("Acme").account_id
    form = {"grant_type": "account_credentials", "account_id": account_id}
    first, second = client.token(form).json(), client.token(form).json()
    assert "refresh_token" not in first
    assert client.me(second["access_token"]).json()["email"] == "owner@acme.example"
    assert client.me(first["access_token"]).status_code == 401
    assert len(client.get("/v2/users", second["access_token"]).json()["users"]) == 3


@pytest.mark.parametrize("account", ["Other", "nowhere"])
def test_a_server_to_server_app_belongs_to_one_account(
    zoom: ZoomSimulator, zoom_client: ZoomClient, server_app: SimulatedApp, account: str
) -> None:
    known = zoom.world.registry.known_account(account)
    account_id = account if known is None else known.account_id
    client = ZoomClient(zoom.base_url, server_app, zoom_client.session)
    form = {"grant_type": "account_credentials", "account_id": account_id}
    assert refusal(client.token(form)) == (400, "invalid_request", "Bad Request")


def test_an_app_for_people_gets_no_token_without_them(
    zoom: ZoomSimulator, zoom_client: ZoomClient
) -> None:
    account_id = zoom.account("Acme").account_id
    form = {"grant_type": "account_credentials", "account_id": account_id}
    assert refusal(zoom_client.token(form))[1] == "invalid_request"


def test_a_server_to_server_app_has_no_pages(
    zoom_client: ZoomClient, server_app: SimulatedApp
) -> None:
    with Person(ADMIN) as admin:
        page = admin.open(zoom_client.authorize_url(client_id=server_app.client_id))
    assert "(4,702)" in page.text


def test_a_secret_is_made_where_none_is_given(zoom_app: SimulatedApp) -> None:
    assert len(zoom_app.client_secret) == 32
    assert len(base64.urlsafe_b64decode(zoom_app.client_id + "==")) == 16
