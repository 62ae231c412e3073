"""What the words of a notice consist of, and those that several kinds share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from zoom_migrator.domain.telling import Telling, masked, quoted

MAX_STEPS: Final = 3
# What use cases put behind a remedy, for whoever operates the migrator.
_COMMAND: Final = re.compile(r"\s*Then: `(?P<command>zoom-migrator [^`]+)`\.?\s*$")
_BARE_COMMAND: Final = re.compile(r"`(?P<command>zoom-migrator (?:migrate|orgs) \w+)`")

PLATFORM_CACHE: Final = (
    "If Salesforce says “This app can't be upgraded: Platform Cache Partitions Missing feature”, or"
    " Zoom Config says “Oauth Fail! Can't find verify code in cache” or “Oauth verify code check"
    " fail, please re-authorize”: the org lacks Platform Cache. Open a case with Salesforce Support"
    " and ask them to enable Platform Cache partitions."
)
"""The article's two errors. Source: Zoom KB0058199."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one notice, before a message is made of them.

    Attributes:
        subject: Without the org's name where that is clear from the message: it stands alone in
            mailboxes, so most name it.
        line: All of it in a sentence or two, for a digest, without the org's name.
    """

    subject: str
    preheader: str
    line: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    steps: tuple[str, ...] = ()
    who: str = ""
    obstacles: tuple[str, ...] = ()


type Writer = Callable[[Telling], Words]


def steps_of_remedy(telling: Telling) -> tuple[str, ...]:
    """What is to be done by a remedy, each step with whoever does it.

    The commands in it are the operators', and named for this org.
    """
    remedy = telling.fact("remedy")
    if not remedy:
        return ()
    found = _COMMAND.search(remedy)
    if found is None:
        return (_for_this_org(remedy, telling),)
    first = remedy[: found.start()].strip()
    command = _for_this_org(f"`{found['command']}`", telling)
    last = f"Tell whoever operates the migrator, who goes on with {command}."
    return (_for_this_org(first, telling), last) if first else (last,)


def what_was_said(telling: Telling) -> tuple[str, ...]:
    """What the other side said, where it said something."""
    said = quoted(telling.fact("said"))
    return (f"What was said: “{said}”",) if said else ()


def salesforce_admin(telling: Telling) -> str:
    """The admin who is registered for the org, so that they know that they are meant."""
    email = masked(telling.org.salesforce_admin_email) if telling.org else ""
    return f"the Salesforce admin of this org ({email})" if email else "the org's Salesforce admin"


def versions(telling: Telling, *names: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Facts that the notice has, under their names for people."""
    shown = ((label, telling.fact(name)) for label, name in names)
    return tuple((label, value) for label, value in shown if value)


def _for_this_org(text: str, telling: Telling) -> str:
    org_id = telling.org.org_id if telling.org else ""
    named = _BARE_COMMAND.sub(lambda found: f"`{found['command']} {org_id}`", text)
    # A message quotes what was said before it says what to do about it.
    return named.replace("(below)", "(above)").replace("said is below", "said is above")
