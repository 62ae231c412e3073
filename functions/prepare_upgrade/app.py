"""First task of ``migrate_org``: find out whether the org can be upgraded, and how."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.upgrade_steps import upgrade_steps_app
from zoom_migrator.migration_contracts import MigrationTaskInput, VerdictOutput
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.prepare_upgrade import prepare_upgrade


@task(MigrationTaskInput)
def lambda_handler(task_input: MigrationTaskInput, _context: LambdaContext) -> VerdictOutput:
    """Look at the org and decide what comes next."""
    app = upgrade_steps_app()
    verdict = prepare_upgrade(
        task_input.org_id, task_input.attempt, ports=app.ports, settings=app.settings
    )
    output = VerdictOutput.of(verdict)
    logger.info("upgrade_prepared", **output.model_dump(mode="json"))
    return output
