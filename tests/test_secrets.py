# SPDX-License-Identifier: Apache-2.0
"""Secrets in the environment and in files, where flytekit finds them too (CONTRACT.md A.3)."""

from __future__ import annotations

import copy
import os

import pytest

from shimlite import SecretError
from shimlite.secrets import Secrets


def refusal(secrets: Secrets, *names: str | None) -> str:
    with pytest.raises(SecretError) as caught:
        secrets.get(*names)
    return str(caught.value)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "group" / "v1").mkdir(parents=True)
    (tmp_path / "group" / "key").write_bytes(" of a file é\n".encode())
    (tmp_path / "group" / "v1" / "key").write_text("of a version")
    (tmp_path / "key").write_text("of no group")
    (tmp_path / "group" / "pre-key").write_text("of a prefix")
    (tmp_path / "group" / "bytes").write_bytes(b"\xff\n")
    return tmp_path


def test_the_environment_comes_first(folder):
    environment = {"_FSEC_GROUP_KEY": " of a variable\n", "FLYTE_SECRETS_DEFAULT_DIR": str(folder)}
    assert Secrets(environment, in_pod=True).get("Group", "kEy") == "of a variable"
    assert Secrets(environment, in_pod=True).group.key == "of a variable"


def test_an_empty_variable_is_a_secret():
    assert Secrets({"_FSEC_G_K": ""}).get("g", "k") == ""


def test_versions_and_missing_groups():
    environment = {"_FSEC_G_V_K": "1", "_FSEC_K": "2", "_FSEC_G": "3"}
    secrets = Secrets(environment)
    assert secrets.get("g", "k", "v") == "1"
    assert secrets.get(key="k") == "2"
    assert secrets.get("g") == "3"


def test_files(folder):
    secrets = Secrets({"FLYTE_SECRETS_DEFAULT_DIR": f" {folder} "}, in_pod=True)
    assert secrets.get("Group", "KEY") == "of a file é"
    assert secrets.get("group", "key", encode_mode="rb") == "of a file é".encode()
    assert secrets.get("group", "key", "V1") == "of a version"
    assert secrets.get(key="key") == "of no group"
    assert refusal(secrets, "group", "bytes") == (
        f"secrets.group.bytes: {folder}/group/bytes: no UTF-8 text; does the task ask for it?"
    )
    assert secrets.get("group", "bytes", encode_mode="rb") == b"\xff"
    assert refusal(secrets, "group", "v1") == f"secrets.group.v1: {folder}/group/v1: Is a directory; {HINT}"


HINT = "does the task ask for it?"


def test_other_places(folder):
    environment = {
        "FLYTE_SECRETS_DEFAULT_DIR": str(folder),
        "FLYTE_SECRETS_FILE_PREFIX": "pre-",
        "FLYTE_SECRETS_ENV_PREFIX": "MINE_",
        "MINE_G_K": "1",
    }
    secrets = Secrets(environment, in_pod=True)
    assert secrets.get("group", "key") == "of a prefix"
    assert secrets.get("g", "k") == "1"
    assert secrets.get_secrets_env_var("g", "k", "v") == "MINE_G_V_K"
    assert secrets.get_secrets_file("G", "K", "V") == os.path.join(folder, "g", "v", "pre-k")


def test_empty_settings_do_not_count():
    empty = {f"FLYTE_SECRETS_{name}": "" for name in ("DEFAULT_DIR", "FILE_PREFIX", "ENV_PREFIX")}
    assert Secrets(empty).get_secrets_env_var("g", "k") == "_FSEC_G_K"
    assert Secrets(empty).get_secrets_file("g", "k") == "/etc/secrets/g/k"


def test_outside_a_pod_the_prefix_may_be_left_out():
    assert Secrets({"G_K": "1"}).get("g", "k") == "1"
    assert refusal(Secrets({"G_K": "1"}, in_pod=True), "g", "k") == (
        f"secrets.g.k: neither the variable _FSEC_G_K nor the file /etc/secrets/g/k is there; {HINT}"
    )


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..", ".", "a\0b", 5])
def test_a_name_that_leads_elsewhere_is_refused(name):
    for names in ((name, "key"), ("group", name), ("group", "key", name)):
        assert refusal(Secrets({}), *names) == "secrets: a group, version or key cannot be a path"


def test_no_name_at_all():
    assert refusal(Secrets({})) == "secrets: neither a group nor a key is given"


def test_nothing_is_shown():
    secrets = Secrets({"_FSEC_G_K": "s3cr3t"})
    assert repr(secrets) == "Secrets()"
    assert copy.copy(secrets).get("g", "k") == "s3cr3t"
    with pytest.raises(AttributeError):
        secrets.__nothing__  # noqa: B018
    with pytest.raises(AttributeError):
        secrets.group.__nothing__  # noqa: B018


def test_by_default_the_process_environment(monkeypatch):
    monkeypatch.setenv("_FSEC_G_K", "1")
    assert Secrets(in_pod=True).get("g", "k") == "1"
