"""The steps a file in hand goes through, in order, and the count of what became of its rows."""

from dataclasses import dataclass

from pipelines.landing.refining.feed_file import FeedFile
from pipelines.landing.refining.records import make_records, refuse_lost_rows
from pipelines.landing.refining.writing import count_ignored, find_duplicates, write_quarantine, write_rows


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


def refine(file: FeedFile) -> Counts:
    """Writes rows.parquet, and quarantine.parquet when a row is kept out, into the file's work folder.

    Raises RuntimeError when rows read are not the sum of rows loaded, quarantined and dropped as duplicates: that would
    be a defect of ours. BadInput when the select loses or repeats rows.
    """
    make_records(file)
    rows, records = refuse_lost_rows(file)
    duplicates, surplus = find_duplicates(file)
    loaded = write_rows(file)
    quarantined = write_quarantine(file)
    unreadable = file.count(file.unreadable) if file.unreadable else 0
    if records + unreadable != loaded + quarantined + duplicates:
        raise RuntimeError(
            f"rows went missing between {file.file_name} and the lake: {records + unreadable} were read, {loaded} "
            f"loaded, {quarantined} quarantined, {duplicates} dropped as duplicates"
        )
    return Counts(
        file_rows=rows + unreadable,
        rows_read=records + unreadable,
        rows_loaded=loaded,
        rows_quarantined=quarantined,
        duplicates_dropped=duplicates,
        repeated_keys=surplus - duplicates,
        identifiers_ignored=count_ignored(file),
    )
