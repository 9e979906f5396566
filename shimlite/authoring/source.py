# SPDX-License-Identifier: Apache-2.0
"""Python's source text: literals, prose, names and imports, so that no text of a template's can become code.

It knows nothing of templates and types. Next: ``stub_types``.
"""

from __future__ import annotations

import builtins
import keyword
import re
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

WIDTH = 120
"""Characters of a line. One text that is longer stays in one line."""
LONGEST_PROSE = 1000
"""Characters of a description."""
LONGEST_SHOWN = 60
"""Characters of a template's text in a comment."""
LONGEST_NAME = 60
"""Characters of a name that is made from a template's text."""

_OURS = "."
_MODULES = {
    **dict.fromkeys(dir(builtins), "builtins"),
    "dt": "datetime",
    **dict.fromkeys(("dataclass", "field"), "dataclasses"),
    "Enum": "enum",
    **dict.fromkeys(("Any", "Literal", "NamedTuple", "TypeAlias", "TypedDict"), "typing"),
    **dict.fromkeys(("FlyteDirectory", "FlyteError", "FlyteFile", "FlyteSchema", "StructuredDataset"), _OURS),
    **dict.fromkeys(("ShimTaskExecutor", "TaskTemplate"), _OURS),
}
"""The module of each name that a stub may use; ``dt`` is the module itself."""


def literal(value: Any) -> str:
    """The source of a str, bytes, int, float, bool or None, as ruff formats it."""
    if isinstance(value, str):
        return _quoted(value, str.isprintable)
    return f"b{_quoted(value.decode('latin-1'), _is_ascii)}" if isinstance(value, bytes) else repr(value)


def _quoted(text: str, is_shown: Callable[[str], bool]) -> str:
    """In double quotes, unless single ones need fewer backslashes."""
    quote = '"' if text.count('"') <= text.count("'") else "'"
    return quote + "".join(_escaped(one, is_shown(one), quote) for one in text) + quote


def _escaped(character: str, is_shown: bool, quote: str) -> str:
    if character in (quote, "\\"):
        return f"\\{character}"
    return character if is_shown else ascii(character)[1:-1]


def _is_ascii(character: str) -> bool:
    return character.isascii() and character.isprintable()


def prose(text: str) -> str:
    """A text as people read it: in one line, what cannot be printed escaped, cut where it is long."""
    words = " ".join(text[: LONGEST_PROSE + 1].split())
    shown = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in words)
    return shown if len(shown) <= LONGEST_PROSE else f"{shown[:LONGEST_PROSE]}…"


def shown(text: str) -> str:
    """A text as a comment shows it: in quotes, so that no tool takes it for a directive, cut where it is long."""
    return literal(text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…")


def comment(text: str, indent: str) -> str:
    """A line of a comment, cut where it is long; ``text`` starts with a word of ours, and holds others as ``shown``."""
    line = f"{indent}# {text}"
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def docstring(lines: Sequence[str], indent: str) -> Iterator[str]:
    """The lines of a docstring, whose text is of ``prose`` and whose first starts with a word of ours.

    Its end is a line of its own, so that no quote or backslash of the text stands before it.
    """
    lines = [line.replace('"""', "'''") for line in lines]
    prefix = "r" if any("\\" in line for line in lines) else ""
    yield f'{indent}{prefix}"""{lines[0]}'
    yield from (f"{indent}{line}".rstrip() for line in lines[1:])
    yield f'{indent}"""'


def wrapped(text: str, indent: str) -> list[str]:
    """Lines of prose in a docstring; all but the first are indented further."""
    return textwrap.wrap(prose(text), WIDTH - 8, initial_indent=indent, subsequent_indent=f"{indent}    ")


def is_name(text: str) -> bool:
    """Whether a text may be a parameter or a field: Python takes it as it is, and no class changes it."""
    is_kept = unicodedata.normalize("NFKC", text) == text  # which Python does to every name
    return text.isidentifier() and is_kept and not keyword.iskeyword(text) and not text.startswith("__")


def class_name(text: str, otherwise: str) -> str:
    """A name for a class, of as much of a text as names may have."""
    words = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", text[:LONGEST_NAME])).strip("_")
    return words if is_name(words) else otherwise


def camel_case(text: str, otherwise: str) -> str:
    """``class_name``, spelled as names of classes are: ``daily_report`` becomes ``DailyReport``."""
    words = re.sub(r"\W+", "_", text[:LONGEST_NAME]).split("_")
    return class_name("".join(word[:1].upper() + word[1:] for word in words), otherwise)


class Scope:
    """The names of a module. ``fields`` are those that some class has too: in it they hide the module's."""

    def __init__(self, package: str, fields: Collection[str]) -> None:
        self._package = package
        self._fields = frozenset(fields)
        self._used: dict[str, str] = {}
        self._own: set[str] = set()
        self._tries = Counter[str]()

    def new(self, wanted: str) -> str:
        """A name for a class of the module's own, that nothing else has."""
        name = self._free(wanted)
        self._own.add(name)
        return name

    def use(self, name: str) -> str:
        """What something built in, or imported, is called in the module; ``name`` is what its own module calls it."""
        if name not in self._used:
            self._used[name] = self._free(name) if name in self._fields else name
        return self._used[name]

    def is_free(self, name: str) -> bool:
        taken = (_MODULES, self._own, self._fields, self._used.values())
        return not any(name in names for names in taken)

    def _free(self, name: str) -> str:
        """The name, or one that is made of it: ``name_``, ``name_2``, ``name_3``, …."""
        free = name
        while not self.is_free(free):
            self._tries[name] += 1
            free = f"{name}_{self._tries[name] if self._tries[name] > 1 else ''}"
        return free

    def imports(self) -> Iterator[str]:
        """The lines of the imports of all that was used, as ruff sorts them."""
        yield "from __future__ import annotations"
        modules = {name: _MODULES[name] for name in self._used}
        standard = [name for name, module in modules.items() if module != _OURS]
        for names in (standard, [name for name in modules if name not in standard]):
            lines = self._imports_of(names)
            yield from ["", *sorted(lines, key=lambda line: (line.startswith("from"), line))] if lines else []

    def _imports_of(self, names: Collection[str]) -> list[str]:
        lines, by_module = [], dict[str, list[str]]()
        for name in names:
            alias, module = self._used[name], self._package if _MODULES[name] == _OURS else _MODULES[name]
            if name == "dt":
                lines.append(f"import datetime as {alias}")
            elif alias != name:
                lines.append(f"from {module} import {name} as {alias}")
            elif module != "builtins":
                by_module.setdefault(module, []).append(name)
        for module, found in by_module.items():
            lines.append(f"from {module} import {', '.join(sorted(found, key=lambda name: (name.islower(), name)))}")
        return lines
