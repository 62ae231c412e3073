"""How an org behaves when a package version is to be installed in it."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from local.salesforce.document import Document
from local.salesforce.install_failures import InstallFailure


class InstallStatus(StrEnum):
    """Where an install request stands, as REST spells it."""

    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    ERROR = "ERROR"
    UNKNOWN = "UNKNOWN"


class FailureMoment(StrEnum):
    """When an org says that something fails: to the request itself, or in the install request."""

    AT_ONCE = "at_once"
    LATER = "later"


class Collision(StrEnum):
    """What happens to an install while the org is busy with another."""

    REFUSED = "refused"
    FAILS = "fails"
    ALLOWED = "allowed"


class InstallVerdict(StrEnum):
    """``InstallValidationStatus``, as REST spells it, and what the WSDL has besides."""

    NO_ERRORS_DETECTED = "NO_ERRORS_DETECTED"
    BETA_INSTALL_INTO_PRODUCTION_ORG = "BETA_INSTALL_INTO_PRODUCTION_ORG"
    CANNOT_INSTALL_EARLIER_VERSION = "CANNOT_INSTALL_EARLIER_VERSION"
    CANNOT_UPGRADE_BETA = "CANNOT_UPGRADE_BETA"
    CANNOT_UPGRADE_UNMANAGED = "CANNOT_UPGRADE_UNMANAGED"
    DEPRECATED_INSTALL_PACKAGE = "DEPRECATED_INSTALL_PACKAGE"
    EXTENSIONS_ON_LOCAL_PACKAGES = "EXTENSIONS_ON_LOCAL_PACKAGES"
    PACKAGE_NOT_INSTALLED = "PACKAGE_NOT_INSTALLED"
    PACKAGE_HAS_IN_DEV_EXTENSIONS = "PACKAGE_HAS_IN_DEV_EXTENSIONS"
    INSTALL_INTO_DEV_ORG = "INSTALL_INTO_DEV_ORG"
    NO_ACCESS = "NO_ACCESS"
    PACKAGING_DISABLED = "PACKAGING_DISABLED"
    PACKAGING_NO_ACCESS = "PACKAGING_NO_ACCESS"
    PACKAGE_UNAVAILABLE = "PACKAGE_UNAVAILABLE"
    PACKAGE_UNAVAILABLE_CRC = "PACKAGE_UNAVAILABLE_CRC"
    PACKAGE_UNAVAILABLE_ZIP = "PACKAGE_UNAVAILABLE_ZIP"
    UNINSTALL_IN_PROGRESS = "UNINSTALL_IN_PROGRESS"
    UNKNOWN_ERROR = "UNKNOWN_ERROR"
    NAMESPACE_COLLISION = "NAMESPACE_COLLISION"
    UNAUTHORIZED_CONVERTED = "UnauthorizedConvertedPackageInstallation"
    DISABLED_PACKAGE = "DisabledPackage"
    MIGRATION_MISMATCH = "PackageMigrationMismatchVersion"
    PACKAGE_BLOCKED = "PackageBlocked"
    DATA_CLOUD_API_VERSION = "DataCloudPackageApiVersion"
    DATA_CLOUD_INSTALL = "DataCloudPackageInstall"

    @property
    def failure(self) -> InstallFailure | None:
        """Why an install under this verdict fails; None: it goes as it would without."""
        match self:
            case InstallVerdict.CANNOT_INSTALL_EARLIER_VERSION:
                return InstallFailure.NEWER_VERSION
            case InstallVerdict.DEPRECATED_INSTALL_PACKAGE:
                return InstallFailure.DEPRECATED
            case InstallVerdict.UNINSTALL_IN_PROGRESS:
                return InstallFailure.SETUP_LOCKED
        unavailable = self.value.startswith("PACKAGE_UNAVAILABLE")
        return InstallFailure.NOT_YET_AVAILABLE if unavailable else None


class InstallBehaviour(Document):
    """What an org makes of installs. An install keeps what was set when it began.

    Attributes:
        polls: After how many looks at it by its id an install ends, if ``seconds`` is not given.
        seconds: After how long it ends, whether or not anybody looks.
        never_ends: It stays as it is for good.
        failure: Why it fails, by name.
        error: Why it fails, in any words.
        failing: Whether that is the answer to the request, or the end of the install.
        times: How many installs fail so before the next one goes well; None: all of them.
        running_status: What is said of an install that has not ended.
        final_status: What is said of an install that has ended, whatever came of it.
        version_lag_seconds: How long the old version still shows after a success.
        vanishes_after_seconds: When the install request can no longer be found.
        collision: What happens to an install while the org is busy.
        bad_key: Whether a missing or wrong installation key is the answer to the request, or the
            end of the install.
        verdict: What is said of every version before an install; None: what fits the org.
    """

    polls: int = Field(default=2, ge=0)
    seconds: float | None = Field(default=None, ge=0)
    never_ends: bool = False
    failure: InstallFailure | None = None
    error: str | None = None
    failing: FailureMoment = FailureMoment.LATER
    times: int | None = Field(default=None, ge=1)
    running_status: InstallStatus = InstallStatus.IN_PROGRESS
    final_status: InstallStatus | None = None
    version_lag_seconds: float = Field(default=0.0, ge=0)
    vanishes_after_seconds: float | None = Field(default=None, ge=0)
    collision: Collision = Collision.REFUSED
    bad_key: FailureMoment = FailureMoment.AT_ONCE
    verdict: InstallVerdict | None = None

    @model_validator(mode="after")
    def _one_reason(self) -> Self:
        if self.failure is not None and self.error is not None:
            raise ValueError("an install fails for one reason: give failure or error")
        if self.error is not None and self.failing is FailureMoment.AT_ONCE:
            raise ValueError("a refusal in any words is the fault api_error")
        return self

    @property
    def messages(self) -> tuple[str, ...] | None:
        """What the install request says when it fails; None: it does not fail by itself."""
        if self.error is not None:
            return (self.error,)
        return self.failure.messages if self.failure is not None else None

    def after_a_failure(self) -> InstallBehaviour:
        """Return the behaviour for the next install when one has failed by it."""
        if self.times is None:
            return self
        if self.times > 1:
            return self.model_copy(update={"times": self.times - 1})
        return self.model_copy(update={"times": None, "failure": None, "error": None})
