# SPDX-License-Identifier: Apache-2.0
"""The executor that somebody's template asks for, as source text to keep and edit.

Whatever the template says becomes a name, a literal or text in quotes: nothing of it can become code, and nothing that
it names is imported. ``stub_types`` writes its types, ``source`` the text. This is the last of ``authoring``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .._idl import LiteralType, TaskTemplate, Variable, type_kind
from .._types.plain_data import EXACT, read_value
from .._types.stripped import stripped
from ..engine import guess_python_type
from ..errors import ShimliteError, TemplateError
from ..schemas import ROOT, Choice, read_schema, read_type
from ..templates import TaskTemplate as View
from .executors import executor_path
from .records import Records
from .source import WIDTH, Scope, camel_case, comment, docstring, is_name, literal, prose, shown, wrapped
from .stub_types import LONGEST_TYPE, Types

MOST_SHOWN = 50
"""Keys of ``custom``, or columns, that are shown."""
_PACKAGE = __name__.rpartition(".authoring")[0]
_BY_PLACE = re.compile(r"o\d+")
_NOT_IN_TUPLES = ("count", "index")
"""Fields that a NamedTuple cannot have: its methods are called so."""


def stub_of(template: TaskTemplate) -> str:
    """The source of an executor for a template, registered or as a pod gets it: it runs, and its annotations fit.

    Raises TemplateError for a type that this shimlite does not know.
    """
    return "\n".join(_Stub(template).lines()) + "\n"


class _Stub:
    def __init__(self, template: TaskTemplate) -> None:
        self._view = View(template)
        self._notes: list[str] = []
        self._is_bare = False
        """Whether some record has no schema."""
        records = Records()
        interface = self._view.interface
        self._inputs = self._told("inputs", interface.inputs, records)
        self._outputs = self._told("outputs", interface.outputs, records)
        fields = {one.name for record in records.by_number.values() for one in record.fields}
        self._scope = Scope(_PACKAGE, {*fields, *(self._outputs if len(self._outputs) > 1 else ())})
        self._types = Types(records, self._scope)

    def _told(self, side: str, variables: Mapping[str, Variable], records: Records) -> dict[str, Any]:
        told = {}
        for name, variable in variables.items():
            try:
                guess_python_type(variable.type)
            except ShimliteError as error:
                error.blame(TemplateError, f"{side}.{name}")
            told[name] = records.add(self._read(name, variable.type), _hint(name))
        return told

    def _read(self, name: str, literal_type: LiteralType) -> Any:
        def of_leaf(leaf: LiteralType) -> Any:
            if type_kind(leaf) == "STRUCT":
                return self._read_struct(name, leaf)
            self._note_words(name, leaf)
            return _choice(leaf) or guess_python_type(leaf)

        return read_type(literal_type, of_leaf)

    def _read_struct(self, name: str, struct: LiteralType) -> Any:
        schema = read_schema(struct)
        if schema is None and struct.metadata.fields:
            self._notes.append(f"{shown(name)} has a JSON Schema of a form that is not known here.")
            schema = read_schema(stripped(struct))
        if schema is None and list(struct.structure.dataclass_type) == [ROOT]:
            self._notes.append(
                f"{shown(name)} is a RootModel of pydantic's: annotate it with one, unless it is a dict."
            )
            return Any
        if schema is not None and not schema.record(schema.root).title:
            self._is_bare = True
        return dict if schema is None else schema

    def _note_words(self, name: str, leaf: LiteralType) -> None:
        """What a type says of files and tables, which an annotation need not repeat."""
        dataset = leaf.structured_dataset_type
        told = leaf.blob.format or dataset.format
        if told:
            self._notes.append(f"{shown(name)} has the format {shown(told)}.")
        columns = [column.name for column in (*leaf.schema.columns, *dataset.columns)]
        if columns:
            self._notes.append(f"{shown(name)} has the columns {', '.join(map(shown, columns[:MOST_SHOWN]))}.")

    # -------------------------------------------------------------------------------------------------------- lines

    def lines(self) -> Iterator[str]:
        """The module. No text of the template's is in its first two lines, where Python looks for an encoding."""
        parameters = {name: self._types.annotation(told) for name, told in self._inputs.items()}
        returned, outputs = self._returned()
        executor = list(self._executor(parameters, returned))
        classes = [*self._types.classes(), *outputs]
        yield '# The executor that a template asks for, made by "shimlite stub" to be filled in.'
        if self._is_bare:
            yield "# The template is as a pod gets it: it does not tell what records are called, the defaults of their"
            yield "# fields, nor which times are dates, and some fields may be missing."
        yield from self._scope.imports()
        for lines in (*classes, executor):
            yield from ("", "", *lines)

    def _executor(self, parameters: Mapping[str, str], returned: str) -> Iterator[str]:
        template = _free(("tt", "template"), self._inputs)
        base = f"{self._scope.use('ShimTaskExecutor')}[{self._scope.use('Any')}]"
        yield f"class {self._scope.new(self._executor_name())}({base}):"
        yield from self._signature(template, parameters, returned)
        yield from self._docstring()
        for note in dict.fromkeys((*_others(parameters), *self._notes, *self._custom(template))):
            yield comment(note, " " * 8)
        yield f"        raise {self._scope.use('NotImplementedError')}"

    def _executor_name(self) -> str:
        """The name of the executor that the template names, else one made of the task's name. It is only text here."""
        path = executor_path(self._view.proto).split(".")
        is_class = len(path) > 1 and all(map(is_name, path))
        return path[-1] if is_class else camel_case(self._view.id.name.rpartition(".")[2], "Executor")

    def _signature(self, template: str, parameters: Mapping[str, str], returned: str) -> Iterator[str]:
        said = [_free(("self",), self._inputs), f"{template}: {self._scope.use('TaskTemplate')}"]
        said += [f"{name}: {text}" for name, text in parameters.items() if is_name(name)]
        if not all(map(is_name, parameters)):
            said.append(f"**{_free(('others',), self._inputs)}: {self._scope.use('Any')}")
        in_one = f"    def execute_from_model({', '.join(said)}) -> {returned}:"
        if len(in_one) <= WIDTH:
            yield in_one
        else:
            yield "    def execute_from_model("
            yield from (f"        {one}," for one in said)
            yield f"    ) -> {returned}:"

    def _docstring(self) -> Iterator[str]:
        interface = self._view.interface
        inputs, outputs = (list(_described(side)) for side in (interface.inputs, interface.outputs))
        if not inputs and not outputs:
            return
        lines = [f"Do the work of {shown(self._view.id.name)}."]
        if inputs:
            lines += ["", "Args:"]
            lines += [line for name, text in inputs for line in wrapped(f"{name}: {text}", "    ")]
        if outputs:
            is_one = len(interface.outputs) == 1
            lines += ["", "Returns:"]
            lines += [line for name, text in outputs for line in wrapped(text if is_one else f"{name}: {text}", "    ")]
        yield from docstring(lines, " " * 8)

    def _custom(self, template: str) -> Iterator[str]:
        custom = self._view.custom
        for key in sorted(custom)[:MOST_SHOWN]:
            kind = "None" if custom[key] is None else type(custom[key]).__name__
            yield f"{template}.custom[{shown(key)}] is {kind}"
        if len(custom) > MOST_SHOWN:
            yield f"{template}.custom has {len(custom) - MOST_SHOWN} more keys"

    # ------------------------------------------------------------------------------------------------------ outputs

    def _returned(self) -> tuple[str, list[list[str]]]:
        """The return annotation, and the class that it needs: of several outputs only names say which is which."""
        types = {name: self._types.annotation(told) for name, told in self._outputs.items()}
        if not types:
            return "None", []
        if len(types) == 1:
            return next(iter(types.values())), []
        if all(f"o{place}" in types for place in range(len(types))):
            in_order = [types[f"o{place}"] for place in range(len(types))]
            text = f"{self._scope.use('tuple')}[{', '.join(in_order)}]"
            if len(text) <= LONGEST_TYPE:
                return text, []
        name = self._scope.new("Outputs")
        return name, [self._class_of_outputs(name, types)]

    def _class_of_outputs(self, name: str, types: Mapping[str, str]) -> list[str]:
        if not all(map(is_name, types)):
            return self._functional(name, types)
        in_tuple = not any(one.startswith("_") or one in _NOT_IN_TUPLES for one in types)
        base = self._scope.use("NamedTuple" if in_tuple else "TypedDict")
        return [f"class {name}({base}):", *(f"    {one}: {text}" for one, text in types.items())]

    def _functional(self, name: str, types: Mapping[str, str]) -> list[str]:
        pairs = [f"{literal(one)}: {text}" for one, text in types.items()]
        start = f"{name} = {self._scope.use('TypedDict')}("
        in_one = f'{start}"{name}", {{{", ".join(pairs)}}})'
        if len(in_one) <= WIDTH:
            return [in_one]
        return [start, f'    "{name}",', "    {", *(f"        {pair}," for pair in pairs), "    },", ")"]


