"""What no list says of a dbt model: its schema follows from its name and folder, and a table keeps to its yml."""

from typing import Any


def models() -> list[dict[str, Any]]:
    from pipelines.dbt import manifest

    return [node for node in manifest()["nodes"].values() if node["resource_type"] == "model"]


def test_a_models_schema_follows_from_its_name_and_folder() -> None:
    schemas = {(node["fqn"][1], node["name"].split("_")[0] + "_", node["schema"]) for node in models()}
    for folder, prefix, schema in schemas:
        steps = {"stg_": "staging", "int_": "intermediate"}
        folders = {"features": "features", "changes": "changed"}
        assert schema == steps.get(prefix, folders.get(folder, "marts")), (folder, prefix)


def test_staging_is_views_and_every_table_keeps_a_contract() -> None:
    for node in models():
        assert (node["config"]["materialized"] == "view") == (node["schema"] == "staging"), node["name"]
        assert node["config"]["contract"]["enforced"] == (node["schema"] != "staging"), node["name"]
