# SPDX-License-Identifier: Apache-2.0
"""What the signature of ``execute_from_model`` says: which inputs it takes, and, where it is annotated, as what types.

An annotation closes what a template leaves open: a date arrives as a date, a record as the class named. It must fit the
type that the interface declares, as a pod sees it: any record or dict fits a STRUCT, a Literal its scalar's type. A
misfit is the executor's fault, and found before it runs; a value that its annotation does not take is an error then.
"""

from __future__ import annotations

import collections.abc
import inspect
import sys
import typing
from collections.abc import Callable, Collection, Mapping
from typing import Any

from ._idl import LiteralMap, LiteralType, Variable
from ._types.classes import annotations_of, resolved, signature_of
from ._types.parse import parse, parts, spell
from .engine import guess_python_type, input_type, output_type
from .errors import ExecutorError, ShimliteError, TemplateError, UnsupportedTypeError

__all__ = ["annotated_inputs", "annotated_outputs", "check_call", "input_defaults", "input_types", "output_types"]

_EMPTY = inspect.Parameter.empty
_NOTHING = (_EMPTY, Any, object, typing.NoReturn, getattr(typing, "Never", Any), LiteralMap)
"""Annotations that say nothing of a Flyte type."""
_AWAITED = (collections.abc.Awaitable, collections.abc.Coroutine)
_BY_NAME = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
_QUALIFIERS = ("Required", "NotRequired", "ReadOnly")
"""What may stand around a field's type in a TypedDict: an interface has no word for it."""
DEEPEST_ALIAS = 50
"""Aliases of aliases that are followed: one may be of itself."""
_Fit = Callable[[LiteralType, Any], Any]


def input_types(executor: Any, inputs: Mapping[str, Variable]) -> dict[str, Any]:
    """The annotated types of those inputs that have one.

    Raises TemplateError for an input whose name ``execute_from_model`` has already, and ExecutorError for one that it
    does not take, or whose annotation does not fit.
    """
    function, own, rest = _parameters(executor)
    taken = {one.name for one in own if one.kind is one.POSITIONAL_OR_KEYWORD}
    named, others = _named(rest), _others(rest)
    types = {}
    for name, variable in inputs.items():
        path = f"inputs.{name}"
        if name in taken:
            raise TemplateError(
                f"{name!r} is already a parameter of execute_from_model", path=path, hint="rename the input"
            )
        parameter = named.get(name, others)
        if parameter is None:
            raise ExecutorError(f"execute_from_model takes no input {name!r}", path=path, hint="add **kwargs")
        annotation = _resolved(function, parameter.annotation, path)
        if annotation not in _NOTHING:
            types[name] = _fitting(annotation, variable.type, path, input_type)
    return types


def output_types(executor: Any, outputs: Mapping[str, Variable]) -> dict[str, Any]:
    """The types of the outputs, as far as the return annotation says. Raises ExecutorError where it does not fit."""
    annotation = _returned(executor)
    if annotation in _NOTHING:
        return {}
    told = _by_name(annotation, list(outputs))
    return {
        name: _fitting(said, outputs[name].type, f"outputs.{name}", output_type)
        for name, said in told.items()
        if said not in _NOTHING
    }


def annotated_inputs(executor: Any) -> dict[str, Any]:
    """The inputs that ``execute_from_model`` names, with their types, where no interface says them.

    Raises ExecutorError for one without a type, and where it takes whatever inputs there are.
    """
    function, _, rest = _parameters(executor)
    named = _named(rest)
    if not named and _others(rest) is not None:
        raise ExecutorError("execute_from_model takes any inputs", path="inputs", hint="give inputs={…}, {} for none")
    types = {}
    for name, parameter in named.items():
        types[name] = _resolved(function, parameter.annotation, f"inputs.{name}")
        if types[name] in _NOTHING:
            reason = "execute_from_model does not say its type"
            raise ExecutorError(reason, path=f"inputs.{name}", hint="annotate it, or give inputs={…}")
    return types


