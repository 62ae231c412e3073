"""Task of ``migrate_org``: ask for an authorization at Zoom, and let the machine wait for it.

The machine goes on when somebody hands its task token back; what this function returns is read by
nobody.
"""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.request_authorization import request_authorization_app
from zoom_migrator.migration_contracts import (
    RequestAuthorizationInput,
    RequestAuthorizationOutput,
)
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.request_authorization import request_authorization


@task(RequestAuthorizationInput)
def lambda_handler(
    task_input: RequestAuthorizationInput, _context: LambdaContext
) -> RequestAuthorizationOutput:
    """Record the request for an authorization together with the token, sealed."""
    app = request_authorization_app()
    request_authorization(
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
    logger.info("authorization_requested")
    return RequestAuthorizationOutput(org_id=task_input.org_id, attempt=task_input.attempt)
