# SPDX-License-Identifier: Apache-2.0
"""The README's lines for Flyte 2: what they make, and that what starts it is right Python."""

from __future__ import annotations

import datetime as dt
import sys

import flyte

from shimlite.flyte2 import ShimTask

from ..pages import README, fences, write_files


def test_the_readmes_task_is_made_and_runs_here(tmp_path, monkeypatch):
    write_files(README, tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "later", raising=False)
    (source,) = [fence for fence in fences("python", README) if "# tasks.py" in fence]
    names: dict[str, object] = {}
    exec(compile(source, str(README), "exec"), names)
    later, env = names["later"], names["env"]
    assert isinstance(later, ShimTask)
    assert isinstance(env, flyte.TaskEnvironment)
    assert list(env.tasks.values()) == [later]
    first = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
    assert later(at=first, days=2) == [first, first + dt.timedelta(days=1)]
    sys.modules.pop("later", None)


def test_what_starts_it_compiles():
    (source,) = [fence for fence in fences("python", README) if "# start.py" in fence]
    compile(source, str(README), "exec")
