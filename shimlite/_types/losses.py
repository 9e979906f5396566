# SPDX-License-Identifier: Apache-2.0
"""What a writer's type loses where a reader has another, or the same: each witness is run through the codec.

The two types are followed to where values hold no others. Their structure tells whether a reader takes all values, and
so do examples and witnesses there; no instance of a user's class is made for it. Next: ``engine``.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from .._idl import Literal, LiteralType, type_kind
from ..errors import ConversionError, UnsupportedTypeError
from .atoms import ANY, NONE, STR
from .by_fields import fit_of
from .literal_codec import Codecs
from .model_losses import Parts, is_bytes, is_foreign, unwritten_fields
from .nodes import UNTYPED, Choice, Dict, Field, List, Map, Node, Record, Reference, Union, holds, is_frame, members
from .packed_unions import readers_in_record
from .parse import spell, spell_apart
from .readings import named
from .rows import Atom, Convert, Observation
from .stripped import MOST_LEVELS, structs
from .variants import Arm, Taker, arms_of, fits, members_of_union
from .witnesses import (
    MOST_LOSSES,
    NO_SUCH_CLASS,
    NO_SUCH_TYPE,
    Examples,
    Loss,
    Losses,
    NoExampleError,
    is_lost,
    items_of,
    observations,
    plainest,
)

MOST_EXAMPLES = 10_000
"""Values made to be witnesses or to hold them, for the same reason."""


@attrs.frozen(eq=False, repr=False)
class _Way:
    """How a part of a value travels."""

    write: Convert
    read: Convert

    def __call__(self, value: Any, /) -> Any:
        return self.read(self.write(value))


_ANY_WITNESS = object()
"""Stands for a witness that is any value of a field."""


class Comparison:
    """The losses of one pair of types: a writer's and a reader's."""

    def __init__(self) -> None:
        self._codecs = Codecs()
        self._examples = Examples(MOST_EXAMPLES)
        self._packed: dict[tuple[Node, Node], Losses | UnsupportedTypeError] = {}

    # ---------------------------------------------------------------------------------------------------- literals

    def of_literals(self, written: Node, literal_type: LiteralType, read: Node) -> Losses:
        """The losses of values with literals of their own. Raises UnsupportedTypeError where the types do not fit."""
        kind = type_kind(literal_type)
        if kind == "union_type":
            return self._of_union(written, literal_type, read)
        read = self._only_reader(written, literal_type, read)
        if kind == "STRUCT":
            return self.of_msgpack(written, read)
        match written, read:
            case List(item), List(read_item):
                return _lifted("[i]", self.of_literals(item, literal_type.collection_type, read_item), _in_list)
            case Map(item), Map(read_item):
                return self._in_dict(STR, self.of_literals(item, literal_type.map_value_type, read_item))
        return self._of_leaf(written, read, self._through_literal(written, literal_type, read))

    def _through_literal(self, written: Node, literal_type: LiteralType, read: Node) -> _Way:
        encode, decode = self._codecs.codec(written, literal_type).encode, self._codecs.codec(read, literal_type).decode

        def write(value: Any) -> Literal:
            literal = Literal()
            encode(value, literal)
            return literal

        return _Way(write, decode)

    def _only_reader(self, written: Node, literal_type: LiteralType, read: Node) -> Node:
        """Where a union reads a type that is none, the member that reads it: a dict, or the record of those fields."""
        if not isinstance(read, Union):
            return read
        fitting = [member for member in read.members if fits(member, literal_type, self._codecs.codec)]
        if len(fitting) > 1:
            dicts = [member for member in fitting if fit_of(member) is None]
            fitting = dicts if any(structs(literal_type)) and dicts else _of_fields(written, fitting)
        if len(fitting) != 1:
            raise cannot_read(written, read)
        return fitting[0]

    def _of_union(self, written: Node, literal_type: LiteralType, read: Node) -> Losses:
        writers, losses = [], []
        for arm, other in zip(self._arms(written, literal_type), self._arms(read, literal_type)):
            if len(other.takers) > len(arm.takers) and not any(taker.fit for taker in other.takers):
                raise cannot_read(written, read)  # two Enums of one list of values, say
            for writer in arm.takers:
                reader = _reader_of(writer, other, written, read)
                writers.append(writer.member)
                losses.append(self.of_literals(writer.member, writer.variant, reader.member))
        return _of_members(writers, losses, self._through_literal(written, literal_type, read))

    def _arms(self, node: Node, literal_type: LiteralType) -> list[Arm]:
        return arms_of(node, literal_type.union_type.variants, self._codecs.codec, members_of_union(node), MOST_LEVELS)

    # ----------------------------------------------------------------------------------------------------- msgpack

    def of_msgpack(self, written: Node, read: Node) -> Losses:
        """The losses of what msgpack holds: fields of a record, items of a dict that is a STRUCT. Raises the same."""
        if (written, read) not in self._packed:
            self._packed[written, read] = ()  # a record that holds itself: its losses are being listed further out
            try:
                self._packed[written, read] = self._of_msgpack(written, read)[:MOST_LOSSES]
            except UnsupportedTypeError as error:
                self._packed[written, read] = error
        result = self._packed[written, read]
        if isinstance(result, UnsupportedTypeError):
            raise result
        return result

    def _of_msgpack(self, written: Node, read: Node) -> Losses:
        if isinstance(read, Union) and not isinstance(written, (Union, Choice)):
            read = self._readers(written, read)[0]
        match written, read:
            case Union(choices), _:
                losses = [self.of_msgpack(*pair) for pair in zip(choices, self._readers(written, read))]
                return _of_members(choices, losses, self._through_msgpack(written, read))
            case List(item), List(read_item):
                return _lifted("[i]", self.of_msgpack(item, read_item), _in_list)
            case List(item), _ if read is ANY:
                return _lifted("[i]", self.of_msgpack(item, ANY), _in_list)
            case ((Map() | Dict()), (Map() | Dict())):
                return self._of_dict(written, read)
            case ((Map() | Dict()), _) if read is ANY:
                return self._of_dict(written, UNTYPED)
            case (Record(is_model=True), _) | (Record(), Record(is_model=True)):
                return self._of_model(written, read)
            case Record(), _:
                return self._of_record(written, read)
            case (List() | Map() | Dict(), _) | (_, List() | Map() | Dict() | Record()):
                raise cannot_read(written, read)
        return self._of_leaf(written, read, self._through_msgpack(written, read))

    def _through_msgpack(self, written: Node, read: Node) -> _Way:
        pack, unpack = self._codecs.packings[written].pack, self._codecs.packings[read].unpack
        return _Way(pack, unpack)

    def _readers(self, written: Node, read: Node) -> list[Node]:
        readers = readers_in_record(written, read, self._codecs.packings.__getitem__, self._reads)
        if readers is None:
            unread = (one for one in members(written) if not any(self._reads(one, other) for other in members(read)))
            raise cannot_read(next(unread, written), read)
        return readers

    def _reads(self, written: Node, read: Node) -> bool:
        try:
            self.of_msgpack(written, read)
        except UnsupportedTypeError:
            return False
        return True

    def _of_dict(self, written: Map | Dict, read: Map | Dict) -> Losses:
        (key, item), (read_key, read_item) = items_of(written), items_of(read)
        keys = () if key is read_key is ANY else self.of_msgpack(key, read_key)  # keys of an untyped dict lose nothing
        of_keys = _lifted("(key)", keys, lambda witness: {witness: self._examples.of(item)})
        return (*of_keys, *self._in_dict(key, self.of_msgpack(item, read_item)))

    def _in_dict(self, key: Node, losses: Losses) -> Losses:
        return _lifted("[key]", losses, lambda witness: {self._examples.of(key): witness})

    def _of_record(self, record: Record, read: Node) -> Losses:
        losses: Losses = ()
        if record != read:
            losses = (self._class_of(record, read),)
        read_as = _field_types(record, read)
        for field in record.fields:
            if field.name in read_as:
                lost_inside = self.of_msgpack(field.node, read_as[field.name])
            else:
                why = f"{spell(read)} has no such field" if field.init else "no parameter of its class sets it"
                lost_inside = (Loss("", "what it held", why, _ANY_WITNESS),)
            losses += self._in_field(record, field, lost_inside)
        return losses

    def _class_of(self, record: Record, read: Node) -> Loss:
        why = "it is read as another class" if isinstance(read, Record) else NO_SUCH_CLASS
        lost = Loss("", f"its class {spell(record)}", why, _ANY_WITNESS)
        return _lifted("", (lost,), lambda _: self._examples.record(record))[0]

    def _in_field(self, record: Record, field: Field, losses: Losses) -> Losses:
        def whole(witness: Any) -> Any:
            value = self._examples.of(field.node) if witness is _ANY_WITNESS else witness
            return self._examples.record(record, field, value)

        return _lifted(f".{field.name}", losses, whole)

    def _of_model(self, record: Record, read: Node) -> Losses:
        """The losses where pydantic writes or reads a record: its own code tells, so each value is run through it."""
        way, read_as = self._through_msgpack(record, read), _field_types(record, read)
        losses: Losses = ()
        if record != read:
            self._refuse_unless_pydantic_reads(record, read, read_as, way)
            losses = (self._class_of(record, read),)
        parts, unwritten = Parts(self._examples), unwritten_fields(record)
        losses += parts.own_losses(record)
        for field in record.fields:
            if field.name not in read_as or field.name in unwritten:
                why = "its model leaves it out" if field.name in unwritten else f"{spell(read)} has no such field"
                losses += self._in_field(record, field, (Loss("", "what it held", why, _ANY_WITNESS),))
            elif read_as[field.name] is ANY and holds(field.node, is_foreign):
                losses += (Loss(f".{field.name}", f"that it was a {spell(field.node)}", NO_SUCH_TYPE),)
            else:
                losses += parts.losses(record, field, way)
        return losses + parts.untried()

    def _refuse_unless_pydantic_reads(self, record: Record, read: Node, read_as: Mapping[str, Node], way: _Way) -> None:
        """Bytes are UTF-8 in a model and base64 elsewhere; of how pydantic reads a type, an example tells."""
        both = record.is_model and isinstance(read, Record) and read.is_model
        for field in record.fields:
            reader = read_as.get(field.name, ANY)
            has_foreign = holds(field.node, is_foreign)
            if (has_foreign and reader not in (ANY, field.node)) or (
                not both and holds(field.node, is_bytes) and not (record.is_model and reader is ANY)
            ):
                raise cannot_read(record, read)
            if not has_foreign and reader is not ANY:
                self.of_msgpack(field.node, reader)
        with contextlib.suppress(NoExampleError):
            if not _takes_all(record, [Observation("", "", self._examples.record(record))], way):
                raise cannot_read(record, read)

    # -------------------------------------------------------------------------- values that hold no others

    def _of_leaf(self, written: Node, read: Node, way: _Way) -> Losses:
        """Raises UnsupportedTypeError where the reader refuses a witness or an example."""
        if is_frame(written) or is_frame(read):
            return _of_frame(written, read)
        if read is ANY and isinstance(written, (Atom, Reference)) and written is not ANY:
            plain = plainest(written)
            loss = Loss("", f"that it was a {spell(written)}", NO_SUCH_TYPE, plain)
            return (loss,) if is_lost(plain, way) else ()
        possible = [*observations(written)]
        if not _is_one_kind(written, read) or not _takes_all(written, possible, way):
            raise cannot_read(written, read)
        lost = [one for one in possible if is_lost(one.witness, way, one.look)]
        if isinstance(written, Choice):
            lost = [*lost[:1], *_one_member_for_two(lost, read, way)]
        return tuple(Loss("", one.what, one.why, one.witness) for one in lost)


def _of_frame(written: Node, read: Node) -> Losses:
    """Nothing is run: a dataframe takes a library and a file. A reference may be to a table that is no Parquet."""
    if not (isinstance(written, Reference) and is_frame(written) and isinstance(read, Reference)):
        raise cannot_read(written, read)
    whats = ["what Parquet does not keep"]
    if read.cls is not written.cls:
        whats.append(f"its class {spell(written)}")
    return tuple(Loss("", what, "a table travels as Parquet") for what in whats)


def _one_member_for_two(lost: Iterable[Observation], read: Node, way: _Way) -> Iterator[Observation]:
    """Two texts of an enum may be a member's name and its alias. The first such text shows it."""
    seen: set[int] = set()
    for one in lost if isinstance(read, Choice) and read.enum is not None else ():
        member = way(one.witness)
        if id(member) in seen:
            yield Observation("which name of a member it was", f"{spell(read)} has one member of both", one.witness)
            return
        seen.add(id(member))


