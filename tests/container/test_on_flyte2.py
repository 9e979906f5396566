# SPDX-License-Identifier: Apache-2.0
"""A pod of Flyte 2's: what it asks of whom, what it takes for an answer, and how it ends."""

from __future__ import annotations

import base64
import gzip
import os
import pathlib
import socket
from typing import Any

import pytest

from shimlite import (
    FlyteRecoverableException,
    IgnoreOutputs,
    InputsError,
    NotFoundError,
    StorageError,
    TemplateError,
    dict_to_literal_map,
    literal_map_to_kwargs,
    secrets,
)
from shimlite._idl import ErrorDocument, ExecutionError, LiteralMap, TaskTemplate
from shimlite.cli import executed
from shimlite.container import entrypoint, on_flyte2, platforms
from shimlite.container.data_uris import data_uri
from shimlite.container.failures import LONGEST_MESSAGE, documents
from shimlite.container.loading import read_template
from shimlite.container.process import Process, Terminated

from ..build import template
from ..golden.recorded import message, rows
from .endings import NON_RECOVERABLE, RECOVERABLE, SYSTEM, USER
from .services import PROTO, Asked, Reply, Service, answers, fails, raw, redirects

UNKNOWN = ExecutionError.UNKNOWN
RECORDED = rows("flyte2.jsonl")
ONE = RECORDED[0]
RIGHT = base64.b64decode(ONE["answer"])
METHOD = "/flyteidl2.workflow.RunService/GetActionDetails"
HINT = (
    "the operator sets _U_EP_OVERRIDE (plugins.k8s.default-env-vars); a data: URI in the task's arguments asks nobody"
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/proto\r\n"
SIZED = HEAD + b"Content-Length: %d\r\n\r\n"


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    monkeypatch.setattr(on_flyte2, "PAUSES", (0.01, 0.02))


def told(address: str, row: dict[str, Any] = ONE, **more: str) -> dict[str, str]:
    """The environment of a recorded pod, whose service is at this address."""
    return {**row["env"], "_U_EP_OVERRIDE": address, **more}


def refusal(environment: dict[str, str]) -> tuple[type[Exception], str]:
    with pytest.raises((TemplateError, StorageError)) as caught:
        read_template("inline://taskTemplate", environment)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return type(caught.value), str(caught.value)


def refused_by(*replies: Reply, tries: int = 1) -> tuple[type[Exception], str]:
    """The error that the replies end in, without the address of who gave them; no word of an answer is in it."""
    with Service(*replies) as service:
        kind, text = refusal(told(service.address))
        assert len(service.asked) == tries
    assert text.endswith(f"; {HINT}") and "s3cr3t" not in text and "\n" not in text
    assert text.startswith(f"template: http://{service.address} was asked for the template")
    return kind, text.removesuffix(f"; {HINT}").partition("was asked for the template")[2]


# ------------------------------------------------------------------------------------------------- the right ones


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: row["name"])
def test_a_recorded_exchange(row):
    with Service(answers(base64.b64decode(row["answer"]))) as service:
        found = read_template(row["args"][-2], told(service.address, row))
    assert found == message(TaskTemplate, row["deployed"])
    (asked,) = service.asked
    assert asked == Asked("POST", METHOD, asked.headers, base64.b64decode(row["request"]))
    assert asked.headers == {
        "host": service.address,
        "accept-encoding": "identity",
        "content-length": str(len(asked.body)),
        "content-type": "application/proto",
        "connect-protocol-version": "1",
    }


@pytest.mark.parametrize(
    ("form", "insecure", "path"),
    [
        ("dns:///{}", "true", METHOD),
        ("dns://8.8.8.8/{}", "True", METHOD),
        ("dns:{}", "1", METHOD),
        (" {} ", " t ", METHOD),
        ("http://{}", "", METHOD),
        ("http://{}/", "false", METHOD),
        ("http://{}/flyte/", "", f"/flyte{METHOD}"),
        ("http://user:s3cr3t@{}", "", METHOD),
        ("HTTP://{}", "", METHOD),
        ("DNS:///{}", "true", METHOD),
    ],
)
def test_forms_of_an_address(form, insecure, path):
    with Service(answers(RIGHT)) as service:
        read_template("inline://taskTemplate", told(form.format(service.address), _U_INSECURE=insecure))
    assert [asked.path for asked in service.asked] == [path]
    assert "authorization" not in service.asked[0].headers


