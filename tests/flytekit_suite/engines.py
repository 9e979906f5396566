# SPDX-License-Identifier: Apache-2.0
"""The vocabulary of the rows, and how a library is asked. shimlite's side is here; ``theirs`` has flytekit's."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import decimal
import math
import typing
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import shimlite
from shimlite import FlyteAnnotation, FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, HashMethod, StructuredDataset
from shimlite._idl import Literal, LiteralType
from shimlite.values import Columns, Format

from .. import support
from ..corpus.show import show
from ..corpus.show import spell as spell_plain
from . import classes
from .rows import Row

Say = Callable[[Any], str]
"""A reference, or the type of one, as text; empty for all else."""


class Engine(NamedTuple):
    """One library's functions of conversion, and its meanings of the words in a row."""

    names: dict[str, Any]
    literal_type: Callable[[Any], LiteralType]
    guess: Callable[[LiteralType], Any]
    write: Callable[[Any, Any], Literal]
    read: Callable[[Literal, Any], Any]
    reference: Say
    reference_type: Say


class Line(NamedTuple):
    """One question: the row, what is asked of it, and of which value or literal."""

    row: Row
    asked: str
    about: str

    def label(self) -> dict[str, str]:
        label = {"test": self.row.test, "type": self.row.type, "asked": self.asked}
        return {**label, "about": self.about} if self.about else label


def blob(uri: str, file_format: str = "", dimensionality: int = 0) -> Literal:
    literal = Literal()
    literal.scalar.blob.uri = uri
    literal.scalar.blob.metadata.type.format = file_format
    literal.scalar.blob.metadata.type.dimensionality = dimensionality
    return literal


def with_metadata(literal: Literal, **metadata: str) -> Literal:
    literal.metadata.update(metadata)
    return literal


WORDS: dict[str, Any] = {
    **vars(typing),
    **vars(support),
    "blob": blob,
    "with_metadata": with_metadata,
    "Literal": typing.Literal,
    "Message": Literal,
    "date": dt.date,
    "datetime": dt.datetime,
    "timedelta": dt.timedelta,
    "inf": math.inf,
    "utc": dt.timezone.utc,
}


def meaning(text: str, names: dict[str, Any]) -> Any:
    """What a row's text stands for. typing's tables are emptied, since they answer with the types of earlier rows."""
    for forget in typing._cleanups:  # type: ignore[attr-defined]
        forget()
    return eval(text, dict(names))


def questions(rows: Iterable[Row], guesses: bool) -> Iterator[Line]:
    """All that the rows ask. Several rows of one test may be of one type, which is asked for once."""
    of_type = ("literal type", "guess") if guesses else ("literal type",)
    seen = set()
    for row in rows:
        if (row.test, row.type) not in seen:
            seen.add((row.test, row.type))
            yield from (Line(row, asked, "") for asked in of_type)
        for value in row.values:
            yield from (Line(row, asked, value) for asked in ("write", "back"))
        yield from (Line(row, "read", literal) for literal in row.literals)


def answer(engine: Engine, line: Line) -> str:
    """What a library says, as text: a message's bytes in base64, a value or a type, or the error that it raises."""
    try:
        python_type, about = meaning(line.row.type, engine.names), line.about and meaning(line.about, engine.names)
        if line.asked == "literal type":
            return text_of(engine.literal_type(python_type))
        if line.asked == "guess":
            return spell(engine.guess(engine.literal_type(python_type)), engine.reference_type)
        if line.asked == "write":
            return text_of(engine.write(about, python_type))
        literal = about if line.asked == "read" else engine.write(about, python_type)
        return say(engine.read(literal, python_type), engine.reference)
    except Exception as error:
        return f"refused: {type(error).__name__}: {error}"


def read(engine: Engine, line: Line, literal: Literal) -> str:
    """What a library reads from a literal that the other one has written."""
    try:
        return say(engine.read(literal, meaning(line.row.type, engine.names)), engine.reference)
    except Exception as error:
        return f"refused: {type(error).__name__}: {error}"


def ask_again(engine: Engine, line: Line, told: dict[str, Any]) -> str:
    """What a library answers to a question of the file, whose older literals stand in it."""
    if line.asked == "old":
        return read(engine, line, Literal.FromString(base64.b64decode(told["literal"])))
    return answer(engine, line)


