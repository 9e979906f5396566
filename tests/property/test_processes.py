# SPDX-License-Identifier: Apache-2.0
"""Equal values are equal bytes in every process: whatever the hash seed, time zone, locale or back end of protobuf."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

import shimlite

from . import corpus


def digests_elsewhere(**environment: str) -> list[str]:
    root = str(pathlib.Path(shimlite.__file__).parents[len(shimlite.__name__.split("."))])
    done = subprocess.run(
        [sys.executable, corpus.__file__],
        env={**os.environ, "PYTHONPATH": root, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "0", "TZ": "UTC"},
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"},
        {"PYTHONHASHSEED": "4294967295", "TZ": "America/St_Johns"},
        {
            "PYTHONHASHSEED": "3",
            "TZ": "Pacific/Kiritimati",
            "LC_ALL": "C",
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
        },
        {"PYTHONHASHSEED": "5", "TZ": "Pacific/Apia", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
        {"PYTHONHASHSEED": "2", "TZ": "Europe/Berlin", "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": "python"},
    ],
    ids=lambda environment: environment["TZ"],
)
def test_the_bytes_are_the_same_in_another_process(environment):
    here = corpus.digests()
    assert len(here) == 2 * len(corpus.CORPUS)
    assert digests_elsewhere(**environment) == here
