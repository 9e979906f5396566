# SPDX-License-Identifier: Apache-2.0
"""The records of a whole template: which of those that its schemas tell are one class.

``schemas`` reads them. Next: ``source``.
"""

from __future__ import annotations

from typing import Any

import attrs

from ..schemas import Choice, DictOf, ListOf, Named, OneOf, Record, Schema

MOST_ROUNDS = 20
"""Times that the records are compared: as often as one holds another, which only hostile schemas do so often. After
that each record is a class of its own."""


class Records:
    """The records of a whole template, by number; those of one title and the same fields become one class.

    In a type that ``add`` returns, and in the fields, each record is a ``Named`` with its number.
    """

    def __init__(self) -> None:
        self.by_number: dict[str, Record] = {}
        self.titles: dict[tuple[Any, ...], str] = {}
        """Of Enums by their values, where a schema tells them."""
        self._hints: dict[str, str] = {}

    def add(self, told: Any, hint: str) -> Any:
        """A type in which a ``Schema`` stands for each record; ``hint`` is the name of what has this type."""
        return self._placed(told, Schema(told), hint, {})

    def hint(self, number: str) -> str:
        """The name of the field or variable that a record was first seen in."""
        return self._hints[number]

    def _placed(self, told: Any, schema: Schema, hint: str, known: dict[str, Named]) -> Any:
        def placed(part: Any) -> Any:
            return self._placed(part, schema, hint, known)

        if isinstance(told, ListOf):
            return ListOf(placed(told.item))
        if isinstance(told, DictOf):
            return DictOf(placed(told.key), placed(told.value))
        if isinstance(told, OneOf):
            return OneOf(tuple(map(placed, told.members)))
        if isinstance(told, Choice):
            if told.title:
                self.titles.setdefault(told.values, told.title)
            return attrs.evolve(told, title=told.title or hint)
        if isinstance(told, Schema):
            return self._placed(told.root, told, hint, {})
        if isinstance(told, Named):
            if told.reference not in known:
                known[told.reference] = self._new(hint)
                self._fill(known[told.reference], schema.record(told), schema, known)
            return known[told.reference]
        if isinstance(told, Record):
            number = self._new(hint)
            self._fill(number, told, schema, known)
            return number
        return told

    def _new(self, hint: str) -> Named:
        number = str(len(self._hints))
        self._hints[number] = hint
        return Named(number)

    def _fill(self, number: Named, record: Record, schema: Schema, known: dict[str, Named]) -> None:
        fields = [attrs.evolve(one, type=self._placed(one.type, schema, one.name, known)) for one in record.fields]
        self.by_number[number.reference] = attrs.evolve(record, fields=tuple(fields))

    def alike(self) -> dict[str, str]:
        """Of each record, the number of the first that is the same: title, fields, and the records in them too."""
        groups, count = dict.fromkeys(self.by_number, 0), 0
        for _ in range(MOST_ROUNDS):
            keys = {number: _key(record, groups) for number, record in self.by_number.items()}
            places = {key: place for place, key in enumerate(dict.fromkeys(keys.values()))}
            groups = {number: places[key] for number, key in keys.items()}
            if len(places) == count:  # no group was split
                first: dict[int, str] = {}
                return {number: first.setdefault(group, number) for number, group in groups.items()}
            count = len(places)
        return {number: number for number in self.by_number}


def _key(record: Record, groups: dict[str, int]) -> Any:
    """What tells a record from others, each record in it known by its group alone."""
    fields = (
        (one.name, _key_of(one.type, groups), one.required, repr(one.default), one.description) for one in record.fields
    )
    return record.title, record.is_open, tuple(fields)


def _key_of(told: Any, groups: dict[str, int]) -> Any:
    if isinstance(told, ListOf):
        return ListOf(_key_of(told.item, groups))
    if isinstance(told, DictOf):
        return DictOf(_key_of(told.key, groups), _key_of(told.value, groups))
    if isinstance(told, OneOf):
        return OneOf(tuple(_key_of(one, groups) for one in told.members))
    if isinstance(told, Choice):
        return Choice, tuple((type(one), one) for one in told.values), told.is_enum
    return Named(str(groups[told.reference])) if isinstance(told, Named) else told
