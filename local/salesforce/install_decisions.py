"""Why an install is refused or fails, and what the platform says of a version beforehand."""

from __future__ import annotations

from local.salesforce.install_behaviour import (
    Collision,
    FailureMoment,
    InstallBehaviour,
    InstallVerdict,
)
from local.salesforce.install_failures import InstallFailure
from local.salesforce.install_run import InstallRun, RunKind
from local.salesforce.model import PublishedVersion, SimulatedOrg
from local.salesforce.versions import VersionNumber

type Messages = tuple[str, ...]


def fitting_verdict(document: SimulatedOrg, version: PublishedVersion) -> InstallVerdict:
    """Return the verdict on a version that fits what is installed."""
    installed = document.package_of(version.namespace)
    if installed is None:
        return InstallVerdict.NO_ERRORS_DETECTED
    if installed.number > VersionNumber.parse(version.version):
        return InstallVerdict.CANNOT_INSTALL_EARLIER_VERSION
    if installed.beta:
        return InstallVerdict.CANNOT_UPGRADE_BETA
    if version.beta and not document.sandbox:
        return InstallVerdict.BETA_INSTALL_INTO_PRODUCTION_ORG
    return InstallVerdict.NO_ERRORS_DETECTED


def wrong_key(version: PublishedVersion, given: object) -> InstallFailure | None:
    """Say what is wrong with an installation key; one that is not needed does not matter."""
    if version.installation_key is None or given == version.installation_key:
        return None
    return InstallFailure.KEY_INVALID if given else InstallFailure.KEY_REQUIRED


def key_failure(
    version: PublishedVersion, given: object, behaviour: InstallBehaviour
) -> Messages | None:
    """Return the messages of an install with a wrong key, or None if the key is right.

    sf sends the key escaped as in a query, CumulusCI as it is. Which of them the platform takes
    if a quote or a backslash is in it could not be verified, so here both are right.

    Raises:
        ApiError: The org refuses such an install at once.
    """
    failure = wrong_key(version, given)
    if failure is None or (given and given == _escaped(version.installation_key)):
        return None
    if behaviour.bad_key is FailureMoment.AT_ONCE:
        raise failure.refusal()
    return failure.messages


def _escaped(key: str | None) -> str:
    return (key or "").replace("\\", "\\\\").replace("'", "\\'")


def collision(busy: InstallRun | None, behaviour: InstallBehaviour) -> Messages | None:
    """Return the messages of an install that meets another run, or None if it may go on.

    Raises:
        ApiError: The org refuses such an install at once.
    """
    if busy is None or behaviour.collision is Collision.ALLOWED:
        return None
    deployed = busy.kind is RunKind.DEPLOYMENT
    failure = InstallFailure.SETUP_LOCKED if deployed else InstallFailure.ROW_LOCKED
    if behaviour.collision is Collision.REFUSED:
        raise failure.refusal()
    return failure.messages


def own_failure(behaviour: InstallBehaviour) -> Messages | None:
    """Return the messages of an install that fails because it was told to.

    Raises:
        ApiError: It is told to be refused at once.
    """
    if behaviour.failure is not None and behaviour.failing is FailureMoment.AT_ONCE:
        raise behaviour.failure.refusal()
    return behaviour.messages


def reason_to_fail(document: SimulatedOrg, run: InstallRun) -> Messages | None:
    """Return why a run fails that was not told to: because of what the org is and has."""
    version = run.version
    if version is None:
        return None
    if version.needs_platform_cache and not document.platform_cache:
        return InstallFailure.PLATFORM_CACHE.messages
    verdict = run.behaviour.verdict or fitting_verdict(document, version)
    return verdict.failure.messages if verdict.failure is not None else None
