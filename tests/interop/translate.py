# SPDX-License-Identifier: Apache-2.0
"""shimlite's types and values as flytekit's, and back: the references have classes of their own in each.

A record becomes a plain dataclass of the same name, fields and defaults, since flytekit knows no attrs classes and
writes into the instances that it encodes.
"""

from __future__ import annotations

import collections
import dataclasses
import sys
import typing
from typing import Annotated, Any

import attrs
import msgpack
from flytekit import FlyteContextManager
from flytekit.models.literals import Literal as LiteralModel
from flytekit.models.types import LiteralType as LiteralTypeModel
from flytekit.types.directory import FlyteDirectory as TheirDirectory
from flytekit.types.error import FlyteError as TheirError
from flytekit.types.file import FlyteFile as TheirFile
from flytekit.types.schema import FlyteSchema as TheirSchema
from flytekit.types.schema import SchemaOpenMode
from flytekit.types.structured import StructuredDataset as TheirDataset

from shimlite import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset
from shimlite._idl import Literal, LiteralType
from shimlite.equality import same
from shimlite.strategies import classes
from shimlite.strategies.shapes import columns_of

from ..property import model
from ..property.model import questions

# The older spellings are other objects than int | None and list, and people still write them.
Either, OldList = typing.Union, vars(typing)["List"]


@dataclasses.dataclass
class Tree:
    value: int
    left: Tree | None = None
    children: OldList[Tree] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Chain:
    next: Chain | None
    name: str = ""


_TWINS: dict[Any, Any] = {classes.Tree: Tree, classes.Chain: Chain}


def their_type(python_type: Any) -> Any:
    """flytekit's spelling of a type, without words of Annotated that mean nothing to it."""
    inner, _ = model.bare(python_type)
    kind, arguments = model.kind_of(inner), model.members(inner)
    if inner in model.REFERENCES:
        return _their_reference(inner, *questions.declared_words(python_type))
    if kind == "Union":
        translated = tuple(map(their_type, arguments))
        return Either[translated]
    if kind == "record":
        return twin(inner)
    if kind is list and arguments:
        return list[their_type(arguments[0])]
    if kind is dict and arguments:
        return dict[their_type(arguments[0]), their_type(arguments[1])]
    return findable(inner) if kind == "Enum" else inner


def findable(cls: Any) -> Any:
    """A class that a test has made, where mashumaro looks for it: by a name of its own in its module."""
    if getattr(sys.modules[cls.__module__], cls.__qualname__, None) is not cls:
        cls.__module__, cls.__qualname__ = __name__, f"{cls.__name__}_{len(globals())}"
        globals()[cls.__qualname__] = cls
    return cls


def _their_reference(cls: Any, file_format: str, columns: list[tuple[str, Any]]) -> Any:
    their_columns = collections.OrderedDict(columns)
    if cls is StructuredDataset:
        words = [word for word in (their_columns, file_format) if word]
        return Annotated[(TheirDataset, *words)] if words else TheirDataset
    if cls is FlyteSchema:
        return TheirSchema[their_columns] if columns else TheirSchema
    made = {FlyteFile: TheirFile, FlyteDirectory: TheirDirectory, FlyteError: TheirError}[cls]
    return made[file_format] if file_format else made


def twin(record: Any) -> Any:
    """The dataclass that flytekit sees in the place of a record of ours."""
    if record not in _TWINS:
        _TWINS[record] = _make_twin(record)
    return _TWINS[record]


def _make_twin(record: Any) -> Any:
    hints, fields = columns_of(record), []
    for field in dataclasses.fields(record) if dataclasses.is_dataclass(record) else attrs.fields(record):
        given: dict[str, Any] = {"init": field.init}
        factory = getattr(field, "default_factory", dataclasses.MISSING)
        if isinstance(field.default, attrs.Factory):  # type: ignore[arg-type]
            factory = field.default.factory
        if factory is not dataclasses.MISSING:
            given["default_factory"] = factory
        elif field.default is not dataclasses.MISSING and field.default is not attrs.NOTHING:
            given["default"] = field.default
        fields.append((field.name, their_type(hints[field.name]), dataclasses.field(**given)))
    return findable(dataclasses.make_dataclass(record.__name__, fields, kw_only=True))


def theirs(python_type: Any, value: Any) -> Any:
    """A value of a type of ours, as flytekit's users write it; one of another type as it is."""
    kind, arguments = model.kind_of(python_type), model.members(python_type)
    if kind == "Union":
        return theirs(member_of(arguments, value), value)
    if kind == "record":
        record = model.bare(python_type)[0]
        return _their_record(record, value) if isinstance(value, record) else value
    if kind is list and arguments:
        return [theirs(arguments[0], one) for one in value]
    if kind is dict and arguments:
        return {theirs(arguments[0], key): theirs(arguments[1], one) for key, one in value.items()}
    if kind in model.REFERENCES and isinstance(value, kind):
        return _their_value(their_type(python_type), value)
    return value


