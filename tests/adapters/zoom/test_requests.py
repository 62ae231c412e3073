"""What is sent to Zoom, to whom, and what never comes out again."""

from __future__ import annotations

import base64
import logging
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from local.zoom import Fault, FaultKind, Phase, ZoomSimulator
from tests.adapters.salesforce.certificates import Authority, self_signed
from tests.adapters.salesforce.scripted import ScriptedServer, answer
from tests.adapters.zoom.lab import (
    ADMIN,
    CLIENT_ID,
    CLIENT_SECRET,
    REDIRECT_URI,
    VERIFIER,
    ZoomLab,
    an_account,
    an_app,
    failed,
    gateway_to,
    issued,
)
from zoom_migrator.adapters.http_client.tls import tls_context
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.zoom.gateway import HttpZoomGateway
from zoom_migrator.adapters.zoom.settings import ZoomSettings
from zoom_migrator.domain.errors import InvalidSettings, StoreUnavailable
from zoom_migrator.domain.zoom_account import ZoomUser
from zoom_migrator.domain.zoom_failure import ZoomFailureCode, ZoomFailureKind

C = ZoomFailureCode
BASIC = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()


def sent(scripted: ScriptedServer) -> tuple[str, dict[str, list[str]]]:
    """The one request that arrived: its first line and its form."""
    (request,) = scripted.received
    return request.line, parse_qs(request.body.decode(), strict_parsing=True)


def test_a_code_is_sent_in_the_body_with_its_verifier_and_address(
    scripted: ScriptedServer, clock: SettableClock
) -> None:
    scripted.will_reply(answer({}, 500))
    gateway_to(scripted.base_url, clock).exchange(
        "a code&more", verifier=VERIFIER, redirect_uri=REDIRECT_URI
    )

    line, form = sent(scripted)
    assert line == "POST /oauth/token HTTP/1.1"
    assert form == {
        "grant_type": ["authorization_code"],
        "code": ["a code&more"],
        "code_verifier": [VERIFIER],
        "redirect_uri": [REDIRECT_URI],
    }
    headers = scripted.received[0].headers
    assert headers["authorization"] == f"Basic {BASIC}"
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert headers["host"] == "zoom.us"


def test_a_refresh_token_is_sent_in_the_body(
    scripted: ScriptedServer, clock: SettableClock
) -> None:
    scripted.will_reply(answer({}, 500))
    gateway_to(scripted.base_url, clock).refresh("refresh-canary")

    assert sent(scripted) == (
        "POST /oauth/token HTTP/1.1",
        {"grant_type": ["refresh_token"], "refresh_token": ["refresh-canary"]},
    )


def test_an_access_token_is_sent_in_a_header_to_the_accounts_host(
    scripted: ScriptedServer, clock: SettableClock
) -> None:
    scripted.will_reply(answer({}, 500))
    gateway_to(scripted.base_url, clock).user("access-canary", api_url="https://api-us.zoom.us")

    (request,) = scripted.received
    assert request.line == "GET /v2/users/me HTTP/1.1"
    assert request.headers["authorization"] == "Bearer access-canary"
    assert request.headers["host"] == "api-us.zoom.us"


def test_every_call_has_a_connection_of_its_own(
    scripted: ScriptedServer, clock: SettableClock
) -> None:
    gateway = gateway_to(scripted.base_url, clock)
    scripted.will_reply(answer({}, 500), answer({}, 500))

    gateway.refresh("one")
    gateway.refresh("two")

    assert scripted.connections == 2


