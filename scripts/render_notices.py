"""Write ``docs/notices.md``, and the schemas and examples of events, from the product's own words.

What stands above the marker in the page is written by hand.

Usage: ``python -m scripts.render_notices [--check]``
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from scripts.event_kinds import MEANINGS
from scripts.event_schemas import schema_of
from scripts.example_org import AT, DEADLINE, ORG, REGISTRATION, SCAN
from scripts.notice_examples import notices
from zoom_migrator.adapters.mail.text import as_text
from zoom_migrator.domain.digest_words import digest_of
from zoom_migrator.domain.milestones import local_day, zone_named
from zoom_migrator.domain.notice import Notice, NoticeKind, ref_of_scan
from zoom_migrator.domain.notice_choices import LABELS
from zoom_migrator.domain.notice_events import event_of_notice, event_of_scan
from zoom_migrator.domain.notice_kinds import RULES, Audience, can_be_muted
from zoom_migrator.domain.notice_message import Action, ActionKind, AnyMessage
from zoom_migrator.domain.notice_words import message_of
from zoom_migrator.domain.product_event import ProductEvent, detail_type_of
from zoom_migrator.domain.recipients import WAITS_FOR
from zoom_migrator.domain.telling import Telling
from zoom_migrator.use_cases.read_notices import LATE, facts_of_scan

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs/notices.md"
EVENTS: Final = ROOT / "events"
MARKER: Final = (
    "<!-- From here on made by `make format`, from the product's own words; a test fails where it"
    " is out of date. -->"
)
_ZONE: Final = zone_named(REGISTRATION.time_zone)
_LINK: Final = (
    "https://migrator.example/{path}/{path}.00Dda00000w6ktuEAA.1.REQUEST.EXPIRY.SIGNATURE"
)
_PATHS: Final = {
    ActionKind.APPROVE: "approve",
    ActionKind.AUTHORIZE: "authorize",
    ActionKind.CLEANUP: "cleanup",
}
_READERS: Final = {
    Audience.SALESFORCE_ADMIN: "Salesforce admin",
    Audience.ZOOM_ADMIN: "Zoom admin",
    Audience.OPERATORS: "operators",
}


def documents() -> Mapping[Path, str]:
    """Every file that is made, with what it is to hold."""
    made = {PAGE: "\n".join(_page())}
    for event in _events():
        kind = event.ref.kind
        made[EVENTS / f"schemas/{kind}.json"] = _json(schema_of(kind))
        made[EVENTS / f"examples/{kind}.json"] = _json(envelope_of(event))
    return made


def envelope_of(event: ProductEvent) -> Mapping[str, object]:
    """An event as a subscriber gets it, without what only AWS knows."""
    return {
        "source": "zoom_migrator",
        "detail-type": event.detail_type,
        "detail": event.detail,
    }


def telling_of(notice: Notice) -> Telling:
    """A notice for the first of those who are told of it."""
    facts = notice.facts
    telling = Telling(
        ref=notice.ref,
        facts=facts,
        at=notice.at,
        org=REGISTRATION,
        deadline=date.fromisoformat(facts.get("deadline", DEADLINE.isoformat())),
        today=local_day(AT, _ZONE),
        zone=_ZONE,
        reader=RULES[notice.kind].audience[0],
        late_by_days=int(facts.get(LATE, "0")),
    )
    return replace(telling, action=_action(telling))


def telling_of_scan() -> Telling:
    """The scan for those who are told of it."""
    return Telling(
        ref=ref_of_scan(SCAN.scan_id),
        facts=facts_of_scan(SCAN),
        at=AT,
        org=None,
        deadline=DEADLINE,
        today=local_day(AT, _ZONE),
        zone=_ZONE,
        reader=Audience.OPERATORS,
    )


def _events() -> Iterator[ProductEvent]:
    yield from (event_of_notice(notice, ORG) for notice in notices())
    yield event_of_scan(SCAN)


def _action(telling: Telling) -> Action | None:
    waits_for = telling.fact(WAITS_FOR)
    kind = ActionKind(waits_for) if waits_for else RULES[telling.kind].action
    if kind is None:
        return None
    path = _PATHS.get(kind)
    url = _LINK.format(path=path) if path else telling.fact("install_link")
    return Action(kind, LABELS[kind], url)


def _page() -> Iterator[str]:
    yield PAGE.read_text(encoding="utf-8").partition(MARKER)[0] + MARKER + "\n"
    yield "## Kinds\n"
    yield "| kind | what happened | who is told | link | can be muted |"
    yield "| --- | --- | --- | --- | --- |"
    yield from (_row(kind) for kind in NoticeKind)
    yield "\n## What people read\n"
    yield (
        "Each kind as the text part of a mail, made of the example in `events/examples`, for the"
        " first of those who are told. Slack and the HTML part say the same.\n"
    )
    tellings = [telling_of(notice) for notice in notices()]
    for telling in [*tellings, telling_of_scan()]:
        yield from _example(telling.kind, message_of(telling))
    yield "### A digest\n"
    yield "Several notices for one recipient at the same time are one message.\n"
    yield from _text(digest_of(tellings[:9], lambda telling: telling.action))


def _row(kind: NoticeKind) -> str:
    rules = RULES[kind]
    cells = (
        f"[`{kind}`](#{kind})",
        MEANINGS[kind],
        ", ".join(_READERS[reader] for reader in rules.audience),
        LABELS[rules.action] if rules.action else "",
        "yes" if can_be_muted(kind, {}) else "",
    )
    return f"| {' | '.join(cells)} |"


def _example(kind: NoticeKind, message: AnyMessage) -> Iterator[str]:
    yield f"### {kind}\n"
    yield f"Event: `{detail_type_of(kind)}`, [schema](../events/schemas/{kind}.json).\n"
    yield from _text(message)


def _text(message: AnyMessage) -> Iterator[str]:
    yield "```text"
    yield f"Subject: {message.subject}"
    yield f"Preview: {message.preheader}\n"
    yield as_text(message).rstrip()
    yield "```\n"


def _json(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the files, or with ``--check`` only say which are not current."""
    stale = [
        path
        for path, text in documents().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is out of date; run `make format`.", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(documents()[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
