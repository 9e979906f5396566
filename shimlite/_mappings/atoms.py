# SPDX-License-Identifier: Apache-2.0
"""Rows of types whose values hold no others: what they lose is a list of witnesses, tried one by one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar

from .._idl import LiteralType
from ..errors import ConversionError
from .losses import Accountant, Loss, Project, cannot_read, shown
from .row import Row, spell


class AtomRow(Row):
    may_lose: ClassVar[tuple[Loss, ...]] = ()

    def losses(self, python_type: Any, project: Project, accountant: Accountant) -> tuple[Loss, ...]:
        """What a value of this type may lose, however it is read."""
        return self.may_lose

    def as_plain(self, python_type: Any, accountant: Accountant) -> tuple[Loss, ...]:
        """What it may lose where nothing says that it is more than JSON-like data."""
        what, why = f"that it was a {spell(python_type)}", "JSON-like data has no such type"
        return (Loss("", what, why, self.example(python_type, accountant)),)

    @abstractmethod
    def reads_literal(self, python_type: Any, decoded_as: Any) -> bool:
        """Whether literals of all these values can be read as another type."""

    @abstractmethod
    def reads(self, python_type: Any, decoded_as: Any, accountant: Accountant) -> bool:
        """Whether what msgpack holds of these values can all be read as another type."""

    def account(
        self, python_type: Any, literal_type: LiteralType, decoded_as: Any, accountant: Accountant
    ) -> tuple[Loss, ...]:
        if not self.reads_literal(python_type, decoded_as):
            raise cannot_read(python_type, decoded_as)
        project = accountant.project(python_type, literal_type, decoded_as)
        return shown(self.losses(python_type, project, accountant), project)

    def packed_losses(self, python_type: Any, decoded_as: Any, accountant: Accountant) -> tuple[Loss, ...]:
        project = accountant.through_msgpack(python_type, decoded_as)
        if decoded_as is Any:
            return shown(self.as_plain(python_type, accountant), project)
        if not self.reads(python_type, decoded_as, accountant):
            raise cannot_read(python_type, decoded_as)
        return shown(self.losses(python_type, project, accountant), project)


def takes_all(values: Iterable[Any], project: Project) -> bool:
    """Whether each of a few values comes back, changed or not."""
    try:
        for value in values:
            project(value)
    except ConversionError:
        return False
    return True
