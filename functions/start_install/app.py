"""Task of ``migrate_org``: have the org install the package, at most once at a time."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.upgrade_steps import upgrade_steps_app
from zoom_migrator.migration_contracts import MigrationTaskInput, VerdictOutput
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.start_install import start_install


@task(MigrationTaskInput)
def lambda_handler(task_input: MigrationTaskInput, _context: LambdaContext) -> VerdictOutput:
    """Ask for the install, unless one is on its way, and decide what comes next."""
    app = upgrade_steps_app()
    verdict = start_install(
        task_input.org_id, task_input.attempt, ports=app.ports, settings=app.settings
    )
    output = VerdictOutput.of(verdict)
    logger.info("install_started", **output.model_dump(mode="json"))
    return output
