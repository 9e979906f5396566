# SPDX-License-Identifier: Apache-2.0
"""Stores that break off, stall, refuse and answer with errors: what a run makes of them, and what it says.

The pods here give a store up sooner than shimlite does (``hasty``), so that no test waits for half a minute.
"""

from __future__ import annotations

import hashlib
import signal
import time

import pytest

from shimlite import FlyteDirectory, FlyteFile

from ..build import template
from .executors import WRITES
from .pods import LOST, Pod
from .servers import free_port

BYTES = bytes(range(256)) * 2**14
"""4 MiB"""
COPIES = template({"file": FlyteFile}, {"size": int, "before": float, "down": float, "up": float})
SAME = template({"x": int}, {"o": int})


def reads(pod: Pod) -> str:
    """A task that copies a file of the store."""
    uri = pod.put("in/data", BYTES)
    pod.write(COPIES, {"file": FlyteFile(uri)})
    return uri


def is_whole(pod: Pod) -> bool:
    return pod.ran("Copies")["size"] == len(BYTES) and pod.cloud.get(f"{pod.raw}/again") == BYTES


@pytest.mark.parametrize("times", [1, 2])
def test_a_body_that_is_cut_off_is_taken_up_again(faulty, proxy, times):
    reads(faulty)
    proxy.fault("cut", "GET .*/in/data", times=times)
    assert is_whole(faulty)
    assert proxy.seen("GET .*/in/data") == 1 + times


@pytest.mark.parametrize("name", ["task.pb", "inputs.pb"])
def test_a_message_that_is_cut_off_is_taken_up_again(faulty, proxy, name):
    faulty.write(SAME, {"x": 1})
    proxy.fault("cut", f"GET .*/{name}", times=2)
    assert faulty.ran("Same") == {"o": 1}


def test_a_file_that_is_always_cut_off(faulty, proxy):
    uri = reads(faulty)
    proxy.fault("cut", "GET .*/in/data")
    code, kind, origin, message = faulty.failed("Copies")
    assert ((code, kind, origin), message) == (LOST, f"cannot read '{uri}': the connection broke")


def test_a_file_that_another_replaces_while_it_is_read(faulty, proxy, s3):
    """What was read of the old one is no beginning of the new one."""
    uri = reads(faulty)
    proxy.fault("cut", "GET .*/in/data", times=1)
    proxy.before = lambda line: s3.put(uri, BYTES[::-1]) if proxy.seen("GET .*/in/data") == 2 else None
    assert faulty.ran("Copies")["size"] == len(BYTES)
    assert faulty.cloud.get(f"{faulty.raw}/again") == BYTES[::-1]


def test_a_file_that_goes_after_its_directory_was_listed(faulty, proxy):
    faulty.put("in/a", b"a")
    folder = FlyteDirectory(f"{faulty.home}/in")
    faulty.write(template({"folder": FlyteDirectory}, {"o": dict[str, str]}), {"folder": folder})
    proxy.fault(404, "GET .*/in/a")
    code, kind, origin, message = faulty.failed("Lists")
    assert ((code, kind, origin), message) == (LOST, f"cannot read '{folder.uri}': it is not there (NoSuchKey)")


@pytest.mark.parametrize("pattern", ["GET .*/task.pb", "GET .*/in/", "PUT ", "HEAD ", "list-type", "."])
def test_errors_that_pass_are_tried_again(faulty, proxy, pattern):
    faulty.put("in/a", b"a")
    folder = FlyteDirectory(f"{faulty.home}/in")
    faulty.write(template({"folder": FlyteDirectory}, {"o": dict[str, str]}), {"folder": folder})
    proxy.fault(500, pattern, times=1)
    proxy.fault(503, pattern, times=1)
    assert faulty.ran("Lists") == {"o": {"a": "a"}}


@pytest.mark.parametrize("what", ["refuse", "silent"])
@pytest.mark.parametrize("pattern", ["GET .*/in/data", "PUT "])
def test_connections_that_break_are_tried_again(faulty, proxy, what, pattern):
    reads(faulty)
    proxy.fault(what, pattern, times=1)
    assert is_whole(faulty)


