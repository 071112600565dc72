"""Whatever comes, within the OpenAPI document of the Edlink API or beside it: no 5xx, and an answer
that the document knows. A fixed seed, so that a run can be had again; about half a minute."""
import warnings
from pathlib import Path

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase

from support.edlink import SECONDS, Caller

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi" / "edlink.yaml"
SCHEMA = schemathesis.openapi.from_path(DOCUMENT)
# What takes the assignment away comes last.
OPERATIONS = sorted((result.ok() for result in SCHEMA.get_all_operations()),
                    key=lambda operation: operation.method == "delete")
EXAMPLES = 3  # of each operation and kind


@pytest.fixture(scope="module")
def place(new_database, tmp_path_factory):
    """A school of its own: what is made here would confuse other tests."""
    from support.server import Server
    server = Server(tmp_path_factory.mktemp("fuzz") / "data", "--students", 3, *new_database())
    try:
        yield server.start()
        assert server.process.poll() is None, server.tail()
        assert server.errors() == []
    finally:
        server.close()


def token_of(place, operation):
    ids = place.demo["edlink"]
    if "/graph/" in operation.path:
        return ids["integration_token"]
    return (ids["teacher"] if operation.method != "post" or "submit" not in operation.path
            else ids["students"][0])["access_token"]


@pytest.fixture(scope="module")
def known(place):
    ids = place.demo["edlink"]
    teacher = Caller(place, ids["teacher"]["access_token"])
    submission = teacher.listed(teacher.place() + "/submissions")[0]
    return {"class_id": ids["class_id"], "assignment_id": ids["assignment_id"],
            "submission_id": submission["id"], "person_id": submission["person_id"]}


# Those that fit the document, which go deepest, then those that do not.
@pytest.mark.parametrize("mode", [schemathesis.GenerationMode.POSITIVE,
                                  schemathesis.GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
def test_nothing_ends_in_5xx(place, known, mode):
    attacked = 0
    for operation in OPERATIONS:
        strategy = operation.as_strategy(generation_mode=mode)
        token = token_of(place, operation)

        @hypothesis.settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
                             phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @hypothesis.given(case=strategy)
        def attack(case):
            # Most ids that are made up are of nothing: real ones lead further in.
            if isinstance(case.path_parameters, dict) and mode.is_positive:
                case.path_parameters = {**case.path_parameters,
                                        **{name: known[name] for name in case.path_parameters
                                           if name in known}}
            reply = case.call(base_url=place.base_url, timeout=SECONDS,
                              headers={"Authorization": f"Bearer {token}"})
            told = f"{case.method} {case.formatted_path} {case.query} {case.body!r:.500}: {reply.text[:500]}"
            assert reply.status_code < 500, told
            if "json" in reply.headers.get("Content-Type", ""):
                body = reply.json()
                assert ("$errors" in body) == (reply.status_code >= 400), told

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                attack()
            attacked += 1
        except hypothesis.errors.Unsatisfiable:
            assert mode.is_negative  # it takes nothing that could be wrong
    assert attacked > len(OPERATIONS) / 2
