"""Who asks, at what time, and whether the stack is what this command line expects."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from zoom_migrator_cli.doctor.check import Check, Patient, fine, problem, warning

EXPECTED_OUTPUTS: Final = (
    "TableName",
    "ScanStateMachineArn",
    "MigrationStateMachineArn",
    "PublicBaseUrl",
    "LinkKeyArn",
    "TaskTokenKeyArn",
    "GrantKeyArn",
    "BackupKeyArn",
    "SalesforceSecretArn",
    "ZoomSecretArn",
    "ZoomWebhookSecretArn",
    "ZoomWebhookUrl",
    "ProbeQueueUrl",
    "EventBusName",
    "NoticeQueueUrl",
    "SlackSecretArn",
    "SlackInteractionsUrl",
    "SalesforceAllowedDomains",
    "MinimumPackageVersion",
    "PackageTermsVersion",
    "JwtDeadline",
    "SoakMinutes",
)
"""Outputs without which one command or another cannot work."""

_A_LITTLE: Final = timedelta(seconds=60)
# AWS refuses requests that are signed with a clock this far off.
_TOO_MUCH: Final = timedelta(minutes=5)
_SET_THE_CLOCK: Final = "Let this machine set its clock by the network (NTP)."


def identity(patient: Patient) -> Check:
    """Whether AWS knows whoever types."""
    greeting = patient.surroundings.greeting
    if not greeting.arn:
        return problem(
            "aws_identity",
            f"AWS does not say who you are: {greeting.refusal}",
            "Check --profile, --region (or AWS_ENDPOINT_URL) and your credentials; a clock that is "
            "wrong does this, too.",
        )
    return fine("aws_identity", f"AWS knows you as {greeting.arn}.")


def clock(patient: Patient) -> Check:
    """Whether this machine's clock agrees with AWS's."""
    ahead = patient.surroundings.greeting.ahead
    if ahead is None:
        return warning("clock", "AWS told no time to compare this machine's clock with.")
    seconds = round(abs(ahead.total_seconds()))
    direction = "ahead of" if ahead > timedelta() else "behind"
    found = f"This machine's clock is {seconds} seconds {direction} AWS's."
    if abs(ahead) > _TOO_MUCH:
        return problem("clock", found, f"{_SET_THE_CLOCK} AWS refuses requests from it.")
    if abs(ahead) > _A_LITTLE:
        return warning("clock", found, f"{_SET_THE_CLOCK} Answers are recorded with its time.")
    return fine("clock", "This machine's clock agrees with AWS's.")


def outputs(patient: Patient) -> Check:
    """Whether the stack tells everything that commands need."""
    told = patient.connection.outputs
    missing = [name for name in EXPECTED_OUTPUTS if not told.get(name)]
    if missing:
        return problem(
            "stack_outputs",
            f"The stack does not tell {', '.join(missing)}.",
            "Deploy the current template: the stack is older than this command line.",
        )
    return fine("stack_outputs", f"Stack {patient.connection.stack} tells all that is needed.")


def table(patient: Patient) -> Check:
    """Whether the table can be read."""
    # Of an org that cannot be: what comes back is of no interest.
    patient.connection.orgs.get("00D000000000000EAA")
    return fine("table", "The table of orgs can be read.")
