# SPDX-License-Identifier: Apache-2.0
"""The container's own page reads PostgreSQL through ADBC: its code as it stands there."""

from __future__ import annotations

from typing import Any

from shimlite import Context, ExecutableTemplateShimTask, dict_to_literal_map, task_template

from ..pages import CONTAINER, fences
from .tasks import run, table_of


def test_large_reads_by_adbc(postgresql, monkeypatch):
    uri = postgresql.uri("postgresql")
    run(uri, "drop table if exists orders", None)
    run(uri, "create table orders as select i as id, case i % 2 when 0 then 'nl' else 'x''y' end as country, "
        "i * 0.5::float8 as price, now() as at from generate_series(1, 100000) i", None)  # fmt: skip
    (fence,) = (one for one in fences("python", CONTAINER) if "adbc" in one)
    names: dict[str, Any] = {"__name__": "orders"}
    exec(compile(fence, str(CONTAINER), "exec"), names)
    made = task_template(names["ReadOrders"], name="orders", container_image="x")
    monkeypatch.setenv("_FSEC_SHOP_URI", uri)
    inputs = dict_to_literal_map({"country": "x'y"}, made.interface.inputs)
    context = Context()
    outputs = ExecutableTemplateShimTask(made, names["ReadOrders"]).dispatch_execute(context, inputs)
    types, rows = table_of(outputs, "o0")
    assert types == {"id": "Int32", "country": "Utf8", "price": "Float64", "at": 'Timestamp(µs, "UTC")'}
    assert len(rows) == 50_000
    assert {name: rows[0][name] for name in ("id", "country", "price")} == {"id": 1, "country": "x'y", "price": 0.5}
