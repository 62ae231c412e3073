"""What authorizations and grants need from the outside, as the use cases see it.

Beside :mod:`zoom_migrator.ports`, with the same rules: every port has an adapter for the real
service and a twin in ``adapters.memory``; both pass the same contract tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from zoom_migrator.domain.authorization import AttemptResult, AuthorizationAttempt
from zoom_migrator.domain.grant import Grant, GrantLink, GrantSubject, IssuedTokens, TokenPair
from zoom_migrator.domain.zoom_account import ZoomProducts, ZoomUser
from zoom_migrator.domain.zoom_failure import ZoomFailure


class SecretValues(Protocol):
    """Makes secrets that nobody can guess."""

    def new_secret_value(self) -> str:
        """256 random bits as 43 URL-safe characters."""


class AttemptRepository(Protocol):
    """Keeps attempts at authorizing for as long as they may be answered, and a little longer."""

    def create(self, attempt: AuthorizationAttempt) -> AuthorizationAttempt:
        """Store a new attempt.

        Raises:
            ConcurrentModification: There is one with this state.
        """

    def get(self, state_hash: str) -> AuthorizationAttempt | None:
        """The attempt with this fingerprint, read consistently, or None."""

    def consume(
        self, attempt: AuthorizationAttempt, *, code_hash: str, now: datetime
    ) -> AuthorizationAttempt | None:
        """Use an attempt up, in one step that only one of many succeeds in.

        Args:
            attempt: As it was read.
            code_hash: Fingerprint of the code it is used up with; empty where there is none.

        Returns:
            The attempt as consumed, or None where it has been consumed before, is out of date at
            ``now``, or is gone. The store itself checks all three; what it will delete some day
            because it is out of date counts as out of date from the first moment.
        """

    def end(self, attempt: AuthorizationAttempt, result: AttemptResult) -> AuthorizationAttempt:
        """Store how a consumed attempt ended; the first result stays.

        Raises:
            ConcurrentModification: It has ended before, was never consumed, or is gone.
        """


class GrantRepository(Protocol):
    """Keeps grants, and which org uses which."""

    def get(self, grant_id: str) -> Grant | None:
        """The grant with this id, read consistently, or None."""

    def save(self, grant: Grant, *, link: GrantLink | None = None) -> Grant:
        """Store a grant, and that an org uses it from now on, all or nothing.

        Args:
            grant: The grant with the revision it was read at (0: it must not exist yet).
            link: Takes the place of the org's former link.

        Returns:
            The grant with its new revision.

        Raises:
            ConcurrentModification: The stored revision is another one; nothing was stored.
        """

    def link_of(self, org_id: str) -> GrantLink | None:
        """Which grant an org uses, read consistently, or None."""

    def list_ids(self) -> Iterator[str]:
        """The ids of all grants, in a stable order, page by page."""


class GrantVault(Protocol):
    """Encrypts the tokens of grants, so that whoever reads the store cannot use them."""

    def seal(self, pair: TokenPair, *, subject: GrantSubject) -> str:
        """The tokens, encrypted for this subject; text."""

    def open(self, sealed: str, *, subject: GrantSubject) -> TokenPair:
        """The tokens.

        Raises:
            InvariantViolation: They were not sealed for this subject, or are damaged.
        """


class ZoomGateway(Protocol):
    """Talks to Zoom as the product's app.

    What Zoom or the network do wrong is a :class:`~zoom_migrator.domain.zoom_failure.ZoomFailure`,
    not an exception. Nothing is ever sent twice.

    Every method raises:
        StoreUnavailable: The product's own secret cannot be read at present.
    """

    def client_id(self) -> str | ZoomFailure:
        """The app's public id."""

    def exchange(
        self, code: str, *, verifier: str, redirect_uri: str
    ) -> IssuedTokens | ZoomFailure:
        """Exchange a code for tokens, exactly once. Zoom ends the user's earlier grant by it."""

    def refresh(self, refresh_token: str) -> IssuedTokens | ZoomFailure:
        """Exchange a refresh token for new tokens, exactly once. The old one dies by it."""

    def revoke(self, access_token: str) -> ZoomFailure | None:
        """End the grant that an access token belongs to; None where Zoom says that it is done."""

    def user(self, access_token: str, *, api_url: str) -> ZoomUser | ZoomFailure:
        """Who the access token belongs to."""

    def products(
        self, access_token: str, user: ZoomUser, *, api_url: str
    ) -> ZoomProducts | ZoomFailure:
        """Which products the user may use."""
