# SPDX-License-Identifier: Apache-2.0
"""The tables of this folder's page, and the README's five numbers, made of ``results.json`` and nothing else."""

from __future__ import annotations

import json
import pathlib
import re
import statistics
from collections.abc import Iterable, Iterator
from typing import Any

from benchmarks import FOLDER

WAYS = ("encode", "decode")
MAP = " in a map"
"""Marks the ways of a value that is the one input or output of a task, which is how flytekit's tasks convert."""
MB = 10**6


def results_of_last_time() -> Any:
    return json.loads((FOLDER / "results.json").read_text())


def part(page: pathlib.Path, name: str) -> str:
    """A generated part of a page: the text between ``<!-- name -->`` and ``<!-- /name -->``, each on a line."""
    (text,) = re.findall(f"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", page.read_text(), re.DOTALL)
    return str(text)


def put(page: pathlib.Path, name: str, text: str) -> None:
    """Writes a generated part of a page anew."""
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    page.write_text(page.read_text().replace(f"{begin}{part(page, name)}{end}", f"{begin}{text}{end}"))


def numbers(results: dict[str, Any]) -> str:
    """The README's: what a task's process and its installation cost, and what conversions do."""
    starts = medians(results["start_up"])
    ours, theirs = starts["shimlite-execute"], starts["pyflyte-execute"]
    cores, kit = results["install"]["shimlite"], results["install"]["flytekit"]
    times = results["conversions"]["seconds"]["compiled"]
    many, one = times["list[int]"]["decode"], times["int"][f"decode{MAP}"]
    elements = results["conversions"]["elements"]
    rows = [
        ("", "shimlite", "flytekit"),
        ("a task that does nothing: time", *(f"{side['seconds'] * 1000:.0f} ms" for side in (ours, theirs))),
        ("its memory", *(f"{side['megabytes']:.0f} MB" for side in (ours, theirs))),
        ("installed", *(f"{side['packages']} packages, {side['compiled'] / MB:.0f} MB" for side in (cores, kit))),
        (f"`list[int]` of {elements:,} read", *(f"{median_of(many, side) * 1e3:.1f} ms" for side in SIDES)),
        ("a task's only input read, an `int`", *(f"{median_of(one, side) * 1e6:.1f} µs" for side in SIDES)),
    ]
    return table(*rows)


SIDES = ("shimlite", "flytekit")


def median_of(times: dict[str, list[float]], side: str) -> float:
    return statistics.median(times[side])


def render(results: dict[str, Any]) -> str:
    parts = [about(results["about"]), tasks(results), flyte2(results), queries(results)]
    parts += [many(results["conversions"]), single(results["conversions"])]
    parts += [growth(results["growth"]), memory(results["memory"]), install(results["install"])]
    parts += [next_step(results["wire"]), NOT_MEASURED]
    return "\n".join(filter(None, parts))


def table(*rows: Iterable[str]) -> str:
    first, *others = (f"| {' | '.join(row)} |\n" for row in rows)
    return first + "|---" * (first.count("|") - 1) + "|\n" + "".join(others)


def about(said: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in said["versions"].items())
    return (
        f"{said['date']}, {said['cores']} {said['machine']} cores ({said['processor']}), {said['system']}, "
        f"{said['python']};\n{versions}.\nTimes are medians, of what ran in turn. MB are millions of bytes.\n"
    )


def tasks(results: dict[str, Any]) -> str:
    found = medians(results["start_up"])
    *_, slowest = found.values()
    rows = [("a task that does nothing, as a process", "ms", "MB", "against `pyflyte-execute`")]
    for name, one in found.items():
        speed, memory = (slowest[what] / one[what] for what in ("seconds", "megabytes"))
        against = f"{speed:.1f} times faster, {memory:.1f} times less memory" if one is not slowest else ""
        rows.append((name, f"{one['seconds'] * 1000:.0f}", f"{one['megabytes']:.0f}", against))
    return f"{table(*rows)}\n{at_once(results['many_tasks'])}\n![The same as bars](start_up.svg)\n"


