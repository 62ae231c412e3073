"""Faults: each kind, when it hits, and when it ends."""

from __future__ import annotations

import contextlib

import pytest
import requests
from pydantic import ValidationError

from local.zoom import (
    Fault,
    FaultKind,
    Grant,
    Person,
    Phase,
    SimulatedApp,
    ZoomSimulator,
    grant_refused,
    granted_scopes,
    latency,
    odd_lifetime,
    without,
    wrong_token_type,
)
from tests.local.zoom_client import ADMIN, VERIFIER, ZoomClient, api_error, query_of, refusal


@pytest.fixture
def code(zoom: ZoomSimulator, zoom_app: SimulatedApp) -> str:
    return zoom.issue_code(ADMIN, zoom_app, verifier=VERIFIER)


@pytest.fixture
def grant(zoom: ZoomSimulator, zoom_app: SimulatedApp) -> Grant:
    return zoom.issue_tokens(ADMIN, zoom_app)


@pytest.mark.parametrize("kind", [FaultKind.RESET_AFTER, FaultKind.RESET_MID, FaultKind.TRUNCATED])
def test_an_exchange_counts_even_if_its_answer_is_lost(
    zoom: ZoomSimulator,
    zoom_client: ZoomClient,
    zoom_app: SimulatedApp,
    code: str,
    kind: FaultKind,
) -> None:
    zoom.faults.add(Fault(kind=kind, phase=Phase.TOKEN, times=1))
    with pytest.raises(requests.exceptions.RequestException):
        zoom_client.exchange(code)
    assert zoom.grant_of(ADMIN, zoom_app) is not None
    assert refusal(zoom_client.exchange(code))[1] == "invalid_grant"


def test_a_reset_before_the_exchange_leaves_the_code_good(
    zoom: ZoomSimulator, zoom_client: ZoomClient, code: str
) -> None:
    zoom.faults.add(Fault(kind=FaultKind.RESET_BEFORE, phase=Phase.TOKEN, times=1))
    with pytest.raises(requests.exceptions.ConnectionError):
        zoom_client.exchange(code)
    assert zoom.requests[-1].status == 0
    assert zoom_client.exchange(code).status_code == 200


def test_a_lost_answer_of_a_refresh_loses_the_grant(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant
) -> None:
    zoom.faults.add(Fault(kind=FaultKind.RESET_AFTER, phase=Phase.REFRESH, times=1))
    with pytest.raises(requests.exceptions.ConnectionError):
        zoom_client.refresh(grant.refresh_token)
    assert refusal(zoom_client.refresh(grant.refresh_token))[1] == "invalid_grant"


def test_an_answer_can_be_a_page(zoom: ZoomSimulator, zoom_client: ZoomClient, code: str) -> None:
    zoom.faults.add(Fault(kind=FaultKind.HTML_OK, phase=Phase.TOKEN))
    answer = zoom_client.exchange(code)
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (200, "text/html")


def test_an_answer_can_be_huge(zoom: ZoomSimulator, zoom_client: ZoomClient, code: str) -> None:
    zoom.faults.add(Fault(kind=FaultKind.HUGE_BODY, phase=Phase.TOKEN, size=3_000_000))
    answer = zoom_client.exchange(code)
    assert len(answer.content) > 3_000_000
    assert answer.json()["token_type"] == "bearer"


def test_an_answer_can_be_half_of_its_json(
    zoom: ZoomSimulator, zoom_client: ZoomClient, code: str
) -> None:
    zoom.faults.add(Fault(kind=FaultKind.CUT_JSON, phase=Phase.TOKEN))
    answer = zoom_client.exchange(code)
    assert len(answer.content) == int(answer.headers["Content-Length"])
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


def test_zoom_can_be_away(zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant) -> None:
    zoom.faults.add(Fault(kind=FaultKind.MAINTENANCE, times=1), Fault(kind=FaultKind.SERVER_ERROR))
    assert (zoom_client.me(grant).status_code, zoom_client.me(grant).status_code) == (503, 500)


