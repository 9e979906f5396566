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
LONGEST_NODE = 63
"""Characters from the end of a task's name of which flyteadmin makes a node's: their letters and digits."""
PLACEHOLDER = "{{"
"""What stands in an image that is filled in later, as in flytekit's own ``{{.image.default.fqn}}``."""
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
_DOMAIN = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = rf"localhost|{_DOMAIN}(\.{_DOMAIN})+|({_DOMAIN}(\.{_DOMAIN})*|\[[0-9A-Fa-f:]+\]):[0-9]+"
_PART = r"[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*"
_DIGEST = "sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}"
IS_IMAGE = re.compile(
    rf"(?![0-9a-f]{{64}}\Z)(({_HOST})/)?(?P<repository>{_PART}(/{_PART})*)"
    rf"(:[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?(@({_DIGEST}))?"
)
"""What a kubelet reads as a reference: a registry, a repository, a tag, a digest; an image's bare ID is none."""
LONGEST_REPOSITORY = 247
"""Characters: a kubelet takes 255, after it put ``library/`` before a name of one part."""
IS_VARIABLE = re.compile(r"(?!\.\.|\.\Z)[-._A-Za-z][-._A-Za-z0-9]*")
"""A name that every Kubernetes takes for a variable of the environment."""
LONGEST_VARIABLE = 2**17 - 1
"""Bytes of ``NAME=value``: Linux starts no program with a longer one."""
_DNS = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
IS_OBJECT = re.compile(rf"(?=.{{1,253}}\Z){_DNS}")
"""A name of an object of Kubernetes'."""
_SUBDOMAIN = rf"(?=[^/]{{1,253}}/){_DNS}"
IS_KEY = re.compile(rf"({_SUBDOMAIN}/)?{_LABEL}")
"""A key of Kubernetes' labels."""
IS_ANNOTATION = re.compile(IS_KEY.pattern, re.ASCII | re.IGNORECASE)
"""A key of annotations, whose host may have capital letters."""
PRIMARY_CONTAINER = "primary_container_name"
"""The annotation in which Propeller says which container's end is the pod's."""
LARGEST_ANNOTATIONS = 250_000
"""Bytes: Kubernetes takes 262,144, and Flyte has some of its own."""
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


def optional_line(argument: str, value: Any) -> str:
    """Text of which all is printable: the platform's database has no NUL."""
    if not optional_text(argument, value).isprintable():
        raise TemplateError("holds what cannot be printed", path=argument)
    return value or ""


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
    if not re.search("[A-Za-z0-9]", name[-LONGEST_NODE:]):
        raise TemplateError("ends in underscores alone, of which flyteadmin can make no node", path="name")
    return name


def image(argument: str, value: Any, *, may_be_placeholder: bool) -> str:
    """A reference such as ``ghcr.io/acme/later:1``."""
    name = text(argument, value)
    if PLACEHOLDER in name and may_be_placeholder:
        return name
    reference = IS_IMAGE.fullmatch(name)
    if reference is None or len(reference["repository"]) > LONGEST_REPOSITORY:
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
    labels = _by_keys("labels", value, IS_KEY)
    for key, one in labels.items():
        if not IS_LABEL.fullmatch(one):
            raise _at_key("labels", key, TemplateError("is no value that a label may have"))
    return labels


def pod_annotations(value: Any) -> dict[str, str]:
    annotations = _by_keys("annotations", value, IS_ANNOTATION)
    if PRIMARY_CONTAINER in annotations:
        raise _at_key("annotations", PRIMARY_CONTAINER, TemplateError("is the platform's own"))
    if sum(len(text.encode()) for pair in annotations.items() for text in pair) > LARGEST_ANNOTATIONS:
        raise TemplateError(f"holds more than {LARGEST_ANNOTATIONS} bytes", path="annotations")
    return annotations


def _by_keys(argument: str, value: Any, is_key: re.Pattern[str]) -> dict[str, str]:
    texts = _texts(argument, value)
    if not all(map(is_key.fullmatch, texts)):
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
