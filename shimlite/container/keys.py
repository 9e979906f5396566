# SPDX-License-Identifier: Apache-2.0
"""Names of local files that no object store takes: S3, Google's and Azure's stores, and obstore before them."""

from __future__ import annotations

from ..files import LONGEST_KEY, fault_of_name
from ..trees import Tree


def check_names(tree: Tree, key: str) -> None:
    """Refuse a tree whose files cannot all lie under ``key``. Raises LocalFileError, which names the first of those."""
    room = LONGEST_KEY - len(key) - 1
    for name in filter(None, tree.files):
        fault = fault_of_name(name, room)
        if fault:
            raise tree.refusal(name, f"has a name that no store takes: {fault}")