def test_where_nothing_says_that_it_is_not_the_connection_is_encrypted():
    with Service(answers(RIGHT)) as service:
        for address, insecure in ((service.address, ""), (service.address, "0"), (f"https://{service.address}", "1")):
            kind, text = refusal(told(address, _U_INSECURE=insecure))
            start = f"template: https://{service.address} cannot be asked for the template: "
            assert kind is TemplateError and text.startswith(start) and text.endswith(f"; {HINT}")
        assert service.asked == []


def test_a_certificate_that_nobody_signed_is_taken_where_the_operator_says_so():
    """By the variable of which the SDK's own tasks ask."""
    certificate = str(pathlib.Path(__file__).parent / "self_signed.pem")
    with Service(answers(RIGHT), certificate=certificate) as service:
        for skip in ("", "false"):
            said = f"https://{service.address} cannot be asked for the template: certificate verify failed"
            expected = TemplateError, f"template: {said}; {HINT}"
            assert refusal(told(service.address, _U_INSECURE="", _U_INSECURE_SKIP_VERIFY=skip)) == expected
        assert service.asked == []
        for skip in ("1", "True"):
            environment = told(service.address, _U_INSECURE="", _U_INSECURE_SKIP_VERIFY=skip)
            assert read_template("inline://x", environment) == message(TaskTemplate, ONE["deployed"])


def test_the_ports_of_an_address_that_names_none(monkeypatch):
    asked = []

    def connect(address: Any, *_: object) -> None:
        asked.append(address)
        raise OSError(113, "No route to host")

    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setattr(on_flyte2, "PAUSES", ())
    for address, service in (("[::1]", "http://[::1]"), ("https://flyte.example", "https://flyte.example")):
        assert refusal(told(address)) == (
            StorageError,
            f"template: {service} was asked for the template: No route to host; {HINT}",
        )
    assert asked == [("::1", 80), ("flyte.example", 443)]


@pytest.mark.parametrize(
    ("address", "service"),
    [
        ("flyte-dns:8090", "http://flyte-dns:8090"),
        ("https://u.dns:443", "https://u.dns:443"),
        ("dns:8090", "http://dns:8090"),
        ("dns:///dns:8090", "http://dns:8090"),
        ("dns", "http://dns"),
    ],
)
def test_a_host_that_is_called_dns_is_no_prefix(address, service):
    assert on_flyte2._question(told(address, _U_INSECURE="true")).service == service


def test_long_names_and_odd_ones():
    environment = told("127.0.0.1:1", RUN_NAME="r" * 300, ACTION_NAME=os.fsdecode(b"a\xff"))
    body = on_flyte2._question(environment).body
    run = b"\x12\x04demo\x1a\x0bdevelopment\x22\xac\x02" + b"r" * 300
    assert body == b"\x0a\xc9\x02" + b"\x0a\xc2\x02" + run + b"\x12\x02a\xff"


def test_a_message_in_several_parts_is_read_as_protobuf_reads_it():
    """A field that is there twice is the sum of both, and fields that nobody knows are passed over."""

    def field(number: int, content: bytes) -> bytes:
        return on_flyte2._field(number, content)

    whole = message(TaskTemplate, ONE["deployed"]).SerializeToString()
    first, second = TaskTemplate.FromString(whole), TaskTemplate(type=ONE["name"])
    first.ClearField("type")
    second.type = TaskTemplate.FromString(whole).type
    parts = [field(1, field(6, field(1, one.SerializeToString()))) for one in (first, second)]
    with Service(answers(b"\x08\x05" + field(9, b"x") + b"".join(parts))) as service:
        assert read_template("inline://x", told(service.address)) == TaskTemplate.FromString(whole)


def test_chunks_a_lower_case_type_and_no_length():
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(RIGHT), RIGHT)
    for reply in (
        answers(RIGHT, {"Content-Type": "Application/Proto; charset=x", "Content-Encoding": "identity"}),
        raw(chunked),
        raw(HEAD + b"\r\n" + RIGHT),
    ):
        with Service(reply) as service:
            assert read_template("inline://x", told(service.address)) == message(TaskTemplate, ONE["deployed"])


