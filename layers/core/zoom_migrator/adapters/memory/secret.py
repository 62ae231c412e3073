"""A secret in memory."""

from __future__ import annotations

from zoom_migrator.adapters.limits import check_secret
from zoom_migrator.domain.errors import InvalidSettings


class InMemorySecret:
    """What :class:`~zoom_migrator.adapters.secretsmanager.SecretsManagerSecret` is, in memory."""

    def __init__(self, text: str | None = None) -> None:
        self._text = text

    def read(self) -> str:
        """The current text.

        Raises:
            InvalidSettings: Nothing was written yet.
        """
        if self._text is None:
            raise InvalidSettings("The secret holds no text.")
        return self._text

    def write(self, text: str) -> None:
        """Make this the current text.

        Raises:
            InvalidSettings: The text is too long.
        """
        check_secret(text)
        self._text = text
