# SPDX-License-Identifier: Apache-2.0
"""The pair: a ``TaskTemplate`` and the executor that runs it. No I/O, and no value ever logged.

Names, hooks and their order are those of flytekit's ``shim_task``. Where flytekit encodes what an executor returned by
the value's own type, the declared ``LiteralType`` decides here, and all outputs are checked before any is handed on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from . import _idl
from ._idl import LiteralMap, Variable
from .awaiting import awaited
from .context import Context, active, writing_once
from .engine import dict_to_literal_map, literal_map_to_kwargs
from .errors import (
    ConversionTypeError,
    ExecutorError,
    InputsError,
    MissingExtraError,
    OutputsError,
    ShimliteError,
    StorageError,
    TableError,
    TemplateError,
    UnsupportedTypeError,
    described,
    wordless,
)
from .returned import checked_literals, refuse_literals
from .signatures import input_types, output_types
from .templates import TaskTemplate
from .values import relocating

__all__ = ["ExecutableTemplateShimTask", "Executor", "ShimTaskExecutor"]

T = TypeVar("T")


class Executor(Protocol):
    """What a checker takes for an executor: any class with this method, whatever its parameters are named.

    The parameters are those of ``ShimTaskExecutor``; mypy up to 1.18 takes no other spelling for "any after the first".
    """

    def execute_from_model(self, *args: Any, **kwargs: Any) -> Any: ...


class ShimTaskExecutor(Generic[T]):
    """The base of executors. Any class with this method is one; deriving only helps the reader."""

    if TYPE_CHECKING:  # checkers let a method of named inputs override this one, and no other

        def execute_from_model(self, *args: Any, **kwargs: Any) -> Any: ...

    else:

        def execute_from_model(self, tt: TaskTemplate, **kwargs: Any) -> Any:
            """Do the task's work. May be ``async def``.

            ``tt`` is the template, ``kwargs`` the inputs as Python values. Returns nothing for no outputs, the value
            for one, and for several a dict by name, a NamedTuple by field, or a tuple where the names are ``o0``,
            ``o1``, ….

            Annotated parameters and return types say what the template cannot: a DATETIME annotated ``date`` arrives as
            one, a record as the annotated class, a table as ``pandas.DataFrame``, ``polars.DataFrame`` or
            ``pyarrow.Table``. Each must fit what the interface declares.
            """
            raise NotImplementedError(f"{type(self).__name__} does not override execute_from_model")


class ExecutableTemplateShimTask:
    """A template paired with an executor, ready to run.

    ``tt`` is a ``flyteidl.core.TaskTemplate`` or the view of one; ``executor_type`` any class with
    ``execute_from_model``, made without arguments. Raises ExecutorError and TemplateError for what is neither.
    """

    def __init__(
        self, tt: _idl.TaskTemplate | TaskTemplate, executor_type: Callable[[], Executor], *args: Any, **kwargs: Any
    ) -> None:
        self._executor_type = executor_type
        self._executor = executor_type()
        if not callable(getattr(self._executor, "execute_from_model", None)):
            raise ExecutorError(f"{_name_of(executor_type)} has no execute_from_model")
        self._task_template = tt if isinstance(tt, TaskTemplate) else TaskTemplate(tt)
        super().__init__(*args, **kwargs)

    @property
    def name(self) -> str:
        return str(self.task_template.id.name)

    @property
    def task_template(self) -> TaskTemplate:
        return self._task_template

    @property
    def executor(self) -> Any:
        return self._executor

    @property
    def executor_type(self) -> Any:
        return self._executor_type

    def pre_execute(self, user_params: Context) -> Context | None:
        """Called first; the context it returns is the one the executor runs in."""
        return user_params

    def post_execute(self, user_params: Context | None, rval: Any) -> Any:
        """Called with what the executor returned; what it returns counts. May raise ``IgnoreOutputs``."""
        return rval

    def execute(self, /, **kwargs: Any) -> Any:
        """Hand the inputs to the executor, with a copy of the template that it may keep or change."""
        own = _idl.TaskTemplate()
        own.CopyFrom(self.task_template.proto)
        return self.executor.execute_from_model(TaskTemplate(own), **kwargs)

    def dispatch_execute(self, ctx: Context | None, input_literal_map: LiteralMap) -> LiteralMap:
        """Decode the inputs, run the executor, encode its outputs.

        ``ctx`` None stands for a local context. Raises InputsError, OutputsError and TemplateError, each naming the
        variable; what the executor itself raises passes unchanged.
        """
        ctx = ctx or Context()
        user_params = self.pre_execute(ctx)
        with active(user_params or ctx):
            python_types = self._output_types()
            kwargs = self._inputs(input_literal_map, ctx)
            returned = awaited(self.execute(**kwargs))
            outputs = self.post_execute(user_params, returned)
            with relocating(ctx.outgoing), writing_once():
                return self._outputs(outputs, python_types)

    def _output_types(self) -> dict[str, Any]:
        """What the executor's return annotation says, unless a subclass makes something else of what it returns."""
        if type(self).post_execute is not ExecutableTemplateShimTask.post_execute:
            return {}
        return output_types(self.executor, self.task_template.interface.outputs)

    def _inputs(self, literal_map: LiteralMap, ctx: Context) -> dict[str, Any]:
        """The inputs as values. Only where they cannot be read is asked whether parts of them lie elsewhere."""
        while True:
            try:
                return self._decoded(literal_map)
            except InputsError:
                if ctx.incoming is None or not ctx.incoming(literal_map):
                    raise

    def _decoded(self, literal_map: LiteralMap) -> dict[str, Any]:
        inputs = self.task_template.interface.inputs
        python_types = input_types(self.executor, inputs)
        try:
            return literal_map_to_kwargs(literal_map, inputs, python_types)
        except BaseException as error:
            refusal = wordless(error)
        if isinstance(refusal, StorageError):  # of the data of a dataframe, which another attempt may get
            raise refusal.blamed(type(refusal), "inputs")
        raise _blamed(refusal, InputsError, "inputs")

    def _outputs(self, returned: Any, python_types: dict[str, Any]) -> LiteralMap:
        outputs = self.task_template.interface.outputs
        try:
            if issubclass(type(returned), LiteralMap):
                return checked_literals(returned, outputs, python_types)
            return _encoded(returned, outputs, python_types)
        except BaseException as error:
            refusal = wordless(error)
        raise _blamed(refusal, OutputsError, "outputs")


