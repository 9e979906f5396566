# SPDX-License-Identifier: Apache-2.0
"""What real systems did, one JSON object a line; protobuf messages in it are base64."""

from __future__ import annotations

import base64
import json
import pathlib
from typing import Any, TypeVar

from google.protobuf.message import Message

M = TypeVar("M", bound=Message)


def rows(file: str, kind: str | None = None) -> list[dict[str, Any]]:
    """The lines of a file beside this one, or those of one kind; a test of none is no test."""
    lines = map(json.loads, (pathlib.Path(__file__).parent / file).read_text("utf-8").splitlines())
    chosen = [line for line in lines if kind is None or line["kind"] == kind]
    if not chosen:
        raise ValueError(f"{file} has no {kind or 'line'}")
    return chosen


def message(cls: type[M], text: str) -> M:
    return cls.FromString(base64.b64decode(text, validate=True))
