# SPDX-License-Identifier: Apache-2.0
"""The nodes: what a Python type, or a ``LiteralType``, is parsed into.

Nodes are frozen and hashable. They keep the order of a union's members and tell ``Literal[1]`` from ``Literal[True]``,
where Python's own ``==`` of types does neither. A record finds its fields when they are asked for, since it may hold
itself. A fold is one function over nodes, in a file of its own: none is here. Next: ``parse``.
"""

from __future__ import annotations

import contextlib
import functools
import operator
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any, NamedTuple, TypeAlias

import attrs

from ..errors import ConversionError, UnsupportedTypeError, class_name
from ..values import Columns, ExternalSchema, FlyteAnnotation, Format
from .atoms import ANY, NONE
from .frames import Frame
from .plain_data import plain_scalar
from .pydantic_models import is_model
from .rows import Atom, ReferenceRow

MOST_MEMBERS = 256
"""Members of a union, those of unions inside it included. Nobody writes as many by hand."""


@attrs.frozen(repr=False)
class List:
    item: Node
    bare: bool = False
    """Whether the type is ``list``, which says nothing of its elements; they are ANY then."""


@attrs.frozen(repr=False)
class Map:
    """``dict[str, T]``: a map of literals."""

    item: Node


@attrs.frozen(repr=False)
class Dict:
    """Every other dict: one STRUCT. Keys and values of an untyped one are ANY."""

    key: Node
    value: Node
    any_record: bool = False
    """Whether it takes any record too: where only a ``LiteralType`` says STRUCT, records are not told from dicts."""


@attrs.frozen(slots=False, repr=False)
class Record:
    cls: Any = attrs.field(eq=id)  # since a metaclass may compare in its own way, or have no hash
    find_fields: Callable[[Any], tuple[Field, ...]] = attrs.field(eq=False)

    @property
    def is_model(self) -> bool:
        """Whether it is a pydantic model."""
        return is_model(self.cls)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Raises UnsupportedTypeError, its path naming the field, where the type of a field is outside the set."""
        if "_fields" not in vars(self):  # no cached_property, whose lock a process that is forked would inherit
            vars(self)["_fields"] = self.find_fields(self.cls)
        return vars(self)["_fields"]  # type: ignore[no-any-return]


class Field(NamedTuple):
    name: str
    declared: Node
    init: str
    """The name of the parameter that sets it; empty where none does."""
    default: Any
    """MISSING where there is none, or where only a factory knows."""
    required: bool
    description: str

    @property
    def node(self) -> Node:
        """What its values are: a default of None makes it Optional, whatever its annotation says."""
        node = unworded(self.declared)
        return union_of((node, NONE)) if self.default is None else node


@attrs.frozen(repr=False)
class Union:
    members: tuple[Node, ...]
    """No member is a union, and none stands twice. ``NoReturn`` has no members."""


@attrs.frozen(slots=False, repr=False)
class Choice:
    """An Enum, or, where ``enum`` is None, a ``Literal``."""

    enum: Any = attrs.field(eq=id)
    literal: tuple[tuple[type, Any], ...] = ()

    @property
    def values(self) -> tuple[tuple[type, Any], ...]:
        """The values as plain scalars, each with its class, since 1 == 1.0 == True.

        Raises UnsupportedTypeError where an Enum has values that are no scalars, or two that become one.
        """
        if "_values" not in vars(self):
            vars(self)["_values"] = self.literal if self.enum is None else tuple(_values_of_enum(self.enum))
        return vars(self)["_values"]  # type: ignore[no-any-return]

    @property
    def witnesses(self) -> tuple[Any, ...]:
        """The values as a person writes them: an Enum's members."""
        return members_of_enum(self.enum) if self.enum is not None else tuple(value for _, value in self.literal)


@attrs.frozen(repr=False)
class Reference:
    row: ReferenceRow
    format: str = ""
    columns: tuple[tuple[str, Node], ...] = ()
    """Names and types, in order."""
    external: ExternalSchema | None = None
    frame: Frame | None = None
    """The class of another library that a table is read as; None for a reference's own class."""

    @property
    def cls(self) -> Any:
        return self.row.cls if self.frame is None else self.frame.cls


@attrs.frozen(repr=False)
class Worded:
    """A type with a ``FlyteAnnotation``, which is written in its ``LiteralType`` and changes nothing else."""

    node: Node
    annotation: str
    """As JSON, so that it can be hashed."""


