"""Every hour: move on what nothing would ever move again, and name what only a person can."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.sweep_fleet import sweep_ports
from zoom_migrator.health_contracts import SweepFleetInput, SweepFleetOutput
from zoom_migrator.health_metrics import count_swept
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.sweep_fleet import sweep_fleet


@task(SweepFleetInput)
def lambda_handler(_task_input: SweepFleetInput, context: LambdaContext) -> SweepFleetOutput:
    """Go through the fleet, as far as there is time for."""
    swept = sweep_fleet(
        ports=sweep_ports(),
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
    )
    count_swept(swept)
    for stuck in swept.named:
        logger.warning(
            "org_has_no_next_step",
            org_id=stuck.org_id,
            kind=str(stuck.kind),
            status=str(stuck.status),
            reason=stuck.detail,
        )
    output = SweepFleetOutput.of(swept)
    logger.info("fleet_swept", **output.model_dump())
    return output
