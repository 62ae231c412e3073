"""What a handful of messages look like in Slack and as HTML, kept so that a change is seen.

``python -m tests.adapters.snapshots`` writes them anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from scripts.notice_examples import notices
from scripts.render_notices import telling_of, telling_of_scan
from zoom_migrator.adapters.mail.html import as_html
from zoom_migrator.adapters.slack.blocks import content_of
from zoom_migrator.domain.digest_words import digest_of
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_message import AnyMessage
from zoom_migrator.domain.notice_words import message_of

FOLDER: Final = Path(__file__).parent
_KINDS: Final = (
    NoticeKind.UPGRADE_APPROVAL_NEEDED,
    NoticeKind.AUTHORIZATION_REMINDER,
    NoticeKind.DISCONNECTED,
    NoticeKind.DEADLINE_NEAR,
    NoticeKind.MIGRATED,
    NoticeKind.SCAN_FINISHED,
)
_MUTE: Final = "https://migrator.example/mute/CLAIMS.SIGNATURE"


def made() -> Mapping[Path, str]:
    """Every snapshot, as the product makes it today."""
    tellings = {each.kind: each for each in map(telling_of, notices())}
    tellings[NoticeKind.SCAN_FINISHED] = telling_of_scan()
    messages: dict[str, AnyMessage] = {kind: message_of(tellings[kind]) for kind in _KINDS}
    some = [tellings[kind] for kind in _KINDS[:4]]
    messages["digest"] = digest_of(some, lambda telling: telling.action)
    return {
        FOLDER / f"{name}.{ending}": text
        for name, message in messages.items()
        for ending, text in (("json", _slack(message)), ("html", _mail(message)))
    }


def _slack(message: AnyMessage) -> str:
    content = content_of(message, with_buttons=True)
    document = {"text": content.text, "blocks": content.blocks}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _mail(message: AnyMessage) -> str:
    return as_html(message, unsubscribe_url=_MUTE if message.is_mutable else "") + "\n"
