"""PackageInstallRequest: what an org does when it is asked to install a package version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from local.salesforce import install_decisions, install_orders
from local.salesforce.ids import derived_id, to_18
from local.salesforce.install_behaviour import InstallBehaviour, InstallVerdict
from local.salesforce.install_run import InstallRun, RunKind
from local.salesforce.install_timeline import InstallTimeline
from local.salesforce.model import ZOOM_NAMESPACE, PublishedVersion, SimulatedUser

if TYPE_CHECKING:
    from local.salesforce.org import Row, RunningOrg


class Installs:
    """The installs of one org: by clients of its API, by people in Setup, by the publisher."""

    def __init__(self, org: RunningOrg, published: Mapping[str, PublishedVersion]) -> None:
        """Start with no install; ``published`` is what can be installed, by 04t id."""
        self._org = org
        self._published = published
        self._timeline = InstallTimeline(org)

    @property
    def runs(self) -> list[InstallRun]:
        """Every install and deployment so far, oldest first."""
        return self._timeline.runs

    def settle(self) -> None:
        """Let every install end and every version change that is due by the clock."""
        self._timeline.settle()

    def create(self, values: Mapping[str, object], user: SimulatedUser) -> str:
        """Start an install and return the id of its request.

        Raises:
            ApiError: The version is not known, a value is not allowed, or the org refuses.
        """
        fields = install_orders.completed(values)
        version = install_orders.version_of(
            values.get("SubscriberPackageVersionKey"), self._published
        )
        behaviour = self._org.document.install.model_copy()
        failure = self._failure_at_start(version, values.get("Password"), behaviour)
        row = self._row(fields, user)
        self._begin(RunKind.REQUEST, behaviour, version, failure, row)
        return str(row["Id"])

    def by_hand(self, version_id: str, *, seconds: float = 0.0, username: str | None = None) -> str:
        """Let a person install a version in Setup; return the id of the request that shows it.

        Raises:
            ApiError: The version is not known.
            KeyError: The org has no such user.
        """
        version = install_orders.version_of(version_id, self._published)
        fields = install_orders.completed(
            {"SubscriberPackageVersionKey": to_18(version.id), "SecurityType": "Full"}
        )
        with self._org.lock:
            row = self._row(fields, self._org.user(username))
            self._begin(RunKind.BY_HAND, InstallBehaviour(seconds=seconds), version, row=row)
        return str(row["Id"])

    def push(self, version: str, *, seconds: float = 0.0, namespace: str = ZOOM_NAMESPACE) -> None:
        """Let the publisher push a version into the org; no request shows it.

        Raises:
            KeyError: The package is not installed.
        """
        with self._org.lock:
            package = self._org.package(namespace)
            pushed = PublishedVersion(
                namespace=namespace,
                package_id=package.package_id,
                name=package.name,
                version=version,
            )
            pushed = self._published.get(to_18(pushed.id), pushed)
            self._begin(RunKind.PUSH, InstallBehaviour(seconds=seconds), pushed)

    def deploy(self, *, seconds: float) -> None:
        """Let somebody's deployment keep the org's setup locked for a while."""
        with self._org.lock:
            self._begin(RunKind.DEPLOYMENT, InstallBehaviour(seconds=seconds))

    def end(self, request_id: str, *, error: str | None = None) -> None:
        """End a running install now: as it would end, or with an error.

        Raises:
            KeyError: No install of that id is running.
        """
        with self._org.lock:
            self.settle()
            run = self._timeline.of_request(request_id)
            if run is None or run.ended_at is not None:
                raise KeyError(f"{self._org.host} runs no install {request_id!r}")
            if error is not None:
                run.failure = (error,)
            self._timeline.end(run, self._org.clock())

    def rows(self, only: str | None = None) -> list[Row]:
        """Return the requests as records; asking for one by id counts as a poll of it."""
        self.settle()
        now = self._org.clock()
        runs = self._timeline.runs
        if only is not None:
            run = self._timeline.of_request(only)
            if run is not None and run.poll():
                self._timeline.end(run, now)
            runs = [run] if run is not None else []
        return [run.row for run in runs if run.row is not None and run.is_shown(now)]

    def verdict(self, version: PublishedVersion) -> InstallVerdict:
        """Return what the platform says of a version before an install."""
        document = self._org.document
        return document.install.verdict or install_decisions.fitting_verdict(document, version)

    def _failure_at_start(
        self, version: PublishedVersion, key: object, behaviour: InstallBehaviour
    ) -> tuple[str, ...] | None:
        """Return the messages with which an install will fail that begins now.

        Raises:
            ApiError: It does not even begin.
        """
        messages = install_decisions.key_failure(version, key, behaviour)
        if messages is None:
            messages = install_decisions.collision(self._timeline.busy_with, behaviour)
        if messages is None and behaviour.messages is not None:
            self._org.document.install = behaviour.after_a_failure()
            messages = install_decisions.own_failure(behaviour)
        return messages

    def _row(self, fields: Mapping[str, object], user: SimulatedUser) -> Row:
        number = str(len(self._timeline.runs))
        return {
            **fields,
            "Id": derived_id("0Hf", self._org.host, number),
            "IsDeleted": False,
            "CreatedDate": self._org.timestamp(),
            "CreatedById": self._org.user_id(user),
            "Status": "",
            "Errors": None,
        }

    def _begin(
        self,
        kind: RunKind,
        behaviour: InstallBehaviour,
        version: PublishedVersion | None = None,
        failure: tuple[str, ...] | None = None,
        row: Row | None = None,
    ) -> None:
        run = InstallRun(kind, behaviour, self._org.clock(), version, failure, row)
        self._timeline.begin(run)