def _is_one_kind(written: Node, read: Node) -> bool:
    match written, read:
        case Choice(), _:
            return True  # each of its values is tried
        case Atom(simple=simple), Atom(simple=other):
            return simple == other
        case Reference(row, file_format), Reference(other_row, other_format):
            return row is other_row and (row.kind != "blob" or len({file_format, other_format} - {""}) <= 1)
    return False


def _takes_all(written: Node, possible: Iterable[Observation], way: _Way) -> bool:
    """Whether the reader takes each example and each witness that can be written."""
    examples = written.examples if isinstance(written, Atom) else ()
    packed = []
    for value in (*examples, *(one.witness for one in possible)):
        with contextlib.suppress(ConversionError):
            packed.append(way.write(value))
    try:
        for one in packed:
            way.read(one)
    except ConversionError:
        return False
    return True


def _in_list(witness: Any) -> Any:
    return [witness]


def _field_types(record: Record, read: Node) -> dict[str, Node]:
    """The node that reads each field, where one does. Raises UnsupportedTypeError where the reader needs others."""
    names = [field.name for field in record.fields]
    if isinstance(read, Record):
        readers = [field for field in read.fields if field.init]
        if all(field.name in names or not field.required for field in readers):
            return {field.name: field.node for field in readers}
    elif read is ANY:
        return dict.fromkeys(names, ANY)
    elif isinstance(read, (Map, Dict)) and items_of(read)[0] in (ANY, STR):
        return dict.fromkeys(names, items_of(read)[1])
    raise cannot_read(record, read)


