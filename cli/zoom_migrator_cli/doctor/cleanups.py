"""What decides about proof and about what Zoom tells: soak, probe, webhook."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from zoom_migrator.adapters.zoom.webhook_secrets import parse_webhook_secrets
from zoom_migrator.probe_settings import ConnectionProbeSettings
from zoom_migrator_cli.doctor.check import Check, Patient, fine, hint, warning
from zoom_migrator_cli.webhook_secret import is_unused

_SHORT: Final = timedelta(hours=1)


def soak(patient: Patient) -> Check:
    """How long lies between the two proofs of a connection."""
    code, time = "soak", patient.connection.soak
    if time < _SHORT:
        return warning(
            code,
            f"Between the two proofs of a connection lie {_text(time)}: what breaks after hours is "
            "not seen before the old keys are asked about.",
            "Deploy with a longer SoakMinutes, unless this is a local stack.",
        )
    return fine(code, f"Between the two proofs of a connection lie {_text(time)}.")


def connection_probe(patient: Patient) -> Check:
    """Whether anything shows that the package is connected by itself, and what follows."""
    code = "connection_probe"
    probe = patient.connection.settings(ConnectionProbeSettings).connection_probe()
    if probe is None:
        return hint(
            code,
            "No ConnectionProbeObject is set: whether the package itself is connected is not "
            "looked at. Whoever approves the removal of old keys has to confirm that Zoom Config "
            "shows it, and cleanup_policy auto asks like ask.",
            "Where the package keeps it is not public. If you have found out: docs/cleanup.md.",
        )
    value = f"is {probe.expected!r}" if probe.expected else "holds anything, or is ticked"
    return fine(
        code,
        f"The package counts as connected where {probe.field} of {probe.object_name} {value}; "
        "cleanup_policy auto then removes old keys without asking.",
    )


def zoom_webhook(patient: Patient) -> Check:
    """Whether Zoom's events can be told from forged ones, if there are any."""
    code = "zoom_webhook"
    text = patient.connection.webhook_secret.read()
    if is_unused(text):
        return hint(
            code,
            "No secret token is stored, so that no event of Zoom's counts. That an app was removed "
            "at Zoom is found by the proofs after scans, up to ProveIntervalDays later.",
            "According to Zoom, private apps get no such events. If yours does: "
            "`zoom-migrator setup zoom-webhook`.",
        )
    if len(parse_webhook_secrets(text)) > 1:
        return hint(
            code,
            "Two secret tokens of Zoom's webhook count: the current one, and the one before it.",
            "Once Zoom signs with the new one: `zoom-migrator setup zoom-webhook --drop-previous`.",
        )
    return fine(code, "The secret token of Zoom's webhook is well formed.")


def _text(time: timedelta) -> str:
    minutes = round(time / timedelta(minutes=1))
    hours, rest = divmod(minutes, 60)
    return f"{hours} hours" if hours and not rest else f"{minutes} minutes"
