"""The description of the app is true: schemathesis makes calls out of it, and compares what is answered."""

import pytest
import schemathesis
from acceptance_app.whole_app import SECRET
from hypothesis import HealthCheck, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from inforce.acceptance_app.openapi import description

PATHS = description("https://accept.qstore.example/", ["privacy-policy"])["paths"]
CALLS = [(method, path) for path, item in PATHS.items() for method in item if method != "parameters"]
VARIED = [(method, path) for method, path in CALLS if method == "post" or "{" in path]
"""Those in which something can be wrong."""
AS_IT_COMES = {"suppress_health_check": list(HealthCheck), "deadline": None, "database": None}
NOT_SAID = [positive_data_acceptance]
"""A description cannot say that nobody registered in the future, or what is open to whom."""


@pytest.fixture(scope="module")
def described(app):
    return schemathesis.openapi.from_url(f"{app.address}openapi.json")


def call(described, method, path, mode):
    strategy = described[path][method.upper()].as_strategy(generation_mode=mode)

    @given(strategy)
    @settings(max_examples=20, **AS_IT_COMES)
    def called(case):
        case.call_and_validate(headers={"Authorization": f"Bearer {SECRET}"}, excluded_checks=NOT_SAID)

    called()


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_call_is_answered_as_described(described, method, path):
    call(described, method, path, GenerationMode.POSITIVE)


@pytest.mark.parametrize(("method", "path"), VARIED)
def test_what_is_not_as_described_is_refused_as_described(described, method, path):
    call(described, method, path, GenerationMode.NEGATIVE)
