"""Mail that comes by SMTP, and the pages that show it."""

from __future__ import annotations

import smtplib
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
import requests

from local.inbox import Fault, FaultKind, Inbox
from tests.local.clients import FixedClock
from tests.local.slack_endpoint import served

ROOT = Path(__file__).resolve().parents[2]
ADMIN, OTHER = "admin@acme.example", "zoom@acme.example"


@pytest.fixture
def inbox(clock: FixedClock) -> Iterator[Inbox]:
    with Inbox(clock=clock) as running:
        yield running


def send(
    inbox: Inbox,
    *to: str,
    subject: str = "Zoom: nötig",
    html: str = "<html><head></head><body><p>Hello <b>ü</b></p></body></html>",
    **headers: str,
) -> None:
    """Send a mail as whoever relays for SES does."""
    mail = MIMEMultipart("alternative")
    mail.attach(MIMEText("Hello ü\nhttps://x.example/a", "plain", "utf-8"))
    mail.attach(MIMEText(html, "html", "utf-8"))
    mail["Subject"], mail["From"] = subject, "Migrator <migrator@example.com>"
    mail["To"] = ", ".join(to)
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    with smtplib.SMTP("127.0.0.1", inbox.smtp_port, timeout=5) as smtp:
        smtp.sendmail("migrator@example.com", to, mail.as_string())


def page(inbox: Inbox, path: str = "/", **options: object) -> requests.Response:
    return requests.get(inbox.base_url + path, timeout=5, **options)  # type: ignore[arg-type]


def test_a_mail_arrives_with_both_parts(inbox: Inbox) -> None:
    send(inbox, ADMIN)

    (mail,) = inbox.mails()
    assert (mail.subject, mail.sender) == ("Zoom: nötig", "Migrator <migrator@example.com>")
    assert mail.recipients == (ADMIN,)
    assert mail.text == "Hello ü\nhttps://x.example/a"
    assert "<b>ü</b>" in mail.html


def test_a_mail_of_one_part_arrives_as_well(inbox: Inbox) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Hi", "a@b.example", ADMIN
    mail.set_content("Just text")
    with smtplib.SMTP("127.0.0.1", inbox.smtp_port, timeout=5) as smtp:
        smtp.send_message(mail)

    (received,) = inbox.mails()
    assert (received.text, received.html) == ("Just text\n", "")
    assert "<pre>Just text" in page(inbox, "/mails/1").text


def test_everybody_has_a_mailbox_however_the_address_is_written(inbox: Inbox) -> None:
    send(inbox, ADMIN)
    send(inbox, OTHER, ADMIN.upper())

    assert len(inbox.mails()) == 2
    assert len(inbox.mails(ADMIN)) == 2
    assert len(inbox.mails(OTHER)) == 1
    assert inbox.mails("nobody@acme.example") == []


def test_the_list_shows_the_newest_first_and_one_persons_alone(
    inbox: Inbox, clock: FixedClock
) -> None:
    send(inbox, ADMIN, subject="First")
    clock.advance(60)
    send(inbox, OTHER, subject="Second <script>")

    everybody = page(inbox).text
    assert everybody.index("Second &lt;script&gt;") < everybody.index("First")
    assert "<script" not in everybody
    alone = page(inbox, f"/?to={ADMIN}").text
    assert "First" in alone
    assert "Second" not in alone


def test_an_empty_inbox_says_so(inbox: Inbox) -> None:
    assert "No mail has arrived yet." in page(inbox).text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", '<iframe src="/mails/1/html"'),
        ("?width=360", "width:360px"),
        ("?part=text", "<pre>Hello ü"),
        ("?part=source", "From: Migrator &lt;migrator@example.com&gt;"),
        ("?part=nothing&width=7", '<iframe src="/mails/1/html"'),
    ],
)
def test_a_mail_is_shown_in_every_way(inbox: Inbox, query: str, shown: str) -> None:
    send(inbox, ADMIN)

    assert shown in page(inbox, f"/mails/1{query}").text


def test_what_is_in_a_mail_can_do_no_more_than_in_a_mailbox(inbox: Inbox) -> None:
    send(inbox, ADMIN, html="<html><head><title>x</title></head><script>alert(1)</script></html>")

    answer = page(inbox, "/mails/1/html")

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert '<head><base target="_blank"><title>' in answer.text


@pytest.mark.parametrize("path", ["/mails/2", "/mails/x", "/mails/²", "/mails/2/html", "/other"])
def test_what_is_not_there_is_not_found(inbox: Inbox, path: str) -> None:
    send(inbox, ADMIN)

    assert page(inbox, path).status_code == 404


def test_pages_are_for_this_machine_only(inbox: Inbox) -> None:
    assert page(inbox, headers={"Host": "evil.example"}).status_code == 403


