"""One night, end to end, on an invented shop whose truth is known."""

import json
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Run

pytestmark = pytest.mark.xdist_group("first_night")  # one worker builds that night, once


def ask(run: Run, query: str) -> list[tuple]:
    with duckdb.connect(str(run.published), read_only=True) as connection:
        return connection.execute(query).fetchall()


def published_rows(run: Run) -> dict[str, list[tuple]]:
    """Every row of every mart and score, in one order."""
    with duckdb.connect(str(run.published), read_only=True) as connection:
        tables = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_schema in ('marts', 'ml') order by all"
        ).fetchall()
        return {table: connection.execute(f"from {table} order by all").fetchall() for (table,) in tables}


@pytest.fixture(scope="module")
def truth(sample_files: Path) -> dict:
    return json.loads((sample_files / "truth" / "truth.json").read_text())


def test_the_published_file_is_read_only_and_holds_no_build_schema(first_night: Run) -> None:
    schemas = {name for (name,) in ask(first_night, "select distinct table_schema from information_schema.tables")}
    assert schemas == {"marts", "ml", "ops"}
    assert first_night.published.stat().st_mode & 0o222 == 0


def test_every_published_table_has_a_parquet_file_with_the_same_rows(first_night: Run) -> None:
    parquet = first_night.home / "published" / "parquet"
    tables = ask(first_night, "select table_schema, table_name from information_schema.tables")
    assert len(tables) == len(list(parquet.rglob("*.parquet")))
    for schema, table in tables:
        [(copied,)] = duckdb.sql(f"select count(*) from '{parquet}/{schema}/{table}.parquet'").fetchall()
        assert ask(first_night, f"select count(*) from {schema}.{table}") == [(copied,)]


def test_no_personal_value_of_the_landed_files_is_published(first_night: Run, sample_files: Path) -> None:
    columns = {name for (name,) in ask(first_night, "select column_name from information_schema.columns")}
    assert not columns & {"email", "phone", "name", "address", "birth_date", "postal_code", "original_values"}
    emails, phones = duckdb.sql(
        f"select list(distinct lower(trim(email))), list(distinct phone) from read_csv('{sample_files}/customers*.csv',"
        " all_varchar = true, ignore_errors = true, null_padding = true) where length(email) > 6 and length(phone) > 6"
        " and phone <> '00000000000'"  # which stands for nobody, and for eleven digits of a number
    ).fetchall()[0]
    assert len(emails) > 1_000
    content = first_night.published.read_bytes()
    found = [text for text in [*emails[:300], *phones[:300]] if text.encode() in content]
    assert not found


def test_tables_and_columns_are_documented_in_the_published_file(first_night: Run) -> None:
    undocumented = ask(
        first_night,
        "select schema_name, table_name from duckdb_tables() where not internal and comment is null",
    )
    assert not undocumented
    silent_columns = ask(
        first_night,
        "select schema_name, table_name, column_name from duckdb_columns() where not internal and comment is null",
    )
    assert not silent_columns


def test_days_are_dates_in_every_published_table(first_night: Run) -> None:
    instants = ask(
        first_night,
        "select column_name from information_schema.columns"
        " where data_type like 'TIMESTAMP%' and column_name not like '%_at'",
    )
    assert not instants


def test_the_scores_have_the_columns_and_types_that_dbt_is_told(first_night: Run) -> None:
    from pipelines.dbt import manifest

    told = {
        (source["name"], column["name"], column["data_type"].replace("string", "varchar").upper())
        for source in manifest()["sources"].values()
        if source["schema"] == "ml"
        for column in source["columns"].values()
    }
    published = ask(
        first_night,
        "select table_name, column_name, data_type from information_schema.columns where table_schema = 'ml'",
    )
    assert set(published) == told


