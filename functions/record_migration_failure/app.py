"""Closes migrations whose execution cannot go on, or did not end by itself.

The machine's own catcher calls it, and so does the rule on executions that failed, timed out or
were stopped, since no catcher sees those.
"""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.record_migration_failure import record_migration_failure_app
from zoom_migrator.migration_contracts import (
    RecordMigrationFailureInput,
    RecordMigrationFailureOutput,
)
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.end_broken_migration import end_broken_migration


@task(RecordMigrationFailureInput)
def lambda_handler(
    event: RecordMigrationFailureInput, _context: LambdaContext
) -> RecordMigrationFailureOutput:
    """End the migration behind an execution, unless it has ended."""
    app = record_migration_failure_app()
    migration = end_broken_migration(
        event.org_id,
        event.attempt,
        cause=event.detail.failure().summary(),
        orgs=app.orgs,
        migrations=app.migrations,
        clock=app.clock,
    )
    outcome = str(migration.outcome) if migration.outcome else None
    logger.info("migration_failure_recorded", outcome=outcome)
    return RecordMigrationFailureOutput(
        org_id=event.org_id, attempt=event.attempt, outcome=migration.outcome
    )
