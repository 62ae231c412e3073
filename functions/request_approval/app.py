"""Task of ``migrate_org``: ask for consent, and let the machine wait for the answer.

The machine goes on when somebody hands its task token back; what this function returns is read by
nobody.
"""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.request_approval import request_approval_app
from zoom_migrator.migration_contracts import RequestApprovalInput, RequestApprovalOutput
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.request_approval import request_approval


@task(RequestApprovalInput)
def lambda_handler(
    task_input: RequestApprovalInput, _context: LambdaContext
) -> RequestApprovalOutput:
    """Record the request for consent together with the token, sealed."""
    app = request_approval_app()
    request_approval(
        task_input.org_id,
        task_input.attempt,
        task_input.task_token,
        orgs=app.orgs,
        migrations=app.migrations,
        vault=app.vault,
        callback=app.callback,
        ids=app.ids,
        clock=app.clock,
        settings=app.settings,
    )
    logger.info("approval_requested")
    return RequestApprovalOutput(org_id=task_input.org_id, attempt=task_input.attempt)