@pytest.mark.parametrize(
    ("fault", "key", "expected"),
    [
        (wrong_token_type(), "token_type", "mac"),
        (without("refresh_token"), "refresh_token", None),
        (without("access_token"), "access_token", None),
        (odd_lifetime(-5), "expires_in", -5),
        (odd_lifetime(10**12), "expires_in", 10**12),
        (odd_lifetime("soon"), "expires_in", "soon"),
        (granted_scopes("user:read:user:admin"), "scope", "user:read:user:admin"),
        (granted_scopes("a", "b", "c"), "scope", "a b c"),
    ],
)
def test_a_token_answer_can_be_odd(
    zoom: ZoomSimulator,
    zoom_client: ZoomClient,
    code: str,
    fault: Fault,
    key: str,
    expected: object,
) -> None:
    zoom.faults.add(fault)
    answer = zoom_client.exchange(code)
    assert (answer.status_code, answer.json().get(key)) == (200, expected)


def test_the_answer_about_a_user_can_be_changed(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant
) -> None:
    zoom.faults.add(
        Fault(kind=FaultKind.ALTERED, phase=Phase.USERS_ME, set={"email": None}, drop=["id"])
    )
    answer = zoom_client.me(grant).json()
    assert answer["email"] is None
    assert "id" not in answer


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (grant_refused(phase=Phase.TOKEN), (400, "invalid_grant", "Invalid Token!")),
        (grant_refused(None, phase=Phase.TOKEN), (400, "invalid_grant", None)),
        (
            grant_refused(error="invalid_request", phase=Phase.ANY),
            (400, "invalid_request", "Invalid Token!"),
        ),
        (
            Fault(
                kind=FaultKind.OAUTH_ERROR,
                status=401,
                error="invalid_client",
                reason="Invalid client_id or client_secret",
            ),
            (401, "invalid_client", "Invalid client_id or client_secret"),
        ),
    ],
)
def test_an_exchange_can_be_refused_in_any_words(
    zoom: ZoomSimulator,
    zoom_client: ZoomClient,
    code: str,
    fault: Fault,
    expected: tuple[int, str, str | None],
) -> None:
    zoom.faults.add(fault)
    assert refusal(zoom_client.exchange(code)) == expected


def test_an_older_refusal_echoes_the_code_as_well(
    zoom: ZoomSimulator, zoom_client: ZoomClient, code: str
) -> None:
    zoom.faults.add(
        grant_refused(
            "Invalid authorization code {code}", error="invalid_request", phase=Phase.TOKEN
        )
    )
    expected = (400, "invalid_request", f"Invalid authorization code {code}")
    assert refusal(zoom_client.exchange(code)) == expected


@pytest.mark.parametrize("status", [200, 400, 403])
def test_the_api_can_refuse_in_any_words(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant, status: int
) -> None:
    zoom.faults.add(
        Fault(kind=FaultKind.API_ERROR, status=status, code=300, message="Validation Failed.")
    )
    assert api_error(zoom_client.me(grant)) == (status, 300, "Validation Failed.")
    assert refusal(zoom_client.refresh("x"))[1] == "invalid_grant"


def test_too_many_requests_of_a_second(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant
) -> None:
    zoom.faults.add(Fault(kind=FaultKind.TOO_MANY_REQUESTS))
    answer = zoom_client.me(grant)
    assert api_error(answer)[:2] == (429, 429)
    assert answer.headers["X-RateLimit-Reset"].isdigit()
    assert zoom_client.refresh(grant.refresh_token).status_code == 429


def test_too_many_requests_of_a_day(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant
) -> None:
    zoom.faults.add(Fault(kind=FaultKind.TOO_MANY_REQUESTS, daily=True))
    answer = zoom_client.me(grant)
    assert answer.headers["Retry-After"].endswith("T00:00:00Z")
    assert "daily" in answer.json()["message"]


def test_latencies_hold_the_answer_back(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant, slept: list[float]
) -> None:
    zoom.faults.add(latency(150), latency(30, phase=Phase.USERS_ME))
    assert zoom_client.me(grant).status_code == 200
    assert zoom_client.get("/v2/users/me/settings", grant).status_code == 200
    assert slept == pytest.approx([0.18, 0.15])


