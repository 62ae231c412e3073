"""What ``sam build`` makes, as a function finds it: alone, without this project's environment."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from scripts.build import ROOT, build, machine_architecture
from tests.functions.resources import function_resources

FUNCTIONS: Final = sorted(function_resources())
# Source: Lambda quotas: function and layers together, unzipped.
LAMBDA_LIMIT_BYTES: Final = 250 * 1024 * 1024
# PEP 552: the second word of a .pyc; bit 0 says hash-based, bit 1 says check the source.
UNCHECKED_HASH: Final = 0b01
IMPORT_ALONE: Final = """
import sys
sys.path[:0] = sys.argv[1:]
import app
assert callable(app.lambda_handler)
homes = (*sys.argv[1:], sys.base_prefix)
strays = [
    name for name, module in sys.modules.items()
    if getattr(module, "__file__", None) and not module.__file__.startswith(homes)
]
sys.exit(f"imported from elsewhere: {strays}" if strays else 0)
"""

pytestmark = pytest.mark.xdist_group("embedded_aws")


@pytest.fixture(scope="session")
def build_dir() -> Path:
    """The build for this machine, the same that the embedded AWS runs."""
    architecture = machine_architecture()
    return build(architecture, ROOT / ".local" / "build" / architecture).parent


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_packaged_function_finds_everything_it_imports_in_itself_and_its_layers(
    build_dir: Path, function: str
) -> None:
    places = [
        build_dir / function,
        build_dir / "CoreLayer" / "python",
        build_dir / "DependenciesLayer" / "python",
    ]

    # -I and -S: no environment variables, no site-packages.
    finished = subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-S", "-c", IMPORT_ALONE, *map(str, places)],
        env={"AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert finished.stderr == ""
    assert finished.returncode == 0


def test_every_module_has_bytecode_that_is_used_whatever_its_sources_date(build_dir: Path) -> None:
    sources = [path for path in build_dir.rglob("*.py") if "__pycache__" not in path.parts]
    stale = [
        path
        for path in sources
        if int.from_bytes(bytecode(path).read_bytes()[4:8], "little") != UNCHECKED_HASH
    ]

    assert len(sources) > 500
    assert stale == []


def test_bytecode_does_not_say_where_it_was_built(build_dir: Path) -> None:
    module = bytecode(build_dir / "CoreLayer" / "python" / "zoom_migrator" / "contracts.py")

    assert str(ROOT).encode() not in module.read_bytes()


def test_a_function_with_its_layers_stays_far_below_lambdas_limit(build_dir: Path) -> None:
    assert size(build_dir) < LAMBDA_LIMIT_BYTES / 2


def test_the_product_and_its_dependencies_are_in_layers_and_not_in_the_functions(
    build_dir: Path,
) -> None:
    for function in FUNCTIONS:
        files = {path.name for path in (build_dir / function).iterdir()} - {"__pycache__"}

        assert files == {"__init__.py", "app.py"}


def test_every_service_that_the_code_calls_is_described_in_the_layer(build_dir: Path) -> None:
    described = {
        path.name
        for path in (build_dir / "DependenciesLayer/python/botocore/data").iterdir()
        if path.is_dir()
    }

    assert set(services_called()) <= described


def test_no_test_tool_is_shipped() -> None:
    shipped = (ROOT / "layers/dependencies/requirements.txt").read_text(encoding="utf-8")

    assert not re.search(r"^(pytest|moto|ministack|mypy|ruff|typer|rich)==", shipped, re.MULTILINE)


def test_what_is_shipped_is_what_the_tests_run_against() -> None:
    tested = locked(ROOT / "locks/dev.txt")
    shipped = locked(ROOT / "layers/dependencies/requirements.txt")

    assert shipped.items() <= tested.items()


def services_called() -> Iterator[str]:
    """Names of the services that the functions' code opens clients of."""
    for folder in ("functions", "layers/core"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            yield from re.findall(r"""\b(?:client|resource)\(\s*["'](\w+)["']""", text)


def bytecode(source: Path) -> Path:
    return source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def locked(path: Path) -> dict[str, str]:
    """Versions by package of a lock."""
    return dict(re.findall(r"^([\w.-]+)==(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE))
