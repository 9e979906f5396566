# SPDX-License-Identifier: Apache-2.0
"""The types of a template as source: a dataclass for each record, a class for each Enum, and how a type is written.

A record that is told in part alone is a dict, and a comment says why. Next: ``stubs``.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import attrs

from .._types.parse import parts
from ..engine import from_plain
from ..errors import ShimliteError
from ..schemas import UNTOLD, Choice, DictOf, Field, ListOf, Named, OneOf, Record
from .records import Records
from .source import WIDTH, Scope, camel_case, class_name, comment, is_name, literal, shown

LONGEST_TYPE = 80
"""Characters of a type in a line of its own; a longer one gets a name."""
_NONE = type(None)
_MOMENTS = (dt.datetime, dt.date, dt.timedelta)
_KEYS = (str, int, float, bool, bytes, _NONE, *_MOMENTS)
"""The scalars, which are the keys of a dict."""


class Types:
    """Writes types, and the classes that they need."""

    def __init__(self, records: Records, scope: Scope) -> None:
        self._records = records
        self._scope = scope
        self._first = records.alike()
        self._classes = self._named_classes(list(dict.fromkeys(self._first.values())))
        self._enums: dict[tuple[Any, ...], tuple[str, dict[Any, str]]] = {}
        self._aliases: dict[_Text, str] = {}

    def _named_classes(self, numbers: list[str]) -> dict[str, str]:
        """The name of each record's class; empty where it is a dict.

        The title that stands beside a value in a union is looked for among the names of classes. So a class is called
        by its title, those first that can be, and none of several of one title is.
        """
        records = {number: self._records.by_number[number] for number in numbers}
        count = Counter(record.title for record in records.values())
        named = [number for number, record in records.items() if not _why_no_class(record)]
        by_title = [number for number in named if count[(title := records[number].title)] == 1 and self._can_be(title)]
        names, seen = {number: self._scope.new(records[number].title) for number in by_title}, Counter[str]()
        for number in named:
            title = class_name(records[number].title, "Record")
            if not records[number].title:
                title = camel_case(self._records.hint(number), "Record")
            elif count[records[number].title] > 1:
                seen[records[number].title] += 1
                title = f"{title}{seen[records[number].title]}"
            names[number] = names.get(number) or self._scope.new(title)
        return {number: names.get(number, "") for number in numbers}

    def _can_be(self, title: str) -> bool:
        return class_name(title, "") == title and self._scope.is_free(title)

    # ------------------------------------------------------------------------------------------------------- types

    def annotation(self, told: Any) -> str:
        """The type of a variable, as its annotation says it: all of it, since no variable holds an Any in part."""
        return self._scope.use("Any") if _says_any(told) else self.written(told)

    def written(self, told: Any) -> str:
        """A type as text. One that is long gets a name."""
        text = self._text(told)
        if len(text.in_one) <= LONGEST_TYPE:
            return text.in_one
        if text not in self._aliases:
            self._aliases[text] = self._scope.new("LongType")
        return self._aliases[text]

    def _text(self, told: Any) -> _Text:
        use = self._scope.use
        if isinstance(told, ListOf):
            return _Text(use("list"), (self.written(told.item),))
        if isinstance(told, DictOf):
            key, value = (told.key, told.value) if _is_key(told.key) else (Any, Any)
            return _Text(use("dict"), (self.written(key), self.written(value)))
        if isinstance(told, OneOf):
            is_any = Any in _flat(told) or _is_untold(told)
            return _Text("", (use("Any"),) if is_any else tuple(dict.fromkeys(map(self.written, _flat(told)))))
        if isinstance(told, Choice):
            return self._choice(told)
        if told is list:
            return self._text(ListOf(Any))
        if told is dict or (isinstance(told, Named) and not self._classes[self._first[told.reference]]):
            return self._text(DictOf(Any, Any))
        return _Text("", (self._named(told),))

    def _named(self, told: Any) -> str:
        """A type that one name says."""
        if isinstance(told, Named):
            return self._classes[self._first[told.reference]]
        if told in (None, _NONE):
            return "None"
        cls = _class(told)
        name = "Any" if cls is Any else cls.__name__
        return f"{self._scope.use('dt')}.{name}" if cls in _MOMENTS else self._scope.use(name)

    def _choice(self, told: Choice) -> _Text:
        if told.values and told.is_whole and not _is_enum(told):
            return _Text(self._scope.use("Literal"), tuple(map(literal, told.values)))
        if told.values and told.is_whole:
            return _Text("", (self._enum(told)[0],))
        return _Text("", (self._scope.use("Any"),))

    def _enum(self, told: Choice) -> tuple[str, dict[Any, str]]:
        """The name of an Enum's class, and those of its members by value."""
        values = tuple(dict.fromkeys(told.values))
        if values not in self._enums:
            title = self._records.titles.get(values, told.title)
            self._enums[values] = self._scope.new(camel_case(title, "Choice")), _members(values)
        return self._enums[values]

    # ----------------------------------------------------------------------------------------------------- classes

    def classes(self) -> Iterator[list[str]]:
        """The lines of each class, and of each long type: Enums first, since defaults need them."""
        records = [self._record(number, name) for number, name in self._classes.items()]
        for name, members in self._enums.values():
            lines = [f"    {member} = {literal(value)}" for value, member in members.items()]
            yield [f"class {name}({self._scope.use('Enum')}):", *lines]
        yield from records
        for text, name in self._aliases.items():
            yield list(text.lines(f"{name}: {self._scope.use('TypeAlias')} = "))

    def _record(self, number: str, name: str) -> list[str]:
        record = self._records.by_number[number]
        if not name:
            what = shown(record.title or self._records.hint(number))
            return [comment(f"A dict stands for the record {what}: {_why_no_class(record)}.", "")]
        fields = sorted((self._field(one, bool(record.title)) for one in record.fields), key=lambda one: one[0])
        lines = [line for _, lines in fields for line in lines]
        return [f"@{self._scope.use('dataclass')}", f"class {name}:", *(lines or ["    pass"])]

    def _field(self, field: Field, has_schema: bool) -> tuple[bool, list[str]]:
        """Whether a field has a default, and its lines. Without a schema nothing is known of defaults."""
        told, lines = field.type, []
        if field.description:
            lines.append(comment(shown(field.description), "    "))
        default = self._default(field) if has_schema and not field.required else ""
        if default == "None" and not any(one in (None, _NONE, Any) for one in _flat(told)):
            told = OneOf((told, _NONE))
        if has_schema and not field.required and (not default or field.default is UNTOLD):
            lines.append(comment("It may be left out; what it is then is not known here.", "    "))
        end = f" = {default}" if default else ""
        return bool(default), [*lines, f"    {field.name}: {self.written(told)}{end}"]

    def _default(self, field: Field) -> str:
        """The source of a field's default; empty where it is not known, or is no scalar."""
        kind = list if isinstance(field.type, ListOf) else dict if isinstance(field.type, DictOf) else field.type
        if kind in (list, dict) and (field.default is UNTOLD or field.default == kind()):
            return f"{self._scope.use('field')}(default_factory={self._scope.use(kind.__name__)})"
        if field.default is None:
            return "None"
        texts = {self._default_of(one, field.default) for one in _flat(field.type)} - {""}
        text = texts.pop() if len(texts) == 1 else ""
        return text if len(text) <= LONGEST_TYPE else ""

    def _default_of(self, told: Any, value: Any) -> str:
        """A default as a value of one type, which JSON holds; empty where it is none."""
        if isinstance(told, Choice):
            if not any(type(one) is type(value) and one == value for one in told.values):
                return ""
            name, members = self._enum(told) if _is_enum(told) else ("", {})
            return f"{name}.{members[value]}" if name else literal(value)
        if told in (str, bool, int) and type(value) is told:
            return literal(value)
        if told is float and type(value) in (float, int):
            return self._float(float(value))
        if told is bytes or told in _MOMENTS:
            return self._moment_or_bytes(told, value)
        return ""

    def _float(self, value: float) -> str:
        text = repr(value).replace("e+", "e")
        return text if math.isfinite(value) else f'{self._scope.use("float")}("{text}")'

    def _moment_or_bytes(self, told: Any, value: Any) -> str:
        try:
            known = from_plain(value, told)
        except ShimliteError:
            return ""
        return literal(known) if told is bytes else repr(known).replace("datetime.", f"{self._scope.use('dt')}.")