def test_latency_and_odd_answers_come_together(
    zoom: ZoomSimulator, zoom_client: ZoomClient, code: str, slept: list[float]
) -> None:
    zoom.faults.add(latency(1), odd_lifetime(0), without("scope"))
    answer = zoom_client.exchange(code).json()
    assert (answer["expires_in"], "scope" in answer, slept) == (0, False, [0.001])


PHASES = (Phase.TOKEN, Phase.REFRESH, Phase.REVOKE, Phase.USERS_ME, Phase.SETTINGS, Phase.API)


@pytest.mark.parametrize("phase", PHASES)
def test_a_fault_hits_only_its_phase(
    zoom: ZoomSimulator, zoom_client: ZoomClient, code: str, phase: Phase
) -> None:
    zoom.faults.add(Fault(kind=FaultKind.MAINTENANCE, phase=phase))
    auth = (zoom_client.app.client_id, zoom_client.app.client_secret)
    statuses = {
        Phase.TOKEN: zoom_client.exchange(code).status_code,
        Phase.REFRESH: zoom_client.refresh("x").status_code,
        Phase.REVOKE: zoom_client.request("POST", "/oauth/revoke", auth=auth).status_code,
        Phase.USERS_ME: zoom_client.me("x").status_code,
        Phase.SETTINGS: zoom_client.get("/v2/users/me/settings", "x").status_code,
        Phase.API: zoom_client.get("/v2/users", "x").status_code,
    }
    assert statuses.pop(phase) == 503
    assert 503 not in statuses.values()


@pytest.mark.parametrize("phase", [Phase.AUTHORIZE, Phase.SIGN_IN, Phase.CONSENT])
def test_pages_can_be_away_too(zoom: ZoomSimulator, zoom_client: ZoomClient, phase: Phase) -> None:
    zoom.faults.add(Fault(kind=FaultKind.MAINTENANCE, phase=phase, times=1))
    with Person(ADMIN) as admin:
        with pytest.raises(Exception, match="503: Zoom"):
            admin.consent(zoom_client.authorize_url())
        assert "code" in query_of(admin.consent(zoom_client.authorize_url()))


def test_a_consent_counts_even_if_its_answer_is_lost(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp
) -> None:
    zoom.faults.add(Fault(kind=FaultKind.RESET_AFTER, phase=Phase.CONSENT, times=1))
    with Person(ADMIN) as admin, contextlib.suppress(requests.exceptions.ConnectionError):
        admin.consent(zoom_client.authorize_url())
    user_id = zoom.person(ADMIN).user_id
    assert (zoom_app.client_id, user_id) in zoom.world.installed


def test_a_fault_hits_as_often_as_it_says(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant
) -> None:
    zoom.faults.add(Fault(kind=FaultKind.MAINTENANCE, times=2))
    assert [one.times for one in zoom.faults.active()] == [2]
    assert [zoom_client.me(grant).status_code for _ in range(3)] == [503, 503, 200]
    assert not zoom.faults


def test_faults_follow_each_other(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant
) -> None:
    zoom.faults.replace(
        [
            Fault(kind=FaultKind.TOO_MANY_REQUESTS, times=1),
            Fault(kind=FaultKind.MAINTENANCE, times=1),
        ]
    )
    assert [zoom_client.me(grant).status_code for _ in range(3)] == [429, 503, 200]


def test_a_cleared_fault_is_gone(
    zoom: ZoomSimulator, zoom_client: ZoomClient, grant: Grant
) -> None:
    zoom.faults.add(Fault(kind=FaultKind.MAINTENANCE))
    zoom.faults.clear()
    assert zoom_client.me(grant).status_code == 200


@pytest.mark.parametrize(
    ("kind", "phase"),
    [
        (FaultKind.OAUTH_ERROR, Phase.USERS_ME),
        (FaultKind.OAUTH_ERROR, Phase.CONSENT),
        (FaultKind.API_ERROR, Phase.TOKEN),
    ],
)
def test_a_fault_that_can_never_hit_is_refused(kind: FaultKind, phase: Phase) -> None:
    with pytest.raises(ValidationError, match="does not happen"):
        Fault(kind=kind, phase=phase)