def _hint(name: str) -> str:
    """What a record is called that only a variable names."""
    return f"output{name.removeprefix('o0')[1:]}" if _BY_PLACE.fullmatch(name) else name


def _free(wanted: Iterable[str], inputs: Mapping[str, Any]) -> str:
    """The first of the names that is no input, else the last one with underscores."""
    name = ""
    for name in wanted:
        if name not in inputs:
            return name
    while name in inputs:
        name += "_"
    return name


def _others(parameters: Mapping[str, str]) -> Iterator[str]:
    """What is said of the inputs that cannot be parameters."""
    for name, text in parameters.items():
        if not is_name(name):
            yield f"Input {shown(name)} cannot be a parameter. Its type is {text}."


def _described(variables: Mapping[str, Variable]) -> Iterator[tuple[str, str]]:
    """Names and descriptions, as text; flytekit repeats the name where there is no description."""
    for name, variable in variables.items():
        if variable.description.strip() not in ("", name):
            yield prose(name), variable.description


def _choice(leaf: LiteralType) -> Choice | None:
    """The Literal that a type is annotated to be; None where it is none, or where a double does not say a value."""
    cls = {"STRING": str, "INTEGER": int, "BOOLEAN": bool}.get(type_kind(leaf))
    annotations = leaf.annotation.annotations
    if cls is None or "literal_values" not in annotations.fields:
        return None
    try:
        values = read_value(annotations.fields["literal_values"])
    except ShimliteError:
        return None
    is_told = isinstance(values, list) and values and all(type(one) is cls for one in values)
    if not is_told or (cls is int and max(map(abs, values)) >= EXACT):
        return None
    return Choice(tuple(dict.fromkeys(values)))
