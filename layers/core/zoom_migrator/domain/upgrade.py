"""What is installed, how, and what an org says about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zoom_migrator.domain.salesforce_id import same_id
from zoom_migrator.domain.version import PackageVersion


class SecurityType(StrEnum):
    """Who gets access to a package that is installed.

    Salesforce's words are ``Full`` and ``None``; they say little, so they stay in the adapter.
    """

    ALL_USERS = "all_users"
    ADMINS_ONLY = "admins_only"


@dataclass(frozen=True, slots=True)
class UpgradeRules:
    """What a target has to be.

    Attributes:
        package_id: Id of the Zoom package (``033...``).
        minimum: Lowest version that can authorize with OAuth.
    """

    package_id: str
    minimum: PackageVersion


@dataclass(frozen=True, slots=True)
class TargetVersion:
    """The version an org is to be upgraded to, as the org sees it.

    Attributes:
        version_id: Id of the version (``04t...``).
        package_id: Id of the package it belongs to (``033...``).
        validation: Salesforce's ``InstallValidationStatus``; empty where it was not told.
    """

    version_id: str
    package_id: str
    version: PackageVersion
    validation: str = ""


class InstallStatus(StrEnum):
    """Where a package install request stands.

    Source: Tooling API reference, PackageInstallRequest. ``UNKNOWN`` is also what any status is
    called that the reference does not list.
    """

    IN_PROGRESS = "in_progress"
    SUCCESS = "success"
    ERROR = "error"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class InstallRequest:
    """A ``PackageInstallRequest`` of an org, whoever made it.

    Attributes:
        request_id: Id of the request (``0Hf...``).
        version_id: What it installs (``04t...``, 18 characters).
        errors: Messages of a failed install, shortened and without secrets.
    """

    request_id: str
    version_id: str
    status: InstallStatus
    created_at: datetime
    errors: tuple[str, ...] = ()


def running_install(version_id: str, requests: Iterable[InstallRequest]) -> InstallRequest | None:
    """The newest install of a version that is in progress, whoever asked for it.

    Args:
        requests: Newest first.
    """
    return next(
        (
            request
            for request in requests
            if request.status is InstallStatus.IN_PROGRESS
            and same_id(request.version_id, version_id)
        ),
        None,
    )


@dataclass(frozen=True, slots=True)
class UpgradeFacts:
    """What an org tells before anything is installed.

    Attributes:
        target: The configured version, or None where the org does not know it.
        refusal: What the org said instead of describing the target, such as that it wants an
            installation key; empty if nothing is wrong.
        requests: Its recent install requests of any package, newest first.
    """

    target: TargetVersion | None
    requests: tuple[InstallRequest, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class InstallAccepted:
    """The org accepted an install request."""

    request_id: str


@dataclass(frozen=True, slots=True)
class InstallRefused:
    """The org refused an install request; nothing was begun.

    Attributes:
        message: What it said, with its error code, shortened and without secrets.
    """

    message: str


@dataclass(frozen=True, slots=True)
class InstallUncertain:
    """An install request was sent and no answer came: it may or may not have been begun.

    Attributes:
        detail: What went wrong, without secrets.
    """

    detail: str


type InstallAnswer = InstallAccepted | InstallRefused | InstallUncertain
