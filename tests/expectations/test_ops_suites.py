"""Every promise on what became of the landed files can be broken, and only by what it forbids."""

import pytest

LATE = "where feed = 'orders' and file_name = 'orders-30.csv'"

SABOTAGES = [
    (
        "ops.ingested_files",
        "no_file_is_mostly_refused",
        "update ops.ingested_files set rows_quarantined = 84 where feed = 'orders' and file_name = 'orders-04.csv'",
    ),
    (
        "ops.ingested_files",
        "no_feed_is_mostly_refused",
        "update ops.ingested_files set rows_read = 4, rows_quarantined = 3, ingested_at = ingested_at - to_days(90) "
        "where feed = 'orders' and file_name not in ('orders-05.csv', 'orders-30.csv')",
    ),
    (
        "ops.ingested_files",
        "hardly_any_row_of_a_new_file_is_refused",
        "update ops.ingested_files set rows_quarantined = 3 where feed = 'orders' and file_name = 'orders-29.csv'",
    ),
    (
        "ops.ingested_files",
        "the_newest_file_is_not_nearly_empty",
        f"delete from ops.ingested_files where rows_loaded = 0; update ops.ingested_files set rows_loaded = 9 {LATE}",
    ),
    (
        "ops.ingested_files",
        "the_newest_file_is_of_a_usual_size",
        f"update ops.ingested_files set rows_loaded = 501 {LATE}",
    ),
    (
        "ops.ingested_files",
        "most_rows_have_a_key_of_their_own",
        "update ops.ingested_files set repeated_keys = 95 where feed = 'orders' and file_name = 'orders-04.csv'",
    ),
    (
        "ops.unread_inputs",
        "no_required_feed_or_column_was_left_unread",
        "insert into ops.unread_inputs values ('shop', 'file', 'Orders2.csv', 'Orders2.csv', 'orders', null, true, '')",
    ),
    (
        "ops.unread_inputs",
        "nothing_that_looks_like_ours_was_left_unread",
        "insert into ops.unread_inputs values ('shop', 'column', 'a.csv', 'totl', 'orders', 'total', false, '')",
    ),
]


@pytest.mark.parametrize(("table", "claim", "sabotage"), SABOTAGES, ids=[f"{row[0]}-{row[1]}" for row in SABOTAGES])
def test_one_planted_fault_breaks_exactly_the_claim_it_should(broken_after, table, claim, sabotage):
    broken = broken_after(sabotage, table)
    assert [finding.rule for finding in broken] == [claim]
    assert broken[0].where


def test_no_claim_of_the_ops_suites_goes_without_a_planted_fault(claims_never_put_to_the_test):
    assert claims_never_put_to_the_test("ops", SABOTAGES) == set()


def test_a_corrected_file_under_the_same_name_clears_the_one_it_replaces(broken_after):
    corrected = (
        "insert into ops.ingested_files select * replace (84 as rows_quarantined, ingested_at - interval 1 hour as "
        f"ingested_at) from ops.ingested_files {LATE}"
    )
    assert broken_after(corrected, "ops.ingested_files") == []


def test_rows_set_aside_on_purpose_are_no_fault(broken_after):
    more = "update ops.ingested_files set rows_quarantined = 31 where file_name in ('orders-05.csv', 'events-05.csv')"
    assert broken_after(more, "ops.ingested_files") == []


@pytest.mark.parametrize(
    "usual",
    [
        f"update ops.ingested_files set rows_loaded = 0 {LATE}",  # as on every seventh day
        "delete from ops.ingested_files where rows_loaded = 0 or (file_name < 'orders-25.csv' and feed = 'orders'); "
        f"update ops.ingested_files set rows_loaded = 1 {LATE}",  # too few to compare with
        "delete from ops.ingested_files where rows_loaded = 0; update ops.ingested_files set "
        f"ingested_at = ingested_at - interval 1 day + interval 5 second, rows_loaded = 1 {LATE}",
        "update ops.ingested_files set ingested_at = timestamp '2024-06-01 02:00:00', rows_loaded = 5000 "
        f"where file_name < 'orders-30.csv' and feed = 'orders'; update ops.ingested_files set rows_loaded = 9 {LATE}",
    ],
    ids=["seen before", "few files", "a piece of one export", "a day after a history in pieces"],
)
def test_a_small_file_is_not_always_a_fault(broken_after, usual):
    assert broken_after(usual, "ops.ingested_files") == []


def test_the_gate_names_feed_and_file_and_the_mend(broken_after):
    [mostly, *_] = broken_after(SABOTAGES[0][2], "ops.ingested_files")
    assert mostly.severity == "error"
    assert mostly.where[0].startswith("feed orders, file_name orders-04.csv, refused_rows 84, of_rows 100, mend ")
