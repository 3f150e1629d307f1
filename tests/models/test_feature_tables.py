"""What stands between every model and the future."""

import pandas as pd
import pytest

from models.feature_tables import feature_names


@pytest.mark.parametrize("outcome", ["future_net_sales", "future_order_days", "future_anything", "is_churned"])
def test_features_that_hold_an_outcome_are_refused(outcome: str) -> None:
    features = pd.DataFrame(columns=["customer_id", "as_of_date", "is_today", "frequency", outcome])
    with pytest.raises(ValueError, match=f"features hold outcomes, which lie in the future: {outcome}"):
        feature_names(features)
    assert feature_names(features.drop(columns=outcome)) == ["frequency"]
