"""Whether what should start by itself does."""

from __future__ import annotations

from typing import Final

from zoom_migrator_cli.doctor.check import Check, Patient, fine, problem, warning
from zoom_migrator_cli.doctor.surroundings import REMINDER_SCHEDULE, SCAN_SCHEDULE, SWEEP_SCHEDULE

_DISABLED: Final = "DISABLED"


def scan_schedule(patient: Patient) -> Check:
    """Whether scans start by themselves, as they are meant to."""
    return _started_by(
        patient,
        SCAN_SCHEDULE,
        "scan_schedule",
        setting="ScanScheduleState",
        what="scans",
        without="Scans do not start by themselves.",
    )


def sweep_schedule(patient: Patient) -> Check:
    """Whether orgs without a next step are found and moved on by themselves."""
    return _started_by(
        patient,
        SWEEP_SCHEDULE,
        "sweep_schedule",
        setting="SweepScheduleState",
        what="sweeps",
        without="Sweeps do not start by themselves: an org whose run died stays where it is until "
        "somebody looks (`zoom-migrator orgs doctor`).",
    )


def reminder_schedule(patient: Patient) -> Check:
    """Whether people are reminded of deadlines by itself."""
    return _started_by(
        patient,
        REMINDER_SCHEDULE,
        "reminder_schedule",
        setting="ReminderScheduleState",
        what="reminders",
        without="Reminders do not start by themselves: nobody is reminded of a deadline.",
    )


def _started_by(
    patient: Patient, name: str, code: str, *, setting: str, what: str, without: str
) -> Check:
    """What is to be said about a schedule.

    Args:
        setting: The parameter that says whether it is meant to be on.
        what: What it starts.
        without: What it means that it is switched off.
    """
    told = {**patient.connection.parameters, **patient.connection.outputs}
    actual = patient.surroundings.schedule(name)
    if actual is None:
        return problem(
            code,
            f"The schedule that starts {what} does not exist.",
            "Deploy the stack again: somebody may have deleted it.",
        )
    if actual == _DISABLED and told.get(setting, "") != _DISABLED:
        return problem(
            code,
            f"The schedule that starts {what} is switched off, though the stack says otherwise.",
            f"Switch it on in EventBridge Scheduler, or deploy with {setting}=DISABLED.",
        )
    if actual == _DISABLED:
        return warning(code, without, f"Deploy with {setting}=ENABLED if they should.")
    return fine(code, f"{what.capitalize()} start by themselves.")
