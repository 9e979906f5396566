# SPDX-License-Identifier: Apache-2.0
"""Which template some bytes hold: Flyte 1's or Flyte 2's message, the spec around it, or the JSON of either.

``run``, ``stub`` and ``inspect`` ask here, so all of them read the same files. A protobuf message does not say what it
is, so bytes are taken for the first message that explains all of them. This file owns that choice and nothing of how a
template is shown. Next: ``describe``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .._idl import DecodeError, Message, TaskTemplate, Void, from_json, task_spec_type, unknown_fields
from .._types.stripped import MOST_LEVELS, levels_of
from ..errors import TemplateError, shown_scalar

LARGEST_JSON = 2**26
"""Bytes: the JSON of a template above Flyte's own limits, which takes some 20 times as much memory once it is read."""

MOST_KEYS = 5
"""Keys of a JSON object that an error shows."""

LONGEST_KEY = 40
"""Characters of such a key."""

FIELDS_OF_TASK_SPEC_2 = range(2, 20)
"""What Flyte 2's ``TaskSpec`` has beside its template, and what a newer one may have: messages and texts."""

_LENGTH_DELIMITED = 2
"""protobuf's wire type of messages and texts."""

_PLACES: dict[tuple[str, ...], str] = {
    ("closure", "compiledTask", "template"): "Task",
    ("compiledTask", "template"): "TaskClosure",
    ("spec", "taskTemplate"): "TaskDetails",
    ("taskTemplate",): "TaskSpec",
    ("template",): "TaskSpec",
    (): "TaskTemplate",
}
"""Where JSON may have a template, and what that JSON is of: ``flytectl get task`` prints a Task, Flyte 2's SDK gives
``TaskDetails``."""

_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_YAML = re.compile(rb"\s*(#[^\n]*\n|---\s*\n)*(- )?[A-Za-z]\w*:(\s|$)")


class Found(NamedTuple):
    """A template, and what it was found in: ``TaskTemplate``, ``TaskSpec``, and so on."""

    source: str
    template: TaskTemplate


def template_in(content: bytes, path: str = "") -> TaskTemplate | None:
    """The template that some bytes hold; None where they are no template.

    Raises TemplateError, at ``path``, for JSON or YAML that holds none, or several.
    """
    try:
        found = find_template(content)
    except TemplateError as error:
        raise error.at(path)
    return found.template if found is not None else None


def find_template(content: bytes) -> Found | None:
    """As ``template_in``, with what it was found in."""
    found = _in_message(content)
    if found is None and _is_json(content):
        return _in_json(_json(content))
    if found is None and _YAML.match(content) and _is_text(content):
        raise TemplateError("YAML is not read", hint="write JSON: flytectl get task NAME -o json")
    return found


# ----------------------------------------------------------------------------------------------------------- protobuf


def exact(content: bytes, message_type: type[Message]) -> Any:
    """The message, or None where ``content`` is none of this type, or holds fields that this type does not have."""
    message = message_type()
    try:
        message.ParseFromString(content)
        size = len(message.SerializeToString())
        message.DiscardUnknownFields()
        return message if len(message.SerializeToString()) == size else None
    except (DecodeError, RecursionError, ValueError):
        return None


def is_template(template: TaskTemplate) -> bool:
    """Whether it names a task, in text: another message's bytes may read as a template whose type is gibberish."""
    words = template.id.name + template.type
    return bool(words) and words.isprintable()


def _in_message(content: bytes) -> Found | None:
    template = exact(content, TaskTemplate)
    if template is not None and is_template(template):
        return Found("TaskTemplate", template)
    spec = exact(content, task_spec_type())
    if spec is not None and is_template(spec.template):
        return Found("TaskSpec", spec.template)
    template = _newer(content)
    if template is not None:
        return Found("TaskTemplate", template)
    inner = _first_field(content)
    template = _newer(inner) if inner is not None else None
    return Found("TaskSpec", template) if template is not None else None


def _newer(content: bytes) -> TaskTemplate | None:
    """A template with fields that only a newer IDL has, such as Flyte 2's. They are kept.

    No other message of Flyte's reads so: each has one of a template's own field numbers with something else in it.
    """
    template = TaskTemplate()
    try:
        template.ParseFromString(content)
        is_whole = bool(template.id.name and template.type and template.HasField("interface"))
        return template if is_whole and is_template(template) and _adds_only(template) else None
    except (DecodeError, RecursionError, ValueError):
        return None


def _adds_only(message: Message) -> bool:
    """Whether all that the message does not know has numbers that it does not know, at any depth."""
    known = message.DESCRIPTOR.fields_by_number
    if any(number in known for number, _, _ in unknown_fields(message)):
        return False
    return all(map(_adds_only, _inner(message)))


def _inner(message: Message) -> Iterator[Message]:
    for _, value in message.ListFields():
        values = [value] if isinstance(value, Message) else value
        if isinstance(values, Mapping):
            values = values.values()
        if not isinstance(values, (str, bytes, int, float)):
            yield from (one for one in values if isinstance(one, Message))


def _first_field(content: bytes) -> bytes | None:
    """The bytes of the template in Flyte 2's ``TaskSpec``, whose other fields are none that Flyte 1's has."""
    try:
        fields = unknown_fields(Void.FromString(content))
    except (DecodeError, RecursionError, ValueError):
        return None
    inner = [data for number, wire_type, data in fields if (number, wire_type) == (1, _LENGTH_DELIMITED)]
    others = [wire_type for number, wire_type, _ in fields if number in FIELDS_OF_TASK_SPEC_2]
    is_spec = len(inner) == 1 and len(fields) == 1 + others.count(_LENGTH_DELIMITED)
    return inner[0] if is_spec else None


