# SPDX-License-Identifier: Apache-2.0
"""pydantic models (v2): records that pydantic itself writes as JSON and reads again, as flytekit's plug-in has them.

pydantic is not imported here: whoever has a model has done so. What its words say of a value is not shown, since they
may show the value. ``classes`` has the other kinds of record. Next: ``settings``.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .._idl import Struct
from ..errors import LONGEST_KEY, ConversionValueError, UnsupportedTypeError, class_name, cut, mismatch, raised, unlike
from ..values import refusal_in_model

OLDEST = (2, 11)
"""The first pydantic that reads fields by name and by alias: flytekit writes names where people write aliases."""
MOST_ERRORS = 1000
"""Errors of one value that pydantic is asked for, to show the first; each takes a kilobyte."""
TAKES_ANY_KEYWORD = 0x08
"""``inspect.CO_VARKEYWORDS``."""
LONGEST_PATH = 20
"""Parts of a path that are shown: a model that holds itself may refuse a value far inside."""


def is_model(python_type: Any) -> bool:
    """Whether it is a class derived from pydantic's ``BaseModel``."""
    base = getattr(sys.modules.get("pydantic.main"), "BaseModel", None)
    is_class = base is not None and isinstance(python_type, type) and python_type is not base
    return is_class and any(one is base for one in python_type.__mro__)


def refuse_unfit(model: Any) -> None:
    """Raises UnsupportedTypeError where a class that the model names is not known yet, where a key is not read or two
    fields have one, and for an old pydantic."""
    _refuse_old(model)
    try:
        is_complete = model.__pydantic_complete__ or model.model_rebuild(raise_errors=False)
    except Exception as error:  # the code of an annotation raised it
        raise UnsupportedTypeError(f"{class_name(model)} is not fully defined ({class_name(type(error))})") from None
    if not is_complete:
        raise UnsupportedTypeError(f"{class_name(model)} is not fully defined", hint="call its model_rebuild()")
    _refuse_keys(model)


def _refuse_keys(model: Any) -> None:
    keys = [_key(model, name, computed.alias) for name, computed in model.model_computed_fields.items()]
    for name, field in model.model_fields.items():
        if field.exclude:
            continue
        keys.append(_key(model, name, field.serialization_alias))
        if keys[-1] not in (name, *_texts(field.alias), *_texts(field.validation_alias)):
            raise UnsupportedTypeError(f"{class_name(model)} cannot read the key that it writes for {cut(name)!r}")
    if len(set(keys)) < len(keys):
        raise UnsupportedTypeError(f"{class_name(model)} writes two fields under one key")


def _key(model: Any, name: str, alias: str | None) -> str:
    """The key that is written for a field: flytekit asks for names, unless the model says otherwise."""
    return alias if alias and model.model_config.get("serialize_by_alias") else name


def _refuse_old(model: Any) -> None:
    version: str = sys.modules["pydantic"].VERSION
    if tuple(map(int, version.split(".")[:2])) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise UnsupportedTypeError(f"{class_name(model)} is of pydantic {version}", hint=f"use {oldest} or later")


_CANDIDATES: tuple[Any, ...] = (
    "a", "1", 1, 1.5, True, [], ["a"], [1], {}, "2020-01-01", "00000000-0000-0000-0000-000000000000",
    "127.0.0.1", "https://example.com/", "name@example.com", "12:00:00", "1.0.0.0/8", "red", ["a", "b"], [1, 2],
)  # fmt: skip
"""What most types that pydantic knows, and the set has not, can be made of."""


def example_of(foreign: Any) -> Any:
    """A value of a type outside the set, as pydantic makes it. Raises LookupError where it takes no plain value."""
    try:
        adapter = sys.modules["pydantic"].TypeAdapter(foreign)
    except Exception:
        raise LookupError from None
    for candidate in _CANDIDATES:
        with contextlib.suppress(Exception):
            return adapter.validate_python(candidate)
    raise LookupError


