"""A Slack simulator: Web API, incoming webhook, channels with buttons that press back, faults.

Product code never knows that it is there: it speaks HTTP like Slack. See ``docs/simulators.md``
for what it does, what it does not, and what is assumed.
"""

from local.slack.faults import Fault, FaultKind, Faults, Phase
from local.slack.messages import PostedMessage
from local.slack.model import (
    SimulatedApp,
    SimulatedChannel,
    SimulatedPerson,
    SimulatedSlack,
)
from local.slack.simulator import SlackSimulator
from local.slack.world import RecordedRequest

__all__ = [
    "Fault",
    "FaultKind",
    "Faults",
    "Phase",
    "PostedMessage",
    "RecordedRequest",
    "SimulatedApp",
    "SimulatedChannel",
    "SimulatedPerson",
    "SimulatedSlack",
    "SlackSimulator",
]
