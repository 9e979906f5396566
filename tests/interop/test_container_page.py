# SPDX-License-Identifier: Apache-2.0
"""The executor of tables on the container's page, as it stands, on polars itself."""

import json

import polars

from shimlite.cli import main

from ..pages import CONTAINER, fences

TASK = 'import shimlite\ntotals = shimlite.task_template(Totals, name="totals", container_image="totals:1")\n'


def test_the_executor_of_tables_runs_on_a_file(tmp_path, monkeypatch, capfd):
    (fence,) = [one for one in fences("python", CONTAINER) if "import polars" in one]
    (tmp_path / "readme_totals.py").write_text(fence + TASK)
    orders = polars.DataFrame({"customer": ["ann", "bob", "ann"], "price": [1.5, 2.0, 3.5]})
    orders.write_parquet(tmp_path / "orders.parquet")
    monkeypatch.chdir(tmp_path)
    main(["run", "readme_totals.py:totals", "--input", "orders=orders.parquet", "--output", "out"])
    printed = capfd.readouterr()
    assert printed.err == ""
    totals = polars.read_parquet(f"{json.loads(printed.out)['o0']['uri']}/*").sort("customer")
    assert totals.rows() == [("ann", 5.0), ("bob", 2.0)]
