"""One thing that keeps an org's setup busy for a while, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from local.salesforce.install_behaviour import InstallBehaviour, InstallStatus
from local.salesforce.model import PublishedVersion

if TYPE_CHECKING:
    from local.salesforce.org import Row


class RunKind(StrEnum):
    """Who began it: a client of the API, a person in Setup, the publisher; or it is no install."""

    REQUEST = "request"
    BY_HAND = "by_hand"
    PUSH = "push"
    DEPLOYMENT = "deployment"


@dataclass(slots=True)
class InstallRun:
    """An install, or somebody's deployment.

    Attributes:
        behaviour: How it goes, as it was set when the run began.
        started_at: Seconds of the org's clock.
        version: What is installed; None for a deployment.
        failure: The messages with which it will fail; None: that is seen at its end.
        row: The install request that the org shows; None: it shows none.
        polls: How often the request was asked for by its id.
        ended_at: When it ended; None while it runs.
        changes_at: When the org shows the new version; None: never, or already done.
    """

    kind: RunKind
    behaviour: InstallBehaviour
    started_at: float
    version: PublishedVersion | None = None
    failure: tuple[str, ...] | None = None
    row: Row | None = None
    polls: int = 0
    ended_at: float | None = None
    changes_at: float | None = None

    @property
    def due_at(self) -> float | None:
        """When the next thing happens to it by itself; None: nothing does."""
        if self.ended_at is not None:
            return self.changes_at
        if self.behaviour.never_ends or self.behaviour.seconds is None:
            return None
        return self.started_at + self.behaviour.seconds

    @property
    def is_over(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self.ended_at is not None and self.changes_at is None

    def is_shown(self, now: float) -> bool:
        """Say whether the org shows a request for it."""
        limit = self.behaviour.vanishes_after_seconds
        return self.row is not None and (limit is None or now - self.started_at < limit)

    def poll(self) -> bool:
        """Count a look at it by its id, and say whether it ends by that."""
        behaviour = self.behaviour
        by_polls = behaviour.seconds is None and not behaviour.never_ends
        ends = self.ended_at is None and by_polls and self.polls >= behaviour.polls
        self.polls += 1
        return ends

    def end(self, at: float, messages: tuple[str, ...] | None) -> None:
        """End it, with messages if it failed; a success shows its version after the lag."""
        self.ended_at = at
        if messages is None and self.version is not None:
            self.changes_at = at + self.behaviour.version_lag_seconds
        if self.row is None:
            return
        status = InstallStatus.SUCCESS if messages is None else InstallStatus.ERROR
        self.row["Status"] = str(self.behaviour.final_status or status)
        if messages:
            self.row["Errors"] = {"errors": [{"message": message} for message in messages]}