class TestUnsubscribing:
    def test_one_click_posts_what_a_mailbox_posts(self, inbox: Inbox) -> None:
        with served() as endpoint:
            send(
                inbox,
                ADMIN,
                List_Unsubscribe=f"<mailto:x@y.example>, <{endpoint.url}>",
                List_Unsubscribe_Post="List-Unsubscribe=One-Click",
            )
            assert inbox.mails()[0].unsubscribe_url == endpoint.url
            assert "Unsubscribe</button>" in page(inbox, "/mails/1").text

            done = requests.post(f"{inbox.base_url}/mails/1/unsubscribe", timeout=5)

        assert "Unsubscribed." in done.text
        ((headers, body),) = endpoint.received
        assert body == b"List-Unsubscribe=One-Click"
        assert headers["content-type"] == "application/x-www-form-urlencoded"

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("https://migrator.example/mute/x", "not on this machine"),
            ("http://127.0.0.1:1/mute/x", "Nobody answered."),
        ],
    )
    def test_what_came_of_it_is_said(self, inbox: Inbox, url: str, said: str) -> None:
        send(
            inbox,
            ADMIN,
            List_Unsubscribe=f"<{url}>",
            List_Unsubscribe_Post="List-Unsubscribe=One-Click",
        )

        done = requests.post(f"{inbox.base_url}/mails/1/unsubscribe", timeout=5)

        assert said in done.text

    def test_without_both_headers_there_is_no_button(self, inbox: Inbox) -> None:
        send(inbox, ADMIN, List_Unsubscribe="<https://migrator.example/mute/x>")

        assert "Unsubscribe</button>" not in page(inbox, "/mails/1").text
        done = requests.post(f"{inbox.base_url}/mails/1/unsubscribe", timeout=5)
        assert done.status_code == 404


class TestFaults:
    @pytest.mark.parametrize(
        ("kind", "code"),
        [(FaultKind.UNKNOWN_USER, 550), (FaultKind.TRY_LATER, 451)],
    )
    def test_a_recipient_is_refused(self, inbox: Inbox, kind: FaultKind, code: int) -> None:
        inbox.faults.add(Fault(kind=kind, address="admin@*", times=1))

        with pytest.raises(smtplib.SMTPRecipientsRefused) as told:
            send(inbox, ADMIN)

        assert told.value.recipients[ADMIN][0] == code
        send(inbox, ADMIN)
        assert len(inbox.mails()) == 1

    def test_others_in_the_same_mail_get_it(self, inbox: Inbox) -> None:
        inbox.faults.add(Fault(kind=FaultKind.UNKNOWN_USER, address=ADMIN))

        send(inbox, ADMIN, OTHER)

        assert inbox.mails()[0].recipients == (OTHER,)

    def test_a_mail_is_refused(self, inbox: Inbox) -> None:
        inbox.faults.add(Fault(kind=FaultKind.REFUSED))

        with pytest.raises(smtplib.SMTPDataError):
            send(inbox, ADMIN)
        assert inbox.mails() == []

    def test_a_connection_is_dropped(self, inbox: Inbox) -> None:
        inbox.faults.add(Fault(kind=FaultKind.DROPPED, times=1))

        with pytest.raises((smtplib.SMTPException, OSError)):
            send(inbox, ADMIN)
        assert inbox.faults.active() == []

    def test_they_are_switched_by_the_control_api(self, inbox: Inbox) -> None:
        root = f"{inbox.base_url}/_simulator"
        assert requests.put(f"{root}/faults", json=[{"kind": "refused"}], timeout=5).json() == [
            {"kind": "refused", "address": "*", "times": None}
        ]
        assert requests.put(f"{root}/faults", json=[{"kind": "x"}], timeout=5).status_code == 422
        assert requests.delete(f"{root}/faults", timeout=5).json() == []
        assert requests.get(f"{root}/nothing", timeout=5).status_code == 404


def test_the_control_api_shows_mails_and_forgets_them(inbox: Inbox) -> None:
    send(inbox, ADMIN)
    root = f"{inbox.base_url}/_simulator/mails"

    (mail,) = requests.get(f"{root}?to={ADMIN}", timeout=5).json()

    assert (mail["subject"], mail["to"]) == ("Zoom: nötig", [ADMIN])
    assert requests.get(f"{root}?to={OTHER}", timeout=5).json() == []
    assert requests.delete(root, timeout=5).json() == []
    assert inbox.mails() == []


def test_whoever_waits_for_a_mail_is_told_when_it_is_here(inbox: Inbox) -> None:
    assert inbox.mails(wait_for=1, seconds=0) == []
    send(inbox, ADMIN)
    assert len(inbox.mails(wait_for=1)) == 1


def test_it_runs_as_a_process() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "local.inbox"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        pages, smtp = process.stdout.readline().split()
        assert requests.get(pages, timeout=5).status_code == 200
        with smtplib.SMTP("127.0.0.1", int(smtp.rpartition(":")[2]), timeout=5) as client:
            assert client.noop()[0] == 250
    finally:
        process.terminate()
        assert process.wait(10) == 0
        if process.stdout is not None:
            process.stdout.close()
