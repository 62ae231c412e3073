"""Everybody's inbox: takes mail by SMTP and shows it in a browser.

Product code never knows that it is there: the embedded AWS relays its mail here. See
``docs/simulators.md``.
"""

from local.inbox.faults import Fault, FaultKind, Faults
from local.inbox.mail import ReceivedMail
from local.inbox.simulator import Inbox

__all__ = ["Fault", "FaultKind", "Faults", "Inbox", "ReceivedMail"]
