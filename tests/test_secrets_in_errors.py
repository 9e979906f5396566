# SPDX-License-Identifier: Apache-2.0
"""The code of an executor's classes runs while values are converted. What it raises may show a value, and is not shown.

The error of the pair names the class, the field where it is known, and the kind of error.
"""

import builtins
import dataclasses
import datetime as dt
import enum
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any, Optional, Union

import attrs
import pytest

import shimlite
from shimlite import ExecutableTemplateShimTask, InputsError, OutputsError
from shimlite._idl import Literal, LiteralMap
from shimlite.container.process import Terminated

from .build import executor, template
from .support import collection, map_of, packed, primitive

SECRET = "hunter2"
LITERAL = packed({"password": SECRET})


def texts(error: BaseException | None) -> Iterator[str]:
    """All words that somebody may print of an error, and of those that it is chained to."""
    if error is None:
        return
    yield from (str(error), repr(error), repr(error.args), repr(vars(error)))
    yield "".join(traceback.format_exception(error))
    for other in (error.__cause__, error.__context__, *getattr(error, "exceptions", ())):
        yield from texts(other)


def ended(call: Callable[..., Any], *arguments: Any) -> BaseException:
    """The error that a call raises, after a look at all of its words."""
    try:
        call(*arguments)
    except BaseException as error:
        raised = error
    assert not [text for text in texts(raised) if SECRET in text]
    return raised


def reading(kind: Any, literal: Literal = LITERAL, annotated: Any = None) -> BaseException:
    """How a pair ends whose input is of this type and holds the secret. The executor does not run."""

    def execute_from_model(self: Any, tt: Any, user: Any) -> None:
        raise AssertionError("the executor ran")

    execute_from_model.__annotations__["user"] = annotated or kind
    task = ExecutableTemplateShimTask(
        template({"user": kind}), type("Executor", (), {"execute_from_model": execute_from_model})
    )
    return ended(task.dispatch_execute, None, LiteralMap(literals={"user": literal}))


def writing(value: Any, kind: Any) -> BaseException:
    """How a pair ends that returns this value."""
    task = ExecutableTemplateShimTask(template(outputs={"x": kind}), executor(lambda tt: value))
    return ended(task.dispatch_execute, None, LiteralMap())


def refused(error: BaseException, kind: type[BaseException] = InputsError) -> str:
    assert type(error) is kind and (error.__cause__, error.__context__) == (None, None)
    return str(error)


# --- the classes of inputs -------------------------------------------------------------------------------------------


def no_good(value: Any) -> Any:
    raise ValueError(f"{value!r} is no good")


def of_instance(instance: Any, attribute: Any, value: Any) -> None:
    raise KeyError(value)


@attrs.define
class Matching:
    password: str = attrs.field(validator=attrs.validators.matches_re("[0-9]*"))


@attrs.define
class Inherits(Matching):
    other: int = 1


@attrs.frozen
class Checked:
    user: str = "u"
    password: str = attrs.field(default="", validator=[attrs.validators.instance_of(str), of_instance])


@attrs.define(slots=False)
class Decorated:
    password: str = attrs.field()

    @password.validator
    def _check(self, attribute: Any, value: str) -> None:
        no_good(value)


@attrs.define
class Hooked:
    password: str = attrs.field(on_setattr=of_instance)

    def __attrs_post_init__(self) -> None:
        self.password = self.password + "!"


@attrs.define
class Converted:
    password: str = attrs.field(converter=no_good)


@attrs.define
class Numbered:
    password: str = attrs.field(converter=int)


@attrs.define
class After:
    password: str

    def __attrs_post_init__(self) -> None:
        try:
            no_good(self.password)
        except ValueError as error:
            raise RuntimeError(self.password) from error


@attrs.define
class Before:
    password: str

    def __attrs_pre_init__(self, password: str = "") -> None:  # older versions of attrs do not hand the fields over
        no_good(password)


@dataclasses.dataclass
class PostInit:
    password: str

    def __post_init__(self) -> None:
        no_good(self.password)


@dataclasses.dataclass(init=False)
class OwnInit:
    password: str

    def __init__(self, password: str) -> None:
        no_good(password)


def no_default() -> int:
    raise LookupError(SECRET)


@dataclasses.dataclass
class Factory:
    password: str
    attempts: int = dataclasses.field(default_factory=no_default)


@attrs.define
class AttrsFactory:
    password: str
    attempts: int = attrs.field(factory=no_default)


@attrs.define
class FromSelf:
    password: str
    twice: str = attrs.Factory(lambda self: no_good(self.password), takes_self=True)


@dataclasses.dataclass
class Setter:
    password: str

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name} = {value}")