@attrs.frozen(repr=False)
class Hashed:
    """A type with a ``HashMethod``, which sets the hash of its literals and changes nothing else.

    It stands around a union, not in one: Propeller looks at no hash inside a union. Nor is there any inside a STRUCT.
    """

    node: Node
    functions: tuple[HashFunction, ...]


@attrs.frozen(repr=False)
class HashFunction:
    member: Node
    """What it is for: the whole type, or a member of the union."""
    method: Any = attrs.field(eq=id)
    """A HashMethod, ours or flytekit's."""


@attrs.frozen(repr=False)
class Foreign:
    """A type outside the set, in a field of a pydantic model, which alone reads and writes it."""

    type: Any = attrs.field(eq=id)
    parts: tuple[Node, ...] = attrs.field(default=(), eq=False)
    """Its arguments that are types."""


Node: TypeAlias = "Atom | List | Map | Dict | Record | Union | Choice | Reference | Worded | Hashed | Foreign"

UNTYPED = Dict(ANY, ANY)
ANY_STRUCT = Dict(ANY, ANY, any_record=True)


def members_of_enum(enum_type: Any) -> tuple[Any, ...]:
    """The members in order, without aliases. Pythons differ in whether they list a Flag of several bits."""
    return tuple({id(member): member for member in enum_type.__members__.values()}.values())


def value_of_member(member: Any) -> Any:
    try:
        return member.value
    except Exception as error:  # a property of the class's own raised it
        raise UnsupportedTypeError(f"{class_name(type(member))} has a member that tells no value") from error


def _values_of_enum(python_type: Any) -> Iterator[tuple[type, Any]]:
    seen = set()
    for member in members_of_enum(python_type):
        value = plain_value(value_of_member(member), class_name(python_type))
        if (type(value), value) in seen:
            raise UnsupportedTypeError(f"{class_name(python_type)} has two values that become one")
        seen.add((type(value), value))
        yield type(value), value


def plain_value(value: Any, spelled: str) -> Any:
    """A value of a Choice, as msgpack holds it."""
    try:
        return plain_scalar(value)
    except ConversionError as error:
        raise UnsupportedTypeError(f"{spelled} has a value that cannot travel: {error.reason}") from None


def union_of(nodes: Iterable[Node]) -> Node:
    """The union of nodes: flat, each member once, and no union where there is but one."""
    nodes = list(nodes)
    functions = tuple(function for node in nodes for function in _hash_functions(node))
    union = _union_of(map(unhashed, nodes) if functions else nodes)
    return Hashed(union, functions) if functions else union


def _hash_functions(node: Node) -> tuple[HashFunction, ...]:
    if isinstance(node, Worded):
        return _hash_functions(node.node)
    functions = node.functions if isinstance(node, Hashed) else ()
    return tuple(HashFunction(member, one.method) for one in functions for member in members(one.member))


def _union_of(nodes: Iterable[Node]) -> Node:
    flat = tuple(dict.fromkeys(member for node in nodes for member in members(node)))
    if sum(map(_members_in, flat)) > MOST_MEMBERS:
        raise UnsupportedTypeError(f"a union of more than {MOST_MEMBERS} types")
    return flat[0] if len(flat) == 1 else Union(flat)


def _members_in(node: Node) -> int:
    """How many members the unions in a type have, records aside: a value may try each of them."""
    match node:
        case List(item) | Map(item):
            return _members_in(item)
        case Dict(key, value):
            return _members_in(key) * _members_in(value)
        case Union(choices):
            return sum(map(_members_in, choices))
    return 1


def members(node: Node) -> tuple[Node, ...]:
    """A union's members; of any other type, the type itself."""
    return node.members if isinstance(node, Union) else (node,)


def classes_of(node: Node) -> tuple[type, ...]:
    """The exact classes of the values, by which a union finds the member for a value; empty for a union and for
    Any."""
    match node:
        case List():
            return (list,)
        case Map() | Dict():
            return (dict,)
        case Choice(cls):
            return (cls,) if cls is not None else tuple(dict.fromkeys(cls for cls, _ in node.values))
        case Reference():
            return (node.cls,)
        case Atom(cls=cls) | Record(cls=cls):
            return () if cls is Any else (cls,)
    return ()


