# SPDX-License-Identifier: Apache-2.0
"""What a container asks for: Kubernetes' quantities, checked as Kubernetes and flyteadmin check them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypedDict

from .._idl import Resources
from ..errors import TemplateError, described


class ResourceQuantities(TypedDict, total=False):
    """What a container asks for, under flytekit's names: numbers, or Kubernetes' quantities such as ``"500m"``."""

    cpu: str | int | float
    mem: str | int
    gpu: str | int
    ephemeral_storage: str | int


NAMES = {
    "ephemeral_storage": Resources.EPHEMERAL_STORAGE,
    "cpu": Resources.CPU,
    "gpu": Resources.GPU,
    "mem": Resources.MEMORY,
}
"""In the order in which flytekit writes them."""
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_FACTORS = {
    **{suffix: Fraction(10) ** power for suffix, power in _DECIMAL.items()},
    **{f"{suffix}i": Fraction(1024) ** power for power, suffix in enumerate("KMGTPE", 1)},
}
_OF_BYTES = ("mem", "ephemeral_storage")
"""Less than one is a slip of the unit: ``512m`` is half a byte."""
IS_QUANTITY = re.compile(r"\+?([0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})?")
"""Kubernetes' grammar, less what is negative. It has no limit of digits, and no use for more."""


def resources_of(requests: Any, limits: Any) -> Resources:
    """Raises TemplateError for what is no quantity, part of a GPU, a request above its limit, and another of a GPU."""
    message = Resources()
    asked = {"requests": _quantities("requests", requests), "limits": _quantities("limits", limits)}
    for name, number in NAMES.items():
        for side, quantities in asked.items():
            if name in quantities:
                getattr(message, side).add(name=number, value=quantities[name])
        request, limit = (_amount(quantities[name]) if name in quantities else None for quantities in asked.values())
        if request is not None and limit is not None and request > limit:
            raise TemplateError("is above its limit", path=f"requests[{name!r}]")
        if name == "gpu" and request and limit and request != limit:
            raise TemplateError("is not its limit, which Kubernetes wants of a GPU", path="requests['gpu']")
    return message


def _quantities(side: str, value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TemplateError(path=side, expected="a dict such as {'cpu': '500m', 'mem': '1Gi'}", got=described(value))
    unknown = set(value) - set(NAMES)
    if unknown:
        raise TemplateError(f"may have {', '.join(sorted(NAMES))}, and nothing else", path=side)
    found = {name: _quantity(f"{side}[{name!r}]", one) for name, one in value.items() if one is not None}
    if "gpu" in found and _amount(found["gpu"]).denominator != 1:
        raise TemplateError("is no whole number", path=f"{side}['gpu']")
    for name in _OF_BYTES:
        if name in found and 0 < _amount(found[name]) < 1:
            raise TemplateError("is less than a byte", path=f"{side}[{name!r}]", hint="a mebibyte is written 1Mi")
    return found


def _quantity(path: str, value: Any) -> str:
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        raise TemplateError(path=path, expected="a number or a quantity such as '500m'", got=described(value))
    text = _plain_text(value)
    if not IS_QUANTITY.fullmatch(text):
        raise TemplateError("is no quantity of Kubernetes' such as '500m' or '2Gi'", path=path)
    return text


def _plain_text(value: str | int | float) -> str:
    """As Python's own classes write it, whatever a subclass makes of that."""
    if isinstance(value, str):
        return str.__str__(value)
    try:
        return int.__repr__(value) if isinstance(value, int) else float.__repr__(value)
    except ValueError:  # it has more digits than Python writes, and than a quantity may have
        return ""


def _amount(quantity: str) -> Fraction:
    number, suffix = IS_QUANTITY.fullmatch(quantity).groups()  # type: ignore[union-attr]
    factor = _FACTORS[suffix or ""] if (suffix or "") in _FACTORS else Fraction(10) ** int(suffix[1:])
    return Fraction(number.rstrip(".") if number != "." else "0") * factor
