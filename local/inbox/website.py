"""What people do with a browser: look through the mail, open one, unsubscribe."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import aiohttp

from local.inbox import pages
from local.inbox.mail import Mailbox, ReceivedMail
from local.simulation.reply import Reply

LOOPBACK_HOSTS = frozenset(("127.0.0.1", "localhost", "::1"))
_ANSWER_SECONDS = 10.0


@dataclass(frozen=True)
class Unsubscribing:
    """One click that ends mails of a sort, as a mailbox sends it (RFC 8058)."""

    mail: ReceivedMail

    def then(self, said: str) -> Reply:
        """Return the page; ``said`` is what came of it."""
        return pages.redirect(f"/mails/{self.mail.mail_id}?said={quote(said)}")


def handle(mailbox: Mailbox, method: str, target: str) -> Reply | Unsubscribing:
    """Answer a browser."""
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query))
    match method, unquote(parts.path).rstrip("/").split("/")[1:]:
        case (("GET" | "HEAD"), []):
            shown = query.get("to", "")
            addresses = sorted({to for mail in mailbox.of() for to in mail.recipients})
            return pages.overview(mailbox.of(shown), addresses, shown)
        case (("GET" | "HEAD"), ["mails", number]):
            mail = _mail(mailbox, number)
            return pages.not_found() if mail is None else _shown(mail, query)
        case (("GET" | "HEAD"), ["mails", number, "html"]):
            mail = _mail(mailbox, number)
            return pages.not_found() if mail is None else pages.mails_own(mail)
        case "POST", ["mails", number, "unsubscribe"]:
            mail = _mail(mailbox, number)
            return Unsubscribing(mail) if mail and mail.unsubscribe_url else pages.not_found()
    return pages.not_found()


async def unsubscribe(mail: ReceivedMail) -> str:
    """Post what a mailbox posts for one click; return what came of it.

    It goes to this machine only.
    """
    url = mail.unsubscribe_url
    if urlsplit(url).hostname not in LOOPBACK_HOSTS:
        return "The address is not on this machine, so nothing was sent."
    timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(
                url, data={"List-Unsubscribe": "One-Click"}, allow_redirects=False
            ) as answer,
        ):
            done = 200 <= answer.status < 300
            return "Unsubscribed." if done else f"The answer had status {answer.status}."
    except (TimeoutError, aiohttp.ClientError, OSError):
        return "Nobody answered."


def _shown(mail: ReceivedMail, query: dict[str, str]) -> Reply:
    default = "html" if mail.html else "text"
    part = query.get("part", default)
    width = next((each for each in pages.WIDTHS if str(each) == query.get("width")), None)
    return pages.mail(
        mail,
        part=part if part in ("html", "text", "source") else default,
        width=width,
        said=query.get("said", ""),
    )


def _mail(mailbox: Mailbox, number: str) -> ReceivedMail | None:
    is_number = number.isascii() and number.isdigit() and len(number) < 10
    return mailbox.find(int(number)) if is_number else None
