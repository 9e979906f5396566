# SPDX-License-Identifier: Apache-2.0
"""Which template some bytes hold. ``templates.jsonl`` has what flytectl, pyflyte and the SDK of Flyte 2 write."""

from __future__ import annotations

import base64
import codecs
import json
from typing import Any

import pytest

from shimlite import TemplateError
from shimlite._idl import ErrorDocument, Literal, LiteralMap, TaskTemplate, UnionType, task_spec_type
from shimlite.commands import messages
from shimlite.commands.messages import find_template, template_in

from ..build import template
from ..golden.recorded import message, rows

RECORDED = {row["name"]: row for row in rows("templates.jsonl")}
TEMPLATES = [name for name, row in RECORDED.items() if row["template"]]
SEVERAL = "JSON with 2 tasks, expected one; name one: flytectl get task NAME --version VERSION -o json"
SMALL = {
    "id": {"name": "n"},
    "type": "t",
    "interface": {"inputs": {"variables": {"x": {"type": {"simple": "STRING"}}}}},
}


def content(name: str) -> bytes:
    return base64.b64decode(RECORDED[name]["content"])


def small() -> TaskTemplate:
    made = TaskTemplate(type="t", id={"name": "n"})
    made.interface.inputs.variables["x"].type.simple = 3
    return made


def as_json(plain: Any) -> bytes:
    return json.dumps(plain).encode()


def refused(found: bytes) -> str:
    with pytest.raises(TemplateError) as caught:
        template_in(found)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_real_systems_write(name):
    found = find_template(content(name))
    assert found is not None
    assert found.source == RECORDED[name]["source"]
    wanted = message(TaskTemplate, RECORDED[name]["template"])
    if found.source.endswith("JSON"):
        wanted.DiscardUnknownFields()  # JSON of a newer IDL has names for them that this one does not know
    assert found.template == wanted
    assert template_in(content(name)) == wanted


def test_flyte_2s_templates_keep_what_this_idl_does_not_know():
    found, known = template_in(content("flyte2 spec")), template_in(content("flyte2 spec"))
    assert found is not None
    assert known is not None
    known.DiscardUnknownFields()
    assert len(found.SerializeToString()) > len(known.SerializeToString())
    assert found.container.image == "ghcr.io/acme/x:1"


def test_what_holds_no_template():
    for name in ("workflow", "empty", "launch_plan", "launch_plan_empty"):
        assert find_template(content(f"pyflyte {name}")) is None
    assert refused(content("flytectl several")) == SEVERAL
    assert refused(content("flytectl yaml")) == "YAML is not read; write JSON: flytectl get task NAME -o json"
    made = LiteralMap(literals={"x": Literal(scalar={"primitive": {"integer": 1}})})
    document = ErrorDocument(error={"code": "USER:X", "message": "m"})
    for other in (made, made.literals["x"], document, UnionType(), Literal(hash="h")):
        assert template_in(other.SerializeToString()) is None
    for text in (b"", b"\n", b"hello, world", b"a: \xff", b"a: \x00", b"\x0a\x05hello", b"\xff\xff"):
        assert template_in(text) is None


def test_recorded_literals_are_no_templates():
    for row in rows("platform.jsonl", "sent"):
        assert find_template(base64.b64decode(row["literal"])) is None


# --- protobuf of a newer IDL -----------------------------------------------------------------------------------------


def field(number: int, data: bytes) -> bytes:
    """A field of a message or a text, of at most 127 bytes."""
    tag = number << 3 | 2
    return (
        bytes([tag & 0x7F | (0x80 if tag > 0x7F else 0)]) + bytes([tag >> 7] * (tag > 0x7F)) + bytes([len(data)]) + data
    )


@pytest.mark.parametrize("more", [field(40, b"new"), field(4, field(9, b"new")), field(1, field(40, b"\xff"))])
def test_a_newer_template(more):
    whole = small().SerializeToString() + more
    assert find_template(whole) == ("TaskTemplate", TaskTemplate.FromString(whole))
    spec = field(1, whole) + field(2, b"\x0a\x01\xff") + field(5, b"text")
    assert find_template(spec) == ("TaskSpec", TaskTemplate.FromString(whole))


