# SPDX-License-Identifier: Apache-2.0
"""What a value loses on its way through a literal, and what comes back of it.

A row names what its values *may* lose, each with a witness: a value that shows it. Whether they do depends on where the
literal is read, so a loss is claimed only when its witness, sent that way, comes back as another value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Protocol

from .._idl import LiteralType
from ..equality import same
from ..errors import ConversionError, UnsupportedTypeError
from .row import Compiler, Convert, spell

Project = Convert
"""From a value to the one that comes back; raises ConversionError for what cannot be written."""


class Loss(NamedTuple):
    """One thing that does not come back.

    ``path`` says where inside the type it is, as Python would subscript a value: ``[i]`` an element, ``[key]`` a dict's
    value, ``(key)`` its key, ``.name`` a field, ``<T>`` a member of a union of several; empty for the type itself.
    """

    path: str
    what: str
    why: str
    witness: Any = None
    """A value of the whole type that shows it. None, which is never lost itself, where no example could be made: a
    class of yours refuses it, or the union that holds it does."""


class NoExampleError(Exception):
    """A type has no value to show: an Enum without members, a class that refuses what its fields' types allow."""


class Accountant(Protocol):
    """What a row may ask while its losses are being listed. ``shimlite.fidelity`` is the one that answers."""

    @property
    def compiler(self) -> Compiler: ...
    def project(self, python_type: Any, literal_type: LiteralType, decoded_as: Any) -> Project:
        """What comes back of values that are literals of their own."""

    def account(self, python_type: Any, literal_type: LiteralType, decoded_as: Any) -> tuple[Loss, ...]:
        """Of values that are literals of their own. Raises UnsupportedTypeError where the types do not fit."""

    def packed(self, python_type: Any, decoded_as: Any) -> tuple[Loss, ...]:
        """Of what msgpack holds: fields of a record, items of a dict that is a STRUCT. Raises likewise."""

    def through_msgpack(self, python_type: Any, decoded_as: Any) -> Project: ...
    def example(self, python_type: Any) -> Any:
        """A value of the type, as plain as can be. Raises NoExampleError where there is none."""


def shown(losses: Iterable[Loss], project: Project) -> tuple[Loss, ...]:
    """Those losses whose witness does come back as another value."""
    return tuple(loss for loss in losses if is_lost(loss.witness, project))


def is_lost(witness: Any, project: Project) -> bool:
    try:
        return not same(project(witness), witness)
    except ConversionError:  # refused, so not lost
        return False


def inside(segment: str, losses: Iterable[Loss], whole: Callable[[Any], Any]) -> tuple[Loss, ...]:
    """The losses of a part as losses of the whole: ``whole`` makes, of a part's witness, one of the whole."""
    return tuple(loss._replace(path=segment + loss.path, witness=_witness(loss.witness, whole)) for loss in losses)


def _witness(witness: Any, whole: Callable[[Any], Any]) -> Any:
    try:
        return None if witness is None else whole(witness)
    except NoExampleError:
        return None


def cannot_read(python_type: Any, decoded_as: Any) -> UnsupportedTypeError:
    """Some value of the one type, once written, is none of the other."""
    return UnsupportedTypeError(
        f"not every {spell(python_type)} can be read as {spell(decoded_as)}",
        expected=spell(python_type),
        got=spell(decoded_as),
    )
