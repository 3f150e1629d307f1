"""From a landed file to a validated part of the lake. Everything of ingest belongs here, nothing of Dagster or dbt."""
