# SPDX-License-Identifier: Apache-2.0
"""Which files a run has yet to write: new ones that it named, and those that it opened and did not end.

None of them may be an output. A local file is the same however a path to it is spelled. What makes a file be there is
not known here: ``streams`` does it, and comes next.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .files import is_local, local_path

if TYPE_CHECKING:
    from .streams import Target


class Drafts:
    """The files of one run, by the place that each has: a real path, or the URI of a store."""

    def __init__(self) -> None:
        self._named: set[str] = set()
        self._targets: dict[str, list[Target]] = {}
        """All that are open, and last the one that was opened last."""

    def name(self, uri: str) -> None:
        """Something promised a new file there."""
        self._named.add(_place(uri))

    def begin(self, uri: str, target: Target) -> None:
        """Something opened the file there to write it."""
        place = _place(uri)
        self._named.discard(place)
        self._targets[place] = [*filter(_is_open, self._targets.get(place, ())), target]

    def is_only_named(self, uri: str) -> bool:
        """Whether the file there was promised, and never opened."""
        return bool(self._named) and _place(uri) in self._named

    def is_unfinished(self, uri: str) -> bool:
        """Whether the file there is open, or its last writer did not come to its end."""
        targets = self._targets.get(_place(uri), []) if self._targets else []
        return any(map(_is_open, targets)) or not all(one.is_kept for one in targets[-1:])

    def unfinished_in(self, uri: str, files: Iterable[str]) -> str:
        """A file in the directory there that is open, or that nobody closed; empty where there is none.

        ``files`` are the paths that are in the directory: some may be links that lead out of it. A file whose writer
        an error ended is none, since the executor knows of it.
        """
        if not self._targets:
            return ""
        start = f"{_place(uri).rstrip('/')}/"
        lost = [(place, one) for place, targets in list(self._targets.items()) for one in targets if _is_lost(one)]
        paths = {path: target for _, target in lost for path in target.paths}
        inside = [target for place, target in lost if place.startswith(start)]
        inside += [paths[file] for file in map(os.path.realpath, files if paths else ()) if file in paths]
        return inside[0].shown if inside else ""


def _place(uri: str) -> str:
    try:
        return os.path.realpath(local_path(uri)) if is_local(uri) else uri
    except ValueError:  # of what no path can be
        return uri


def _is_open(target: Target) -> bool:
    return not (target.is_kept or target.is_dropped)


def _is_lost(target: Target) -> bool:
    return not (target.is_kept or target.is_given_up)
