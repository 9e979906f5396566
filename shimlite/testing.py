# SPDX-License-Identifier: Apache-2.0
"""The laws of conversion as functions over anyone's converter; they need hypothesis, the extra ``[strategies]``.

A converter is two functions, of a value or a literal and the type it is of, in this order. A law draws cases, each a
type and what is of it, runs hypothesis inside and raises AssertionError with the smallest case that breaks it. An error
of the converter's is a failure, unless its class is among the ``refusals``: a case of which any step is refused is left
out. Where every case is left out the law was never tried, which is a failure too.

So a plugin's author tests a flytekit ``TypeTransformer`` of their own, ``mine``, for a class of their own::

    context = FlyteContext.current_context()
    check_round_trip(
        encode=lambda value, t: mine.to_literal(context, value, t, mine.get_literal_type(t)),
        decode=lambda literal, t: mine.to_python_value(context, literal, t),
        cases=st.tuples(st.just(Point), st.builds(Point)),
        expected=lambda value, t: value,
    )

The other laws need bytes, or protobuf's messages, which flytekit hides. All of flytekit is::

    context = FlyteContext.current_context()
    encode = lambda value, t: TypeEngine.to_literal(context, value, t, TypeEngine.to_literal_type(t)).to_flyte_idl()
    decode = lambda literal, t: TypeEngine.to_python_value(context, Literal.from_flyte_idl(literal), t)
    cases = typed_values(only=(int, str, list, dict[str, Any]))
    check_round_trip(encode, decode, cases, refusals=(TypeTransformerFailedError,))

and Flyte 2's engine, whose messages are of another package::

    run = asyncio.new_event_loop().run_until_complete
    encode = lambda value, t: run(TypeEngine.to_literal(value, t, TypeEngine.to_literal_type(t)))
    decode = lambda literal, t: run(TypeEngine.to_python_value(Literal.FromString(literal.SerializeToString()), t))
    cases = typed_values(only=(int, str, list, dict[str, Any]))
    check_round_trip(encode, decode, cases, refusals=(TypeTransformerFailedError,))
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, NoReturn, TypeAlias

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

from .strategies import hostile_literals, literal_types, python_types, typed_literals, typed_near_values, typed_values
from .strategies.shapes import REFERENCES, columns_of, is_record, names_of, parts

__all__ = [
    *("check_agrees", "check_distinct", "check_equal_bytes", "check_hostile", "check_normal", "check_round_trip"),
    "same",
]

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
    it. Raises AssertionError.
    """
    __tracebackhide__ = True

    def law(case: _Case) -> None:
        wanted = case.run("expected", expected or _projected, case.value)  # first, since encoding may change the value
        once = case.run("decode", decode, case.run("encode", encode, case.value))
        case.is_tried = True
        if not case.equal(equal, once, wanted):
            case.fail("what comes back is not what is expected", expected=wanted, got=once)
        twice = case.run("decode", decode, case.run("encode", encode, once))
        if not case.equal(equal, twice, once):
            case.fail("what has come back once does not come back as itself", once=once, twice=twice)

    failure = _failure(law, typed_values() if cases is None else cases, refusals, settings)
    if failure:
        raise failure


def check_agrees(
    ours: Convert,
    theirs: Convert,
    cases: Cases | None = None,
    *,
    equal: Equal = same,
    refusals: Refusals = (ShimliteError,),
    settings: Settings = None,
) -> None:
    """Two converters give the same, or both refuse, but not every case. Raises AssertionError.

    ``cases`` are by default all that shimlite converts.
    """
    __tracebackhide__ = True

    def law(case: _Case) -> None:
        one = case.attempt("ours", ours, case.value)
        other = case.attempt("theirs", theirs, case.value)
        if isinstance(one, _Refused) != isinstance(other, _Refused):
            case.fail("one refuses what the other takes", ours=one, theirs=other)
        case.taken(one)
        case.is_tried = True
        if not case.equal(equal, one, other):
            case.fail("the two do not agree", ours=one, theirs=other)

    failure = _failure(law, typed_values() if cases is None else cases, refusals, settings)
    if failure:
        raise failure


