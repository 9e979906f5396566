# SPDX-License-Identifier: Apache-2.0
"""What the tests forget of the environment they are run in: a desk has credentials, a pod has Flyte's variables.

``conftest`` calls ``forget`` before any test is imported, so processes that the tests start do not see them either.
``tests/container/test_surroundings.py`` shows it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

FLYTE = ("FLYTE", "_FLYTE", "_F_", "_FSEC_", "_U_", "UNION_", "_UNION_", "ACTION_NAME", "RUN_NAME", "BATCH_JOB_")
CLOUDS = ("AWS_", "AZURE_", "GOOGLE_", "STORAGE_EMULATOR_HOST", "IDENTITY_", "MSI_")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
"""In both cases."""
TERMINAL = ("COLUMNS", "LINES", "FORCE_COLOR", "LANG", "LC_")
"""What decides how help, tracebacks and text of other encodings look. A time zone is not among them, since nothing may
depend on it."""
PYTHON = ("PYTHON",)
KEPT = ("PYTHONPATH", "PYTHONHOME", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHON_GIL")
"""What says where Python lies, and what a run of the tests may choose."""
PREFIXES = (*FLYTE, *CLOUDS, *PROXIES, *TERMINAL, *PYTHON)


def forgotten(names: Iterable[str]) -> list[str]:
    return [name for name in names if name.upper().startswith(PREFIXES) and name not in KEPT]


def forget() -> None:
    for name in forgotten(list(os.environ)):
        del os.environ[name]
