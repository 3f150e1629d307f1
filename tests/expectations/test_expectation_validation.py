"""The runner: one finding per rule, honest severities, places without personal values, and no trace left behind."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from expectations.machinery import validation
from expectations.machinery.catalog import rules_of, suites
from expectations.machinery.validation import RAW_PLACE, Finding, silent_context, validate
from pipelines.promises import GATED_SCHEMAS, gated_tables, rules_for
from pipelines.tables import declared_tables


def found_in(file: Path, table: str, rules: list, place: tuple[str, ...]) -> list[Finding]:
    """What comes of the rules on the table of a file, which is opened for it and closed."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return validate(connection, table, rules, place)


@pytest.mark.parametrize("table", sorted(suites()))
def test_every_rule_of_a_good_table_holds_and_is_told(good_warehouse, table):
    rules = rules_of(table)
    findings = found_in(good_warehouse, table, rules, ())
    assert [finding.rule for finding in findings] == [rule.claim for rule in rules]
    assert [finding for finding in findings if finding.is_broken or finding.where] == []
    assert all(finding.observed_value for finding in findings)


@pytest.mark.parametrize(
    "table",
    [
        "raw.order_items",
        "raw.products",
        "raw.events",
        "raw.tickets",
        "raw.feedback",
        "raw.survey_preferences",
        "raw.campaign_messages",
        "raw.consents",
        "marts.fct_tickets",
        "marts.fct_feedback",
        "marts.fct_campaign_messages",
        "ops.ingested_files",
        "ops.unread_inputs",
        "features.customer_outcomes",
    ],
)
def test_an_optional_table_may_be_empty(broken_after, table):
    assert broken_after(f"delete from {table}", table) == []


def test_a_shop_too_young_for_models_passes_with_empty_metrics_and_churn(broken_after):
    assert broken_after("delete from ml.model_metrics", "ml.model_metrics") == []
    young = "delete from ml.customer_churn; update features.customer_features set days_since_last_order = 400"
    assert broken_after(young, "ml.customer_churn") == []


def test_a_shop_that_sold_nothing_last_year_has_no_size_to_be_judged_by(broken_after):
    quiet = "update features.customer_features set net_sales_365d = 0"
    assert broken_after(quiet, "ml.customer_lifetime_value") == []


def test_orders_after_the_night_are_normal_in_an_export(broken_after):
    later = "update raw.orders set ordered_at = ordered_at + interval 300 day where row_number > 20"
    assert broken_after(later, "raw.orders") == []


def test_raw_rows_are_named_by_file_and_row_and_others_by_their_key(broken_after):
    orders = broken_after("update raw.orders set total = -1 where row_number in (3, 5)", "raw.orders")
    assert (orders[0].unexpected_count, orders[0].where) == (2, ["orders.csv row 3", "orders.csv row 5"])
    spoilt = "update features.customer_features set recency_days = 91 where customer_id = 'c3' and is_today"
    features = broken_after(spoilt, "features.customer_features")
    assert features[0].where == ["customer_id c3, as_of_date 2024-06-30"]
    unscored = broken_after(
        "update ml.customer_churn set churn_probability = 2 where customer_id = 'c3'", "ml.customer_churn"
    )
    assert unscored[0].where == ["customer_id c3"]


def test_at_most_five_places_are_named_and_all_are_counted(broken_after):
    broken = broken_after("update raw.orders set total = -1", "raw.orders")
    assert (broken[0].unexpected_count, len(broken[0].where)) == (24, 5)


def test_warnings_and_errors_are_told_apart(broken_after):
    two_faults = (
        "update raw.orders set total = -1 where row_number = 3;"
        " update raw.orders set status = 'credit_note', total = 1 where row_number = 4"
    )
    severities = {finding.rule: finding.severity for finding in broken_after(two_faults, "raw.orders")}
    assert severities == {"credit_notes_give_money_back": "error", "no_order_has_a_negative_total": "warning"}


def test_a_rule_that_cannot_be_computed_is_a_broken_error_even_if_it_was_a_warning(broken_after):
    broken = broken_after("alter table raw.products drop column name", "raw.products")
    assert [(finding.rule, finding.severity) for finding in broken] == [("most_products_have_a_name", "error")]
    assert "could not be computed" in broken[0].observed_value
    query = broken_after("alter table raw.customers drop column birth_date", "raw.customers")
    assert [(finding.rule, finding.severity) for finding in query] == [("nobody_is_born_after_registering", "error")]


def test_a_rule_with_anothers_claim_is_refused(warehouse):
    rule = rules_of("raw.orders")[0]
    with pytest.raises(ValueError, match="there_are_orders"):
        found_in(warehouse, "raw.orders", [rule, rule], RAW_PLACE)


