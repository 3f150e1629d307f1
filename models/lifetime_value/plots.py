"""Pictures of how right a lifetime value model is, as PNG bytes; where they are kept is not known here."""

from io import BytesIO

import pandas as pd
from matplotlib.figure import Figure

MODEL, ACTUAL = "#3b5bdb", "#868e96"


def plot_tracking(tracking: pd.DataFrame) -> bytes:
    """Repeat orders that happened and were expected, cumulative and per period, as Fader and Hardie show them.

    Parameters
    ----------
    tracking
        `candidate, period_end, expected_orders_cumulative, actual_orders_cumulative, expected_orders_incremental,
        actual_orders_incremental`, one row per candidate and period.
    """
    figure = Figure(figsize=(11, 4), layout="constrained")
    for panel, kind in zip(figure.subplots(1, 2), ("cumulative", "incremental"), strict=True):
        for number, (candidate, rows) in enumerate(tracking.groupby("candidate", sort=True)):
            ends = pd.to_datetime(rows["period_end"])
            if number == 0:
                panel.plot(ends, rows[f"actual_orders_{kind}"], color=ACTUAL, label="happened")
            panel.plot(ends, rows[f"expected_orders_{kind}"], linestyle="--", label=str(candidate))
        panel.set(title=f"Repeat orders, {kind}", xlabel="", ylabel="orders", ylim=(0, None))
        panel.tick_params(axis="x", rotation=30)
        panel.legend(frameon=False)
    return _png(figure)


def plot_frequency(histogram: pd.DataFrame) -> bytes:
    """Customers by repeat purchases, happened beside expected.

    Parameters
    ----------
    histogram
        `frequency, actual_customers, expected_customers`, the last row being "and more".
    """
    figure = Figure(figsize=(7, 4), layout="constrained")
    panel = figure.subplots()
    position = range(len(histogram))
    panel.bar([x - 0.2 for x in position], histogram["actual_customers"], 0.4, color=ACTUAL, label="happened")
    panel.bar([x + 0.2 for x in position], histogram["expected_customers"], 0.4, color=MODEL, label="expected")
    labels = [f"{value:.0f}" for value in histogram["frequency"]]
    panel.set_xticks(list(position), [*labels[:-1], f"{labels[-1]}+"])
    panel.set(title="Customers by repeat purchases", xlabel="repeat purchases", ylabel="customers")
    panel.legend(frameon=False)
    return _png(figure)


def plot_deciles(calibration: pd.DataFrame) -> bytes:
    """Mean money forecast and spent in each tenth of customers, ordered by the forecast; a line per candidate.

    Parameters
    ----------
    calibration
        `candidate, measure, decile, predicted_mean, actual_mean`; the rows of measure "money" are drawn.
    """
    figure = Figure(figsize=(7, 5), layout="constrained")
    panel = figure.subplots()
    money = calibration[calibration["measure"] == "money"]
    for candidate, rows in money.groupby("candidate", sort=True):
        panel.plot(rows["predicted_mean"], rows["actual_mean"], marker="o", markersize=4, label=str(candidate))
    top = float(money[["predicted_mean", "actual_mean"]].to_numpy(dtype=float).max()) if len(money) else 1.0
    panel.plot([0, top], [0, top], color=ACTUAL, linewidth=1, label="right")
    panel.set(title="Value per customer, by tenth of the forecast", xlabel="forecast", ylabel="happened")
    panel.set(xscale="symlog", yscale="symlog")
    panel.legend(frameon=False)
    return _png(figure)


def _png(figure: Figure) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=90, metadata={"Software": None})
    return buffer.getvalue()