def flyte2(results: dict[str, Any]) -> str:
    found = medians(results.get("flyte2", {}))  # which results of before Flyte 2 lack
    rows = [("a task of Flyte 2 that adds one, as a process", "ms", "MB")]
    rows += [(f"`{name}`", f"{one['seconds'] * 1000:.0f}", f"{one['megabytes']:.0f}") for name, one in found.items()]
    return table(*rows) if found else ""


def queries(results: dict[str, Any]) -> str:
    rows = [("a query's rows as Parquet, as a process", "rows", "s", "MB", "against `pyflyte-execute`")]
    for database, count, found in _measured_queries(results):
        theirs = found["pyflyte-execute"]
        for name, one in found.items():
            speed, memory = (theirs[what] / one[what] for what in ("seconds", "megabytes"))
            against = f"{speed:.1f} times faster, {memory:.1f} times less memory" if one is not theirs else ""
            size = f"{int(count):,}"
            rows.append((f"{database}, {name}", size, f"{one['seconds']:.2f}", f"{one['megabytes']:.0f}", against))
    return f"{QUERIES}\n{table(*rows)}" if len(rows) > 1 else ""


QUERIES = """\
The templates are flytekit's `SQLite3Task` and `SQLAlchemyTask`; PostgreSQL runs on the same machine and is read with
psycopg, or by ADBC as in the README's recipe. Four columns: an int, a float, a text, a time.
"""


def _measured_queries(results: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, dict[str, float]]]]:
    for database, counts in results.get("tables", {}).get("runs", {}).items():  # which results of before tables lack
        for count, found in counts.items():
            yield database, count, medians(found)


def medians(start_up: dict[str, Any]) -> dict[str, dict[str, float]]:
    return {
        name: {what: statistics.median(values) for what, values in found.items()} for name, found in start_up.items()
    }


def at_once(found: dict[str, Any] | None) -> str:
    if found is None:
        return "Many tasks at once were not measured: moto was not installed.\n"
    return (
        f"{found['tasks']} tasks at once, all on this machine, each of which reads a file from an S3 server and "
        f"uploads one:\n{found['right']} right, {found['most_in_flight']} in flight at the same time, "
        f"{found['seconds']:.0f} s in all, {found['median']:.0f} MB each, at most {found['peak']:.0f}.\n"
    )


def ratio(times: dict[str, list[float]], over: str, under: str) -> float:
    """How many times longer one took: the median of the passes' ratios, in each of which the two ran in turn."""
    return statistics.median(one / other for one, other in zip(times[over], times[under]))


def many(conversions: dict[str, Any]) -> str:
    compiled, pure = conversions["seconds"]["compiled"], conversions["seconds"]["python"]
    rows = [
        (f"{conversions['elements']:,} elements", "", "ms", "over the loop's", "flytekit takes"),
    ]
    rows[0] += ("pure Python: ms", "over the loop's", "flytekit takes")
    for case, way in ((case, way) for case in compiled if "by hand" in compiled[case]["encode"] for way in WAYS):
        cells = [f"`{case}`", way]
        for times in (compiled[case][way], pure[case][way]):
            cells.append(f"{statistics.median(times['shimlite']) * 1000:.1f}")
            cells.append(f"× {ratio(times, 'shimlite', 'by hand'):.2f}")
            cells.append(f"× {ratio(times, 'flytekit', 'shimlite'):.0f}")
        rows.append(tuple(cells))
    return (
        "The loop is what one would write by hand for protobuf's messages, checking nothing:\n"
        "`[one.scalar.primitive.integer for one in literal.collection.literals]`. flytekit's time has the step\n"
        f"between its models and those messages in it, which its process takes too.\n\n{table(*rows)}"
    )