def check_equal_bytes(
    encode: Convert,
    cases: Cases | None = None,
    *,
    refusals: Refusals = (ShimliteError,),
    settings: Settings = None,
) -> None:
    """Equal values give equal bytes, whatever the order in which their dicts were filled. Raises AssertionError.

    ``encode`` gives bytes or a message of protobuf's. ``cases`` are by default all that shimlite converts.
    """
    __tracebackhide__ = True

    def law(case: _Case) -> None:
        one = case.run("encode", encode, case.value)
        case.is_tried = True
        other = case.attempt("encode", encode, _backwards(case.value))
        if isinstance(other, _Refused) or case.wire(one) != case.wire(other):
            case.fail("dicts filled in the opposite order give other bytes", one=one, other=other)

    failure = _failure(law, typed_values() if cases is None else cases, refusals, settings)
    if failure:
        raise failure


def check_distinct(
    encode: Convert,
    cases: Cases | None = None,
    expected: Convert | None = None,
    *,
    equal: Equal = same,
    refusals: Refusals = (ShimliteError,),
    settings: Settings = None,
) -> None:
    """Values that are not equal give other bytes, so that none is taken for another in a cache. Raises AssertionError.

    ``encode`` gives bytes or a message of protobuf's, such as a literal or a key that is made of it. A case is a type
    and several values of it, by default those of ``typed_near_values``, which are as near to each other as may be: True
    and 1 in a union, two zones' spellings of an instant. ``expected(value, as_type)`` is what bytes must tell, by
    default what ``fidelity`` says comes back. Values that are refused are left out.
    """
    __tracebackhide__ = True

    def law(case: _Case) -> None:
        by_bytes: dict[bytes, list[tuple[Any, Any]]] = {}
        known: list[Any] = []
        values = case.value
        for case.value in values:
            told = case.attempt("expected", expected or _projected, case.value)
            written = case.attempt("encode", encode, case.value)
            if case.is_refused(told) or case.is_refused(written):
                continue
            case.is_tried |= bool(known) and not case.equal(equal, known[0], told)
            known.append(told)
            alike = by_bytes.setdefault(case.wire(written), [])
            for other, other_told in alike:
                if not case.equal(equal, other_told, told):
                    case.fail("values that are not equal give the same bytes", other=other, both=written)
            alike.append((case.value, told))

    failure = _failure(law, typed_near_values() if cases is None else cases, refusals, settings)
    if failure:
        raise failure


def check_normal(
    encode: Convert,
    decode: Convert,
    cases: Cases | None = None,
    normal: Convert = normal,
    *,
    refusals: Refusals = (ShimliteError,),
    settings: Settings = None,
) -> None:
    """A literal decoded and encoded is its normal form, whose own normal form is itself. Raises AssertionError.

    ``cases`` are by default pairs of every ``LiteralType`` and a literal of it in any writer's form. Those of chosen
    Python types are::

        python_types(only=(int, str)).map(to_literal_type).flatmap(lambda t: st.tuples(st.just(t), literals(t)))

    ``normal(literal, as_type)`` is by default shimlite's. What that refuses to write, such as a value that two variants
    of a union take, the converter must refuse too. With ``refusals=()`` it must convert all else.
    """
    __tracebackhide__ = True

    def written(case: _Case) -> Any:
        return encode(decode(case.value, case.as_type), case.as_type)

    def law(case: _Case) -> None:
        wanted = case.attempt("normal", normal, case.value, (*refusals, ShimliteError))
        if isinstance(wanted, _Refused):
            got = case.attempt("encode", lambda value, as_type: written(case), case.value, (Exception,))
            if not isinstance(got, _Refused):
                case.fail("what is written is not the normal form", expected=wanted, got=got)
            case.taken(wanted)
        got = case.run("encode", encode, case.run("decode", decode, case.value))
        case.is_tried = True
        if case.wire(got) != case.wire(wanted):
            case.fail("what is written is not the normal form", expected=wanted, got=got)
        again = case.run("encode", encode, case.run("decode", decode, got))
        if case.wire(again) != case.wire(got):
            case.fail("the normal form has another normal form", once=got, twice=again)

    failure = _failure(law, typed_literals() if cases is None else cases, refusals, settings)
    if failure:
        raise failure