class TestTheAppIsNotSetUp:
    def gateway(self, error: Exception, clock: SettableClock) -> HttpZoomGateway:
        def credentials() -> None:
            raise error

        return HttpZoomGateway(
            ZoomSettings(connect_to="http://127.0.0.1:1"),
            credentials=credentials,  # type: ignore[arg-type]
            clock=clock,
        )

    def test_nothing_is_sent_and_the_secret_is_named(self, clock: SettableClock) -> None:
        gateway = self.gateway(InvalidSettings("The Zoom secret has no client_id."), clock)

        for failure in (
            failed(gateway.client_id()),
            failed(gateway.exchange("code", verifier=VERIFIER, redirect_uri=REDIRECT_URI)),
            failed(gateway.refresh("token")),
            failed(gateway.revoke("token")),
        ):
            assert failure.code is C.CREDENTIALS_MISSING
            assert failure.kind is ZoomFailureKind.CONFIGURATION
            assert failure.detail == "The Zoom secret has no client_id."

    def test_a_secret_out_of_reach_passes(self, clock: SettableClock) -> None:
        with pytest.raises(StoreUnavailable):
            self.gateway(StoreUnavailable("throttled"), clock).refresh("token")

    def test_a_wrong_secret_is_a_fault_of_ours(self, lab: ZoomLab) -> None:
        gateway = gateway_to(lab.simulator.base_url, lab.clock, client_secret="wrong-secret")

        failure = failed(gateway.refresh(lab.tokens().pair.refresh_token))

        assert failure.code is C.CLIENT_REJECTED
        assert failure.kind is ZoomFailureKind.CONFIGURATION


class TestTls:
    HOSTS = ("zoom.us", "api.zoom.us")

    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        return Authority(tmp_path)

    def exchange(
        self, clock: SettableClock, authority: Authority, server: object
    ) -> tuple[object, int]:
        with ZoomSimulator(
            tls=server,  # type: ignore[arg-type]
            clock=lambda: clock.now().timestamp(),
        ) as simulator:
            simulator.add(an_account())
            app = simulator.register(an_app())
            gateway = gateway_to(simulator.base_url, clock, tls=tls_context(str(authority.ca_file)))
            code = simulator.issue_code(ADMIN, app, verifier=VERIFIER)
            tokens = gateway.exchange(code, verifier=VERIFIER, redirect_uri=REDIRECT_URI)
            return tokens, len(simulator.requests)

    def test_a_server_that_proves_to_be_zoom_is_spoken_to(
        self, clock: SettableClock, authority: Authority
    ) -> None:
        tokens, _ = self.exchange(clock, authority, authority.server("zoom.us"))

        issued(tokens)  # type: ignore[arg-type]

    @pytest.mark.parametrize("fault", ["wrong host", "expired", "self-signed"])
    def test_c37_any_other_is_sent_nothing(
        self, clock: SettableClock, authority: Authority, tmp_path: Path, fault: str
    ) -> None:
        servers = {
            "wrong host": lambda: authority.server("zoom.example"),
            "expired": lambda: authority.server("zoom.us", expired=True),
            "self-signed": lambda: self_signed(tmp_path, "zoom.us"),
        }
        answered, requests = self.exchange(clock, authority, servers[fault]())

        failure = failed(answered)
        assert (failure.code, failure.kind) == (C.TLS_FAILED, ZoomFailureKind.TRANSIENT)
        assert requests == 0


