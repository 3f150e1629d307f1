"""SQL for which of a row's landed versions counts on a business day. Where the versions lie does not belong here."""

from collections import Counter

from pipelines.landing.arrivals import Arrival
from pipelines.landing.contracts import Contract
from pipelines.landing.nights import BusinessDay
from pipelines.landing.sql import identifier, identifiers, literal


def landed_again(arrivals: list[Arrival]) -> str | None:
    """SQL for the rows whose file landed more than once, so that each of them counts as many versions."""
    landings = Counter((arrival.source_name, arrival.file_hash) for arrival in arrivals)
    again = [f"({literal(name)}, {literal(file_hash)})" for (name, file_hash), count in landings.items() if count > 1]
    return f"(source_name, file_hash) in ({', '.join(again)})" if again else None


def counting_rows(rows: str, feed: Contract, arrivals: list[Arrival], as_of: BusinessDay) -> str:
    """Of each key in each source the newest version known on the day; if all came later, the first to be known.

    `rows` are all versions with the lake's columns; the column is_known is added. A version is known from the day of
    its version column, or without one from the day its file became known. Of two the newer is that with the later
    version, a row without one giving way; then that of the file known later, that which landed later, the lower row.
    """
    return (
        f"select * from ({known_rows(rows, feed, arrivals, as_of)}) "
        f"qualify row_number() over (partition by source_name, {identifiers(feed.key)} order by "
        f"is_known desc, case when not is_known then {known_on(feed, as_of)} end, {newest_first(feed)}) = 1"
    )


def superseded_rows(rows: str, feed: Contract, arrivals: list[Arrival], as_of: BusinessDay) -> str:
    """What each row was before it became what it is on the day: the lake's columns, known_from, known_until.

    A state is the newest version of those known by a day. It held from known_from (empty: from the beginning, because
    nothing earlier was reported) to known_until, both included. States that say what the last one says are left out.
    Only rows with more than one version are looked at, so that the cost is that of the changes and not of the feed.
    """
    key = identifiers(["source_name", *feed.key])
    said = ", ".join(identifier(name) for name in feed.column_names if name != feed.version)
    repeated = f"select {key} from ({rows}) group by all having count(*) > 1"
    changed = f"select * from ({rows}) semi join ({repeated}) using ({key})"
    return f"""
        with versions as (
            select *, {known_on(feed, as_of)} as known_on
            from ({known_rows(changed, feed, arrivals, as_of)}) where is_known
        ), ranked as (
            select *, row_number() over (partition by {key} order by {newest_first(feed)}) as newness from versions
        ), states as (
            select *, ({said}) as said from ranked
            qualify newness = min(newness) over (partition by {key} order by known_on)
        ), dated as (
            select *,
                case when row_number() over earlier > 1 then known_on end as known_from,
                lead(known_on) over earlier - 1 as known_until,
                last_value(said) over (
                    partition by {key} order by known_on rows between unbounded preceding and unbounded following
                ) as said_last
            from states window earlier as (partition by {key} order by known_on)
        )
        select {identifiers(feed.lake_columns)}, known_from, known_until from dated
        where known_until is not null and said <> said_last"""


def known_rows(rows: str, feed: Contract, arrivals: list[Arrival], as_of: BusinessDay) -> str:
    """All versions with is_known, and when and in which place their files landed."""
    ends_at = f"cast({literal(as_of.ends_at)} as timestamp)"
    by_file = f"file_known_on <= {_date(as_of)}"
    is_known = f"coalesce({identifier(feed.version)} < {ends_at}, {by_file})" if feed.version else by_file
    return (
        f"select *, {is_known} as is_known from ({rows}) inner join (values {_values(arrivals)}) "
        "as arrivals(source_name, file_hash, file_known_on, file_place, file_newness) using (source_name, file_hash)"
    )


def known_on(feed: Contract, as_of: BusinessDay) -> str:
    """SQL for the day on which a version became known."""
    if not feed.version:
        return "file_known_on"
    changed_on = f"timezone({literal(as_of.time_zone)}, timezone('UTC', {identifier(feed.version)}))"
    return f"coalesce(cast({changed_on} as date), file_known_on)"


def newest_first(feed: Contract) -> str:
    """SQL for the order of a key's versions among those that are known."""
    if not feed.version:
        return "file_newness desc, row_number desc"
    version = identifier(feed.version)
    # of one version the last to land counts, of rows without a version that of the file known last
    return (
        f"{version} desc nulls last, case when {version} is null then file_newness else file_place end desc, "
        "row_number desc"
    )


def _values(arrivals: list[Arrival]) -> str:
    by_day = sorted(arrivals, key=lambda arrival: (arrival.known_on, arrival.place))
    newness = {arrival.place: number for number, arrival in enumerate(by_day)}
    return ", ".join(
        f"({literal(arrival.source_name)}, {literal(arrival.file_hash)}, cast({literal(arrival.known_on)} as date), "
        f"{arrival.place}, {newness[arrival.place]})"
        for arrival in arrivals
    )


def _date(as_of: BusinessDay) -> str:
    return f"cast({literal(as_of.day)} as date)"