@attrs.frozen
class _Text:
    """A type as text: the parts of what ``start`` subscripts, or of a union where that is empty."""

    start: str
    parts: tuple[str, ...]

    @property
    def in_one(self) -> str:
        """The whole in one line."""
        return f"{self.start}[{', '.join(self.parts)}]" if self.start else " | ".join(self.parts)

    def lines(self, before: str) -> Iterator[str]:
        """The whole after ``before``, in as many lines as ruff makes of it."""
        if len(before + self.in_one) <= WIDTH or len(self.parts) == 1:
            yield before + self.in_one
        elif self.start:
            yield from (f"{before}{self.start}[", *(f"    {part}," for part in self.parts), "]")
        else:
            first, *others = self.parts
            yield from (f"{before}(", f"    {first}", *(f"    | {part}" for part in others), ")")


def _class(told: Any) -> Any:
    """The class of a Python type; of a reference without its format and columns, which its values need not."""
    origin, arguments = parts(told)
    return arguments[0] if arguments else origin


def _flat(told: Any) -> list[Any]:
    """The members of a union and of those in it; of any other type, the type itself."""
    return [inner for one in told.members for inner in _flat(one)] if isinstance(told, OneOf) else [told]


def _says_any(told: Any) -> bool:
    """Whether Any stands in the text of a type, outside its records."""
    if isinstance(told, ListOf):
        return _says_any(told.item)
    if isinstance(told, DictOf):
        return _says_any(told.value)
    if isinstance(told, OneOf):
        return _is_untold(told) or any(map(_says_any, told.members))
    return told is Any or (isinstance(told, Choice) and not (told.values and told.is_whole))


