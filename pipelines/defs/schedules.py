"""When the night runs: one job over everything, at two in the morning of the shop."""

from datetime import timedelta

import dagster as dg

from pipelines.night.configuration import run_configuration
from pipelines.night.runs import AS_OF, SOURCES, watch
from pipelines.night.shop import open_shop, require_files
from pipelines.problems import BadInput
from pipelines.settings.model import Settings
from pipelines.settings.reading import data_folder, read_settings


@dg.definitions
def schedules() -> dg.Definitions:
    """The job `nightly`, its schedule in the shop's time zone, and the watch that ends what a killed run left open."""
    schedule, time_zone = when()
    nightly = dg.define_asset_job(
        "nightly",
        selection=dg.AssetSelection.all(),
        description="Everything, from landed files to the published file; stops at the first gate that is red.",
    )

    @dg.schedule(
        job=nightly,
        cron_schedule=schedule,
        execution_timezone=time_zone,
        name="nightly_at_two",
    )
    def nightly_at_two(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        """As of the business day that has just ended, of the shop that the data directory belongs to."""
        folder = data_folder()
        as_of = (context.scheduled_execution_time - timedelta(days=1)).date().isoformat()
        try:
            shop = open_shop(folder, read_settings(folder))
            require_files(shop)
        except BadInput as problem:
            return dg.SkipReason(str(problem))
        return dg.RunRequest(
            run_key=f"{context.scheduled_execution_time:%Y-%m-%dT%H:%M}",
            run_config=run_configuration(folder, {"as_of": as_of}),
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
        closed = watch(context.instance, data_folder())
        return dg.SkipReason(f"closed {', '.join(closed)}" if closed else "no run has died")

    return dg.Definitions(jobs=[nightly], schedules=[nightly_at_two], sensors=[killed_runs_are_closed])


def when() -> tuple[str, str]:
    """Cron line and the shop's zone; by default, in UTC, while the settings cannot be used (a run will say why)."""
    try:
        settings = read_settings(data_folder())
        return settings.schedule, open_shop(data_folder(), settings).time_zone
    except BadInput:
        return Settings().schedule, "UTC"
