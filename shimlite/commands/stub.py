# SPDX-License-Identifier: Apache-2.0
"""``shimlite stub``: the executor that a template asks for."""

from __future__ import annotations

import argparse
import io
import sys

from ..authoring.stubs import stub_of
from .reading import read_template


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "template", metavar="TEMPLATE", help="the template: one as registered, a pod's, or JSON; - is standard input"
    )


def main(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    text = stub_of(read_template(options.template))
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8")  # as Python reads its source, wherever the file is made
    print(text, end="")
    return 0
