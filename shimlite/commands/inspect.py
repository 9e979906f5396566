# SPDX-License-Identifier: Apache-2.0
"""``shimlite inspect``: what files of Flyte's hold, in words or as JSON.

Each file becomes a description, which is plain data (``descriptions``), and is printed as it is or in words
(``prose``): so both say the same. Next: ``descriptions``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any

from ..errors import ShimliteError, StorageError, TemplateError
from ..files import shown
from .causes import add_option, explained, traceback_lines
from .descriptions import KINDS, describe, describe_template, templates_in
from .messages import Found
from .output import kept_for_result
from .prose import Prose, escaped
from .reading import read_file
from .show import LONGEST_TEXT, MOST_ITEMS
from .targets import executor_at, is_target, template_at

_KEYS = """\
Keys: file and error, or file, kind and, of a template, source, name, project, domain, version,
type, registered_by, metadata, inputs and outputs (lists of name, type, python, annotated,
description, losses, warnings, form, unreadable; a loss has path, what, why), custom, config,
container (image, command, args, env, requests, limits), secrets (group, key, env_var), others; of
an archive, entries (name, warnings, and template, holds or error); of a literal-map, length,
elements, warnings; of a literal, value, warnings, each literal in them with kind and value, or
length and elements, as, uri, bytes, tag, node, message, unreadable; of an error, code, recoverable,
origin, at, message."""


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="a template, a spec or the JSON of one; an archive of specs; inputs.pb, outputs.pb, error.pb or a single "
        "literal; a URI; - for standard input; FILE.py:NAME or MODULE:NAME for a template in code",
    )
    parser.add_argument("--executor", metavar="EXECUTOR", help="an executor whose annotations count, for templates")
    add_option(parser)
    parser.add_argument("--as", dest="kind", choices=KINDS, help="what a file is, where the guess is wrong")
    parser.add_argument("--strict", action="store_true", help="fail where an input or output may lose something")
    parser.add_argument(
        "--full",
        action="store_true",
        help=f"cut neither lists of more than {MOST_ITEMS} elements nor texts of more than {LONGEST_TEXT} characters",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help=f"print JSON, in full: an object, of several files a list of them. {_KEYS}",
    )


def main(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if options.files.count("-") > 1:
        parser.error("standard input can be read once")
    with kept_for_result(for_good=False):  # what a module prints that is imported is no answer of ours
        executor = executor_at(options.executor) if options.executor is not None else None
    prose, documents, code = Prose(options.full), [], 0
    for file in options.files:
        document, failures = _document(file, options, executor)
        documents.append(document if options.json else None)
        for line in () if options.json else _in_words(document, prose, len(options.files) > 1):
            print(line)
        for failure in failures:
            print(escaped(f"shimlite inspect: {failure}"), file=sys.stderr)
            code = 1
    if options.json:
        json.dump(documents if len(documents) > 1 else documents[0], sys.stdout, indent=2)
        print()
    return code


def _document(file: str, options: argparse.Namespace, executor: Any) -> tuple[dict[str, Any], list[str]]:
    """The description of a file, or the error that stands for it, and a line for each thing that is wrong with it."""
    name = shown(file)
    try:
        with kept_for_result(for_good=False):
            description = _description(file, options, executor)
        failures = list(_failures(description, options.strict))
    except ShimliteError as error:
        for line in traceback_lines(error) if options.traceback else ():
            print(line, file=sys.stderr)
        line = explained(error, options)
        return {"file": name, "error": line}, [line if isinstance(error, StorageError) else f"{name}: {line}"]
    return {"file": name, **description}, [f"{name}: {failure}" for failure in failures]


def _description(file: str, options: argparse.Namespace, executor: Any) -> dict[str, Any]:
    if is_target(file):
        if options.kind not in (None, "template"):
            raise TemplateError(f"a template in code, no {options.kind}", hint="leave out --as")
        return describe_template(Found("TaskTemplate", template_at(file)), executor)
    most = None if options.full or options.json else MOST_ITEMS
    return describe(read_file(file), options.kind, executor, most)


def _failures(description: dict[str, Any], is_strict: bool) -> Iterator[str]:
    for entry in description.get("entries", ()):
        if "error" in entry:
            yield f"{entry['name']}: {entry['error']}"
    templates = list(templates_in(description))
    if is_strict and not templates:
        raise TemplateError("--strict is for templates")
    for template in templates if is_strict else ():
        variables = [(f"{side}.{one['name']}", one) for side in ("inputs", "outputs") for one in template[side]]
        yield from (f"{path}: {one['unreadable']}" for path, one in variables if "unreadable" in one)
        losing = [path for path, one in variables if one["losses"]]
        if losing:
            yield f"{template['name']} may lose something in {', '.join(losing)}"


def _in_words(document: dict[str, Any], prose: Prose, is_named: bool) -> Iterator[str]:
    """The lines about a file, below its name where there are several. A failure has its line on stderr."""
    if "error" in document:
        return
    if is_named:
        yield escaped(f"{document['file']}:")
    for line in prose.lines(document):
        yield f"  {line}".rstrip() if is_named else line
