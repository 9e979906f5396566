# SPDX-License-Identifier: Apache-2.0
"""Dataclasses and attrs classes: STRUCT with a JSON Schema, the literal a msgpack map of all fields.

``metadata`` holds the schema, ``structure.dataclass_type`` the ``LiteralType`` of each field, for the console and for
Propeller. Neither is read here: a pod gets no schema, so without an annotation a record is a dict.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs

from .._idl import LiteralType, SimpleType
from ..errors import ConversionError, ConversionTypeError, ConversionValueError, ShimliteError, UnsupportedTypeError
from .losses import Accountant, Loss, NoExampleError, cannot_read, inside
from .packing import in_order, struct_codec
from .row import (
    Codec,
    Compiler,
    Convert,
    JsonSchema,
    Packed,
    Row,
    SchemaWriter,
    described,
    mismatch,
    msgpack_annotation,
    spell,
)

MISSING = dataclasses.MISSING
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class Field(typing.NamedTuple):
    """A field, whichever library declared it."""

    name: str
    type: Any
    init: str
    """The name of the parameter that sets it; empty where none does."""
    default: Any
    """MISSING where there is none, or where only a factory knows."""
    required: bool


def is_record(python_type: Any) -> bool:
    return isinstance(python_type, type) and (dataclasses.is_dataclass(python_type) or attrs.has(python_type))


@functools.lru_cache(maxsize=256)
def fields_of(record: type) -> tuple[Field, ...]:
    """The fields of a dataclass or attrs class, in order, their annotations resolved.

    Raises UnsupportedTypeError where an annotation names what its module does not have, and for a class that cannot be
    made from its fields.
    """
    fields = tuple(_dataclass_fields(record) if dataclasses.is_dataclass(record) else _attrs_fields(record))
    _refuse_unmakeable(record, {field.init for field in fields})
    return fields


def _dataclass_fields(record: Any) -> Iterator[Field]:
    for field in dataclasses.fields(record):
        required = field.default is MISSING and field.default_factory is MISSING
        hint = _resolved(record, field.name)
        yield Field(field.name, hint, field.name if field.init else "", field.default, required)


def _attrs_fields(record: Any) -> Iterator[Field]:
    for field in attrs.fields(record):
        known = field.default is not attrs.NOTHING
        default = MISSING if not known or isinstance(field.default, attrs.Factory) else field.default  # type: ignore[arg-type]
        told = Any if field.type is None else field.type  # attr.ib(type=…) leaves no annotation
        hint = _resolved(record, field.name, told)
        yield Field(field.name, hint, field.alias if field.init else "", default, not known)


def _resolved(record: type, name: str, unannotated: Any = Any) -> Any:
    """The annotation of one field, evaluated where its class was defined; ``unannotated`` where there is none.

    Only the fields' are: Python 3.10 cannot evaluate the rest of a class that has an InitVar.
    """
    owner = next((cls for cls in record.__mro__ if name in inspect.get_annotations(cls)), None)
    if owner is None:
        return unannotated
    names = vars(sys.modules[owner.__module__]) if owner.__module__ in sys.modules else {}
    try:
        return resolved(inspect.get_annotations(owner)[name], names, dict(vars(owner)))
    except Exception as error:
        raise UnsupportedTypeError(
            f"its annotation cannot be resolved ({type(error).__name__})", path=f"{spell(record)}.{name}"
        ) from error


def resolved(annotation: Any, names: dict[str, Any], own: dict[str, Any]) -> Any:
    """An annotation, which PEP 563 leaves as text, as the type that it names. Raises what evaluating it raises."""
    alone = types.SimpleNamespace(__annotations__={"one": annotation})
    return typing.get_type_hints(alone, names, own, include_extras=True)["one"]


def _refuse_unmakeable(record: type, parameters: set[str]) -> None:
    """An InitVar, or an ``__init__`` of its own, may ask for what no field holds."""
    for name, parameter in inspect.signature(record).parameters.items():
        if parameter.default is parameter.empty and parameter.kind not in _VARIADIC and name not in parameters:
            raise UnsupportedTypeError(f"{spell(record)} cannot be made from its fields: it asks for {name!r} too")


@attrs.frozen
class _Example:
    x: int


class RecordRow(Row):
    python, literal = "dataclass, attrs class", "STRUCT with a JSON Schema"
    returns = "a dict of plain data"
    lost = "what its fields lose in a record; what was set on a field that `__init__` does not take"
    unsaid = "its class; that its fields were more than JSON-like data; defaults of fields left out"
    note = "the order of fields is lost; keys of a literal that it has no field for are not read"
    example_type = _Example
    tag = "Object-Dataclass-Transformer"
    literals = ("binary", "generic")

    def takes(self, python_type: Any) -> bool:
        return is_record(python_type)

    def literal_type(self, python_type: Any, compiler: Compiler) -> LiteralType:
        compiler.packed(python_type)  # refuses what msgpack cannot hold, before any data
        literal_type = LiteralType(simple=SimpleType.STRUCT, annotation=msgpack_annotation())
        literal_type.metadata.update(compiler.record_schema(python_type))
        if python_type in compiler.within:  # a class that holds itself: its fields are being described further out
            return literal_type
        literal_type.structure.SetInParent()
        inside = compiler.inside(python_type)
        for field in fields_of(python_type):
            try:
                described_as = inside.literal_type(field.type)
            except UnsupportedTypeError:
                continue  # msgpack can hold it, but no LiteralType says so: an Enum of ints
            literal_type.structure.dataclass_type[field.name].CopyFrom(described_as)
        return literal_type

    def codec(self, python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Codec:
        return struct_codec(python_type, literal_type, compiler)

    def packed(self, python_type: Any, compiler: Compiler) -> Packed:
        fields = [(field, _packed_field(python_type, field, compiler)) for field in fields_of(python_type)]
        return Packed(_pack(python_type, fields), _unpack(python_type, fields), (dict,))

    def json_schema(self, python_type: Any, writer: SchemaWriter) -> JsonSchema:
        return writer.record(python_type)

    def classes(self, python_type: Any) -> tuple[type, ...]:
        return (python_type,)

    def account(
        self, python_type: Any, literal_type: LiteralType, decoded_as: Any, accountant: Accountant
    ) -> tuple[Loss, ...]:
        return accountant.packed(python_type, decoded_as)

    def packed_losses(self, python_type: Any, decoded_as: Any, accountant: Accountant) -> tuple[Loss, ...]:
        lost = _loss_of_class(python_type, decoded_as, accountant)
        read_as = _field_types(python_type, decoded_as)
        for field in fields_of(python_type):
            if field.name not in read_as:
                lost += _loss_of_field(python_type, decoded_as, field, accountant)
            else:
                lost += _in_field(python_type, field, accountant.packed(field.type, read_as[field.name]), accountant)
        return lost

    def example(self, python_type: Any, accountant: Accountant) -> Any:
        return _instance(python_type, accountant)


def _loss_of_class(record: type, decoded_as: Any, accountant: Accountant) -> tuple[Loss, ...]:
    if record is decoded_as:
        return ()
    is_class = isinstance(decoded_as, type) and is_record(decoded_as)
    why = "it is read as another class" if is_class else "JSON-like data has a dict for it"
    lost = Loss("", f"its class {spell(record)}", why, _ANY)
    return inside("", [lost], lambda _: _instance(record, accountant))


_ANY = object()
"""A witness that is still to be made."""


def _field_types(record: type, decoded_as: Any) -> dict[str, Any]:
    """What each field is read as, those that are read. Raises UnsupportedTypeError where the reader needs others."""
    names = [field.name for field in fields_of(record)]
    if is_record(decoded_as):
        readers = [field for field in fields_of(decoded_as) if field.init]
        if all(field.name in names or not field.required for field in readers):
            return {field.name: field.type for field in readers}
    elif decoded_as is Any or decoded_as is dict:
        return dict.fromkeys(names, Any)
    elif typing.get_origin(decoded_as) is dict and typing.get_args(decoded_as)[0] is str:
        return dict.fromkeys(names, typing.get_args(decoded_as)[1])
    raise cannot_read(record, decoded_as)


def _loss_of_field(record: type, decoded_as: Any, field: Field, accountant: Accountant) -> tuple[Loss, ...]:
    """Of a field that the reader does not set: its own class from what no parameter sets, another for lack of it."""
    why = f"{spell(decoded_as)} has no such field" if field.init else "no parameter of its class sets it"
    return _in_field(record, field, [Loss("", "what it held", why, _ANY)], accountant)


def _in_field(record: type, field: Field, losses: Iterable[Loss], accountant: Accountant) -> tuple[Loss, ...]:
    def whole(witness: Any) -> Any:
        return _instance(record, accountant, field, accountant.example(field.type) if witness is _ANY else witness)

    return inside(f".{field.name}", losses, whole)


def _instance(record: Any, accountant: Accountant, field: Field | None = None, value: Any = None) -> Any:
    """An example of a record, one of its fields given; the others have their defaults, or examples of their types."""
    arguments = {one.init: accountant.example(one.type) for one in fields_of(record) if one.init and one.required}
    if field is not None and field.init:
        arguments[field.init] = value
    try:
        made = record(**arguments)
        if field is not None and not field.init:
            object.__setattr__(made, field.name, value)
    except Exception:  # the class's own checks
        raise NoExampleError from None
    return made


def _packed_field(record: type, field: Field, compiler: Compiler) -> Packed:
    try:
        return compiler.packed(field.type)
    except UnsupportedTypeError as error:
        raise error if error.path else error.at(f"{spell(record)}.{field.name}")


def properties_of(record: type, writer: SchemaWriter, compiler: Compiler) -> Iterator[tuple[str, JsonSchema, bool]]:
    """Each parameter's name, schema and whether it must be given. Names are the fields', as msgpack holds them."""
    for field in fields_of(record):
        if not field.init:
            continue
        schema = writer.schema(field.type)
        if field.default is not MISSING:
            schema = {**schema, "default": _default(field, compiler)}
        yield field.name, schema, field.required


def _default(field: Field, compiler: Compiler) -> Any:
    if field.default is None:
        return None
    try:
        return _as_json(compiler.packed(field.type).pack(field.default))
    except ConversionError as error:
        raise UnsupportedTypeError(f"the default of field {field.name!r} is not of its type: {error.reason}") from None


def _as_json(packed: Any) -> Any:
    if isinstance(packed, bytes):
        import base64

        return base64.encodebytes(packed).decode()
    if isinstance(packed, dict):
        return {str(key): _as_json(value) for key, value in packed.items()}
    return [_as_json(value) for value in packed] if isinstance(packed, list) else packed


def _pack(record: type, fields: list[tuple[Field, Packed]]) -> Convert:
    packs = [(field.name, packed.pack) for field, packed in fields]
    order = list(in_order({name: None for name, _ in packs}))
    fields_in = _fields_in(record, [name for name, _ in packs])

    def pack(value: Any) -> dict[str, Any]:
        given = fields_in(value)
        made = {}
        for name, pack_one in packs:
            if name not in given:
                raise _lacks(record, name)
            try:
                made[name] = pack_one(given[name])
            except ShimliteError as error:
                raise error.at(f".{name}")
        return {name: made[name] for name in order}

    return pack


def _fields_in(record: type, names: list[str]) -> Callable[[Any], dict[str, Any]]:
    """The fields of a value by name. One that has more than ``record``, as a subclass may, is refused, since they would
    be lost."""

    def fields_in(value: Any) -> dict[str, Any]:
        if type(value) is not record:
            if not isinstance(value, record):
                raise mismatch(spell(record), described(value))
            if not set(_names(type(value))) <= set(names):
                raise ConversionTypeError(f"expected {spell(record)}, got a {described(value)} with more fields")
        try:
            return {name: getattr(value, name) for name in names}
        except AttributeError:
            return {name: getattr(value, name) for name in names if hasattr(value, name)}

    return fields_in


def _names(record: Any) -> list[str]:
    return [field.name for field in (dataclasses.fields if dataclasses.is_dataclass(record) else attrs.fields)(record)]


def _unpack(record: type, fields: list[tuple[Field, Packed]]) -> Convert:
    unpacks = [(field.name, field.init, field.required, packed.unpack) for field, packed in fields if field.init]

    def unpack(value: Any) -> Any:
        if type(value) is not dict:
            raise mismatch(spell(record), described(value))
        given = {}
        for name, parameter, required, unpack_one in unpacks:
            if name in value:
                try:
                    given[parameter] = unpack_one(value[name])
                except ShimliteError as error:
                    raise error.at(f".{name}")
            elif required:
                raise _lacks(record, name)
        try:
            return record(**given)
        except ShimliteError:
            raise
        except Exception as error:  # the class's own checks
            raise ConversionValueError(f"{spell(record)} refused its fields ({type(error).__name__})") from error

    return unpack


def _lacks(record: type, name: str) -> ConversionValueError:
    return ConversionValueError(f"expected {spell(record)}, got a map without {name!r}")


ROWS: tuple[Row, ...] = (RecordRow(),)
