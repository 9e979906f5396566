# SPDX-License-Identifier: Apache-2.0
"""What only pydantic models have: fields that are limited, fields of types outside the set, and validators that refuse.

pydantic is not imported here. ``values`` draws the values of a model's fields, of which this makes the model.
"""

from __future__ import annotations

import decimal
import pathlib
import sys
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .awkward import AWKWARD, text
from .scalars import BLOBS, MOST_ITEMS, SCALARS, WORDS
from .shapes import annotated, words

_UTF8 = WORDS.map(str.encode)
MODEL_SCALARS: dict[Any, SearchStrategy[Any]] = {**SCALARS, bytes: st.one_of(_UTF8, _UTF8, BLOBS)}
"""Of bytes pydantic writes by default only those that are UTF-8."""
MOST_DIGITS = 9
"""Of a decimal number of which only the places after its point are limited."""


@attrs.frozen
class Limits:
    """What the values of a field are limited to, as ``Field(gt=0)`` or a word of ``Annotated`` says."""

    bounds: tuple[Any, ...] = ()
    """Words of annotated_types that hypothesis knows."""
    multiple: Any = None
    """Of what a number is a multiple."""
    pattern: Any = None
    """A regular expression, of a text."""
    least: int = 0
    """Of the length of a text, bytes or a container."""
    most: int = MOST_ITEMS
    digits: int | None = None
    """Of a decimal number, and how many of them are after its point."""
    places: int | None = None


NO_LIMITS = Limits()


def limits_of(python_type: Any) -> Limits:
    told = list(_single_words(words(python_type)))
    least = max([0, *_said(told, "min_length")])
    return Limits(
        bounds=tuple(word for word in told if any(hasattr(word, name) for name in ("gt", "ge", "lt", "le"))),
        multiple=next(_said(told, "multiple_of"), None),
        pattern=next(_said(told, "pattern"), None),
        least=least,
        most=min([max(MOST_ITEMS, least), *_said(told, "max_length")]),
        digits=next(_said(told, "max_digits"), None),
        places=next(_said(told, "decimal_places"), None),
    )


def _single_words(some_words: Iterable[Any]) -> Iterator[Any]:
    for word in some_words:
        if type(word).__module__ == "pydantic.fields":  # Field(…), which holds several
            yield from word.metadata
        else:
            yield word


def _said(some_words: list[Any], name: str) -> Iterator[Any]:
    return (value for word in some_words if (value := getattr(word, name, None)) is not None)


def limited_texts(limits: Limits) -> SearchStrategy[str]:
    if limits.pattern is not None:
        return st.from_regex(limits.pattern)
    return text(limits.most, limits.least)


def limited_bytes(limits: Limits) -> SearchStrategy[bytes]:
    return st.lists(st.integers(0, 0x7F), min_size=limits.least, max_size=limits.most).map(bytes)


def limited_decimals(limits: Limits) -> SearchStrategy[decimal.Decimal]:
    """Numbers of so many digits, some of which pydantic may refuse for their bounds."""
    most = 10 ** (MOST_DIGITS if limits.digits is None else limits.digits) - 1
    return st.integers(-most, most).map(lambda number: decimal.Decimal(number).scaleb(-(limits.places or 0)))


def foreign_values(foreign: Any, limits: Limits = NO_LIMITS) -> SearchStrategy[Any]:
    """Of a type outside the set, or of bounded numbers.

    Of Python's own types hypothesis draws them; of others they are plain values that pydantic takes, if it takes any.
    """
    cls = typing.get_origin(foreign) or foreign
    is_known = cls.__module__.partition(".")[0] in sys.stdlib_module_names and cls not in _UNKNOWN
    some = [] if is_known else _taken(foreign)
    if some:
        return st.sampled_from(some)
    found: SearchStrategy[Any] = st.from_type(annotated(foreign, limits.bounds) if limits.bounds else foreign)
    return found if limits.multiple is None else found.map(lambda number: number - number % limits.multiple)


_UNKNOWN = (pathlib.Path, pathlib.PurePath)
"""Python's own types of which hypothesis draws but one value."""
_PLAIN: tuple[Any, ...] = (
    *(value for values in AWKWARD.values() for value in values),
    *("12:00:00", "00000000-0000-0000-0000-000000000000", "127.0.0.1", "1.0.0.0/8", "name@example.com", "red"),
    *("https://example.com/", "postgres://user@host/db", "redis://host", [], ["a"], [1, 2], {}, {"a": 1}),
)


def _taken(foreign: Any) -> list[Any]:
    try:
        validate = sys.modules["pydantic"].TypeAdapter(foreign).validate_python
    except Exception:
        return []
    return [one for one in _PLAIN if _is_taken(validate, one)]


def _is_taken(validate: Callable[[Any], Any], value: Any) -> bool:
    try:
        validate(value)
    except Exception:
        return False
    return True


def made(model: Any, fields: Mapping[str, Any]) -> Any:
    """A model of fields by their names; None where it refuses them."""
    try:
        if model.__pydantic_root_model__:
            return model(**fields)
        return model.model_validate(dict(fields), by_alias=False, by_name=True)
    except Exception:
        return None


def changed(value: Any, name: str, field: Any) -> Any:
    """A model with another value of one field; None where it refuses that."""
    fields = {one: getattr(value, one) for one in type(value).model_fields}
    return made(type(value), {**fields, **(value.__pydantic_extra__ or {}), name: field})