def check_hostile(
    decode: Convert,
    cases: Cases | None = None,
    *,
    refusals: Refusals = (ShimliteError,),
    settings: Settings = None,
) -> None:
    """Whatever arrives decodes or is refused: no other error is raised. Raises AssertionError.

    ``cases`` are by default a Python type or a ``LiteralType``, and any ``Literal`` at all; all of them may be refused.
    ``settings(deadline=…)`` checks that it takes bounded time too.
    """
    __tracebackhide__ = True

    def law(case: _Case) -> None:
        case.is_tried = True
        case.run("decode", decode, case.value)

    anything = tuples(python_types(2) | literal_types(2), hostile_literals())
    failure = _failure(law, anything if cases is None else cases, refusals, settings)
    if failure:
        raise failure


def _projected(value: Any, as_type: Any) -> Any:
    return fidelity(as_type, as_type).project(value)


# ------------------------------------------------------------------------------------------------------- a case at work


@attrs.frozen
class _Refused:
    """Stands for the result of a converter that refused."""

    name: str
    error: Exception


class _LeftOutError(Exception):
    """A step of a case was refused."""


class _BrokenError(Exception):
    """A case breaks the law. Its text is the whole message, its cause the converter's own error, if any."""


class _Case:
    """A type and a value or a literal of it, and what a converter may answer.

    No attrs class: hypothesis prints those by their fields, however long.
    """

    def __init__(self, as_type: Any, value: Any, refusals: Refusals) -> None:
        self.as_type = as_type
        self.value = value
        self.refusals = refusals
        self.is_tried = False
        self.refused: _Refused | None = None

    def __repr__(self) -> str:
        return f"{_spelled(self.as_type)}, {_shown(self.value)}"

    def attempt(self, name: str, convert: Convert, given: Any, refusals: Refusals | None = None) -> Any:
        """What ``convert`` makes of ``given``, or _Refused; any other error fails the case."""
        refusals = self.refusals if refusals is None else refusals
        try:
            return convert(given, self.as_type)
        except refusals as error:
            return _Refused(name, _without_our_frame(error))
        except Exception as error:
            self._break(name, error, {} if given is self.value else {"given": given})

    def run(self, name: str, convert: Convert, given: Any) -> Any:
        """The same, but a refusal ends the case."""
        return self.taken(self.attempt(name, convert, given))

    def taken(self, made: Any) -> Any:
        if self.is_refused(made):
            raise _LeftOutError
        return made

    def is_refused(self, made: Any) -> bool:
        if isinstance(made, _Refused):
            self.refused = made
            return True
        return False

    def equal(self, equal: Equal, one: Any, other: Any) -> bool:
        try:
            return equal(one, other)
        except Exception as error:
            self._break("equal", error, {"one": one, "other": other})

    def wire(self, written: Any) -> bytes:
        """Bytes as they are, a message as its bytes."""
        if isinstance(written, bytes):
            return written
        if not isinstance(written, Message):
            cls = type(written)
            self.fail(f"encode gave no bytes and no message of protobuf's, but {cls.__module__}.{cls.__qualname__}")
        return written.SerializeToString(deterministic=True)

    def fail(self, what: str, **shown: Any) -> NoReturn:
        raise _BrokenError(self.message(what, shown))

    def _break(self, name: str, error: Exception, shown: dict[str, Any]) -> NoReturn:
        raise _BrokenError(self.message(f"{name} raised {_described(error)}", shown)) from _without_our_frame(error)

    def message(self, what: str, shown: dict[str, Any]) -> str:
        lines = [("type", _spelled(self.as_type))]
        lines += [(f"fields of {record.__name__}", _fields(record)) for record in _nowhere(self.as_type)]
        lines += [(name, _shown(held)) for name, held in {"value": self.value, **shown}.items()]
        return "\n".join([what, *(f"  {name}: {held}" for name, held in lines)])


