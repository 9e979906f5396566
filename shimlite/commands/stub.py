# SPDX-License-Identifier: Apache-2.0
"""``shimlite stub``: the executor that a template asks for."""

from __future__ import annotations

import argparse
import io
import sys

from ..authoring.stubs import stub_of
from .output import kept_for_result
from .reading import read_template
from .targets import is_target, template_at


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "template",
        metavar="TEMPLATE",
        help="the template: one as registered, a pod's, JSON, or an archive of one; - is standard input; FILE.py:NAME "
        "or MODULE:NAME for one in code",
    )


def main(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    named = options.template
    with kept_for_result(for_good=False):  # what a module prints that is imported is no part of the stub
        text = stub_of(template_at(named) if is_target(named) else read_template(named))
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8")  # as Python reads its source, wherever the file is made
    print(text, end="")
    return 0
