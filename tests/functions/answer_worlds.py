"""Places where pages stand on which people answer: deployed, and in this process."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.adapters.embedded_aws import client
from tests.adapters.web.desk import Handler
from tests.builders import NOW
from tests.functions.deployment import Deployment
from tests.questions import Questioned
from zoom_migrator.adapters.kms import KmsLinkSigner, KmsTokenVault


@dataclass
class Deployed:
    """A deployed function, and the AWS around it."""

    deployment: Deployment
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def now(self) -> datetime:
        """What time it is there."""
        return datetime.now(UTC)

    def stores[A: Questioned](self, kind: type[A]) -> A:
        """The stores of the stack, about another org each time."""
        created, kms = self.deployment.created, client("kms")
        return kind(
            orgs=self.deployment.orgs,
            migrations=self.deployment.migrations,
            signer=KmsLinkSigner(kms, created.link_key_arn),
            vault=KmsTokenVault(kms, created.token_key_arn),
            number=next(self._numbers),
        )

    def function(self, name: str) -> Handler:
        """A function, to be called with events."""
        return lambda event: self.deployment.invoke(name, event)

    def logged(self) -> str:
        """Everything that was printed."""
        return self.deployment.output.getvalue()


@dataclass
class InMemory[A: Questioned]:
    """A page in this process, whole or broken, over stores in memory."""

    make: Callable[[A], Handler]
    output: io.StringIO
    now: datetime = NOW

    def logged(self) -> str:
        """Everything that was printed."""
        return self.output.getvalue()
