"""The made-up org that all examples are about, and a scan of its fleet."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from zoom_migrator.domain.org import (
    AuthKind,
    Environment,
    Org,
    OrgRegistration,
    ZoomProduct,
)
from zoom_migrator.domain.salesforce_id import organization_id
from zoom_migrator.domain.scan import Scan, ScanOutcome, ScanStatus

AT: Final = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
DEADLINE: Final = date(2026, 7, 21)
REGISTRATION: Final = OrgRegistration(
    org_id=organization_id("00Dda00000w6ktuEAA"),
    display_name="Aster Foods",
    host="aster.my.salesforce.com",
    environment=Environment.PRODUCTION,
    username="migrator@aster.example",
    auth_kind=AuthKind.JWT_BEARER,
    salesforce_admin_email="admin@aster.example",
    zoom_admin_email="zoom@aster.example",
    products=(ZoomProduct.MEETINGS, ZoomProduct.PHONE),
    deadline=DEADLINE,
    slack_channel="#zoom-migration",
    time_zone="Europe/Berlin",
)
ORG: Final = Org(registration=REGISTRATION, registered_at=AT)
SCAN: Final = Scan(
    scan_id="scan-20260701T020000Z-7f3a",
    started_at=datetime(2026, 7, 1, 2, 0, tzinfo=UTC),
    trigger="schedule",
    requested_by="schedule",
    org_count=1_000,
    batch_count=5,
    status=ScanStatus.COMPLETED,
    ended_at=datetime(2026, 7, 1, 2, 4, tzinfo=UTC),
    counts={
        ScanOutcome.SUFFICIENT: 962,
        ScanOutcome.BEHIND: 31,
        ScanOutcome.NOT_INSTALLED: 4,
        ScanOutcome.REFUSED: 2,
        ScanOutcome.UNREACHABLE: 1,
    },
    status_changes=12,
)
