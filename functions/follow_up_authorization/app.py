"""Task of ``migrate_org``: see what became of the request for an authorization at Zoom."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.follow_up_authorization import follow_up_authorization_app
from zoom_migrator.migration_contracts import MigrationTaskInput, VerdictOutput
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.follow_up_authorization import follow_up_authorization


@task(MigrationTaskInput)
def lambda_handler(task_input: MigrationTaskInput, _context: LambdaContext) -> VerdictOutput:
    """Read whether somebody has authorized, or remind them, and decide what comes next."""
    app = follow_up_authorization_app()
    verdict = follow_up_authorization(
        task_input.org_id,
        task_input.attempt,
        orgs=app.orgs,
        migrations=app.migrations,
        grants=app.grants,
        clock=app.clock,
        settings=app.settings,
    )
    output = VerdictOutput.of(verdict)
    logger.info("authorization_followed_up", **output.model_dump(mode="json"))
    return output
