"""The stage that an event of a function finds: the example fleet, and how far a migration is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from local.salesforce import InstallBehaviour
from tests.functions.aging import grow_older
from tests.functions.authorizations import Authorizations
from tests.functions.cleanups import Cleanups
from tests.functions.deployment import Deployment, forget_apps
from tests.functions.events import function_of, load_event
from tests.functions.resources import TABLE
from tests.functions.upgrades import Upgrades
from zoom_migrator.domain.org import UpgradePolicy

# The org of the events about migrations, which is behind.
ASTER: Final = "00Dda00000w6ktuEAA"
# What an org is told that has its version; it is looked at once a day.
TO_BE_AUTHORIZED: Final = {"next": "authorize", "wait_seconds": 24 * 3600, "outcome": None}
# Whom that org expects at Zoom.
ASTERS_ADMIN: Final = "admin@aster.example"
_CONSENT: Final = ("prepare_upgrade/first_attempt", "request_approval/first_request")
_AUTHORIZED: Final = (
    *("has its version", "prepare_upgrade/first_attempt", "request_authorization/first_request"),
    *("the authorization", "follow_up_authorization/first_attempt"),
)
_ASKED: Final = (
    *(*_AUTHORIZED, "verify_connection/first_attempt", "a day later"),
    "verify_connection/first_attempt",
)
# What has happened before the event, from the start of the migration on.
_BEFORE: Final[dict[str, tuple[str, ...]]] = {
    "prepare_upgrade": (),
    "request_approval": _CONSENT[:1],
    "follow_up_approval": _CONSENT,
    "start_install": (*_CONSENT, "the answer", "follow_up_approval/first_attempt"),
    "check_install": (
        *(*_CONSENT, "the answer", "follow_up_approval/first_attempt"),
        "start_install/first_attempt",
    ),
    "follow_upgrade_by_hand": ("by hand", "prepare_upgrade/first_attempt"),
    "request_authorization": ("has its version", "prepare_upgrade/first_attempt"),
    "follow_up_authorization": (
        *("has its version", "prepare_upgrade/first_attempt"),
        "request_authorization/first_request",
    ),
    "verify_connection": _AUTHORIZED,
    "request_cleanup": _ASKED,
    "follow_up_cleanup": (*_ASKED, "request_cleanup/first_request"),
    "remove_keys": (
        *(*_ASKED, "request_cleanup/first_request", "the approval"),
        "follow_up_cleanup/first_attempt",
    ),
    "record_migration_failure": (),
}
_SCAN: Final = (
    "plan_scan/started_by_operator",
    "scan_orgs/batch",
    "summarise_scan/every_batch_done",
)


def set_stage(deployment: Deployment, name: str) -> Upgrades:
    """Make the world what the event of this name finds."""
    upgrades = Upgrades(deployment)
    upgrades.offer()
    deployment.register_example_fleet()
    # Whatever the demo shows there, an install ends at the third look here.
    deployment.simulator.org(ASTER).document.install = InstallBehaviour()
    function, event = function_of(name), load_event(name)
    if function in _BEFORE:
        _go_to(upgrades, _BEFORE[function], attempt=event.get("attempt", 1))
    if name.endswith("/asked_again"):
        deployment.invoke(function, load_event(f"{function}/first_request"))
    if function in ("start_migrations", "watch_orgs"):
        for earlier in _SCAN:
            deployment.invoke(function_of(earlier), load_event(earlier))
    # On AWS no function finds what another one has composed.
    forget_apps()
    return upgrades


def _go_to(upgrades: Upgrades, before: tuple[str, ...], *, attempt: int) -> None:
    upgrades.begin(ASTER)
    if attempt == 2:
        failure = load_event("record_migration_failure/failed")
        upgrades.deployment.invoke("record_migration_failure", failure)
        upgrades.resume(ASTER)
    happenings = _happenings(upgrades)
    for step in before:
        if step in happenings:
            happenings[step]()
        else:
            event = load_event(step) | {"attempt": attempt}
            upgrades.deployment.invoke(function_of(step), event)


def _happenings(upgrades: Upgrades) -> dict[str, Callable[[], object]]:
    """What happens around the functions, by name."""
    deployment = upgrades.deployment
    return {
        "the answer": lambda: upgrades.answer(ASTER),
        "has its version": lambda: upgrades.upgrade_by_hand(ASTER),
        "by hand": lambda: _leave_it_to_the_customer(deployment),
        "the authorization": lambda: Authorizations(deployment).authorize(ASTER, ASTERS_ADMIN),
        "a day later": lambda: grow_older(TABLE, 24 * 3600),
        "the approval": lambda: Cleanups(deployment).answer(ASTER),
    }


def _leave_it_to_the_customer(deployment: Deployment) -> None:
    org = deployment.org(ASTER)
    registration = replace(org.registration, upgrade_policy=UpgradePolicy.MANUAL)
    deployment.orgs.save(replace(org, registration=registration))
