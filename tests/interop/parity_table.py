# SPDX-License-Identifier: Apache-2.0
"""The table of test_parity.py: what flytekit's program leaves, and where shimlite's differs, why.

Its lists are the contract's sections: the command line, the environment, inputs and outputs, failures.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import signal
import typing
from typing import Any

import attrs
from flytekit.utils.pbhash import compute_hash_string

from shimlite import FlyteDirectory, FlyteFile, StructuredDataset, to_literal_type
from shimlite._idl import Literal
from shimlite._types.parse import spell

from ..build import template
from .parity import (
    EXECUTOR,
    FILES,
    NON_RECOVERABLE,
    OPTIONS,
    RECOVERABLE,
    RESOLVER,
    SYSTEM,
    USER,
    Difference,
    Outcome,
    Row,
    died,
    differs,
    failed,
    instead,
    literal,
    options,
    row,
    storage,
    system,
    users,
    wrote,
)

# The older spelling is another object than int | None, and people still write it.
Maybe = typing.Optional

OK = wrote(o0=42)
TEXT: dict[str, Any] = {"takes": {}, "given": {}, "returns": {"o0": str}}
NOTHING_GIVEN: dict[str, Any] = {"takes": {}, "given": {}}

# --------------------------------------------------------------------------------------------------------- the reasons

FINAL_REASON = "A bug in an executor is its author's to mend; as the platform's it would run up to four times."
FINAL = differs(FINAL_REASON, code="USER:RuntimeError", kind=NON_RECOVERABLE, origin=USER)
NAMES = "Code and message name what is wrong and where, and show no value."
ABSOLUTE = "An executor may change its directory, so paths are absolute from the start."
FAULT = "Who is at fault reads what is wrong and where, without a value and without the platform's retries."
USAGE = "Where the output prefix is known, its file tells the user what the log of the pod would hide."


def blamed(code: str, message: str, reason: str = FAULT) -> Difference:
    """Where flytekit writes SYSTEM, RECOVERABLE."""
    return differs(reason, code=f"USER:{code}", kind=NON_RECOVERABLE, origin=USER, message=message)


def said(code: str, message: str, reason: str = NAMES) -> Difference:
    """Where flytekit too says that the user is to blame."""
    return differs(reason, code=f"USER:{code}", message=message)


def refused(message: str, reason: str) -> Difference:
    return instead(reason, users("OutputsError", f"outputs.{message}"))


# ---------------------------------------------------------------------------------------------------- the command line

RAW = "A prefix for files matters only to outputs that are files."
RESOLVERS = "A template task needs no resolver: its two arguments are the template and the executor."
TWO_ARGUMENTS = "arguments: give two arguments: the template's URI and the executor's import path"
PREVIOUS = "from program import current_context\nreturn str(current_context().checkpoint.prev_exists())"

COMMAND_LINE = [
    row(
        "every option, some of them twice: the last counts",
        OK,
        argv=(
            *("--inputs", "nowhere", "--output-prefix", "elsewhere", "--checkpoint-path", "checkpoints"),
            *("--prev-checkpoint", "earlier", "--dynamic-addl-distro", "x", "--dynamic-dest-dir", "y"),
            *options(),
        ),
    ),
    row("no raw output prefix", died(1), instead(RAW, OK), argv=(*FILES, "--resolver", RESOLVER, "--", *EXECUTOR)),
    row(
        "an unrendered raw output prefix",
        died(1),
        instead(RAW, OK),
        argv=options("--raw-output-data-prefix", "{{.rawOutputDataPrefix}}"),
    ),
    row(
        "an unrendered checkpoint path",
        system("NotImplementedError: Checkpointing is not available, please check the version of the platform."),
        instead("Without a folder for checkpoints there is no earlier one, and only saving fails.", wrote(o0="False")),
        argv=options("--checkpoint-path", "{{.checkpointOutputPrefix}}"),
        work=PREVIOUS,
        **TEXT,
    ),
    *(
        row(
            f"--prev-checkpoint {given}",
            wrote(o0="False"),
            argv=options("--checkpoint-path", "checkpoints", "--prev-checkpoint", given),
            work=PREVIOUS,
            **TEXT,
        )
        for given in ("", '""', "{{.prevCheckpointPrefix}}")
    ),
    row("--test", died(0), argv=options("--test")),
    row(
        "--test with a resolver that is not there",
        died(1),
        differs("A dry run looks at the command line alone.", exit=0),
        argv=options("--test", "--resolver", "nowhere.resolver"),
    ),
    row(
        "no --inputs",
        died(2),
        instead(USAGE, users("ArgumentsError", "arguments: the following arguments are required: --inputs")),
        argv=(*OPTIONS[2:], "--", *EXECUTOR),
    ),
    row("no --output-prefix", died(2), argv=(*OPTIONS[:2], *OPTIONS[4:], "--", *EXECUTOR)),
    row(
        "an unknown option",
        died(2),
        instead(USAGE, users("ArgumentsError", "arguments: unrecognized arguments: --unknown")),
        argv=options("--unknown", "x"),
    ),
    row(
        "an option without its value",
        died(2),
        instead(USAGE, users("ArgumentsError", "arguments: argument --checkpoint-path: expected one argument")),
        argv=(*OPTIONS, "--checkpoint-path"),
    ),
    row(
        "an abbreviated option",
        died(2),
        instead(USAGE, users("ArgumentsError", "arguments: the following arguments are required: --inputs")),
        argv=("--input", "inputs.pb", *OPTIONS[2:], "--", *EXECUTOR),
    ),
    row(
        "--option=value, after the positionals",
        OK,
        argv=(*EXECUTOR, *(f"{name}={value}" for name, value in zip(OPTIONS[::2], OPTIONS[1::2]))),
    ),
    row(
        "an unrendered output prefix",
        died(0),
        differs("Files in a folder called {{.outputPrefix}} are read by nobody.", exit=2),
        argv=options("--output-prefix", "{{.outputPrefix}}"),
    ),
    row("options among the positionals", OK, argv=("task.pb", *OPTIONS, EXECUTOR[1])),
    row("three resolver arguments", OK, argv=options(executor=(*EXECUTOR, "third"))),
    row(
        "an argument after -- that looks like an option",
        OK,
        argv=options(executor=(*EXECUTOR, "--test")),
    ),
    row("no resolver", died(1), instead(RESOLVERS, OK), argv=(*OPTIONS[:-2], "--", *EXECUTOR)),
    row(
        "a resolver that is not there",
        died(1),
        instead(USAGE, users("TemplateError", f"resolver: this resolver is not supported; only {RESOLVER} is")),
        argv=options("--resolver", "nowhere.resolver"),
    ),
    row(
        "no resolver arguments",
        died(1),
        instead(USAGE, users("ArgumentsError", TWO_ARGUMENTS)),
        argv=options(executor=()),
    ),
    row(
        "one resolver argument",
        users("RuntimeError", "IndexError: tuple index out of range"),
        said("ArgumentsError", "arguments: give two arguments: the template's URI and the executor's import path"),
        argv=options(executor=EXECUTOR[:1]),
    ),
]

# ----------------------------------------------------------------------------------------------------- the environment

BROKEN = "raise ValueError('it broke')"
BROKE = system("ValueError: it broke")
IDS = """
    from program import current_context
    c = current_context()
    e, t = c.execution_id, c.task_id
    return " ".join([e.project, e.domain, e.name, t.project, t.domain, t.name, t.version])
