# SPDX-License-Identifier: Apache-2.0
"""The laws of conversion as functions over anyone's converter; they need hypothesis, the extra ``[strategies]``.

Each runs hypothesis inside and raises AssertionError with the smallest case that breaks the law. So a plugin's author
tests a flytekit TypeTransformer for a class of their own::

    context, mine = FlyteContext.current_context(), PointTransformer()
    check_round_trip(
        encode=lambda value, as_type: mine.to_literal(context, value, as_type, mine.get_literal_type(as_type)),
        decode=lambda literal, as_type: mine.to_python_value(context, literal, as_type),
        cases=st.tuples(st.just(Point), st.builds(Point)),
        expected=lambda value, as_type: value,
    )

A converter is two functions, of a value or a literal and the type it is of, in this order; a case is a pair of a type
and what is of it. An error of the converter's is its failure, unless its class is among the ``refusals``.
"""

from __future__ import annotations

import copy
import dataclasses
import sys
from collections.abc import Callable
from typing import Any, TypeAlias

import attrs

from ._idl import Message
from ._types.parse import spell
from .equality import same
from .errors import MissingExtraError, ShimliteError
from .fidelity import fidelity
from .normal import normal

try:
    import hypothesis
    from hypothesis.strategies import DrawFn, SearchStrategy, composite, tuples
except ModuleNotFoundError:
    raise MissingExtraError("testing needs hypothesis", hint="pip install 'shimlite[strategies]'") from None

from .strategies import hostile_literals, literal_types, python_types, typed_literals, typed_values
from .strategies.shapes import columns_of, fields_of, is_record, parts

__all__ = ["check_agrees", "check_equal_bytes", "check_hostile", "check_normal", "check_round_trip", "same"]

Convert: TypeAlias = Callable[[Any, Any], Any]
"""Of a value or a literal, and its type."""
Cases: TypeAlias = SearchStrategy[tuple[Any, Any]]
"""Of a type, and a value or a literal of it."""
Equal: TypeAlias = Callable[[Any, Any], bool]
Refusals: TypeAlias = tuple[type[Exception], ...]
"""The errors by which a converter says that it cannot, and not that it is broken."""
Settings: TypeAlias = hypothesis.settings | None

LONGEST_SHOWN = 2_000
"""Characters of a value in a message: a hostile literal may be of a megabyte."""


def check_round_trip(
    encode: Convert,
    decode: Convert,
    cases: Cases | None = None,
    expected: Convert | None = None,
    *,
    equal: Equal = same,
    refusals: Refusals = (ShimliteError,),
    settings: Settings = None,
) -> None:
    """What comes back is what is expected, and a second time it comes back as itself.

    ``cases`` are by default all that shimlite converts, and ``expected(value, as_type)`` what ``fidelity`` says. The
    second time the converter may refuse: of what has come back less may be known, so that two members of a union take
    it.
    """

    def law(case: _Case) -> None:
        once = case.run("decode", decode, case.run("encode", encode, case.value))
        wanted = case.run("expected", expected or _projected, case.value)
        if not equal(once, wanted):
            case.fail("what comes back is not what is expected", expected=wanted, got=once)
        again = case.run("encode", encode, once, refusals)
        if isinstance(again, _Refused):
            return
        twice = case.run("decode", decode, again)
        if not equal(twice, once):
            case.fail("what has come back once does not come back as itself", once=once, twice=twice)

    _run(law, typed_values() if cases is None else cases, settings)


def check_agrees(
    ours: Convert,
    theirs: Convert,
    cases: Cases | None = None,
    *,
    equal: Equal = same,
    refusals: Refusals = (ShimliteError,),
    settings: Settings = None,
) -> None:
    """Two converters give the same, or both refuse. ``cases`` are by default all that shimlite converts."""

    def law(case: _Case) -> None:
        one = case.run("ours", ours, case.value, refusals)
        other = case.run("theirs", theirs, case.value, refusals)
        refused = isinstance(one, _Refused)
        if refused != isinstance(other, _Refused):
            case.fail("one refuses what the other takes", ours=one, theirs=other)
        if not refused and not equal(one, other):
            case.fail("the two do not agree", ours=one, theirs=other)

    _run(law, typed_values() if cases is None else cases, settings)


def check_equal_bytes(encode: Convert, cases: Cases | None = None, *, settings: Settings = None) -> None:
    """Equal values give equal bytes, whatever the order in which their dicts were filled.

    ``encode`` gives bytes or a message. ``cases`` are by default all that shimlite converts.
    """

    def law(case: _Case) -> None:
        one = case.run("encode", encode, case.value)
        other = case.run("encode", encode, _backwards(case.value))
        if _wire(one) != _wire(other):
            case.fail("dicts filled in the opposite order give other bytes", one=one, other=other)

    _run(law, typed_values() if cases is None else cases, settings)