@dataclasses.dataclass
class OddSetter:
    password: str

    def __post_init__(self) -> None:
        setattr(self, self.password, 1)

    def __setattr__(self, name: str, value: Any) -> None:
        if name != "password":
            no_good(name)
        object.__setattr__(self, name, value)


class Descriptor:
    def __get__(self, instance: Any, owner: Any) -> str:
        if instance is None:
            return "unset"
        return no_good(SECRET)

    def __set__(self, instance: Any, value: str) -> None:
        if value != "unset":
            no_good(value)


@dataclasses.dataclass
class Described:
    password: str = Descriptor()  # type: ignore[assignment]


@dataclasses.dataclass
class New:
    password: str

    def __new__(cls, password: str) -> Any:
        return no_good(password)


class Called(type):
    def __call__(cls, password: str) -> Any:
        return no_good(password)


@dataclasses.dataclass
class OfMeta(metaclass=Called):
    password: str


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError(SECRET)

    __repr__ = __str__


HOSTILE = type("Bad\n" + "x" * 200, (Exception,), {"__module__": 5})


class Stop(BaseException):
    pass


def raising(make: Callable[[str], BaseException]) -> type:
    """A class that raises this error of its value."""

    @dataclasses.dataclass
    class Own:
        password: str

        def __post_init__(self) -> None:
            try:
                raise KeyError(self.password)
            except KeyError:
                raise make(self.password)

    return Own


FIELD = "inputs.user.password: {} refused it ({})"
WHOLE = "inputs.user: {} refused its fields ({})"


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Matching, FIELD.format("Matching", "ValueError")),
        (Inherits, FIELD.format("Inherits", "ValueError")),
        (Checked, FIELD.format("Checked", "KeyError")),
        (Decorated, FIELD.format("Decorated", "ValueError")),
        (Hooked, FIELD.format("Hooked", "KeyError")),
        (Converted, WHOLE.format("Converted", "ValueError")),
        (Numbered, WHOLE.format("Numbered", "ValueError")),
        (After, WHOLE.format("After", "RuntimeError")),
        (Before, WHOLE.format("Before", "ValueError")),
        (PostInit, WHOLE.format("PostInit", "ValueError")),
        (OwnInit, WHOLE.format("OwnInit", "ValueError")),
        (Factory, WHOLE.format("Factory", "LookupError")),
        (AttrsFactory, WHOLE.format("AttrsFactory", "LookupError")),
        (FromSelf, WHOLE.format("FromSelf", "ValueError")),
        (Setter, FIELD.format("Setter", "AttributeError")),
        (OddSetter, WHOLE.format("OddSetter", "ValueError")),
        (Described, WHOLE.format("Described", "ValueError")),
        (New, WHOLE.format("New", "ValueError")),
        (OfMeta, WHOLE.format("OfMeta", "ValueError")),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_a_class_that_refuses_a_value_is_named_and_not_quoted(kind, message):
    assert refused(reading(kind)) == message


class Untraced(shimlite.StorageError):
    """Tells whoever asks where it was raised what it was raised about."""

    @property
    def __traceback__(self) -> Any:
        raise KeyError(SECRET)


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (ValueError, "ValueError"),
        (lambda value: Mute(value), "Mute"),
        (lambda value: Untraced(value), "Untraced"),
        (lambda value: HOSTILE(value), f"Bad {'x' * 96}…"),
        (SystemExit, "SystemExit"),
        (GeneratorExit, "GeneratorExit"),
        (StopIteration, "StopIteration"),
        (Stop, "Stop"),
        (RecursionError, "RecursionError"),
        (MemoryError, "MemoryError"),
        (shimlite.ConversionValueError, "ConversionValueError"),
        (shimlite.OutputsError, "OutputsError"),
        (shimlite.StorageError, "StorageError"),
        (shimlite.UnsupportedTypeError, "UnsupportedTypeError"),
        (shimlite.IgnoreOutputs, "IgnoreOutputs"),
        (shimlite.FlyteRecoverableException, "FlyteRecoverableException"),
        (
            lambda value: shimlite.ConversionTypeError(path=f".{value}", expected=value, got=value),
            "ConversionTypeError",
        ),
    ],
)
def test_whatever_it_raises(make, kind):
    assert refused(reading(raising(make))) == WHOLE.format("Own", kind)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 has no groups of exceptions")
@pytest.mark.parametrize(
    ("kind", "inside"), [("ExceptionGroup", ValueError), ("BaseExceptionGroup", KeyboardInterrupt)]
)
def test_a_group_of_exceptions(kind, inside):
    group = getattr(builtins, kind)
    assert refused(reading(raising(lambda value: group(value, [inside(value)])))) == WHOLE.format("Own", kind)