def test_proxies_of_the_environment_are_not_asked(monkeypatch):
    """The service is the cluster's own, whose name no proxy knows that leads out of it."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with Service(answers(RIGHT)) as service:
        read_template("inline://x", told(service.address))


# -------------------------------------------------------------------------------------------- who cannot or may not ask


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"_U_EP_OVERRIDE": ""}, "it must be asked for, and _U_EP_OVERRIDE does not say of whom"),
        ({"_U_EP_OVERRIDE": "  "}, "it must be asked for, and _U_EP_OVERRIDE does not say of whom"),
        ({"RUN_NAME": ""}, "it must be asked for, and RUN_NAME is not set"),
        ({"ACTION_NAME": ""}, "it must be asked for, and ACTION_NAME is not set"),
        *(
            (
                {f"FLYTE_INTERNAL_EXECUTION_{name}": ""},
                f"it must be asked for, and FLYTE_INTERNAL_EXECUTION_{name} is not set",
            )
            for name in ("PROJECT", "DOMAIN")
        ),
        *(
            ({"_U_EP_OVERRIDE": address}, "_U_EP_OVERRIDE is no address of a service")
            for address in (
                *("ftp://s3cr3t", "unix:///s3cr3t", "http://", "dns:///", ":8090", "s3cr3t:port", "s3cr3t:99999"),
                *("http://[s3cr3t", "s3://b/k", "://s3cr3t"),
            )
        ),
    ],
)
def test_an_environment_that_does_not_say_whom_to_ask_or_for_what(changes, reason):
    assert refusal({**ONE["env"], **changes}) == (TemplateError, f"template: {reason}; {HINT}")


def test_outside_of_flyte_2_nobody_can_be_asked():
    reason = "it must be asked for, and _U_EP_OVERRIDE does not say of whom"
    assert refusal({}) == (TemplateError, f"template: {reason}; {HINT}")


@pytest.mark.parametrize("host", ["a b", "x" * 64, "é" * 64, "a\x7fb", "a\r\nb c"])
def test_a_host_that_no_name_is_of(host):
    said = f"template: _U_EP_OVERRIDE is no address of a service; {HINT}"
    assert refusal(told(f"http://{host}.invalid")) == (TemplateError, said)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (fails(401, "unauthenticated"), "does not give it to this pod (401 unauthenticated)"),
        (fails(403, "permission_denied"), "does not give it to this pod (403 permission_denied)"),
        (fails(401), "does not give it to this pod (401)"),
        (fails(404), "answers 404"),
        (fails(404, "unimplemented"), "answers 404 unimplemented"),
        (fails(415), "answers 415"),
        (fails(501, "unimplemented"), "answers 501 unimplemented"),
        (fails(400, "X" * 40), "answers 400"),
        (fails(204), "answers 204"),
        (redirects("http://127.0.0.1:1/"), "sends the question elsewhere (302), which is not followed"),
        (redirects("/login", 307), "sends the question elsewhere (307), which is not followed"),
        (answers(b"<html>s3cr3t", {"Content-Type": "text/html"}), "answers something else than plain protobuf"),
        (answers(RIGHT, {}), "answers something else than plain protobuf"),
        (answers(RIGHT, {"Content-Type": "application/json"}), "answers something else than plain protobuf"),
        (
            answers(gzip.compress(RIGHT), {**PROTO, "Content-Encoding": "gzip"}),
            "answers something else than plain protobuf",
        ),
        (answers(b""), "its answer holds none"),
        (answers(b"\x0a\x02\x32\x00"), "its answer holds none"),
        (answers(b"\x08\x05"), "its answer holds none"),
        (answers(b"\x0a\x03\x30\x01\x31"), "its answer is no protobuf"),
        (answers(RIGHT[:-5]), "its answer is no protobuf"),
        (answers(b"\x0b" * 10_000), "its answer is no protobuf"),
        (raw(b"garbage\r\n\r\n"), "answers no HTTP"),
        (raw(b"\0\0\x12\4\0\0\0\0\0" + b"\xff" * 100), "answers no HTTP"),
        (raw(b"HTTP/1.1 2x0 OK\r\n\r\n"), "answers no HTTP"),
        (raw(b"HTTP/1.1 200 OK\r\n" + b"x" * 100_000), "answers no HTTP"),
        (raw(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 10_000), "answers no HTTP"),
        (raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"x" * 100_000), "answers no HTTP"),
    ],
)
def test_answers_that_no_other_try_changes(reply, reason):
    assert refused_by(reply) == (TemplateError, f" and {reason}")


def test_a_run_that_is_not_known():
    unknown = ONE["unknown_run"]
    reply = answers(unknown["body"].encode(), {"Content-Type": "application/json"}, unknown["status"])
    assert refused_by(reply) == (TemplateError, " and knows no such action (404 not_found)")


def test_a_template_that_is_none():
    def field(number: int, content: bytes) -> bytes:
        return on_flyte2._field(number, content)

    with Service(answers(field(1, field(6, field(1, b"\xff"))))) as service:
        assert refusal(told(service.address)) == (
            TemplateError,
            "template: 'inline://taskTemplate' holds 1 bytes that are no flyteidl.core.TaskTemplate",
        )


def test_an_answer_is_bounded(monkeypatch):
    monkeypatch.setattr(on_flyte2, "LARGEST_ANSWER", len(RIGHT) - 1)
    more = f" and answers more than {len(RIGHT) - 1} bytes"
    assert refused_by(answers(RIGHT)) == (TemplateError, more)
    assert refused_by(raw(SIZED % 2**62, for_ever=b"x" * 1000)) == (TemplateError, more)
    assert refused_by(raw(HEAD + b"\r\n", for_ever=b"x" * 1000)) == (TemplateError, more)
    chunks = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    for size in (b"-1", b"-5"):  # of which Python's own ``read`` takes the first for no end
        assert refused_by(raw(chunks + size + b"\r\n", for_ever=b"x" * 1000)) == (TemplateError, " and answers no HTTP")
    assert refused_by(raw(chunks, for_ever=b"3e8\r\n" + b"x" * 1000 + b"\r\n")) == (TemplateError, more)
    monkeypatch.setattr(on_flyte2, "LARGEST_ANSWER", len(RIGHT))
    with Service(answers(RIGHT)) as service:
        read_template("inline://x", told(service.address))


# ---------------------------------------------------------------------------------------------- who does not answer now


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (fails(503, "unavailable"), "the service answers 503 unavailable"),
        (fails(500, "internal"), "the service answers 500 internal"),
        (fails(502), "the service answers 502"),
        (fails(504, "deadline_exceeded"), "the service answers 504 deadline_exceeded"),
        (fails(429, "resource_exhausted"), "the service answers 429 resource_exhausted"),
        (fails(408), "the service answers 408"),
        (raw(), "the connection broke"),
        (raw(SIZED % len(RIGHT) + RIGHT[:-1]), "the connection broke"),
        (raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n64\r\nabc"), "the connection broke"),
    ],
)
def test_who_does_not_answer_is_asked_again(reply, said):
    assert refused_by(reply, tries=3) == (StorageError, f": {said}")
    with Service(reply, reply, answers(RIGHT)) as service:
        assert read_template("inline://x", told(service.address)) == message(TaskTemplate, ONE["deployed"])
        assert len(service.asked) == 3


def test_nobody_is_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        service = f"127.0.0.1:{free.getsockname()[1]}"
        kind, text = refusal(told(service))
    assert (kind, text) == (
        StorageError,
        f"template: http://{service} was asked for the template: Connection refused; {HINT}",
    )


def test_a_service_that_comes_while_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(on_flyte2, "PAUSES", (0.05,) * 200)
    with Service(answers(RIGHT)) as gone:
        port = gone.server_port

    def later(seconds: float) -> None:
        if not service:
            service.append(Service(answers(RIGHT), port=port).__enter__())

    service: list[Service] = []
    monkeypatch.setattr(on_flyte2.time, "sleep", later)
    try:
        read_template("inline://x", told(f"127.0.0.1:{port}"))
        assert len(service[0].asked) == 1
    finally:
        service[0].__exit__()


@pytest.mark.parametrize(
    "reply",
    [
        raw(waits=True),
        raw(HEAD, waits=True),
        raw(SIZED % len(RIGHT) + RIGHT[:-1], waits=True),
        raw(SIZED % 10**6, for_ever=b"x", pause=0.02),
        raw(HEAD, for_ever=b"a", pause=0.02),
        raw(for_ever=b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.02),
    ],
)
def test_all_of_it_takes_a_time_that_is_bounded(reply, monkeypatch):
    monkeypatch.setattr(on_flyte2, "LONGEST", 0.2)
    with Service(reply) as service:
        kind, text = refusal(told(service.address))
    said = text.removeprefix(f"template: http://{service.address} was asked for the template: ")
    assert kind is StorageError
    assert said in (f"no answer in 0 seconds; {HINT}", f"no answer in time; {HINT}")


@pytest.mark.parametrize("silent", [raw(waits=True), raw(SIZED % len(RIGHT) + RIGHT[:9], waits=True)])
def test_who_says_nothing_more_is_asked_again(silent, monkeypatch):
    monkeypatch.setattr(on_flyte2, "SILENCE", 0.05)
    with Service(silent, answers(RIGHT)) as service:
        assert read_template("inline://x", told(service.address)) == message(TaskTemplate, ONE["deployed"])
        assert len(service.asked) == 2


def test_no_time_is_left_for_another_try(monkeypatch):
    monkeypatch.setattr(on_flyte2, "LONGEST", 0.05)
    monkeypatch.setattr(on_flyte2, "PAUSES", (60.0, 60.0))
    with Service(fails(503)) as service:
        kind, _ = refusal(told(service.address))
        assert (kind, len(service.asked)) == (StorageError, 1)


# ------------------------------------------------------------------------------------------------------- how a pod ends


class Adds:
    def execute_from_model(self, tt: Any, n: int) -> int:
        return n + 1


def raising(error: BaseException) -> type:
    class Raises:
        def execute_from_model(self, tt: Any, n: int) -> int:
            raise error

    return Raises


class NonRecoverableError(RuntimeError):
    """As the SDK's is called, which is not imported here."""


