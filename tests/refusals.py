# SPDX-License-Identifier: Apache-2.0
"""What holds of bytes and messages from anywhere: they are read, or refused by an error of ours. Needs no fuzzer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from shimlite import FlyteDirectory, FlyteFile, FlyteSchema, ShimliteError, StructuredDataset
from shimlite._idl import DecodeError, Message
from shimlite.equality import same
from shimlite.strategies.shapes import is_record, names_of

REFUSED: Any = object()
NET = "the code of a class raised an error"
Convert: TypeAlias = Callable[[Any], Any]


def only_our_errors(call: Callable[..., Any], *arguments: Any) -> Any:
    """The result, or REFUSED where an error of shimlite's is raised; any other is let through."""
    try:
        return call(*arguments)
    except ShimliteError as error:
        assert "\n" not in str(error), "an error is one line"
        assert NET not in str(error), "an error that no code expects is a bug, unless a class raised it"
        return REFUSED


def parsed(message_type: type[Message], data: bytes) -> Any:
    """The message, or None where protobuf itself refuses the bytes."""
    try:
        return message_type.FromString(data)
    except (DecodeError, RecursionError, UnicodeDecodeError):  # the last two from pure-Python protobuf
        return None


def decodes_or_is_refused(literal: Message, decode: Convert, encode: Convert) -> None:
    """What decodes can be written again or is refused; what was written decodes to the same, and is written alike."""
    value = only_our_errors(decode, literal)
    written = REFUSED if value is REFUSED else only_our_errors(encode, value)
    if written is not REFUSED:
        again = decode(written)
        assert same(settled(value), settled(again)), "what was written decodes to another value"
        assert wire(encode(again)) == wire(written), "the same value is written differently"


def settled(value: Any) -> Any:
    """``value`` with the location alone of each reference: the rest, where it is left open, the interface says."""
    if isinstance(value, (FlyteFile, FlyteDirectory, StructuredDataset, FlyteSchema)):
        return [id(type(value)), value.uri]
    if isinstance(value, list):
        return [settled(one) for one in value]
    if isinstance(value, dict):
        return {key: settled(one) for key, one in value.items()}
    if is_record(type(value)):
        return [id(type(value)), [settled(getattr(value, name)) for name in names_of(type(value))]]
    return value


def wire(message: Message) -> bytes:
    return bytes(message.SerializeToString(deterministic=True))