@pytest.mark.parametrize(
    ("kind", "literal", "where"),
    [
        (list[Matching], collection(LITERAL), "[0].password"),
        (dict[str, Matching], map_of(k=LITERAL), "['k'].password"),
        (dict[int, Matching], packed({1: {"password": SECRET}}), "[1].password"),
        (list[list[Matching]], packed([[], [{"password": SECRET}]]), "[1][0].password"),
        (Optional[Matching], LITERAL, ".password"),
        (Union[Matching, int], LITERAL, ".password"),
        (Union[Matching, list[Matching]], packed([{"password": SECRET}]), "[0].password"),
    ],
)
def test_at_any_depth(kind, literal, where):
    assert refused(reading(kind, literal)) == f"inputs.user{where}: Matching refused it (ValueError)"


@dataclasses.dataclass
class Nested:
    inner: Matching
    many: list[Optional[Matching]] = dataclasses.field(default_factory=list)


@pytest.mark.parametrize(
    ("plain", "where"),
    [
        ({"inner": {"password": SECRET}}, ".inner"),
        ({"inner": {"password": "1"}, "many": [None, {"password": SECRET}]}, ".many[1]"),
    ],
)
def test_in_a_record(plain, where):
    assert refused(reading(Nested, packed(plain))) == f"inputs.user{where}.password: Matching refused it (ValueError)"


@attrs.define
class Builds:
    """Its converter makes another record, whose field has the same name."""

    password: Any = attrs.field(converter=Matching)


def test_the_field_of_another_class_is_not_taken_for_its_own():
    assert refused(reading(Builds)) == WHOLE.format("Builds", "ValueError")


@dataclasses.dataclass
class Plain:
    password: str


@dataclasses.dataclass
class Other:
    password: str

    def __post_init__(self) -> None:
        raise SystemExit(self.password)


def test_a_member_of_a_union_that_refuses_is_tried_no_further():
    seen = []
    work = {"user": Union[Other, Plain]}

    class Executor:
        def execute_from_model(self, tt: Any, user: Union[Other, Plain]) -> None:
            seen.append(user)

    task = ExecutableTemplateShimTask(template(work), Executor)
    task.dispatch_execute(None, LiteralMap(literals={"user": LITERAL}))
    assert seen == [Plain(SECRET)]
    message = refused(reading(Union[Other, PostInit]))
    assert message == "inputs.user: expected Other | PostInit, got dict of 1"


class Key(enum.Enum):
    A = "a"

    def __hash__(self) -> int:
        raise ValueError(SECRET)


class Alike(enum.Enum):
    A = "a"
    B = "b"

    def __hash__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        raise ValueError(SECRET)


@pytest.mark.parametrize("key", [Key, Alike])
def test_keys_with_a_hash_of_their_own(key):
    error = reading(dict[key, int], packed({"a": 1, "b": 2} if key is Alike else {"a": 1}))
    assert refused(error) == (
        f"inputs.user: expected dict[{key.__name__}, int], got keys that cannot be looked up (ValueError)"
    )


class Missing(enum.Enum):
    A = "a"

    @classmethod
    def _missing_(cls, value: object) -> Any:
        raise ValueError(value)


def test_an_enum_is_not_asked_for_a_value_that_it_lacks():
    assert refused(reading(Missing, primitive(string_value=SECRET))) == (
        "inputs.user: expected Missing, got str that is not one of its values"
    )


def test_what_python_itself_says_of_a_text_is_not_chained_to():
    assert refused(reading(dt.datetime, primitive(string_value=f"2024-99-01T00:00:00 {SECRET}"))) == (
        "inputs.user: expected DATETIME, got str that is no ISO 8601 time"
    )
    error = ended(shimlite.to_python_value, primitive(string_value="2024-99-01T00:00:00"), dt.datetime)
    assert (error.__cause__, error.__context__) == (None, None)


# --- what stops the process ------------------------------------------------------------------------------------------


class Impatient(KeyboardInterrupt):
    pass


@pytest.mark.parametrize("kind", [KeyboardInterrupt, Impatient])
def test_an_interrupt_passes_without_words(kind):
    error = reading(raising(kind))
    assert (type(error), error.args, error.__cause__, error.__context__) == (KeyboardInterrupt, (), None, None)
    assert "__post_init__" in {frame.name for frame in traceback.extract_tb(error.__traceback__)}


def test_sigterm_passes_and_is_chained_to_nothing():
    def terminated(value: str) -> BaseException:
        error = Terminated("SIGTERM")
        error.__cause__ = ValueError(value)
        error.__notes__ = [value]  # type: ignore[attr-defined]
        return error

    error = reading(raising(terminated))
    assert (type(error), error.args, error.__cause__, error.__context__) == (Terminated, ("SIGTERM",), None, None)


# --- outputs ---------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Hidden:
    x: int

    def __getattribute__(self, name: str) -> Any:
        if name == "x":
            raise SystemExit(SECRET)
        return object.__getattribute__(self, name)


