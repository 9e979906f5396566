# SPDX-License-Identifier: Apache-2.0
"""The plain arguments of ``task_template``: each is checked and returned as the message holds it.

A message names the argument and never shows its value, which may be a secret. Next: ``resources``, ``structs``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from .._idl import Secret
from ..errors import ShimliteError, TemplateError, described, no_message

IS_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
PLACEHOLDER = "{{"
"""What stands in an image that is filled in later, as in flytekit's own ``{{.image.default.fqn}}``."""
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
_DOMAIN = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_PART = r"[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*"
_PORT = ":[0-9]+"
IS_IMAGE = re.compile(
    rf"(?P<name>((localhost|{_DOMAIN}(\.{_DOMAIN})+|({_DOMAIN}(\.{_DOMAIN})*|\[[0-9A-Fa-f:]+\]){_PORT})/)?"
    rf"{_PART}(/{_PART})*)(:[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?"
    r"(@(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}))?"
)
"""The grammar of references that containerd and Docker share: a registry, a repository, a tag, a digest."""
LONGEST_IMAGE = 255
"""Characters of an image's name, without its tag and digest."""
IS_VARIABLE = re.compile(r"(?!\.$|\.\.)[-._A-Za-z][-._A-Za-z0-9]*")
"""A name that Kubernetes takes for a variable of the environment."""
LONGEST_VARIABLE = 2**17 - 1
"""Bytes of ``NAME=value``: Linux starts no program with a longer one."""
_DNS = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
IS_OBJECT = re.compile(rf"(?=.{{1,253}}$){_DNS}")
"""A name of an object of Kubernetes'."""
IS_KEY = re.compile(rf"((?=[^/]{{1,253}}/){_DNS}/)?{_LABEL}")
"""A key of Kubernetes' labels and annotations."""
LARGEST_ANNOTATIONS = 2**18
"""Bytes of all annotations of a pod with their keys."""
IS_LABEL = re.compile(rf"({_LABEL})?")


def refusal(argument: str, expected: str, value: Any) -> ShimliteError:
    return TemplateError(path=argument, expected=expected, got=described(value))


def optional_text(argument: str, value: Any) -> str:
    if not isinstance(value, (str, type(None))):
        raise refusal(argument, "a str", value)
    try:
        return str.__str__(value or "").encode().decode()
    except UnicodeEncodeError:
        raise TemplateError("holds a lone surrogate, which protobuf cannot write", path=argument) from None


def text(argument: str, value: Any) -> str:
    """Text that is not empty, all of it printable."""
    plain = optional_text(argument, value)
    if not plain or not plain.isprintable():
        raise TemplateError("is empty, or holds what cannot be printed", path=argument)
    return plain


def flag(argument: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise refusal(argument, "a bool", value)
    return value


def whole(argument: str, value: Any, largest: int) -> int:
    """An int from 0 on."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise refusal(argument, "an int", value)
    if not 0 <= value <= largest:
        raise TemplateError(f"is no int from 0 to {largest}", path=argument)
    return value


def task_name(value: Any) -> str:
    """The platform takes any text for a name, and flytectl, the console and a pod's labels do not."""
    name = text("name", value)
    if not IS_PATH.fullmatch(name):
        raise TemplateError("is no path of identifiers such as 'later' or 'acme.later'", path="name")
    return name


def image(argument: str, value: Any, *, may_be_placeholder: bool) -> str:
    """A reference such as ``ghcr.io/acme/later:1``."""
    name = text(argument, value)
    if PLACEHOLDER in name and may_be_placeholder:
        return name
    match = IS_IMAGE.fullmatch(name)
    if match is None or len(match["name"]) > LONGEST_IMAGE:
        raise TemplateError("is no image such as 'ghcr.io/acme/later:1'", path=argument)
    return name


def pod_template(value: Any) -> str:
    """The name of a PodTemplate of Kubernetes'; it may be empty."""
    name = optional_text("pod_template_name", value)
    if name and not IS_OBJECT.fullmatch(name):
        raise TemplateError("is no name of a PodTemplate such as 'big-pods'", path="pod_template_name")
    return name


def environment(value: Any) -> dict[str, str]:
    """Variables by name, in the order in which they are set."""
    variables = _texts("environment", value)
    for name, one in variables.items():
        if not IS_VARIABLE.fullmatch(name):
            raise TemplateError("has a name that Kubernetes takes for no variable", path="environment")
        if "\0" in one:
            raise _at_key("environment", name, TemplateError("holds NUL, which no variable can"))
        if len(f"{name}={one}".encode()) > LONGEST_VARIABLE:
            raise _at_key("environment", name, TemplateError("is longer than Linux takes for a variable"))
    return variables


def pod_labels(value: Any) -> dict[str, str]:
    labels = _by_kubernetes_keys("labels", value)
    for key, one in labels.items():
        if not IS_LABEL.fullmatch(one):
            raise _at_key("labels", key, TemplateError("is no value that a label may have"))
    return labels


def pod_annotations(value: Any) -> dict[str, str]:
    texts = _by_kubernetes_keys("annotations", value)
    if sum(len(text.encode()) for pair in texts.items() for text in pair) > LARGEST_ANNOTATIONS:
        raise TemplateError("are more than the 256 KiB that Kubernetes takes", path="annotations")
    return texts


def _by_kubernetes_keys(argument: str, value: Any) -> dict[str, str]:
    texts = _texts(argument, value)
    if not all(map(IS_KEY.fullmatch, texts)):
        raise TemplateError("has a key that Kubernetes does not take", path=argument)
    return texts


def _texts(argument: str, value: Any) -> dict[str, str]:
    """A mapping of text to text; None is an empty one."""
    if not isinstance(value, (Mapping, type(None))):
        raise refusal(argument, "a dict", value)
    texts = {}
    for key, one in (value or {}).items():
        try:
            texts[_text(key)] = _text(one)
        except TemplateError as error:
            raise _at_key(argument, key, error)
    return texts


def _text(value: Any) -> str:
    if value is None:
        raise refusal("", "a str", value)
    return optional_text("", value)


def _at_key(argument: str, key: Any, error: ShimliteError) -> ShimliteError:
    return error.at_key(key).blamed(TemplateError, argument)


def secrets(value: Any) -> list[Secret]:
    """Each must name its group, which is the name of the secret in the platform's store."""
    if isinstance(value, (str, Mapping)) or not isinstance(value, Iterable):
        raise refusal("secret_requests", "a list of Secret", value)
    found = list(value)
    for place, secret in enumerate(found):
        path = f"secret_requests[{place}]"
        if not isinstance(secret, Secret):
            raise no_message(Secret, secret).blamed(TemplateError, path)
        if not secret.group:
            raise TemplateError("has no group", path=path)
        if secret.env_var and not IS_VARIABLE.fullmatch(secret.env_var):
            raise TemplateError("is no name of a variable", path=f"{path}.env_var")
    return found
