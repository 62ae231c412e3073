"""Counts what is seen of connected orgs, of the fleet, and of what Zoom says by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_lambda_powertools.metrics import MetricUnit

from zoom_migrator.observability import count, metrics

if TYPE_CHECKING:
    from collections import Counter

    from zoom_migrator.use_cases.prove_org import ProofOutcome
    from zoom_migrator.use_cases.sweep_fleet import Swept
    from zoom_migrator.use_cases.watch_after_scan import Watched

# Orgs of which nothing was due and nothing is wrong are the rule.
_HEALTH: Final = {
    "proven": "GrantProven",
    "unproven": "GrantUnproven",
    "lost": "GrantLost",
    "moved": "HealthChanged",
}


def count_watched(watched: Watched) -> None:
    """Count what became of connected orgs after a scan."""
    for health, number in watched.found.items():
        if health in _HEALTH:
            _add(_HEALTH[health], number)
    if watched.failed:
        _add("HealthNotChecked", watched.failed)


def count_probed(found: Counter[ProofOutcome]) -> None:
    """Count what became of the grants that an event was about."""
    for outcome, number in found.items():
        _add(_HEALTH[outcome], number)


def count_swept(swept: Swept) -> None:
    """Count what a sweep came to, nothing as well, so that an alarm sees that it has ended."""
    _add("OrgsMovedOn", len(swept.moved))
    _add("OrgsWithoutNextStep", len(swept.named))
    _add("OrgsNotSwept", len(swept.failed))
    _add("BackupsExpired", len(swept.expired))


def count_event(outcome: str) -> None:
    """Count what became of an event of Zoom's, or of what claims to be one."""
    count("ZoomEvent" + outcome.title().replace("_", ""))


def _add(name: str, number: int) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)