def _without_our_frame(error: Exception) -> Exception:
    """The first frame is the one that called the converter."""
    trace: TracebackType | None = error.__traceback__
    return error.with_traceback(trace.tb_next if trace else None)


class _Tally:
    """What came of the cases."""

    def __init__(self) -> None:
        self.is_tried = False
        self.left_out: _Case | None = None
        self.broken: _BrokenError | None = None

    def count(self, law: Callable[[_Case], None], case: _Case) -> None:
        try:
            law(case)
        except _BrokenError as error:
            self.broken = error
            raise
        except _LeftOutError:
            pass
        self.is_tried |= case.is_tried
        self.left_out = self.left_out or case

    def never_tried(self) -> AssertionError | None:
        """A failure where each case was left out."""
        case = self.left_out
        if self.is_tried or case is None:
            return None
        if case.refused is None:
            return AssertionError(case.message("no two values are told apart, so the law was never tried", {}))
        what = "every case is refused, so the law was never tried; this is one"
        return _failed(case.message(what, {case.refused.name: case.refused}), case.refused.error)


def _failure(
    law: Callable[[_Case], None], cases: Cases, refusals: Refusals, settings: Settings
) -> AssertionError | None:
    """The error for the public function to raise, so that no frame but that one's is shown.

    Without ``settings`` there is no deadline: types are compiled while a case runs, so the first takes longest.
    """
    tally, chosen = _Tally(), settings or hypothesis.settings(deadline=None)
    phases = [phase for phase in chosen.phases if phase is not hypothesis.Phase.explain]  # which names lines of ours

    @hypothesis.settings(chosen, phases=phases, report_multiple_bugs=False)  # a group of errors has no one message
    @hypothesis.given(_drawn(cases, refusals))
    def check(case: _Case) -> None:
        tally.count(law, case)

    try:
        check()
    except _BrokenError as error:
        return _failed(str(error), error.__cause__)
    except hypothesis.errors.Unsatisfiable:
        return AssertionError("no case could be drawn, so the law was never tried")
    except hypothesis.errors.Flaky:
        if tally.broken is None:
            raise
        what = f"{tally.broken}\n  again: the same case keeps the law, so the converter remembers what it did before"
        return _failed(what, tally.broken.__cause__)
    return tally.never_tried()


def _failed(message: str, cause: BaseException | None) -> AssertionError:
    failure = AssertionError(message)
    failure.__cause__ = cause
    return failure


@composite
def _drawn(draw: DrawFn, cases: Cases, refusals: Refusals) -> _Case:
    return _Case(*draw(cases), refusals)


def _backwards(value: Any) -> Any:
    """An equal value, the keys of its dicts in the opposite order at every level."""
    if type(value) is dict:
        return {key: _backwards(held) for key, held in reversed(value.items())}
    if type(value) in (list, tuple):
        return type(value)(map(_backwards, value))
    if is_record(type(value)) or type(value) in REFERENCES:
        return _record_backwards(value)
    return value


def _record_backwards(value: Any) -> Any:
    made = copy.copy(value)
    for name in names_of(type(value)):
        object.__setattr__(made, name, _backwards(getattr(value, name)))  # frozen or not
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
    return ", ".join(f"{name}: {spell(held)}" for name, held in columns_of(record).items()) or "none"


def _nowhere(as_type: Any) -> list[Any]:
    """The records of a type that were made on the fly, so that no file says what their fields are."""
    records = [part for part in parts(as_type) if is_record(part)]
    return [one for one in records if getattr(sys.modules.get(one.__module__), one.__name__, None) is not one]
