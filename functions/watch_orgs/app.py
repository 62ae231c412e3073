"""Task of ``scan_fleet`` after the scan: see how the orgs are that are connected."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.watch_orgs import watch_orgs_app
from zoom_migrator.health_contracts import WatchOrgsInput, WatchOrgsOutput
from zoom_migrator.health_metrics import count_watched
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.watch_after_scan import watch_after_scan


@task(WatchOrgsInput)
def lambda_handler(task_input: WatchOrgsInput, context: LambdaContext) -> WatchOrgsOutput:
    """Look at as many more as there is time for, and say whether that was all."""
    app = watch_orgs_app()
    watched = watch_after_scan(
        task_input.scan_id,
        scans=app.scans,
        ports=app.ports,
        settings=app.settings,
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
        passed_over=task_input.before.orgs,
    )
    count_watched(watched)
    output = WatchOrgsOutput.of(task_input.scan_id, watched, task_input.before)
    logger.info("orgs_watched", **output.model_dump(exclude={"scan_id"}))
    return output
