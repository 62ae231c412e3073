"""Task of ``migrate_org``: let the machine wait for what somebody says about the old keys.

The machine goes on when somebody hands its task token back; what this function returns is read by
nobody.
"""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.request_cleanup import request_cleanup_app
from zoom_migrator.migration_contracts import RequestCleanupInput, RequestCleanupOutput
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.request_cleanup import request_cleanup


@task(RequestCleanupInput)
def lambda_handler(
    task_input: RequestCleanupInput, _context: LambdaContext
) -> RequestCleanupOutput:
    """Keep the token, sealed, with the request that the second proof has made."""
    app = request_cleanup_app()
    request_cleanup(
        task_input.org_id,
        task_input.attempt,
        task_input.task_token,
        orgs=app.orgs,
        migrations=app.migrations,
        vault=app.vault,
        callback=app.callback,
    )
    logger.info("cleanup_requested")
    return RequestCleanupOutput(org_id=task_input.org_id, attempt=task_input.attempt)
