"""Copies of a world, so that each schedule starts from the same state without making it anew."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Any, Final

from zoom_migrator.adapters.memory import (
    attempts,
    backups,
    events,
    grant_vault,
    grants,
    install_world,
    keys,
    messengers,
    migrations,
    notices,
    orgs,
    package_probe,
    salesforce,
    scans,
    signing,
    system,
    upgrades,
    workflow,
    zoom,
)

# What is changed in place, here and in the twins; everything else can be shared.
_CONTAINERS: Final = frozenset({dict, defaultdict, list, deque, set})
_TWINS: Final = frozenset(
    {
        attempts.InMemoryAttemptRepository,
        backups.InMemoryBackupVault,
        backups.InMemoryKeyBackupRepository,
        events.InMemoryProbeQueue,
        events.InMemoryReplayGuard,
        grant_vault.InMemoryGrantVault,
        grants.InMemoryGrantRepository,
        install_world.InstallingOrg,
        keys.InMemoryKeysGateway,
        keys._Org,
        messengers.InMemoryMailer,
        messengers.InMemoryNoticeQueue,
        messengers.InMemorySlackChannel,
        migrations.InMemoryMigrationRepository,
        notices.InMemoryContactRepository,
        notices.InMemoryDeliveryRepository,
        notices.InMemoryNoticeRepository,
        orgs.InMemoryOrgRepository,
        package_probe.InMemoryPackageProbe,
        salesforce.MemorySalesforceGateway,
        scans.InMemoryScanRepository,
        signing.InMemoryTokenVault,
        system.SettableClock,
        upgrades.InMemoryUpgradeGateway,
        workflow.InMemoryMigrationWorkflow,
        workflow.InMemoryTaskCallback,
        zoom.InMemoryZoomGateway,
        zoom._Code,
        zoom._Memory,
    }
)
_COPIED: Final = _CONTAINERS | _TWINS


def fork[W](world: W) -> W:
    """A world of its own, in the same state; locks and counters are shared, which does no harm."""
    twins: dict[int, Any] = {}
    copied = object.__new__(type(world))
    for name, value in vars(world).items():
        kind = type(value)
        copied.__dict__[name] = _copied(value, twins) if kind in _COPIED else value
    return copied


def _copied(value: Any, twins: dict[int, Any]) -> Any:
    kind = type(value)
    if kind not in _CONTAINERS:
        return _twin(value, twins)
    if kind is list or kind is deque:
        return kind(_copied(part, twins) if type(part) in _COPIED else part for part in value)
    copied = value.copy()
    if kind is not set:
        for key, part in value.items():
            if type(part) in _COPIED:
                copied[key] = _copied(part, twins)
    return copied


def _twin(value: Any, twins: dict[int, Any]) -> Any:
    known = twins.get(id(value))
    if known is not None:
        return known
    twins[id(value)] = twin = object.__new__(type(value))
    names = vars(value) if hasattr(value, "__dict__") else value.__slots__
    for name in list(names):
        part = getattr(value, name)
        setattr(twin, name, _copied(part, twins) if type(part) in _COPIED else part)
    return twin
