# SPDX-License-Identifier: Apache-2.0
"""Names of local files that no object store takes: S3, Google's and Azure's stores, and obstore before them."""

from __future__ import annotations

from ..trees import Tree

LONGEST_KEY = 1024
"""Characters. S3 and Google's count bytes, and refuse some more."""


def check_names(tree: Tree, key: str) -> None:
    """Refuse a tree whose files cannot all lie under ``key``. Raises LocalFileError, which names the first of those."""
    room = LONGEST_KEY - len(key) - 1
    for name in filter(None, tree.files):
        fault = _fault(name, room)
        if fault:
            raise tree.refusal(name, f"has a name that no store takes: {fault}")


def _fault(name: str, room: int) -> str:
    if len(name) > room:
        return f"it is longer than {LONGEST_KEY} characters with what stands before it"
    if any(letter < " " or letter == "\x7f" for letter in name):
        return "it has control characters"
    try:
        name.encode()
    except UnicodeEncodeError:
        return "it is no UTF-8"
    return ""
