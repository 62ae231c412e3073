"""The Salesforce admins of the demo, each with a browser of their own."""

from __future__ import annotations

import re
from typing import Final

import requests

from local.demo.page import say
from local.demo.screen import DemoFailed

_TOKEN: Final = re.compile(r'name="token" value="([^"]+)"')
_SECONDS: Final = 30


def approves_upgrade(link: str, *, name: str, email: str) -> None:
    """Open an approval link as its addressee does, fill in the form and press Approve.

    Raises:
        DemoFailed: The page is not the one that is expected.
    """
    with requests.Session() as browser:
        page = browser.get(link, timeout=_SECONDS)
        say(name, "opens the link", page.text)
        found = _TOKEN.search(page.text)
        if found is None:
            raise DemoFailed(f"The approval page has no form (status {page.status_code}).")
        form = {
            "token": found[1],
            "name": name,
            "email": email,
            "security": "all_users",
            "terms": "accepted",
            "decision": "approve",
        }
        answered = browser.post(link, data=form, timeout=_SECONDS)
        if not answered.ok:
            raise DemoFailed(f"The approval was refused (status {answered.status_code}).")
        say(name, "accepts the terms and presses Approve", answered.text)
