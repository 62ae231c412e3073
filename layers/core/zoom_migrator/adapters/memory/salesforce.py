"""A Salesforce in memory: it answers what it was told to."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from dataclasses import replace
from datetime import UTC, datetime

from zoom_migrator.domain.check import CheckFailure, CheckResult, InstalledPackage, OrgSnapshot
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.org import OrgRegistration

_NOBODY_WAS_ASKED = datetime(1970, 1, 1, tzinfo=UTC)


class MemorySalesforceGateway:
    """A :class:`~zoom_migrator.ports.SalesforceGateway` that knows no org it was not told of."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: defaultdict[str, deque[CheckResult | Exception]] = defaultdict(deque)
        self._checked: list[OrgRegistration] = []

    def will_answer(self, org_id: str, *answers: CheckResult | Exception) -> None:
        """Line up what the next checks of an org find; the last one stays for all later checks.

        Args:
            answers: Results; an exception is raised, as by a bug.
        """
        with self._lock:
            self._answers[org_id].clear()
            self._answers[org_id].extend(answers)

    def now_has(self, org_id: str, package: InstalledPackage) -> None:
        """Let all checks of an org that succeed find this package from now on."""
        with self._lock:
            answers = self._answers[org_id]
            for place, answer in enumerate(answers):
                if isinstance(answer, OrgSnapshot):
                    answers[place] = replace(answer, package=package)

    @property
    def checked(self) -> list[OrgRegistration]:
        """Every check so far, in the order they began."""
        with self._lock:
            return list(self._checked)

    def check(self, registration: OrgRegistration) -> CheckResult:
        """See the port; an org it was not told of has no host that could be found."""
        with self._lock:
            self._checked.append(registration)
            answers = self._answers[registration.org_id]
            if not answers:
                return CheckFailure(FailureCode.HOST_NOT_FOUND, _NOBODY_WAS_ASKED)
            answer = answers.popleft() if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer
