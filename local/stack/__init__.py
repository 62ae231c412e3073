"""The product's own template, running on this machine.

``LocalStack`` starts MiniStack (an AWS in one Python process), builds the SAM template, deploys it
there, and stops everything again. The demo and the integration tests use the same one.
"""

from __future__ import annotations

from local.stack.errors import LocalStackError
from local.stack.stack import LocalStack

__all__ = ["LocalStack", "LocalStackError"]