NonRecoverableError.__module__, Other = "flyte.errors", type("NonRecoverableError", (RuntimeError,), {})


class FlyteUserRuntimeException(Exception):
    def __init__(self, value: Exception) -> None:
        super().__init__(value)
        self.value = value


FlyteUserRuntimeException.__module__ = "flytekit.exceptions.user"


class FlyteNonRecoverableSystemException(FlyteUserRuntimeException):
    pass


FlyteNonRecoverableSystemException.__module__ = "flytekit.exceptions.system"


class Coded(Exception):
    error_code = "MINE"


RUNTIME = "USER:RuntimeError"
ENDINGS = [
    (ValueError("x"), (RUNTIME, NON_RECOVERABLE, USER), (RUNTIME, RECOVERABLE, USER)),
    (SystemExit(3), (RUNTIME, NON_RECOVERABLE, USER), (RUNTIME, RECOVERABLE, USER)),
    (FileNotFoundError(2, "x"), (RUNTIME, NON_RECOVERABLE, USER), (RUNTIME, RECOVERABLE, USER)),
    (Coded("x"), ("MINE", NON_RECOVERABLE, USER), ("MINE", RECOVERABLE, USER)),
    (Other("x"), (RUNTIME, NON_RECOVERABLE, USER), (RUNTIME, RECOVERABLE, USER)),
    (NonRecoverableError("x"), (RUNTIME, NON_RECOVERABLE, USER), (RUNTIME, NON_RECOVERABLE, USER)),
    (
        type("Mine", (NonRecoverableError,), {"error_code": "MINE"})("x"),
        ("MINE", NON_RECOVERABLE, USER),
        ("MINE", NON_RECOVERABLE, USER),
    ),
    (
        FlyteUserRuntimeException(NonRecoverableError("x")),
        (RUNTIME, NON_RECOVERABLE, USER),
        (RUNTIME, NON_RECOVERABLE, USER),
    ),
    (FlyteUserRuntimeException(ValueError("x")), (RUNTIME, NON_RECOVERABLE, USER), (RUNTIME, RECOVERABLE, USER)),
    (
        FlyteNonRecoverableSystemException(ValueError("x")),
        ("SYSTEM", NON_RECOVERABLE, SYSTEM),
        ("SYSTEM", NON_RECOVERABLE, SYSTEM),
    ),
    (
        FlyteRecoverableException("x"),
        ("USER:Recoverable", RECOVERABLE, USER),
        ("USER:Recoverable", RECOVERABLE, USER),
    ),
    (MemoryError(), ("USER:MemoryError", RECOVERABLE, USER), ("USER:MemoryError", RECOVERABLE, USER)),
    (
        InputsError("x"),
        ("USER:InputsError", NON_RECOVERABLE, USER),
        ("USER:InputsError", NON_RECOVERABLE, USER),
    ),
    (
        StorageError("x"),
        ("SYSTEM:StorageError", RECOVERABLE, SYSTEM),
        ("SYSTEM:StorageError", RECOVERABLE, UNKNOWN),
    ),
    (
        NotFoundError("x"),
        ("SYSTEM:StorageError", RECOVERABLE, SYSTEM),
        ("SYSTEM:StorageError", NON_RECOVERABLE, SYSTEM),
    ),
    (
        KeyboardInterrupt(),
        ("SYSTEM:Interrupted", RECOVERABLE, SYSTEM),
        ("SYSTEM:Interrupted", RECOVERABLE, UNKNOWN),
    ),
    (Terminated("x"), ("SYSTEM:Interrupted", RECOVERABLE, SYSTEM), ("SYSTEM:Interrupted", RECOVERABLE, UNKNOWN)),
]


