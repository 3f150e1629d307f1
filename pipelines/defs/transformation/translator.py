"""How a dbt node is shown as an asset: its key is its table's address, its group its folder."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject

# No model reads them: their gates tell whether what landed is whole, and nothing is built before.
WAITED_FOR = (["ops", "ingested_files"], ["ops", "unread_inputs"])


class AddressTranslator(DagsterDbtTranslator):
    """`marts.dim_customers` is the asset `marts/dim_customers`."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """The table's address, unless its yml names the asset that writes it."""
        named = dbt_resource_props["meta"].get("dagster", {}).get("asset_key")
        return dg.AssetKey(named or [dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The subject: the folder that the model stands in."""
        _project, subject, *_ = dbt_resource_props["fqn"]
        return subject

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        """The usual spec; a staging model also waits for the gates on what landed."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        if unique_id.startswith("model.") and spec.key.path[0] == "staging":
            spec = spec.replace_attributes(deps=[*spec.deps, *map(dg.AssetDep, WAITED_FOR)])
        return spec
