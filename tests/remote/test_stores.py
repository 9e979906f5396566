# SPDX-License-Identifier: Apache-2.0
"""Whole runs whose template, inputs and outputs are in a store: S3, Azure and Google's, each behind its own server.

What a pod is told is what Propeller tells it: URIs, and Flyte's variables. What is in the store is put there and looked
at by plain HTTP.
"""

from __future__ import annotations

import os
import pathlib

import attrs
import pytest

from shimlite import FlyteDirectory, FlyteFile, to_literal
from shimlite._idl import Literal, LiteralMap
from shimlite.engine import from_plain

from ..build import template
from .executors import WRITES, Record
from .pods import LOST, NO_PLACE

READS = template({"file": FlyteFile}, {"text": str, "name": str, "once": bool})
ODD = "a b%20c#?*[é]"
HOSTILE = [ODD, "x+y&z=1;:@,~!$'()", "%2F", "%2e%2e", 'q"^`{}|<>', " lead", "trail ", "-rf", "日本語", "a" * 200]


def test_plain_values(pod):
    pod.write(template({"n": int, "s": str}, {"n": int, "s": str}), {"n": 21, "s": "é"})
    assert pod.ran("Plain") == {"n": 42, "s": "É"}
    assert pod.cloud.names(pod.home) == ["inputs.pb", "out/outputs.pb", "task.pb"]


def test_a_file(pod):
    uri = pod.put("in/data.txt", "text é".encode())
    pod.write(READS, {"file": FlyteFile(uri)})
    assert pod.ran("Reads") == {"text": "text é", "name": "data.txt", "once": True}


def test_a_file_is_downloaded_once(faulty, proxy):
    uri = faulty.put("in/data.txt", b"text")
    faulty.write(READS, {"file": FlyteFile(uri)})
    faulty.ran("Reads")
    assert proxy.seen(r"GET .*/in/data\.txt$") == 1


def test_a_directory(pod):
    expected = {name: f"of {name}" for name in ("a", "b", "sub/c", "sub/deep/d")}
    for name, text in expected.items():
        pod.put(f"in/{name}", text.encode())
    pod.put("in-other", b"not in it")
    pod.write(template({"folder": FlyteDirectory}, {"o": dict[str, str]}), {"folder": FlyteDirectory(f"{pod.home}/in")})
    assert pod.ran("Lists") == {"o": expected}
    pod.write(pod.made, {"folder": FlyteDirectory(f"{pod.home}/in/")})
    assert pod.ran("Lists") == {"o": expected}


def test_odd_names_in_a_directory(pod):
    hostile = HOSTILE if pod.cloud.query else [*HOSTILE, "back\\slash"]  # for Azure that is a slash
    expected = {name: f"of {name}" for one in hostile for name in (one, f"sub {one}/{one}")}
    for name, text in expected.items():
        pod.put(f"in/{name}", text.encode())
    pod.write(template({"folder": FlyteDirectory}, {"o": dict[str, str]}), {"folder": FlyteDirectory(f"{pod.home}/in")})
    assert pod.ran("Lists") == {"o": expected}


def test_the_empty_files_that_consoles_mark_directories_with(s3_pod):
    for name in ("in/", "in/sub/", "in/none/", "in/a", "in/sub/b"):
        s3_pod.put(name)
    made = template({"folder": FlyteDirectory}, {"o": dict[str, str]})
    for end in ("", "/"):
        s3_pod.write(made, {"folder": FlyteDirectory(f"{s3_pod.home}/in{end}")})
        assert s3_pod.ran("Lists") == {"o": {"a": "", "sub/b": ""}}


@pytest.mark.parametrize("name", ["..", "../x", "a//b", "a/../../b", "a/b"])
def test_names_that_no_directory_can_hold(s3_pod, name):
    """A file that would lie elsewhere, or that is both a file and a directory."""
    s3_pod.put("in/a")
    s3_pod.put(f"in/{name}")
    folder = FlyteDirectory(f"{s3_pod.home}/in")
    s3_pod.write(template({"folder": FlyteDirectory}, {"o": dict[str, str]}), {"folder": folder})
    code, kind, origin, message = s3_pod.failed("Lists")
    assert (code, kind, origin) == (LOST if name == "a/b" else NO_PLACE)
    where, _, reason = message.rpartition(": ")
    assert where == f"cannot read '{folder.uri}'"
    assert reason in (
        ["Is a directory", "Not a directory", "File exists"]
        if name == "a/b"
        else ["a name has an empty or dotted part"]
    )


