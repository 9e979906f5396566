# SPDX-License-Identifier: Apache-2.0
"""What a type loses on its way through a ``Literal`` and back: the contract that the laws are tested against.

A loss is an observation that is another one after encoding and decoding; ``_types.losses`` finds them.
Next: ``normal``, which does the same for literals.
"""

from __future__ import annotations

from typing import Any

import attrs

from ._idl import LiteralType
from ._types.literal_types import literal_type_of, node_of
from ._types.losses import Comparison
from ._types.nodes import python_type_of, unworded
from ._types.parse import parse
from ._types.rows import Convert
from ._types.stripped import stripped
from ._types.witnesses import MOST_LOSSES, Loss, is_lost
from .engine import bounded_type, projection

__all__ = ["Fidelity", "Loss", "fidelity"]


@attrs.frozen
class Fidelity:
    """What comes back of the values of ``python_type``, written as such and read as ``decoded_as``."""

    python_type: Any
    decoded_as: Any
    losses: tuple[Loss, ...]
    _project: Convert = attrs.field(repr=False, eq=False)

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
    with bounded_type():
        if isinstance(python_type, LiteralType):
            literal_type, written = python_type, node_of(python_type)
            python_type = python_type_of(written)
        else:
            literal_type, written = literal_type_of(parse(python_type)), unworded(parse(python_type))
        read_as = literal_type if decoded_as is None else decoded_as
        read = node_of(read_as) if isinstance(read_as, LiteralType) else unworded(parse(read_as))
        decoded_as = python_type_of(read) if isinstance(read_as, LiteralType) else read_as
        literal_type = stripped(literal_type)
        project = projection(written, literal_type, read)
        listed = Comparison().of_literals(written, literal_type, read)[:MOST_LOSSES]
        losses = tuple(_with_true_witness(loss, project) for loss in listed)
    return Fidelity(python_type, decoded_as, losses, project)


def _with_true_witness(loss: Loss, project: Convert) -> Loss:
    """The loss without a witness that cannot be written, or that happens to be what the reader gives."""
    return loss if loss.witness is None or is_lost(loss.witness, project) else loss._replace(witness=None)
