"""Errors in the two shapes of the platform: REST arrays and OAuth objects."""

from __future__ import annotations


class ApiError(Exception):
    """A REST request is refused.

    Attributes:
        status: HTTP status.
        code: The errorCode.
        message: The message for people.
        fields: Names of the fields it is about; empty leaves the key out.
    """

    def __init__(self, status: int, code: str, message: str, fields: tuple[str, ...] = ()) -> None:
        """Keep what goes into the answer."""
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.fields = fields

    def body(self) -> list[dict[str, object]]:
        """Return the error array of the REST API."""
        entry: dict[str, object] = {"message": self.message, "errorCode": self.code}
        if self.fields:
            entry["fields"] = list(self.fields)
        return [entry]


class OAuthError(Exception):
    """A token request is refused.

    Attributes:
        status: HTTP status.
        error: The OAuth error.
        description: The error_description; None leaves the key out.
    """

    def __init__(self, error: str, description: str | None, status: int = 400) -> None:
        """Keep what goes into the answer."""
        super().__init__(f"{error}: {description}")
        self.status = status
        self.error = error
        self.description = description

    def body(self) -> dict[str, str]:
        """Return the error object of RFC 6749, section 5.2."""
        answer = {"error": self.error}
        if self.description is not None:
            answer["error_description"] = self.description
        return answer


def not_found() -> ApiError:
    """Return the answer for a resource or record that is not there, or not to be seen."""
    return ApiError(404, "NOT_FOUND", "The requested resource does not exist")


def session_invalid() -> ApiError:
    """Return the answer for a missing, unknown or expired token."""
    return ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")
