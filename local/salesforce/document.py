"""The base of what is read from JSON: documents of orgs, and bodies of the control API."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Document(BaseModel):
    """A document. Unknown keys are refused, and refusals quote no values: some are secret."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True, hide_input_in_errors=True)