def single(conversions: dict[str, Any]) -> str:
    compiled, pure = conversions["seconds"]["compiled"], conversions["seconds"]["python"]
    rows = [("one value", "", "µs", "flytekit takes", "as a task's: µs", "flytekit takes")]
    rows[0] += ("pure Python: µs", "flytekit takes", "as a task's: µs", "flytekit takes")
    for case, way in ((case, way) for case in compiled if "by hand" not in compiled[case]["encode"] for way in WAYS):
        cells = [f"`{case}`", way]
        for times in (found[case][way + how] for found in (compiled, pure) for how in ("", MAP)):
            cells.append(f"{statistics.median(times['shimlite']) * 1e6:.1f}")
            cells.append(f"× {ratio(times, 'flytekit', 'shimlite'):.1f}")
        rows.append(tuple(cells))
    return (
        "A task's are in a literal map, of one here: `literal_map_to_kwargs`, `dict_to_literal_map`. flytekit "
        f"does\nthat in a thread of its own.\n\n{table(*rows)}\n"
        "![How many times faster than flytekit](conversions.svg)\n"
    )


def growth(found: dict[str, Any]) -> str:
    rows = [("ns an element", "", *(f"{size:,}" for size in found["sizes"]), "apart", "the loop's apart")]
    for case, ways in found["nanoseconds"].items():
        for way, sides in ways.items():
            times = (f"{one:.0f}" for one in sides["shimlite"])
            rows.append((f"`{case}`", way, *times, f"{apart(sides['shimlite']):.0%}", f"{apart(sides['by hand']):.0%}"))
    return f"{GROWTH}\n{table(*rows)}\n![Time an element by size](growth.svg)\n"


GROWTH = """\
What no longer fits the processor's caches is slower, whoever reads it: how much of the growth is that, the loop shows.
"""


def apart(times: list[float]) -> float:
    return max(times) / min(times) - 1


def memory(found: dict[str, Any]) -> str:
    rows = [
        ("memory of a decode at most, over the literal's own", "MB", "of its result", "counted by tracemalloc"),
    ]
    is_whole = "literal" in found["compiled"]["bytes"]["list[int]"]  # which results of before lists in bulk lack
    rows[0] += ("beside its result, of the literal's bytes", "an encode, of the loop's") * is_whole
    for kind, name in (("compiled", "compiled"), ("python", "pure Python")):
        for case, counts in found[kind]["bytes"].items():
            kernel, traced = counts["kernel"], counts["traced"]
            shares = [share(one["shimlite"], one["result"]) for one in (kernel, traced)]
            shares += [beside_result(counts), share(kernel["encode"], kernel["encode by hand"])] if is_whole else []
            what = f"`{case}` of {found[kind]['elements']:,}, {name}"
            rows.append((what, f"{kernel['shimlite'] / MB:.1f}", *(f"× {share:.2f}" for share in shares)))
    return table(*rows)


def share(over: float, under: float) -> float:
    """The kernel counts whole pages of memory, so what is small may take none."""
    return over / max(under, 4096)


def beside_result(counts: dict[str, Any]) -> float:
    """What the kernel counted of a decode beside its result, in the bytes of its literal."""
    return max(0.0, (counts["kernel"]["shimlite"] - counts["kernel"]["result"]) / float(counts["literal"]))


def install(found: dict[str, Any]) -> str:
    rows = [("`pip install --target`", "packages", "MB", "with the compiled `.pyc`")]
    for name, one in found.items():
        sizes = (f"{one[what] / MB:.1f}" for what in ("bytes", "compiled"))
        rows.append((f"`{name}`", str(one["packages"]), *sizes))
    return table(*rows)


def next_step(found: dict[str, Any]) -> str:
    rows = [("`list[int]`, µs an element", "", "shimlite", "without messages")]
    for kind, name in (("compiled", "compiled protobuf"), ("python", "pure Python")):
        for way in WAYS:
            rows.append((name, f"{way}, with the bytes", *(f"{one:.2f}" for one in found[kind][way].values())))
    return f"{NEXT_STEP}\n{table(*rows)}"


