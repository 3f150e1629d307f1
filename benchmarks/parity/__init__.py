"""Whether two builds of the same night say the same: two published files compared, or DuckDB beside Spark."""