def test_the_lines_of_orders_add_up_to_the_shops_net_sales(first_night: Run, truth: dict) -> None:
    sums = ask(
        first_night,
        "select sum(net_amount), sum(refunded_amount), sum(total_amount) from marts.fct_orders where line_count > 0"
        " union all select sum(net_amount), sum(refunded_amount), sum(total_amount) from marts.fct_order_items",
    )
    assert sums[0] == sums[1]
    assert ask(first_night, "select sum(net_sales) from marts.dim_products") == [(sums[0][0],)]
    assert str(sums[0][0]) == truth["paid_net_sales"]


def test_net_sales_and_orders_equal_the_truth_of_the_generator(
    first_night: Run, truth: dict, sample_files: Path
) -> None:
    [(net_sales, paid_orders)] = ask(
        first_night, "select sum(net_amount), count(*) filter (where is_purchase) from marts.fct_orders"
    )
    assert str(net_sales) == truth["paid_net_sales"]
    assert [(paid_orders,)] == duckdb.sql(
        f"select count(*) from '{sample_files}/truth/orders.parquet' where is_paid"
    ).fetchall()


def test_quarantine_and_duplicates_equal_what_the_generator_planted(first_night: Run, truth: dict) -> None:
    for feed, quarantined, duplicates, read, loaded in ask(
        first_night,
        "select feed, sum(rows_quarantined), sum(duplicates_dropped), sum(rows_read), sum(rows_loaded)"
        " from ops.ingested_files group by all",
    ):
        assert quarantined == sum(truth["quarantined"][feed].values()), feed
        assert duplicates == truth["duplicates"][feed], feed
        assert read == loaded + quarantined + duplicates


def test_duplicate_accounts_and_guest_orders_become_the_people_they_are(first_night: Run, sample_files: Path) -> None:
    """Of the pairs of accounts that are one person, most are joined, and hardly any stranger is joined to them."""
    build = first_night.home / "warehouse" / "guanxi.duckdb"
    with duckdb.connect(str(build), read_only=True) as connection:
        joined, splits, persons = connection.execute(f"""
            with known as (
                select accounts.customer_id, truth.person_id
                from intermediate.int_customer_accounts as accounts
                inner join '{sample_files}/truth/customers.parquet' as truth
                    on accounts.account_key = 'sample:' || truth.identity
                where truth.identity_kind = 'account'
            )
            select
                (select count(*) from (select customer_id from known group by 1 having count(distinct person_id) > 1)),
                (select count(*) from (select person_id from known group by 1 having count(distinct customer_id) > 1)),
                (select count(distinct person_id) from known)
        """).fetchall()[0]
    assert persons > 1_000
    assert joined == 0
    assert splits / persons < 0.01


@pytest.mark.wide
def test_a_rerun_of_the_same_night_publishes_the_same_rows(first_night: Run, tmp_path: Path) -> None:
    rerun = first_night.copy(tmp_path / "data").again()
    assert rerun.outcome.is_success
    learned = {path.name: path.stat().st_mtime_ns for path in first_night.home.glob("models/*/*/card.json")}
    assert learned == {path.name: path.stat().st_mtime_ns for path in rerun.home.glob("models/*/*/card.json")}
    before, after = published_rows(first_night), published_rows(rerun)
    assert before.keys() == after.keys()
    for table in before:
        assert before[table] == after[table], table
    [(publications,)] = ask(rerun, "select count(*) from ops.publications")
    assert publications == 2


def test_landing_the_same_files_twice_changes_nothing(first_night: Run, tmp_path: Path) -> None:
    from pipelines.landing.ingest import ingest_feed
    from pipelines.landing.sources import load_source

    lake = tmp_path / "lake"
    for feed in ("customers", "orders"):
        folder = Path(first_night.shop["sources"]["sample"])
        assert all(file.is_new for file in ingest_feed(load_source("sample"), folder, feed, lake))
        listing = {path: path.stat().st_mtime_ns for path in lake.rglob("*")}
        assert not any(file.is_new for file in ingest_feed(load_source("sample"), folder, feed, lake))
        assert {path: path.stat().st_mtime_ns for path in lake.rglob("*")} == listing


