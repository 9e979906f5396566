# SPDX-License-Identifier: Apache-2.0
"""What an executor takes and returns, as a ``TypedInterface``: as its author says it, else as its annotations do.

``signatures`` reads the annotations. Types become ``LiteralType`` in the engine.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from .._idl import TypedInterface, VariableMap
from ..engine import input_type, to_literal_type
from ..errors import TemplateError, UnsupportedTypeError, described
from ..signatures import annotated_inputs, annotated_outputs, check_call, input_defaults, input_types, output_types


def interface_of(executor: type, inputs: Any, outputs: Any) -> TypedInterface:
    """Raises ExecutorError where the executor does not take these inputs, and UnsupportedTypeError for a type."""
    taken, returned = types_of(executor, inputs, outputs)
    described_inputs, described_outputs = _descriptions(docstring_of(executor))
    if len(described_outputs) == 1:
        described_outputs = dict.fromkeys(returned, *described_outputs.values())
    interface = TypedInterface()
    for side, variables, python_types, descriptions in (
        ("inputs", interface.inputs, taken, described_inputs),
        ("outputs", interface.outputs, returned, described_outputs),
    ):
        variables.SetInParent()
        _fill(variables, side, python_types, descriptions)
    check_fit(executor, interface)
    return interface


def types_of(executor: type, inputs: Any, outputs: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The Python types of the inputs and of the outputs by name, in order. Raises ExecutorError and TemplateError."""
    told = _Told(executor)
    taken = annotated_inputs(told) if inputs is None else _mapping("inputs", inputs)
    returned = annotated_outputs(told) if outputs is None else _mapping("outputs", outputs)
    return taken, returned


def check_fit(executor: type, interface: TypedInterface) -> None:
    """Raises ExecutorError where the executor's method does not fit an interface."""
    told = _Told(executor)
    check_call(told, interface.inputs.variables)
    input_types(told, interface.inputs.variables)
    output_types(told, interface.outputs.variables)


def defaults_of(executor: type) -> dict[str, Any]:
    """The defaults of the inputs that have one, by name."""
    return input_defaults(_Told(executor))


def docstring_of(executor: type) -> str:
    """What describes the executor's inputs and outputs: the docstring of its method, or else its own."""
    return str(getattr(_method(executor), "__doc__", None) or executor.__doc__ or "")


class _Told:
    """What ``signatures`` asks of an executor."""

    def __init__(self, executor: type) -> None:
        self.execute_from_model = _method(executor)


def _method(executor: type) -> Any:
    """``execute_from_model`` as an instance would have it; none is made, since that runs code of the executor's."""
    method = inspect.getattr_static(executor, "execute_from_model")
    stand_in: Any = object()
    return method.__get__(stand_in, executor) if hasattr(type(method), "__get__") else method


def _mapping(side: str, python_types: Any) -> Mapping[str, Any]:
    if not isinstance(python_types, Mapping):
        raise TemplateError(path=side, expected="a dict of names to types", got=described(python_types))
    return python_types


def _fill(
    variables: VariableMap, side: str, python_types: Mapping[Any, Any], descriptions: Mapping[str, str | None]
) -> None:
    for name, python_type in python_types.items():
        if not isinstance(name, str) or not (name.isidentifier() and name.isascii()):
            raise TemplateError("has a name that is no identifier of ASCII letters", path=side)
        variable = variables.variables[name]
        variable.description = descriptions.get(name) or name
        try:
            variable.type.CopyFrom(to_literal_type(python_type))
            input_type(variable.type, python_type)  # a type may be one of the set, and too deep for any literal
        except UnsupportedTypeError as error:
            error.at_variable(name).blame(UnsupportedTypeError, side)


def _descriptions(docstring: str) -> tuple[dict[str, str | None], dict[str, str | None]]:
    """What docstrings say of the inputs and outputs, as flytekit reads them; nothing without its parser."""
    try:
        from docstring_parser import parse
    except ImportError:
        return {}, {}
    try:
        told = parse(_encodable(docstring))
    except Exception:  # there are texts on which it fails
        return {}, {}
    inputs = {one.arg_name: one.description for one in told.params}
    return inputs, {one.return_name or "": one.description for one in told.many_returns}


def _encodable(text: str) -> str:
    """With escapes in place of lone surrogates, which protobuf cannot write."""
    return text.encode(errors="backslashreplace").decode()
