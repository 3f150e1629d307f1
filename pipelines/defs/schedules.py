"""When the night runs: one job over everything, at two in the morning of the shop."""

from datetime import timedelta

import dagster as dg

from pipelines.landing.sources import load_source
from pipelines.problems import BadInput
from pipelines.settings import read_settings


@dg.definitions
def schedules() -> dg.Definitions:
    """The job `nightly` and its schedule, in the time zone of the shop that the environment names."""
    nightly = dg.define_asset_job(
        "nightly",
        selection=dg.AssetSelection.all(),
        description="Everything, from landed files to the published file; stops at the first gate that is red.",
    )

    @dg.schedule(job=nightly, cron_schedule="0 2 * * *", execution_timezone=shop_time_zone(), name="nightly_at_two")
    def nightly_at_two(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        """As of the business day that has just ended."""
        settings = read_settings()
        as_of = (context.scheduled_execution_time - timedelta(days=1)).date().isoformat()
        config = {
            "data_dir": str(settings.data_dir),
            "sources": settings.sources,
            "as_of": as_of,
            "discount_rate": settings.discount_rate,
        }
        return dg.RunRequest(run_key=as_of, run_config={"resources": {"shop": {"config": config}}})

    return dg.Definitions(jobs=[nightly], schedules=[nightly_at_two])


def shop_time_zone() -> str:
    """The shop's zone; UTC while the environment names a source that does not exist (the run itself will say so)."""
    try:
        return load_source(next(iter(read_settings().sources))).time_zone
    except BadInput:
        return "UTC"
