# SPDX-License-Identifier: Apache-2.0
"""``task_template`` takes and refuses what Kubernetes does, as its own Go code says.

``golden/kubernetes.jsonl`` has what k8s.io/apimachinery 0.34.2 (``IsQualifiedName``, ``IsValidLabelValue``,
``IsEnvVarName``, ``ParseQuantity``) and github.com/distribution/reference 0.6.0 (``ParseNormalizedNamed``, which a
kubelet calls) took and refused. Left out is what they take and ``task_template`` refuses: hosts with capital letters
and without a dot or port, quantities without a digit or with a minus, and the names of variables that only a newer
Kubernetes takes.
"""

from __future__ import annotations

from typing import Any

import pytest

from shimlite import ShimliteError, ShimTaskExecutor, task_template

from ..golden.recorded import rows

ARGUMENTS = {
    "image": lambda text: {"container_image": text},
    "label key": lambda text: {"labels": {text: ""}},
    "label value": lambda text: {"labels": {"a": text}},
    "annotation key": lambda text: {"annotations": {text: ""}},
    "variable": lambda text: {"environment": {text: ""}},
    "quantity": lambda text: {"requests": {"cpu": text}},
}
VERDICTS = {row["kind"]: row for row in rows("kubernetes.jsonl")}


class Nothing(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: Any) -> None: ...


def is_taken(kind: str, text: str) -> bool:
    arguments: dict[str, Any] = {"container_image": "a", **ARGUMENTS[kind](text)}
    try:
        task_template(Nothing, name="nothing", **arguments)
    except ShimliteError:
        return False
    return True


@pytest.mark.parametrize("kind", ARGUMENTS)
def test_what_kubernetes_takes_and_nothing_else(kind: str):
    taken, refused = VERDICTS[kind]["taken"], VERDICTS[kind]["refused"]
    assert len(taken) >= 40 and len(refused) >= 40
    assert [text for text in taken if not is_taken(kind, text)] == []
    assert [text for text in refused if is_taken(kind, text)] == []


def test_every_kind_is_tested():
    assert set(VERDICTS) == set(ARGUMENTS)
