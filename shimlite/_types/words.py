# SPDX-License-Identifier: Apache-2.0
"""The words of ``Annotated`` that change a type or its ``LiteralType``: flytekit's, and our own of the same meaning.

Words of other libraries are recognised by module and name, so that none of them is imported. All other words are
dropped, as flytekit drops them; ``settings`` has mashumaro's. Next: ``unsupported``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .._idl import Struct
from ..errors import UnsupportedTypeError
from ..values import Columns, ExternalSchema, FlyteAnnotation, Format
from .classes import annotations_of, resolved_annotations
from .stripped import levels_of

DEEPEST_ANNOTATION = 60
"""Messages around one another in an annotation, of the 100 that protobuf nests. Each level of JSON takes three."""
_NUMPY = {
    **dict.fromkeys(("int32", "int64", "uint32", "uint64"), int),
    **dict.fromkeys(("float32", "float64"), float),
    **dict.fromkeys(("bool", "bool_"), bool),
    **dict.fromkeys(("str_", "bytes_", "object_"), str),
    "datetime64": dt.datetime,
    "timedelta64": dt.timedelta,
}
"""What flytekit takes numpy's types for, in columns."""


def is_a(value_or_class: Any, module: str, name: str) -> bool:
    """Whether a class, or the class of a value, is of that module and name, or derived from one."""
    cls = value_or_class if isinstance(value_or_class, type) else type(value_or_class)
    return any(base.__module__ == module and base.__name__ == name for base in cls.__mro__)


def annotation_of(words: Iterable[Any], spelled: str) -> str:
    """The data of the ``FlyteAnnotation`` among the words, as JSON; empty where there is none.

    Raises UnsupportedTypeError for two of them, for data that is no JSON object, and for a transformer of flytekit's.
    """
    annotations = []
    for word in words:
        if is_a(word, "flytekit.core.type_engine", "TypeTransformer"):
            raise UnsupportedTypeError(f"{spelled} has a {type(word).__name__} of its own, which is not supported")
        if issubclass(type(word), FlyteAnnotation) or is_a(word, "flytekit.core.annotation", "FlyteAnnotation"):
            annotations.append(word.data)
    if len(annotations) > 1:
        raise UnsupportedTypeError(f"{spelled} has more than one FlyteAnnotation")
    if not annotations or annotations[0] is None:
        return ""
    import json

    try:
        text = json.dumps(annotations[0], allow_nan=False)
        data = Struct()
        data.update(json.loads(text))
    except (TypeError, ValueError, OverflowError, RecursionError, AttributeError):
        raise UnsupportedTypeError(f"{spelled} has a FlyteAnnotation that is no JSON object") from None
    if "cache-key-metadata" in data.fields:
        raise UnsupportedTypeError(f"{spelled} has a FlyteAnnotation with the platform's own key 'cache-key-metadata'")
    if levels_of(data) > DEEPEST_ANNOTATION:
        raise UnsupportedTypeError(f"{spelled} has a FlyteAnnotation that is nested too deeply")
    return text


def hash_method_of(words: Iterable[Any]) -> Any:
    """The first HashMethod among the words, ours or flytekit's; None where there is none."""
    return next(filter(_is_hash_method, words), None)


def _is_hash_method(word: Any) -> bool:
    is_named = any(base.__name__ == "HashMethod" for base in type(word).__mro__)
    return is_named and callable(getattr(type(word), "calculate", None))


def dataset_words(words: Iterable[Any], spelled: str) -> Iterator[Format | Columns | ExternalSchema]:
    """The words of a StructuredDataset: a text is its format, a mapping or dataclass its columns, a pyarrow schema its
    external schema. Raises UnsupportedTypeError for two formats or schemas, and for other columns."""
    seen: dict[type, Any] = {}
    for word in words:
        if issubclass(type(word), (Format, Columns, ExternalSchema)):
            own: Any = word
        elif issubclass(type(word), str) and word:
            own = Format(word)
        elif issubclass(type(word), Mapping) or (issubclass(type(word), type) and dataclasses.is_dataclass(word)):
            own = Columns(tuple(_flat(word, "")))
            if len(dict(own.pairs)) < len(own.pairs):
                raise UnsupportedTypeError(f"{spelled} has two columns of one name")
        elif is_a(word, "pyarrow.lib", "Schema") and word:
            own = ExternalSchema("arrow", word.to_string().encode())
        elif _is_hash_method(word):
            continue
        elif _has_annotations(word) and not issubclass(type(word), (Mapping, FlyteAnnotation)):
            raise UnsupportedTypeError(f"{spelled} has columns that are a {type(word).__name__}", hint="write a dict")
        else:
            continue
        if type(own) in seen and not isinstance(own, Columns):
            kind = "format" if isinstance(own, Format) else "schema of another library"
            raise UnsupportedTypeError(f"{spelled} has more than one {kind}")
        seen[type(own)] = own
    yield from seen.values()


def _has_annotations(word: Any) -> bool:
    """Whether it, or its class, annotates something: from Python 3.14 an object does not have those of its class."""
    return hasattr(word, "__annotations__") or any(map(annotations_of, type(word).__mro__))


def _flat(columns: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """Columns, those inside others under a joined name: ``info.a``."""
    pairs = columns if isinstance(columns, Mapping) else resolved_annotations(columns)
    for name, column in pairs.items():
        if not isinstance(name, str):
            yield name, column  # the reader of the columns refuses it
        elif isinstance(column, Mapping) or dataclasses.is_dataclass(column):
            yield from _flat(column, f"{prefix}{name}." if prefix or name else "")
        else:
            yield f"{prefix}{name}", column


def column_type(column: Any) -> Any:
    """The Python type of a column, where numpy's stands for one."""
    is_numpy = isinstance(column, type) and column.__module__ == "numpy"
    return _NUMPY.get(column.__name__, column) if is_numpy else column
