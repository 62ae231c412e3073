"""Task of ``migrate_org``: see what became of the request for consent."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.follow_up_approval import follow_up_approval_app
from zoom_migrator.migration_contracts import MigrationTaskInput, VerdictOutput
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.follow_up_approval import follow_up_approval


@task(MigrationTaskInput)
def lambda_handler(task_input: MigrationTaskInput, _context: LambdaContext) -> VerdictOutput:
    """Read the answer, or remind whoever owes one, and decide what comes next."""
    app = follow_up_approval_app()
    verdict = follow_up_approval(
        task_input.org_id,
        task_input.attempt,
        orgs=app.orgs,
        migrations=app.migrations,
        clock=app.clock,
        settings=app.settings,
    )
    output = VerdictOutput.of(verdict)
    logger.info("approval_followed_up", **output.model_dump(mode="json"))
    return output
