# SPDX-License-Identifier: Apache-2.0
"""``shimlite package``: the templates of modules as an archive for flytectl."""

from __future__ import annotations

import argparse
import shlex

from .._idl import TaskTemplate
from ..authoring.arguments import PLACEHOLDER, image
from ..authoring.packages import package
from ..container.arguments import absolute
from ..container.storage import storage_for
from ..errors import TemplateError
from .causes import add_option
from .output import kept_for_result
from .targets import templates_in

SUFFIXES = (".tgz", ".tar.gz", ".tar")
"""What flytectl takes for an archive; the last is not compressed."""


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "targets", nargs="+", metavar="FILE_OR_MODULE", help="code whose templates are packaged: later.py, acme.tasks"
    )
    parser.add_argument(
        "-o", "--output", required=True, metavar="ARCHIVE", help=f"a file called {' or '.join(SUFFIXES)}"
    )
    parser.add_argument("--image", default="", help="the image of those templates whose own is a placeholder")
    add_option(parser)


def main(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if not options.output.endswith(SUFFIXES):
        parser.error(f"flytectl takes an archive called {' or '.join(SUFFIXES)}")
    if options.image:
        image("--image", options.image, may_be_placeholder=False)
    place = absolute(options.output)  # since modules may go elsewhere
    with kept_for_result(for_good=False):  # modules may print
        templates = _once([one for target in options.targets for _, one in templates_in(target)])
    if options.image and templates and not any(PLACEHOLDER in one.container.image for one in templates):
        raise TemplateError("no template's image is a placeholder such as '{{.image}}'", path="--image")
    content = package(templates, options.image, compressed=not options.output.endswith(".tar"))
    storage_for(place).write(place, content)
    print(f"{options.output}: {len(templates)} task{'s' * (len(templates) != 1)}")
    for template in templates:
        print(f"  {template.id.name}")
    archive = shlex.quote(options.output)
    print(f"Register them: flytectl register files --archive {archive} --project … --domain … --version …")
    return 0


def _once(templates: list[TaskTemplate]) -> list[TaskTemplate]:
    """A module may import another's template: that is the same object."""
    return list({id(template): template for template in templates}.values())
