# SPDX-License-Identifier: Apache-2.0
"""``shimlite stub``: the executor that a template asks for."""

from __future__ import annotations

import argparse

from ..authoring.stubs import stub_of
from .reading import read_template


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "template", metavar="TEMPLATE", help="the template: one as registered, a pod's, or JSON; - is standard input"
    )


def main(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    print(stub_of(read_template(options.template)), end="")
    return 0
