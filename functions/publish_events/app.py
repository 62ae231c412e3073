"""Behind the table's stream: publish what was recorded, so that people and others hear of it."""

from __future__ import annotations

from collections.abc import Sequence

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.adapters.dynamodb.stream import news_of
from zoom_migrator.bootstrap.publish_events import publish_events_app
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.notice import Notice
from zoom_migrator.domain.scan import Scan
from zoom_migrator.notice_contracts import BatchOutput, PublishEventsInput, StreamRecord
from zoom_migrator.notice_metrics import count_published
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.publish_notices import publish_notices

type _Found = tuple[str, Notice | Scan]


@task(PublishEventsInput)
def lambda_handler(task_input: PublishEventsInput, _context: LambdaContext) -> BatchOutput:
    """Publish the news of a batch, and name from where on the stream has to bring it again."""
    app = publish_events_app()
    found, damaged = _read(task_input.Records)
    places = publish_notices([news for _, news in found], orgs=app.orgs, bus=app.bus)
    count_published(published=len(found) - len(places), failed=len(places), damaged=damaged)
    logger.info("events_published", published=len(found) - len(places), failed=len(places))
    return BatchOutput.of(*(found[place][0] for place in places))


def _read(records: Sequence[StreamRecord]) -> tuple[list[_Found], int]:
    """The news with their places in the stream, and how many could not be read.

    One that is damaged would hold up everything behind it for a day, and be no better then.
    """
    found: list[_Found] = []
    damaged = 0
    for record in records:
        change = record.dynamodb
        try:
            news = news_of(change.NewImage)
        except InvariantViolation as error:
            logger.error("event_damaged", place=change.SequenceNumber, reason=error.message)
            damaged += 1
            continue
        if news is not None:
            found.append((change.SequenceNumber, news))
    return found, damaged