"""


def secrets(*calls: str) -> dict[str, Any]:
    work = "from program import current_context\nsecrets = current_context().secrets\n"
    return {"work": f"{work}return '|'.join([{', '.join(calls)}])", **TEXT}


OFFLOADING = "What flytekit does in its other tasks fails in a template task."


def offloads(value: Any) -> Outcome:
    held = literal(value)
    reference = Literal(hash=compute_hash_string(held))
    reference.offloaded_metadata.uri = "./out/o0_offloaded_metadata.pb"
    reference.offloaded_metadata.size_bytes = held.ByteSize()
    reference.offloaded_metadata.inferred_type.CopyFrom(to_literal_type(type(value)))
    return attrs.evolve(
        wrote(o0=reference),
        files=("o0_offloaded_metadata.pb", "outputs.pb"),
        offloaded={"o0_offloaded_metadata.pb": held},
    )


LARGE = {"work": "return 'x' * 1_100_000", **TEXT}
NO_INTERFACE = system("AttributeError: 'ExecutableTemplateShimTask' object has no attribute 'interface'")

OLD_DICT = Literal(metadata={"format": "json"})
OLD_DICT.scalar.generic.update({"a": 1})

ENVIRONMENT = [
    row(
        "who runs: long names before short ones, even where they are empty",
        wrote(o0="p d x tp td  tv"),
        work=IDS,
        **TEXT,
        env={"_F_PRJ": "q", "_F_NM": "other", "FLYTE_INTERNAL_TASK_NAME": "", "_F_TK_NM": "other"},
    ),
    row(
        "the context's folder and prefix",
        wrote(o0="True raw"),
        differs(ABSOLUTE, outputs={"o0": literal("True ./raw")}),
        work="""
            import os
            from program import current_context
            c = current_context()
            return f"{os.path.isdir(c.working_directory)} {c.raw_output_prefix}"
        """,
        **TEXT,
    ),
    row(
        "an error strategy and a worker by their long names",
        system("ValueError: it broke", files=("error-*.pb",), worker="worker-2"),
        FINAL,
        work=BROKEN,
        env={
            "FLYTE_INTERNAL_DIST_ERROR_STRATEGY": "earliest",
            "FLYTE_INTERNAL_WORKER_NAME": "worker-2",
            "_F_DES": "",
            "_F_WN": "other",
        },
    ),
    row(
        "a worker without a strategy, or with an empty one",
        BROKE,
        FINAL,
        work=BROKEN,
        env={"_F_WN": "worker-1", "FLYTE_INTERNAL_DIST_ERROR_STRATEGY": "", "_F_DES": "earliest"},
    ),
    *(
        row(
            f"FLYTE_FAIL_ON_ERROR={value}",
            attrs.evolve(BROKE, exit=code),
            FINAL,
            work=BROKEN,
            env={"FLYTE_FAIL_ON_ERROR": value},
        )
        for value, code in (("T", 1), ("1", 1), ("yes", 0))
    ),
    row(
        "FLYTE_FAIL_ON_ERROR=true, an error strategy and a worker",
        system("ValueError: it broke", exit=1, files=("error-*.pb",), worker="worker-1"),
        FINAL,
        work=BROKEN,
        env={"FLYTE_FAIL_ON_ERROR": "true", "_F_DES": "earliest", "_F_WN": "worker-1"},
    ),
    row(
        "who runs, asked in a thread",
        wrote(o0="local"),
        differs(
            "A pod has one run, and the threads that its executor starts belong to it.", outputs={"o0": literal("x")}
        ),
        work="""
            import threading
            from program import current_context
            seen = []
            thread = threading.Thread(target=lambda: seen.append(current_context().execution_id.name))
            thread.start()
            thread.join()
            return seen[0]
        """,
        **TEXT,
    ),
    row("_F_L_MIN_SIZE_MB=1, a small output", OK, env={"_F_L_MIN_SIZE_MB": "1"}),
    row(
        "_F_L_MIN_SIZE_MB=1, a large output",
        NO_INTERFACE,
        instead(OFFLOADING, offloads("x" * 1_100_000)),
        **LARGE,
        env={"_F_L_MIN_SIZE_MB": "1"},
    ),
    row(
        "an output beyond _F_L_MAX_SIZE_MB",
        system(
            "ValueError: Literal o0 is too large to be offloaded."
            " Max literal size is 1048576 whereas the literal size is 1100012 bytes"
        ),
        blamed("OutputsError", "outputs.o0: 1100012 bytes, and the platform takes less than 1048576"),
        **LARGE,
        env={"_F_L_MIN_SIZE_MB": "1", "_F_L_MAX_SIZE_MB": "1"},
    ),
    row(
        "what does not touch a run that succeeds",
        OK,
        env={"_F_DES": "earliest", "FLYTE_FAIL_ON_ERROR": "true", "_F_L_MAX_SIZE_MB": "0"},
    ),
    row(
        "_F_L_MIN_SIZE_MB that is no number",
        system("ValueError: invalid literal for int() with base 10: 'x'"),
        blamed("OutputsError", "the platform's _F_L_MIN_SIZE_MB is no whole number of megabytes"),
        env={"_F_L_MIN_SIZE_MB": "x"},
    ),
    row(
        "FLYTE_USE_OLD_DC_FORMAT",
        wrote(o0=OLD_DICT),
        differs(
            "Propeller never sets the variable, and the older format makes floats of ints.",
            outputs={"o0": literal({"a": 1}, dict)},
        ),
        work="return {'a': 1}",
        **NOTHING_GIVEN,
        returns={"o0": dict},
        env={"FLYTE_USE_OLD_DC_FORMAT": "true"},
    ),
    row(
        "secrets in the environment",
        wrote(o0="one|two|three|four|one"),
        **secrets(
            *("secrets.get('g', 'k')", "secrets.get(key='alone')", "secrets.get('g', 'k', 'v1')"),
            *("secrets.get('g')", "secrets.g.k"),
        ),
        env={"_FSEC_G_K": " one\n", "_FSEC_ALONE": "two", "_FSEC_G_V1_K": "three", "_FSEC_G": "four"},
    ),
    row(
        "an empty FLYTE_SECRETS_ENV_PREFIX",
        wrote(o0="this"),
        **secrets("secrets.get('g', 'k')"),
        env={"FLYTE_SECRETS_ENV_PREFIX": "", "_FSEC_G_K": "this", "G_K": "not this"},
    ),
    row(
        "secrets in files, the prefixes being others",
        wrote(o0="one|two|three|four"),
        **secrets(
            *("secrets.get('G', 'K')", "secrets.get('G', 'K', 'V1')", "secrets.get(key='Alone')"),
            "secrets.get('G', 'both')",
        ),
        files={
            "secrets/g/pre-k": b" one\n",
            "secrets/g/v1/pre-k": b"two",
            "secrets/pre-alone": b"three",
            "secrets/g/pre-both": b"not this",
        },
        env={
            "FLYTE_SECRETS_DEFAULT_DIR": "secrets",
            "FLYTE_SECRETS_FILE_PREFIX": "pre-",
            "FLYTE_SECRETS_ENV_PREFIX": "MINE_",
            "MINE_G_BOTH": "four",
            "_FSEC_G_K": "not this",
        },
    ),
    row(
        "a secret that is nowhere",
        system(
            "ValueError: Please make sure to add secret_requests=[Secret(group=g, key=k)] in @task."
            " Unable to find secret for key k in group g in Env Var:_FSEC_G_K and FilePath: secrets/g/k"
        ),
        blamed(
            "SecretError",
            "secrets.g.k: neither the variable _FSEC_G_K nor the file secrets/g/k is there; does the task ask for it?",
        ),
        **secrets("secrets.get('g', 'k')"),
        env={"FLYTE_SECRETS_DEFAULT_DIR": "secrets"},
    ),
]

# -------------------------------------------------------------------------------------------------- inputs and outputs


@dataclasses.dataclass
class Point:
    x: int
    y: int


class Color(enum.Enum):
    RED = "red"


AT = dt.datetime(2024, 2, 29, 1, 2, 3, 4, tzinfo=dt.timezone.utc)
EVERY: dict[str, tuple[Any, Any]] = {
    "at": (dt.datetime, AT),
    "bool": (bool, True),
    "color": (Color, Color.RED),
    "dict": (dict, {"a": [1, 2.5, None]}),
    "float": (float, 2.5),
    "int": (int, 1),
    "int of a float": (int, literal(2.0)),
    "lists": (list[list[int]], [[1], []]),
    "map": (dict[str, int], {"a": 1}),
    "maybe": (Maybe[int], 3),
    "none": (type(None), None),
    "nothing": (Maybe[int], None),
    "point": (Point, Point(1, 2)),
    "str": (str, "ä"),
    "took": (dt.timedelta, dt.timedelta(1)),
}
EVERY_VALUE = {
    **{name: value for name, (_, value) in EVERY.items()},
    "int of a float": 2,
    "color": "red",
    "point": (1, 2),
}


def offloaded(value: Any, uri: str, python_type: Any = int) -> Literal:
    made = Literal()
    made.offloaded_metadata.uri = uri
    made.offloaded_metadata.size_bytes = literal(value, python_type).ByteSize()
    made.offloaded_metadata.inferred_type.CopyFrom(to_literal_type(python_type))
    return made


def collection(*items: Literal) -> Literal:
    made = Literal()
    made.collection.literals.extend(items)
    return made


def mapping(**items: Literal) -> Literal:
    made = Literal()
    for name, item in items.items():
        made.map.literals[name].CopyFrom(item)
    return made


def in_union(item: Literal) -> Literal:
    made = literal(0, Maybe[int])
    made.scalar.union.value.CopyFrom(item)
    return made


def blob(uri: str, file_format: str) -> Literal:
    made = Literal()
    made.scalar.blob.uri, made.scalar.blob.metadata.type.format = uri, file_format
    return made


def packed(value: bytes) -> Literal:
    made = Literal()
    made.scalar.binary.value, made.scalar.binary.tag = value, "msgpack"
    return made


def uploaded(outcome: Outcome, **files: str) -> Outcome:
    return attrs.evolve(outcome, uploads=files)


def returned(value: str, declared: Any, gives: Outcome, *differences: Difference, module: str = "") -> Row:
    return row(
        f"returns {value} for {spell(declared)}",
        gives,
        *differences,
        work=f"import datetime\nreturn {value}",
        module=module,
        **NOTHING_GIVEN,
        returns={"o0": declared},
    )


ENCODED = "An output is encoded as the template declares it."
REFUSED = "An output that is not of its declared type would break the next task."
ONCE_TOO_LATE = "What no message can hold is found before the file is written, and the executor is told."
INPUTS = "An executor should not run on inputs that are not those of its interface."
OFFLOADED = {"offloaded.pb": literal(21).SerializeToString()}
NOT_CONVERTED = system("AssertionError: failed to convert return value for var o0")
SEVERAL: dict[str, Any] = {**NOTHING_GIVEN, "returns": {"o0": str, "o1": str, "o2": str}}
POINT = """
    import dataclasses

    @dataclasses.dataclass
    class Point:
        x: int
        y: int

    class Executor:
        def execute_from_model(self, tt, **inputs):
            return Point(1, 2)