# --------------------------------------------------------------------------------------------------------------- JSON


def _is_json(content: bytes) -> bool:
    if content.startswith(_BYTE_ORDER_MARKS):
        return True
    return content.lstrip(b" \t\r\n")[:1] in (b"{", b"[")


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return all(one.isprintable() or one in "\n\r\t" for one in text)


def _json(content: bytes) -> Any:
    """What the JSON holds, of any of JSON's encodings."""
    if len(content) > LARGEST_JSON:
        raise TemplateError(f"{len(content)} bytes of JSON, of which at most {LARGEST_JSON} are read")
    try:
        return json.loads(content, object_pairs_hook=_object, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        hint = "the flyte command prints Python: save what TaskDetails.to_json() returns"
        hint = hint if content.startswith(b"[{'") else ""
        raise TemplateError(f"no JSON any more from {where}", hint=hint) from None
    except TemplateError:
        raise
    except RecursionError:
        raise TemplateError("JSON that is nested too deeply") from None
    except ValueError:  # bytes that its encoding does not have, or an int of thousands of digits
        raise TemplateError("no JSON: its text or a number in it cannot be read") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise TemplateError(f"JSON with an object that has {_key(next(k for k in keys if keys.count(k) > 1))} twice")
    return found


def _no_number(text: str) -> Any:
    raise TemplateError(f"JSON with {text}, which JSON does not have")


def _key(key: str) -> str:
    return shown_scalar(key if len(key) <= LONGEST_KEY else f"{key[:LONGEST_KEY]}…")


def _in_json(plain: Any) -> Found:
    tasks = plain.get("tasks") if isinstance(plain, dict) else plain
    if isinstance(tasks, list):  # what flytectl prints of several versions, and flyteadmin answers over HTTP
        if len(tasks) != 1:
            hint = "name one: flytectl get task NAME --version VERSION -o json" if tasks else ""
            raise TemplateError(f"JSON with {len(tasks)} tasks, expected one", hint=hint)
        plain = tasks[0]
    for place, source in _PLACES.items():
        template = _at(plain, place)
        if isinstance(template, dict) and (place or _names_a_template(template)):
            return Found(f"{source} in JSON", _template(template))
    if not isinstance(plain, dict):
        raise TemplateError(f"JSON that is no template: a list of one {type(plain).__name__}")
    keys = ", ".join(map(_key, list(plain)[:MOST_KEYS])) or "nothing"
    more = f" and {len(plain) - MOST_KEYS} more" if len(plain) > MOST_KEYS else ""
    raise TemplateError(f"JSON that is no template: an object of {keys}{more}")


def _at(plain: Any, place: tuple[str, ...]) -> Any:
    for name in place:
        if not isinstance(plain, dict):
            return None
        plain = plain.get(name, plain.get(_snake(name)))
    return plain


def _snake(name: str) -> str:
    return re.sub("[A-Z]", lambda match: f"_{match[0].lower()}", name)


def _names_a_template(plain: dict[str, Any]) -> bool:
    """An object of inputs may have a ``type`` too."""
    return isinstance(plain.get("type"), str) and any(
        isinstance(plain.get(name), dict) for name in ("id", "interface", "metadata")
    )


def _template(plain: dict[str, Any]) -> TaskTemplate:
    template = _parsed(plain)
    if template is None:
        faults = [name for name, value in plain.items() if _parsed({name: value}) is None]
        what = f"its {_key(faults[0])} cannot be read" if faults else "one of its fields is there in two spellings"
        raise TemplateError(f"JSON that is no TaskTemplate: {what}")
    if not is_template(template):
        raise TemplateError("JSON of a TaskTemplate that names no task")
    return template


def _parsed(plain: dict[str, Any]) -> TaskTemplate | None:
    try:
        template = from_json(_known(plain, TaskTemplate.DESCRIPTOR), TaskTemplate)
        return template if levels_of(template) <= MOST_LEVELS else None  # else nobody could read it from its bytes
    except (ValueError, RecursionError):
        return None


def _known(plain: dict[str, Any], descriptor: Any) -> dict[str, Any]:
    """What of a message's JSON this IDL knows, under one spelling. Enums are left as they are: a name that is not known
    is an error. Raises ValueError for a field in two spellings."""
    fields = {name: field for field in descriptor.fields for name in (field.name, field.json_name)}
    names = [fields[name].name for name in plain if name in fields]
    if len(set(names)) != len(names):
        raise ValueError
    return {fields[name].name: _known_value(value, fields[name]) for name, value in plain.items() if name in fields}


def _known_value(value: Any, field: Any) -> Any:
    message = field.message_type
    if message is None or message.full_name.startswith("google.protobuf."):
        return value
    if message.GetOptions().map_entry:
        entry = message.fields_by_name["value"]
        entries = _entries(value)
        return {key: _known_value(one, entry) for key, one in entries.items()} if entries is not None else value
    if isinstance(value, list):
        return [_known(one, message) if isinstance(one, dict) else one for one in value]
    return _known(value, message) if isinstance(value, dict) else value


def _entries(value: Any) -> dict[str, Any] | None:
    """The entries of a map, which Flyte 2 has as a list of keys and values in some places."""
    if isinstance(value, list) and all(isinstance(one, dict) and isinstance(one.get("key"), str) for one in value):
        return {one["key"]: one.get("value", {}) for one in value}
    return value if isinstance(value, dict) else None
