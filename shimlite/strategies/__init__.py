# SPDX-License-Identifier: Apache-2.0
"""Hypothesis strategies over the fixed set: its types, their values, and the messages that stand for both::

    from hypothesis import given
    from shimlite.strategies import typed_values

    @given(typed_values())
    def test_my_converter_takes_every_value(typed):
        python_type, value = typed
        my_converter.encode(value, python_type)

What each promises stands with it. All shrink to small readable cases, bound their own depth and depend on nothing but
hypothesis's seed. Whatever no writer would send is in those called ``hostile``.
"""

from ..errors import MissingExtraError

try:
    import hypothesis as _hypothesis  # noqa: F401
except ModuleNotFoundError:
    raise MissingExtraError("strategies need hypothesis", hint="pip install 'shimlite[strategies]'") from None

from .hostile import hostile_bytes, hostile_literals
from .hostile_types import hostile_literal_types
from .interfaces import interfaces, task_templates
from .literal_types import literal_types
from .literals import literals, typed_literals
from .near import near_values, typed_near_values
from .types import field_types, python_types
from .values import any_typed_values, any_values, typed_values, values

__all__ = [
    "any_typed_values",
    "any_values",
    "field_types",
    "hostile_bytes",
    "hostile_literal_types",
    "hostile_literals",
    "interfaces",
    "literal_types",
    "literals",
    "near_values",
    "python_types",
    "task_templates",
    "typed_literals",
    "typed_near_values",
    "typed_values",
    "values",
]