@pytest.mark.parametrize("end", ["", "/"])
def test_a_whole_bucket(s3_pod, end):
    bucket = attrs.evolve(s3_pod.cloud, root="s3://whole", url=s3_pod.cloud.url.replace("remotetests", "whole"))
    bucket.make()
    bucket.put("s3://whole/a/b", b"c")
    folder = FlyteDirectory(f"s3://whole{end}")
    s3_pod.write(template({"folder": FlyteDirectory}, {"o": dict[str, str]}), {"folder": folder})
    assert s3_pod.ran("Lists") == {"o": {"a/b": "c"}}


def test_odd_names_everywhere(pod):
    pod.home = f"{pod.home}/{ODD}/日本"
    pod.raw = f"{pod.home}/raw"
    uri = pod.put(ODD, b"text")
    pod.write(template({"x": FlyteFile}, {"x": FlyteFile}), {"x": FlyteFile(uri)})
    assert pod.ran("Same") == {"x": FlyteFile(uri)}
    pod.write(template({"uri": str}, {"o": str}), {"uri": f"{pod.home}/put {ODD}"})
    assert pod.ran("Puts") == {"o": f"{pod.home}/put {ODD}"}
    assert pod.cloud.get(f"{pod.home}/put {ODD}") == b"put"
    pod.write(template({"uri": str}, {"o": dict[str, str]}), {"uri": f"{pod.home}/put {ODD}"})
    assert pod.ran("Fetches") == {"o": {"": "put"}}


def test_files_among_the_outputs(pod):
    pod.write(template(outputs=WRITES))
    values = pod.ran("Writes")
    record = from_plain(values["record"], Record)  # a dict, as the template tells it
    uris = [values["file"], *values["files"], values["by_name"]["a"], values["maybe"], record.file]
    folders = [values["folder"], record.folder]
    assert values["nothing"] is None
    assert values["maybe"].format == "csv"
    assert [pod.cloud.get(one.uri) for one in uris] == [b"one", b"two", b"same", b"same", b"odd", b"csv", b"three"]
    assert values["files"][1] == values["files"][2]
    assert len({one.uri for one in uris + folders}) == 8
    names = [one.uri.removeprefix(f"{pod.raw}/").partition("/")[2] for one in uris + folders]
    assert names == ["data.txt"] * 2 + ["same"] * 2 + ["a b_20c____é_", "file.csv", "data.txt", "tree", "other"]
    for one in folders:
        tree = one.uri.rpartition("/")[2]
        assert {name: pod.cloud.get(f"{one.uri}/{name}").decode() for name in pod.cloud.names(one.uri)} == {
            "a": f"{tree}/a", "b/c": f"{tree}/b/c", "b/d e%20#?*[é]": f"{tree}/b/d e%20#?*[é]", "empty": "",
        }  # fmt: skip


def test_what_one_task_writes_the_next_one_reads(pod):
    pod.write(template(outputs=WRITES))
    first = pod.ran("Writes")
    pod.home += "-next"
    pod.write(template({"folder": FlyteDirectory}, {"o": dict[str, str]}), {"folder": first["folder"]})
    assert pod.ran("Lists") == {
        "o": {"a": "tree/a", "b/c": "tree/b/c", "b/d e%20#?*[é]": "tree/b/d e%20#?*[é]", "empty": ""}
    }


def test_a_remote_file_goes_through_untouched(faulty, proxy):
    file = FlyteFile(faulty.put("in/data.txt", b"text"), format="txt", metadata={"k": "v"})
    faulty.write(template({"x": FlyteFile}, {"x": FlyteFile}), {"x": file})
    assert faulty.ran("Same") == {"x": file}
    assert proxy.seen("in/data.txt") == 0
    assert faulty.cloud.names(faulty.raw) == []


