"""Task of ``scan_fleet`` after the scan: start a migration for every org that is to have one."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.start_migrations import start_migrations_app
from zoom_migrator.migration_contracts import StartMigrationsInput, StartMigrationsOutput
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.start_after_scan import start_after_scan


@task(StartMigrationsInput)
def lambda_handler(
    task_input: StartMigrationsInput, context: LambdaContext
) -> StartMigrationsOutput:
    """Start as many as there is time for, and say whether that was all."""
    app = start_migrations_app()
    done = start_after_scan(
        task_input.scan_id,
        scans=app.scans,
        orgs=app.orgs,
        migrations=app.migrations,
        workflow=app.workflow,
        vault=app.vault,
        callback=app.callback,
        clock=app.clock,
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
    )
    output = StartMigrationsOutput(
        scan_id=task_input.scan_id,
        started=done.started,
        already_running=done.already_running,
        superseded=done.superseded,
        failed=done.failed,
        is_complete=done.is_complete,
    )
    logger.info("migrations_started", **output.model_dump(exclude={"scan_id"}))
    return output