def test_a_missing_table_is_an_error_and_leaves_the_file_free(warehouse):
    with pytest.raises(Exception, match="nowhere"):
        found_in(warehouse, "raw.nowhere", rules_of("raw.orders"), RAW_PLACE)
    _write_from_another_process(warehouse)


def test_another_process_can_write_as_soon_as_the_rules_have_run(warehouse):
    found_in(warehouse, "raw.orders", rules_of("raw.orders"), RAW_PLACE)
    _write_from_another_process(warehouse)


def test_nothing_is_written_to_the_warehouse_the_home_or_the_working_folder(warehouse, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
    before = warehouse.read_bytes()
    found_in(warehouse, "raw.orders", rules_of("raw.orders"), RAW_PLACE)
    assert warehouse.read_bytes() == before
    assert list(home.iterdir()) == []


def test_paths_may_hold_spaces_signs_and_chinese(warehouse):
    folder = warehouse.parent / "a $HOME %41 客户"
    folder.mkdir()
    moved = warehouse.rename(folder / "shop.duckdb")
    assert found_in(moved, "raw.orders", rules_of("raw.orders"), RAW_PLACE)


def test_usage_statistics_are_off_whatever_the_machine_says(warehouse, monkeypatch):
    import great_expectations as gx

    contexts = []
    make = gx.get_context
    monkeypatch.setenv("GX_ANALYTICS_ENABLED", "true")
    monkeypatch.setattr(gx, "get_context", lambda **options: contexts.append(make(**options)) or contexts[-1])
    silent_context.cache_clear()
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("delete from raw.orders")
    found_in(warehouse, "raw.orders", rules_of("raw.orders"), RAW_PLACE)
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
    assert contexts[0].variables.analytics_enabled is False


def test_the_library_is_asked_of_those_rules_only_that_some_row_breaks(warehouse, monkeypatch):
    from great_expectations.validator.validator import Validator

    asked: list[str] = []
    real = Validator.graph_validate
    monkeypatch.setattr(
        Validator,
        "graph_validate",
        lambda self, rules, detail: asked.extend(rule.meta["claim"] for rule in rules) or real(self, rules, detail),
    )
    table, place = declared_tables()["raw.orders"], RAW_PLACE
    rules = rules_for(table)
    before = found_in(warehouse, "raw.orders", rules, place)
    assert asked == []
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update raw.orders set total = -1, status = 'odd' where row_number = 3")
    after = found_in(warehouse, "raw.orders", rules, place)
    broken = ["no_order_has_a_negative_total", "status_is_a_known_value"]
    assert sorted(set(asked)) == broken
    changed = {finding.rule: finding for finding in after if finding not in before}
    assert sorted(changed) == broken
    assert [changed[claim].where for claim in broken] == [["orders.csv row 3"]] * 2


@pytest.mark.parametrize("table", gated_tables(*GATED_SCHEMAS, "ops"), ids=lambda table: table.address)
def test_what_is_counted_is_what_the_library_finds(good_warehouse, table, monkeypatch):
    rules = rules_for(table)
    counted = found_in(good_warehouse, table.address, rules, ())
    monkeypatch.setattr(validation, "held", lambda *asked: {})
    assert found_in(good_warehouse, table.address, rules, ()) == counted


def test_a_gate_that_holds_does_not_import_the_library(warehouse):
    program = (
        "import duckdb, sys; from expectations.machinery.validation import validate;"
        "from expectations.machinery.catalog import rules_of;"
        "found = validate(duckdb.connect(sys.argv[1]), 'raw.orders', rules_of('raw.orders'), ());"
        "assert found and not any(finding.is_broken for finding in found);"
        "assert 'great_expectations' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program, str(warehouse)], check=True)


def test_a_query_that_cannot_be_computed_does_not_take_the_others_with_it(warehouse):
    before = found_in(warehouse, "raw.customers", rules_of("raw.customers"), RAW_PLACE)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("alter table raw.customers drop column birth_date")
    after = found_in(warehouse, "raw.customers", rules_of("raw.customers"), RAW_PLACE)
    assert [finding.rule for finding in after] == [finding.rule for finding in before]
    assert [finding.rule for finding in after if finding not in before] == ["nobody_is_born_after_registering"]


def test_the_runner_prints_nothing(warehouse, capfd):
    found_in(warehouse, "raw.orders", rules_of("raw.orders"), RAW_PLACE)
    assert capfd.readouterr() == ("", "")


def _write_from_another_process(warehouse):
    program = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('create table written (i integer)')"
    subprocess.run([sys.executable, "-c", program, str(warehouse)], check=True)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        assert connection.execute("select count(*) from written").fetchall() == [(0,)]
