"""Behind the probe queue: find out whether the grants still work that an event was about."""

from __future__ import annotations

from typing import Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.adapters.sqs import probe_order
from zoom_migrator.bootstrap.probe_grants import ProbeGrantsApp, probe_grants_app
from zoom_migrator.domain.errors import MigratorError
from zoom_migrator.health_contracts import (
    ItemFailure,
    ProbeGrantsInput,
    ProbeGrantsOutput,
    ProbeRecord,
    RawRecord,
)
from zoom_migrator.health_metrics import count_probed
from zoom_migrator.observability import logger, parse, task
from zoom_migrator.use_cases.probe_grants import probe_grants
from zoom_migrator.use_cases.prove_org import ProofOutcome

# Enough for an order about one org, with every store and Zoom at their slowest.
_SECONDS_TO_SPARE: Final = 60.0


@task(ProbeGrantsInput)
def lambda_handler(task_input: ProbeGrantsInput, context: LambdaContext) -> ProbeGrantsOutput:
    """Work on the messages of a batch, and name those that the queue has to bring again.

    The answer is put together here: the library's module for batches takes 40 ms to import.
    """
    app = probe_grants_app()
    failed = [each for each in task_input.Records if not _is_done(each, app, context)]
    return ProbeGrantsOutput(
        batchItemFailures=tuple(ItemFailure(itemIdentifier=each.messageId) for each in failed)
    )


def _is_done(record: RawRecord, app: ProbeGrantsApp, context: LambdaContext) -> bool:
    """Work on one message; whatever becomes of it costs no other anything."""
    logger.append_keys(message_id=record.messageId)
    try:
        if _seconds_left(context) < _SECONDS_TO_SPARE:
            logger.info("probe_left_for_later")
            return False
        return _is_proven(parse(ProbeRecord, record.model_dump()), app, context)
    except MigratorError as error:
        logger.error("probe_failed", error=type(error).__name__, reason=error.message)
    except Exception:
        logger.exception("probe_crashed")
    finally:
        logger.remove_keys(["message_id"])
    return False


def _seconds_left(context: LambdaContext) -> float:
    return context.get_remaining_time_in_millis() / 1000


def _is_proven(record: ProbeRecord, app: ProbeGrantsApp, context: LambdaContext) -> bool:
    order = probe_order(record.body)
    found = probe_grants(
        order,
        ports=app.ports,
        settings=app.settings,
        since=record.sent_at,
        seconds_left=lambda: _seconds_left(context),
    )
    count_probed(found)
    counts = {str(outcome): number for outcome, number in found.items()}
    logger.info("grants_probed", is_signed=order.is_signed, counts=counts)
    # What could not be found out is asked for again; in the end a person is, by the alarm.
    return ProofOutcome.UNPROVEN not in found