def shortened(text: str) -> str:
    """An answer without the text of an error."""
    return "refused" if text.startswith("refused") else text


def text_of(message: Any) -> str:
    return base64.b64encode(message.SerializeToString(deterministic=True)).decode()


def say(value: Any, reference: Say) -> str:
    """A value as text. Records and references are said alike, whatever library's class they are of."""
    text = reference(value)
    if text:
        return text
    if isinstance(value, (list, tuple)):
        return (
            f"{'' if type(value) is list else type(value).__name__}[{', '.join(say(one, reference) for one in value)}]"
        )
    if isinstance(value, (set, frozenset)):
        return f"{type(value).__name__}[{', '.join(sorted(say(one, reference) for one in value))}]"
    if isinstance(value, dict):
        return (
            "{" + ", ".join(sorted(f"{say(key, reference)}: {say(one, reference)}" for key, one in value.items())) + "}"
        )
    if dataclasses.is_dataclass(value):
        fields = (f"{field.name}={say(getattr(value, field.name), reference)}" for field in dataclasses.fields(value))
        return f"{type(value).__name__}({', '.join(fields)})"
    if hasattr(type(value), "model_fields"):
        values = [*vars(value).items(), *sorted((value.model_extra or {}).items())]
        return f"{type(value).__name__}({', '.join(f'{name}={say(one, reference)}' for name, one in values)})"
    return f"{type(value).__name__}({value})" if isinstance(value, _BY_TEXT) else show(value)


_BY_TEXT = (decimal.Decimal, uuid.UUID, dt.time)


def spell(python_type: Any, reference: Say) -> str:
    """A type as text; a generated class of flytekit's by its fields."""
    text = reference(python_type)
    origin, arguments = typing.get_origin(python_type), typing.get_args(python_type)
    if text:
        return text
    if origin in (list, dict):
        return f"{origin.__name__}[{', '.join(spell(one, reference) for one in arguments)}]"
    if " | " in spell_plain(python_type):
        return " | ".join(spell(one, reference) for one in arguments)
    if dataclasses.is_dataclass(python_type):
        return f"a class of {', '.join(sorted(field.name for field in dataclasses.fields(python_type)))}"
    if hasattr(python_type, "__members__"):
        return f"Enum{spell_plain(python_type)[len(python_type.__name__) :]}"
    return spell_plain(python_type)


# ------------------------------------------------------------------------------------------------------ shimlite's side


def _ours(value: Any) -> str:
    if isinstance(value, FlyteError):
        return f"FlyteError({value.message!r}, {value.failed_node_id!r})"
    if not isinstance(value, (FlyteFile, FlyteDirectory, StructuredDataset, FlyteSchema)):
        return ""
    return said(type(value).__name__, value.uri, getattr(value, "format", ""), getattr(value, "metadata", None))


def said(name: str, uri: str, file_format: str, metadata: Any) -> str:
    words = [repr(uri), *([file_format] if file_format else []), *([show(dict(metadata))] if metadata else [])]
    return f"{name}({', '.join(words)})"


def _our_type(python_type: Any) -> str:
    words = typing.get_args(python_type)[1:] if typing.get_origin(python_type) is typing.Annotated else ()
    cls = typing.get_args(python_type)[0] if words else python_type
    if cls not in (FlyteFile, FlyteDirectory, StructuredDataset, FlyteSchema, FlyteError):
        return ""
    columns = [pair for word in words if isinstance(word, Columns) for pair in word.pairs]
    return said_type(cls.__name__, "".join(word.name for word in words if isinstance(word, Format)), columns)


def said_type(name: str, file_format: str, columns: list[tuple[str, Any]]) -> str:
    """The type of a reference, with what it says of its format and columns."""
    words = [file_format] if file_format else []
    words += [f"{column}: {spell(one, lambda _: '')}" for column, one in columns]
    return f"{name}[{', '.join(words)}]" if words else name


OURS = Engine(
    names={
        **WORDS,
        **vars(classes),
        "FlyteAnnotation": FlyteAnnotation,
        "FlyteError": FlyteError,
        "HashMethod": HashMethod,
        "dataset": StructuredDataset,
        "schema": FlyteSchema,
    },
    literal_type=shimlite.to_literal_type,
    guess=shimlite.guess_python_type,
    write=shimlite.to_literal,
    read=shimlite.to_python_value,
    reference=_ours,
    reference_type=_our_type,
)