def member_of(choices: tuple[Any, ...], value: Any) -> Any:
    """A union's member that a value is of: by its exact class, else the first that takes it."""
    named = [member for member in choices if type(value) in questions.classes(member)] or list(choices)
    for member in named:
        for through in (model.through_literal, model.through_record):
            try:
                through(member, value)
                return member
            except model.Refused:
                continue
    return named[0]


def _their_record(record: Any, value: Any) -> Any:
    cls, hints = twin(record), columns_of(record)
    made = {field.name: theirs(hints[field.name], getattr(value, field.name)) for field in dataclasses.fields(cls)}
    return cls(**{field.name: made[field.name] for field in dataclasses.fields(cls) if field.init})


def _their_value(their: Any, value: Any) -> Any:
    if isinstance(value, FlyteFile):
        return their(value.uri, metadata=None if value.metadata is None else dict(value.metadata))
    if isinstance(value, FlyteDirectory):
        return their(value.uri)
    if isinstance(value, FlyteSchema):
        return their(remote_path=value.uri, supported_mode=SchemaOpenMode.READ)
    if isinstance(value, StructuredDataset):
        return TheirDataset(uri=value.uri, file_format=value.format)
    return TheirError(message=value.message, failed_node_id=value.failed_node_id)


# ----------------------------------------------------------------------------------------------------------- equality


def uri_of(value: Any) -> str:
    """Where a reference of flytekit's points, whether its user made it or a literal."""
    if isinstance(value, TheirSchema):
        return value.remote_path
    if isinstance(value, TheirDataset):
        return value.uri if value.uri is not None else value.literal.uri
    return value.remote_source or value.path


def agree(a: Any, b: Any) -> bool:
    """``same`` for flytekit's values."""
    if isinstance(a, (TheirFile, TheirDirectory)):
        alike = isinstance(b, (TheirFile, TheirDirectory)) and isinstance(a, TheirFile) == isinstance(b, TheirFile)
        if not alike or a.extension() != b.extension() or uri_of(a) != uri_of(b):
            return False
        return (getattr(a, "metadata", None) or None) == (getattr(b, "metadata", None) or None)
    if isinstance(a, TheirDataset):
        return isinstance(b, TheirDataset) and uri_of(a) == uri_of(b) and (a.file_format or "") == (b.file_format or "")
    if isinstance(a, TheirSchema):
        return isinstance(b, TheirSchema) and uri_of(a) == uri_of(b) and a.columns() == b.columns()
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(agree, a, b))
    if isinstance(a, dict):
        left = list(b.items())
        for key, value in a.items():
            place = next((i for i, (other, _) in enumerate(left) if same(key, other)), None)
            if place is None or not agree(value, left.pop(place)[1]):
                return False
        return not left
    if dataclasses.is_dataclass(a):
        return all(agree(getattr(a, field.name), getattr(b, field.name)) for field in dataclasses.fields(a))
    return same(a, b)


# ---------------------------------------------------------------------------------------------------------- the engine


def engine() -> Any:
    from flytekit.core.type_engine import TypeEngine

    return TypeEngine


def context() -> Any:
    return FlyteContextManager.current_context()


def their_literal_type(python_type: Any) -> LiteralType:
    return engine().to_literal_type(python_type).to_flyte_idl()


def their_literal(python_type: Any, value: Any) -> Literal:
    """What flytekit writes for a value of one of its types."""
    declared = engine().to_literal_type(python_type)
    return engine().to_literal(context(), value, python_type, declared).to_flyte_idl()


def their_reading(literal: Literal, python_type: Any) -> Any:
    """What flytekit reads, from the bytes as a pod does."""
    parsed = Literal.FromString(literal.SerializeToString())
    return engine().to_python_value(context(), LiteralModel.from_flyte_idl(parsed), python_type)


def their_guess(literal_type: LiteralType) -> Any:
    return engine().guess_python_type(LiteralTypeModel.from_flyte_idl(literal_type))


def in_order(literal: Literal) -> Literal:
    """The literal with the keys of its msgpack maps in one order; flytekit keeps the order of the value's."""
    made = Literal()
    made.CopyFrom(literal)
    kind = made.WhichOneof("value")
    if kind == "collection":
        for place, one in enumerate(literal.collection.literals):
            made.collection.literals[place].CopyFrom(in_order(one))
    elif kind == "map":
        for key, one in literal.map.literals.items():
            made.map.literals[key].CopyFrom(in_order(one))
    elif kind == "scalar" and made.scalar.HasField("union"):
        made.scalar.union.value.CopyFrom(in_order(literal.scalar.union.value))
    elif kind == "scalar" and made.scalar.binary.tag == "msgpack":
        unpacked = msgpack.unpackb(literal.scalar.binary.value, strict_map_key=False, object_pairs_hook=Pairs)
        made.scalar.binary.value = msgpack.packb(_ordered(unpacked))
    return made


class Pairs(list):
    """A msgpack map as it stands, so that no two of its keys become one."""


def _ordered(value: Any) -> Any:
    if isinstance(value, Pairs):
        pairs = sorted(((key, _ordered(item)) for key, item in value), key=lambda pair: msgpack.packb(pair[0]))
        return dict(pairs)
    return [_ordered(one) for one in value] if isinstance(value, list) else value
