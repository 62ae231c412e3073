"""First task of ``scan_fleet``: decide which orgs the scan covers."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.plan_scan import plan_scan_app
from zoom_migrator.contracts import ManifestReference, PlanScanInput, PlanScanOutput
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.plan_scan import plan_scan


@task(PlanScanInput)
def lambda_handler(task_input: PlanScanInput, _context: LambdaContext) -> PlanScanOutput:
    """Plan a scan and say where its batches are."""
    app = plan_scan_app()
    scan = plan_scan(
        task_input.scan_id,
        started_at=task_input.started_at,
        trigger=task_input.trigger,
        requested_by=task_input.requested_by,
        batch_size=app.batch_size,
        orgs=app.orgs,
        scans=app.scans,
        manifests=app.manifests,
    )
    if scan.manifest is None:
        raise InvariantViolation(f"Scan {scan.scan_id} has no manifest.")
    logger.info("scan_planned", org_count=scan.org_count, batch_count=scan.batch_count)
    return PlanScanOutput(
        scan_id=scan.scan_id,
        manifest=ManifestReference(bucket=scan.manifest.bucket, key=scan.manifest.key),
        org_count=scan.org_count,
        batch_count=scan.batch_count,
    )
