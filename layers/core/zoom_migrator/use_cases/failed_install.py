"""What becomes of a migration whose install did not work, or whose org does not answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.endings import blocked, ending_after_waiting
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.install_failure import InstallFailureKind, meaning_of_install_errors
from zoom_migrator.domain.migration import Ending, Install, MigrationStep, Next, Verdict
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.use_cases.migration_step import (
    InHand,
    StepPorts,
    end,
    verdict_of,
    wait_or_end,
)


def again_or_end(
    hand: InHand, errors: Sequence[str], ports: StepPorts, settings: UpgradeSettings
) -> Verdict:
    """Try the install again where its failure passes by itself, and end the migration otherwise.

    That a newer version is there already is no success here: what is installed was looked at a
    moment ago, and was too old.

    Args:
        hand: With the failed install as it is to be stored: without a request or an intention.
        errors: What the org said.

    Raises:
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    migration, now = hand.migration, ports.clock.now()
    install = migration.install
    if install is None:
        raise InvariantViolation(f"Org {hand.org.org_id}: what failed is no install.")
    meaning = meaning_of_install_errors(errors)
    ending = blocked(
        meaning.summary,
        meaning.remedy,
        code=meaning.code,
        reason=meaning.blocked_reason,
        said=install.last_error,
    )
    is_hopeless = meaning.kind is not InstallFailureKind.RETRY
    if is_hopeless or install.tries >= settings.max_tries:
        return end(hand, ending, ports)
    # What is in the way is waited for as it was before the first try.
    wait = settings.preparing.next_wait(install.began_at, now)
    if settings.installing.is_over(install.began_at, now + timedelta(seconds=wait)):
        return end(hand, ending, ports)
    if migration.approval is None:
        # What failed was somebody else's install: an own one needs consent first.
        migration = replace(migration, step=MigrationStep.PREPARING, install=None)
    saved = ports.migrations.save(migration)
    return replace(verdict_of(saved, now, settings), wait_seconds=wait)


def wait_for_org(
    hand: InHand,
    failure: CheckFailure,
    ports: StepPorts,
    settings: UpgradeSettings,
    *,
    then: Next,
) -> Verdict:
    """Wait for an org that does not answer at present.

    Raises:
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    return wait_or_end(hand, settings.preparing, ending_after_waiting(failure), ports, then=then)


def too_many_tries(install: Install) -> Ending:
    """How a migration ends whose requests kept being lost or failing."""
    return blocked(
        f"The install failed {install.tries} times, each time for a reason that passes.",
        "Look into Setup > Installed Packages and Setup > Apex Jobs of the org for what is in "
        "the way. Then: `zoom-migrator migrate resume`.",
        code="too_many_tries",
        said=install.last_error,
    )