class Pod:
    def __init__(self, folder: pathlib.Path) -> None:
        self.out = folder / "out"
        self.made = template({"n": int}, {"o0": int})
        inputs = dict_to_literal_map({"n": 1}, self.made.interface.inputs)
        (folder / "inputs.pb").write_bytes(inputs.SerializeToString())
        self.argv = [f"--inputs={folder}/inputs.pb", f"--output-prefix={self.out}", "--", data_uri(self.made)]

    def ends(self, executor: str = "Adds", *options: str) -> tuple[int, list[str]]:
        """The exit code, and the files that are there."""
        code = executed([*options, *self.argv, f"{__name__}.{executor}"], Process()).code
        return code, sorted(os.listdir(self.out)) if self.out.is_dir() else []

    def error(self) -> Any:
        return ErrorDocument.FromString((self.out / "error.pb").read_bytes()).error

    def outputs(self) -> dict[str, Any]:
        written = LiteralMap.FromString((self.out / "outputs.pb").read_bytes())
        return literal_map_to_kwargs(written, self.made.interface.outputs)


@pytest.fixture
def pod(tmp_path):
    return Pod(tmp_path)


@pytest.fixture
def on_2(monkeypatch):
    for name, value in ONE["env"].items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def raises(monkeypatch):
    return lambda error: monkeypatch.setattr(f"{__name__}.Adds", raising(error))


