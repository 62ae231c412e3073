"""See what became of an install: the version alone says that it worked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.endings import blocked, ending_by
from zoom_migrator.domain.migration import Ending, Next, Verdict
from zoom_migrator.domain.upgrade import InstallRequest, InstallStatus
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.use_cases.failed_install import again_or_end, wait_for_org
from zoom_migrator.use_cases.install_in_hand import install_of
from zoom_migrator.use_cases.migration_step import (
    InHand,
    StepPorts,
    decided_by,
    end,
    in_hand,
    look,
    verdict_of,
)


def check_install(
    org_id: str, attempt: int, *, ports: StepPorts, settings: UpgradeSettings
) -> Verdict:
    """Look at the install in hand and, unless it is still going on, at the installed version.

    Whatever the request says, an org that has the version goes on to its authorization: a
    publisher or a person may have brought it there meanwhile.

    Raises:
        MigrationNotFound: There is no such attempt.
        OrgNotFound: The org is not registered.
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    hand = in_hand(org_id, attempt, orgs=ports.orgs, migrations=ports.migrations)
    now = ports.clock.now()
    verdict = verdict_of(hand.migration, now, settings)
    if verdict.next is not Next.POLL:
        return verdict
    install = install_of(hand)
    request = ports.upgrades.request(hand.org.registration, install.request_id)
    if isinstance(request, CheckFailure):
        ending = ending_by(request)
        if ending is not None:
            return end(hand, ending, ports)
        return wait_for_org(hand, request, ports, settings, then=Next.POLL)
    is_over = settings.installing.is_over(install.began_at, now)
    if _goes_on(request) and not is_over:
        return _poll_again(hand, ports, settings)
    hand, result = look(hand, ports, settings.rules.minimum)
    decided = decided_by(hand, result, ports, settings)
    if decided is not None:
        return decided
    if isinstance(result, CheckFailure):
        return wait_for_org(hand, result, ports, settings, then=Next.POLL)
    return _without_the_version(hand, request, now, ports, settings)


def _goes_on(request: InstallRequest | None) -> bool:
    return request is not None and request.status is InstallStatus.IN_PROGRESS


def _without_the_version(
    hand: InHand,
    request: InstallRequest | None,
    now: datetime,
    ports: StepPorts,
    settings: UpgradeSettings,
) -> Verdict:
    status = request.status if request else InstallStatus.UNKNOWN
    if request is not None and status is InstallStatus.ERROR:
        return _failed(hand, request, ports, settings)
    if status is InstallStatus.SUCCESS:
        return _unconfirmed(hand, now, ports, settings)
    if settings.installing.is_over(install_of(hand).began_at, now):
        return end(hand, _too_slow(status), ports)
    return _poll_again(hand, ports, settings)


def _poll_again(hand: InHand, ports: StepPorts, settings: UpgradeSettings) -> Verdict:
    if hand.migration.waiting_since is not None:
        # The org answers again; the next time it does not, patience begins anew.
        ports.migrations.save(replace(hand.migration, waiting_since=None))
    now = ports.clock.now()
    return Verdict(Next.POLL, settings.installing.next_wait(install_of(hand).began_at, now))


def _failed(
    hand: InHand, request: InstallRequest, ports: StepPorts, settings: UpgradeSettings
) -> Verdict:
    before = install_of(hand)
    install = replace(
        before,
        request_id="",
        intended_at=None,
        failed_requests=(*before.failed_requests, request.request_id),
        last_error=" / ".join(request.errors) or "no reason was given",
    )
    hand = replace(hand, migration=replace(hand.migration, install=install, waiting_since=None))
    return again_or_end(hand, request.errors, ports, settings)


def _unconfirmed(
    hand: InHand, now: datetime, ports: StepPorts, settings: UpgradeSettings
) -> Verdict:
    install = install_of(hand)
    since = install.confirmed_at or now
    if settings.confirming.is_over(since, now):
        return end(hand, _NOT_CONFIRMED, ports)
    if install.confirmed_at is None:
        confirmed = replace(install, confirmed_at=now)
        ports.migrations.save(replace(hand.migration, install=confirmed, waiting_since=None))
    return Verdict(Next.POLL, settings.confirming.next_wait(since, now))


def _too_slow(status: InstallStatus) -> Ending:
    return blocked(
        "The install did not come to an end in time.",
        "Look into Setup > Installed Packages of the org: it may still be going on, and is then "
        "followed instead of begun again. Then: `zoom-migrator migrate resume`.",
        code="install_too_slow",
        said=f"status {status}",
    )


_NOT_CONFIRMED = blocked(
    "Salesforce says that the install is done, but the org still shows the old version.",
    "Look into Setup > Installed Packages of the org. Then: `zoom-migrator migrate resume`.",
    code="version_not_confirmed",
)
