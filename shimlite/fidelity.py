# SPDX-License-Identifier: Apache-2.0
"""What a type loses on its way through a ``Literal`` and back: the contract that the laws are tested against.

What comes back of a value is what reading gives of what writing makes. The rows say what their values may lose; here
that is put together for a whole type, and kept where a witness does come back as another value.
"""

from __future__ import annotations

from typing import Any

import attrs

from ._idl import LiteralType
from ._mappings.by_fields import fit_of, is_own_record
from ._mappings.losses import Loss, NoExampleError, Project, cannot_read, is_lost
from ._mappings.members import fits, members
from ._mappings.records import fields_of
from ._mappings.row import type_kind
from ._mappings.stripped import stripped, structs
from ._mappings.unions import readers_in_record
from .engine import UNION, BoundedType, Compiler, ordered, projection
from .errors import UnsupportedTypeError

__all__ = ["Fidelity", "Loss", "fidelity"]

MOST_LOSSES = 1000
"""Losses listed of one type. Records that hold one another twice have more paths than there is time for."""
MOST_EXAMPLES = 10_000
"""Values made to be witnesses or to hold them, for the same reason."""


@attrs.frozen
class Fidelity:
    """What comes back of the values of ``python_type``, written as such and read as ``decoded_as``."""

    python_type: Any
    decoded_as: Any
    losses: tuple[Loss, ...]
    _project: Project = attrs.field(repr=False, eq=False)

    @property
    def exact(self) -> bool:
        """Whether every value comes back as itself."""
        return not self.losses

    def project(self, value: Any) -> Any:
        """The very value that comes back. Raises ConversionError where ``value`` cannot be written or read."""
        return self._project(value)


def fidelity(python_type: Any, decoded_as: Any = None) -> Fidelity:
    """What is lost of values written as ``python_type`` and read as ``decoded_as``, each a type or a ``LiteralType``.

    ``decoded_as`` None stands for what the template alone tells a reader; the interface declares ``python_type`` either
    way. Raises UnsupportedTypeError for a type outside the fixed set, and where not every literal of the one type can
    be read as the other. What a class's own code makes of its fields, in ``__post_init__`` say, is not looked at.
    """
    with BoundedType():
        compiler = Compiler()
        if isinstance(python_type, LiteralType):
            literal_type, python_type = python_type, compiler.guess(python_type)
        else:
            literal_type = compiler.literal_type(python_type)
        read_as = literal_type if decoded_as is None else decoded_as
        decoded_as = compiler.guess(read_as) if isinstance(read_as, LiteralType) else read_as
        literal_type = stripped(literal_type)
        project = projection(python_type, literal_type, decoded_as)
        listed = _Accountant(compiler, MOST_EXAMPLES).account(python_type, literal_type, decoded_as)
        losses = tuple(_with_true_witness(loss, project) for loss in listed)
    return Fidelity(python_type, decoded_as, losses, project)


def _with_true_witness(loss: Loss, project: Project) -> Loss:
    """Without its witness, where that cannot be written after all, or has by chance what the reader puts there."""
    return loss if loss.witness is None or is_lost(loss.witness, project) else loss._replace(witness=None)


class _Accountant:
    """Answers the rows' questions about what they hold (see ``_mappings.losses.Accountant``), for one pair of types."""

    def __init__(self, compiler: Compiler, examples: int) -> None:
        self.compiler = compiler
        self._examples_left = examples
        self._examples_open: list[Any] = []
        self._packed: dict[Any, tuple[Loss, ...] | UnsupportedTypeError] = {}

    def project(self, python_type: Any, literal_type: LiteralType, decoded_as: Any) -> Project:
        return projection(python_type, literal_type, decoded_as)

    def account(self, python_type: Any, literal_type: LiteralType, decoded_as: Any) -> tuple[Loss, ...]:
        row, bare = self.compiler.row(python_type)
        if type_kind(literal_type) == "union_type":
            row = UNION
        else:
            decoded_as = self._only_reader(bare, decoded_as, literal_type)
        return row.account(bare, literal_type, self.compiler.row(decoded_as)[1], self)[:MOST_LOSSES]

    def _only_reader(self, python_type: Any, decoded_as: Any, literal_type: LiteralType) -> Any:
        """Of a union that is to read what is none, the member that reads it: a dict, or the record of those fields."""
        choices = members(self.compiler.row(decoded_as)[1])
        if len(choices) == 1:
            return choices[0]
        fitting = [member for member in choices if fits(member, literal_type, self.compiler)]
        if len(fitting) > 1:
            dicts = [member for member in fitting if fit_of(member) is None]
            fitting = dicts if any(structs(literal_type)) and dicts else _of_fields(python_type, fitting)
        if len(fitting) != 1:
            raise cannot_read(python_type, decoded_as)
        return fitting[0]

    def packed(self, python_type: Any, decoded_as: Any) -> tuple[Loss, ...]:
        key = ordered(python_type), ordered(decoded_as)
        if key not in self._packed:
            self._packed[key] = ()  # a record that holds itself: what it loses is being listed further out
            try:
                self._packed[key] = self._packed_anew(python_type, decoded_as)[:MOST_LOSSES]
            except UnsupportedTypeError as error:
                self._packed[key] = error
        found = self._packed[key]
        if isinstance(found, UnsupportedTypeError):
            raise found
        return found

    def _packed_anew(self, python_type: Any, decoded_as: Any) -> tuple[Loss, ...]:
        (row, bare), (_, read_as) = self.compiler.row(python_type), self.compiler.row(decoded_as)
        if not row.finite and members(bare) == (bare,) and members(read_as) != (read_as,):
            read_as = self.compiler.row(*readers_in_record(bare, read_as, self))[1]
        return row.packed_losses(bare, read_as, self)

    def through_msgpack(self, python_type: Any, decoded_as: Any) -> Project:
        pack, unpack = self.compiler.packed(python_type).pack, self.compiler.packed(decoded_as).unpack
        return lambda value: unpack(pack(value))

    def example(self, python_type: Any) -> Any:
        row, bare = self.compiler.row(python_type)
        if self._examples_left <= 0 or bare in self._examples_open:
            raise NoExampleError
        self._examples_left -= 1
        self._examples_open.append(bare)
        try:
            return row.example(bare, self)
        finally:
            self._examples_open.pop()


def _of_fields(python_type: Any, records: list[Any]) -> list[Any]:
    """Those that have the very fields of a record; none of what is no record."""
    if not is_own_record(python_type):
        return []
    names = {field.name for field in fields_of(python_type)}
    own = [record for record in records if is_own_record(record)]
    return [record for record in own if {field.name for field in fields_of(record)} == names]
