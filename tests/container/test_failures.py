# SPDX-License-Identifier: Apache-2.0
"""What an error document says, in this process; ``test_endings`` has the exceptions that are hostile."""

from __future__ import annotations

import gc
import sys
import time
import weakref

import pytest

from shimlite import (
    DatabaseError,
    DatabaseUnreachableError,
    FlyteRecoverableException,
    InputsError,
    LocalFileError,
    NotFoundError,
    StorageError,
    UriError,
)
from shimlite._idl import ErrorDocument
from shimlite.container.failures import LONGEST_MESSAGE, capped, documents, file_name, forget_locals, message_of

from .endings import NON_RECOVERABLE, RECOVERABLE, SYSTEM, USER


def whole(error: BaseException, **environment: str) -> ErrorDocument:
    return documents(error, environment)[0]().error


@pytest.mark.parametrize("letter", ["x", "ü", "☃", "🐍"])
@pytest.mark.parametrize("size", range(31_995, 32_006))
def test_the_whole_message_is_at_most_32000_bytes_and_cut_between_characters(letter, size):
    for start in range(4):
        text = "a" * start + letter * ((size - start) // len(letter.encode()))
        text += "z" * (size - len(text.encode()))
        message = capped(text)
        assert len(message.encode()) <= LONGEST_MESSAGE == 32_000
        if size <= 32_000:
            assert message == text
            continue
        head, left_out, tail = message.split("\n")
        assert text.startswith(head) and text.endswith(tail)
        assert len(head.encode()) > 15_900 and len(tail.encode()) > 15_900
        assert int(left_out.split()[1]) == pytest.approx(size - len(head.encode()) - len(tail.encode()), abs=6)


@pytest.mark.parametrize("letter", ["x", "ü", "☃", "🐍", "\ud800", "\n", "\0", "  "])
def test_any_text_makes_a_document_that_can_be_written(letter):
    for count in (1, 10_000, 40_000, 3_000_000):
        for error in (ValueError(letter * count), InputsError(letter * count)):
            document = documents(error, {})[0]()
            assert len(document.error.message.encode()) <= LONGEST_MESSAGE
            assert ErrorDocument.FromString(document.SerializeToString()) == document


@pytest.mark.parametrize(
    ("error", "code", "kind", "origin"),
    [
        (StorageError("x"), "SYSTEM:StorageError", RECOVERABLE, SYSTEM),
        (NotFoundError("x"), "SYSTEM:StorageError", RECOVERABLE, SYSTEM),
        (UriError("x"), "USER:UriError", NON_RECOVERABLE, USER),
        (LocalFileError("x"), "USER:LocalFileError", NON_RECOVERABLE, USER),
        (InputsError("x"), "USER:InputsError", NON_RECOVERABLE, USER),
        (DatabaseError("x"), "USER:DatabaseError", NON_RECOVERABLE, USER),
        (DatabaseUnreachableError("x"), "USER:DatabaseUnreachableError", RECOVERABLE, USER),
    ],
)
def test_whose_fault_an_error_of_ours_is(error, code, kind, origin):
    said = whole(error)
    assert (said.code, said.kind, said.origin, said.message) == (code, kind, origin, "x")


def of_flytekit(module: str, name: str, value: object = None) -> BaseException:
    """An exception of a class that is called like one of flytekit's."""
    error = type(name, (Exception,), {"__module__": f"flytekit.{module}"})("outer")
    error.value = value
    return error


@pytest.mark.parametrize(
    ("error", "code", "kind", "origin", "end"),
    [
        (of_flytekit("exceptions.user", "FlyteRecoverableException"), "USER:Recoverable", RECOVERABLE, USER,
         "FlyteRecoverableException: outer"),
        (of_flytekit("exceptions.base", "FlyteRecoverableException"), "USER:RuntimeError", NON_RECOVERABLE, USER,
         "FlyteRecoverableException: outer"),
        (of_flytekit("exceptions.user", "FlyteUserRuntimeException", KeyError("k")), "USER:RuntimeError",
         NON_RECOVERABLE, USER, "KeyError: 'k'"),
        (of_flytekit("exceptions.user", "FlyteUserRuntimeException", "no exception"), "USER:RuntimeError",
         NON_RECOVERABLE, USER, "FlyteUserRuntimeException: outer"),
        (of_flytekit("exceptions.system", "FlyteNonRecoverableSystemException", KeyError("k")), "SYSTEM",
         NON_RECOVERABLE, SYSTEM, "KeyError: 'k'"),
    ],
)  # fmt: skip
def test_flytekits_exceptions_are_known_by_name(error, code, kind, origin, end):
    said = whole(error)
    assert (said.code, said.kind, said.origin) == (code, kind, origin)
    assert said.message.endswith(f"\nMessage:\n\n    {end}\n")


def test_an_error_of_ours_with_a_cause_shows_it():
    error = InputsError("x")
    error.__cause__ = KeyError("inner")
    assert "KeyError: 'inner'" in message_of(error)
    assert message_of(error).endswith("\nMessage:\n\n    InputsError: x\n")


@pytest.mark.parametrize("timestamp", [None, "1", float("nan"), float("inf"), -1, 2**40, True, [1]])
def test_a_time_that_is_none_is_now(timestamp):
    error = FlyteRecoverableException("x", timestamp=timestamp)
    assert whole(error).timestamp.seconds == pytest.approx(time.time(), abs=60)


@pytest.mark.parametrize("timestamp", [0, 1.5, 1_700_000_000])
def test_a_time_is_taken(timestamp):
    said = whole(FlyteRecoverableException("x", timestamp=timestamp)).timestamp
    assert said.seconds + said.nanos / 1e9 == timestamp


def test_a_worker_says_its_name():
    for names in (("FLYTE_INTERNAL_DIST_ERROR_STRATEGY", "FLYTE_INTERNAL_WORKER_NAME"), ("_F_DES", "_F_WN")):
        environment = dict(zip(names, ("x", "w\udcff")))
        assert whole(ValueError(), **environment).worker == "w\\udcff"
        assert file_name(environment) != file_name(environment)
    assert whole(ValueError(), _F_WN="w").worker == ""
    assert file_name({"_F_DES": ""}) == "error.pb"


def test_plainer_documents_follow():
    class Odd(Exception):
        error_code = "MINE"

        def __str__(self) -> str:
            raise SystemExit

    makes = documents(Odd(), {})
    assert [make().error.message for make in makes[1:]] == [
        "Odd: <its text cannot be made: SystemExit>",
        "Odd was raised, and cannot be shown",
        *["the executor failed, and nothing more can be said of it"] * 3,
    ]
    assert [make().error.code for make in makes] == ["MINE", "MINE", "MINE", *["USER:RuntimeError"] * 3]


def test_without_the_module_that_formats_files_and_lines_are_shown(monkeypatch):
    monkeypatch.setitem(sys.modules, "traceback", None)
    try:
        raise ValueError("text")
    except ValueError as error:
        line = error.__traceback__.tb_lineno
        assert message_of(error) == (
            "Trace:\n\n    Traceback (most recent call last):\n"
            f'      File "{__file__}", line {line}, in test_without_the_module_that_formats_files_and_lines_are_shown\n'
            "    ValueError\n\nMessage:\n\n    ValueError: text\n"
        )


def test_frames_of_ours_are_left_out_there_too(monkeypatch):
    monkeypatch.setitem(sys.modules, "traceback", None)
    try:
        capped(None)
    except AttributeError as error:
        assert "shimlite/container/failures.py" not in message_of(error)


class Held:
    pass


def failing(held: Held) -> None:
    raise ValueError


def test_locals_are_freed_but_of_frames_that_run():
    held = Held()
    seen = weakref.ref(held)
    try:
        try:
            failing(held)
        except ValueError as error:
            raise KeyError from error
    except KeyError as error:
        error.__context__ = error.__cause__
        error.__cause__.__cause__ = error
        del held
        forget_locals(error)
        gc.collect()
        assert seen() is None
