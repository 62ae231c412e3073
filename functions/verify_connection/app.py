"""Task of ``migrate_org``: prove that the org is connected, and decide about its old keys."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.verify_connection import verify_connection_app
from zoom_migrator.migration_contracts import MigrationTaskInput, VerdictOutput
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.verify_connection import verify_connection


@task(MigrationTaskInput)
def lambda_handler(task_input: MigrationTaskInput, _context: LambdaContext) -> VerdictOutput:
    """Call Zoom with the stored grant, and decide what comes next."""
    app = verify_connection_app()
    verdict = verify_connection(
        task_input.org_id, task_input.attempt, ports=app.ports, settings=app.settings
    )
    output = VerdictOutput.of(verdict)
    logger.info("connection_checked", **output.model_dump(mode="json"))
    return output
