# SPDX-License-Identifier: Apache-2.0
"""These tests need flytekit: without it they are left out on a desk, with a word, and fail in CI."""

import importlib.util
import logging
import os
import warnings

import pytest

os.environ["FLYTE_SDK_LOGGING_LEVEL"] = "50"
os.environ["DO_NOT_TRACK"] = "1"

HAVE_FLYTEKIT = importlib.util.find_spec("flytekit") is not None
if not HAVE_FLYTEKIT and "CI" in os.environ:
    raise ModuleNotFoundError("CI runs tests/interop, and flytekit is not installed")

if HAVE_FLYTEKIT:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the classes of Flyte 2's SDK are as pydantic 1 had them
        import flyte.io  # noqa: F401

collect_ignore_glob = [] if HAVE_FLYTEKIT else ["test_*.py"]


@pytest.fixture(autouse=True)
def quiet():
    """flytekit logs inputs, tracebacks and warnings of its own for every value that it refuses."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def pytest_report_header() -> str:
    return "interop: with flytekit" if HAVE_FLYTEKIT else "interop: LEFT OUT, flytekit is not installed"


def pytest_configure(config: pytest.Config) -> None:
    """Warnings are errors here, but flytekit's own are not ours to mend: coroutines that it makes and forgets."""
    config.addinivalue_line("filterwarnings", "ignore:coroutine 'TypeEngine:RuntimeWarning")
    config.addinivalue_line("filterwarnings", "ignore::pytest.PytestUnraisableExceptionWarning")
