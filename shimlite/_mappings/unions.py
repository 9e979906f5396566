# SPDX-License-Identifier: Apache-2.0
"""``Optional``, ``Union`` and ``X | Y``: a value with the type of its variant stored beside it (``Union``).

Nothing is guessed. Writing, the exact class of a value names its variant; where it does not, exactly one variant must
take the value. Reading, the stored tag and type name it. A literal that arrives bare, as Propeller sends it for a
constant, must fit one variant only.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import itertools
import operator
import threading
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgpack

from .._idl import Literal, LiteralType
from ..equality import same
from ..errors import ConversionError, ConversionValueError, UnsupportedTypeError
from .losses import Account, Accountant, Loss, NoExampleError, Project, cannot_read, inside, is_lost
from .packing import read_packed
from .row import (
    Codec,
    Compiler,
    JsonSchema,
    Packed,
    Row,
    SchemaWriter,
    described,
    literal_kind,
    misfit,
    mismatch,
    spell,
    type_kind,
)


class Arm(typing.NamedTuple):
    """One variant, and the codec for the member that takes it."""

    variant: LiteralType
    codec: Codec
    classes: tuple[type, ...]
    literals: tuple[str, ...]
    own: bool
    """Whether the variant was written from a type like the member: from str, not from a Literal that reads as one."""


class UnionRow(Row):
    python, literal = "Optional[T], Union[T, U], T | U", "union"
    returns, lost, unsaid = "what its member gives", "what its member loses", "what its member loses then"
    note = "a value that fits several members, or would be read back as another: refused"
    example_type = dt.datetime | None
    tag = "Typed Union"
    literal_types = ("union_type",)
    literals = ("union",)

    def takes(self, python_type: Any) -> bool:
        return typing.get_origin(python_type) in (typing.Union, types.UnionType) or python_type is typing.NoReturn

    def literal_type(self, python_type: Any, compiler: Compiler) -> LiteralType:
        literal_type = LiteralType()
        literal_type.union_type.SetInParent()
        variants = [compiler.variant(member) for member in members(python_type)]
        for place, variant in enumerate(variants):
            if variant in variants[:place]:
                raise UnsupportedTypeError(
                    f"{spell(python_type)} is ambiguous", hint="two members have the same LiteralType"
                )
        literal_type.union_type.variants.extend(variants)
        return literal_type

    def guess(self, literal_type: LiteralType, compiler: Compiler) -> Any:
        if len(literal_type.union_type.variants) > MOST_MEMBERS:
            raise UnsupportedTypeError(f"a union of more than {MOST_MEMBERS} types")
        guessed = [compiler.guess(variant) for variant in literal_type.union_type.variants]
        if not guessed:
            return typing.NoReturn  # no variant, so no value
        return union_of(guessed)

    def codec(self, python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Codec:
        if type_kind(literal_type) != "union_type":
            return compiler.codec(_only_fit(python_type, literal_type, compiler), literal_type)
        variants = literal_type.union_type.variants
        takers = _members_for(python_type, variants, compiler)
        arms = [_arm(member, variant, compiler) for member, variant in zip(takers, variants)]
        by_class = {
            cls: [arm for arm in found if arm.own] or found
            for cls, found in _by_class((arm.classes, arm) for arm in arms).items()
        }
        expected = spell(python_type)
        packed = self.packed(python_type, compiler)

        def encode(value: Any, literal: Literal) -> None:
            candidates = by_class.get(type(value), arms)
            if len(candidates) == 1:
                arm = candidates[0]
                arm.codec.encode(value, literal.scalar.union.value)
            else:
                arm, encoded = _only_one(_encoded(candidates, value), expected, described(value))
                literal.scalar.union.value.CopyFrom(encoded)
            literal.scalar.union.type.CopyFrom(arm.variant)

        def decode(literal: Literal) -> Any:
            if literal.scalar.WhichOneof("value") == "union":
                union = literal.scalar.union
                stored = _stored(union.type, arms, expected)
                if len(stored) == 1:
                    return stored[0].codec.decode(union.value)
                return _only_one(_decoded(stored, union.value), expected, literal_kind(union.value))[1]
            if literal.scalar.HasField("binary"):
                return packed.unpack(read_packed(literal, expected))
            return _bare(arms, literal, expected)

        return Codec(encode, decode)

    def packed(self, python_type: Any, compiler: Compiler) -> Packed:
        arms = [(compiler.packed(member), _classes(member, compiler)) for member in members(python_type)]
        everyone = [packed for packed, _ in arms]
        expected = spell(python_type)
        by_class = _by_class((classes, packed) for packed, classes in arms)
        by_wire = _by_class((packed.wire, packed) for packed in everyone)
        for cls, readers in by_wire.items():
            # msgpack tells an int from a float: who takes this class as it is, is asked before who converts it.
            readers.sort(key=lambda packed: packed.wire[0] is not cls)

        def pack(value: Any) -> Any:
            candidates = by_class.get(type(value), everyone)
            if len(candidates) == 1:
                found, made = candidates[0], candidates[0].pack(value)
            else:
                tried = list(_tried(candidates, lambda packed: packed.pack(value)))
                alike = len({msgpack.packb(other) for _, other in tried}) == 1
                found, made = tried[0] if alike else _only_one(tried, expected, described(value))
            readers = by_wire[type(made)]
            if readers[0] is found:
                return made
            for reader, back in itertools.islice(_tried(readers, lambda packed: packed.unpack(made)), 1):
                if reader is found or same(back, found.unpack(made)):
                    return made
            raise ConversionValueError(f"ambiguous: a record would read it back as another member of {expected}")

        def unpack(value: Any) -> Any:
            readers = by_wire.get(type(value), [])
            if len(readers) == 1:
                return readers[0].unpack(value)
            for _, made in _tried(readers, lambda packed: packed.unpack(value)):
                return made
            raise mismatch(expected, described(value))

        return Packed(pack, unpack, tuple(by_wire))

    def json_schema(self, python_type: Any, writer: SchemaWriter) -> JsonSchema:
        return {"anyOf": [writer.schema(member) for member in members(python_type)]}

    def classes(self, python_type: Any) -> tuple[type, ...]:
        return ()

    def account(self, python_type: Any, literal_type: LiteralType, decoded_as: Any, accountant: Accountant) -> Account:
        compiler, variants = accountant.compiler, literal_type.union_type.variants
        writers = _members_for(python_type, variants, compiler)
        readers = _members_for(decoded_as, variants, compiler)
        accounts = list(map(accountant.account, writers, variants, readers))
        project = _one_projection([_classes(one, compiler) for one in writers], accounts, spell(python_type))
        return Account(project, _of_members(writers, [account.losses for account in accounts], project))

    def packed_losses(self, python_type: Any, decoded_as: Any, accountant: Accountant) -> tuple[Loss, ...]:
        readers = readers_in_record(python_type, decoded_as, accountant)
        losses = [accountant.packed(*pair) for pair in zip(members(python_type), readers)]
        return _of_members(members(python_type), losses, accountant.through_msgpack(python_type, decoded_as))

    def example(self, python_type: Any, accountant: Accountant) -> Any:
        pack = accountant.compiler.packed(python_type).pack
        for member in members(python_type):
            with contextlib.suppress(NoExampleError, ConversionError):
                example = accountant.example(member)
                pack(example)
                return example
        raise NoExampleError


def _one_projection(classes: list[tuple[type, ...]], accounts: list[Account], expected: str) -> Project:
    """As literals are written: by the exact class of the value, else by the only member that takes it."""
    by_class = _by_class(zip(classes, accounts))

    def project(value: Any) -> Any:
        candidates = by_class.get(type(value), accounts)
        if len(candidates) == 1:
            return candidates[0].project(value)
        return _only_one(_tried(candidates, lambda account: account.project(value)), expected, described(value))[1]

    return project


def _of_members(choices: Sequence[Any], losses: list[tuple[Loss, ...]], project: Project) -> tuple[Loss, ...]:
    """Each member's losses as the union's, whose witness the union may refuse, or keep as another member."""

    def whole(witness: Any) -> Any:
        try:
            project(witness)
        except ConversionError:
            raise NoExampleError from None
        return witness

    several = len([member for member in choices if member is not type(None)]) > 1
    lifted = (inside(f"<{spell(member)}>" if several else "", lost, whole) for member, lost in zip(choices, losses))
    every = (loss for each in lifted for loss in each)
    return tuple(loss for loss in every if loss.witness is None or is_lost(loss.witness, project))


def readers_in_record(python_type: Any, decoded_as: Any, accountant: Accountant) -> list[Any]:
    """What each member of a union in a record is read as; a type that is no union counts as one of one member.

    Writing, a value is refused that the union's own reader would take for another member. So that this reader cannot
    either, the members' counterparts stand in the same order, and no other member is asked before them.
    """
    choices, readers = members(python_type), members(decoded_as)
    if len(readers) == len(choices) and all(_reads(accountant, *pair) for pair in zip(choices, readers)):
        return list(readers)
    places = [_place(choice, decoded_as, accountant) for choice in choices]
    wires = [set(accountant.compiler.packed(choice).wire) for choice in choices]
    asked = [(place, wires[index]) for index, place in enumerate(places) if place not in places[:index]]
    crossed = any(
        first > second and wire & other for (first, wire), (second, other) in itertools.combinations(asked, 2)
    )
    if crossed or _asked_before(places, wires, [accountant.compiler.packed(reader).wire for reader in readers]):
        raise cannot_read(python_type, decoded_as)
    return [readers[place] for place in places]


def _asked_before(places: list[int], wires: list[set[type]], taken: list[tuple[type, ...]]) -> bool:
    """Whether a reader that is nobody's counterpart is asked before one that is, in the order of ``unpack``."""

    def turn(place: int, cls: type) -> tuple[bool, int]:
        return taken[place][0] is not cls, place

    others = [place for place in range(len(taken)) if place not in places]
    return any(
        cls in taken[other] and turn(other, cls) < turn(place, cls)
        for place, wire in zip(places, wires)
        for cls in wire
        for other in others
    )


