"""The steps a file in hand goes through, in order, and the count of what became of its rows."""

from dataclasses import dataclass

from pipelines.landing.erased.register import Register
from pipelines.landing.refining.erasing import mark_erased
from pipelines.landing.refining.feed_file import FeedFile
from pipelines.landing.refining.records import look_over, make_records, refuse_lost_rows
from pipelines.landing.refining.writing import count_written, find_duplicates, write_quarantine, write_rows


@dataclass(frozen=True)
class Counts:
    """What became of the rows of one file."""

    file_rows: int
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    duplicates_dropped: int
    repeated_keys: int
    identifiers_ignored: int
    rows_erased: int
    erased_ids: tuple[str, ...]


def refine(file: FeedFile, register: Register) -> Counts:
    """Writes rows.parquet, and quarantine.parquet when a row is kept out, into the file's work folder.

    Nothing is written of rows that name somebody in the register. Raises RuntimeError when rows read are not the sum of
    rows loaded, quarantined, dropped as duplicates and erased: that would be a defect of ours.
    BadInput when the select loses or repeats rows.
    """
    make_records(file)
    seen = look_over(file)
    rows = refuse_lost_rows(file, seen)
    unreadable = file.count(file.unreadable) if file.unreadable else 0
    erased = mark_erased(file, register)
    gone = len(erased.row_numbers)
    if gone:
        seen = look_over(file)
    duplicates, surplus = find_duplicates(file) if seen.distinct_keys < seen.sound else (0, 0)
    write_rows(file, seen)
    loaded, without_form = count_written(file)
    quarantined = write_quarantine(file, seen)
    ignored = file.sum_of_ignored_ids() if duplicates else seen.ignored_ids
    if seen.records + unreadable != loaded + quarantined + duplicates + gone:
        raise RuntimeError(
            f"rows went missing between {file.file_name} and the lake: {seen.records + unreadable} were read, {loaded} "
            f"loaded, {quarantined} quarantined, {duplicates} dropped as duplicates, {gone} erased"
        )
    return Counts(
        file_rows=rows + unreadable,
        rows_read=seen.records + unreadable,
        rows_loaded=loaded,
        rows_quarantined=quarantined,
        duplicates_dropped=duplicates,
        repeated_keys=surplus - duplicates,
        identifiers_ignored=ignored + without_form,
        rows_erased=gone,
        erased_ids=erased.ids,
    )