@pytest.mark.parametrize(("error", "on_1", "there"), ENDINGS, ids=lambda one: type(one).__name__)
def test_whose_fault_it_is_and_whether_it_is_tried_again(error, on_1, there, pod, raises, request):
    raises(error)
    assert pod.ends() == (0, ["error.pb"])
    assert (pod.error().code, pod.error().kind, pod.error().origin) == on_1
    before, error.__traceback__ = pod.error().message, None
    request.getfixturevalue("on_2")
    assert pod.ends() == (0, ["error.pb"])
    assert (pod.error().code, pod.error().kind, pod.error().origin) == there
    assert pod.error().message == before


def test_nothing_that_may_be_tried_again_is_the_systems_on_flyte_2():
    for error, _, _ in ENDINGS:
        for make in documents(error, {"ACTION_NAME": ""}):
            said = make().error
            assert (said.kind, said.origin) != (RECOVERABLE, SYSTEM)


def test_secrets_and_endings_know_flyte_2_by_the_same_variable():
    assert secrets.FLYTE_2_ONLY == platforms.FLYTE_2_ONLY == "ACTION_NAME"


def test_the_plainest_document_says_so_too():
    kinds = [documents(ValueError(), environment)[-1]().error.kind for environment in ({}, {"ACTION_NAME": "a0"})]
    assert kinds == [NON_RECOVERABLE, RECOVERABLE]


def test_the_longest_message_is_one_that_flyte_2_takes(pod, on_2, raises):
    raises(ValueError("é" * 100_000))
    assert pod.ends() == (0, ["error.pb"])
    assert 31_900 < len(pod.error().message.encode()) <= LONGEST_MESSAGE == 32_000


@pytest.mark.parametrize("value", ["true", "1", "T", ""])
def test_no_variable_has_it_end_with_another_code(pod, on_2, raises, monkeypatch, value):
    monkeypatch.setenv("FLYTE_FAIL_ON_ERROR", value)
    raises(ValueError("x"))
    assert pod.ends() == (0, ["error.pb"])


def test_where_no_file_can_be_written_it_ends_with_0(pod, on_2, monkeypatch):
    pod.out.write_text("a file")
    assert pod.ends() == (0, [])
    assert executed(["--inputs=i", "--output-prefix=/", "--", "t", "m.E"], Process()).code == 0
    assert executed([], Process()).code == 0
    assert executed(["--inputs=i", "--output-prefix=ftp://h/o", "--", "t", "m.E"], Process()).code == 0
    monkeypatch.delenv("ACTION_NAME")
    assert pod.ends() == (1, [])
    assert executed([], Process()).code == 2


