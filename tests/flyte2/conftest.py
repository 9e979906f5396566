# SPDX-License-Identifier: Apache-2.0
"""These tests need Flyte 2's SDK: without it they are left out on a desk, with a word, and fail in CI.

The SDK sends nothing to anybody: it is told so before it is imported, and its service is one of the tests.
"""

import importlib.util
import logging
import os
import warnings

import pytest

from .service import Service

os.environ["DO_NOT_TRACK"] = "1"

HAVE_FLYTE = importlib.util.find_spec("flyte") is not None
if not HAVE_FLYTE and "CI" in os.environ:
    raise ModuleNotFoundError("CI runs tests/flyte2, and flyte is not installed")

if HAVE_FLYTE:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its classes are as pydantic 1 had them
        import flyte.io

collect_ignore_glob = [] if HAVE_FLYTE else ["test_*.py"]


def pytest_report_header() -> str:
    return "flyte2: with the SDK" if HAVE_FLYTE else "flyte2: LEFT OUT, flyte is not installed"


def pytest_configure(config: pytest.Config) -> None:
    """Warnings are errors here, but the SDK's own are not ours to mend."""
    for ignored in ("ResourceWarning", "pytest.PytestUnraisableExceptionWarning", "FutureWarning"):
        config.addinivalue_line("filterwarnings", f"ignore::{ignored}")


@pytest.fixture(autouse=True)
def quiet():
    """The SDK logs tracebacks of what a task raises."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="session")
def service():
    """A service of Flyte 2's, which the SDK is connected to."""
    with Service() as running:
        flyte.init(endpoint=f"dns:///127.0.0.1:{running.port}", insecure=True, project="p", domain="d", org="o")
        yield running
