"""The runs of an org in time: what is due, and what it leaves behind.

Nothing runs in the background. Whoever looks at the org first lets everything happen that was due
by the simulator's clock, in the order in which it was due.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.salesforce import install_decisions
from local.salesforce.ids import to_18
from local.salesforce.install_run import InstallRun
from local.salesforce.model import SimulatedPackage
from local.salesforce.versions import VersionNumber

if TYPE_CHECKING:
    from local.salesforce.org import RunningOrg


class InstallTimeline:
    """The runs of one org. The org's lock guards it."""

    def __init__(self, org: RunningOrg) -> None:
        """Start without runs."""
        self._org = org
        self._runs: list[InstallRun] = []
        self._open: list[InstallRun] = []
        self._settling = False

    @property
    def runs(self) -> list[InstallRun]:
        """Every run so far, oldest first."""
        self.settle()
        return list(self._runs)

    @property
    def busy_with(self) -> InstallRun | None:
        """The oldest run that has not ended."""
        self.settle()
        return next((run for run in self._open if run.ended_at is None), None)

    def settle(self) -> None:
        """Let everything happen that is due by the clock."""
        # Most orgs have nothing open; and what happens here looks at the org, which settles.
        if not self._open or self._settling:
            return
        with self._org.lock:
            self._settling = True
            try:
                while self._advance():
                    pass
            finally:
                self._settling = False

    def begin(self, run: InstallRun) -> None:
        """Let a run begin."""
        if run.row is not None:
            run.row["Status"] = str(run.behaviour.running_status)
        self._runs.append(run)
        self._open.append(run)
        self.settle()

    def end(self, run: InstallRun, at: float) -> None:
        """Let a run end at a time."""
        reason = run.failure
        if reason is None:
            reason = install_decisions.reason_to_fail(self._org.document, run)
        run.end(at, reason)
        self._close(run)
        self.settle()

    def of_request(self, request_id: str) -> InstallRun | None:
        """Return the run that a request shows."""
        wanted = to_18(request_id)
        return next((run for run in self._runs if run.row and run.row["Id"] == wanted), None)

    def _advance(self) -> bool:
        """Let the next thing happen that is due, and say whether there was one."""
        now = self._org.clock()
        due = [(at, run) for run in self._open if (at := run.due_at) is not None and at <= now]
        if not due:
            return False
        at, run = min(due, key=lambda one: one[0])
        if run.ended_at is None:
            self.end(run, at)
        else:
            self._change_version(run)
        return True

    def _change_version(self, run: InstallRun) -> None:
        run.changes_at = None
        self._close(run)
        version = run.version
        if version is None:
            return
        installed = self._org.document.package_of(version.namespace)
        # A push or a person may have gone further while this one took its time.
        if installed is not None and installed.number > VersionNumber.parse(version.version):
            return
        self._org.install_package(
            SimulatedPackage(
                namespace=version.namespace,
                package_id=version.package_id,
                name=version.name,
                version=version.version,
                beta=version.beta,
                version_id=version.version_id,
            )
        )

    def _close(self, run: InstallRun) -> None:
        if run.is_over and run in self._open:
            self._open.remove(run)
