"""What goes in and out of the functions that watch over connected orgs and the fleet.

As with the scan's contracts, these models only ever gain fields with defaults.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import ConfigDict, Field

from zoom_migrator.contracts import Contract, ScanId

if TYPE_CHECKING:
    # Each function has the use case that it calls, and no other.
    from zoom_migrator.use_cases.sweep_fleet import Swept
    from zoom_migrator.use_cases.watch_after_scan import Watched


class WatchedSoFar(Contract):
    """What earlier calls of ``watch_orgs`` in the same scan saw: their output, in part."""

    found: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    failed: Annotated[int, Field(ge=0)] = 0

    @property
    def orgs(self) -> int:
        """How many orgs had their turn."""
        return sum(self.found.values()) + self.failed


class WatchOrgsInput(Contract):
    """Input of ``watch_orgs``.

    Attributes:
        so_far: The output of the call before; none for the first call of a scan.
    """

    scan_id: ScanId
    so_far: WatchedSoFar | None = None

    @property
    def before(self) -> WatchedSoFar:
        """What earlier calls saw, nothing in the first one."""
        return self.so_far or WatchedSoFar()


class WatchOrgsOutput(Contract):
    """Output of ``watch_orgs``: what this call and those before it saw.

    Attributes:
        found: Orgs by what was found, as :class:`~zoom_migrator.use_cases.check_health.Health`
            names it.
        is_complete: False where time ran short; another call that is given this output goes on.
    """

    scan_id: ScanId
    found: dict[str, int]
    failed: int
    is_complete: bool

    @classmethod
    def of(cls, scan_id: str, watched: Watched, before: WatchedSoFar) -> Self:
        """The same as the use case says it, added to what earlier calls saw."""
        found = Counter(before.found)
        found.update({str(health): number for health, number in watched.found.items()})
        return cls(
            scan_id=scan_id,
            found=dict(sorted(found.items())),
            failed=before.failed + watched.failed,
            is_complete=watched.is_complete,
        )


class SweepFleetInput(Contract):
    """Input of ``sweep_fleet``, which needs none: all is read from the store."""


class SweepFleetOutput(Contract):
    """Output of ``sweep_fleet``: numbers of orgs.

    Attributes:
        expired: Those whose backup was out of date, and is destroyed.
        is_complete: False where time ran short; the next sweep begins anew.
    """

    moved: int
    named: int
    failed: int
    expired: int
    is_complete: bool

    @classmethod
    def of(cls, swept: Swept) -> Self:
        """The same as the use case says it."""
        return cls(
            moved=len(swept.moved),
            named=len(swept.named),
            failed=len(swept.failed),
            expired=len(swept.expired),
            is_complete=swept.is_complete,
        )


class QueueAttributes(Contract):
    """What SQS says of a message besides; it writes numbers as texts."""

    # Milliseconds since 1970. Source: Lambda developer guide, "Using Lambda with Amazon SQS".
    SentTimestamp: Annotated[int, Field(ge=0, le=9_999_999_999_999)]


class ProbeRecord(Contract):
    """A message of the probe queue as SQS hands it to a function."""

    body: Annotated[str, Field(repr=False)]
    attributes: QueueAttributes

    @property
    def sent_at(self) -> datetime:
        """When it came into the queue."""
        return datetime.fromtimestamp(self.attributes.SentTimestamp / 1000, UTC)


class RawRecord(Contract):
    """A message of any queue that is not read yet, so that one costs no other anything."""

    model_config = ConfigDict(extra="allow")

    messageId: str  # noqa: N815 - AWS names the field


class ProbeGrantsInput(Contract):
    """Input of ``probe_grants``: a batch of messages."""

    Records: tuple[RawRecord, ...]


class ItemFailure(Contract):
    """A message that the queue has to bring again."""

    itemIdentifier: str  # noqa: N815 - AWS names the field


class ProbeGrantsOutput(Contract):
    """Output of ``probe_grants``.

    Source: Lambda developer guide, "Implementing partial batch responses".
    """

    batchItemFailures: tuple[ItemFailure, ...]  # noqa: N815 - AWS names the field