def test_every_eligible_customer_has_a_churn_probability_and_the_model_beats_the_base_rate(first_night: Run) -> None:
    [(rows, low, high)] = ask(
        first_night, "select count(*), min(churn_probability), max(churn_probability) from ml.customer_churn"
    )
    assert rows > 300
    assert 0 <= low < high <= 1
    scores = dict(
        ask(first_night, "select candidate, value from ml.model_metrics where model = 'churn' and metric = 'brier'")
    )
    model = ask(
        first_night,
        "select value from ml.model_metrics where model = 'churn' and metric = 'brier' and role = 'champion'",
    )
    assert model[0][0] < scores["base_rate"]


def test_dates_of_next_orders_are_told_in_every_table_and_are_nearer_than_the_rules(first_night: Run) -> None:
    [(buyers, dated, differing)] = ask(
        first_night,
        """
        select count(*), count(next_orders.expected_order_date),
            count(*) filter (
                customers.expected_order_date is distinct from next_orders.expected_order_date
                or customers.expected_order_low is distinct from next_orders.low
                or customers.next_order_status <> next_orders.next_order_status
            )
        from marts.customer_next_order as next_orders join marts.customer_360 as customers using (customer_id)
        """,
    )
    [(have_bought,)] = ask(first_night, "select count(*) from marts.dim_customers where order_count > 0")
    assert buyers == have_bought > dated > 100
    assert differing == 0
    errors = dict(
        ask(
            first_night,
            "select role, min(value) from ml.model_metrics where model = 'next_order' and segment = 'all'"
            " and metric = 'median_absolute_error' group by role",
        )
    )
    assert errors["champion"] < errors["baseline"]


def test_every_value_has_its_horizons_and_its_interval(first_night: Run) -> None:
    [(rows, out_of_order)] = ask(
        first_night,
        "select count(*), count(*) filter (not (0 <= predicted_value_30d and predicted_value_30d <= predicted_value_90d"
        " and predicted_value_90d <= predicted_value and predicted_value_low <= predicted_value"
        " and predicted_value <= predicted_value_high)) from marts.customer_value",
    )
    assert rows > 1_000
    assert out_of_order == 0


def test_the_models_are_shown_beside_what_happened(first_night: Run) -> None:
    for table in ("ml.calibration", "ml.order_tracking", "ml.frequency_histogram"):
        [(rows,)] = ask(first_night, f"select count(*) from {table}")
        assert rows > 5, table
        picture = first_night.home / "pictures" / f"{table.removeprefix('ml.')}.png"
        assert picture.read_bytes().startswith(b"\x89PNG")
    segments = {segment for (segment,) in ask(first_night, "select distinct segment from ml.model_metrics")}
    assert {"all", "tier: regular", "tier: vip"} <= segments


def test_a_discount_lowers_what_is_published_and_not_what_is_measured(first_night: Run) -> None:
    from pipelines.modelling.lifetime_value import SCORE
    from pipelines.modelling.scoring import Asking, read_inputs
    from pipelines.settings.model import Settings
    from pipelines.warehouse.duckdb_tables import open_tables

    with open_tables(first_night.home / "warehouse" / "guanxi.duckdb", read_only=True) as tables:
        settings = Settings(discount_rate=0.2)
        trained = SCORE.training.call(read_inputs(tables, SCORE.training.inputs), settings)
        discounted = Asking(SCORE, tables.read, settings, trained.model).whole()
    [(plain,)] = ask(first_night, "select sum(predicted_value) from ml.customer_lifetime_value")
    assert 0.8 * plain < discounted.tables["customer_lifetime_value"]["predicted_value"].sum() < 0.98 * plain
    measured = trained.made.metrics.query("metric == 'mae' and segment == 'all'")
    published = dict(
        ask(
            first_night,
            "select candidate, value from ml.model_metrics"
            " where model = 'lifetime_value' and metric = 'mae' and segment = 'all'",
        )
    )
    assert dict(zip(measured["candidate"], measured["value"], strict=True)) == pytest.approx(published)


