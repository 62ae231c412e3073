"""Where the functions of ``migrate_org`` keep migrations."""

from __future__ import annotations

from zoom_migrator.adapters.dynamodb.migrations import DynamoDbMigrationRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.migration_metrics import CountedMigrations


def migrations(table: Table) -> CountedMigrations:
    """The migrations in a table; whatever happens to one is counted as a metric."""
    return CountedMigrations(DynamoDbMigrationRepository(table))