def _place(python_type: Any, decoded_as: Any, accountant: Accountant) -> int:
    """Which of the readers stands for a member: the same type, else the first that reads it."""
    readers = members(decoded_as)
    found = [place for place, reader in enumerate(readers) if _reads(accountant, python_type, reader)]
    if not found:
        raise cannot_read(python_type, decoded_as)
    return next((place for place in found if readers[place] == python_type), found[0])


def _reads(accountant: Accountant, python_type: Any, decoded_as: Any) -> bool:
    try:
        accountant.packed(python_type, decoded_as)
    except UnsupportedTypeError:
        return False
    return True


def union_of(types: Iterable[Any]) -> Any:
    """The union of one type or more, by ``|``: what ``typing.Union`` makes it keeps, and takes ``list[int | str]`` for
    the ``list[str | int]`` that somebody asked for before."""
    return functools.reduce(operator.or_, types)


def members(python_type: Any) -> tuple[Any, ...]:
    """A union's members; of any other type, the type itself; of ``NoReturn`` none."""
    if python_type is typing.NoReturn:
        return ()
    if typing.get_origin(python_type) in (typing.Union, types.UnionType):
        return typing.get_args(python_type)
    return (python_type,)


def _only_fit(python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Any:
    """The one member of a union that a literal type which is none can be read as."""
    fitting = [member for member in members(python_type) if fits(member, literal_type, compiler)]
    if len(fitting) != 1:
        raise misfit(python_type, literal_type)
    return fitting[0]


def fits(python_type: Any, literal_type: LiteralType, compiler: Compiler) -> bool:
    try:
        compiler.codec(python_type, literal_type)
    except UnsupportedTypeError:
        return False
    return True


def _arm(member: Any, variant: LiteralType, compiler: Compiler) -> Arm:
    row, bare = compiler.row(member)
    codec = compiler.codec(member, variant)
    return Arm(variant, codec, row.classes(bare), row.literals, row.tag == variant.structure.tag)


def _classes(member: Any, compiler: Compiler) -> tuple[type, ...]:
    row, bare = compiler.row(member)
    return row.classes(bare)


def _members_for(python_type: Any, variants: Iterable[LiteralType], compiler: Compiler) -> list[Any]:
    """The members that take the variants: each the one that was written so, is guessed so, or is alone in fitting."""
    choices = members(python_type)
    written: dict[bytes, Any] = {}
    for member in choices:
        with contextlib.suppress(UnsupportedTypeError):
            written.setdefault(_key(compiler.variant(member)), member)

    def member_for(variant: LiteralType) -> Any:
        if type_kind(variant) == "union_type":  # Python flattens a union in a union; Flyte does not
            return python_type
        if _key(variant) in written:
            return written[_key(variant)]
        guessed = compiler.guess(variant)
        return guessed if guessed in choices else _only_fit(python_type, variant, compiler)

    return list(map(member_for, variants))


def _key(literal_type: LiteralType) -> bytes:
    return bytes(literal_type.SerializeToString(deterministic=True))


_T = typing.TypeVar("_T")


def _by_class(pairs: Iterable[tuple[tuple[type, ...], _T]]) -> dict[type, list[_T]]:
    table: dict[type, list[_T]] = {}
    for classes, item in pairs:
        for cls in classes:
            table.setdefault(cls, []).append(item)
    return table


MOST_MEMBERS = 256
"""Members of a union that a message tells: ``|`` compares each with all before it. Nobody writes as many by hand."""
MOST_TRIES = 20_000
"""Members tried while another is being tried, in one conversion. Unions that hold unions have as many readings as there
are ways through them all; each takes some 10 us."""


class _Tries(threading.local):
    left = MOST_TRIES
    depth = 0


_TRIES = _Tries()


def allow_tries() -> None:
    """To be called before each conversion."""
    _TRIES.left = MOST_TRIES


def _tried(items: Iterable[_T], convert: Callable[[_T], Any]) -> Iterator[tuple[_T, Any]]:
    """Each item that converts, with what it made. Once there were too many tries there are no more."""
    for item in items:
        _TRIES.left -= _TRIES.depth > 0
        if _TRIES.left < 0:
            raise ConversionValueError(f"its unions have more than {MOST_TRIES} readings")
        _TRIES.depth += 1
        try:
            made = convert(item)
        except ConversionError:
            continue
        finally:
            _TRIES.depth -= 1
        yield item, made


def _encoded(arms: Iterable[Arm], value: Any) -> Iterator[tuple[Arm, Literal]]:
    def encode(arm: Arm) -> Literal:
        literal = Literal()
        arm.codec.encode(value, literal)
        return literal

    return _tried(arms, encode)


def _decoded(arms: Iterable[Arm], literal: Literal) -> Iterator[tuple[Arm, Any]]:
    return _tried(arms, lambda arm: arm.codec.decode(literal))


def _only_one(made: Iterable[tuple[_T, Any]], expected: str, got: str) -> tuple[_T, Any]:
    found = list(made)
    if not found:
        raise mismatch(expected, got)
    if len(found) > 1:
        raise ConversionValueError(f"ambiguous: {got} fits {len(found)} members of {expected}")
    return found[0]


def _stored(stored: LiteralType, arms: Sequence[Arm], expected: str) -> Sequence[Arm]:
    """The variants that a union's stored type may mean: those of its tag, and of these the same type if there is one.

    A type without a tag, which other SDKs write, means the variants that are equal but for the tag.
    """
    tag = stored.structure.tag
    found = [arm for arm in arms if arm.variant.structure.tag == tag] if tag else _same_type(stored, arms)
    if len(found) > 1:
        found = _same_type(stored, found) or found
    if not found:
        raise mismatch(expected, f"a union of another variant, {type_kind(stored)}")
    return found


def _same_type(stored: LiteralType, arms: Sequence[Arm]) -> list[Arm]:
    return [arm for arm in arms if untagged(arm.variant) == untagged(stored)]


def untagged(literal_type: LiteralType) -> LiteralType:
    bare = LiteralType()
    bare.CopyFrom(literal_type)
    bare.ClearField("structure")
    return bare


_NATIVE = {
    "integer": ("INTEGER",),
    "float_value": ("FLOAT",),
    "string_value": ("STRING", "enum_type"),
    "boolean": ("BOOLEAN",),
    "datetime": ("DATETIME",),
    "duration": ("DURATION",),
    "none_type": ("NONE",),
}


def _bare(arms: Sequence[Arm], literal: Literal, expected: str) -> Any:
    """A literal that arrives without its union. A bare 5 is an int before it is a float."""
    kind = literal_kind(literal)
    readers = [arm for arm in arms if kind in arm.literals]
    if len(readers) == 1:
        return readers[0].codec.decode(literal)  # whose own error says where it is wrong
    native = [arm for arm in readers if type_kind(arm.variant) in _NATIVE.get(kind, ())]
    found = list(_decoded(native, literal)) or _decoded([arm for arm in readers if arm not in native], literal)
    return _only_one(found, expected, kind)[1]


ROWS: tuple[Row, ...] = (UnionRow(),)