class Keys(NamedTuple):
    """The keys of a model's JSON."""

    written: frozenset[str]
    """What the model writes: its fields, save excluded ones, and what it computes."""
    required: frozenset[str]
    names: Mapping[str, str]
    """The key that is written for each that is read too, such as an alias."""
    takes_others: bool


def keys_of_model(model: Any) -> Keys | None:
    """The keys of a model's JSON; None where that need not be a map of its fields."""
    if has_own_form(model):
        return None
    names: dict[str, str] = {}
    required, written = set(), set()
    for name, field in model.model_fields.items():
        key = _key(model, name, field.serialization_alias)
        names |= dict.fromkeys((name, *_texts(field.alias), *_texts(field.validation_alias)), key)
        written |= {key} if not field.exclude else set()
        required |= {key} if field.is_required() and not getattr(field, "exclude_if", None) else set()
    for name, computed in model.model_computed_fields.items():
        key = _key(model, name, computed.alias)
        names[key] = key
        written.add(key)
    takes_others = model.model_config.get("extra") == "allow"
    return Keys(frozenset(written), frozenset(required), names, takes_others)


def _texts(alias: Any) -> list[str]:
    """The keys of an alias: a text, an ``AliasPath`` or ``AliasChoices``."""
    if isinstance(alias, str):
        return [alias]
    choices = getattr(alias, "choices", [alias])
    return [text for one in choices for text in (one, *getattr(one, "path", [])[:1]) if isinstance(text, str)]


def has_own_form(model: Any) -> bool:
    """Whether its JSON may be anything: a ``RootModel``'s, and that of a model with a serializer of its own."""
    return bool(model.__pydantic_root_model__ or model.__pydantic_decorators__.model_serializers)


def takes_null(model: Any) -> bool:
    """Whether JSON's null may be a value of the model, which only one that ``has_own_form`` may have."""
    try:
        model.model_validate_json("null")
    except Exception:
        return False
    return True


def json_schema_of(model: Any) -> Struct:
    """The schema as flytekit asks for it. Raises UnsupportedTypeError where pydantic has none."""
    import json
    import warnings

    schema = Struct()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one would show a default
            text = json.dumps(model.model_json_schema(), ensure_ascii=False)
            schema.update(json.loads(text.encode()))  # which refuses lone surrogates alike on every protobuf
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a field is of an arbitrary class, or the code of a class raised it
        raise UnsupportedTypeError(f"{class_name(model)} has no JSON Schema ({class_name(type(error))})") from None
    return schema


def json_writer(model: Any, spelled: str) -> Callable[[Any], Any]:
    """Writes a value of the model as JSON-like data."""
    import json

    keywords = {"warnings": "error"} if _takes(model.model_dump_json, "warnings") else {}

    def write(value: Any) -> Any:
        refusal_in_model()  # forgotten, since another may have caught it
        try:
            return json.loads(value.model_dump_json(**keywords))
        except BaseException as error:
            refusal = refusal_in_model() or raised(error, f"{spelled} cannot be written as JSON")
        raise refusal

    return write


def has_aliases_that_are_names(cls: Any) -> bool:
    """Whether a key that is an alias of a model's field, or a pydantic dataclass's, is the name of another field."""
    fields = getattr(cls, "__pydantic_fields__", {})
    return any(
        key != name and key in fields
        for name, field in fields.items()
        for key in (*_texts(field.alias), *_texts(field.validation_alias))
    )


def json_reader(model: Any, spelled: str, mistakable: bool) -> Callable[[Any], Any]:
    """Makes a model of JSON-like data: fields by their aliases, or by the names that flytekit writes.

    ``mistakable`` says whether a name may be taken for an alias: then the keys are those that the model writes, unless
    there are others.
    """
    import json

    either = {"by_alias": True, "by_name": True} if _takes(model.model_validate_json, "by_name") else {}
    by_alias = bool(model.model_config.get("serialize_by_alias"))
    names_alone = {**either, "by_alias": by_alias, "by_name": not by_alias} if either else {}
    keys = keys_of_model(model)
    computed = _refused_by_itself(model, keys)
    only_maps, written = keys is not None, None if keys is None or keys.takes_others else keys.written

    def read(plain: Any) -> Any:
        if type(plain) is not dict and only_maps:
            raise unlike(model, plain)
        if computed:
            plain = {key: value for key, value in plain.items() if key not in computed}
        try:
            text = json.dumps(_with_text_keys(plain))
        except TypeError:
            raise mismatch(spelled, "msgpack that JSON cannot hold") from None
        is_ours = mistakable and (written is None or plain.keys() <= written)
        try:
            value = model.model_validate_json(text, strict=False, **(names_alone if is_ours else either))
        except BaseException as error:
            refusal = _invalid(error, spelled) or raised(error, f"{spelled} refused its fields")
        else:
            if issubclass(type(value), model):
                return value
            refusal = unlike(spelled, value)  # what a validator of its own has returned
        raise refusal

    return read


