"""Settings of the functions that carry a migration from step to step."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from zoom_migrator.domain.approval import Terms
from zoom_migrator.domain.salesforce_id import case_checksum
from zoom_migrator.domain.upgrade import UpgradeRules
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.domain.waiting import Patience
from zoom_migrator.settings import (
    LOWEST_VERSION_WITH_OAUTH,
    ZOOM_PACKAGE_ID,
    MinimumVersion,
    PackageId,
    SalesforceAccessSettings,
    Settings,
    TableSettings,
)


def _with_right_checksum(record_id: str) -> str:
    id15, suffix = record_id[:15], record_id[15:]
    if suffix and suffix != case_checksum(id15):
        raise ValueError("an id of 18 characters whose checksum is wrong: a mistyped letter")
    return record_id


type VersionId = Annotated[
    str,
    Field(pattern=r"^(04t[A-Za-z0-9]{12}([A-Z0-5]{3})?)?$"),
    AfterValidator(_with_right_checksum),
]
type Arn = Annotated[str, Field(pattern=r"^arn:")]


class UpgradePlanSettings(Settings):
    """What the operator decided about upgrades.

    Attributes:
        package_version_id: The version to install; empty where customers install by hand.
        package_terms_url: Where its terms can be read; shown as a link, so it has to be one.
    """

    package_version_id: VersionId = ""
    package_id: PackageId = ZOOM_PACKAGE_ID
    minimum_package_version: MinimumVersion = LOWEST_VERSION_WITH_OAUTH
    package_terms_version: Annotated[str, Field(min_length=1, max_length=40)] = "1"
    package_terms_url: Annotated[str, Field(pattern=r"^(https://[!-~]{1,500})?$")] = ""
    approval_lifetime_hours: Annotated[int, Field(ge=1, le=8_760)] = 336
    reminder_interval_hours: Annotated[int, Field(ge=1, le=8_760)] = 72
    install_deadline_minutes: Annotated[int, Field(ge=5, le=2_880)] = 180
    upgrade_by_hand_days: Annotated[int, Field(ge=1, le=365)] = 14

    def upgrade_settings(self) -> UpgradeSettings:
        """The same as the domain says it, with how patiently each wait goes on."""
        return UpgradeSettings(
            version_id=self.package_version_id,
            rules=UpgradeRules(self.package_id, self.minimum_package_version),
            terms=Terms(self.package_terms_version, self.package_terms_url),
            approval_lifetime=timedelta(hours=self.approval_lifetime_hours),
            reminder_every=timedelta(hours=self.reminder_interval_hours),
            preparing=Patience(timedelta(minutes=1), timedelta(hours=1), timedelta(days=2)),
            installing=Patience(
                timedelta(seconds=10),
                timedelta(minutes=2),
                timedelta(minutes=self.install_deadline_minutes),
            ),
            confirming=Patience(timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=15)),
            by_hand=Patience(
                timedelta(minutes=10), timedelta(hours=6), timedelta(days=self.upgrade_by_hand_days)
            ),
        )


class UpgradeStepSettings(TableSettings, SalesforceAccessSettings, UpgradePlanSettings):
    """For the steps that ask the org: prepare, start, check, follow by hand."""


class FollowUpApprovalSettings(TableSettings, UpgradePlanSettings):
    """For ``follow_up_approval``."""


class RequestApprovalSettings(FollowUpApprovalSettings):
    """For ``request_approval``."""

    task_token_key_arn: Arn


class StartMigrationsSettings(TableSettings):
    """For ``start_migrations``."""

    migration_state_machine_arn: Arn
    task_token_key_arn: Arn
