# SPDX-License-Identifier: Apache-2.0
"""What a file holds, as plain data: an archive, a template, a literal map, a literal or an error document.

``messages`` and ``archives`` tell what the bytes are; this file puts a description of each kind together.
Next: ``template_descriptions`` and ``literal_descriptions``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .._idl import ErrorDocument, Literal, LiteralMap, Message, TaskTemplate, task_spec_type
from ..errors import ShimliteError, TemplateError
from .archives import Entry, entries_of, is_archive, what_else
from .disagreements import annotated_types
from .literal_descriptions import error_description, literal_description, literal_map_description
from .messages import Found, exact, find_template
from .template_descriptions import template_description

KINDS = ("archive", "error", "literal", "literal-map", "spec", "template")
"""What a file may be said to be. A template is found in a spec too, and a spec's is."""


def describe(content: bytes, kind: str | None = None, executor: Any = None, most: int | None = None) -> dict[str, Any]:
    """The description of a file; ``kind`` is one of KINDS, or None to find out.

    An executor's annotations count for each template. Of each collection of literals the first ``most`` elements are
    described, or all. Raises TemplateError where the bytes are no such file, ExecutorError for a misfit.
    """
    if kind == "archive" or (kind is None and is_archive(content)):
        return {"kind": "archive", "entries": [_entry(entry, executor) for entry in entries_of(content)]}
    found = _found(content, kind)
    if found is not None:
        return describe_template(found, executor)
    if executor is not None:
        raise TemplateError("--executor is for templates")
    for name, (message_type, is_plausible, description) in _OTHERS.items():
        message = exact(content, message_type) if kind in (None, name) else None
        if message is not None and (kind or is_plausible(message)):
            return description(message, most)
    if is_archive(content):
        raise TemplateError(f"an archive, no {kind}", hint="leave out --as")
    raise TemplateError(f"{len(content)} bytes that are no {kind or 'message of a template task'}")


def describe_template(found: Found, executor: Any = None) -> dict[str, Any]:
    """The description of a template that is at hand."""
    annotated = annotated_types(found.template, executor) if executor is not None else {}
    return {"source": found.source, **template_description(found.template, annotated)}


def templates_in(description: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The descriptions of the templates in the description of a file."""
    if description.get("kind") == "template":
        yield description
    for entry in description.get("entries", ()):
        if "template" in entry:
            yield entry["template"]


def _found(content: bytes, kind: str | None) -> Found | None:
    found = find_template(content) if kind in (None, "spec", "template") else None
    if found is not None or kind not in ("spec", "template"):
        return found
    message = exact(content, TaskTemplate if kind == "template" else task_spec_type())
    if message is None:
        return None
    return Found("TaskTemplate", message) if kind == "template" else Found("TaskSpec", message.template)


def _has_code(document: ErrorDocument) -> bool:
    return bool(document.error.code) and document.error.code.isprintable()


def _is_set(literal: Literal) -> bool:
    return literal.WhichOneof("value") is not None


_OTHERS: dict[str, tuple[type[Message], Callable[[Any], bool], Callable[[Any, int | None], dict[str, Any]]]] = {
    "literal-map": (LiteralMap, lambda one: all(map(_is_set, one.literals.values())), literal_map_description),
    "error": (ErrorDocument, _has_code, lambda one, most: error_description(one)),
    "literal": (Literal, _is_set, literal_description),
}
"""The other messages, what tells that one is meant where nobody says so, and what describes it. A message has no name
of its own: bytes are taken for the first that leaves none of them unexplained."""


def _entry(entry: Entry, executor: Any) -> dict[str, Any]:
    """An entry of an archive. What one of them is does not keep the others from being described."""
    described: dict[str, Any] = {"name": entry.name, "warnings": entry.warnings}
    try:
        found = find_template(entry.content) if entry.content is not None else None
        if found is not None:
            described["template"] = describe_template(found, executor)
            if found.source != "TaskSpec":
                described["warnings"] = [*entry.warnings, f"is a {found.source}, and flytectl registers a TaskSpec"]
        else:
            described["holds"] = _what_else(entry)
    except ShimliteError as error:
        described["error"] = str(error)
    return described


def _what_else(entry: Entry) -> str:
    if entry.content is None:
        return "no file"
    return f"{len(entry.content)} bytes: {what_else(entry.name)}"
