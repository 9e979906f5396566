# SPDX-License-Identifier: Apache-2.0
"""Many tasks at the same time, against one store."""

from __future__ import annotations

from benchmarks.many_tasks import together

TASKS = 40
"""All of ``benchmarks/many_tasks.py``'s 200 take most of a minute on two cores."""


def test_many_at_once(s3, tmp_path):
    found = together(s3, tmp_path, TASKS)
    print(found)
    assert found.right == TASKS
    assert found.most_in_flight == TASKS
    assert found.peak < 100