@pytest.mark.parametrize(
    "other",
    [
        small().SerializeToString() + b"\x12\x01\xff",  # its type is no text
        small().SerializeToString() + b"\x10\x01",  # its type is a number
        small().SerializeToString() + field(1, b"\x12\x01\xff"),  # so is a text in it
        small().SerializeToString() + field(3, b"\x0a\x01a"),  # a flag in it is a text
        field(2, b"t") + field(40, b"new"),  # no name, and no interface
        field(1, field(4, b"n")) + field(2, b"t") + field(40, b"new"),
        field(1, field(4, b"n\x01")) + field(2, b"t") + field(4, b"") + field(40, b"new"),
        field(1, small().SerializeToString() + field(40, b"x")) + b"\x10\x01",  # a spec with a number
        field(1, small().SerializeToString() + field(40, b"x")) * 2,  # and with two templates
        field(1, small().SerializeToString() + field(40, b"x")) + field(30, b""),
        field(1, b"") + field(2, b"\x01"),
    ],
)
def test_what_no_newer_idl_adds(other):
    assert find_template(other) is None


# --- JSON ------------------------------------------------------------------------------------------------------------

TASK = {"id": SMALL["id"], "closure": {"compiledTask": {"template": SMALL}, "createdAt": "2026-01-02T03:04:05Z"}}
SNAKE = {"closure": {"compiled_task": {"template": SMALL}}}


@pytest.mark.parametrize(
    ("plain", "source"),
    [
        (SMALL, "TaskTemplate"),
        ({"template": SMALL, "description": {"shortDescription": "d"}}, "TaskSpec"),
        ({"taskTemplate": SMALL, "shortName": "s"}, "TaskSpec"),
        ({"task_template": SMALL, "short_name": "s"}, "TaskSpec"),
        ({"taskId": {"name": "n"}, "spec": {"taskTemplate": SMALL}}, "TaskDetails"),
        ({"task_id": {"name": "n"}, "spec": {"task_template": SMALL}}, "TaskDetails"),
        ({"compiledTask": {"template": SMALL}}, "TaskClosure"),
        (TASK, "Task"),
        (SNAKE, "Task"),
        ([TASK], "Task"),
        ({"tasks": [TASK], "token": ""}, "Task"),
    ],
)
def test_places_of_a_template_in_json(plain, source):
    assert find_template(as_json(plain)) == (f"{source} in JSON", small())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings_of_json(encoding):
    assert template_in(f"\n \t{json.dumps(SMALL)}\r\n".encode(encoding)) == small()


def test_a_byte_order_mark_of_utf_16_with_odd_bytes():
    assert refused(codecs.BOM_UTF16_LE + b"{") == "no JSON: its text or a number in it cannot be read"


def test_both_spellings_of_fields_and_numbers_as_text():
    camel = {**SMALL, "taskTypeVersion": 2, "metadata": {"timeout": "600s", "retries": {"retries": 3}}}
    snake = {**SMALL, "task_type_version": "2", "metadata": {"timeout": "600s", "retries": {"retries": 3}}}
    wanted = small()
    wanted.task_type_version = 2
    wanted.metadata.timeout.seconds, wanted.metadata.retries.retries = 600, 3
    assert template_in(as_json(camel)) == template_in(as_json(snake)) == wanted


