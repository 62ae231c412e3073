"""One address for the public pages on this machine: ``http://localhost:PORT``, without a stage.

API Gateway's own address on the embedded AWS carries an id that is another one after every
deployment. Behind this gateway stands either that API, for the demo, or the functions' handlers
themselves, for tests that need a browser and no AWS.
"""

from __future__ import annotations

from local.gateway.exchange import Answer, Backend, Header, Question
from local.gateway.forwarding import Forwarder, public_api_address
from local.gateway.gateway import Gateway
from local.gateway.handlers import Handler, Handlers

__all__ = [
    "Answer",
    "Backend",
    "Forwarder",
    "Gateway",
    "Handler",
    "Handlers",
    "Header",
    "Question",
    "public_api_address",
]
