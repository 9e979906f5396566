# SPDX-License-Identifier: Apache-2.0
"""The plots of this folder's page and of the README, made of ``results.json``: the same results give the same files."""

from __future__ import annotations

import pathlib
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from benchmarks.report import MAP, WAYS, medians, ratio

STYLE = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "font.size": 9,
    "svg.fonttype": "none",
    "svg.hashsalt": "shimlite",
}
OURS, LIGHT, THEIRS, GREY = "#1f77b4", "#9ecae1", "#d62728", "#999999"


def draw(results: dict[str, Any], folder: pathlib.Path) -> None:
    with matplotlib.rc_context(STYLE):
        for make in (start_up, conversions, growth):
            make(results).savefig(folder / f"{make.__name__}.svg", metadata={"Date": None})


def start_up(results: dict[str, Any]) -> Figure:
    found = medians(results["start_up"])
    figure = Figure(figsize=(9, 1.8))
    axes = figure.subplots(1, 2, sharey=True)
    for place, (what, unit, scale) in zip(axes, (("seconds", "ms", 1000), ("megabytes", "MB", 1))):
        values = [one[what] * scale for one in found.values()]
        bars = place.barh(list(found), values, color=[GREY, GREY, OURS, THEIRS])
        place.bar_label(bars, fmt="%.0f", padding=3)
        place.set_xlabel(unit)
        place.margins(x=0.12)
    axes[0].invert_yaxis()
    return figure


def conversions(results: dict[str, Any]) -> Figure:
    compiled = results["conversions"]["seconds"]["compiled"]
    figure = Figure(figsize=(9, 6.8))
    place = figure.subplots()
    cases = [(case, way) for case in compiled for way in WAYS]
    left, right = 1.0, 1.0
    for how, label, colour, shift in (("", "one by one", OURS, -0.2), (MAP, "as a task's", LIGHT, 0.2)):
        speeds = {
            number + shift: ratio(compiled[case][way + how], "flytekit", "shimlite")
            for number, (case, way) in enumerate(cases)
            if way + how in compiled[case]
        }
        bars = place.barh(list(speeds), list(speeds.values()), height=0.4, color=colour, label=label)
        place.bar_label(bars, fmt="%.1f", padding=3, fontsize=7)
        left, right = min(left, *speeds.values()), max(right, *speeds.values())
    place.set_yticks(range(len(cases)), [f"{case}, {way}" for case, way in cases])
    place.invert_yaxis()
    place.set_xscale("log")
    place.set_xlim(left * 0.9, right * 1.5)
    place.xaxis.set_major_formatter("{x:g}")
    place.set_xlabel("times faster than flytekit (compiled protobuf)")
    place.margins(y=0.01)
    place.legend(loc="upper right")
    return figure


def growth(results: dict[str, Any]) -> Figure:
    sizes = results["growth"]["sizes"]
    figure = Figure(figsize=(9, 3))
    axes = figure.subplots(1, 2, sharey=True)
    top = 0.0
    for place, way in zip(axes, WAYS):
        for number, (case, ways) in enumerate(results["growth"]["nanoseconds"].items()):
            for side, line in (("shimlite", "-"), ("by hand", ":")):
                label = case if side == "shimlite" else None
                place.plot(sizes, ways[way][side], line, color=f"C{number}", marker="o", markersize=3, label=label)
                top = max(top, *ways[way][side])
        place.set_xscale("log")
        place.set_xlabel(f"elements, {way} (dotted: the loop by hand)")
    axes[0].set_ylabel("ns an element")
    axes[0].set_ylim(0, top * 1.1)
    axes[0].legend(loc="lower right")
    return figure
