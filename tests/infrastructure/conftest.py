from __future__ import annotations

import pytest

from scripts.expand_template import expand, load
from tests.infrastructure.templates import Template


@pytest.fixture(scope="session")
def template() -> Template:
    """The template as it is written."""
    return load()


@pytest.fixture(scope="session")
def expanded(template: Template) -> Template:
    """The template as AWS expands and deploys it."""
    return expand(template)