def test_fields_of_a_newer_idl_are_left_out_and_maps_may_be_lists():
    newer = json.loads(json.dumps(SMALL))
    newer["reusePolicy"] = {"minReplicas": 2}
    newer["container"] = {"image": "i", "new": 1, "env": [{"key": "k", "value": "v", "new": {}}]}
    newer["interface"]["inputs"]["variables"] = [{"key": "x", "value": {"type": {"simple": "STRING"}, "new": []}}]
    newer["interface"]["outputs"] = {"variables": [{"key": "empty"}]}
    newer["custom"], newer["config"] = {"new": [1]}, {"a": "b"}
    wanted = small()
    wanted.container.image = "i"
    wanted.container.env.add(key="k", value="v")
    wanted.interface.outputs.variables["empty"].SetInParent()
    wanted.custom["new"] = [1]
    wanted.config["a"] = "b"
    assert template_in(as_json(newer)) == wanted


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ({"type": 3}, "its 'type' cannot be read"),
        ({"interface": {"inputs": {"variables": {"x": {"type": {"simple": "N"}}}}}}, "its 'interface' cannot be read"),
        ({"interface": {"inputs": {"variables": [{"name": "x"}]}}}, "its 'interface' cannot be read"),
        ({"interface": {"inputs": {"variables": "secret"}}}, "its 'interface' cannot be read"),
        ({"metadata": [1]}, "its 'metadata' cannot be read"),
        ({"metadata": {"podTemplateName": "a", "pod_template_name": "b"}}, "its 'metadata' cannot be read"),
        ({"container": {"env": [1]}}, "its 'container' cannot be read"),
        ({"taskTypeVersion": 2**40}, "its 'taskTypeVersion' cannot be read"),
        ({"taskTypeVersion": 1, "task_type_version": 1}, "one of its fields is there in two spellings"),
    ],
)  # fmt: skip
def test_json_that_is_no_task_template(plain, said):
    assert refused(as_json({"template": {**SMALL, **plain}})) == f"JSON that is no TaskTemplate: {said}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "JSON that is no template: an object of nothing"),
        ('{"a": 1, "type": "x"}', "JSON that is no template: an object of 'a', 'type'"),
        ('{"template": 1}', "JSON that is no template: an object of 'template'"),
        ('{"spec": 1}', "JSON that is no template: an object of 'spec'"),
        (
            json.dumps(dict.fromkeys("abcdefg")),
            "JSON that is no template: an object of 'a', 'b', 'c', 'd', 'e' and 2 more",
        ),
        (json.dumps({"k" * 50: 1}), f"JSON that is no template: an object of '{'k' * 40}…'"),
        ('{"\\u001b[2J\\n": 1}', "JSON that is no template: an object of '\\x1b[2J\\n'"),
        ("[]", "JSON with 0 tasks, expected one"),
        ("[1]", "JSON that is no template: a list of one int"),
        ("[[]]", "JSON that is no template: a list of one list"),
        ('{"template": {}}', "JSON of a TaskTemplate that names no task"),
        ('{"type": "t", "id": {"name": "\\u0001"}}', "JSON of a TaskTemplate that names no task"),
        ('{"a": 1,\n "b"', "no JSON any more from line 2, column 5"),
        ('{"a": 1} x', "no JSON any more from line 1, column 10"),
        (
            "[{'taskId': 1}]",
            "no JSON any more from line 1, column 3; "
            "the flyte command prints Python: save what TaskDetails.to_json() returns",
        ),
        ('{"a": NaN}', "JSON with NaN, which JSON does not have"),
        ('{"a": 1, "b": {"x\\n": 1, "x\\n": 2}}', "JSON with an object that has 'x\\n' twice"),
        ("[" * 100_000, "JSON that is nested too deeply"),
        ('{"a": ' + "1" * 5000 + "}", "no JSON: its text or a number in it cannot be read"),
        (
            '{"template": {"type": "t", "custom": ' + '{"a":' * 200 + "1" + "}" * 202,
            "JSON that is no TaskTemplate: its 'custom' cannot be read",
        ),
    ],
)  # fmt: skip
def test_json_that_holds_no_template(text, said):
    assert refused(text.encode()) == said


def test_errors_name_the_file():
    with pytest.raises(TemplateError, match="^a.json: JSON with 0 tasks, expected one$"):
        template_in(b"[]", "a.json")


def test_json_is_read_up_to_a_size(monkeypatch):
    found = as_json(SMALL)
    monkeypatch.setattr(messages, "LARGEST_JSON", len(found))
    assert template_in(found) == small()
    assert refused(found + b" ") == f"{len(found) + 1} bytes of JSON, of which at most {len(found)} are read"


def test_a_spec_of_ours():
    spec = task_spec_type()(template=template({"x": int}))
    assert find_template(spec.SerializeToString()) == ("TaskSpec", template({"x": int}))
    assert find_template(template({"x": int}).SerializeToString()) == ("TaskTemplate", template({"x": int}))