class TestSecrecy:
    """Zoom echoes codes; nothing that was sent or received may come out again."""

    def test_a_code_that_zoom_repeats_is_taken_out(
        self, scripted: ScriptedServer, clock: SettableClock
    ) -> None:
        code = "code-canary+/="
        echoed = f"Invalid authorization code {code} for {CLIENT_SECRET} and {VERIFIER}"
        scripted.will_reply(answer({"reason": echoed, "error": "invalid_grant"}, 400))

        failure = failed(
            gateway_to(scripted.base_url, clock).exchange(
                code, verifier=VERIFIER, redirect_uri=REDIRECT_URI
            )
        )

        assert "canary" not in repr(failure)
        assert failure.detail.startswith("invalid_grant: Invalid authorization code [removed]")

    @pytest.mark.parametrize(
        "repeat", ["refresh-canary/+", "refresh-canary%2F%2B", "refresh-canary\\/+"]
    )
    def test_a_token_is_taken_out_however_it_is_written(
        self, scripted: ScriptedServer, clock: SettableClock, repeat: str
    ) -> None:
        scripted.will_reply(answer({"reason": f"No: {repeat}", "error": "x"}, 400))

        failure = failed(gateway_to(scripted.base_url, clock).refresh("refresh-canary/+"))

        assert "%2F%2B" not in failure.detail
        assert "canary/+" not in failure.detail

    def test_words_that_could_forge_a_log_are_made_harmless(
        self, scripted: ScriptedServer, clock: SettableClock
    ) -> None:
        scripted.will_reply(
            answer({"reason": "one\r\ntwo \u202e three", "error": "invalid_grant"}, 400)
        )

        failure = failed(gateway_to(scripted.base_url, clock).refresh("refresh-canary"))

        assert failure.detail == "invalid_grant: one  two  three"

    @pytest.mark.parametrize("kind", [None, FaultKind.HTML_OK, FaultKind.RESET_MID])
    def test_no_library_logs_a_secret(
        self, lab: ZoomLab, caplog: pytest.LogCaptureFixture, kind: FaultKind | None
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            if kind is not None:
                lab.simulator.faults.add(Fault(kind=kind, phase=Phase.TOKEN))
            lab.exchange()
            lab.simulator.faults.clear()
            tokens = lab.tokens()
            user = lab.gateway.user(tokens.pair.access_token, api_url=tokens.api_url)
            assert isinstance(user, ZoomUser)
            lab.gateway.refresh(tokens.pair.refresh_token)
            lab.gateway.revoke(tokens.pair.access_token)

        logged = " ".join(repr(vars(record)) for record in caplog.records)
        leaked = [value for value in lab.simulator.secret_values() if value in logged]
        assert leaked == []
        assert VERIFIER not in logged

    def test_tokens_do_not_show_in_a_repr(self, lab: ZoomLab) -> None:
        tokens = lab.tokens()

        assert tokens.pair.access_token not in repr(tokens)
        assert tokens.pair.refresh_token not in repr(tokens)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (FaultKind.RESET_BEFORE, C.ANSWER_LOST),
        (FaultKind.RESET_AFTER, C.ANSWER_LOST),
        (FaultKind.RESET_MID, C.ANSWER_LOST),
        (FaultKind.TRUNCATED, C.ANSWER_LOST),
        (FaultKind.CUT_JSON, C.MALFORMED_ANSWER),
        (FaultKind.HTML_OK, C.MALFORMED_ANSWER),
        (FaultKind.HUGE_BODY, C.MALFORMED_ANSWER),
        (FaultKind.SERVER_ERROR, C.SERVER_ERROR),
        (FaultKind.MAINTENANCE, C.SERVICE_UNAVAILABLE),
        (FaultKind.TOO_MANY_REQUESTS, C.RATE_LIMITED),
    ],
)
def test_every_fault_of_the_simulated_zoom_is_understood_and_nothing_is_sent_again(
    lab: ZoomLab, kind: FaultKind, code: ZoomFailureCode
) -> None:
    lab.simulator.faults.add(Fault(kind=kind, phase=Phase.TOKEN))

    failure = failed(lab.exchange())

    assert failure.code is code
    assert len(lab.simulator.requests_in(Phase.TOKEN)) == 1


def test_a_missing_scope_is_named_by_the_api(lab: ZoomLab) -> None:
    code = lab.simulator.issue_code(ADMIN, lab.app, verifier=VERIFIER, scopes=["meeting:read:x"])
    tokens = issued(lab.exchange(code))

    failure = failed(lab.gateway.user(tokens.pair.access_token, api_url=tokens.api_url))

    assert failure.code is C.SCOPE_MISSING
    assert any("user:read:user" in name for name in failure.missing_scopes)
