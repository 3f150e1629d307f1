"""What must be true of what became of the landed files. Rules only; the rows themselves are judged in the raw suites.

Of several contents under one file name only the newest is judged, so a corrected file clears the one it replaces. Rows
that a source's select sets aside are no fault of the file.
"""

from expectations.machinery.rules import never

MEND = (
    "'ops.quarantined_rows has the reasons; land the file corrected under its name, or withdraw it: "
    "docs/operations.md, A red night' as mend"
)
FILES = """
    files as (
        select * from {batch} as landed
        qualify row_number() over (partition by source_name, feed, file_name order by ingested_at desc) = 1
    ),
    set_aside as (
        select source_name, feed, file_hash, count(*) as set_aside_rows
        from ops.quarantined_rows where reason = 'set_aside' group by all
    ),
    judged as (
        select
            files.source_name, files.feed, files.file_name, files.ingested_at,
            files.rows_quarantined - coalesce(set_aside.set_aside_rows, 0) as refused_rows,
            files.rows_read - coalesce(set_aside.set_aside_rows, 0) as judged_rows,
            (refused_rows >= 20 and refused_rows > 0.2 * judged_rows)
            or (refused_rows > 0 and refused_rows = judged_rows) as is_mostly_refused
        from files left join set_aside using (source_name, feed, file_hash)
    )
"""
# Files that landed within seconds of each other are pieces of one export and count as one landing: the pieces of a
# history are no measure of a day that comes after. A size that was seen among the last 28 landings is usual, however
# small: an empty file on the day on which the shop is closed.
VOLUMES = f"""
    {FILES},
    followed as (
        select
            *,
            lag(ingested_at) over (partition by source_name, feed order by ingested_at, file_name) as previous_at
        from files
    ),
    stepped as (
        select
            *,
            case when ingested_at > previous_at + interval 15 second then 1 else 0 end as begins_landing
        from followed
    ),
    numbered as (
        select
            *,
            sum(begins_landing)
                over (partition by source_name, feed order by ingested_at desc, file_name desc rows unbounded preceding)
            - begins_landing as landings_since
        from stepped
    ),
    landings as (
        select
            source_name,
            feed,
            landings_since,
            max_by(file_name, (ingested_at, file_name)) as file_name,
            sum(rows_loaded) as rows_loaded
        from numbered where landings_since <= 28 group by source_name, feed, landings_since
    ),
    compared as (
        select
            source_name,
            feed,
            max(file_name) filter (where landings_since = 0) as file_name,
            max(rows_loaded) filter (where landings_since = 0) as rows_loaded,
            count(*) - 1 as earlier_landings,
            median(rows_loaded) filter (where landings_since > 0) as usual_rows,
            min(rows_loaded) filter (where landings_since > 0) as fewest_rows,
            max(rows_loaded) filter (where landings_since > 0) as most_rows
        from landings group by source_name, feed
    ),
    newest as (
        select
            *,
            rows_loaded < fewest_rows and rows_loaded < usual_rows / 10 as is_nearly_empty,
            rows_loaded < fewest_rows and rows_loaded < usual_rows / 3 as is_small,
            rows_loaded > most_rows and rows_loaded > usual_rows * 5 as is_large
        from compared where earlier_landings >= 7 and usual_rows >= 20
    )
"""

RULES = [
    never(
        "no_file_is_mostly_refused",
        f"""
        with {FILES}
        select feed, file_name, refused_rows, judged_rows as of_rows, {MEND} from judged where is_mostly_refused
        order by feed, file_name
        """,
    ),
    never(
        "no_feed_is_mostly_refused",  # in many files, each of which has too few rows to say so
        f"""
        with {FILES}
        select
            feed, max_by(file_name, (refused_rows, file_name)) as worst_file, sum(refused_rows) as refused_rows,
            sum(judged_rows) as of_rows, {MEND}
        from judged group by source_name, feed
        having sum(refused_rows) >= 20 and sum(refused_rows) > 0.2 * sum(judged_rows) and not bool_or(is_mostly_refused)
        """,
    ),
    never(
        "hardly_any_row_of_a_new_file_is_refused",
        f"""
        with {FILES},
        recent as (
            select * from judged
            qualify ingested_at > max(ingested_at) over (partition by source_name, feed) - interval 28 day
        )
        select feed, file_name, refused_rows, judged_rows as of_rows from recent
        where refused_rows > 0.02 * judged_rows and not is_mostly_refused
        order by feed, file_name
        """,
        severity="warning",
    ),
    never(
        "the_newest_file_is_not_nearly_empty",
        f"""
        with {VOLUMES}
        select feed, file_name, rows_loaded, usual_rows, {MEND} from newest where is_nearly_empty
        order by feed, file_name
        """,
    ),
    never(
        "the_newest_file_is_of_a_usual_size",
        f"""
        with {VOLUMES}
        select feed, file_name, rows_loaded, usual_rows from newest
        where (is_small and not is_nearly_empty) or is_large
        order by feed, file_name
        """,
        severity="warning",
    ),
    never(
        "most_rows_have_a_key_of_their_own",  # where they share it, the newest hides the others
        f"""
        with {FILES}
        select feed, file_name, repeated_keys, rows_loaded as of_rows from files
        where rows_loaded >= 20 and repeated_keys > 0.5 * rows_loaded
        order by feed, file_name
        """,
        severity="warning",
    ),
]