def annotated_outputs(executor: Any) -> dict[str, Any]:
    """The outputs that ``execute_from_model`` returns, with their types, where no interface says them.

    One is ``o0``, a tuple's are ``o0``, ``o1``, …, a NamedTuple's and a TypedDict's are its fields. Raises
    ExecutorError where the annotation does not tell how many there are, or of what types.
    """
    annotation = _returned(executor)
    if annotation in (None, type(None)):
        return {}
    origin, arguments = parts(annotation)
    types = {"o0": annotation}
    if _has_fields(origin):
        types = _field_types(origin)
    elif origin is tuple:
        types = {f"o{place}": said for place, said in enumerate(arguments)}
        if ... in arguments or len(arguments) < 2:
            types = {}
    untold = not types or any(said in _NOTHING for said in types.values())
    if untold or (len(types) == 1 and _is_typed_dict(origin)):  # of one output the dict would be the value
        hint = "annotate what it returns, or give outputs={…}"
        raise ExecutorError("execute_from_model does not say what it returns", path="outputs", hint=hint)
    return types


def input_defaults(executor: Any) -> dict[str, Any]:
    """The defaults of the inputs that ``execute_from_model`` names and gives one."""
    named = _named(_parameters(executor)[2])
    return {name: parameter.default for name, parameter in named.items() if parameter.default is not _EMPTY}


def check_call(executor: Any, inputs: Collection[str]) -> None:
    """Raises ExecutorError where no call can succeed.

    ``execute_from_model`` then does not take the template, asks for what is no input, or yields.
    """
    function, own, rest = _parameters(executor)
    takes_any = any(one.kind is one.VAR_POSITIONAL for one in rest)
    if len(own) < _count_of_own(executor) and not takes_any:
        raise ExecutorError(
            "execute_from_model does not take the template", hint="write execute_from_model(self, tt, …)"
        )
    if own and _is_of_the_set(function, own[-1].annotation):
        reason = f"execute_from_model takes the template first, and {own[-1].name!r} is annotated as an input"
        raise ExecutorError(reason, hint="write execute_from_model(self, tt, …)")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise ExecutorError("execute_from_model yields, so that it returns no outputs", path="outputs")
    for parameter in rest:
        is_variadic = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        is_input = parameter.name in inputs and parameter.kind is not parameter.POSITIONAL_ONLY
        if not is_variadic and not is_input and parameter.default is _EMPTY:
            raise ExecutorError(f"execute_from_model asks for {parameter.name!r}, which is no input", path="inputs")


def _is_of_the_set(function: Any, annotation: Any) -> bool:
    """Whether an annotation is the type of an input; what only type checkers can resolve is none."""
    try:
        resolved_one = _resolved(function, annotation, "")
        return resolved_one not in _NOTHING and bool(parse(resolved_one))
    except (ExecutorError, UnsupportedTypeError):
        return False


def _parameters(executor: Any) -> tuple[Any, list[inspect.Parameter], list[inspect.Parameter]]:
    """The function, its own parameters, which are the template and before it self, and those of the inputs."""
    method = executor.execute_from_model
    function = getattr(method, "__func__", method)
    parameters = list(_signature(function).parameters.values())
    first = parameters[: _count_of_own(executor)]
    own = [one for one in first if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    return function, own, parameters[len(own) :]


def _count_of_own(executor: Any) -> int:
    return 2 if hasattr(executor.execute_from_model, "__func__") else 1


def _named(parameters: list[inspect.Parameter]) -> dict[str, inspect.Parameter]:
    return {one.name: one for one in parameters if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)}


def _others(parameters: list[inspect.Parameter]) -> inspect.Parameter | None:
    return next((one for one in parameters if one.kind is one.VAR_KEYWORD), None)


def _returned(executor: Any) -> Any:
    """The return annotation, once what is awaited is there."""
    method = executor.execute_from_model
    annotation = _resolved(method, _signature(method).return_annotation, "outputs")
    origin, arguments = parts(annotation)
    return _resolved(method, (arguments or (Any,))[-1], "outputs") if origin in _AWAITED else annotation


def _signature(function: Any) -> inspect.Signature:
    try:
        return signature_of(function)
    except (TypeError, ValueError):  # something built in, which the call itself will judge
        kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        return inspect.Signature([inspect.Parameter(name, kind) for name, kind in zip(("own", "inputs"), kinds)])
    except Exception as error:  # code of its own, or an annotation such as 1 / 0
        raise ExecutorError(f"its signature cannot be read ({type(error).__name__})") from error


