"""@zoom/rivet, Zoom's own SDK: its install page, its refresh, its API calls, its webhooks."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from contract import clients
from contract.report import ContractBroken, Report, expect, expect_part
from contract.zoom_process import ClientProcess
from contract.zoom_setting import ADMIN, ZoomSetting
from local.zoom import Denial, Fault, FaultKind, Person, Phase, without

_CLIENT: Final = "@zoom/rivet"
_NO_STATE: Final = "OAuth callback did not include code and/or state in request."


class RivetChecks:
    """Runs Rivet's own server and walks a person through it."""

    def __init__(self, setting: ZoomSetting, process: ClientProcess, port: int) -> None:
        """Take over a started client that listens on the port."""
        self._setting = setting
        self._process = process
        self._port = port

    @classmethod
    def run(cls, setting: ZoomSetting, report: Report) -> None:
        """Run every check; the first ones authorize what later ones use."""
        node = clients.zoom_node()
        port, events_port = _free_port(), _free_port()
        setting.app.redirect_uris = [f"http://127.0.0.1:{port}/zoom/oauth/callback"]
        setting.app.webhook_url = f"http://127.0.0.1:{events_port}/zoom/events"
        ports = {"PORT": str(port), "EVENTS_PORT": str(events_port)}
        process = ClientProcess(
            [node, str(clients.ZOOM / "rivet.mjs")],
            folder=setting.home,
            environment=setting.environment({**setting.app_secrets(), **ports}),
        )
        with process:
            process.ask("start")
            checks = cls(setting, process, port)
            for sentence, check in checks._checks():
                setting.start_over()
                report.check(_CLIENT, sentence, check)

    def _checks(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        return (
            ("is authorized from its install page", self._authorized),
            ("reads the user and the tracking id", self._reads_user),
            ("reads the products from the settings", self._reads_settings),
            ("is told which scope is missing", self._scope_missing),
            ("is told of a rate limit", self._rate_limited),
            ("refreshes a token that is about to expire", self._refreshes),
            ("loses its own race of three refreshes", self._races),
            ("works again after another authorization", self._authorized),
            ("takes no install that comes without a state", self._without_state),
            ("takes no declined install", self._declined),
            ("takes no answer without a refresh token", self._no_refresh_token),
            ("gets a server-to-server token", self._server_to_server),
            ("answers the challenge of its address", self._challenged),
            ("believes the news of its removal", self._removed),
            ("does not believe a forged one", self._forged),
        )

    def _authorized(self) -> None:
        expect_part(self._install(), "successfully authorized", "page")
        expect(
            self._process.ask("scopes")["scopes"], self._setting.app.scopes, "scopes of the token"
        )

    def _reads_user(self) -> None:
        answer = self._process.ask("me")
        data = answer["data"]
        expect(data["email"] if isinstance(data, dict) else None, ADMIN, "e-mail address")
        expect_part(answer["trackingId"], "rid=WEB_", "tracking id")

    def _reads_settings(self) -> None:
        data = self._process.ask("settings")["data"]
        feature = data["feature"] if isinstance(data, dict) else {}
        expect((feature["zoom_phone"], feature["webinar"]), (True, False), "phone and webinar")

    def _scope_missing(self) -> None:
        failure = self._process.ask_for_failure("list")
        expect_part(failure.get("error"), "[400/4711]", "refusal")
        expect_part(failure.get("error"), "scopes:[user:read:list_users:admin]", "refusal")

    def _rate_limited(self) -> None:
        self._setting.simulator.faults.add(Fault(kind=FaultKind.TOO_MANY_REQUESTS))
        expect_part(self._process.ask_for_failure("me").get("error"), "[429/429]", "refusal")

    def _refreshes(self) -> None:
        self._process.ask("expire")
        self._reads_user()
        expect(len(self._setting.simulator.requests_in(Phase.REFRESH)), 1, "refreshes")

    def _races(self) -> None:
        self._process.ask("expire")
        expect(self._process.ask("race"), {"won": 1}, "refreshes that were not refused")

    def _without_state(self) -> None:
        setting = self._setting
        listing = f"{setting.simulator.base_url}/marketplace/{setting.app.client_id}/add"
        with setting.person() as admin:
            admin.open(self._install_url)
            page = admin.open(admin.consent(listing))
        expect_part(page.text, _NO_STATE, "page")

    def _declined(self) -> None:
        self._setting.simulator.behaviour.denial = Denial.WITH_STATE
        with self._setting.person() as admin:
            page = admin.open(admin.decline(self._sent_to_zoom(admin)))
        expect_part(page.text, _NO_STATE, "page")

    def _no_refresh_token(self) -> None:
        self._setting.simulator.faults.add(without("refresh_token"))
        expect_part(self._install(), "OAuthTokenFetchFailedError", "page")

    def _server_to_server(self) -> None:
        data = self._process.ask("serverMe")["data"]
        expect(data["email"] if isinstance(data, dict) else None, ADMIN, "e-mail address")
        data = self._process.ask("serverList")["data"]
        expect(data["total_records"] if isinstance(data, dict) else None, 1, "users")

    def _challenged(self) -> None:
        problem = self._setting.simulator.problem_of_webhook(self._setting.app)
        expect(problem, "", "problem of the address")

    def _removed(self) -> None:
        delivered = self._setting.simulator.remove_app(ADMIN, self._setting.app)
        expect(None if delivered is None else delivered.status, 200, "status")
        expect(self._events(), ["app_deauthorized"], "events")
        failure = self._process.ask_for_failure("me")
        expect_part(failure.get("error"), '[401/124]: "Invalid access token."', "refusal")

    def _forged(self) -> None:
        delivered = self._setting.simulator.remove_app(ADMIN, self._setting.app, forged=True)
        expect(None if delivered is None else delivered.status, 400, "status")
        expect(self._events(), ["app_deauthorized"], "events")

    def _events(self) -> list[object]:
        events = self._process.ask("events")["events"]
        if not isinstance(events, list):
            raise ContractBroken(f"expected a list of events, got {events!r}")
        return [event["event"] for event in events]

    def _install(self) -> str:
        with self._setting.person() as admin:
            return admin.open(admin.consent(self._sent_to_zoom(admin))).text

    @property
    def _install_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/zoom/oauth/install"

    def _sent_to_zoom(self, admin: Person) -> str:
        url = admin.open(self._install_url).left_for or ""
        expect(urlsplit(url).netloc, "zoom.us", "host of the authorization")
        return url


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
