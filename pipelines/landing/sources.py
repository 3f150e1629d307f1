"""What a shop system is: its folder of selects and its settings. Its files are read and its selects run elsewhere."""

from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, field_validator, model_validator

from pipelines.landing.blocked_identifiers import BlockedIdentifier
from pipelines.landing.contracts import Words, load_contracts
from pipelines.landing.file_form import FileForm, known_encoding
from pipelines.landing.settings_faults import first_fault
from pipelines.problems import BadInput

SOURCES_FOLDER = Path(__file__).parents[1] / "sources"


class FeedReads(BaseModel):
    """Which inputs a feed's select reads: it runs once per file of the first, the others are whole look-ups."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reads: tuple[str, ...] = Field(min_length=1)
    uses: tuple[
        str, ...
    ] = ()  # selects of the source's own that its feeds share, in the order they build on each other
    is_derived: bool = False  # the select groups rows, so its records need not equal the rows of the file


class Source(BaseModel):
    """One shop system. `time_zone` is IANA, `currency` ISO 4217, `country` ISO 3166 (region of its phone numbers)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Words
    time_zone: str
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    country: str = Field(pattern=r"^[A-Z]{2}$")
    encoding: str | None = None
    files: dict[str, FileForm]
    ignores: tuple[str, ...] = ()  # files that lie beside the exports and mean none of the feeds
    blocked_identifiers: tuple[BlockedIdentifier, ...] = ()  # besides those that stand for nobody in any shop
    feeds: dict[str, FeedReads]
    _first_rates: dict[str, date] = PrivateAttr(default_factory=dict)

    def with_rates(self, first_rates: dict[str, date]) -> "Source":
        """The same source in a shop that knows rates of these foreign currencies, each from a day on."""
        rated = self.model_copy()
        rated._first_rates = first_rates
        return rated

    @property
    def first_rates(self) -> dict[str, date]:
        """The first day of which a rate is known, by foreign currency."""
        return self._first_rates

    @model_validator(mode="before")
    @classmethod
    def _a_select_that_is_there_is_a_feed(cls, given: Any) -> Any:
        """A feed that is named nowhere reads the files that bear its name: it needs its select and nothing else."""
        files, feeds = given.get("files") or {}, given.get("feeds") or {}
        if not isinstance(files, dict) or not isinstance(feeds, dict):
            return given
        found = {name: {"reads": [name]} for name in load_contracts() if (given["folder"] / f"{name}.sql").is_file()}
        feeds = found | feeds
        named = {name: f"{name}*" for name in feeds if name in found and name in (feeds[name] or {}).get("reads", ())}
        return {**given, "files": named | files, "feeds": feeds}

    @field_validator("time_zone")
    @classmethod
    def _is_a_time_zone(cls, value: str) -> str:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"'{value}' is no IANA time zone such as Asia/Shanghai") from error
        return value

    @field_validator("encoding")
    @classmethod
    def _is_an_encoding(cls, value: str | None) -> str | None:
        return value and known_encoding(value)

    @model_validator(mode="after")
    def _feeds_are_complete(self) -> "Source":
        contracts = load_contracts()
        for feed in contracts.values():
            if feed.is_required and feed.feed not in self.feeds:
                raise ValueError(f"feeds lacks '{feed.feed}', which every source must deliver")
        for feed_name, feed_reads in self.feeds.items():
            if feed_name not in contracts:
                raise ValueError(f"feeds names '{feed_name}', but the feeds are {', '.join(contracts)}")
            if unknown := [name for name in feed_reads.reads if name not in self.files]:
                raise ValueError(f"feed {feed_name} reads '{unknown[0]}', which files does not name")
            for select in (feed_name, *feed_reads.uses):
                if not (self.folder / f"{select}.sql").is_file():
                    raise ValueError(f"{select}.sql is missing beside source.yml")
        return self

    @property
    def is_ours(self) -> bool:
        """Whether it comes with the project, so that no user can be asked to mend it."""
        return self.folder.parent == SOURCES_FOLDER

    def form(self, input_name: str) -> FileForm:
        """How the files of an input are written; what the input leaves open the source's encoding fills."""
        form = self.files[input_name]
        return form if form.encoding else form.model_copy(update={"encoding": self.encoding})

    def select_name(self, name: str) -> str:
        """Where a select stands, for messages."""
        return f"sources/{self.name}/{name}.sql" if self.is_ours else str(self.folder / f"{name}.sql")

    def select_text(self, name: str) -> str:
        """The select that gives a feed, or one that feeds share. BadInput when it is no UTF-8 text."""
        try:
            return (self.folder / f"{name}.sql").read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError) as error:
            raise BadInput(f"{self.select_name(name)} cannot be read as UTF-8 text: save it as such") from error


def known_sources() -> list[str]:
    """The names of the sources that come with the project."""
    return sorted(file.parent.name for file in SOURCES_FOLDER.glob("*/source.yml"))


def load_source(name_or_folder: str) -> Source:
    """The source of this name, or the one described in this folder. BadInput when there is none or it is not valid."""
    if name_or_folder in known_sources():
        return _read_source(SOURCES_FOLDER / name_or_folder)
    folder = Path(name_or_folder)
    if (folder / "source.yml").is_file():
        return _read_source(folder.resolve())
    known = ", ".join(known_sources())
    raise BadInput(f"there is no source '{name_or_folder}': use one of {known}, or a folder that holds a source.yml")


def _read_source(folder: Path) -> Source:
    import yaml

    file = folder / "source.yml"
    try:
        settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} is not valid YAML: {' '.join(str(error).split())}") from error
    except OSError as error:
        raise BadInput(f"{file} may not be read: give the user who runs Guanxi the right to") from error
    if not isinstance(settings, dict):
        raise BadInput(f"{file}: expected settings such as `name: ...`; compare another source's source.yml")
    if "folder" in settings:
        raise BadInput(f"{file}: folder: 'folder' is no setting: a source lies where its source.yml is")
    try:
        return Source.model_validate({**settings, "folder": folder})
    except ValidationError as error:
        models: dict[str, type[BaseModel]] = {"": Source, "title": Words, "files": FileForm, "feeds": FeedReads}
        raise BadInput(f"{file}: {first_fault(error, models, hidden='folder')}") from error
