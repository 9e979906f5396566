# SPDX-License-Identifier: Apache-2.0
"""What real drivers say of a connection or a query that fails: whether another attempt may help, and no values."""

from __future__ import annotations

import pytest

from shimlite import DatabaseError, DatabaseUnreachableError, FlyteSchema, TemplateError

from .servers import PASSWORD, free_port
from .tasks import run


def message(error, *given, **custom):
    with pytest.raises(error, match=".") as caught:
        run(*given, **custom)
    text = str(caught.value)
    assert type(caught.value) is error
    assert PASSWORD not in text
    assert "hunter2" not in text
    assert "\n" not in text
    return text


def test_wrong_credentials_are_not_recoverable(server, drivername):
    wrong = {
        "the password": {"password": "hunter2"},
        "the user": {"user": "bob", "password": "hunter2"},
        "the database": {"database": "nodb"},
    }
    for what, given in wrong.items():
        text = message(DatabaseError, server.uri(drivername, **given), "select 1")
        assert text.startswith("no connection to the database: OperationalError: "), what
        assert ("nodb" if "database" in given else given.get("user", "ann")) in text, what


def test_no_password_at_all(server, drivername):
    uri = f"{drivername}://ann@127.0.0.1:{server.port}/{server.database}"
    assert message(DatabaseError, uri, "select 1").startswith("no connection to the database: OperationalError: ")


def test_a_server_that_is_not_there_is_recoverable(server, drivername):
    uri = server.uri(drivername)
    for elsewhere in (uri.replace(f":{server.port}/", f":{free_port()}/"), uri.replace("127.0.0.1", "no-host.invalid")):
        text = message(DatabaseUnreachableError, elsewhere, "select 1")
        assert text.startswith("no connection to the database: OperationalError: ")


def test_another_server_than_the_driver_is_for(postgresql, mariadb):
    message(DatabaseUnreachableError, mariadb.uri("postgresql+psycopg"), "select 1")
    message(DatabaseUnreachableError, mariadb.uri("postgresql+psycopg2"), "select 1")


def test_a_user_name_in_the_wrong_argument(uri, drivername):
    driver = drivername.partition("+")[2]
    text = message(TemplateError, uri, "select 1", connect_args={"username": "hunter2"})
    reason = f"the driver {driver} takes no argument 'username'; did you mean 'user'? It takes "
    assert text.startswith(f"template.custom.connect_args: {reason}")


@pytest.mark.parametrize("arguments", [{"connect_timeout": "hunter2"}, {"port": "hunter2"}])
def test_an_argument_of_the_wrong_kind_is_not_recoverable(uri, arguments):
    with pytest.raises(DatabaseError, match=r"^no connection to the database: "):
        run(uri, "select 1", connect_args=arguments)


def test_a_query_that_the_server_refuses(uri):
    run(uri, "drop table if exists unique_ids", None)
    run(uri, "create table unique_ids (id int primary key, word varchar(3))", None)
    run(uri, "insert into unique_ids values (1, 'x')", None)
    of_mariadb = uri.startswith("mariadb")
    nope = message(DatabaseError, uri, "select * from nope")
    assert nope.endswith("Table 'shop.nope' doesn't exist" if of_mariadb else 'relation "nope" does not exist')
    assert message(DatabaseError, uri, "select nope").count("nope") == 1
    inputs = {"a": "'hunter2' 'x"}
    for text in (
        "selec {{ .inputs.a }}",
        "insert into unique_ids (id) values ({{ .inputs.a }}')",
        "insert into unique_ids values (2, {{ .inputs.a }}')",
        "select {{ .inputs.a }} from",
    ):
        assert message(DatabaseError, uri, text, None, inputs=inputs).startswith("the query failed: ")
    duplicate = message(
        DatabaseError, uri, "insert into unique_ids values ({{ .inputs.id }}, 'y')", None, inputs={"id": 1}
    )
    assert "Duplicate entry '…' for key …" in duplicate if of_mariadb else "duplicate key value violates" in duplicate


def test_a_query_that_fails_half_way_says_what_the_server_says(of_postgresql):
    text = "select 1 / (i - 9000) as a from generate_series(1, 10000) i"
    assert message(DatabaseError, of_postgresql, text).endswith("division by zero")


def test_a_connection_that_the_server_ends_is_recoverable(uri):
    ends = "kill connection_id()" if uri.startswith("mariadb") else "select pg_terminate_backend(pg_backend_pid())"
    assert message(DatabaseUnreachableError, uri, ends).startswith("the query was cut off: ")


def test_a_lock_that_others_hold_is_recoverable(of_mariadb):
    import pymysql

    run(of_mariadb, "create or replace table locked (id int) engine=innodb", None)
    run(of_mariadb, "insert into locked values (1)", None)
    port = int(of_mariadb.rpartition(":")[2].partition("/")[0])
    with pymysql.connect(host="127.0.0.1", port=port, user="ann", password=PASSWORD, database="shop") as other:
        other.cursor().execute("select * from locked for update")
        text = message(DatabaseUnreachableError, of_mariadb, "update locked set id = 2", None,
                       connect_args={"init_command": "set innodb_lock_wait_timeout = 1"})  # fmt: skip
    assert text == ("the query was cut off: OperationalError: Lock wait timeout exceeded; try restarting transaction")


def test_a_result_that_is_refused_half_way_is_left(uri, capfd):
    """The rest is neither read nor spoken of, and the server takes the next query."""
    numbers = "seq as i from seq_1_to_3000000" if uri.startswith("mariadb") else "i from generate_series(1, 3000000) i"
    late = f"select case when i = 20000 then 'x' end as a, i as b from (select {numbers}) n"
    with pytest.raises(ValueError, match=r"^column 'b', row 1: expected str, got int$"):
        run(uri, late, FlyteSchema[{"b": str}])
    assert run(uri, "select 1 as a").rows == [{"a": 1}]
    assert capfd.readouterr() == ("", "")
