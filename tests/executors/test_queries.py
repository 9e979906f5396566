# SPDX-License-Identifier: Apache-2.0
"""Where in a query an input can be bound, as SQLite reads its text."""

from __future__ import annotations

import pytest

from shimlite.executors.grammars import SQLITE
from shimlite.executors.queries import bound

A, B = "{{ .inputs.a }}", "{{.inputs.b}}"


@pytest.mark.parametrize(
    ("template", "query", "values"),
    [
        (f"{A}", "?", [1]),
        (f"select {A},{B}, ({A})", "select ?,?, (?)", [1, 2, 1]),
        (f"select -{A}+{A}||'x'", "select -?+?||'x'", [1, 1]),
        (f"select 'it''s', \"?\", [:a], `@a`, '--', {A}", "select 'it''s', \"?\", [:a], `@a`, '--', ?", [1]),
        (f"select 1 -- it's ?\n, {A}", "select 1 -- it's ?\n, ?", [1]),
        (f"select/* '? */{A}/**/", "select/* '? */?/**/", [1]),
        (f"select a$b ->> '$.x', {A}/2", "select a$b ->> '$.x', ?/2", [1]),
        ("select {{ .INPUTS.a }}, {{ $inputs.a }}, {{ inputs.a }}", "select ?, ?, ?", [1, 1, 1]),
    ],
)
def test_inputs_are_bound_by_position(template, query, values):
    inputs = {name: value for name, value in {"a": 1, "b": 2}.items() if value in values}
    assert bound(template, inputs, "?", SQLITE) == (query, values)


def test_a_placeholder_may_say_its_place():
    assert bound(f"{A}, {B}, {A}", {"a": 1, "b": 2}, ":p{}", SQLITE) == (":p1, :p2, :p3", [1, 2, 1])


@pytest.mark.parametrize(
    "template",
    [
        f"select '{A}'",
        f"select 'it''s {A}'",
        f"select '{A}",
        f"select * from t where name like '%{A}%'",
        f'select "{A}"',
        f"select [{A}]",
        f"select `x{A}`",
        f"select 1 -- {A}",
        f"select 1 -- '\n, '{A}'",
        f"select 1 /* {A} */",
        f"select 1 /* {A}",
        f"select '/*', '{A}'",
        f"select \"'\", '{A}'",
    ],
)
def test_a_place_inside_quotes_or_a_comment_is_refused(template):
    with pytest.raises(ValueError, match=".") as caught:
        bound(template, {"a": 1}, "?", SQLITE)
    assert str(caught.value) == "the input 'a' stands inside quotes or a comment, where it cannot be bound"


@pytest.mark.parametrize(
    "template",
    [
        f"select x{A}y",
        f"select * from tbl_{A}",
        f"select {A}_x",
        f"select {A}1",
        f"select 1{A}",
        f"select é{A}",
        f"select t.{A}",
        f"select {A}.x",
        f"select 'x'{A}",
        f"select {A}'x'",
        f'select {A}"x"',
        f"select [x]{A}",
        f"select {A}`x`",
        f"select {A}{A}",
        f"select ${A}",
        f"select {A}$x",
    ],
)
def test_a_place_that_is_joined_to_other_text_is_refused(template):
    with pytest.raises(ValueError, match=".") as caught:
        bound(template, {"a": 1}, "?", SQLITE)
    assert str(caught.value) == "the input 'a' is joined to other text, where it cannot be bound"


@pytest.mark.parametrize("parameter", ["?", "?1", ":a", "@a", "$a", "$a::b", ":é", ":\U0001f600"])
def test_a_parameter_of_the_templates_own_is_refused(parameter):
    with pytest.raises(ValueError, match=".") as caught:
        bound(f"select {A}, {parameter} ", {"a": 1}, "?", SQLITE)
    assert str(caught.value) == f"the query has a parameter of its own, {parameter!r}, which nothing is bound to"


def test_the_first_place_that_cannot_be_bound_is_named():
    with pytest.raises(ValueError, match=r"^the input 'b' stands inside"):
        bound(f"select {A}, '{B}', '{A}'", {"a": 1, "b": 2}, "?", SQLITE)