def test_offloaded_inputs(pod):
    whole = to_literal([[1, 2], [3]], list[list[int]])
    inner = Literal()
    inner.offloaded_metadata.uri = pod.put("off/inner", whole.collection.literals[1].SerializeToString())
    whole.collection.literals[1].CopyFrom(inner)
    outer = Literal()
    outer.offloaded_metadata.uri = pod.put("off/outer", whole.SerializeToString())
    pod.write(template({"x": list[list[int]]}, {"o": list[list[int]]}), LiteralMap(literals={"x": outer}))
    assert pod.ran("Same") == {"o": [[1, 2], [3]]}
    pod.cloud.delete(f"{pod.home}/off/inner")
    pod.cloud.delete(f"{pod.home}/out/outputs.pb")
    message = f"cannot read '{pod.home}/off/inner': it is not there"
    code, kind, origin, said = pod.failed("Same")
    assert ((code, kind, origin), said.partition(" (")[0]) == (LOST, f"inputs.x[1]: {message}")


def test_offloaded_outputs(pod):
    pod.write(template({"x": list[int]}, {"o": list[int]}), {"x": [1, 2, 3]})
    assert pod.run("Same", env={"_F_L_MIN_SIZE_MB": "0"}) == (0, "", "")
    assert pod.files() == ["o_offloaded_metadata.pb", "outputs.pb"]
    left = LiteralMap.FromString(pod.cloud.get(f"{pod.home}/out/outputs.pb")).literals["o"]
    assert left.offloaded_metadata.uri == f"{pod.home}/out/o_offloaded_metadata.pb"
    content = pod.cloud.get(left.offloaded_metadata.uri)
    assert Literal.FromString(content) == to_literal([1, 2, 3], list[int])
    assert left.offloaded_metadata.size_bytes == len(content)
    assert left.offloaded_metadata.inferred_type == pod.made.interface.outputs.variables["o"].type


def test_outputs_beyond_the_platforms_limit(pod):
    pod.write(template({"x": str}, {"o": str}), {"x": "x" * 2**20})
    options = {"_F_L_MIN_SIZE_MB": "0", "_F_L_MAX_SIZE_MB": "1"}
    assert pod.failed("Same", env=options)[3] == "outputs.o: 1048588 bytes, and the platform takes less than 1048576"


def test_checkpoints(pod):
    pod.write(template(outputs={"before": str, "was": bool}))
    folders = [f"{pod.home}/attempt {attempt}/_flytecheckpoints" for attempt in range(3)]
    none = '""'
    seen = []
    for previous, folder in zip([none, *folders], folders):
        seen.append(pod.ran("Checkpoints", "--checkpoint-path", folder, "--prev-checkpoint", previous))
        pod.cloud.delete(f"{pod.home}/out/outputs.pb")
    assert seen == [
        {"before": "", "was": False},
        {"before": "+", "was": True},
        {"before": "++", "was": True},
    ]
    assert pod.cloud.get(f"{folders[2]}/_dst_cp") == b"+++"


def test_a_checkpoint_that_the_attempt_before_did_not_leave(pod):
    pod.write(template(outputs={"before": str, "was": bool}))
    options = ["--checkpoint-path", f"{pod.home}/new", "--prev-checkpoint", f"{pod.home}/old"]
    assert pod.ran("Checkpoints", *options) == {"before": "", "was": True}


@pytest.mark.parametrize("name", ["task.pb", "inputs.pb"])
def test_a_missing_file_is_the_platforms(pod, name):
    pod.write(template({"x": int}, {"o": int}), {"x": 1})
    pod.cloud.delete(f"{pod.home}/{name}")
    code, kind, origin, message = pod.failed("Same")
    assert (code, kind, origin) == LOST
    assert message.partition(" (")[0] == f"cannot read '{pod.home}/{name}': it is not there"


def test_a_missing_input_is_the_platforms(pod):
    for kind, executor, name in ((FlyteFile, "Reads", "file"), (FlyteDirectory, "Lists", "folder")):
        pod.write(template({name: kind}, {"o": dict[str, str]}), {name: kind(f"{pod.home}/none")})
        code, *_, message = pod.failed(executor)
        assert (code, message) == (LOST[0], f"cannot read '{pod.home}/none': it is not there")


