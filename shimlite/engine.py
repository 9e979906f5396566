# SPDX-License-Identifier: Apache-2.0
"""The public conversion functions, and the cache of compiled converters.

A (Python type, ``LiteralType``) pair is compiled into two closures, children first, and kept; all questions about types
are asked then. An unsupported or ambiguous type is refused when it is compiled, before any data is looked at.
"""

from __future__ import annotations

import contextlib
import copy
import enum
import functools
import itertools
import typing
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from ._idl import DecodeError, Literal, LiteralMap, LiteralType, TypeStructure, Variable, VariableMap
from ._mappings import ROWS, Row, row_for, row_of
from ._mappings.json_schemas import Writer
from ._mappings.members import allow_tries, fits, members, union_of
from ._mappings.packing import text
from ._mappings.records import properties_of
from ._mappings.references import CLASSES, annotated
from ._mappings.row import Codec, Convert, JsonSchema, Packed, SchemaWriter, described, misfit, mismatch, type_kind
from ._mappings.stripped import stripped
from ._mappings.unions import UnionRow
from .errors import ConversionValueError, ShimliteError, UnsupportedTypeError

__all__ = [
    "dict_to_literal_map",
    "guess_python_type",
    "literal_map_to_kwargs",
    "to_literal",
    "to_literal_type",
    "to_python_value",
]

MOST_CONVERTERS = 1024
"""Compiled pairs kept. An executor's own types are a few dozen; a test suite that generates types must not grow."""
MOST_AT_HAND = 256
"""Of these, found again without a look at the type."""
MOST_DESCRIBED = 20_000
"""Types in the JSON Schemas of one LiteralType, which spell out every class wherever it stands: of a few that hold one
another twice, as a hostile schema may ask for, they would be more than there is memory for. Some 100 us each."""

Variables: TypeAlias = VariableMap | Mapping[str, Variable]


def to_literal_type(python_type: Any) -> LiteralType:
    """The ``LiteralType`` that stands for a Python type, as flytekit 1.16 gives it.

    Raises UnsupportedTypeError for a type outside the fixed set, naming the nearest type inside it.
    """
    with BoundedType():
        return Compiler().literal_type(python_type)


def guess_python_type(literal_type: LiteralType) -> Any:
    """The Python type that a ``LiteralType`` alone tells. Total: every type that flyteidl can say has an answer.

    A STRUCT is a dict, whatever its JSON Schema says, since a pod gets no schema; an enum is a generated Enum. Nothing
    that the message names is imported. Raises UnsupportedTypeError only for what a newer flyteidl may add.
    """
    if not isinstance(literal_type, LiteralType):
        raise UnsupportedTypeError(expected="a LiteralType", got=described(literal_type))
    with BoundedType():
        return Compiler().guess(literal_type)


def to_literal(value: Any, as_type: Any) -> Literal:
    """``value`` as a ``Literal``; ``as_type`` is its Python type, or the ``LiteralType`` it is declared as.

    Raises ConversionError (a TypeError or a ValueError) where the value is not of that type, and UnsupportedTypeError
    for a type outside the fixed set.
    """
    literal = Literal()
    _encode(_codec_for(as_type), value, literal)
    return literal


def to_python_value(literal: Literal, as_type: Any) -> Any:
    """What a ``Literal`` holds, as ``as_type``: a Python type, or the ``LiteralType`` whose guess is wanted.

    Takes every form that real writers send for the type. Raises ConversionError for any other, and UnsupportedTypeError
    for a type outside the fixed set.
    """
    if not isinstance(literal, Literal):
        raise mismatch("a Literal", described(literal))
    return _decode(_codec_for(as_type), literal)


