"""The Salesforce admins of the demo, each with a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import requests

from local.demo.page import say
from local.demo.screen import DemoFailed

_TOKEN: Final = re.compile(r'name="token" value="([^"]+)"')
_SECONDS: Final = 60


def approves_upgrade(link: str, *, name: str, email: str) -> None:
    """Open an approval link as its addressee does, fill in the form and press Approve.

    Raises:
        DemoFailed: The page is not the one that is expected.
    """
    form = {
        "name": name,
        "email": email,
        "security": "all_users",
        "terms": "accepted",
        "decision": "approve",
    }
    _answers(link, form, does="accepts the terms and presses Approve")


def approves_cleanup(link: str, *, name: str, email: str) -> None:
    """Open a link about the old keys, confirm what Zoom Config shows and have them removed.

    Raises:
        DemoFailed: The page is not the one that is expected.
    """
    form = {"name": name, "email": email, "connection": "seen", "decision": "approve"}
    _answers(link, form, does="has seen the connection in Zoom Config, presses Remove")


def declines_cleanup(link: str, *, name: str, email: str) -> None:
    """Open a link about the old keys and keep them.

    Raises:
        DemoFailed: The page is not the one that is expected.
    """
    form = {"name": name, "email": email, "decision": "decline"}
    _answers(link, form, does="presses Keep")


def _answers(link: str, form: Mapping[str, str], *, does: str) -> None:
    with requests.Session() as browser:
        page = browser.get(link, timeout=_SECONDS)
        say(form["name"], "opens the link", page.text)
        found = _TOKEN.search(page.text)
        if found is None:
            raise DemoFailed(f"The page behind the link has no form (status {page.status_code}).")
        answered = browser.post(link, data={"token": found[1], **form}, timeout=_SECONDS)
        if not answered.ok:
            raise DemoFailed(f"The answer was refused (status {answered.status_code}).")
        say(form["name"], does, answered.text)
