# SPDX-License-Identifier: Apache-2.0
"""``shimlite.flyte2`` where the SDK is not installed; with it: ``tests/flyte2``, ``tests/interop/test_flyte2.py``."""

import importlib
import sys
import types

import pytest

import shimlite
from shimlite import MissingExtraError


@pytest.fixture
def without_the_sdk(monkeypatch):
    """``import flyte`` fails, and the module is not imported yet; whoever has it imported keeps that one."""
    monkeypatch.setitem(sys.modules, "flyte", None)
    monkeypatch.delitem(sys.modules, "shimlite.flyte2", raising=False)
    before = vars(shimlite).get("flyte2")
    yield
    if before is not None:
        shimlite.flyte2 = before


def test_without_the_sdk_one_line_says_what_to_install(without_the_sdk):
    with pytest.raises(MissingExtraError) as error:
        importlib.import_module("shimlite.flyte2")
    assert str(error.value) == "a ShimTask needs Flyte 2's SDK; pip install flyte"
    assert error.value.__suppress_context__


@pytest.mark.parametrize("there", [["flyte"], ["flyte", "flyte.errors", "flyte.extend"]], ids=["module", "name"])
def test_a_release_of_the_sdk_that_lacks_something_is_named_as_such(without_the_sdk, monkeypatch, there):
    for name in [one for one in sys.modules if one.startswith("flyte.")]:
        monkeypatch.delitem(sys.modules, name)
    for name in there:
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
        sys.modules[name].__path__ = []
    with pytest.raises(MissingExtraError) as error:
        importlib.import_module("shimlite.flyte2")
    assert str(error.value) == (
        "this release of Flyte 2's SDK lacks what a ShimTask needs; pip install --upgrade flyte"
    )
    assert isinstance(error.value.__cause__, ImportError)


def test_nothing_else_of_shimlite_asks_for_the_sdk(without_the_sdk):
    template = shimlite.task_template(Later, name="later", container_image="later:1")
    assert template.container.args[-1] == f"{__name__}.Later"
    assert "shimlite.flyte2" not in sys.modules


class Later:
    def execute_from_model(self, tt, days: int) -> int:
        return days
