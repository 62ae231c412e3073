"""A browser's way through Zoom: sign in, consent or decline, or end at a page of Zoom's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from local.zoom import (
    AppKind,
    Denial,
    Person,
    Phase,
    Role,
    SimulatedApp,
    StuckAtZoom,
    ZoomSimulator,
)
from tests.local.clients import FixedClock
from tests.local.zoom_client import ADMIN, CALLBACK, MEMBER, STATE, STRANGER, ZoomClient, query_of

HTML = {"Accept": "text/html"}


@pytest.fixture
def admin() -> Iterator[Person]:
    with Person(ADMIN) as person:
        yield person


def stuck(person: Person, url: str) -> tuple[int, str]:
    """Return status and title of the page at which a person ends."""
    with pytest.raises(StuckAtZoom) as caught:
        person.consent(url)
    return caught.value.page.status, caught.value.page.title.removesuffix(" | Simulated Zoom")


def test_consent_leads_back_with_a_code_and_the_state_as_it_was(
    zoom_client: ZoomClient, admin: Person
) -> None:
    location = admin.consent(zoom_client.authorize_url())
    assert location.partition("?")[0] == CALLBACK
    answer = query_of(location)
    assert list(answer) == ["code", "state"]
    assert answer["state"] == STATE
    assert len(answer["code"]) == 33


@pytest.mark.parametrize("state", ["", "x" * 2000, "<script>", "a\r\nb"])
def test_any_state_comes_back_verbatim(zoom_client: ZoomClient, admin: Person, state: str) -> None:
    location = admin.consent(zoom_client.authorize_url(state=state))
    assert query_of(location)["state"] == state


def test_no_state_comes_back_where_none_was_sent(zoom_client: ZoomClient, admin: Person) -> None:
    assert list(query_of(admin.consent(zoom_client.authorize_url(state=None)))) == ["code"]


def test_a_redirect_address_keeps_its_own_parameters(
    zoom_client: ZoomClient, zoom_app: SimulatedApp, admin: Person
) -> None:
    zoom_app.redirect_uris = [f"{CALLBACK}?tenant=1"]
    location = admin.consent(zoom_client.authorize_url(redirect_uri=zoom_app.redirect_uris[0]))
    assert list(query_of(location)) == ["tenant", "code", "state"]


def test_an_install_from_the_marketplace_comes_back_without_a_state(
    zoom: ZoomSimulator, zoom_app: SimulatedApp, admin: Person
) -> None:
    location = admin.consent(f"{zoom.base_url}/marketplace/{zoom_app.client_id}/add")
    assert list(query_of(location)) == ["code"]


def test_the_consent_screen_names_app_account_person_and_scopes(
    zoom_client: ZoomClient, zoom_app: SimulatedApp, admin: Person
) -> None:
    zoom_app.name = "Mover & <Sons>"
    page = admin.reach_consent(zoom_client.authorize_url())
    assert page.status == 200
    assert "Mover &amp; &lt;Sons&gt;" in page.text
    for shown in ("Acme", ADMIN, "View the users of your account", *zoom_app.scopes):
        assert shown in page.text


@pytest.mark.parametrize(
    ("denial", "names"),
    [(Denial.WITH_STATE, ["error", "state"]), (Denial.WITHOUT_STATE, ["error"])],
)
def test_a_decline_leads_back_with_an_error(
    zoom: ZoomSimulator,
    zoom_client: ZoomClient,
    admin: Person,
    denial: Denial,
    names: list[str],
) -> None:
    zoom.behaviour.denial = denial
    answer = query_of(admin.decline(zoom_client.authorize_url()))
    assert list(answer) == names
    assert answer["error"] == "access_denied"
    assert answer.get("state", STATE) == STATE


def test_a_decline_can_end_at_zoom(
    zoom: ZoomSimulator, zoom_client: ZoomClient, admin: Person
) -> None:
    zoom.behaviour.denial = Denial.STAYS
    with pytest.raises(StuckAtZoom, match="200: You declined"):
        admin.decline(zoom_client.authorize_url())


def test_pressing_twice_leads_to_the_same_place(zoom_client: ZoomClient, admin: Person) -> None:
    page = admin.reach_consent(zoom_client.authorize_url())
    first = admin.press(page, "Authorize")
    assert admin.press(page, "Authorize").left_for == first.left_for
    assert admin.press(page, "Decline").left_for == first.left_for


def test_who_is_signed_in_is_not_asked_again(
    zoom: ZoomSimulator, zoom_client: ZoomClient, admin: Person
) -> None:
    admin.consent(zoom_client.authorize_url())
    zoom.forget_requests()
    admin.consent(zoom_client.authorize_url())
    assert zoom.requests_in(Phase.SIGN_IN) == []


def test_a_browser_is_signed_out_after_its_hours(
    zoom: ZoomSimulator, zoom_client: ZoomClient, admin: Person, clock: FixedClock
) -> None:
    page = admin.reach_consent(zoom_client.authorize_url())
    clock.advance(zoom.behaviour.signed_in_hours * 3600)
    assert admin.press(page, "Authorize").title.startswith("This page is too old")
    assert admin.open(zoom_client.authorize_url()).title.startswith("Sign in")


def test_a_consent_screen_belongs_to_its_browser(zoom_client: ZoomClient, admin: Person) -> None:
    page = admin.reach_consent(zoom_client.authorize_url())
    with Person(MEMBER) as other:
        assert other.press(page, "Authorize").title.startswith("This page is too old")


def test_the_account_can_be_switched(zoom_client: ZoomClient, admin: Person) -> None:
    page = admin.reach_consent(zoom_client.authorize_url())
    page = admin.press(page, "Switch account")
    assert page.title.startswith("Sign in")
    page = admin.press(page, STRANGER)
    assert STRANGER in page.text
    assert "Authorize" in page.text


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"client_id": "nobody"}, "Invalid client_id: nobody (4,702)"),
        ({"client_id": None}, "Invalid client_id:  (4,702)"),
        (
            {"redirect_uri": "https://evil.example/"},
            "Invalid redirect: https://evil.example/ (4,700)",
        ),
        ({"redirect_uri": CALLBACK + "/"}, f"Invalid redirect: {CALLBACK}/ (4,700)"),
        (
            {"redirect_uri": CALLBACK.replace("oauth", "OAuth")},
            f"Invalid redirect: {CALLBACK.replace('oauth', 'OAuth')} (4,700)",
        ),
        ({"redirect_uri": None}, "Invalid redirect:  (4,700)"),
        ({"response_type": "token"}, "Invalid response type"),
        ({"code_challenge_method": "S512"}, "Invalid code_challenge"),
        ({"code_challenge": "short"}, "Invalid code_challenge"),
        ({"scope": "user:read:user:admin meeting:write:meeting"}, "Invalid scope"),
    ],
)
def test_a_wrong_request_ends_at_zoom(
    zoom_client: ZoomClient, admin: Person, changes: dict[str, str | None], title: str
) -> None:
    page = admin.open(zoom_client.authorize_url(**changes))
    assert page.status == 400
    assert f"<h1>{title}</h1>" in page.text


def test_what_a_page_repeats_is_escaped(zoom_client: ZoomClient, admin: Person) -> None:
    page = admin.open(zoom_client.authorize_url(redirect_uri="<script>alert(1)</script>"))
    assert "<script>" not in page.text


def test_whoever_is_not_a_browser_gets_the_error_as_json(zoom_client: ZoomClient) -> None:
    url = zoom_client.authorize_url(redirect_uri="https://evil.example/")
    assert requests.get(url, timeout=10).json() == {
        "status": False,
        "errorCode": 4700,
        "errorMessage": "Invalid redirect url",
        "result": None,
    }


@pytest.mark.parametrize(
    ("allow_list", "works"),
    [
        ([CALLBACK], True),
        (["http://localhost:8080"], True),
        (["http://localhost:8080/"], True),
        (["http://localhost:80"], False),
        (["https://localhost:8080"], False),
        ([], False),
    ],
)
def test_a_redirect_address_has_to_be_on_the_allow_list_too(
    zoom_client: ZoomClient,
    zoom_app: SimulatedApp,
    admin: Person,
    allow_list: list[str],
    works: bool,
) -> None:
    zoom_app.allow_list = allow_list
    page = admin.open(zoom_client.authorize_url())
    assert page.title.startswith("Sign in") is works


def test_plain_http_can_be_refused_although_it_is_registered(
    zoom: ZoomSimulator, zoom_client: ZoomClient, admin: Person
) -> None:
    zoom.behaviour.refuses_plain_http = True
    assert stuck(admin, zoom_client.authorize_url())[0] == 400


def test_pkce_can_be_demanded(
    zoom_client: ZoomClient, zoom_app: SimulatedApp, admin: Person
) -> None:
    zoom_app.needs_pkce = True
    url = zoom_client.authorize_url(code_challenge=None, code_challenge_method=None)
    assert "Missing code_challenge" in admin.open(url).text


def test_a_disabled_app_cannot_be_added(
    zoom_client: ZoomClient, zoom_app: SimulatedApp, admin: Person
) -> None:
    zoom_app.enabled = False
    assert "(4,717)" in admin.open(zoom_client.authorize_url()).text


def test_only_an_admin_adds_an_account_level_app(zoom_client: ZoomClient) -> None:
    with Person(MEMBER) as member:
        with pytest.raises(StuckAtZoom) as caught:
            member.consent(zoom_client.authorize_url())
        assert "An account admin is required" in caught.value.page.text


def test_anybody_adds_a_user_level_app(zoom_client: ZoomClient, zoom_app: SimulatedApp) -> None:
    zoom_app.kind = AppKind.USER
    zoom_app.scopes = ["user:read:user"]
    with Person(MEMBER) as member:
        assert "code" in query_of(member.consent(zoom_client.authorize_url()))


def test_a_user_level_app_with_admin_scopes_is_refused(
    zoom_client: ZoomClient, zoom_app: SimulatedApp, admin: Person
) -> None:
    zoom_app.kind = AppKind.USER
    assert "Invalid scope" in admin.open(zoom_client.authorize_url()).text


def test_an_app_that_is_not_published_stays_at_home(
    zoom_client: ZoomClient, zoom_app: SimulatedApp, admin: Person
) -> None:
    zoom_app.published = False
    zoom_app.account = "Acme"
    assert "code" in query_of(admin.consent(zoom_client.authorize_url()))
    with Person(STRANGER) as stranger:
        assert stuck(stranger, zoom_client.authorize_url()) == (404, "Oops")


def test_an_app_can_be_visible_to_one_address_only(
    zoom_client: ZoomClient, zoom_app: SimulatedApp, admin: Person
) -> None:
    zoom_app.visible_to = ["Zoom.Admin@acme.example"]
    assert "code" in query_of(admin.consent(zoom_client.authorize_url()))
    with Person("owner@acme.example") as owner, pytest.raises(StuckAtZoom) as caught:
        owner.consent(zoom_client.authorize_url())
    assert "The app was not found" in caught.value.page.text


def test_an_app_may_need_approval_first(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp, admin: Person
) -> None:
    acme = zoom.account("Acme")
    acme.needs_pre_approval = True
    with pytest.raises(StuckAtZoom) as caught:
        admin.consent(zoom_client.authorize_url())
    assert caught.value.page.title.startswith(f"You cannot authorize {zoom_app.name}")
    asked = admin.press(caught.value.page, "Request pre-approve")
    assert "was asked to approve" in asked.text
    assert zoom.world.asked_for_approval == [(zoom_app.client_id, ADMIN)]
    acme.pre_approved = [zoom_app.client_id]
    assert "code" in query_of(admin.consent(zoom_client.authorize_url()))


def test_an_approval_that_is_withdrawn_meanwhile_counts(
    zoom: ZoomSimulator, zoom_client: ZoomClient, admin: Person
) -> None:
    page = admin.reach_consent(zoom_client.authorize_url())
    zoom.account("Acme").needs_pre_approval = True
    assert admin.press(page, "Authorize").left_for is None


@pytest.mark.parametrize(
    ("email", "problem"),
    [("nobody@acme.example", "Nobody here"), (MEMBER, "not active")],
)
def test_a_login_that_does_not_work_is_explained(
    zoom: ZoomSimulator, zoom_client: ZoomClient, email: str, problem: str
) -> None:
    zoom.person(MEMBER).active = False
    with Person(email) as person, pytest.raises(StuckAtZoom) as caught:
        person.consent(zoom_client.authorize_url())
    assert problem in caught.value.page.text


def test_optional_scopes_can_be_unticked(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp, admin: Person
) -> None:
    url = zoom_client.authorize_url(
        scope="user:read:user:admin", optional_scope="user:read:settings:admin"
    )
    code = query_of(admin.consent(url, untick={"user:read:settings:admin"}))["code"]
    assert zoom_client.exchange(code).json()["scope"] == "user:read:user:admin"
    code = query_of(admin.consent(url))["code"]
    assert zoom_client.exchange(code).json()["scope"] == " ".join(zoom_app.scopes)


def test_an_app_with_classic_scopes_must_not_name_them(
    zoom_client: ZoomClient, zoom_app: SimulatedApp, admin: Person
) -> None:
    zoom_app.scopes = ["user:read:admin"]
    assert "Invalid scope" in admin.open(zoom_client.authorize_url(scope="user:read:admin")).text
    assert "code" in query_of(admin.consent(zoom_client.authorize_url()))


def test_signing_in_leads_to_pages_of_this_site_only(zoom_client: ZoomClient) -> None:
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", ""):
        form = {"email": ADMIN, "next": target}
        answer = zoom_client.request("POST", "/oauth/signin", data=form)
        assert answer.headers["Location"] == "/marketplace/installed"


def test_the_session_cookie_is_kept_from_scripts(zoom_client: ZoomClient) -> None:
    answer = zoom_client.request("POST", "/oauth/signin", data={"email": ADMIN})
    assert answer.headers["Set-Cookie"].endswith("; Path=/; HttpOnly; SameSite=Lax")


def test_an_added_app_is_listed_and_can_be_removed(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp, admin: Person
) -> None:
    code = query_of(admin.consent(zoom_client.authorize_url()))["code"]
    access = zoom_client.exchange(code).json()["access_token"]
    page = admin.open(f"{zoom.base_url}/marketplace/installed")
    assert zoom_app.name in page.text
    page = admin.press(page, "Remove")
    assert "You have not added any app" in page.text
    assert zoom_client.me(access).status_code == 401


def test_the_list_of_added_apps_asks_who_one_is(zoom: ZoomSimulator, admin: Person) -> None:
    page = admin.open(f"{zoom.base_url}/marketplace/installed")
    assert page.title.startswith("Sign in")
    assert admin.press(page, ADMIN).title.startswith("Added apps")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/oauth/consent"),
        ("POST", "/oauth/authorize"),
        ("DELETE", "/oauth/authorize"),
        ("GET", "/marketplace/nobody/add"),
        ("POST", "/marketplace/nobody/remove"),
        ("POST", "/oauth/pre-approval"),
    ],
)
def test_other_addresses_do_not_exist(zoom_client: ZoomClient, method: str, path: str) -> None:
    assert zoom_client.request(method, path, headers=HTML).status_code == 404


def test_head_tells_what_get_would_without_a_body(zoom_client: ZoomClient) -> None:
    answer = requests.head(zoom_client.authorize_url(), timeout=10)
    assert (answer.status_code, answer.content) == (302, b"")


def test_pages_are_kept_by_nobody_and_framed_by_nobody(
    zoom_client: ZoomClient, admin: Person
) -> None:
    answer = admin.session.get(zoom_client.authorize_url(), timeout=10)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "form-action" not in answer.headers["Content-Security-Policy"]


def test_the_log_names_parameters_and_hides_their_secrets(
    zoom: ZoomSimulator, zoom_client: ZoomClient, admin: Person
) -> None:
    location = admin.consent(zoom_client.authorize_url())
    zoom_client.exchange(query_of(location)["code"])
    log = repr(zoom.requests)
    assert "code_challenge_method=S256" in log
    assert not any(value in log for value in [*zoom.secret_values(), STATE, "state+with"])
    (asked,) = [one for one in zoom.requests_in(Phase.AUTHORIZE) if one.status == 200]
    assert set(asked.parameters) == {
        "response_type",
        "client_id",
        "redirect_uri",
        "state",
        "code_challenge",
        "code_challenge_method",
    }


def test_an_owner_is_an_admin_too(zoom_client: ZoomClient, zoom: ZoomSimulator) -> None:
    assert zoom.person("owner@acme.example").role is Role.OWNER
    with Person("OWNER@acme.example") as owner:
        assert "code" in query_of(owner.consent(zoom_client.authorize_url()))
