# SPDX-License-Identifier: Apache-2.0
"""Descriptions in words, a line each: what ``inspect`` prints without ``--json``.

Nothing is found out here: all that a line says is in the description. Next: ``inspect``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .show import LONGEST_TEXT, shortened

_TAB = 4


def escaped(text: str) -> str:
    """A line as a terminal may be given it: without line breaks, escape sequences and marks that reorder text."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


class Prose:
    """Writes descriptions; texts are cut where they are long, or not, where ``is_full``."""

    def __init__(self, is_full: bool = False) -> None:
        self._longest = sys.maxsize if is_full else LONGEST_TEXT

    def lines(self, description: Mapping[str, Any]) -> Iterator[str]:
        """The lines of a file's description, each fit to be printed."""
        return map(escaped, _WRITERS[description["kind"]](self, description))

    # ------------------------------------------------------------------------------------------------------- archives

    def _archive(self, archive: Mapping[str, Any]) -> Iterator[str]:
        yield f"archive of {len(archive['entries'])}"
        for entry in archive["entries"]:
            yield from _indented(self._entry(entry))

    def _entry(self, entry: Mapping[str, Any]) -> Iterator[str]:
        if "template" in entry:
            first, *others = self._template(entry["template"])
            yield f"{entry['name']}: {first}"
        else:
            others = []
            yield f"{entry['name']}: {entry['error'] if 'error' in entry else entry['holds']}"
        yield from (f"  warning: {line}" for line in entry["warnings"])
        yield from _indented(others)

    # ------------------------------------------------------------------------------------------------------ templates

    def _template(self, template: Mapping[str, Any]) -> Iterator[str]:
        holder = "" if template["source"] == "TaskTemplate" else f"{template['source']} with the "
        yield f"{holder}TaskTemplate of {template['name']!r}, a task of type {template['type']!r}"
        yield "  " + ", ".join(f"{field} {template[field]!r}" for field in ("project", "domain", "version"))
        yield f"  registered by {template['registered_by']}"
        if template["metadata"]:
            yield "  " + ", ".join(f"{name} {self._json(one)}" for name, one in template["metadata"].items())
        for side in ("inputs", "outputs"):
            yield f"{side}:" if template[side] else f"{side}: none"
            for variable in template[side]:
                yield from _indented(self._variable(variable))
        for title in ("custom", "config"):
            if template[title]:
                yield f"{title}:"
                yield from (f"  {self._cut(key)}: {self._json(one)}" for key, one in template[title].items())
        yield from self._container(template["container"])
        if template["secrets"]:
            yield "secrets:"
            yield from (f"  {_secret(secret)}" for secret in template["secrets"])
        if template["others"]:
            yield f"also set: {', '.join(template['others'])}"

    def _variable(self, variable: Mapping[str, Any]) -> Iterator[str]:
        if "unreadable" in variable:
            python = f"in Python unreadable: {variable['unreadable']}"
        else:
            python = f"{'annotated' if variable['annotated'] else 'in Python'} {variable['python']}"
        yield f"{self._cut(variable['name'])}: {variable['type']}, {python}"
        if variable["description"] not in ("", variable["name"]):  # flytekit's own, where nobody wrote one
            yield f"  {self._cut(' '.join(variable['description'].split()))}"
        if variable.get("form"):
            yield f"  --input takes {variable['form']}"
        yield from (f"  warning: {line}" for line in variable["warnings"])
        for loss in variable["losses"]:
            where = f"{loss['path']} " if loss["path"] else ""
            yield f"  {where}may lose {loss['what']}: {loss['why']}"

    def _container(self, container: Mapping[str, Any] | None) -> Iterator[str]:
        if container is None:
            return
        yield "container:"
        yield f"  image {container['image']!r}"
        if container["command"]:
            yield f"  command {' '.join(map(self._cut, container['command']))}"
        yield f"  args {' '.join(map(self._cut, container['args']))}"
        for side in ("requests", "limits"):
            if container[side]:
                yield f"  {side} " + ", ".join(f"{name} {amount}" for name, amount in container[side].items())
        yield from (f"  env {self._cut(name)}={self._cut(value)}" for name, value in container["env"].items())

    # ------------------------------------------------------------------------------------------------ literals, errors

    def _literal_map(self, literals: Mapping[str, Any]) -> Iterator[str]:
        yield f"LiteralMap of {literals['length']}"
        yield from _indented(self._elements(literals, list(literals["elements"].items())))
        yield from (f"  warning: {line}" for line in literals["warnings"])

    def _alone(self, literal: Mapping[str, Any]) -> Iterator[str]:
        yield from self._literal("Literal", literal["value"])
        yield from (f"  warning: {line}" for line in literal["warnings"])

    def _literal(self, name: str, literal: Mapping[str, Any]) -> Iterator[str]:
        """A tree: the kind of a literal and what it holds, its elements below it."""
        kind = literal["kind"]
        if kind == "union":
            yield from self._literal(f"{name}: as {literal['as']}", literal["value"])
        elif kind == "list":
            yield f"{name}: list of {literal['length']}"
            elements = [(f"[{place}]", one) for place, one in enumerate(literal["elements"])]
            yield from _indented(self._elements(literal, elements))
        elif kind == "map":
            yield f"{name}: map of {literal['length']}"
            yield from _indented(self._elements(literal, list(literal["elements"].items())))
        else:
            yield f"{name}: {self._scalar(kind, literal)}"

    def _elements(self, whole: Mapping[str, Any], elements: Sequence[tuple[str, Any]]) -> Iterator[str]:
        for name, element in elements:
            yield from self._literal(self._cut(name), element)
        if whole["length"] > len(elements):
            yield f"… {whole['length'] - len(elements)} more"

    def _scalar(self, kind: str, literal: Mapping[str, Any]) -> str:
        if kind == "nothing":
            return "nothing is set"
        if kind == "none":
            return "None"
        if kind in ("datetime", "duration", "float"):
            return f"{kind} {literal['value']}"
        if kind in ("binary", "generic") and "value" in literal:
            return f"{kind} {self._json(literal['value'])}"
        if "value" in literal:
            return f"{kind} {self._cut(repr(literal['value']))}"
        if kind == "generic":
            return f"generic, unreadable: {literal['unreadable']}"
        if kind == "binary":
            return f"binary of {literal['bytes']} bytes tagged {self._cut(repr(literal['tag']))}"
        if kind == "offloaded":
            return f"offloaded to {self._cut(literal['uri'])}, {literal['bytes']} bytes"
        if kind == "error":
            return f"error of node {literal['node']!r}: {self._cut(literal['message'])}"
        return f"{kind} at {self._cut(literal['uri'])}"

    def _error(self, error: Mapping[str, Any]) -> Iterator[str]:
        yield f"ErrorDocument: {error['code'] or 'no code'}, {error['recoverable']}, origin {error['origin']}"
        yield f"  at {error['at'] or 'no time'}"
        if error["message"]:
            yield from (f"  {line.expandtabs(_TAB)}".rstrip() for line in error["message"].rstrip("\n").split("\n"))

    # ----------------------------------------------------------------------------------------------------------- words

    def _cut(self, text: str) -> str:
        return shortened(text, self._longest)

    def _json(self, plain: Any) -> str:
        return self._cut(json.dumps(plain))


def _indented(lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    return (f"  {line}" if line else line for line in lines)


def _secret(secret: Mapping[str, str]) -> str:
    name = f"{secret['group']}/{secret['key']}" if secret["key"] else secret["group"]
    return f"{name} as {secret['env_var']}" if secret["env_var"] else name


_WRITERS = {
    "archive": Prose._archive,
    "error": Prose._error,
    "literal": Prose._alone,
    "literal-map": Prose._literal_map,
    "template": Prose._template,
}