def check_normal(
    encode: Convert,
    decode: Convert,
    cases: Cases | None = None,
    normal: Convert = normal,
    *,
    refusals: Refusals = (ShimliteError,),
    settings: Settings = None,
) -> None:
    """A literal decoded and encoded is its normal form, whose own normal form is itself.

    ``cases`` are by default pairs of every ``LiteralType`` and a literal of it in any writer's form, all of which must
    decode; ``normal(literal, literal_type)`` is by default shimlite's. What that refuses to write, such as
    a value that two variants of a union take, the converter must refuse too.
    """

    def law(case: _Case) -> None:
        written = case.run("encode", encode, case.run("decode", decode, case.value), refusals)
        wanted = case.run("normal", normal, case.value, refusals)
        if _wire(written) != _wire(wanted):
            case.fail("what is written is not the normal form", expected=wanted, got=written)
        if isinstance(written, _Refused):
            return
        again = case.run("encode", encode, case.run("decode", decode, written))
        if _wire(again) != _wire(written):
            case.fail("the normal form has another normal form", once=written, twice=again)

    _run(law, typed_literals() if cases is None else cases, settings)


def check_hostile(
    decode: Convert,
    cases: Cases | None = None,
    *,
    refusals: Refusals = (ShimliteError,),
    settings: Settings = None,
) -> None:
    """Whatever arrives decodes or is refused: no other error is raised.

    ``cases`` are by default a Python type or a ``LiteralType``, and any ``Literal`` at all. ``settings(deadline=…)``
    checks that it takes bounded time too.
    """

    def law(case: _Case) -> None:
        case.run("decode", decode, case.value, refusals)

    anything = tuples(python_types(2) | literal_types(2), hostile_literals())
    _run(law, anything if cases is None else cases, settings)


def _projected(value: Any, as_type: Any) -> Any:
    return fidelity(as_type, as_type).project(value)


@attrs.frozen
class _Refused:
    """Stands for the result of a converter that refused."""

    error: Exception


class _Case:
    """A type and a value or a literal of it.

    No attrs class: hypothesis prints those by their fields, however long.
    """

    def __init__(self, as_type: Any, value: Any) -> None:
        self.as_type = as_type
        self.value = value

    def __repr__(self) -> str:
        return f"{_spelled(self.as_type)}, {_shown(self.value)}"

    def run(self, name: str, convert: Convert, given: Any, refusals: Refusals = ()) -> Any:
        """What ``convert`` makes of ``given``, or _Refused; any other error fails the case."""
        try:
            return convert(given, self.as_type)
        except refusals as error:
            return _Refused(error)
        except Exception as error:
            of = {} if given is self.value else {"given": given}
            raise AssertionError(self._message(f"{name} raised {_described(error)}", of)) from error

    def fail(self, what: str, **shown: Any) -> None:
        raise AssertionError(self._message(what, shown))

    def _message(self, what: str, shown: dict[str, Any]) -> str:
        lines = {"type": _spelled(self.as_type)}
        lines |= {f"fields of {record.__name__}": _fields(record) for record in _nowhere(self.as_type)}
        lines |= {name: _shown(held) for name, held in {"value": self.value, **shown}.items()}
        return "\n".join([what, *(f"  {name}: {held}" for name, held in lines.items())])


def _run(law: Callable[[_Case], None], cases: Cases, settings: Settings) -> None:
    """Without ``settings`` there is no deadline: types are compiled while a case runs, so the first takes longest."""
    chosen = settings or hypothesis.settings(deadline=None)

    @hypothesis.settings(chosen, report_multiple_bugs=False)  # whose group of errors would be no AssertionError
    @hypothesis.given(_drawn(cases))
    def check(case: _Case) -> None:
        law(case)

    check()


@composite
def _drawn(draw: DrawFn, cases: Cases) -> _Case:
    return _Case(*draw(cases))


def _wire(written: Any) -> Any:
    """Bytes as they are, a message as its bytes; refusals are all alike."""
    if isinstance(written, _Refused):
        return None
    return written if isinstance(written, bytes) else written.SerializeToString(deterministic=True)


def _backwards(value: Any) -> Any:
    """An equal value, the keys of its dicts in the opposite order at every level."""
    if type(value) is dict:
        return {key: _backwards(held) for key, held in reversed(value.items())}
    if type(value) in (list, tuple):
        return type(value)(map(_backwards, value))
    if dataclasses.is_dataclass(type(value)) or attrs.has(type(value)):
        return _record_backwards(value)
    return value


def _record_backwards(value: Any) -> Any:
    made = copy.copy(value)
    for field in fields_of(type(value)):
        object.__setattr__(made, field.name, _backwards(getattr(value, field.name)))  # frozen or not
    return made


# ------------------------------------------------------------------------------------------------- what a failure shows


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _shown(held: Any) -> str:
    if isinstance(held, _Refused):
        return f"refused, {_described(held.error)}"
    shown = _spelled(held) if isinstance(held, Message) else repr(held)
    return shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}… ({len(shown)} characters)"


def _spelled(as_type: Any) -> str:
    """A Python type as one writes it; a message in one line."""
    if isinstance(as_type, Message):
        return f"{type(as_type).__name__} {{ {' '.join(str(as_type).split())} }}"
    return spell(as_type)


def _fields(record: Any) -> str:
    return ", ".join(f"{name}: {spell(held)}" for name, held in columns_of(record).items())


def _nowhere(as_type: Any) -> list[Any]:
    """The records of a type that were made on the fly, so that no file says what their fields are."""
    records = [part for part in parts(as_type) if is_record(part)]
    return [one for one in records if getattr(sys.modules.get(one.__module__), one.__name__, None) is not one]
