"""The main job in one process: start the run, tell what happens, say how it ended. Prints nothing itself."""

import os
import shutil
import traceback
import uuid
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.folders import INSTANCE_CONFIGURATION, DataFolder, private_files
from pipelines.night.configuration import run_configuration, settings_said
from pipelines.night.moments import Listener, Moment
from pipelines.night.owner import keep_to_owner
from pipelines.night.preflight import Checked, checked
from pipelines.night.run_log import RunLog
from pipelines.problems import without_values
from pipelines.settings.reading import read_settings


@dataclass
class Outcome:
    """How a run ended."""

    is_success: bool
    run_id: str
    bad_input: str | None = None
    refusal: str | None = None
    broken_rules: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    as_of: date | None = None
    log: Path | None = None


def prepare_instance(folder: DataFolder) -> None:
    """Give the orchestrator its home under the data folder, with the project's own settings (no usage statistics)."""
    with private_files():
        folder.dagster_home.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(INSTANCE_CONFIGURATION, folder.dagster_home / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(folder.dagster_home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"


def run_nightly(folder: DataFolder, shop: dict[str, Any], on_moment: Listener) -> Outcome:
    """Run the job `nightly` with this configuration of the resource `shop`; everything printed goes to a log file.

    Bad input raises BadInput before a run is recorded, unless it comes to light only in the run itself.
    """
    run_id = str(uuid.uuid4())
    settings = read_settings(folder, settings_said(shop))
    with private_files(), checked(folder, settings, on_moment) as ready:
        on_moment(Moment("start-up", "", "start"))
        prepare_instance(folder)
        keep_to_owner(folder, settings.published_for)
        log = folder.logs / f"{run_id}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w") as file, redirect_stdout(RunLog(file)), redirect_stderr(RunLog(file)):
            try:
                outcome = _execute(run_id, shop, ready, on_moment)
            except Exception as problem:  # the orchestrator itself could not go on, when the disk is full for instance
                traceback.print_exc()
                outcome = Outcome(False, run_id, failures=[f"the orchestrator: {first_line(problem)}"])
    outcome.log = log
    outcome.as_of = ready.as_of
    outcome.notes = ready.notes + outcome.notes
    return outcome


def _execute(run_id: str, shop: dict[str, Any], ready: Checked, on_moment: Listener) -> Outcome:
    # before the orchestrator's 2,000 modules: skops looks for each of its functions in all that were imported earlier
    import scipy.special  # noqa: F401

    # isort: split
    import dagster as dg
    from dagster._core.definitions.job_base import InMemoryJob
    from dagster._core.execution.api import create_execution_plan, execute_run
    from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

    from pipelines.definitions import defs
    from pipelines.night.runs import LOCATION, REPOSITORY_NAME, tags_of

    job = defs().resolve_job_def("nightly")
    stages = stage_of_steps(job)
    as_of = ready.as_of.isoformat()
    configuration = run_configuration(ready.shop.folder, {**shop, "as_of": as_of})
    repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin(LOCATION), REPOSITORY_NAME)
    with dg.DagsterInstance.get() as instance:
        run = instance.create_run_for_job(
            job,
            execution_plan=create_execution_plan(job, run_config=configuration),
            run_id=run_id,
            run_config=configuration,
            tags={**job.run_tags, **tags_of(ready.shop.source_names, as_of)},
            remote_job_origin=RemoteJobOrigin(repository, "nightly"),
        )
        instance.add_event_listener(run_id, lambda entry: _tell(entry, stages, on_moment))
        result = execute_run(InMemoryJob(job), run, instance)
    return _outcome(result, run_id)


def stage_of_steps(job: Any) -> dict[str, str]:
    """The step of the story that each of the job's steps belongs to: its assets' group, or the gate on their schema."""
    stages = {}
    layer = job.asset_layer.asset_graph
    for node in layer.assets_defs:
        if node.check_keys and not node.keys:
            [schema] = {key.asset_key.path[0] for key in node.check_keys}
            stages[node.op.name] = f"gate on {schema}"
        elif node.keys:
            groups = [node.group_names_by_key[key] for key in node.keys]
            stages[node.op.name] = groups[0] if len(set(groups)) == 1 else node.op.name
    return stages


def _tell(entry: Any, stages: dict[str, str], on_moment: Listener) -> None:
    kinds = {
        "STEP_START": "start",
        "STEP_SUCCESS": "success",
        "STEP_FAILURE": "failure",
        "STEP_SKIPPED": "skipped",
    }
    event = entry.dagster_event
    if event is not None and event.event_type_value in kinds:
        on_moment(Moment(stages.get(event.step_key, event.step_key), event.step_key, kinds[event.event_type_value]))


def _outcome(result: Any, run_id: str) -> Outcome:
    outcome = Outcome(result.success, run_id)
    for event in result.all_events:
        if event.event_type_value == "STEP_FAILURE":
            _add_failure(outcome, event.step_failure_data.error, event.step_key)
        elif event.event_type_value == "PIPELINE_FAILURE" and event.job_failure_data.first_step_failure_event is None:
            _add_failure(outcome, event.job_failure_data.error, "start-up")
        elif event.is_step_materialization and "notes" in event.step_materialization_data.materialization.metadata:
            notes = event.step_materialization_data.materialization.metadata["notes"].value
            outcome.notes += [note.removeprefix("- ") for note in notes.splitlines()]
    for evaluation in result.get_asset_check_evaluations():
        if not evaluation.passed:
            _add_broken(outcome, evaluation)
    return outcome


def _add_broken(outcome: Outcome, evaluation: Any) -> None:
    """A gate tells each broken rule under its severity; any other check is one sentence."""
    told = {name: str(value.value) for name, value in evaluation.metadata.items()}
    warnings = [sentence for name, sentence in told.items() if name.startswith("warning: ")]
    errors = [sentence for name, sentence in told.items() if name.startswith("error: ")]
    if not warnings and not errors:
        count = told.get("dagster_dbt/failed_row_count")
        rows = f", {count} rows" if count else ""
        sentence = f"{'.'.join(evaluation.asset_key.path)} breaks {evaluation.check_name}{rows}"
        (errors if evaluation.severity.value == "ERROR" else warnings).append(sentence)
    outcome.warnings += warnings
    outcome.broken_rules += errors
    outcome.is_success = outcome.is_success and not errors


def _add_failure(outcome: Outcome, error: Any, step: str) -> None:
    while error is not None:
        if error.cls_name == "DagsterAssetCheckFailedError":  # the gate's own sentence says more
            return
        if error.cls_name == "BadInput":
            outcome.bad_input = error.message.split("BadInput: ", 1)[-1].strip()
            return
        if error.cls_name == "PublicationRefused":
            outcome.refusal = error.message.split("PublicationRefused: ", 1)[-1].strip()
            return
        last, error = error, error.cause
    outcome.failures.append(f"{step}: {without_values(last.message).strip()}")


def first_line(problem: BaseException) -> str:
    """What an exception says in one line."""
    lines = without_values(str(problem)).strip().splitlines()
    return f"{type(problem).__name__}: {lines[0] if lines else ''}"
