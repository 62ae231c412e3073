"""Task of each batch of ``scan_fleet``: check the orgs of the batch."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.scan_orgs import scan_orgs_app
from zoom_migrator.contracts import ScanOrgsInput, ScanOrgsOutput
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.scan_batch import scan_batch


@task(ScanOrgsInput)
def lambda_handler(task_input: ScanOrgsInput, context: LambdaContext) -> ScanOrgsOutput:
    """Check the orgs of one batch and record a result for each."""
    app = scan_orgs_app()
    progress = scan_batch(
        task_input.batch(),
        ports=app.ports,
        minimum=app.minimum,
        threads=app.threads,
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
    )
    logger.info("batch_scanned", checked=progress.checked, total=progress.total)
    return ScanOrgsOutput(
        scan_id=task_input.scan_id,
        batch_number=task_input.batch_number,
        checked=progress.checked,
    )
