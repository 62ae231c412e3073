"""Task of ``migrate_org``: see whether the customer has upgraded by hand."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.follow_upgrade_by_hand import follow_upgrade_by_hand_app
from zoom_migrator.migration_contracts import MigrationTaskInput, VerdictOutput
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.follow_upgrade_by_hand import follow_upgrade_by_hand


@task(MigrationTaskInput)
def lambda_handler(task_input: MigrationTaskInput, _context: LambdaContext) -> VerdictOutput:
    """Look at the version, remind whoever is to upgrade, and decide what comes next."""
    app = follow_upgrade_by_hand_app()
    verdict = follow_upgrade_by_hand(
        task_input.org_id,
        task_input.attempt,
        orgs=app.orgs,
        migrations=app.migrations,
        salesforce=app.salesforce,
        clock=app.clock,
        settings=app.settings,
    )
    output = VerdictOutput.of(verdict)
    logger.info("upgrade_by_hand_followed", **output.model_dump(mode="json"))
    return output
