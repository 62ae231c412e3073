"""What has come to the channel and to the mailboxes of the demo."""

from __future__ import annotations

from typing import Any, Final

from local.demo.operator import Operator
from local.demo.screen import DemoFailed, wait_until
from local.demo.stage import Stage
from local.inbox.mail import ReceivedMail
from local.slack import PostedMessage
from zoom_migrator.domain.telling import counted

_ALL: Final = "1000"
_IN_ORDER: Final = frozenset({"told", "suppressed"})
# Nobody is told of it by itself any more.
_WENT_WRONG: Final = frozenset({"failed", "unknown"})


class Messages:
    """The messages that have come since this was made."""

    def __init__(self, stage: Stage) -> None:
        """Remember what was there before."""
        self._stage = stage
        self._posts_before = len(stage.slack.messages_in())
        self._mails_before = len(stage.inbox.mails())

    @property
    def posts(self) -> list[PostedMessage]:
        """Those in the channel."""
        return self._stage.slack.messages_in()[self._posts_before :]

    @property
    def mails(self) -> list[ReceivedMail]:
        """Those in all mailboxes."""
        return self._stage.inbox.mails()[self._mails_before :]

    def __str__(self) -> str:
        """How many they are, in words."""
        people = {address for mail in self.mails for address in mail.recipients}
        posts = counted(len(self.posts), "message", "messages")
        mails = counted(len(self.mails), "mail", "mails")
        addresses = counted(len(people), "address", "addresses")
        return f"{posts} in #{self._stage.slack.channel().name}, {mails} to {addresses}"


def wait_until_all_are_told(operator: Operator) -> None:
    """Wait until no notice is on its way any more.

    Raises:
        DemoFailed: Somebody was not told.
    """
    wait_until(lambda: _are_all_told(operator), "not everybody was told")


def _are_all_told(operator: Operator) -> bool:
    notices = operator.reads("notices", "list", "--limit", _ALL)
    wrong = [each for each in notices if each["outcome"] in _WENT_WRONG]
    if wrong:
        raise DemoFailed("Telling people went wrong. " + "; ".join(map(_described, wrong)))
    return all(each["outcome"] in _IN_ORDER for each in notices)


def _described(notice: dict[str, Any]) -> str:
    return f"{notice['notice']} of {notice['name'] or 'the fleet'}: {notice['outcome']}"