def test_history_survives_the_loss_of_the_build_warehouse(first_night: Run, tmp_path: Path) -> None:
    from pipelines.tables import history
    from pipelines.warehouse.build import connect, prepare_build, remove_build

    copy = first_night.copy(tmp_path / "data")
    build = copy.home / "warehouse" / "guanxi.duckdb"
    remove_build(build)
    prepare_build(build, copy.published, history())
    with connect(build, read_only=True) as connection:
        assert connection.execute("select count(*) from ops.publications").fetchall() == [(1,)]
        assert connection.execute("select count(*) > 50 from ops.gate_results").fetchall() == [(True,)]


def test_every_published_customer_has_its_contacts_and_accounts_of_the_same_night(first_night: Run) -> None:
    with duckdb.connect(str(first_night.home / "restricted" / "contacts.duckdb"), read_only=True) as connection:
        connection.execute(f"attach '{first_night.published}' as shop (read_only)")
        [(customers, contacts, owners, days)] = connection.execute("""
            select
                (select list(customer_id order by customer_id) from shop.marts.dim_customers),
                (select list(customer_id order by customer_id) from customer_contacts),
                (select list(distinct customer_id order by customer_id) from customer_accounts where valid_to is null),
                (select count(*) from night inner join shop.ops.night as published using (as_of_date)
                    inner join shop.ops.publications using (publication_id))
        """).fetchall()
        [(known, of_customers)] = connection.execute("""
            select count(email) filter (where has_email), count(*) filter (where has_email)
            from customer_contacts inner join shop.marts.dim_customers using (customer_id)
        """).fetchall()
    assert len(customers) > 1_000
    assert customers == contacts == owners
    assert days == 1
    assert known == of_customers > 1_000


def test_nobody_can_compute_a_customer_id_from_an_account(first_night: Run, sample_files: Path) -> None:
    """The id is made with the data directory's secret: the hash of the account alone is nobody's id."""
    key = (first_night.home / "customer_key").read_text()
    assert len(key) == 32
    guesses = "'c_' || left(md5({key} || 'sample:' || identity), 16)"
    found = [
        ask(
            first_night,
            f"select count(*) from marts.dim_customers where customer_id in (select {guesses.format(key=secret)}"
            f" from '{sample_files}/truth/customers.parquet' where identity_kind = 'account')",
        )[0][0]
        for secret in ("''", f"'{key}'")
    ]
    assert found[0] == 0
    assert found[1] > 1_000


def test_the_key_of_customer_ids_is_in_no_file_but_its_own_and_the_build_warehouse(first_night: Run) -> None:
    from pipelines.folders import DBT_PROJECT

    key = (first_night.home / "customer_key").read_bytes()
    allowed = {first_night.home / "customer_key", first_night.home / "warehouse" / "guanxi.duckdb"}
    files = [path for path in first_night.home.rglob("*") if path.is_file() and path not in allowed]
    files += [path for path in DBT_PROJECT.rglob("*") if path.is_file()]
    assert any(path.name == "run_results.json" for path in files)
    assert any(path.suffix == ".log" for path in files)
    assert not [path for path in files if key in path.read_bytes()]


def test_what_dbt_left_of_an_earlier_night_is_gone_before_the_next(tmp_path: Path) -> None:
    """An earlier version rendered the key into these files, and dbt appends to its log."""
    from pipelines.dbt_results import DbtResults

    left = tmp_path / "customer_tables" / "compiled"
    left.mkdir(parents=True)
    (left / "int_customer_accounts.sql").write_text("the key")
    DbtResults(tmp_path / "customer_tables").forget()
    assert list(tmp_path.rglob("*.sql")) == []


def test_an_empty_key_stops_the_night_instead_of_renaming_every_customer(tmp_path: Path) -> None:
    from pipelines.problems import BadInput
    from pipelines.warehouse.customer_key import read_customer_key

    file = tmp_path / "customer_key"
    made = read_customer_key(file)
    assert read_customer_key(file) == made
    file.write_text("\n")
    with pytest.raises(BadInput, match=r"customer_key is empty.*put it back from the backup"):
        read_customer_key(file)
