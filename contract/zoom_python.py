"""Python clients: Authlib, requests-oauthlib, pyzoom, zoomus and zoom-python-client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from contract import clients
from contract.report import ContractBroken, Report, expect, expect_part
from contract.zoom_process import ClientProcess
from contract.zoom_setting import ADMIN, CALLBACK, ZoomSetting
from local.zoom import Fault, FaultKind, Phase

_AUTHORIZED: Final = ("Authlib", "requests-oauthlib", "pyzoom")
_SERVERS: Final = ("zoomus", "zoom-python-client")


class PythonChecks:
    """Runs the libraries in one process."""

    def __init__(self, setting: ZoomSetting, process: ClientProcess) -> None:
        """Take over a started process."""
        self._setting = setting
        self._process = process

    @classmethod
    def run(cls, setting: ZoomSetting, report: Report) -> None:
        """Run every check of every library."""
        python = clients.zoom_python()
        addresses = {"BASE_URL": setting.simulator.base_url, "CALLBACK": CALLBACK}
        process = ClientProcess(
            [str(python), str(clients.FOLDER / "zoom_libraries.py")],
            folder=setting.home,
            environment=setting.environment({**setting.app_secrets(), **addresses}),
        )
        with process:
            checks = cls(setting, process)
            for library in _AUTHORIZED:
                checks._run(report, library, checks._checks_of_people())
            checks._run(report, "Authlib", checks._checks_of_authlib())
            checks._run(report, "pyzoom", checks._checks_of_pyzoom())
            for library in _SERVERS:
                checks._run(report, library, checks._checks_of_servers())
            checks._run(report, "zoomus", (("lists the users", checks._lists_users),))

    def _run(
        self,
        report: Report,
        library: str,
        checks: tuple[tuple[str, Callable[[str], None]], ...],
    ) -> None:
        for sentence, check in checks:
            self._setting.start_over()
            report.check(library, sentence, lambda check=check: check(library))  # type: ignore[misc]

    def _checks_of_people(self) -> tuple[tuple[str, Callable[[str], None]], ...]:
        return (
            ("exchanges a code and reads the user", self._exchanges),
            ("rotates its tokens", self._rotates),
            ("is told that its grant was replaced", self._replaced),
        )

    def _checks_of_authlib(self) -> tuple[tuple[str, Callable[[str], None]], ...]:
        return (
            ("is told that its verifier is another one", self._wrong_verifier),
            ("revokes its grant", self._revokes),
        )

    def _checks_of_pyzoom(self) -> tuple[tuple[str, Callable[[str], None]], ...]:
        return (
            ("is told the refusal word by word", self._code_reused),
            ("is told which scope is missing", self._scope_missing),
        )

    def _checks_of_servers(self) -> tuple[tuple[str, Callable[[str], None]], ...]:
        return (
            ("gets a server-to-server token and reads a user", self._reads_user),
            ("is told of an outage", self._outage),
        )

    def _exchanges(self, library: str) -> None:
        scope = self._ask(library, "finish", code=self._code(library))["scope"]
        expect(scope, " ".join(self._setting.app.scopes), "scopes")
        expect(self._ask(library, "me").get("email"), ADMIN, "e-mail address")

    def _rotates(self, library: str) -> None:
        for _ in range(2):
            self._ask(library, "refresh")
        expect(self._ask(library, "me").get("email"), ADMIN, "e-mail address")
        expect(len(self._setting.simulator.requests_in(Phase.REFRESH)), 2, "refreshes")

    def _replaced(self, library: str) -> None:
        self._setting.simulator.issue_tokens(ADMIN, self._setting.app)
        refused = self._refused(library, "refresh")
        # Authlib and requests-oauthlib pass the error on, and lose Zoom's reason.
        expect_part(refused, "invalid_grant", "refusal")

    def _wrong_verifier(self, library: str) -> None:
        refused = self._refused(library, "finish", code=self._code(library), verifier="v" * 43)
        expect_part(refused, "invalid_grant", "refusal")

    def _revokes(self, library: str) -> None:
        self._exchanges(library)
        expect(self._ask(library, "revoke"), {"status": "success"}, "answer")
        expect(self._ask(library, "me").get("code"), 124, "code of the refusal")

    def _code_reused(self, library: str) -> None:
        code = self._code(library)
        self._ask(library, "finish", code=code)
        refused = self._refused(library, "finish", code=code)
        expect_part(refused, f'400 {{"reason": "Invalid authorization code {code}"', "refusal")

    def _scope_missing(self, library: str) -> None:
        self._exchanges(library)
        refused = self._refused(library, "users")
        expect_part(refused, "scopes:[user:read:list_users:admin]", "refusal")

    def _reads_user(self, library: str) -> None:
        expect(self._ask(library, "user", id=ADMIN).get("email"), ADMIN, "e-mail address")

    def _lists_users(self, library: str) -> None:
        expect(self._ask(library, "users").get("total_records"), 1, "users")

    def _outage(self, library: str) -> None:
        self._setting.simulator.faults.add(Fault(kind=FaultKind.MAINTENANCE, phase=Phase.API))
        self._refused(library, "user", id=ADMIN)

    def _code(self, library: str) -> str:
        return self._setting.consent(str(self._ask(library, "begin")["url"]))["code"]

    def _ask(self, library: str, action: str, **order: object) -> dict[str, object]:
        return self._process.ask(action, library=library, **order)

    def _refused(self, library: str, action: str, **order: object) -> str:
        answer = self._process.ask_for_failure(action, library=library, **order)
        if "error" not in answer:
            raise ContractBroken(f"{action} should have been refused: {answer!r}")
        return str(answer["error"])
