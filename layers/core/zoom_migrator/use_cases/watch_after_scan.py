"""After a scan: see how the orgs are that are connected."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from zlib import crc32

from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.errors import MigratorError, ScanNotFound
from zoom_migrator.ports import ScanRepository
from zoom_migrator.use_cases.check_health import Health, check_health
from zoom_migrator.use_cases.prove_org import HealthPorts

# Enough for one org with every store and Zoom at their slowest, and for the answer.
_SECONDS_TO_SPARE: Final = 60.0
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Watched:
    """What one call saw after a scan.

    Attributes:
        found: Orgs by what was found.
        failed: Orgs with which something went wrong; the next scan looks at them again.
        is_complete: False where time ran short; another call goes on behind those of this one.
    """

    found: Counter[Health] = field(default_factory=Counter)
    failed: int = 0
    is_complete: bool = True


def watch_after_scan(
    scan_id: str,
    *,
    scans: ScanRepository,
    ports: HealthPorts,
    settings: CleanupSettings,
    seconds_left: Callable[[], float],
    passed_over: int = 0,
) -> Watched:
    """Look at every org of a scan. One org's trouble never keeps the others.

    Args:
        passed_over: How many had their turn in earlier calls. Whoever could not be proven then is
            not asked about again before the next scan, so that no few of them use up all the time.

    Raises:
        ScanNotFound: No such scan is known.
        StoreUnavailable: The scan's results cannot be read.
    """
    if scans.get(scan_id) is None:
        raise ScanNotFound(f"No scan {scan_id!r} is known.")
    watched = Watched()
    for org_id in _in_turn(scan_id, scans)[passed_over:]:
        if seconds_left() < _SECONDS_TO_SPARE:
            watched.is_complete = False
            break
        try:
            health = check_health(org_id, actor=f"scan:{scan_id}", ports=ports, settings=settings)
        except MigratorError as error:
            watched.failed += 1
            _log.warning("health_not_checked", extra={"org_id": org_id, "reason": error.message})
        else:
            watched.found[health] += 1
    return watched


def _in_turn(scan_id: str, scans: ScanRepository) -> list[str]:
    """The scan's orgs in the same order for each of its calls, and another one for another scan.

    While Zoom does not answer, a scan gets no further than its first orgs: those have to be
    others than last time.
    """
    org_ids = [result.org_id for result in scans.results(scan_id)]
    first = crc32(scan_id.encode()) % len(org_ids) if org_ids else 0
    return org_ids[first:] + org_ids[:first]
