# SPDX-License-Identifier: Apache-2.0
"""pydantic models, and values of types that hold them: what flytekit answers stands in ``pydantic_answers.jsonl``.

``names`` makes the models anew with one library's references, since these are classes of their own in each. The
shapes are those of flytekit's tests (``tests/flytekit/unit/extras/pydantic_transformer`` and ``test_*_in_pydantic``),
and what else people write. A model that holds itself is not among them: flytekit asks for its type without an end.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import typing
import uuid
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

import pydantic
from pydantic import BaseModel, ConfigDict, Field, RootModel, WithJsonSchema

from .rows import Row, row

Item = TypeVar("Item")


BY_NAME = "flytekit writes field names, which a model with aliases alone does not read; shimlite reads its own writing"
COMPUTED = (
    "flytekit writes computed fields, which a model that forbids others does not read; shimlite leaves them out there"
)
WHOLE = "of a Struct's whole number pydantic takes what it tries first, with 1.0; shimlite gives it 1"
MODEL_IN_RECORD = "flytekit's dataclasses take no models; shimlite's do"
MODEL_IN_DICT = "flytekit's dicts with other keys take no models; shimlite's do"
TWO_MODELS = "flytekit takes two models of a union for one choice too many; shimlite writes what the value's class says"


class Status(str, enum.Enum):
    PENDING = "pending"
    APPROVED = "approved"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Shade(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Flat(BaseModel):
    a: int
    b: float
    c: str
    d: bool


class Documented(BaseModel):
    """What the class says of itself."""

    a: int = Field(1, description="what the field says", title="A", ge=0, le=10)
    b: str = Field("x", examples=["y"], min_length=1, max_length=3, pattern="^.*$")


class Defaults(BaseModel):
    a: int = -1
    b: float = 2.1
    c: str = "Hello"
    d: bool = False
    e: list[int] = Field(default_factory=lambda: [0, 1, -1])
    f: list[list[int]] = Field(default_factory=lambda: [[0], [1]])
    g: list[dict[int, bool]] = Field(default_factory=lambda: [{0: False}, {-1: True}])
    h: dict[int, bool] = Field(default_factory=lambda: {0: False, -1: True})
    i: dict[int, list[int]] = Field(default_factory=lambda: {0: [0, 1, -1]})
    j: dict[int, dict[int, int]] = Field(default_factory=lambda: {1: {-1: 0}})
    k: dict = Field(default_factory=lambda: {"key": "value"})  # type: ignore[type-arg]
    status: Status = Status.PENDING


class Optionals(BaseModel):
    a: int | None = None
    b: float | None = None
    e: list[int] | None = None
    g: list[dict[int, bool]] | None = None
    k: dict | None = None  # type: ignore[type-arg]
    inner: Flat | None = None
    status: Status | None = None
    required: str | None


class Nested(BaseModel):
    inner: Flat
    listed: list[Flat]
    named: dict[str, Flat]
    maybe: Flat | None = None


class DeepNested(BaseModel):
    nested: Nested
    rows: list[list[Flat]] = []


class Enums(BaseModel):
    status: Status
    level: Level
    shade: Shade
    shades: list[Shade] = []


class EnumValues(BaseModel):
    model_config = ConfigDict(use_enum_values=True)
    status: Status
    level: Level = Level.LOW


class Times(BaseModel):
    at: dt.datetime
    on: dt.date
    took: dt.timedelta
    clock: dt.time = dt.time(12, 30)


class Seconds(BaseModel):
    model_config = ConfigDict(ser_json_timedelta="float")
    took: Annotated[dt.timedelta, WithJsonSchema({"type": "number"})]  # of which pydantics have other schemas


class Bytes(BaseModel):
    data: bytes


class Base64(BaseModel):
    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
    data: bytes


class Alias(BaseModel):
    name: int = Field(alias="otherName")


class AliasByName(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    name: int = Field(alias="otherName")


class ValidationAlias(BaseModel):
    name: int = Field(validation_alias="readName")


class AliasChoices(BaseModel):
    name: int = Field(validation_alias=pydantic.AliasChoices("name", "older"))


class AliasPath(BaseModel):
    name: int = Field(validation_alias=pydantic.AliasPath("outer", 0))


class SerializationAlias(BaseModel):
    name: int = Field(serialization_alias="writtenName")


class SerializeByAlias(BaseModel):
    model_config = ConfigDict(serialize_by_alias=True)
    name: int = Field(alias="otherName")


class AliasGenerator(BaseModel):
    model_config = ConfigDict(alias_generator=lambda name: name.title(), populate_by_name=True)
    name: int


class Computed(BaseModel):
    width: int

    @pydantic.computed_field  # type: ignore[prop-decorator]
    @property
    def area(self) -> int:
        return self.width**2


class ComputedStrict(BaseModel):
    model_config = ConfigDict(extra="forbid")
    width: int

    @pydantic.computed_field  # type: ignore[prop-decorator]
    @property
    def area(self) -> int:
        return self.width**2


class Kitten(BaseModel):
    kind: typing.Literal["kitten"] = "kitten"
    lives: int = 9


class Puppy(BaseModel):
    kind: typing.Literal["puppy"] = "puppy"
    name: str


class Discriminated(BaseModel):
    pet: Kitten | Puppy = Field(discriminator="kind")
    pets: list[typing.Annotated[Kitten | Puppy, Field(discriminator="kind")]] = []


class Undiscriminated(BaseModel):
    pet: Kitten | Puppy | None = None
    number: int | str | float = 0


class Box(BaseModel, Generic[Item]):
    item: Item
    items: list[Item] = []


class Boxes(BaseModel):
    numbers: Box[int]
    flats: Box[Flat]


class Containers(BaseModel):
    listed: list[int]
    named: dict[str, int]
    by_number: dict[int, str]
    unique: set[int]
    frozen: frozenset[str]
    pair: tuple[int, str]
    many: tuple[int, ...]


class Keys(BaseModel):
    by_date: dict[dt.date, int] = {}
    by_float: dict[float, int] = {}
    by_bool: dict[bool, int] = {}
    by_enum: dict[Status, int] = {}
    by_level: dict[Level, int] = {}


class Numbers(BaseModel):
    exact: decimal.Decimal
    identity: uuid.UUID


class Literals(BaseModel):
    one: typing.Literal["a", "b"]
    several: typing.Literal["a", 1, True, None] = None


class Anything(BaseModel):
    any: Any = None
    untyped: dict = {}  # type: ignore[type-arg]
    things: list = []  # type: ignore[type-arg]


class Extra(BaseModel):
    model_config = ConfigDict(extra="allow")
    a: int = 0


class Forbidden(BaseModel):
    model_config = ConfigDict(extra="forbid")
    a: int = 0


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)
    a: int = 0


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)
    a: int
    at: dt.datetime
    status: Status


class Titled(BaseModel):
    model_config = ConfigDict(title="Another title", json_schema_extra={"note": "x"})
    a: int = 0


class Private(BaseModel):
    a: int = 0
    _secret: int = pydantic.PrivateAttr(default=5)


class Excluded(BaseModel):
    a: int = 0
    b: int = Field(5, exclude=True)


class Written(BaseModel):
    at: dt.datetime

    @pydantic.field_serializer("at")
    def write(self, at: dt.datetime) -> int:
        return int(at.timestamp())


class WholeWritten(BaseModel):
    a: int = 0

    @pydantic.model_serializer
    def write(self) -> dict[str, int]:
        return {"b": self.a}


class Checked(BaseModel):
    a: int

    @pydantic.field_validator("a")
    @classmethod
    def check(cls, a: int) -> int:
        if a < 0:
            raise ValueError(f"{a} is negative")
        return a


class Numbered(RootModel[list[int]]):
    pass


class Mapped(RootModel[dict[str, Flat]]):
    pass


class Child(Flat):
    e: list[int] = []


class Empty(BaseModel):
    pass


class NotFinite(BaseModel):
    x: float


class Texts(BaseModel):
    x: str


class Big(BaseModel):
    x: int


class Secret(BaseModel):
    password: pydantic.SecretStr


@dataclasses.dataclass
class Plain:
    a: int = -1
    b: float = 3.14


@pydantic.dataclasses.dataclass
class Validated:
    a: int = -1
    b: float = 3.14


class WithDataclass(BaseModel):
    a: int = -1
    inner: Plain = Field(default_factory=Plain)
    listed: list[Plain] = []


class WithValidated(BaseModel):
    a: int = -1
    inner: Validated = Field(default_factory=Validated)


@dataclasses.dataclass
class HoldsModel:
    a: int
    inner: Flat


@dataclasses.dataclass
class HoldsModels:
    models: list[Flat]
    maybe: Flat | None = None


class Named(NamedTuple):
    a: int
    b: str


class WithNamed(BaseModel):
    named: Named


class Schedule(BaseModel):
    bucket: str
    jobs: list[Job]


class Job(BaseModel):
    job: str
    config: str | None = "job.json"


class MappedSchedule(BaseModel):
    jobs: dict[str, Job]


for model in (Schedule, MappedSchedule):
    model.model_rebuild()

NOON = "datetime(2024, 2, 29, 12, 30, 0, 250, tzinfo=utc)"
FLAT = "Flat(a=1, b=2.5, c='x', d=True)"


def case(type_text: str, *values: str, **differs: str) -> Row:
    return row("pydantic", type_text, *values, **differs)


ROWS = [
    case("Flat", FLAT, "Flat(a=-(2**63), b=1.0, c='', d=False)"),
    case("Documented", "Documented()"),
    case("Defaults", "Defaults()"),
    case(
        "Optionals",
        "Optionals(required=None)",
        f"Optionals(a=1, g=[{{0: False}}], inner={FLAT}, status='pending', required='x')",
    ),
    case(
        "Nested",
        f"Nested(inner={FLAT}, listed=[{FLAT}], named={{'a': {FLAT}}})",
        f"Nested(inner={FLAT}, listed=[], named={{}}, maybe={FLAT})",
    ),
    case("DeepNested", f"DeepNested(nested=Nested(inner={FLAT}, listed=[], named={{}}), rows=[[{FLAT}]])"),
    case("Enums", "Enums(status=Status.PENDING, level=Level.HIGH, shade=Shade.RED, shades=[Shade.BLUE])"),
    case("EnumValues", "EnumValues(status=Status.PENDING)"),
    case(
        "Times",
        f"Times(at={NOON}, on=date(2024, 2, 29), took=timedelta(days=1, microseconds=1))",
        "Times(at=datetime(2024, 2, 29), on=date.min, took=timedelta(-1), clock=time(1))",
    ),
    case("Seconds", "Seconds(took=timedelta(seconds=1.5))"),
    case("Bytes", "Bytes(data=b'abc')", "Bytes(data=b'')", "Bytes(data=b'\\xff')"),
    case("Base64", "Base64(data=b'\\xff\\x00')"),
    case("Alias", "Alias(otherName=1)", old=BY_NAME, back=BY_NAME),
    case("AliasByName", "AliasByName(name=1)"),
    case("ValidationAlias", "ValidationAlias(readName=1)", old=BY_NAME, back=BY_NAME),
    case("AliasChoices", "AliasChoices(name=1)"),
    case("AliasPath", "AliasPath(outer=[1])", old=BY_NAME, back=BY_NAME),
    case("SerializationAlias", "SerializationAlias(name=1)"),
    case("SerializeByAlias", "SerializeByAlias(otherName=1)"),
    case("AliasGenerator", "AliasGenerator(name=1)"),
    case("Computed", "Computed(width=2)"),
    case("ComputedStrict", "ComputedStrict(width=2)", old=COMPUTED, back=COMPUTED),
    case(
        "Discriminated",
        "Discriminated(pet=Kitten())",
        "Discriminated(pet=Puppy(name='x'), pets=[Kitten(lives=1), Puppy(name='y')])",
    ),
    case(
        "Undiscriminated",
        "Undiscriminated()",
        "Undiscriminated(pet=Puppy(name='x'), number='1')",
        "Undiscriminated(number=1.5)",
        old=WHOLE,
    ),
    case("Box[int]", "Box[int](item=1, items=[2])"),
    case("Box[Flat]", f"Box[Flat](item={FLAT})"),
    case("Box", "Box(item='x')"),
    case("Boxes", f"Boxes(numbers=Box[int](item=1), flats=Box[Flat](item={FLAT}))"),
    case(
        "Containers",
        "Containers(listed=[1], named={'a': 1}, by_number={1: 'a'}, unique={1}, frozen={'a'}, pair=(1, "
        "'a'), many=(1, 2))",
    ),
    case(
        "Keys",
        "Keys(by_date={date(2024, 2, 29): 1}, by_float={1.5: 1, 1.0: 2}, by_bool={True: 1}, "
        "by_enum={Status.PENDING: 1}, by_level={Level.LOW: 1})",
    ),
    case("Numbers", "Numbers(exact='1.10', identity='12345678-1234-5678-1234-567812345678')"),
    case("Literals", "Literals(one='a')", "Literals(one='b', several=1)", "Literals(one='b', several=True)", old=WHOLE),
    case("Anything", "Anything()", "Anything(any={'a': [1, None]}, untyped={'a': 1}, things=[1, 'a'])", old=WHOLE),
    case("Extra", "Extra(a=1, b=[2], c='x')", old=WHOLE),
    case("Forbidden", "Forbidden(a=1)"),
    case("Frozen", "Frozen(a=1)"),
    case("Strict", f"Strict(a=1, at={NOON}, status=Status.PENDING)"),
    case("Titled", "Titled(a=1)"),
    case("Private", "Private(a=1)"),
    case("Excluded", "Excluded(a=1, b=2)"),
    case("Written", f"Written(at={NOON})"),
    case("WholeWritten", "WholeWritten(a=1)"),
    case("Checked", "Checked(a=1)"),
    case("Numbered", "Numbered([1, 2])"),
    case("Mapped", f"Mapped({{'a': {FLAT}}})"),
    case("Child", "Child(a=1, b=2.5, c='x', d=True, e=[1])"),
    case("Empty", "Empty()"),
    case("NotFinite", "NotFinite(x=inf)", "NotFinite(x=-0.0)", "NotFinite(x=1e300)"),
    case("Texts", "Texts(x='\\U0001f600\\x00')"),
    case("Big", "Big(x=2**53 + 1)", "Big(x=2**63)", "Big(x=2**64)"),
    case("Secret", "Secret(password='s3cr3t')"),
    case("WithDataclass", "WithDataclass()", "WithDataclass(inner=Plain(a=2), listed=[Plain()])"),
    case("WithValidated", "WithValidated()"),
    case("HoldsModel", f"HoldsModel(a=1, inner={FLAT})", write=MODEL_IN_RECORD, back=MODEL_IN_RECORD),
    case("HoldsModels", f"HoldsModels(models=[{FLAT}])", write=MODEL_IN_RECORD, back=MODEL_IN_RECORD),
    case("WithNamed", "WithNamed(named=(1, 'x'))"),
    case("Schedule", "Schedule(bucket='s3://b', jobs=[Job(job='1'), Job(job='2', config=None)])"),
    case("MappedSchedule", "MappedSchedule(jobs={'a': Job(job='1')})"),
    case("list[Flat]", f"[{FLAT}]", "[]"),
    case("dict[str, Flat]", f"{{'a': {FLAT}}}"),
    case("dict[int, Flat]", f"{{1: {FLAT}}}", write=MODEL_IN_DICT, back=MODEL_IN_DICT),
    case("Optional[Flat]", FLAT, "None"),
    case("Flat | None", FLAT, "None"),
    case("Kitten | Puppy", "Kitten()", "Puppy(name='x')", write=TWO_MODELS, back=TWO_MODELS),
    case("Flat | int", FLAT, "1"),
    case("Flat | dict[str, int]", FLAT, "{'a': 1}"),
    case("Flat | Plain", FLAT, "Plain()"),
    case("list[Flat | None]", f"[{FLAT}, None]"),
    case("dict[str, list[Flat]]", f"{{'a': [{FLAT}]}}"),
    case(
        "Files",
        "Files(file=FlyteFile('s3://b/f'), directory=FlyteDirectory('s3://b/d'), "
        "listed=[FlyteFile('s3://b/g')], named={0: FlyteFile('s3://b/h')})",
    ),
    case(
        "OuterFiles",
        "OuterFiles(inner=Files(file=FlyteFile('s3://b/f'), directory=FlyteDirectory('s3://b/d')), "
        "file=FlyteFile('s3://b/f'))",
    ),
    case("Annotated[Flat, 'a word']", FLAT),
]


def names(file: Any, directory: Any) -> dict[str, Any]:
    """The words of the cases, with models that hold references of one library."""
    listed, named, maybe = list[file], dict[int, file], typing.Optional[file]
    fields: dict[str, Any] = {"file": (file, ...), "directory": (directory, ...), "listed": (listed, [])}
    files = pydantic.create_model("Files", **fields, named=(named, {}), maybe=(maybe, None))
    outer: dict[str, Any] = {"inner": (files, ...), "file": (file, ...)}
    return {**globals(), "time": dt.time, "Files": files, "OuterFiles": pydantic.create_model("OuterFiles", **outer)}
