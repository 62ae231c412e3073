"""Whether anybody can be told: Slack, mail, and the operators."""

from __future__ import annotations

from typing import Final

from zoom_migrator.adapters.slack.secret import SlackAccess, parse_slack_secret
from zoom_migrator.domain.telling import one_line
from zoom_migrator.notice_settings import WEBHOOK
from zoom_migrator_cli.doctor.check import Check, Patient, fine, hint, problem, warning
from zoom_migrator_cli.layout import moment

_FILL: Final = "`zoom-migrator setup slack`; see docs/slack-setup.md."
_DEPLOY: Final = "Deploy with another SlackDefaultChannel, or store what it needs: "


def slack(patient: Patient) -> Check:
    """Whether Slack can be posted to, as far as our own side goes."""
    code, connection = "slack", patient.connection
    channel = connection.notice_plan.slack_default_channel
    access = parse_slack_secret(connection.slack_secret.read())
    if not channel:
        return _without_channel(access)
    if not access.can_post:
        found = f"SlackDefaultChannel is {channel}, but the Slack secret is empty."
        return problem(code, found, _DEPLOY + _FILL)
    if channel == WEBHOOK and not access.webhook_url:
        found = "SlackDefaultChannel is webhook, but the Slack secret has no webhook_url."
        return problem(code, found, _DEPLOY + _FILL)
    if simulator := connection.parameters.get("SlackConnectTo", ""):
        found = f"Slack is a simulator at {simulator}."
        return warning(code, found, "Nothing is to be done on a local stack.")
    return _with_channel(channel, access)


def _without_channel(access: SlackAccess) -> Check:
    if access.can_post:
        return warning(
            "slack",
            "The Slack secret is filled, but no SlackDefaultChannel is set: nothing is posted, "
            "whatever channels orgs have of their own.",
            "Deploy with SlackDefaultChannel, a channel's id or `webhook`.",
        )
    return hint("slack", "Slack is not set up: nothing is posted.", f"If it should be: {_FILL}")


def _with_channel(channel: str, access: SlackAccess) -> Check:
    if not access.bot_token and channel != WEBHOOK:
        return warning(
            "slack",
            f"SlackDefaultChannel is {channel}, but without a bot_token all messages go to the "
            "webhook's channel, those of orgs with a channel of their own, too.",
            f"{_DEPLOY}{_FILL}",
        )
    if not access.signing_secret:
        return hint(
            "slack",
            f"Slack is posted to, by default {_shown(channel)}. Messages have links instead of "
            "buttons: the secret has no signing_secret.",
            f"If people are to answer in Slack: {_FILL}",
        )
    return fine("slack", f"Slack is posted to, by default {_shown(channel)}, with buttons.")


def slack_channel(patient: Patient) -> Check:
    """Whether Slack took the last message to the fleet's channel."""
    code, settings = "slack_channel", patient.connection.notice_settings
    if not settings.has_slack:
        return fine(code, "There is no default channel that could refuse.")
    channel = settings.slack_channel
    trouble = patient.connection.contacts.troubles([channel]).get(channel)
    if trouble is None:
        return fine(code, "Slack has refused no message to the default channel.")
    return problem(
        code,
        f"Slack has refused {_shown(channel or WEBHOOK)} since {moment(trouble.since)} "
        f"({one_line(trouble.error)}); the operators get mail instead.",
        "Invite the app to the channel, or mend what Slack names; then `zoom-migrator notices "
        f"addresses --allow {channel or WEBHOOK}`.",
    )


def email_sender(patient: Patient) -> Check:
    """Whether SES lets the configured sender write, and to whom."""
    code, surroundings = "email_sender", patient.surroundings
    sender = patient.connection.notice_plan.mail_from
    if not sender:
        found = "Mail is not set up: no MailFrom is set, and none is sent."
        return hint(code, found, "If it should be: docs/mail-setup.md.")
    if not surroundings.is_verified_sender(sender):
        return problem(
            code,
            f"SES has verified neither {sender} nor its domain for sending.",
            "Verify the domain in SES, in this region, and leave its sandbox.",
        )
    if surroundings.is_in_mail_sandbox():
        return hint(
            code,
            f"SES sends mail from {sender}, but the account is in the sandbox of this region: "
            "only to verified addresses, 200 a day and one a second.",
            "Ask AWS for production access before customers are to be told: SES > Account "
            "dashboard.",
        )
    return fine(code, f"SES sends mail from {sender}.")


def operators(patient: Patient) -> Check:
    """Whether anybody is told at all, and who is where somebody cannot be."""
    code, settings = "notices", patient.connection.notice_settings
    if not (settings.has_slack or settings.has_mail):
        return warning(
            code,
            "Neither Slack nor mail is set up, so nobody is told of anything. Notices are "
            "recorded all the same: `zoom-migrator notices list`.",
            "Set up one of them: docs/slack-setup.md, docs/mail-setup.md.",
        )
    if not settings.has_mail:
        return hint(
            code,
            "Without mail, admins of orgs are told nothing, and nobody is told where Slack "
            "refuses a message.",
            "Set MailFrom and OperatorsEmail, and deploy.",
        )
    if not settings.operators_email:
        return warning(
            code,
            "No OperatorsEmail is set, so nobody is told in place of an address or a channel that "
            "takes nothing"
            + ("." if settings.has_slack else ", and operators are told of nothing at all."),
            "Set it and deploy.",
        )
    return fine(code, f"{settings.operators_email} is told in place of whoever cannot be.")


def _shown(channel: str) -> str:
    return "the webhook's channel" if channel == WEBHOOK else f"channel {channel}"
