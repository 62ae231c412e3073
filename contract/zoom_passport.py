"""A Passport strategy for Zoom: credentials in the body, PKCE, state in a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from contract import clients
from contract.report import Report, expect, expect_part
from contract.zoom_process import ClientProcess
from contract.zoom_setting import ADMIN, CALLBACK, ZoomSetting
from local.zoom import Phase, grant_refused

_CLIENT: Final = "passport-zoom-oauth2"


class PassportChecks:
    """Runs the strategy against the simulator's own address."""

    def __init__(self, setting: ZoomSetting, process: ClientProcess) -> None:
        """Take over a started client."""
        self._setting = setting
        self._process = process

    @classmethod
    def run(cls, setting: ZoomSetting, report: Report) -> None:
        """Run every check."""
        node = clients.zoom_node()
        setting.app.needs_pkce = True
        addresses = {"BASE_URL": setting.simulator.base_url, "CALLBACK": CALLBACK}
        process = ClientProcess(
            [node, str(clients.ZOOM / "passport.mjs")],
            folder=setting.home,
            environment=setting.environment({**setting.app_secrets(), **addresses}),
        )
        with process:
            checks = cls(setting, process)
            for sentence, check in checks._checks():
                setting.start_over()
                report.check(_CLIENT, sentence, check)

    def _checks(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        return (
            ("logs a person in with PKCE and credentials in the body", self._logs_in),
            ("is told that a code was used before", self._code_reused),
            ("is told of a decline", self._declined),
            ("is told why a grant is refused", self._refused),
        )

    def _logs_in(self) -> None:
        answer = self._process.ask("finish", query=self._consented())
        profile = answer["profile"]
        expect(profile["email"] if isinstance(profile, dict) else None, ADMIN, "e-mail address")
        expect(answer["tokens"], True, "both tokens")
        (request,) = self._setting.simulator.requests_in(Phase.TOKEN)
        expect(request.credentials, "body", "where the credentials were")
        expect("code_verifier" in request.parameters, True, "verifier")

    def _code_reused(self) -> None:
        query = self._consented()
        self._process.ask("finish", query=query, keep=True)
        again = self._process.ask_for_failure("finish", query=query)
        expect_part(again.get("error"), "TokenError: invalid_grant", "refusal")

    def _declined(self) -> None:
        with self._setting.person() as admin:
            query = dict(parse_qsl(urlsplit(admin.decline(self._begun())).query))
        failure = self._process.ask_for_failure("finish", query=query)
        expect_part(failure.get("error"), "fail:", "answer")

    def _refused(self) -> None:
        refused = grant_refused(error="invalid_request", phase=Phase.TOKEN)
        self._setting.simulator.faults.add(refused)
        failure = self._process.ask_for_failure("finish", query=self._consented())
        expect_part(failure.get("error"), "TokenError: invalid_request", "refusal")

    def _begun(self) -> str:
        return str(self._process.ask("begin")["url"])

    def _consented(self) -> dict[str, str]:
        return self._setting.consent(self._begun())
