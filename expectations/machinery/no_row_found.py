"""A rule that is a query, asked for a number only: which rows it finds is a second question, for the few that find any.

The library's own rule asks both every time, so every query runs twice.
"""

from typing import Any, ClassVar

import great_expectations.expectations as gxe

COUNT = "unexpected_rows_query.row_count"


class NoRowFound(gxe.UnexpectedRowsExpectation):
    """Holds when `unexpected_rows_query` finds no row; `observed_value` is how many it finds."""

    metric_dependencies: ClassVar[tuple[str, ...]] = (COUNT,)

    def _validate(self, metrics: dict, runtime_configuration: Any = None, execution_engine: Any = None) -> dict:
        return {"success": metrics[COUNT] == 0, "result": {"observed_value": metrics[COUNT]}}

    def with_rows(self) -> gxe.UnexpectedRowsExpectation:
        """The same rule, whose result also has the rows."""
        return gxe.UnexpectedRowsExpectation(
            unexpected_rows_query=self.unexpected_rows_query, severity=self.severity, meta=self.meta
        )