def _resolved(function: Any, annotation: Any, path: str) -> Any:
    """An annotation evaluated where its function was defined, alone: others may name what only type checkers import."""
    if annotation is _EMPTY:
        return annotation
    owner = inspect.unwrap(getattr(function, "__func__", function))
    names = getattr(owner, "__globals__", None) or _names_around(owner)
    try:
        return _plainly(resolved(annotation, names, {}))
    except Exception as error:
        raise ExecutorError(f"its annotation cannot be resolved ({type(error).__name__})", path=path) from error


def _names_around(owner: Any) -> dict[str, Any]:
    """The names of the module of a class, or of a callable object's class."""
    module = getattr(owner, "__module__", None) or type(owner).__module__
    return vars(sys.modules[module]) if module in sys.modules else {}


def _plainly(annotation: Any) -> Any:
    """What is inside ``Annotated`` and aliases, where it is no value's type: nothing, or several outputs."""
    inner = annotation
    for _ in range(DEEPEST_ALIAS):
        origin, arguments = parts(inner)
        if origin is typing.Annotated:
            inner = arguments[0]
        elif type(inner).__name__ == "TypeAliasType":
            inner = inner.__value__
        else:
            break
    origin = parts(inner)[0]
    is_value = not (inner in (None, type(None), *_NOTHING) or origin in (tuple, *_AWAITED) or _has_fields(origin))
    return annotation if is_value else inner


def _fitting(annotation: Any, declared: LiteralType, path: str, fit: _Fit) -> Any:
    """The type to convert with, where an annotation and what the interface declares go together."""
    try:
        guessed = guess_python_type(declared)
    except UnsupportedTypeError as error:
        error.blame(TemplateError, path)
    try:
        return fit(declared, annotation)
    except ShimliteError as error:
        annotated, wanted = spell(annotation), spell(guessed)
        reason = f"annotated {annotated}, but declared {wanted}"
        raise ExecutorError(reason, path=path, expected=wanted, got=annotated, hint=str(error)) from None


def _by_name(annotation: Any, names: list[str]) -> dict[str, Any]:
    """What a return annotation says of each output: see ``shim.by_name`` for what may be returned."""
    origin, arguments = parts(annotation)
    is_named = _has_fields(origin) and getattr(origin, "_fields", None) == tuple(names)
    if len(names) == 1 and not is_named:
        return {names[0]: annotation}
    if not names and annotation in (None, type(None)):
        return {}
    if names and origin in _BY_NAME:
        return dict.fromkeys(names, arguments[1] if arguments else Any)
    if names and origin is tuple:
        return _by_place(arguments, names)
    if names and _has_fields(origin):
        types = _field_types(origin)
        if set(types) == set(names):
            return types
    raise _misfit(annotation, names)


def _by_place(arguments: tuple[Any, ...], names: list[str]) -> dict[str, Any]:
    if not arguments or arguments[-1] is ...:
        return dict.fromkeys(names, arguments[0] if arguments else Any)
    told = {f"o{place}": said for place, said in enumerate(arguments)}
    if set(told) != set(names):
        raise _misfit(tuple[arguments], names)  # type: ignore[valid-type]
    return told


def _has_fields(cls: Any) -> bool:
    """Whether it is the class of a NamedTuple or a TypedDict: a record too may have an attribute ``_fields``."""
    return (isinstance(cls, type) and issubclass(cls, tuple) and hasattr(cls, "_fields")) or _is_typed_dict(cls)


def _is_typed_dict(cls: Any) -> bool:
    """Also one of typing_extensions, which ``typing`` does not know."""
    return isinstance(cls, type) and issubclass(cls, dict) and hasattr(cls, "__required_keys__")


def _field_types(cls: Any) -> dict[str, Any]:
    """What each field is annotated, evaluated where the class that has the field was defined."""
    declared = {name: (one, said) for one in reversed(cls.__mro__) for name, said in annotations_of(one).items()}
    types = {}
    for name in getattr(cls, "_fields", tuple(declared)):
        owner, said = declared.get(name, (cls, Any))
        types[name] = _unqualified(_resolved(owner, said, "outputs"))
    return types


def _unqualified(annotation: Any) -> Any:
    origin, arguments = parts(annotation)
    return _unqualified(arguments[0]) if getattr(origin, "_name", None) in _QUALIFIERS else annotation


def _misfit(annotation: Any, names: list[str]) -> ExecutorError:
    declared = ", ".join(map(repr, names)) if names else "nothing"
    return ExecutorError(
        f"annotated {spell(annotation)}, but declared {declared}",
        path="outputs",
        expected=declared,
        got=spell(annotation),
    )
