# SPDX-License-Identifier: Apache-2.0
"""Which of Flyte's platforms runs a pod, and how its pods must end where the platforms differ.

Flyte 1's ways are here; a pod of Flyte 2's imports ``on_flyte2`` for its own. ``failures`` says whose fault an error
is and asks here for what the platform makes of that. Next: ``process``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from .._idl import ContainerError, ExecutionError
from ..errors import ShimliteError

FLYTE_2_ONLY = "ACTION_NAME"
"""A variable that every pod of Flyte 2's has, and no other."""

Class = tuple[str, ContainerError.Kind, ExecutionError.ErrorKind]
"""Code, kind and origin of an error document."""


class Platform(Protocol):
    def classified(self, error: type[BaseException], names: Collection[str], found: Class) -> Class:
        """What a document says of an error, by what ``failures`` says; ``names`` are those of its class and bases."""

    def exit_code(self, code: int) -> int:
        """The code that the process ends with instead of ``code``."""

    def refused_silence(self) -> ShimliteError | None:
        """The error that ``IgnoreOutputs`` ends as; None where no file is a good end."""


class Flyte1:
    """A pod of Flyte 1's, or a process that is no pod."""

    def classified(self, error: type[BaseException], names: Collection[str], found: Class) -> Class:
        return found

    def exit_code(self, code: int) -> int:
        return code

    def refused_silence(self) -> ShimliteError | None:
        return None


def platform_of(environment: Mapping[str, str]) -> Platform:
    """The platform that gave a pod this environment."""
    if FLYTE_2_ONLY not in environment:
        return Flyte1()
    from .on_flyte2 import Flyte2

    return Flyte2()