def _encoded(returned: Any, outputs: Mapping[str, Variable], python_types: dict[str, Any]) -> LiteralMap:
    try:
        return dict_to_literal_map(by_name(returned, list(outputs)), outputs, python_types)
    except ShimliteError:
        refuse_literals(returned)
        raise


def _blamed(refusal: BaseException, whose: type[ShimliteError], side: str) -> BaseException:
    """What to raise where the conversion of one side of the interface ended."""
    if not isinstance(refusal, ShimliteError):
        return refusal
    if isinstance(refusal, TableError) and refusal.__cause__ is not None:  # which the executor's table raised
        return refusal.__cause__
    if isinstance(refusal, MissingExtraError):
        return refusal.blamed(MissingExtraError, side)
    return refusal.blamed(TemplateError if isinstance(refusal, UnsupportedTypeError) else whose, side)


def by_name(returned: Any, names: list[str]) -> Mapping[str, Any]:
    """What an executor returned, as outputs by name.

    The interface is a map, which has no order: position means a name only where the names themselves count.
    """
    if not names:
        if returned is not None:
            raise ConversionTypeError(
                f"expected nothing, got {described(returned)}", hint="the interface has no outputs"
            )
        return {}
    fields = getattr(returned, "_fields", None) if isinstance(returned, tuple) else None
    if len(names) == 1 and fields != tuple(names):
        return {names[0]: returned}
    if isinstance(returned, Mapping):
        return returned
    if fields is not None:
        return dict(zip(fields, returned))
    if isinstance(returned, tuple) and sorted(names) == sorted(f"o{place}" for place in range(len(names))):
        return {f"o{place}": value for place, value in enumerate(returned)}
    expected = ", ".join(map(repr, names))
    raise ConversionTypeError(
        f"expected a dict of {expected}, got {described(returned)}", hint="an interface has no order, so return names"
    )


def _name_of(executor_type: Any) -> str:
    return str(getattr(executor_type, "__qualname__", type(executor_type).__name__))