def literal_map_to_kwargs(
    literal_map: LiteralMap, variables: Variables, python_types: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The values of a ``LiteralMap`` by name, each variable's there and no other's.

    ``variables`` is one side of an interface; ``python_types`` refines what its types alone tell. Raises
    ConversionError for a missing, extra or mistyped literal, its path starting with the variable, and
    UnsupportedTypeError where a Python type does not fit the declared one.
    """
    if not isinstance(literal_map, LiteralMap):
        raise mismatch("a LiteralMap", described(literal_map))
    declared = _declared(variables)
    _same_names(declared, literal_map.literals)
    codecs = _codecs(declared, python_types or {})
    values = {}
    for name, codec in codecs.items():
        try:
            values[name] = _decode(codec, literal_map.literals[name])
        except ShimliteError as error:
            raise error.at_variable(name)
    return values


def dict_to_literal_map(
    values: Mapping[str, Any], variables: Variables, python_types: Mapping[str, Any] | None = None
) -> LiteralMap:
    """Values by name as a ``LiteralMap``, each encoded as its variable declares. Errors as literal_map_to_kwargs."""
    declared = _declared(variables)
    _same_names(declared, values)
    codecs = _codecs(declared, python_types or {})
    literal_map = LiteralMap()
    for name, codec in codecs.items():
        try:
            _encode(codec, values[name], literal_map.literals[text(name)])
        except ShimliteError as error:
            raise error.at_variable(name)
    return literal_map


def to_plain(value: Any, as_type: Any) -> Any:
    """``value`` as JSON-like data, the way a record's field holds it: what commands print. Errors as to_literal."""
    with BoundedValue():
        return _packed_for(as_type).pack(value)


def from_plain(plain: Any, as_type: Any) -> Any:
    """The value that JSON-like data stands for, as a record's field reads it. Errors as to_python_value."""
    with BoundedValue():
        return _packed_for(as_type).unpack(plain)


def projection(python_type: Any, literal_type: LiteralType, decoded_as: Any) -> Convert:
    """What comes back of a value that is written as one type, declared as ``literal_type`` and read as another.

    Raises UnsupportedTypeError for types that do not fit.
    """
    written, read = _codec_for_pair(python_type, literal_type), _codec_for_pair(decoded_as, literal_type)

    def project(value: Any) -> Any:
        literal = Literal()
        _encode(written, value, literal)
        return _decode(read, literal)

    return project


def _packed_for(as_type: Any) -> Packed:
    compiler = Compiler()
    with BoundedType():
        return compiler.packed(compiler.guess(as_type) if isinstance(as_type, LiteralType) else as_type)


def _declared(variables: Variables) -> Mapping[str, Variable]:
    return variables.variables if isinstance(variables, VariableMap) else variables


def _codecs(declared: Mapping[str, Variable], python_types: Mapping[str, Any]) -> dict[str, Codec]:
    codecs = {}
    for name in sorted(declared):
        try:
            codecs[name] = _codec_for_pair(python_types.get(name, _GUESS), declared[name].type)
        except ShimliteError as error:
            raise error.at_variable(name)
    return codecs


def _same_names(declared: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    if set(declared) == set(given):
        return
    missing = sorted(name for name in declared if name not in given)
    if missing:
        raise ConversionValueError("missing", hint=_others(missing)).at_variable(missing[0])
    extra = sorted((name for name in given if name not in declared), key=str)
    raise ConversionValueError("not in the interface", hint=_others(extra)).at_variable(str(extra[0]))


def _others(names: list[Any]) -> str:
    return f"and {len(names) - 1} more" if len(names) > 1 else ""


TOO_DEEP = (RecursionError, DecodeError)  # Python's stack is used up; protobuf nests 100 deep
"""What a hostile type or value ends in, made an error of ours."""


class BoundedType:
    """Where types are looked at."""

    error: type[ShimliteError] = UnsupportedTypeError

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and issubclass(kind, TOO_DEEP):
            raise self.error("nested too deeply") from None


class BoundedValue(BoundedType):
    """Where values are. Converting does the same in place, being called for every one of them."""

    error: type[ShimliteError] = ConversionValueError

    def __enter__(self) -> None:
        allow_tries()


def _encode(codec: Codec, value: Any, literal: Literal) -> None:
    try:
        allow_tries()
        codec.encode(value, literal)
    except TOO_DEEP:
        raise ConversionValueError("nested too deeply") from None


def _decode(codec: Codec, literal: Literal) -> Any:
    try:
        allow_tries()
        return codec.decode(literal)
    except TOO_DEEP:
        raise ConversionValueError("nested too deeply") from None


_GUESS: Any = object()
"""Stands for the Python type that the LiteralType alone tells."""

_AT_HAND: dict[tuple[int, bytes | None], tuple[Any, Codec]] = {}
"""By the very type object, which is kept so that its ``id`` stays its own: to look at a type takes longer than to
convert a scalar. A ``LiteralType``, which may be changed, is told by its bytes."""


def _codec_for(as_type: Any) -> Codec:
    at_hand = _AT_HAND.get((id(as_type), None))
    if at_hand is not None:
        return at_hand[1]
    return _codec_for_pair(_GUESS, as_type) if isinstance(as_type, LiteralType) else _codec_for_pair(as_type, None)


def _codec_for_pair(python_type: Any, literal_type: LiteralType | None) -> Codec:
    """``literal_type`` None stands for the one that the Python type gives."""
    told = None if literal_type is None else literal_type.SerializeToString(deterministic=True)
    at_hand = _AT_HAND.get((id(python_type), told))
    if at_hand is not None:
        return at_hand[1]
    with BoundedType():
        codec = _compiled(_Pair(python_type, literal_type, told))
    if len(_AT_HAND) >= MOST_AT_HAND:
        _AT_HAND.clear()
    _AT_HAND[id(python_type), told] = python_type, codec
    return codec


class _Pair(tuple[Any, bytes | None]):
    """A pair as a cache's key, equal if written alike: Python's own ``==`` takes ``int | str`` for ``str | int``."""

    python_type: Any
    literal_type: LiteralType | None

    def __new__(cls, python_type: Any, literal_type: LiteralType | None, told: bytes | None) -> _Pair:
        pair = super().__new__(cls, (ordered(python_type), told))
        pair.python_type, pair.literal_type = python_type, literal_type
        return pair


def ordered(python_type: Any) -> Any:
    """A hashable form of a type that keeps the order of a union's members and tells ``Literal[1]`` from ``[True]``.

    Raises UnsupportedTypeError for what is no type at all.
    """
    python_type = _bare(python_type)
    arguments = typing.get_args(python_type)
    if typing.get_origin(python_type) is typing.Literal:
        return typing.Literal, *((type(value), value) for value in arguments)
    if arguments and typing.get_origin(python_type) is not typing.Annotated:
        return typing.get_origin(python_type), *map(ordered, arguments)
    try:
        hash(python_type)
    except TypeError:
        raise UnsupportedTypeError(f"{described(python_type)} is no type") from None
    return python_type


def _bare(python_type: Any) -> Any:
    """The type without ``Annotated``, whose words only our references have a use for: formats and columns."""
    if python_type is None:
        return type(None)
    if typing.get_origin(python_type) is not typing.Annotated:
        return python_type
    inner, *words = typing.get_args(python_type)
    return annotated(inner, words) if inner in CLASSES else _bare(inner)


@functools.lru_cache(maxsize=MOST_CONVERTERS)
def _compiled(pair: _Pair) -> Codec:
    compiler = Compiler(guessed=pair.python_type is _GUESS)
    literal_type = compiler.literal_type(pair.python_type) if pair.literal_type is None else pair.literal_type
    literal_type = stripped(literal_type)  # a copy, since the closures keep it
    python_type = compiler.guess(literal_type) if compiler.guessed else pair.python_type
    return compiler.codec(python_type, literal_type)


def input_type(literal_type: LiteralType, python_type: Any) -> Any:
    """``python_type``, if literals of ``literal_type`` can be read as it; else UnsupportedTypeError.

    A STRUCT may be read as any record or dict: whether a value is one is found when it is read.
    """
    with BoundedType():
        Compiler().codec(python_type, stripped(literal_type))
    return python_type


def output_type(literal_type: LiteralType, python_type: Any) -> Any:
    """The type to write values of ``python_type`` with, so that they are literals of ``literal_type``.

    It is ``Optional[date]`` for a date that is declared as an ``Optional[date]``. Raises UnsupportedTypeError where
    some values of ``python_type`` are none of ``literal_type``.
    """
    with BoundedType():
        compiler = Compiler()
        declared = stripped(literal_type)
        written = _completed(python_type, declared, compiler)
        compiler.codec(written, declared)
    return written


def _completed(python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Any:
    """A type and those members of the declared unions that it lacks, at every depth."""
    bare = compiler.row(python_type)[1]
    kind, (*_, item) = type_kind(literal_type), (typing.get_args(bare) or (Any,))
    if kind == "union_type":
        return _completed_union(bare, literal_type, compiler)
    if kind == "collection_type" and typing.get_origin(bare) is list:
        return list[_completed(item, literal_type.collection_type, compiler)]  # type: ignore[misc]
    if kind == "map_value_type" and typing.get_origin(bare) is dict and typing.get_args(bare)[0] is str:
        return dict[str, _completed(item, literal_type.map_value_type, compiler)]  # type: ignore[misc]
    if kind == "enum_type" and isinstance(bare, type) and issubclass(bare, enum.Enum):
        declared = compiler.guess(literal_type)
        compiler.codec(declared, compiler.literal_type(bare))  # which must have all values of the class
        return bare if fits(bare, literal_type, compiler) else declared
    misfits = [member for member in members(bare) if not fits(member, literal_type, compiler)]
    if misfits:
        compiler.codec(misfits[0], literal_type)  # whose own error says why
    return bare


def _completed_union(python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Any:
    variants = list(literal_type.union_type.variants)
    written: list[Any] = []
    taken: set[int] = set()
    for member in members(python_type):
        completed = dict(_completions(member, variants, compiler))
        whole = {place: one for place, one in completed.items() if fits(member, variants[place], compiler)}
        fitting = whole or completed
        if not fitting:
            raise misfit(member, literal_type)
        written.append(next(iter(fitting.values())))
        taken.update(fitting)
    lacking = (compiler.guess(variant) for place, variant in enumerate(variants) if place not in taken)
    return union_of([*written, *lacking])


def _completions(python_type: Any, variants: list[LiteralType], compiler: Compiler) -> Iterator[tuple[int, Any]]:
    """A member as each variant completes it, by the variant's place."""
    for place, variant in enumerate(variants):
        with contextlib.suppress(UnsupportedTypeError):
            completed = _completed(python_type, variant, compiler)
            compiler.codec(completed, variant)
            yield place, completed


class Compiler:
    """Answers the rows' questions about their children (see ``_mappings.row.Compiler``), for one compilation."""

    def __init__(self, *, guessed: bool = False) -> None:
        self.guessed = guessed
        self.beside_text = False
        self.within: tuple[type, ...] = ()
        self._described = itertools.count(1)
        self._packed: dict[Any, list[Packed]] = {}
        self._variants: dict[Any, LiteralType] = {}

    def inside(self, record: type) -> Compiler:
        inner = copy.copy(self)
        inner.within = (*self.within, record)
        return inner

    def apart(self, beside_text: bool) -> Compiler:
        inner = copy.copy(self)
        inner.beside_text = self.beside_text or beside_text
        return inner

    def literal_type(self, python_type: Any) -> LiteralType:
        row, python_type = self.row(python_type)
        return row.literal_type(python_type, self)

    def variant(self, python_type: Any) -> LiteralType:
        """The type as a union stores it: told apart by the name of flytekit's transformer."""
        key = self.within, ordered(python_type)
        if key not in self._variants:
            self._variants[key] = self._variant(python_type)
        return self._variants[key]

    def _variant(self, python_type: Any) -> LiteralType:
        variant = self.literal_type(python_type)
        pickled = variant.blob.format == "PythonPickle"  # flytekit's answer for bytes in a record
        tag = "FlytePickle" if pickled else self.row(python_type)[0].tag
        variant.structure.CopyFrom(TypeStructure(tag=tag))
        return variant

    def guess(self, literal_type: LiteralType) -> Any:
        return row_of(literal_type).guess(literal_type, self)

    def codec(self, python_type: Any, literal_type: LiteralType) -> Codec:
        row, python_type = self.row(python_type)
        row = UNION if type_kind(literal_type) == "union_type" else row
        return row.codec(python_type, literal_type, self)

    def packed(self, python_type: Any) -> Packed:
        row, python_type = self.row(python_type)
        key = self.beside_text, ordered(python_type)
        if key in self._packed:
            return _first(self._packed[key])
        done = self._packed[key] = []
        try:
            done.append(row.packed(python_type, self))
        finally:
            if not done:
                del self._packed[key]
        return done[0]

    def record(self, record: type) -> Packed:
        return _packed_record(record)

    def record_types(self, record: type) -> tuple[LiteralType, LiteralType]:
        return _types_of_record(record)

    def row(self, python_type: Any) -> tuple[Row, Any]:
        """The row that takes a type, and the type without what no row asks for."""
        python_type = _bare(python_type)
        return row_for(python_type), python_type

    def record_schema(self, record: type) -> JsonSchema:
        def schema_of(python_type: Any, writer: SchemaWriter) -> JsonSchema:
            if next(self._described) > MOST_DESCRIBED:
                raise UnsupportedTypeError(f"holds more than {MOST_DESCRIBED} types")
            row, python_type = self.row(python_type)
            return row.json_schema(python_type, writer)

        return Writer(schema_of, lambda one, writer: properties_of(one, writer, self)).document(record)


@functools.lru_cache(maxsize=MOST_AT_HAND)
def _packed_record(record: type) -> Packed:
    with BoundedType():
        return Compiler().packed(record)


@functools.lru_cache(maxsize=MOST_AT_HAND)
def _types_of_record(record: type) -> tuple[LiteralType, LiteralType]:
    with BoundedType():
        return Compiler().literal_type(record), Compiler().variant(record)


UNION: Row = next(row for row in ROWS if isinstance(row, UnionRow))


def _first(done: list[Packed]) -> Packed:
    """What was compiled; of a class that holds itself, which is not yet, what will be by the time it is called."""
    if done:
        return done[0]
    return Packed(lambda value: done[0].pack(value), lambda value: done[0].unpack(value), (dict,))