def _is_untold(told: OneOf) -> bool:
    """Whether a union has no members, or only formats or columns, which have no plain spelling, tell them apart."""
    kinds = Counter(map(_outer, _flat(told)))
    return not kinds or any(kinds[_outer(one)] > 1 and _has_words(one) for one in _flat(told))


def _outer(told: Any) -> Any:
    return type(told) if isinstance(told, (ListOf, DictOf, Choice, Named)) else _class(told)


def _has_words(told: Any) -> bool:
    if isinstance(told, ListOf):
        return _has_words(told.item)
    if isinstance(told, DictOf):
        return _has_words(told.value)
    if isinstance(told, OneOf):
        return any(map(_has_words, told.members))
    return not isinstance(told, (Choice, Named)) and _class(told) is not told


def _is_key(told: Any) -> bool:
    return all(isinstance(one, Choice) or one in _KEYS for one in _flat(told))


def _is_enum(told: Choice) -> bool:
    return told.is_enum and all(type(one) in (str, int) for one in told.values)


def _members(values: tuple[Any, ...]) -> dict[Any, str]:
    """A name for each value of an Enum: in capitals, so that it is none that Enums have themselves."""
    names: dict[str, Any] = {}
    for place, value in enumerate(values):
        name = class_name(value, "").upper() if isinstance(value, str) else ""
        if not is_name(name) or name in names:
            name = f"VALUE_{place}"
        while name in names:
            name += "_"
        names[name] = value
    return {value: name for name, value in names.items()}


def _why_no_class(record: Record) -> str:
    """Why a record has no dataclass; empty where it has one."""
    if record.is_open:
        return "it may have fields that are not told"
    return next((f"no field can be named {shown(one.name)}" for one in record.fields if not is_name(one.name)), "")
