# SPDX-License-Identifier: Apache-2.0
"""The tests pass whatever the environment says of Flyte, clouds, proxies and the terminal (``tests.surroundings``)."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

from ..surroundings import KEPT, forgotten

ROOT = pathlib.Path(__file__).parents[2]
NONSENSE = {
    "FLYTE_SDK_LOGGING_LEVEL": "nonsense",
    "FLYTE_FAIL_ON_ERROR": "true",
    "FLYTE_INTERNAL_EXECUTION_ID": "x",
    "FLYTE_SECRETS_ENV_PREFIX": "x",
    "FLYTE_AWS_ENDPOINT": "nonsense",
    "_F_L_MIN_SIZE_MB": "-1",
    "_F_DES": "x",
    "BATCH_JOB_ARRAY_INDEX_VAR_NAME": "x",
    "AWS_REGION": "nowhere",
    "http_proxy": "http://127.0.0.1:1",
    "TZ": "Nonsense/Zone",
    "LC_ALL": "C",
    "PYTHONIOENCODING": "ascii",
    "COLUMNS": "10",
    "FORCE_COLOR": "1",
}
TESTS = (
    "container/test_entrypoint.py::test_a_run_leaves_outputs_and_nothing_else",
    "container/test_entrypoint.py::test_what_an_executor_raises_is_the_users_and_final",
    "container/test_settings.py",
    "commands/test_cli.py",
    "test_secrets.py",
)
"""Some that fail where they see these variables."""


def test_nothing_of_the_desk_is_seen():
    assert forgotten(os.environ) == []


def test_what_a_run_of_the_tests_chooses_is_kept():
    chosen = ("AZURITE", "CI", "COVERAGE_PROCESS_START", "HYPOTHESIS_PROFILE", "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION")
    assert forgotten([*KEPT, *chosen, "HOME", "PATH", "TMPDIR", "TZ", "http_proxy", "NO_PROXY", "_U_X"]) == [
        "http_proxy", "NO_PROXY", "_U_X",
    ]  # fmt: skip


def test_a_nonsensical_environment_changes_nothing():
    command = [sys.executable, "-m", "pytest", "-o", "addopts=", "-p", "no:cacheprovider", "-q", *TESTS]
    ended = subprocess.run(
        command, cwd=ROOT / "tests", env={**os.environ, **NONSENSE, "PYTHONPATH": str(ROOT)}, capture_output=True,
        text=True, timeout=300,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout
