# SPDX-License-Identifier: Apache-2.0
"""What a pod does: arguments, environment, storage, the run itself, and the files it leaves."""

from __future__ import annotations

from .arguments import Arguments
from .entrypoint import execute

__all__ = ["Arguments", "execute"]
