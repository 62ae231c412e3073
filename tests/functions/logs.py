"""Catches what the product prints, as Lambda does."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from zoom_migrator.observability import logger

type Line = dict[str, Any]


@contextmanager
def captured_logs() -> Iterator[io.StringIO]:
    """Where the product's log lines go meanwhile."""
    # The test framework hangs handlers of its own beside the product's.
    (handler,) = (
        each
        for each in logger.handlers
        if isinstance(each, logging.StreamHandler)
        and isinstance(each.formatter, LambdaPowertoolsFormatter)
    )
    output = io.StringIO()
    before = handler.setStream(output)
    yield output
    handler.setStream(before or output)