class Silent(enum.Enum):
    RED = "red"

    @property
    def value(self) -> str:
        raise KeyError(SECRET)


class Color(enum.Enum):
    RED = "red"


class Zone(dt.tzinfo):
    def utcoffset(self, moment: Any) -> dt.timedelta:
        raise KeyError(SECRET)


class Odd(dt.datetime):
    def utcoffset(self) -> Any:
        return SECRET


class Items(list[Any]):
    def __iter__(self) -> Any:
        raise KeyError(SECRET)

    def __len__(self) -> int:
        raise KeyError(SECRET)


class Entries(dict[Any, Any]):
    def items(self) -> Any:
        raise KeyError(SECRET)

    def __len__(self) -> int:
        raise KeyError(SECRET)


class Chained(list[Any]):
    """Raises an error of ours."""

    def __iter__(self) -> Any:
        raise shimlite.ConversionValueError(SECRET)


class Text(str):
    def isascii(self) -> bool:
        raise KeyError(SECRET)


class Full(str):
    def isascii(self) -> bool:
        raise MemoryError(SECRET)


class Scheming(str):
    def isascii(self) -> bool:
        raise shimlite.StorageError(SECRET)


NO_OFFSET = "expected DATETIME, got a time whose zone gives no offset (KeyError)"
NET = "the code of a class raised an error"


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        (Hidden(1), Hidden, ".x: Hidden does not tell it (SystemExit)"),
        ([{"a": Hidden(1)}], list[dict[str, Hidden]], "[0]['a'].x: Hidden does not tell it (SystemExit)"),
        (Silent.RED, Color, ": expected DynamicEnum, got Silent that tells no value (KeyError)"),
        (dt.datetime(2024, 1, 1, tzinfo=Zone()), dt.datetime, f": {NO_OFFSET}"),
        (Odd(2024, 1, 1), dt.datetime, f": {NET} (TypeError)"),
        (Items([1]), list[int], ": Items does not tell its items (KeyError)"),
        (Chained([1]), list[int], ": Chained does not tell its items (ConversionValueError)"),
        ({"a": Items([1])}, dict, "['a']: Items does not tell its items (KeyError)"),
        (Entries(a=1), dict[str, int], ": Entries does not tell its items (KeyError)"),
        (Entries(a=1), dict[int, int], ": Entries does not tell its items (KeyError)"),
        ({"a": Entries()}, dict, "['a']: Entries does not tell its items (KeyError)"),
        (Items([1]), int, ": expected INTEGER, got Items of 1"),
        (Entries(a=1), int, ": expected INTEGER, got Entries of 1"),
        ({"a": Text("a")}, dict, f": {NET} (KeyError)"),
        ({"a": Scheming("a")}, dict, f": {NET} (StorageError)"),
    ],
)
def test_an_output_that_raises_is_named_and_not_quoted(value, kind, message):
    assert refused(writing(value, kind), OutputsError) == f"outputs.x{message}"


def test_memory_that_is_used_up_is_no_fault_of_the_outputs():
    error = writing({"a": Full("a")}, dict)
    assert (type(error), error.args) == (MemoryError, ())


class Fields(tuple):  # type: ignore[type-arg]
    @property
    def _fields(self) -> Any:
        raise KeyError(SECRET)


def test_the_container_of_several_outputs_may_raise_too():
    task = ExecutableTemplateShimTask(template(outputs={"x": int, "y": int}), executor(lambda tt: Fields((1, 2))))
    error = ended(task.dispatch_execute, None, LiteralMap())
    assert refused(error, OutputsError) == f"outputs: {NET} (KeyError)"


# --- the library -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "arguments", "message"),
    [
        (shimlite.to_python_value, (LITERAL, Matching), ".password: Matching refused it (ValueError)"),
        (shimlite.to_python_value, (LITERAL, Other), "Other refused its fields (SystemExit)"),
        (shimlite.to_literal, (Hidden(1), Hidden), ".x: Hidden does not tell it (SystemExit)"),
        (shimlite.to_literal, ({"a": Text("a")}, dict), f"{NET} (KeyError)"),
    ],
)
def test_a_library_call_shows_no_more(call, arguments, message):
    assert refused(ended(call, *arguments), shimlite.ConversionValueError) == message


def test_what_an_executor_raises_stays_whole():
    def work(tt: Any, user: Any) -> None:
        raise ValueError(user) from KeyError("k")

    class Executor:
        def execute_from_model(self, tt: Any, user: Plain) -> None:
            work(tt, user.password)

    task = ExecutableTemplateShimTask(template({"user": Plain}), Executor)
    with pytest.raises(ValueError, match=f"^{SECRET}$") as caught:
        task.dispatch_execute(None, LiteralMap(literals={"user": LITERAL}))
    assert type(caught.value.__cause__) is KeyError
