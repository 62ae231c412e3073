"""Net below the state machine: closes scans whose execution failed, timed out or was stopped."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.scan_record import scan_record_app
from zoom_migrator.contracts import ExecutionStatusChange, RecordOutcomeOutput
from zoom_migrator.observability import count_scan, logger, task
from zoom_migrator.use_cases.summarise_scan import summarise_scan


@task(ExecutionStatusChange)
def lambda_handler(event: ExecutionStatusChange, _context: LambdaContext) -> RecordOutcomeOutput:
    """Close the scan behind an execution that did not end by itself."""
    app = scan_record_app()
    closing = summarise_scan(
        event.scan_id,
        scans=app.scans,
        manifests=app.manifests,
        clock=app.clock,
        failure=event.detail.failure().summary(),
    )
    scan = closing.scan
    if closing.closed_now:
        count_scan(scan)
    logger.info("scan_outcome_recorded", status=str(scan.status))
    return RecordOutcomeOutput(scan_id=scan.scan_id, status=scan.status)