@pytest.mark.parametrize(("what", "times"), [("dribble", 1), ("stall", 1)])
def test_slow_answers_are_waited_for_and_stalled_ones_begun_again(faulty, proxy, what, times):
    reads(faulty)
    proxy.fault(what, "GET .*/in/data", times=times)
    assert is_whole(faulty)


REASONS = {
    500: "the store answers 500 Internal Server Error (InternalError)",
    503: "the store answers 503 Service Unavailable (SlowDown)",
    403: "permission denied (AccessDenied)",
    401: "not authenticated (ExpiredToken)",
    "silent": "no answer in time",
    "refuse": "the connection broke",
}


@pytest.mark.parametrize("what", REASONS)
@pytest.mark.parametrize("name", ["task.pb", "in/data"])
def test_errors_that_stay_are_the_platforms(faulty, proxy, what, name):
    reads(faulty)
    proxy.fault(what, f"GET .*/{name}")
    code, kind, origin, message = faulty.failed("Copies")
    assert ((code, kind, origin), message) == (LOST, f"cannot read '{faulty.home}/{name}': {REASONS[what]}")


@pytest.mark.parametrize("what", [500, 403])
def test_files_that_cannot_be_uploaded(faulty, proxy, what):
    """No outputs without their files."""
    reads(faulty)
    proxy.fault(what, "(PUT|POST) .*/raw/")
    code, kind, origin, message = faulty.failed("Copies")
    assert ((code, kind, origin), message) == (LOST, f"cannot write '{faulty.raw}/again': {REASONS[what]}")
    assert faulty.cloud.names(faulty.raw) == []


@pytest.mark.parametrize("what", [500, 403, "silent"])
def test_where_nothing_can_be_written_the_exit_code_says_so(faulty, proxy, what):
    faulty.write(SAME, {"x": 1})
    proxy.fault(what, "PUT .*/out/")
    code, out, err = faulty.run("Same")
    said = [f"cannot write '{faulty.home}/out/{name}': {REASONS[what]}" for name in ("outputs.pb", "error.pb")]
    assert (code, out, err.splitlines(), faulty.files()) == (1, "", said, [])


def test_who_may_neither_look_nor_remove_may_still_write(faulty, proxy):
    faulty.write(SAME, {"x": 1})
    proxy.fault(403, "(HEAD|DELETE) ")
    assert faulty.ran("Same") == {"o": 1}


def test_outputs_that_cannot_be_written_are_an_error_where_that_can(faulty, proxy):
    faulty.write(SAME, {"x": 1})
    proxy.fault(403, "PUT .*/outputs.pb")
    code, kind, origin, message = faulty.failed("Same")
    assert (code, kind, origin) == LOST
    assert message == f"cannot write '{faulty.home}/out/outputs.pb': permission denied (AccessDenied)"


def test_a_write_that_was_done_and_reported_as_failed(faulty, proxy):
    """Never both files: what lies there although the store said no is taken away."""
    faulty.write(SAME, {"x": 1})
    proxy.fault("deny", "PUT .*/outputs.pb")
    code, *_ = faulty.failed("Same")
    assert code == "SYSTEM:StorageError"


def test_where_nobody_listens(s3_pod, tmp_path):
    pod = Pod(s3_pod.cloud.at({"FLYTE_AWS_ENDPOINT": f"http://127.0.0.1:{free_port()}"}), tmp_path, hasty=True)
    code, out, err = pod.run("Same")
    said = [
        f"cannot {what}': no connection" for what in (f"read '{pod.home}/task.pb", f"write '{pod.home}/out/error.pb")
    ]
    assert (code, out, err.splitlines()) == (1, "", said)