def _with_text_keys(plain: Any) -> Any:
    """The same data with the keys that JSON has. Raises ConversionValueError where two keys become one."""
    if type(plain) is list:
        return list(map(_with_text_keys, plain))
    if type(plain) is not dict:
        return plain
    items = {key_in_json(key): _with_text_keys(value) for key, value in plain.items()}
    if len(items) < len(plain):
        raise ConversionValueError(expected="JSON", got="dict in which two keys become one")
    return items


def key_in_json(key: Any) -> Any:
    """A scalar as ``json.dumps`` writes it for a key. Bytes, which it refuses, stay as they are."""
    if isinstance(key, (str, bytes)):
        return key
    return _KEYS.get(key) if key is None or isinstance(key, bool) else repr(key)


_KEYS = {None: "null", True: "true", False: "false"}


_OF_ANY_KEYWORD = (lambda **keywords: None).__code__
"""In place of that of a callable which has none."""


def _takes(method: Any, parameter: str) -> bool:
    """Whether a method, which the class may have replaced, has a keyword of that name."""
    code = getattr(getattr(method, "__func__", method), "__code__", _OF_ANY_KEYWORD)
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return parameter in names or bool(code.co_flags & TAKES_ANY_KEYWORD)


def _refused_by_itself(model: Any, keys: Keys | None) -> frozenset[str]:
    """The keys that the model computes and writes, and refuses to read since it forbids other keys than its fields."""
    if keys is None or model.model_config.get("extra") != "forbid":
        return frozenset()
    return keys.written.difference(map(keys.names.get, model.model_fields))


def _invalid(error: BaseException, spelled: str) -> ConversionValueError | None:
    """The first thing that pydantic found wrong, in a word of its own list; None for an error of another kind."""
    core = sys.modules["pydantic_core"]
    if not issubclass(type(error), core.ValidationError):
        return None
    count = error.error_count()  # type: ignore[attr-defined]
    if count > MOST_ERRORS:
        return ConversionValueError(f"{spelled} refused {count} parts of it")
    own_kinds = repr(core.core_schema.ErrorType)  # a Literal of all words of pydantic's own
    first, *_ = error.errors(include_url=False, include_context=False, include_input=False)  # type: ignore[attr-defined]
    kind, place = first["type"], first["loc"]
    more = f"and {count - 1} more" if count > 1 else ""
    if kind == "json_invalid":  # it is JSON, but nested more than 200 levels deep
        return ConversionValueError("nested too deeply")
    if kind == "missing" and len(place) == 1:
        return ConversionValueError(f"expected {spelled}, got a map without {cut(str(place[0]))!r}", hint=more)
    what, words = "it" if place else "its fields", kind if repr(kind) in own_kinds else "an error of its own"
    refusal = ConversionValueError(f"{spelled} refused {what} ({words})", hint=more)
    if len(place) > LONGEST_PATH:
        refusal.at("…")
    for part in reversed(place[:LONGEST_PATH]):
        if part != "[key]":  # pydantic's mark for the key before it
            _at(refusal, part)
    return refusal


def _at(error: ConversionValueError, part: int | str) -> None:
    if isinstance(part, int):
        error.at(f"[{part}]")
    elif part.isidentifier() and len(part) <= LONGEST_KEY:
        error.at(f".{part}")
    else:
        error.at_key(part)