def test_what_was_interrupted_too_often_ends_with_0(on_2, monkeypatch):
    from shimlite import cli

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "TRIES", 3)
    monkeypatch.setattr(cli, "parse", interrupted)
    monkeypatch.setattr(cli, "_failed", interrupted)
    assert executed([], Process()) == (0, "")


def test_nobody_else_writes_the_outputs(pod, raises, request):
    raises(IgnoreOutputs("s3cr3t"))
    assert pod.ends() == (0, [])
    request.getfixturevalue("on_2")
    assert pod.ends() == (0, ["error.pb"])
    said = pod.error()
    assert (said.code, said.kind, said.origin) == ("USER:OutputsError", NON_RECOVERABLE, USER)
    assert said.message == (
        "outputs: the executor raised IgnoreOutputs, and on Flyte 2 nobody else writes them; return them"
    )


@pytest.mark.parametrize("environment", [{}, {"ACTION_NAME": "a0"}], ids=["1", "2"])
def test_what_another_pod_of_this_attempt_left_goes_first(pod, monkeypatch, environment):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    pod.out.mkdir()
    for stale in ("error.pb", "outputs.pb"):
        (pod.out / stale).write_bytes(b"stale")
    steps = []

    class Watched(entrypoint.storage_for(str(pod.out)).__class__):
        def delete(self, uri: str) -> None:
            steps.append(("delete", os.path.basename(uri)))
            super().delete(uri)

        def write(self, uri: str, content: bytes) -> None:
            steps.append(("write", os.path.basename(uri)))
            super().write(uri, content)

    monkeypatch.setattr(entrypoint, "storage_for", lambda *_: Watched())
    assert pod.ends() == (0, ["outputs.pb"])
    assert steps == [("delete", "error.pb"), ("write", "outputs.pb")]
    assert pod.outputs() == {"o0": 2}


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: row["name"])
def test_flyte_1s_arguments_run_unchanged(row, tmp_path, monkeypatch, pod):
    """A recorded pod, with its arguments as they were but for the places of its files."""
    (tmp_path / "inputs.pb").write_bytes(base64.b64decode(row["inputs"]))
    with Service(answers(base64.b64decode(row["answer"]))) as service:
        for name, value in told(service.address, row).items():
            monkeypatch.setenv(name, value)
        argv = [one.replace("s3://", f"{tmp_path}/") for one in row["args"][1:-1]]
        argv[argv.index("--inputs") + 1], argv[argv.index("--output-prefix") + 1] = (
            f"{tmp_path}/inputs.pb",
            str(pod.out),
        )
        assert executed([*argv, f"{__name__}.Echoes"], Process()) == (0, "")
    inputs = LiteralMap.FromString(base64.b64decode(row["inputs"]))
    outputs = LiteralMap.FromString((pod.out / "outputs.pb").read_bytes())
    assert list(outputs.literals) == ["o0"]
    assert outputs.literals["o0"].WhichOneof("value") == "scalar"
    if row["name"] == "plain":
        assert outputs.literals["o0"] == inputs.literals["x"]


class Echoes:
    def execute_from_model(self, tt: Any, **kwargs: Any) -> Any:
        return next(iter(kwargs.values()), "nothing")


def test_a_template_that_nobody_gives_is_the_users_error(pod, on_2, monkeypatch):
    monkeypatch.setenv("_U_EP_OVERRIDE", "")
    pod.argv[-1] = "inline://taskTemplate"
    assert pod.ends() == (0, ["error.pb"])
    said = pod.error()
    assert (said.code, said.kind, said.origin) == ("USER:TemplateError", NON_RECOVERABLE, USER)
    assert said.message == f"template: it must be asked for, and _U_EP_OVERRIDE does not say of whom; {HINT}"


def test_a_service_that_is_away_has_the_task_tried_again(pod, on_2, monkeypatch):
    pod.argv[-1] = "inline://taskTemplate"
    with Service(fails(503, "unavailable")) as service:
        monkeypatch.setenv("_U_EP_OVERRIDE", service.address)
        assert pod.ends() == (0, ["error.pb"])
    said = pod.error()
    assert (said.code, said.kind, said.origin) == ("SYSTEM:StorageError", RECOVERABLE, UNKNOWN)
