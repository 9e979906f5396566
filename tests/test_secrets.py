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


# -------------------------------------------------------------------------------------------------------------- Flyte 2

ON_2 = {"ACTION_NAME": "a0", "FLYTE_SECRETS_ENV_PREFIX": "_UNION_"}


@pytest.mark.parametrize("told", [ON_2, {"FLYTE_SECRETS_ENV_PREFIX": " _UNION_ "}])
@pytest.mark.parametrize("in_pod", [True, False])
def test_flyte_2_drops_the_group(told, in_pod):
    secrets = Secrets({**told, "_UNION_THE_KEY": " 1\n", "_UNION_MY-KEY": "2"}, in_pod=in_pod)
    assert secrets.get("group", "the_key") == secrets.group.the_key == "1"
    assert secrets.get("group", "the_key", "v") == "1"
    assert secrets.get("group", "my-key") == "2"
    assert secrets.get(key="the_key") == "1"
    assert secrets.get_secrets_env_var("group", "the_key") == "_UNION_THE_KEY"
    assert secrets.get_secrets_env_var("group", "other") == "_UNION_GROUP_OTHER"


def test_the_more_exact_variable_comes_first():
    """Of another manager of secrets, which keeps the group."""
    secrets = Secrets({**ON_2, "_UNION_G_K": "1", "_UNION_K": "2", "G_K": "3"}, in_pod=True)
    assert secrets.get("g", "k") == "1"
    assert secrets.get_secrets_env_var("g", "k") == "_UNION_G_K"
    assert secrets.get("h", "k") == "2"


def test_a_variable_of_the_sdks_name_replaces_the_one_with_the_prefix():
    """What the SDK calls it where nobody does: group and key in capitals, "-" as "_"."""
    secrets = Secrets({**ON_2, "MY_GROUP_MY_KEY": " 1\n", "ALONE_KEY": ""}, in_pod=True)
    assert secrets.get("my-group", "my-key") == "1"
    assert secrets.get(key="alone-key") == ""
    assert refusal(secrets, "my", "key") == (
        f"secrets.my.key: neither the variable _UNION_MY_KEY nor the file /etc/secrets/my/key is there; {HINT}"
    )


def test_where_no_secret_is_a_variable_none_is_taken_for_one():
    """Such as HOME; nor is one of Flyte 1's looked for under other names."""
    assert refusal(Secrets({"ACTION_NAME": "a0", "HOME": "/"}, in_pod=True), None, "home") == (
        f"secrets.home: neither the variable _UNION_HOME nor the file /etc/secrets/home is there; {HINT}"
    )
    for prefix in ({}, {"FLYTE_SECRETS_ENV_PREFIX": "MINE_"}):
        name = prefix.get("FLYTE_SECRETS_ENV_PREFIX", "_FSEC_")
        secrets = Secrets({**prefix, f"{name}K": "1", "G_K": "2", "_UNION_K": "3"}, in_pod=True)
        assert refusal(secrets, "g", "k") == (
            f"secrets.g.k: neither the variable {name}G_K nor the file /etc/secrets/g/k is there; {HINT}"
        )


def test_another_prefix_of_an_operators_on_flyte_2():
    environment = {"ACTION_NAME": "a0", "FLYTE_SECRETS_ENV_PREFIX": "MINE_", "MINE_K": "1", "G_L": "2"}
    assert Secrets(environment, in_pod=True).get("g", "k") == "1"
    assert Secrets(environment, in_pod=True).get("g", "l") == "2"


def test_files_of_flyte_2(tmp_path):
    """Each called as its key is written; a manager that keeps groups has folders of them, in small letters."""
    (tmp_path / "My-Key").write_text(" of no group\n")
    (tmp_path / "small").write_bytes(b"\xff\n")
    (tmp_path / "group").mkdir()
    (tmp_path / "group" / "my-key").write_text("of a group")
    secrets = Secrets({"ACTION_NAME": "a0", "FLYTE_SECRETS_DEFAULT_DIR": str(tmp_path)}, in_pod=True)
    assert secrets.get("other", "My-Key") == "of no group"
    assert secrets.get("group", "My-Key") == "of a group"
    assert secrets.get("My-Key", "small", encode_mode="rb") == b"\xff"  # where the group's folder would be is a file
    assert secrets.get("x", "SMALL", encode_mode="rb") == b"\xff"
    assert secrets.get_secrets_file("other", "My-Key") == f"{tmp_path}/My-Key"
    assert secrets.get_secrets_file("other", "none") == f"{tmp_path}/other/none"
    neither = f"neither the variable _UNION_OTHER_NONE nor the file {tmp_path}/other/none is there"
    assert refusal(secrets, "other", "none") == f"secrets.other.none: {neither}; {HINT}"
    assert refusal(secrets, "x", "small") == f"secrets.x.small: {tmp_path}/small: no UTF-8 text; {HINT}"
    assert refusal(secrets, "x", "group") == f"secrets.x.group: {tmp_path}/group: Is a directory; {HINT}"
    with_path = {"FLYTE_SECRETS_ENV_PREFIX": "_UNION_", "OTHER_MY_KEY": "/the/path", "OTHER_SMALL": "text"}
    secrets = Secrets({**with_path, "ACTION_NAME": "a0", "FLYTE_SECRETS_DEFAULT_DIR": str(tmp_path)}, in_pod=True)
    assert secrets.get("other", "My-Key") == "of no group"  # and not the path, which the SDK's variable then has


def test_files_of_flyte_1_have_a_group(tmp_path):
    (tmp_path / "key").write_text("of no group")
    secrets = Secrets({"FLYTE_SECRETS_DEFAULT_DIR": str(tmp_path)}, in_pod=True)
    assert refusal(secrets, "group", "key") == (
        f"secrets.group.key: neither the variable _FSEC_GROUP_KEY nor the file {tmp_path}/group/key is there; {HINT}"
    )
