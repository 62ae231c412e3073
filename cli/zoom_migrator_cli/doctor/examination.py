"""Looks at everything, the most basic first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from zoom_migrator.domain.errors import StackNotFound
from zoom_migrator_cli.doctor import (
    account,
    address,
    apps,
    channels,
    cleanups,
    keys,
    plans,
    schedules,
)
from zoom_migrator_cli.doctor.check import Check, Look, Patient, looked, problem

_FIRST: Final[dict[str, Look]] = {"aws_identity": account.identity, "clock": account.clock}
_THEN: Final[dict[str, Look]] = {
    "stack_outputs": account.outputs,
    "table": account.table,
    "salesforce_secret": apps.salesforce_secret,
    "zoom_secret": apps.zoom_secret,
    "zoom_settings": apps.zoom_settings,
    "public_address": address.form,
    "redirect_answers": address.answers,
    "link_key": keys.link_key,
    "grant_key": keys.grant_key,
    "backup_key": keys.backup_key,
    "package_version": plans.package_version,
    "package_terms": plans.package_terms,
    "soak": cleanups.soak,
    "connection_probe": cleanups.connection_probe,
    "zoom_webhook": cleanups.zoom_webhook,
    "scan_schedule": schedules.scan_schedule,
    "sweep_schedule": schedules.sweep_schedule,
    "reminder_schedule": schedules.reminder_schedule,
    "notices": channels.operators,
    "slack": channels.slack,
    "slack_channel": channels.slack_channel,
    "email_sender": channels.email_sender,
}
_ON_REQUEST: Final[dict[str, Look]] = {"zoom_credentials": apps.zoom_credentials}


def examine(patient: Patient, *, probe: bool) -> Iterator[Check]:
    """Every finding, in order. Nothing anywhere is changed.

    Args:
        probe: Also ask Zoom whether it accepts the app's credentials.
    """
    yield from _all_of(_FIRST, patient)
    if not patient.surroundings.greeting.arn:
        return
    try:
        _ = patient.connection.outputs
    except StackNotFound as error:
        yield problem("stack_outputs", error.message, error.remedy)
        return
    yield from _all_of(_THEN, patient)
    if probe:
        yield from _all_of(_ON_REQUEST, patient)


def _all_of(looks: Mapping[str, Look], patient: Patient) -> Iterator[Check]:
    return (looked(code, look, patient) for code, look in looks.items())
