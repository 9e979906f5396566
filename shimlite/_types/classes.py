# SPDX-License-Identifier: Apache-2.0
"""The fields of dataclasses, attrs classes and pydantic models, in one form. ``parse`` makes nodes of annotations.

Next: ``pydantic_models``.
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterator
from typing import Annotated, Any, NamedTuple, TypeVar

import attrs

from ..errors import UnsupportedTypeError, class_name
from ..values import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset
from .pydantic_models import is_model, refuse_unfit
from .settings import mashumaro_setting

_T = TypeVar("_T")

MISSING = dataclasses.MISSING
MOST_CLASSES = 64
"""Classes for which ``remembered`` keeps a result: those that only values bring along."""
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class ClassField(NamedTuple):
    name: str
    annotation: Any
    init: str
    """The name of the parameter that sets it; empty where none does."""
    default: Any
    """MISSING where there is none, or where only a factory knows."""
    required: bool
    description: str = ""
    """What a dataclass's field says of itself, for its JSON Schema."""


_OURS = (FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset)  # attrs classes too


def is_record_class(python_type: Any) -> bool:
    """Whether it is a dataclass, an attrs class or a pydantic model, and none of ours."""
    is_class = isinstance(python_type, type) and (dataclasses.is_dataclass(python_type) or attrs.has(python_type))
    return (is_class and not any(python_type is ours for ours in _OURS)) or is_model(python_type)


def fields_of_class(record: type) -> list[ClassField]:
    """The fields of a record's class, in order, their annotations resolved.

    Raises UnsupportedTypeError where an annotation names what its module does not have, for a class that cannot be made
    from its fields, and for one that mashumaro, which flytekit uses, would write in another way.
    """
    if is_model(record):
        refuse_unfit(record)
        return list(_model_fields(record))
    setting = mashumaro_setting(record)
    if setting:
        raise UnsupportedTypeError(f"{class_name(record)} has {setting}, which is not supported")
    fields = list(_dataclass_fields(record) if dataclasses.is_dataclass(record) else _attrs_fields(record))
    _refuse_unmakeable(record, {field.init for field in fields})
    return fields


def remembered(make: Callable[[type], _T]) -> Callable[[type], _T]:
    """A function of a class that remembers its results. Keys are ids, since a metaclass may forbid a hash."""
    results: dict[int, tuple[type, _T]] = {}

    def result_of(cls: type) -> _T:
        entry = results.get(id(cls))
        if entry is None:
            if len(results) >= MOST_CLASSES:
                results.clear()
            entry = results[id(cls)] = cls, make(cls)
        return entry[1]

    return result_of


def names_of_class(record: Any) -> list[str]:
    if is_model(record):
        return [*record.model_fields, *record.model_computed_fields]
    return [field.name for field in (dataclasses.fields if dataclasses.is_dataclass(record) else attrs.fields)(record)]


def _dataclass_fields(record: Any) -> Iterator[ClassField]:
    for field in dataclasses.fields(record):
        required = field.default is MISSING and field.default_factory is MISSING
        annotation = _resolved(record, field.name)
        init, description = field.name if field.init else "", field.metadata.get("description") or ""
        yield ClassField(field.name, annotation, init, field.default, required, description)


def _attrs_fields(record: Any) -> Iterator[ClassField]:
    for field in attrs.fields(record):
        required = field.default is attrs.NOTHING
        default = MISSING if required or isinstance(field.default, attrs.Factory) else field.default  # type: ignore[arg-type]
        declared = Any if field.type is None else field.type  # attr.ib(type=…) leaves no annotation
        annotation = _resolved(record, field.name, declared)
        yield ClassField(field.name, annotation, field.alias if field.init else "", default, required)


def _model_fields(model: Any) -> Iterator[ClassField]:
    """pydantic has resolved the annotations; their words it keeps apart."""
    subscript: Any = Annotated
    by_name = any(map(model.model_config.get, ("populate_by_name", "validate_by_name")))
    for name, field in model.model_fields.items():
        required = field.is_required()
        default = MISSING if required or field.default_factory is not None else field.default
        alias = field.alias if field.validation_alias is None else field.validation_alias
        init = alias if isinstance(alias, str) and not by_name else name
        words = (field.annotation, *field.metadata)
        annotation = subscript[words] if field.metadata else field.annotation
        yield ClassField(name, annotation, init, default, required)


def resolved_annotations(record: Any) -> dict[str, Any]:
    """The fields of a dataclass, or of an instance of one, with their types."""
    cls = record if isinstance(record, type) else type(record)
    return {name: _resolved(cls, name) for name in names_of_class(cls)}


def _resolved(record: type, name: str, unannotated: Any = Any) -> Any:
    """The annotation of one field, evaluated where its class was defined; ``unannotated`` where there is none.

    Other annotations of the class are left alone: Python 3.10 cannot evaluate an InitVar.
    """
    try:
        owner = next((cls for cls in record.__mro__ if name in annotations_of(cls)), None)
        if owner is None:
            return unannotated
        names = vars(sys.modules[owner.__module__]) if owner.__module__ in sys.modules else {}
        return resolved(annotations_of(owner)[name], names, dict(vars(owner)))
    except Exception as error:
        raise UnsupportedTypeError(
            f"its annotation cannot be resolved ({type(error).__name__})", path=f"{class_name(record)}.{name}"
        ) from error


if sys.version_info >= (3, 14):
    # Annotations are evaluated when they are asked for, all of a class or function at once. One that cannot be is left
    # as a reference, which fails alone, where ``resolved`` evaluates it.
    from annotationlib import Format, get_annotations  # which inspect has loaded

    def annotations_of(cls: type) -> dict[str, Any]:
        """What a class itself annotates."""
        return get_annotations(cls, format=Format.FORWARDREF)

    def signature_of(function: Any) -> inspect.Signature:
        """As ``inspect.signature``, and raises what that does."""
        return inspect.signature(function, annotation_format=Format.FORWARDREF)

else:
    annotations_of, signature_of = inspect.get_annotations, inspect.signature


def resolved(annotation: Any, names: dict[str, Any], own: dict[str, Any]) -> Any:
    """An annotation, which PEP 563 leaves as text, as the type that it names. Raises what evaluating it raises."""
    alone = types.SimpleNamespace(__annotations__={"one": annotation})
    return typing.get_type_hints(alone, names, own, include_extras=True)["one"]


def _refuse_unmakeable(record: type, parameters: set[str]) -> None:
    """Raises UnsupportedTypeError where an InitVar, or an ``__init__`` of its own, asks for what no field holds."""
    try:
        signature = signature_of(record)
    except Exception as error:  # its base is a built-in class, or its own code raised it
        raise UnsupportedTypeError(f"{class_name(record)} cannot be made: it has no signature") from error
    for name, parameter in signature.parameters.items():
        if parameter.default is parameter.empty and parameter.kind not in _VARIADIC and name not in parameters:
            raise UnsupportedTypeError(f"{class_name(record)} cannot be made from its fields: it asks for {name!r} too")
