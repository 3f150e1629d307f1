"""The printed tables. Nothing is computed here but differences and ratios of what was measured."""

from collections.abc import Mapping

from lifetime_value_tools.customers import TRUE_PARAMETERS
from lifetime_value_tools.running import Measured
from rich.table import Table

ORDERS_PARAMETERS, SPEND_PARAMETERS = ("r", "alpha", "a", "b"), ("p", "q", "v")


def _table(title: str, left: tuple[str, ...], right: tuple[str, ...]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in left:
        table.add_column(heading)
    for heading in right:
        table.add_column(heading, justify="right")
    return table


def recovery_table(found: Mapping[int, Measured]) -> Table:
    """True parameters beside ours, by number of customers; z is the error in standard errors."""
    title = "Recovery of known parameters, continuous times (hardly two customers equal)"
    table = _table(title, ("customers", "parameter"), ("true", "fitted", "standard error", "z", "fit s"))
    for size, ours in found.items():
        for name, true in TRUE_PARAMETERS.items():
            fitted, error = ours.report["parameters"][name], ours.report["standard_errors"][name]
            seconds = ours.seconds["fit_orders" if name in ORDERS_PARAMETERS else "fit_spend"]
            numbers = (f"{true:.3f}", f"{fitted:.4f}", f"{error:.4f}", f"{(fitted - true) / error:+.2f}")
            table.add_row(f"{size:,}", name, *numbers, f"{seconds:.2f}", end_section=name == "v")
    return table


def speed_table(found: Mapping[int, Measured]) -> Table:
    """Seconds and memory of ours, by number of customers."""
    title = "Guanxi, whole days and cents, as shops record"
    table = _table(title, ("customers",), ("fit orders s", "fit spend s", "score s", "total s", "peak MB"))
    for size, ours in found.items():
        table.add_row(f"{size:,}", *_seconds(ours), f"{ours.report['peak_bytes'] / 1e6:,.0f}")
    return table


def comparison_table(title: str, found: list[Measured], likelihoods: Mapping[str, tuple[float, float]]) -> Table:
    """Seconds of every tool and how much lower its log-likelihood is than ours, the first; ratio of totals to ours."""
    ours = found[0]
    columns = ("fit orders s", "fit spend s", "score s", "total s", "times ours", "peak MB", "LL orders", "minus ours")
    table = _table(title, ("tool",), (*columns, "LL spend", "minus ours"))
    for one in found:
        times = f"{one.seconds['total'] / ours.seconds['total']:.1f}"
        row = [one.title, *_seconds(one), times, f"{one.report['peak_bytes'] / 1e6:,.0f}"]
        for value, best in zip(likelihoods[one.title], likelihoods[ours.title], strict=True):
            row += [f"{value:,.3f}", f"{value - best:+.1e}"]
        table.add_row(*row)
    return table


def agreement_table(title: str, found: list[Measured], differences: Mapping[str, Mapping[str, float]]) -> Table:
    """Parameters of every tool, and the largest relative difference of its forecasts from ours."""
    headings = (*ORDERS_PARAMETERS, *SPEND_PARAMETERS, "expected purchases", "expected spend")
    table = _table(f"{title}: parameters, and largest relative difference of a forecast from ours", ("tool",), headings)
    for one in found:
        parameters = [f"{one.report['parameters'][name]:.5f}" for name in headings[:7]]
        table.add_row(one.title, *parameters, *(f"{differences[one.title][name]:.1e}" for name in ("orders", "spend")))
    return table


def versions_line(measured: Measured) -> str:
    """What the tool ran on."""
    versions = ", ".join(f"{name} {number}" for name, number in measured.report["versions"].items())
    return f"{measured.title}: {versions}, Python {measured.report['python']}"


def _seconds(measured: Measured) -> tuple[str, ...]:
    seconds = measured.seconds
    score = seconds["score_orders"] + seconds["score_spend"]
    return tuple(f"{value:.2f}" for value in (seconds["fit_orders"], seconds["fit_spend"], score, seconds["total"]))
