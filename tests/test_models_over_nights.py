"""Nights a month apart: models are learned and kept, what was published is held against what came, the past stays."""

from pathlib import Path

import duckdb
import pytest

from tests.conftest import Run, run_night

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("models_over_nights")]

NIGHTS = ("2026-05-31", "2026-06-05", "2026-06-30")


def ask(run: Run, query: str) -> list[tuple]:
    with duckdb.connect(str(run.published), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    from pipelines.sample.generator import generate

    files = tmp_path_factory.mktemp("over nights") / "files"
    generate(files, customers=1_000, days=600, seed=11)
    return {"sources": {"sample": str(files)}}


def test_a_chain_of_nights_in_which_a_horizon_passes(shop: dict[str, object], tmp_path: Path) -> None:
    home, learned, told = tmp_path / "data", {}, {}
    for as_of in NIGHTS:
        run = run_night(home, {**shop, "as_of": as_of})
        assert run.outcome.is_success, run.told()
        learned[as_of] = ask(run, "select model, trained_as_of from ml.models where is_scoring_tonight order by model")
        told[as_of] = ask(run, "from ml.backtests order by all")
        scores = ask(run, "select customer_id, predicted_value_30d from ml.customer_lifetime_value order by all")
        if as_of == NIGHTS[0]:
            published = dict(scores)
        assert ask(run, "select count(*) from ml.model_drift where kind = 'feature'")[0][0] > 50
        assert ask(run, "select count(*) from ml.model_drift where kind = 'features' and level <> 'ok'") == [(0,)]
    assert told[NIGHTS[0]] == told[NIGHTS[1]] == []
    assert {str(day) for _, day in learned[NIGHTS[1]]} == {NIGHTS[0]}
    assert len(list((home / "models" / "churn").glob("*/card.json"))) == 2  # that of day 30 too, whichever scores

    # by hand: what the customers of that night brought in the 30 days after it
    [(forecast, outcome, customers)] = ask(
        run,
        f"""
        with foretold as (
            select unnest({[*published]}) as customer_id, unnest({[*published.values()]}) as value
        ),
        brought as (
            select customer_id, sum(net_amount) as net_sales from marts.fct_customer_days
            where activity_date > '{NIGHTS[0]}' and activity_date <= '{NIGHTS[2]}' group by customer_id
        )
        select avg(value), avg(coalesce(net_sales, 0)), count(*)
        from foretold left join brought using (customer_id)
        where customer_id in (select customer_id from marts.dim_customers)
        """,
    )
    [(mean_forecast, mean_outcome, counted)] = ask(
        run,
        "select max(value) filter (where metric = 'mean_forecast'), max(value) filter (where metric = 'mean_outcome'),"
        " max(customer_count) from ml.backtests where forecast = 'predicted_value_30d'",
    )
    assert (mean_forecast, mean_outcome) == (pytest.approx(forecast), pytest.approx(float(outcome)))
    assert counted == customers > 500
    [(compared,)] = ask(run, "select compared_as_of from ml.model_drift where measure = 'predicted_value_30d'")
    assert str(compared) == NIGHTS[0]

    archived = {path: path.read_bytes() for path in home.glob("scores/*/*.parquet")}
    again = run_night(home, {**shop, "as_of": NIGHTS[1]})
    assert again.outcome.is_success, again.told()
    query = "select model, trained_as_of from ml.models where is_scoring_tonight order by model"
    assert ask(again, query) == learned[NIGHTS[1]]
    assert {path: path.read_bytes() for path in home.glob("scores/*/*.parquet")} == archived
