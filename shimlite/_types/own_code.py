# SPDX-License-Identifier: Apache-2.0
"""The code of the executor's own classes, which runs while values are converted and may raise anything.

The error that takes the place of theirs names the class, the field where that is known, and the kind of error. Their
words may show a value, so none are kept. Next: ``budget``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from types import CodeType, FrameType, TracebackType
from typing import Any

import attrs

from ..errors import class_name, raised, traceback_of, unlike

Refusal = Callable[[BaseException], BaseException]


def refusal_of(record: type, spelled: str, names: Collection[str]) -> Refusal:
    """Makes the error to raise where a record, which has fields of these names, could not be made of their values."""
    attributes = {id(one): one.name for one in attrs.fields(record)} if attrs.has(record) else {}

    def refusal(error: BaseException) -> BaseException:
        for frame in _frames(traceback_of(error)):
            name = _field_at(frame, attributes, names)
            if name:
                return raised(error, f"{spelled} refused it", f".{name}")
        return raised(error, f"{spelled} refused its fields")

    return refusal


def _frames(trace: TracebackType | None) -> Iterator[FrameType]:
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next


def _field_at(frame: FrameType, attributes: dict[int, str], names: Collection[str]) -> str:
    """The field that a call was for: attrs hands the ``Attribute`` to a validator, Python the name to ``__setattr__``.
    Empty for any other call."""
    arguments = [frame.f_locals.get(parameter) for parameter in _parameters(frame.f_code)]
    for argument in arguments:
        if id(argument) in attributes:
            return attributes[id(argument)]
    is_setter = frame.f_code.co_name == "__setattr__" and len(arguments) == 3
    return arguments[1] if is_setter and type(arguments[1]) is str and arguments[1] in names else ""


def _parameters(code: CodeType) -> tuple[str, ...]:
    return code.co_varnames[: code.co_argcount]


def items_of_list(values: Any) -> Sequence[Any]:
    """The items of a list or tuple; those of a subclass as its own code gives them."""
    if type(values) is list or type(values) is tuple:
        return values
    try:
        return list(values)
    except BaseException as error:
        refusal = _tells_no_items(error, values)
    raise refusal


def items_of_dict(values: Any) -> Collection[tuple[Any, Any]]:
    if type(values) is dict:
        return values.items()
    try:
        return list(values.items())
    except BaseException as error:
        refusal = _tells_no_items(error, values)
    raise refusal


def dict_of(items: list[tuple[Any, Any]], expected: str) -> dict[Any, Any]:
    """The dict of these items, whose keys may be of a class with a hash of its own."""
    try:
        return dict(items)
    except BaseException as error:
        refusal = raised(error, f"expected {expected}, got keys that cannot be looked up")
    raise refusal


def value_told_by(member: Any, expected: str) -> Any:
    """The value of an Enum's member, which may be a property of the class's own."""
    try:
        return member.value
    except BaseException as error:
        refusal = raised(error, f"expected {expected}, got {class_name(type(member))} that tells no value")
    raise refusal


def hash_by(method: Any, value: Any) -> Any:
    """What a HashMethod says of a value. Raises ConversionTypeError where that is no str."""
    try:
        result = method.calculate(value)
    except BaseException as error:
        refusal = raised(error, "its HashMethod refused it")
    else:
        if issubclass(type(result), str):
            return result
        raise unlike("a hash of str", result)
    raise refusal


def _tells_no_items(error: BaseException, values: Any) -> BaseException:
    return raised(error, f"{class_name(type(values))} does not tell its items")
