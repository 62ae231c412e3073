"""Task of ``migrate_org``: see what somebody said about the old keys."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.follow_up_cleanup import follow_up_cleanup_app
from zoom_migrator.migration_contracts import MigrationTaskInput, VerdictOutput
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.follow_up_cleanup import follow_up_cleanup


@task(MigrationTaskInput)
def lambda_handler(task_input: MigrationTaskInput, _context: LambdaContext) -> VerdictOutput:
    """Read the answer, or remind whoever owes it, and decide what comes next."""
    app = follow_up_cleanup_app()
    verdict = follow_up_cleanup(
        task_input.org_id, task_input.attempt, ports=app.ports, settings=app.settings
    )
    output = VerdictOutput.of(verdict)
    logger.info("cleanup_followed_up", **output.model_dump(mode="json"))
    return output
