# SPDX-License-Identifier: Apache-2.0
"""These tests need flytekit: absent, they are skipped on a desk and fail in CI, where it is part of the job."""

import logging
import os

import pytest

os.environ["FLYTE_SDK_LOGGING_LEVEL"] = "50"

if "CI" in os.environ:
    import flytekit  # noqa: F401 - a missing one must fail
else:
    pytest.importorskip("flytekit", reason="flytekit is not installed; CI runs these tests")

# It logs inputs, tracebacks and warnings of its own for every value that it refuses.
logging.disable(logging.CRITICAL)
