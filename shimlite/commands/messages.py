# SPDX-License-Identifier: Apache-2.0
"""Which message a file holds. A message has no name of its own, so one is taken for what explains all of its bytes."""

from __future__ import annotations

from typing import Any

from .._idl import DecodeError, Message, TaskTemplate, task_spec_type


def exact(content: bytes, message_type: type[Message]) -> Any:
    """The message, or None where ``content`` is none of this type, or holds fields that this type does not have."""
    message = message_type()
    try:
        message.ParseFromString(content)
        size = len(message.SerializeToString())
        message.DiscardUnknownFields()
        return message if len(message.SerializeToString()) == size else None
    except (DecodeError, RecursionError, ValueError):
        return None


def is_template(template: TaskTemplate) -> bool:
    """Whether it names a task, in text: another message's bytes may read as a template whose type is gibberish."""
    words = template.id.name + template.type
    return bool(words) and words.isprintable()


def template_in(content: bytes) -> TaskTemplate | None:
    """The template, also out of the ``TaskSpec`` around it; None where ``content`` is neither."""
    template = exact(content, TaskTemplate)
    if template is not None and is_template(template):
        return template
    spec = exact(content, task_spec_type())
    return spec.template if spec is not None and is_template(spec.template) else None
