"""Tests that share a built night stay in one worker: else every worker would build every night."""

import os

import pytest


@pytest.mark.xdist_group("grouped")
def test_a_test_of_a_group_is_dealt_out_by_the_name_of_the_group(request: pytest.FixtureRequest) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("there is one worker alone")
    assert request.node.nodeid.endswith("@grouped"), "pytest-xdist does not mark groups for this release of pytest"