"""
TEMPLATE = template({}, {"o0": str})
TEMPLATE.id.project, TEMPLATE.id.version = "p", "v"
TEMPLATE.metadata.retries.retries = 3
TEMPLATE.container.image = "image"
TEMPLATE.container.env.add(key="k", value="v")
TEMPLATE.config["c"] = "d"
TEMPLATE.custom.update({"text": "t", "list": [True, None], "dict": {"a": {"b": "c"}}})
NUMBERS = template({}, {"o0": str})
NUMBERS.custom.update({"limit": 10, "share": 0.5})

NOT_JSON = template({"n": int}, {"o0": int})
NOT_JSON.custom.update({"share": float("nan")})

INPUTS_AND_OUTPUTS = [
    row(
        "inputs of every type",
        wrote(o0=repr(sorted(EVERY_VALUE.items()))),
        work="""
            import datetime
            inputs["color"] = inputs["color"].value
            point = inputs["point"]  # a dict in any pod; flytekit makes a class where a schema is at hand
            point = point if isinstance(point, dict) else vars(point)
            inputs["point"] = (point["x"], point["y"])
            inputs["at"] = inputs["at"].astimezone(datetime.timezone.utc)
            return repr(sorted(inputs.items()))
        """,
        takes={name: kind for name, (kind, _) in EVERY.items()},
        given={name: value for name, (_, value) in EVERY.items()},
        returns={"o0": str},
    ),
    row(
        "0-byte inputs.pb, and what the executor sees of the template",
        wrote(
            o0="['tests.task', 'p', 'v', 'test', {'text': 't', 'list': [True, None], 'dict': {'a': {'b': 'c'}}},"
            " ['o0'], {}, 3, 'image', {'k': 'v'}, {'c': 'd'}, None, None]"
        ),
        work="""
            custom = {name: tt.custom[name] for name in ("text", "list", "dict")}
            return repr([
                tt.id.name, tt.id.project, tt.id.version, tt.type, custom, list(tt.interface.outputs),
                tt.interface.inputs, tt.metadata.retries.retries, tt.container.image, tt.container.env, tt.config,
                tt.security_context, tt.k8s_pod,
            ])
        """,
        **TEXT,
        files={"task.pb": TEMPLATE.SerializeToString()},
    ),
    row(
        "numbers in tt.custom",
        wrote(o0="10.0 0.5"),
        differs("A limit of 10.0 rows is no SQL.", outputs={"o0": literal("10 0.5")}),
        work="return f\"{tt.custom['limit']} {tt.custom['share']}\"",
        **TEXT,
        files={"task.pb": NUMBERS.SerializeToString()},
    ),
    row(
        "an executor that is a function",
        OK,
        module="""
            class Made:
                def execute_from_model(self, tt, **inputs):
                    return inputs["n"] * 2

            def Executor():
                return Made()
        """,
    ),
    row(
        "an executor that is async",
        NOT_CONVERTED,
        instead("An executor may be async.", OK),
        module="""
            class Executor:
                async def execute_from_model(self, tt, **inputs):
                    return inputs["n"] * 2
        """,
    ),
    row(
        "an input that is not there",
        wrote(o0=1),
        instead(INPUTS, users("InputsError", "inputs.m: missing")),
        work="return len(inputs)",
        takes={"n": int, "m": int},
    ),
    row(
        "an input too many",
        system("ValueError: Received more input values 2 than allowed by the input spec 1"),
        blamed("InputsError", "inputs.extra: not in the interface"),
        given={"n": 21, "extra": 1},
    ),
    row(
        "an input of another name",
        system("KeyError: 'other'"),
        blamed("InputsError", "inputs.n: missing"),
        given={"other": 21},
    ),
    row(
        "an input where none is declared",
        wrote(o0=0),
        instead(INPUTS, users("InputsError", "inputs.n: not in the interface")),
        work="return len(inputs)",
        takes={},
    ),
    row(
        "an input called tt",
        system("TypeError: Executor.execute_from_model() got multiple values for argument 'tt'"),
        blamed("TemplateError", "inputs.tt: 'tt' is already a parameter of execute_from_model; rename the input"),
        takes={"tt": int},
        given={"tt": 1},
    ),
    row(
        "text for an int",
        system("TypeTransformerFailedError: Error converting input 'n':\nLiteral value: …"),
        blamed("InputsError", "inputs.n: expected INTEGER, got string_value"),
        given={"n": literal("21")},
    ),
    row(
        "1.5 for an int",
        wrote(o0=2),
        instead(
            "Half of an input must not vanish.",
            users("InputsError", "inputs.n: expected INTEGER, got a float that is not integral"),
        ),
        given={"n": literal(1.5)},
    ),
    row(
        "offloaded inputs: whole, inside a list, inside a map",
        wrote(o0="21 [21, 21] {'a': 21}"),
        work="return ' '.join(str(inputs[name]) for name in ('n', 'l', 'm'))",
        takes={"n": int, "l": list[int], "m": dict[str, int]},
        given={
            "n": offloaded(21, "offloaded.pb"),
            "l": collection(literal(21), offloaded(21, "offloaded.pb")),
            "m": mapping(a=offloaded(21, "offloaded.pb")),
        },
        returns={"o0": str},
        files=OFFLOADED,
    ),
    row(
        "an offloaded input inside a union",
        system("TypeTransformerFailedError: Error converting input 'n':\nLiteral value: …"),
        instead("What is offloaded is put together wherever it stands.", OK),
        takes={"n": Maybe[int]},
        given={"n": in_union(offloaded(21, "offloaded.pb"))},
        files=OFFLOADED,
    ),
    row(
        "an offloaded list of offloaded inputs",
        OK,
        work="return sum(inputs['n'])",
        takes={"n": list[int]},
        given={"n": offloaded([21, 21], "list.pb", list[int])},
        files={**OFFLOADED, "list.pb": collection(literal(21), offloaded(21, "offloaded.pb")).SerializeToString()},
    ),
    row(
        "an offloaded input whose file is not there",
        system("TypeTransformerFailedError: Error converting input 'n':\nLiteral value: …"),
        differs(
            NAMES,
            code="SYSTEM:StorageError",
            message="inputs.n: cannot read 'offloaded.pb': No such file or directory",
        ),
        given={"n": offloaded(21, "offloaded.pb")},
    ),
    row("no outputs, None returned", wrote(), work="return None", returns={}),
    row(
        "no outputs, a value returned",
        wrote(),
        instead(REFUSED, users("OutputsError", "outputs: expected nothing, got int; the interface has no outputs")),
        work="return 5",
        returns={},
    ),
    row(
        "one output, a tuple returned",
        system("AssertionError: Output(o0) in tasktests.task received a tuple (1,), instead of <class 'tuple'>"),
        blamed("OutputsError", "outputs.o0: expected INTEGER, got tuple of 1"),
        work="return (1,)",
    ),
    row(
        "several outputs by name",
        system("KeyError: 0"),
        instead("An interface has no order, so names are what tells outputs apart.", wrote(o0="a", o1="b", o2="c")),
        work="return {'o0': 'a', 'o1': 'b', 'o2': 'c'}",
        **SEVERAL,
    ),
    row("several outputs as a tuple", wrote(o0="a", o1="a", o2="a"), work="return ('a', 'a', 'a')", **SEVERAL),
    row(
        "several outputs, too few returned",
        attrs.evolve(wrote(), outputs={}),
        refused("o0: missing; and 2 more", REFUSED),
        work="return ()",
        **SEVERAL,
    ),
    row(
        "several outputs, too many returned",
        system("IndexError: list index out of range"),
        blamed("OutputsError", "outputs.o3: not in the interface"),
        work="return ('a', 'a', 'a', 'a')",
        **SEVERAL,
    ),
    row(
        "several outputs, a str returned",
        wrote(o0="a", o1="a", o2="a"),
        instead(
            REFUSED,
            users(
                "OutputsError",
                "outputs: expected a dict of 'o0', 'o1', 'o2', got str; an interface has no order, so return names",
            ),
        ),
        work="return 'aaa'",
        **SEVERAL,
    ),
    row(
        "a LiteralMap returned",
        OK,
        work="""
            from flyteidl.core.literals_pb2 import LiteralMap
            from program import literal_map
            made = LiteralMap()
            made.literals["o0"].scalar.primitive.integer = 42
            return literal_map(made)
        """,
    ),
    row(
        "a LiteralMap returned that is not of the interface",
        wrote(other="x"),
        refused("o0: missing", REFUSED),
        work="""
            from flyteidl.core.literals_pb2 import LiteralMap
            from program import literal_map
            made = LiteralMap()
            made.literals["other"].scalar.primitive.string_value = "x"
            return literal_map(made)
        """,
    ),
    returned("datetime.date(2024, 2, 29)", dt.date, wrote(o0=dt.date(2024, 2, 29))),
    returned("{'a': 1, 'b': [1.5, None]}", dict, wrote(o0=literal({"a": 1, "b": [1.5, None]}, dict))),
    returned(
        "{'b': 1, 'a': 2}",
        dict,
        wrote(o0=packed(b"\x82\xa1b\x01\xa1a\x02")),
        differs(
            "Equal dicts are equal bytes, whatever the order of their keys, so that a cache knows them.",
            outputs={"o0": literal({"a": 2, "b": 1}, dict)},
        ),
    ),
    returned("Point(1, 2)", Point, wrote(o0=Point(1, 2)), module=POINT),
    returned("[1, 2]", list[int], NOT_CONVERTED, instead(ENCODED, wrote(o0=literal([1, 2], list[int])))),
    returned("{'a': 1}", dict[str, int], NOT_CONVERTED, instead(ENCODED, wrote(o0=literal({"a": 1}, dict[str, int])))),
    returned("3", Maybe[int], wrote(o0=3), differs(ENCODED, outputs={"o0": literal(3, Maybe[int])})),
    returned("None", Maybe[int], wrote(o0=None), differs(ENCODED, outputs={"o0": literal(None, Maybe[int])})),
    returned("3", float, wrote(o0=3), differs(ENCODED, outputs={"o0": literal(3.0)})),
    returned("'x'", int, wrote(o0="x"), refused("o0: expected INTEGER, got str", REFUSED)),
    returned("True", int, wrote(o0=True), refused("o0: expected INTEGER, got bool", REFUSED)),
    returned("None", int, wrote(o0=None), refused("o0: expected INTEGER, got None", REFUSED)),
    returned(
        "b'x'",
        bytes,
        uploaded(wrote(o0=blob("raw/*/*", "PythonPickle")), **{"raw/*/*": "no text"}),
        differs("Nothing is ever pickled.", outputs={"o0": literal(b"x")}, uploads={}),
    ),
    returned(
        "{1}",
        list[int],
        uploaded(wrote(o0=blob("raw/*/*", "PythonPickle")), **{"raw/*/*": "no text"}),
        refused("o0: expected list[int], got set", "Nothing is ever pickled."),
    ),
    returned(
        "2**63",
        int,
        died(1),
        instead(ONCE_TOO_LATE, users("OutputsError", "outputs.o0: expected INTEGER, got int beyond int64")),
    ),
    returned(
        "chr(0xd800)",
        str,
        died(1),
        instead(ONCE_TOO_LATE, users("OutputsError", "outputs.o0: expected STRING, got str with a lone surrogate")),
    ),
    returned(
        "datetime.datetime.max.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=-1)))",
        dt.datetime,
        died(1),
        instead(
            ONCE_TOO_LATE,
            users("OutputsError", "outputs.o0: expected DATETIME, got a time outside the years 1 to 9999 in UTC"),
        ),
    ),
    row(
        "a FlyteFile and a FlyteDirectory of local paths, read",
        wrote(o0="content a.txt b.txt"),
        work="import os\nreturn ' '.join([open(inputs['f']).read(), *sorted(os.listdir(inputs['d']))])",
        takes={"f": FlyteFile, "d": FlyteDirectory},
        given={"f": FlyteFile("data.txt"), "d": FlyteDirectory("data")},
        returns={"o0": str},
        files={"data.txt": b"content", "data/a.txt": b"a", "data/b.txt": b"b"},
    ),
    row(
        "a FlyteFile handed on",
        uploaded(wrote(o0=blob("raw/*/data.txt", "txt")), **{"raw/*/data.txt": "content"}),
        differs(ABSOLUTE, outputs={"o0": literal(blob("./raw/*/data.txt", "txt"))}),
        work="return inputs['f']",
        takes={"f": FlyteFile["txt"]},
        given={"f": FlyteFile("data.txt", format="txt")},
        returns={"o0": FlyteFile["txt"]},
        files={"data.txt": b"content"},
    ),
    row(
        "a local file returned, prefixes with a slash",
        uploaded(wrote(o0=FlyteFile("raw/*/made.txt")), **{"raw/*/made.txt": "content"}),
        differs(ABSOLUTE, outputs={"o0": literal(FlyteFile("./raw/*/made.txt"))}),
        argv=options("--output-prefix", "out/", "--raw-output-data-prefix", "raw/"),
        work="""
            from program import FlyteFile
            with open("made.txt", "w") as file:
                file.write("content")
            return FlyteFile("made.txt")
        """,
        **NOTHING_GIVEN,
        returns={"o0": FlyteFile},
    ),
    row(
        "a local directory returned",
        uploaded(wrote(o0=FlyteDirectory("raw/*")), **{"raw/*/a.txt": "a.txt", "raw/*/inner/b.txt": "inner/b.txt"}),
        differs(
            "A directory keeps its name, as a file does, and paths are absolute.",
            outputs={"o0": literal(FlyteDirectory("./raw/*/made"))},
            uploads={"raw/*/made/a.txt": "a.txt", "raw/*/made/inner/b.txt": "inner/b.txt"},
        ),
        work="""
            import os
            from program import FlyteDirectory
            os.makedirs("made/inner")
            for name in ("a.txt", "inner/b.txt"):
                with open(f"made/{name}", "w") as file:
                    file.write(name)
            return FlyteDirectory("made")
        """,
        **NOTHING_GIVEN,
        returns={"o0": FlyteDirectory},
    ),
    row(
        "a local file returned, and a raw prefix that cannot be written",
        NOT_CONVERTED,
        differs(
            NAMES,
            code="SYSTEM:StorageError",
            message="cannot copy './executors.py' to './raw/*/executors.py': Not a directory",
        ),
        work="from program import FlyteFile\nreturn FlyteFile('executors.py')",
        **NOTHING_GIVEN,
        returns={"o0": FlyteFile},
        files={"raw": b"a file"},
    ),
    row(
        "a file that is not there, returned",
        NOT_CONVERTED,
        blamed("OutputsError", "outputs.o0: expected a local file, got nothing at its path"),
        work="from program import FlyteFile\nreturn FlyteFile('nowhere.txt')",
        **NOTHING_GIVEN,
        returns={"o0": FlyteFile},
    ),
    row(
        "a StructuredDataset by its URI",
        wrote(o0=StructuredDataset("s3://b/k")),
        work="from program import StructuredDataset\nreturn StructuredDataset(uri='s3://b/k')",
        **NOTHING_GIVEN,
        returns={"o0": StructuredDataset},
    ),
    row(
        "file_access",
        uploaded(wrote(o0="content"), **{"raw/there.txt": "content"}),
        work="""
            from program import file_access
            file_access().get_data("data.txt", "here.txt")
            file_access().put_data("here.txt", "raw/there.txt")
            return open("here.txt").read()
        """,
        **TEXT,
        files={"data.txt": b"content"},
    ),
    row(
        "a checkpoint read by the next attempt",
        uploaded(
            wrote(o0="True b'state' False"), **{"checkpoints/1/_dst_cp": "state", "checkpoints/2/_dst_cp": "statestate"}
        ),
        argv=options("--checkpoint-path", "checkpoints/1", "--prev-checkpoint", '""'),
        work="""
            from program import current_context
            checkpoint = current_context().checkpoint
            there, state, folder = checkpoint.prev_exists(), checkpoint.read() or b"", checkpoint.restore("tmp")
            checkpoint.write(state + b"state")
            return f"{there} {state} {folder is None}"
        """,
        **TEXT,
        again=options("--checkpoint-path", "checkpoints/2", "--prev-checkpoint", "checkpoints/1"),
    ),
    row(
        "a checkpoint that the attempt before never wrote",
        system("FlyteDataNotFoundException: USER:ValueError: error=Value error!  Received: earlier. File not found"),
        instead("An attempt may end before it has left anything.", wrote(o0="True None")),
        argv=options("--checkpoint-path", "checkpoints", "--prev-checkpoint", "earlier"),
        work="""
            from program import current_context
            checkpoint = current_context().checkpoint
            return f"{checkpoint.prev_exists()} {checkpoint.read()}"
        """,
        **TEXT,
    ),
    row(
        "a checkpoint of a folder restored by the next attempt",
        uploaded(
            wrote(o0="back/a.txt back/inner/b.txt"),
            **{f"checkpoints/{place}/{name}": name for place in (1, 2) for name in ("a.txt", "inner/b.txt")},
        ),
        argv=options("--checkpoint-path", "checkpoints/1", "--prev-checkpoint", '""'),
        work="""
            import os
            from program import current_context
            checkpoint = current_context().checkpoint
            os.makedirs("state/inner", exist_ok=True)
            os.makedirs("back", exist_ok=True)
            for name in ("a.txt", "inner/b.txt"):
                with open(f"state/{name}", "w") as file:
                    file.write(name)
            checkpoint.save("state")
            checkpoint.restore("back")
            return " ".join(sorted(os.path.join(top, name) for top, _, names in os.walk("back") for name in names))
        """,
        **TEXT,
        again=options("--checkpoint-path", "checkpoints/2", "--prev-checkpoint", "checkpoints/1"),
    ),
]

# ------------------------------------------------------------------------------------------------------------ failures

STOPPED = "An executor that ends the process without its outputs has failed, and Propeller should read why."
ALWAYS = "Whatever ended the executor, Propeller should read of it."
PLATFORMS = "A file that the platform should have written is its fault, and may be there the next time."

OWN_TEXT = differs("The text is the executor's own.", message="FlyteRecoverableException: again")


def executor(name: str) -> dict[str, Any]:
    return {"argv": options(executor=("task.pb", name))}


AGAIN = "The executor asks for another attempt, which the task's own retries grant, not the platform's."
OF_FLYTEKIT = """
from flytekit.exceptions import base, system
from flytekit.exceptions.user import FlyteRecoverableException, FlyteUserException, FlyteUserRuntimeException
from flytekit.exceptions.user import FlyteValueException
"""


def wrapped(error: str) -> str:
    """Raise it as flytekit does what the functions of its other tasks raise."""
    return f"{OF_FLYTEKIT}raised = {error}\nraise FlyteUserRuntimeException(raised) from raised"


def recoverable(text: str, stamped: bool = True) -> Outcome:
    return failed("USER:Recoverable", RECOVERABLE, USER, f"FlyteRecoverableException: {text}", stamped=stamped)


def users_own(code: str, name: str, text: str = "x") -> Outcome:
    return failed(code, NON_RECOVERABLE, USER, f"{name}: {code}: error={text}")


FAILURES = [
    row("ValueError", BROKE, FINAL, work=BROKEN),
    row(
        "MemoryError",
        system("MemoryError:"),
        differs("So Propeller counts a pod that was killed for its memory.", code="USER:MemoryError", origin=USER),
        work="raise MemoryError",
    ),
    row(
        "RecursionError",
        system("RecursionError: maximum recursion depth exceeded"),
        FINAL,
        module="""
            class Executor:
                def execute_from_model(self, tt, **inputs):
                    return self.execute_from_model(tt)
        """,
    ),
    row(
        "an exception with a cause, a context and two lines of text",
        system("ValueError: it broke\nin two"),
        FINAL,
        work="""
            try:
                try:
                    {}["inner"]
                except KeyError:
                    raise TypeError("second")
            except TypeError as error:
                raise ValueError("it broke\\nin two") from error
        """,
    ),
    row(
        "an exception with an error_code",
        BROKE,
        differs(FINAL_REASON, kind=NON_RECOVERABLE, origin=USER),
        differs("An exception may say its code, as in flytekit's other tasks.", code="MY:Code"),
        work="""
            error = ValueError("it broke")
            error.error_code = "MY:Code"
            raise error
        """,
    ),
    row(
        "an exception whose text cannot be made",
        system("RuntimeError:"),
        blamed(
            "RuntimeError",
            "Broken: <its text cannot be made: RuntimeError>",
            "The executor's exception is what matters.",
        ),
        work="""
            class Broken(Exception):
                def __str__(self):
                    raise RuntimeError
            raise Broken
        """,
    ),
    row(
        "an exception text that UTF-8 cannot write",
        died(1),
        instead(ALWAYS, users("RuntimeError", "ValueError: \\ud800")),
        work="raise ValueError(chr(0xd800))",
    ),
    row(
        "an exception as flytekit's other tasks leave it",
        users("RuntimeError", "ValueError: it broke"),
        work="from program import fail\nfail(ValueError('it broke'))",
    ),
    row(
        "an exception with an error_code as flytekit's other tasks leave it",
        failed("MY:Code", NON_RECOVERABLE, USER, "ValueError: it broke"),
        work="""
            from program import fail
            error = ValueError("it broke")
            error.error_code = "MY:Code"
            fail(error)
        """,
    ),
    row(
        "FlyteRecoverableException as flytekit's other tasks leave it",
        failed("USER:Recoverable", RECOVERABLE, USER, "FlyteRecoverableException: USER:Recoverable: error=again"),
        OWN_TEXT,
        work="from program import FlyteRecoverableException, fail\nfail(FlyteRecoverableException('again'))",
    ),
    row(
        "IgnoreOutputs as flytekit's other tasks leave it",
        died(0),
        work="from program import IgnoreOutputs, fail\nfail(IgnoreOutputs('not mine'))",
    ),
    row(
        "FlyteRecoverableException",
        system("FlyteRecoverableException: USER:Recoverable: error=again"),
        differs(AGAIN, code="USER:Recoverable", origin=USER),
        OWN_TEXT,
        work="from program import FlyteRecoverableException\nraise FlyteRecoverableException('again')",
    ),
    *(
        row(f"flytekit's own {text}, as its other tasks leave it", outcome, work=wrapped(text))
        for text, outcome in (
            ("FlyteRecoverableException('again')", recoverable("USER:Recoverable: error=again")),
            ("FlyteRecoverableException('again', timestamp=1.5)", recoverable("USER:Recoverable: error=again", False)),
            (
                "base.FlyteRecoverableException('x')",
                users_own("RecoverableFlyteException", "FlyteRecoverableException"),
            ),
            (
                "FlyteValueException(1, 'x')",
                users_own("USER:ValueError", "FlyteValueException", "Value error!  Received: 1. x"),
            ),
            ("FlyteUserException('x')", users_own("USER:Unknown", "FlyteUserException")),
            (
                "system.FlyteSystemUnavailableException('x')",
                failed(
                    "SYSTEM:Unavailable",
                    NON_RECOVERABLE,
                    USER,
                    "FlyteSystemUnavailableException: Flyte cluster is currently unavailable."
                    " Please make sure the cluster is up and running.",
                ),
            ),
        )
    ),
    row(
        "flytekit's own IgnoreOutputs, as its other tasks leave it",
        died(0),
        work="from flytekit.core.base_task import IgnoreOutputs\n" + wrapped("IgnoreOutputs('not mine')"),
    ),
    row(
        "flytekit's own FlyteNonRecoverableSystemException",
        failed("SYSTEM", NON_RECOVERABLE, SYSTEM, "ValueError: it broke"),
        work=OF_FLYTEKIT + "raise system.FlyteNonRecoverableSystemException(ValueError('it broke'))",
    ),
    row(
        "flytekit's own FlyteRecoverableException",
        system("FlyteRecoverableException: USER:Recoverable: error=again"),
        differs(AGAIN, code="USER:Recoverable", origin=USER),
        work=OF_FLYTEKIT + "raise FlyteRecoverableException('again')",
    ),
    row(
        "flytekit's own IgnoreOutputs",
        system("IgnoreOutputs: not mine"),
        instead("It means in an executor what it means in flytekit's other tasks.", died(0)),
        work="from flytekit.core.base_task import IgnoreOutputs\nraise IgnoreOutputs('not mine')",
    ),
    row(
        "IgnoreOutputs",
        system("IgnoreOutputs: not mine"),
        instead("It means in an executor what it means in flytekit's other tasks.", died(0)),
        work="from program import IgnoreOutputs\nraise IgnoreOutputs('not mine')",
    ),
    row(
        "execute_from_model is not overridden",
        system("NotImplementedError:"),
        blamed("RuntimeError", "NotImplementedError: Executor does not override execute_from_model"),
        module="""
            import os
            if os.environ["PROGRAM"] == "flytekit":
                from flytekit.core.shim_task import ShimTaskExecutor
            else:
                from shimlite import ShimTaskExecutor

            class Executor(ShimTaskExecutor):
                pass
        """,
    ),
    row(
        "execute_from_model is not there",
        system("AttributeError: 'Executor' object has no attribute 'execute_from_model'"),
        blamed("ExecutorError", "Executor has no execute_from_model"),
        module="class Executor:\n    pass",
    ),
    row(
        "a module that is not there",
        users("RuntimeError", "ModuleNotFoundError: No module named 'nowhere'"),
        said("ExecutorError", "executor: there is no module 'nowhere'; wanted for nowhere.Executor"),
        **executor("nowhere.Executor"),
    ),
    row(
        "an attribute that is not there",
        users("RuntimeError", "AttributeError: module 'executors' has no attribute 'Nobody'"),
        said("ExecutorError", "executor: executors has no 'Nobody'"),
        **executor("executors.Nobody"),
    ),
    row(
        "a name without a dot",
        users("RuntimeError", "ValueError: Empty module name"),
        said("ExecutorError", "executor: 'executors' is no import path; give package.module.Class"),
        **executor("executors"),
    ),
    row(
        "a class in a class",
        users("RuntimeError", "ModuleNotFoundError: No module named 'executors.Outer'; 'executors' is not a package"),
        instead("A class in a class has a path too.", OK),
        module="""
            class Outer:
                class Inner:
                    def execute_from_model(self, tt, **inputs):
                        return inputs["n"] * 2
        """,
        **executor("executors.Outer.Inner"),
    ),
    row(
        "a dependency that is not there",
        users("RuntimeError", "ModuleNotFoundError: No module named 'no_such_package'"),
        said("ExecutorError", "ExecutorError: executor: executors needs the package 'no_such_package'"),
        module="import no_such_package",
    ),
    row(
        "a syntax error",
        users("RuntimeError", "SyntaxError: invalid syntax (executors.py, line 1)"),
        said("ExecutorError", "ExecutorError: executor: importing executors raised SyntaxError"),
        module="class Executor(:",
    ),
    row(
        "a module that raises",
        users("RuntimeError", "ValueError: it broke"),
        said("ExecutorError", "ExecutorError: executor: importing executors raised ValueError"),
        module=BROKEN,
    ),
    row(
        "a module that exits",
        died(3),
        instead(STOPPED, users("RuntimeError", "SystemExit: 3")),
        module="import sys\nsys.exit(3)",
    ),
    row(
        "a constructor that raises",
        users("RuntimeError", "ValueError: it broke"),
        said("ExecutorError", "ExecutorError: executor: making Executor raised ValueError"),
        module="""
            class Executor:
                def __init__(self):
                    raise ValueError("it broke")
        """,
    ),
    row(
        "a constructor that needs arguments",
        users("RuntimeError", "TypeError: Executor.__init__() missing 1 required positional argument: 'argument'"),
        said("ExecutorError", "ExecutorError: executor: making Executor raised TypeError"),
        module="""
            class Executor:
                def __init__(self, argument):
                    pass
        """,
    ),
    row(
        "no template",
        users(
            "ValueError",
            "FlyteDataNotFoundException: USER:ValueError: error=Value error!  Received: task.pb. File not found",
        ),
        instead(PLATFORMS, storage("cannot read './task.pb': No such file or directory")),
        files={"task.pb": None},
    ),
    row(
        "a malformed template",
        users("RuntimeError", "DecodeError: Error parsing message…"),
        said("TemplateError", "template: './task.pb' holds 2 bytes that are no flyteidl.core.TaskTemplate"),
        files={"task.pb": b"\xff\xff"},
    ),
    row(
        "NaN in the template's custom",
        users("RuntimeError", "ValueError: Fail to serialize NaN for Value.number_value…"),
        instead("A number that the executor does not look at is no reason not to run it.", OK),
        files={"task.pb": NOT_JSON.SerializeToString()},
    ),
    row(
        "a 0-byte template",
        wrote(),
        instead(
            "An empty file is a template that was never written, not a task without inputs and outputs.",
            users("TemplateError", "template: './task.pb' is empty"),
        ),
        work="return None",
        given={},
        files={"task.pb": b""},
    ),
    row(
        "a template whose name has brackets",
        failed(
            "SYSTEM:DownloadDataError",
            NON_RECOVERABLE,
            USER,
            "FlyteDownloadDataException: SYSTEM:DownloadDataError: error=Failed to get data from task[1].pb to …",
        ),
        instead("A URI is a name, not a pattern.", OK),
        files={"task[1].pb": template({"n": int}, {"o0": int}).SerializeToString()},
        argv=options(executor=("task[1].pb", EXECUTOR[1])),
    ),
    row(
        "no inputs.pb",
        system("FlyteDataNotFoundException: USER:ValueError: error=Value error!  Received: inputs.pb. File not found"),
        differs(NAMES, code="SYSTEM:StorageError", message="cannot read './inputs.pb': No such file or directory"),
        files={"inputs.pb": None},
    ),
    row(
        "malformed inputs.pb",
        system("DecodeError: Error parsing message…"),
        blamed("InputsError", "inputs: './inputs.pb' holds 2 bytes that are no flyteidl.core.LiteralMap"),
        files={"inputs.pb": b"\xff\xff"},
    ),
    row("a file where the output prefix should be", died(1), files={"out": b"a file"}),
    row(
        "a file where the output prefix should be, and an executor that raises",
        died(1),
        work=BROKEN,
        files={"out": b"a file"},
    ),
    *(
        row(
            f"sys.exit({text})",
            died(code),
            instead(STOPPED, users("RuntimeError", f"SystemExit: {text.strip(chr(39))}")),
            work=f"import sys\nsys.exit({text})",
        )
        for text, code in (("0", 0), ("3", 3), ("'text'", 1))
    ),
    row(
        "KeyboardInterrupt",
        died(1),
        instead(STOPPED, failed("SYSTEM:Interrupted", RECOVERABLE, SYSTEM, "KeyboardInterrupt:")),
        work="raise KeyboardInterrupt",
    ),
    row(
        "GeneratorExit",
        died(1),
        instead(STOPPED, users("RuntimeError", "GeneratorExit:")),
        work="raise GeneratorExit",
    ),
    row(
        "SIGTERM",
        died(-15, stdout="ready\n"),
        instead(
            "An executor may clean up, and an error document tells an eviction from a silent end.",
            failed("SYSTEM:Interrupted", RECOVERABLE, SYSTEM, "Terminated: SIGTERM", stdout="ready\ncleaned up\n"),
        ),
        work="""
            import time
            try:
                print("ready", flush=True)
                time.sleep(60)
            finally:
                print("cleaned up")
        """,
        send=signal.SIGTERM,
    ),
    row(
        "SIGUSR1",
        attrs.evolve(OK, stdout="ready\n"),
        work="import time\nprint('ready', flush=True)\ntime.sleep(1)\nreturn 42",
        send=signal.SIGUSR1,
    ),
    row(
        "an exception text of 3 MB",
        system("ValueError: <xxxxxxx … xxxxxxxxxxxxxxxxxxx>", megabytes=5),
        FINAL,
        differs(
            "An error.pb that is too large is never read, and an event holds 100 KiB of it.",
            message="Trace:\n\n    Tracebac … xxxxxxxxxxxxxxxxxxx>",
            megabytes=0,
        ),
        work="raise ValueError('<' + 'x' * 3_000_000 + '>')",
    ),
    row(
        "an executor that prints and returns",
        attrs.evolve(OK, stdout="one\ntwo"),
        work="print('one')\nprint('two', end='')\nreturn 42",
    ),
]

SECTIONS = {"A.1": COMMAND_LINE, "A.3": ENVIRONMENT, "A.4": INPUTS_AND_OUTPUTS, "A.6": FAILURES}