def test_a_missing_bucket(pod):
    pod.write(template({"x": int}, {"o": int}), {"x": 1})
    nowhere = f"{pod.cloud.root}-nowhere/out"
    code, out, err = pod.run("Same", "--output-prefix", nowhere)
    lines = [line.partition(" (")[0] for line in err.splitlines()]
    assert (code, out) == (1, "")
    assert lines == [f"cannot write '{nowhere}/{name}': it is not there" for name in ("outputs.pb", "error.pb")]


@pytest.mark.parametrize("name", ["a//b", "/a", "a/../b", "./a", "a/.."])
def test_empty_and_dotted_names_are_refused(pod, name):
    pod.write(template({"uri": str}, {"o": str}), {"uri": f"{pod.home}/{name}"})
    for executor in ("Puts", "Fetches"):
        code, kind, origin, message = pod.failed(executor)
        assert ((code, kind, origin), message) == (
            NO_PLACE, f"cannot reach '{pod.home}/{name}'; stores are asked for no empty or dotted part of a name",
        )  # fmt: skip


def test_a_bucket_is_no_file(pod):
    """No attempt would find a template, or an offloaded literal, at its address."""
    inputs = LiteralMap(literals={"x": Literal(offloaded_metadata={"uri": pod.cloud.root})})
    pod.write(template({"x": int}, {"o": int}), inputs)
    code, kind, origin, message = pod.failed("Same")
    assert ((code, kind, origin), message) == (
        NO_PLACE, f"inputs.x: cannot read '{pod.cloud.root}': it names no file",
    )  # fmt: skip


def test_a_bucket_by_its_other_name(abfs, s3, tmp_path):
    """As Azure writes it, and Hadoop."""
    from .pods import Pod

    for cloud, root in ((abfs, "abfs://remotetests@devstoreaccount1.dfs.core.windows.net"), (s3, "s3a://remotetests")):
        pod = Pod(cloud.at({"FLYTE_AZURE_STORAGE_ACCOUNT_NAME": "another"}, root=root), tmp_path)
        pod.write(template({"x": int}, {"o": int}), {"x": 1})
        assert pod.ran("Same") == {"o": 1}


def test_a_plain_address(s3_pod, gs):
    uri = s3_pod.put("in/data.txt", b"text")
    address = uri.replace("s3://", f"{gs.environment['STORAGE_EMULATOR_HOST']}/")
    s3_pod.write(READS, {"file": FlyteFile(f"{address}?response-content-type=text/plain")})
    assert s3_pod.ran("Reads") == {"text": "text", "name": "data.txt", "once": True}


@pytest.mark.parametrize(
    ("uri", "environment"),
    [
        ("abfs://box/k", {"FLYTE_AZURE_STORAGE_ACCOUNT_NAME": "", "FLYTE_AZURE_STORAGE_ACCOUNT_KEY": ""}),
        ("abfs://box/k", {"FLYTE_AZURE_STORAGE_ACCOUNT_KEY": "%s3cr3t"}),
        ("gs://box/k", {"GOOGLE_APPLICATION_CREDENTIALS": "/none/at/all"}),
        ("https://exa%mple/k", {}),
    ],
)
def test_a_store_that_is_wrongly_set_up(s3_pod, uri, environment):
    s3_pod.write(template({"uri": str}, {"o": dict[str, str]}), {"uri": uri})
    code, kind, origin, message = s3_pod.failed("Fetches", env=environment)
    assert (code, kind, origin) == (NO_PLACE if uri.startswith("https") else LOST)
    assert message.startswith(f"cannot read '{uri}': ")
    assert len(message.splitlines()) == 1


def test_nothing_is_left_on_the_machine(s3_pod, tmp_path):
    s3_pod.write(template(outputs=WRITES))
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    s3_pod.ran("Writes", env={"TMPDIR": str(temporary)})
    assert os.listdir(temporary) == []
    assert pathlib.Path(tmp_path, "s3:").exists() is False