def holds(node: Node, is_it: Callable[[Node], bool], seen: set[Node] | None = None) -> bool:
    """Whether a part for which ``is_it`` is true stands anywhere in a type, its records included."""
    seen = set() if seen is None else seen
    if is_it(node) or node in seen:
        return is_it(node)
    seen.add(node)
    match node:
        case List(item) | Map(item) | Worded(item) | Hashed(item):
            inside: tuple[Node, ...] = (item,)
        case Dict(key, value):
            inside = (key, value)
        case Union(choices) | Foreign(_, choices):
            inside = choices
        case Record():
            inside = ()
            with contextlib.suppress(UnsupportedTypeError):  # of a dataclass in a model, which pydantic alone asks
                inside = tuple(field.node for field in node.fields)
        case _:
            inside = ()
    return any(holds(one, is_it, seen) for one in inside)


def is_frame(node: Node) -> bool:
    """Whether it is a class of another library that a table is read as."""
    return isinstance(node, Reference) and node.frame is not None


def mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with each of its parts changed, save those inside records."""
    match node:
        case Worded(inner) | Hashed(inner):
            return mapped(inner, change)
        case List(item, bare):
            return List(mapped(item, change), bare)
        case Map(item):
            return Map(mapped(item, change))
        case Dict(key, value, any_record):
            return change(Dict(mapped(key, change), mapped(value, change), any_record))
        case Union(choices):
            return union_of(mapped(choice, change) for choice in choices)
    return change(node)


def unworded(node: Node) -> Node:
    """The node without annotations and hash methods, which values do not depend on."""
    return mapped(node, lambda part: part)


def unhashed(node: Node) -> Node:
    """The node without hash methods, its annotations kept."""
    match node:
        case Hashed(inner):
            return unhashed(inner)
        case Worded(inner, annotation):
            return Worded(unhashed(inner), annotation)
        case List(item, bare):
            return List(unhashed(item), bare)
        case Map(item):
            return Map(unhashed(item))
    return node


def unannotated(node: Node) -> Node:
    """The node without annotations, which conversions ignore; they heed its hash methods."""
    match node:
        case Worded(inner):
            return unannotated(inner)
        case Hashed(inner, functions):
            return Hashed(unannotated(inner), functions)
        case List(item, bare):
            return List(unannotated(item), bare)
        case Map(item):
            return Map(unannotated(item))
    return unworded(node)


# --------------------------------------------------------------------------------------------------- back to Python


def python_type_of(node: Node) -> Any:
    """The Python type that parses into the node."""
    match node:
        case Atom(cls=cls) | Record(cls=cls) | Foreign(cls):
            return cls
        case List(item, bare):
            return list if bare else list[python_type_of(item)]  # type: ignore[misc]
        case Map(item):
            return dict[str, python_type_of(item)]  # type: ignore[misc]
        case Dict(key, value):
            return dict if key is ANY else dict[python_type_of(key), python_type_of(value)]  # type: ignore[misc]
        case Union(choices):
            return _either(tuple(map(python_type_of, choices))) if choices else typing.NoReturn
        case Choice(cls):
            return cls or typing.Literal[tuple(value for _, value in node.literal)]
        case Reference(_, file_format, columns, external):
            pairs = tuple((name, python_type_of(column)) for name, column in columns)
            words = (Format(file_format) if file_format else None, Columns(pairs) if pairs else None, external)
            arguments = (node.cls, *(word for word in words if word is not None))
            subscript: Any = Annotated
            return subscript[arguments] if len(arguments) > 1 else node.cls
        case Worded(inner, annotation):
            return Annotated[python_type_of(inner), FlyteAnnotation(annotation_data(annotation))]
        case Hashed(inner, functions):
            methods = {one.member: one.method for one in reversed(functions)}
            parts = (inner,) if unworded(inner) in methods else members(inner)
            return _either(tuple(_with_method(part, methods) for part in parts))


def _with_method(node: Node, methods: Mapping[Node, Any]) -> Any:
    method, python_type = methods.get(unworded(node)), python_type_of(node)
    return python_type if method is None else Annotated[python_type, method]


def _either(choices: tuple[Any, ...]) -> Any:
    """Join by ``|``, where that is Python's own and not a metaclass's: ``typing.Union`` may return an equal union, of
    another order, that was made before."""
    if len(choices) == 1:
        return choices[0]
    own = (type.__or__, getattr(types.GenericAlias, "__or__", None))
    if all(getattr(type(one), "__or__", None) in own for one in choices):
        return functools.reduce(operator.or_, choices)
    return typing.Union[choices]


def annotation_data(annotation: str) -> dict[str, Any]:
    import json

    data: dict[str, Any] = json.loads(annotation)
    return data
