"""Task of ``migrate_org``: remove the old keys, with a proof, an approval and a backup at hand."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.remove_keys import remove_keys_app
from zoom_migrator.migration_contracts import MigrationTaskInput, VerdictOutput
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.remove_keys import remove_keys


@task(MigrationTaskInput)
def lambda_handler(task_input: MigrationTaskInput, _context: LambdaContext) -> VerdictOutput:
    """Blank the two fields of every row, read them back, and decide what comes next."""
    app = remove_keys_app()
    verdict = remove_keys(
        task_input.org_id, task_input.attempt, ports=app.ports, settings=app.settings
    )
    output = VerdictOutput.of(verdict)
    logger.info("key_removal_tried", **output.model_dump(mode="json"))
    return output
