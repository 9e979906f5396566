# SPDX-License-Identifier: Apache-2.0
"""What shimlite costs, beside flytekit and beside the code that a user would write by hand.

``python -m benchmarks`` runs every module here as a process of its own, keeps what they found in ``results.json``, and
writes the tables of ``README.md`` here, the numbers of the project's README and the plots from that.
``python -m benchmarks.growth``, or any other, prints its part.
"""

from __future__ import annotations

import json
import os
import pathlib
import sys
from collections.abc import Callable
from typing import Any

FOLDER = pathlib.Path(__file__).parent
ROOT = FOLDER.parent


def tell(measure: Callable[[bool], Any]) -> None:
    """Print as JSON what a module measures; with ``--quick`` from a few repetitions."""
    json.dump(measure(sys.argv[1:] == ["--quick"]), sys.stdout)


def with_protobuf(kind: str) -> dict[str, str]:
    """The environment of a process whose protobuf is of this kind: ``compiled`` or ``python``."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PROTOCOL_BUFFERS_")}
    return {**environment, **({"PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": kind} if kind == "python" else {})}
