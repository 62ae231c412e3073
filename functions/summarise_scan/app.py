"""Last task of ``scan_fleet``: give every org a result and close the scan."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.scan_record import scan_record_app
from zoom_migrator.contracts import SummariseScanInput, SummariseScanOutput
from zoom_migrator.observability import count_scan, logger, task
from zoom_migrator.use_cases.summarise_scan import summarise_scan


@task(SummariseScanInput)
def lambda_handler(task_input: SummariseScanInput, _context: LambdaContext) -> SummariseScanOutput:
    """Close a scan, with its failure if the machine hands one on."""
    app = scan_record_app()
    closing = summarise_scan(
        task_input.scan_id,
        scans=app.scans,
        manifests=app.manifests,
        clock=app.clock,
        failure=task_input.failure.summary() if task_input.failure else "",
    )
    scan = closing.scan
    if closing.closed_now:
        count_scan(scan)
    counts = {str(outcome): count for outcome, count in scan.counts.items()}
    logger.info("scan_summarised", status=str(scan.status), counts=counts)
    return SummariseScanOutput(scan_id=scan.scan_id, status=scan.status, counts=counts)
