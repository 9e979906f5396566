# SPDX-License-Identifier: Apache-2.0
"""shimlite/errors.py: one line, the path as Python would subscript it, whose fault it is, and pickling."""

import inspect
import pickle

import pytest

import shimlite
from shimlite import (
    ArgumentsError,
    ConversionError,
    ConversionTypeError,
    ConversionValueError,
    DatabaseError,
    DatabaseUnreachableError,
    ExecutorError,
    FlyteRecoverableException,
    InputsError,
    LocalFileError,
    MissingExtraError,
    NotFoundError,
    OutputsError,
    SecretError,
    ShimliteError,
    StorageError,
    TableError,
    TemplateError,
    UnsupportedTypeError,
    UriError,
    errors,
)

BASES = {
    ShimliteError: Exception,
    UnsupportedTypeError: TypeError,
    ConversionError: ShimliteError,
    ConversionTypeError: TypeError,
    ConversionValueError: ValueError,
    TemplateError: ValueError,
    InputsError: ValueError,
    OutputsError: ValueError,
    ExecutorError: TypeError,
    StorageError: ValueError,
    NotFoundError: StorageError,
    UriError: StorageError,
    LocalFileError: StorageError,
    SecretError: ValueError,
    ArgumentsError: ValueError,
    MissingExtraError: ValueError,
    DatabaseError: ValueError,
    DatabaseUnreachableError: FlyteRecoverableException,
    TableError: ValueError,
}
ALL = list(BASES)


def test_every_error_class_is_in_the_table_and_public():
    ours = {one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, ShimliteError)}
    assert ours == set(ALL)
    assert {one.__name__ for one in ours} <= set(shimlite.__all__)


@pytest.mark.parametrize("cls", ALL)
def test_bases(cls):
    assert issubclass(cls, ShimliteError)
    assert issubclass(cls, BASES[cls])


@pytest.mark.parametrize("cls", ALL)
def test_the_message_is_the_path_the_reason_and_the_hint(cls):
    error = cls(path="x[0]", expected="INTEGER", got="str", hint="round it")
    assert str(error) == "x[0]: expected INTEGER, got str; round it"
    assert (error.path, error.expected, error.got, error.hint) == ("x[0]", "INTEGER", "str", "round it")


@pytest.mark.parametrize("cls", ALL)
def test_a_reason_alone(cls):
    error = cls("no such file")
    assert str(error) == "no such file"
    assert (error.path, error.expected, error.got, error.hint) == ("", "", "", "")


@pytest.mark.parametrize("cls", ALL)
def test_pickling_keeps_all(cls):
    error = cls("why", path="a.b", expected="E", got="G", hint="h").at("x.")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is cls
    assert str(again) == str(error) == "x.a.b: why; h"
    assert vars(again) == vars(error)
    assert (again.path, again.expected, again.got, again.hint) == ("x.a.b", "E", "G", "h")


@pytest.mark.parametrize("cls", ALL)
def test_pickling_keeps_a_reason_made_of_expected_and_got(cls):
    again = pickle.loads(pickle.dumps(cls(expected="E", got="G")))
    assert str(again) == "expected E, got G"


@pytest.mark.parametrize("cls", ALL)
def test_the_arguments_hold_what_was_said(cls):
    assert cls("why").args == ("why",)


def test_the_path_grows_outwards():
    error = ConversionTypeError(expected="FLOAT", got="string_value").at_key("price").at("[3]").at("rows")
    assert str(error) == "rows[3]['price']: expected FLOAT, got string_value"


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("a", "['a']"),
        (1, "[1]"),
        (True, "[True]"),
        (None, "[None]"),
        (b"x", "[b'x']"),
        ("it's", '["it\'s"]'),
        ("a\nb", r"['a\nb']"),
        ("x" * 38, f"['{'x' * 38}']"),
        ("x" * 39, f"['{'x' * 39}…]"),
        ("x" * 10_000, f"['{'x' * 39}…]"),
    ],
)
def test_keys_are_shown_as_python_subscripts_them_and_long_ones_cut(key, path):
    assert ConversionValueError("why").at_key(key).path == path


@pytest.mark.parametrize(("path", "blamed"), [("x[0]", "inputs.x[0]"), ("", "inputs"), ("[1]", "inputs[1]")])
def test_blame_raises_the_same_text_as_another_class(path, blamed):
    cause = KeyError("k")
    with pytest.raises(InputsError) as caught:
        try:
            raise ConversionTypeError(path=path, expected="E", got="G", hint="h") from cause
        except ConversionTypeError as error:
            error.blame(InputsError, "inputs")
    assert str(caught.value) == f"{blamed}: expected E, got G; h"
    assert (caught.value.expected, caught.value.got) == ("E", "G")
    assert caught.value.__cause__ is cause


@pytest.mark.parametrize("cls", [shimlite.FlyteRecoverableException, shimlite.IgnoreOutputs])
def test_an_executors_own_signals_are_plain_exceptions(cls):
    assert cls.__mro__ == (cls, Exception, BaseException, object)
    again = pickle.loads(pickle.dumps(cls("again")))
    assert type(again) is cls and again.args == ("again",) and str(again) == "again"