def test_a_signed_address_is_shown_without_its_signature(faulty, proxy):
    address = faulty.home.replace("s3://", f"{proxy.url.replace('//', '//user:s3cr3t@')}/")
    for what, reason in ((403, "permission denied (AccessDenied)"), (500, "the store answers 500"), (404, "it is not")):
        proxy.forget()
        proxy.fault(what, "in/data")
        faulty.write(COPIES, {"file": FlyteFile(f"{address}/in/data?X-Amz-Signature=s3cr3t&X-Amz-Credential=s3cr3t")})
        ended = faulty.run("Copies")
        message = faulty.message()
        assert message.startswith(f"cannot read '{address.replace('user:s3cr3t@', '')}/in/data': {reason}")
        assert ended == (0, "", f"{message}\n")
        assert "s3cr3t" not in message


FILES = template({"folder": FlyteDirectory}, {"o": dict[str, str]})


@pytest.mark.parametrize(
    ("executor", "what", "pattern"),
    [
        ("Copies", "stall", "GET .*/task.pb"),
        ("Copies", "stall", "GET .*/in/data"),
        ("Copies", "silent", "GET .*/in/data"),
        ("Copies", "silent", "PUT .*/raw/"),
        ("Lists", "silent", "list-type"),
        ("Lists", "stall", "GET .*/in/a"),
        ("Writes", "silent", "PUT .*/raw/"),
        ("Writes", "silent", "PUT .*/raw/.*/tree/"),
    ],
)
def test_sigterm_while_a_store_is_waited_for(s3, proxy, tmp_path, executor, what, pattern):
    """With the time that shimlite waits by itself, a minute."""
    pod = Pod(s3.at({"FLYTE_AWS_ENDPOINT": proxy.url}), tmp_path)
    reads(pod)
    if executor == "Lists":
        pod.put("in/a", BYTES)
        pod.write(FILES, {"folder": FlyteDirectory(f"{pod.home}/in")})
    if executor == "Writes":
        pod.write(template(outputs=WRITES))
    proxy.fault(what, pattern)
    with pod.start(executor) as process:
        while not proxy.seen(pattern) and process.poll() is None:
            time.sleep(0.02)
        time.sleep(0.3)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        try:
            _, err = process.communicate(timeout=6)
        finally:
            process.kill()
    assert process.returncode == 0
    assert time.monotonic() - began < 5
    assert (pod.error().code, pod.error().kind) == ("SYSTEM:Interrupted", LOST[1])
    assert err.endswith("Terminated: SIGTERM\n\n")


PARTS = {"start": "POST .*uploads=", "part": "PUT .*partNumber=2", "end": "POST .*uploadId="}


@pytest.mark.parametrize("what", [500, "refuse"])
@pytest.mark.parametrize("pattern", PARTS.values(), ids=PARTS)
def test_an_upload_in_parts_that_breaks_is_mended(faulty, proxy, what, pattern):
    large(faulty)
    proxy.fault(what, pattern, times=1)
    assert faulty.ran("Copies")["size"] == 20_000_000
    assert faulty.cloud.get(f"{faulty.raw}/again") == bytes(20_000_000)


@pytest.mark.parametrize("pattern", PARTS.values(), ids=PARTS)
def test_an_upload_in_parts_that_stays_broken_leaves_nothing(faulty, proxy, pattern):
    """Nor parts, which would cost until somebody found them."""
    large(faulty)
    proxy.fault(403, pattern)
    code, kind, origin, message = faulty.failed("Copies")
    assert ((code, kind, origin), message) == (LOST, f"cannot write '{faulty.raw}/again': {REASONS[403]}")
    assert faulty.cloud.names(faulty.raw) == []
    assert proxy.seen("DELETE .*uploadId=") == (0 if "uploads=" in pattern else 1)


def large(pod: Pod) -> None:
    pod.write(COPIES, {"file": FlyteFile(pod.put("in/data", bytes(20_000_000)))})


def test_a_large_file_both_ways(s3_pod):
    """In parts, of which a few are held at a time."""
    content = hashlib.shake_128(b"seed").digest(2**20) * 60
    s3_pod.write(COPIES, {"file": FlyteFile(s3_pod.put("in/data", content))})
    values = s3_pod.ran("Copies")
    assert values["size"] == len(content)
    assert s3_pod.cloud.get(f"{s3_pod.raw}/again") == content
    print(values)
    assert values["down"] - values["before"] < 40
    assert values["up"] - values["before"] < 100
