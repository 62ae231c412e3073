"""Notices as tables for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator_cli.layout import columns_table, moment, named
from zoom_migrator_cli.notices.names import FLEET, name_of
from zoom_migrator_cli.notices.outcomes import STYLES, delivery_text, outcome_of, to_do_about
from zoom_migrator_cli.notices.told import ToldNotice


def notices_table(found: Sequence[ToldNotice], *, now: datetime, settings: NoticeSettings) -> Table:
    """Notices, with everybody who was told, or was to be."""
    table = columns_table("When", "Org and notice", "Who was told, how it went, what to do")
    for told in found:
        org = named(told.name, told.ref.org_id) if told.org else FLEET
        table.add_row(
            Text.assemble(moment(told.at), "\n", outcome_label(told, now=now, settings=settings)),
            f"{org}\n{escape(name_of(told.ref))}",
            _what_became_of(told, now=now, settings=settings),
        )
    return table


def outcome_label(told: ToldNotice, *, now: datetime, settings: NoticeSettings) -> Text:
    """How telling people went, in a word and a colour."""
    outcome = outcome_of(told, now=now, settings=settings)
    return Text(outcome.replace("_", " "), style=STYLES[outcome])


def _what_became_of(told: ToldNotice, *, now: datetime, settings: NoticeSettings) -> Text:
    lines = [delivery_text(each, now=now, settings=settings) for each in told.deliveries]
    if not lines:
        lines = [Text("Nobody yet.")]
    if to_do := to_do_about(told, now=now, settings=settings):
        lines.append(Text(to_do))
    return Text("\n").join(lines)
