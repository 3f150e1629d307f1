"""The warehouse of a shop on a past day: what models are given is made anew, as of that day."""

import contextlib
import io
import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.dbt import parsed_project
from pipelines.dbt_command import run_dbt
from pipelines.modelling.scoring import Asking, Scored, Trained, read_inputs, scores
from pipelines.night.shop import read_night, write_night
from pipelines.settings.model import Settings
from pipelines.warehouse.duckdb_tables import DuckDBTables

# where days before the first one that is to be known are taken out
DATED = {
    "marts.fct_customer_days": "activity_date",
    "intermediate.int_orders": "order_date",
    "marts.fct_tickets": "opened_date",
    "marts.fct_feedback": "submitted_date",
    "marts.fct_campaign_messages": "sent_date",
}
FIRST_DAYS = """
    update marts.dim_customers set first_order_date = (
        select min(days.activity_date) from marts.fct_customer_days as days
        where days.customer_id = dim_customers.customer_id and days.purchase_count > 0
    )
"""
SALES = """
    select customer_id, sum(net_amount) as came from marts.fct_customer_days
    where activity_date > ? and activity_date <= ? group by customer_id
"""


class PastShop:
    """A copy of a built warehouse, whose features can be made as of any day that its facts reach beyond.

    The facts stay those of the last night: an order that was corrected since counts as it is now known. Settings are
    the defaults.
    """

    def __init__(self, warehouse: Path, folder: Path, known_from: date | None = None) -> None:
        """`known_from`: the first day of which anything is to be known."""
        self.file, self._folder = folder / "guanxi.duckdb", folder  # dbt knows the database by this name
        folder.mkdir(parents=True)
        shutil.copyfile(warehouse, self.file)
        if known_from:
            with duckdb.connect(str(self.file)) as connection:
                for table, day in DATED.items():
                    connection.execute(f"delete from {table} where {day} < ?", [known_from])
                connection.execute(FIRST_DAYS)

    def stand_at(self, day: date) -> None:
        """Make the features, and the outcomes of past dates, as of a day."""
        with duckdb.connect(str(self.file)) as connection:
            night = read_night(connection)
            write_night(connection, type(night)(day, night.time_zone, night.currency, night.source_names))
        told = ["--quiet", "--vars", json.dumps(Settings().dbt_variables())]
        command = ["run", "--full-refresh", "--select", "path:models/features", *told]
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            is_made = run_dbt(command, self.file, self._folder / "dbt", parsed_project())
        if not is_made:
            raise SystemExit(printed.getvalue())

    def learned(self, name: str) -> Trained:
        """What a score learns on that day."""
        training = scores()[name].training
        assert training is not None
        return training.call(self._read(training.inputs), Settings())

    def asked(self, name: str, trained: Trained) -> Scored:
        """What a score says of that day's customers."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return Asking(scores()[name], DuckDBTables(connection).read, Settings(), trained.model).whole()

    def sales(self, day: date, days: int) -> pd.Series:
        """What each customer bought for in the `days` days after a day, by customer_id; nobody who bought nothing."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            frame = connection.execute(SALES, [day, day + timedelta(days=days)]).df()
        return frame.set_index("customer_id")["came"].astype(float)

    def _read(self, inputs: Any) -> dict[str, pd.DataFrame]:
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return read_inputs(DuckDBTables(connection), inputs)


def last_day(warehouse: Path) -> date:
    """The day that a warehouse was built for."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return read_night(connection).as_of_date