NEXT_STEP = """\
The next step: where protobuf is pure Python, nearly all of the time is its own, as the hand-written loop shows. Codecs
that read and write the bytes without its messages would save that, as a loop for one type does here. It takes a second
pair of closures for each type that keep protobuf's rules (fields in any order and twice, unknown ones, limits of depth
and size), with protobuf as the model that they are tested against. Compiled protobuf leaves little to gain there.
"""


NOT_MEASURED = """\
Not measured: first starts, which compile or read from a cold disk; the first conversion of a type, which compiles its
converter; threads; large files, and stores of other machines; other systems, processors and Pythons than these.
"""


NUMBERS = ("list[int]", "list[int], any int64", "list[float]", "list[bool]")
"""What compiled protobuf reads and writes in bulk."""
MOST_OF_THE_LOOP = {
    "list[int], encode": 0.35,
    "list[int], decode": 0.55,
    "list[int], any int64, encode": 0.6,
    "list[int], any int64, decode": 0.8,
    "list[float], encode": 0.4,
    "list[float], decode": 0.3,
    "list[bool], encode": 0.4,
    "list[bool], decode": 0.4,
}


def most_of_the_loop(name: str) -> float:
    return MOST_OF_THE_LOOP.get(name, 1.2)


def figures(results: dict[str, Any]) -> str:
    """What was to be reached, and what was."""
    starts = list(medians(results["start_up"]).values())
    compiled = results["conversions"]["seconds"]["compiled"]
    core = results["install"]["shimlite"]
    loops = {
        f"{case}, {way}": ratio(times, "shimlite", "by hand")
        for case, ways in compiled.items()
        for way, times in ways.items()
        if "by hand" in times
    }
    speeds = {
        f"{case}, {way}": ratio(times, "flytekit", "shimlite")
        for case, ways in compiled.items()
        for way, times in ways.items()
        if "by hand" not in times
    }
    flat = {
        f"{case}, {way}": apart(sides["shimlite"])
        for case, ways in results["growth"]["nanoseconds"].items()
        for way, sides in ways.items()
    }
    shares = {
        f"{case}, {kind}, {counted}": share(one["shimlite"], one["result"])
        for kind, found in results["memory"].items()
        for case, counts in found["bytes"].items()
        for counted, one in counts.items()
        if counted != "literal" and (kind != "compiled" or case not in NUMBERS)
    }
    beside = {case: beside_result(found) for case, found in results["memory"]["compiled"]["bytes"].items()}
    lines = [
        f"install: {core['packages']} packages (8), {core['compiled'] / MB:.1f} MB (10)",
        f"a task over importing its dependencies: {starts[2]['seconds'] / starts[1]['seconds']:.2f} (at most 1.3)",
        f"pyflyte-execute over it: {starts[3]['seconds'] / starts[2]['seconds']:.1f} in time (at least 7), "
        f"{starts[3]['megabytes'] / starts[2]['megabytes']:.2f} in memory (at least 3.8)",
        *(f"over the loop, {name}: {one:.2f} (at most {most_of_the_loop(name)})" for name, one in loops.items()),
        *(f"flytekit over it, {name}: {one:.1f} (at least 10)" for name, one in speeds.items()),
        *(f"growth, {name}: {one:.0%} (within 20 %)" for name, one in flat.items()),
        *(f"memory over the result's, {name}: {one:.2f} (at most 1.1)" for name, one in shares.items()),
        *(
            f"{database}, {int(count):,} rows: {ours['megabytes']:.0f} MB (at most 170), "
            f"pyflyte-execute over it: {theirs['seconds'] / ours['seconds']:.1f} in time (at least 1)"
            for database, count, (ours, theirs, *_) in (
                (database, count, tuple(found.values())) for database, count, found in _measured_queries(results)
            )
        ),
        *(f"memory beside its result, {case}: {beside[case]:.2f} of its bytes (at most 2)" for case in NUMBERS),
    ]
    return "\n".join(lines)