def _of_fields(written: Node, records: Sequence[Node]) -> list[Node]:
    """The records that have exactly the fields of ``written``; none where that is no record."""
    if not isinstance(written, Record):
        return []
    names = {field.name for field in written.fields}
    return [one for one in records if isinstance(one, Record) and {field.name for field in one.fields} == names]


def _reader_of(writer: Taker, arm: Arm, written: Node, read: Node) -> Taker:
    """The member that reads the values that ``writer`` writes."""
    readers = [taker for taker in arm.takers if taker.member == writer.member] or named(arm.takers, writer.stored)
    if not readers and not (arm.several and arm.takers[0].fit):
        readers = arm.takers
    if len(readers) != 1:
        raise cannot_read(written, read)
    return readers[0]


def _of_members(choices: Sequence[Node], losses: Iterable[Losses], project: Convert) -> Losses:
    """The members' losses as the union's. It may refuse a witness, or keep what the member alone would lose."""

    def whole(witness: Any) -> Any:
        try:
            project(witness)
        except ConversionError:
            raise NoExampleError from None
        return witness

    several = len([member for member in choices if member is not NONE]) > 1
    lifted = (_lifted(f"<{spell(member)}>" if several else "", lost, whole) for member, lost in zip(choices, losses))
    every = itertools.islice(itertools.chain.from_iterable(lifted), MOST_LOSSES)
    return tuple(loss for loss in every if loss.witness is None or is_lost(loss.witness, project))


def _lifted(segment: str, losses: Iterable[Loss], whole: Convert) -> Losses:
    """The losses of a part as losses of the whole: ``whole`` makes a witness of the whole from one of the part."""
    return tuple(loss._replace(path=segment + loss.path, witness=_witness(loss.witness, whole)) for loss in losses)


def _witness(witness: Any, whole: Convert) -> Any:
    try:
        return None if witness is None else whole(witness)
    except NoExampleError:
        return None


def cannot_read(written: Node, read: Node) -> UnsupportedTypeError:
    """The error: some values that are written as the one type cannot be read as the other."""
    one, other = spell_apart(written, read)
    return UnsupportedTypeError(f"not every {one} can be read as {other}", expected=one, got=other)
