"""When the night runs: one job over everything, at two in the morning of the shop."""

from datetime import timedelta

import dagster as dg

from pipelines.folders import DataFolder
from pipelines.night.runs import AS_OF, SOURCES, watch
from pipelines.night.shop import open_shop, require_files
from pipelines.problems import BadInput
from pipelines.settings import read_settings


@dg.definitions
def schedules() -> dg.Definitions:
    """The job `nightly`, its schedule in the shop's time zone, and the watch that ends what a killed run left open."""
    nightly = dg.define_asset_job(
        "nightly",
        selection=dg.AssetSelection.all(),
        description="Everything, from landed files to the published file; stops at the first gate that is red.",
    )

    @dg.schedule(
        job=nightly,
        cron_schedule=read_settings().schedule,
        execution_timezone=shop_time_zone(),
        name="nightly_at_two",
    )
    def nightly_at_two(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        """As of the business day that has just ended, of the shop that the data directory belongs to."""
        settings = read_settings()
        as_of = (context.scheduled_execution_time - timedelta(days=1)).date().isoformat()
        try:
            shop = open_shop(settings.data_dir, settings.sources)
            require_files(shop)
        except BadInput as problem:
            return dg.SkipReason(str(problem))
        config = {
            "data_dir": str(settings.data_dir),
            "sources": settings.sources,
            "as_of": as_of,
            "discount_rate": settings.discount_rate,
        }
        return dg.RunRequest(
            run_key=f"{context.scheduled_execution_time:%Y-%m-%dT%H:%M}",
            run_config={"resources": {"shop": {"config": config}}},
            tags={AS_OF: as_of, SOURCES: ",".join(shop.source_names)},
        )

    @dg.sensor(
        name="killed_runs_are_closed",
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Closes runs whose process is gone, so that the next one is not kept waiting for their end.",
    )
    def killed_runs_are_closed(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        """Closes them and starts nothing itself."""
        closed = watch(context.instance, DataFolder(read_settings().data_dir))
        return dg.SkipReason(f"closed {', '.join(closed)}" if closed else "no run has died")

    return dg.Definitions(jobs=[nightly], schedules=[nightly_at_two], sensors=[killed_runs_are_closed])


def shop_time_zone() -> str:
    """The shop's zone; UTC while the settings name no shop that exists (the run itself will say so)."""
    try:
        settings = read_settings()
        return open_shop(settings.data_dir, settings.sources).time_zone
    except BadInput:
        return "UTC"
