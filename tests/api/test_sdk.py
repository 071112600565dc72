"""The official npm package @edlink/typescript, unmodified, against this server (edlink.md 7)."""
import json
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from support.school import STUDENTS

HERE = Path(__file__).parent


@pytest.fixture(scope="module", autouse=True)
def installed():
    assert shutil.which("node"), "node is missing: make deps"
    assert (HERE / "node_modules/@edlink/typescript").is_dir(), "make deps installs the SDK"


@pytest.fixture
def node(server, teacher):
    """Runs one of our apps; gives what it printed, and what the SDK told on stderr."""
    def call(app, student, **more):
        ids = server.demo["edlink"]
        job = {name: ids[name] for name in ("client_id", "client_secret", "integration_token",
                                            "class_id", "assignment_id")}
        job |= {"access_token": student.token, "refresh_token": student.refresh_token,
                "teacher_token": teacher.token, **more}
        done = subprocess.run(
            ["node", "-r", "./sdk/preload.js", f"./sdk/{app}"], cwd=HERE, input=json.dumps(job),
            capture_output=True, text=True, timeout=120, check=False,
            env={**os.environ, "HANDIN_BASE_URL": server.base_url, "NO_PROXY": "127.0.0.1",
                 "no_proxy": "127.0.0.1"})
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout), done.stderr
    return call


def test_lifecycle(server, student, node):
    got, told = node("lifecycle.js", student)
    ids = server.demo["edlink"]
    assert told == ""  # neither warnings nor errors

    assert "ok" in json.dumps(got["up"]).lower()
    assert got["profile"]["id"] == student.person_id
    assert ids["class_id"] in [item["id"] for item in got["classes"]]
    assert got["klass"] in got["classes"]
    assert got["assignment"] in got["assignments"]
    assert got["assignment"]["id"] == ids["assignment_id"]

    assert [got[step]["state"] for step in ("first", "reclaimed", "second")] == [
        "submitted", "reclaimed", "submitted"]
    assert [len(got[step]["attempts"]) for step in ("first", "reclaimed", "second")] == [1, 1, 2]
    assert got["listed"] == [got["second"]]
    assert got["fetched"] == got["second"]
    assert got["files"] == {"essay.txt": list(b"abc"), "typed": [1, 2, 255],
                            "buffer": list(b"buffer")}


def test_paging(student, node):
    got, _ = node("calls.js", student, call="paging")
    assert len(got["all"]) == len(set(got["all"])) == STUDENTS
    assert got["pages"] == got["all"]
    assert got["limited"] == got["all"][:3]


def test_idempotency(student, node):
    got, told = node("calls.js", student, call="idempotency")
    assert got["second"] == got["first"]
    assert "IDEMPOTENCY_KEY_REPEATED" in told
    assert len(student.submission()["attempts"]) == 1


def test_grading(student, node):
    # edlink.md 7.2, 7.3.8: PATCH must echo the new grade_points as a number
    student.submit()
    got, told = node("calls.js", student, call="grading", submission_id=student.submission()["id"])
    assert told == ""
    assert got["updated"]["grade_points"] == 7.5
    assert got["updated"]["grade_comment"] == "Well done"
    assert got["returned"]["state"] == "returned"
    assert student.submission() == got["returned"]


def test_teaching(student, node):
    got, told = node("calls.js", student, call="teaching", key=f"sdk {student.person_id}")
    assert told.count("\n") == 1 and "NOT_FOUND" in told  # of what was deleted, and no warning
    assert got["made"]["title"] == "Essay"
    assert got["updated"] == {**got["made"], "title": "Other", "category_id": got["category"]["id"],
                              "updated_date": got["updated"]["updated_date"]}
    assert got["fetched"] == {**got["updated"], "category": got["category"]}
    assert got["category"] in got["categories"]
    assert got["gone"]["code"] == "NOT_FOUND"


def test_rosters(server, student, node):
    got, told = node("calls.js", student, call="rosters")
    assert told == ""
    assert got["integration"]["state"] == "active"
    assert got["source"]["provider"]["application"] == "handin"
    assert got["sections"] == got["agents"] == []
    ids = {entry["person_id"] for entry in server.demo["edlink"]["students"]}
    assert {person["id"] for person in got["students"]} == ids
    assert len(got["people"]) == len(got["enrollments"]) == len(ids) + len(got["teachers"])
    assert len(got["schools"]) == len(got["districts"]) == 1
    graph = got["graph"]
    assert server.demo["edlink"]["class_id"] in [item["id"] for item in graph["classes"]]
    for name in ("districts", "schools", "classes", "people", "enrollments"):
        assert graph[name] and graph[name + "_same"]  # edlink.md 7.3.8
    for name in ("sessions", "courses", "sections", "agents", "licenses"):
        assert graph[name] == []
    assert got["limited"] == [{"id": person["id"]} for person in graph["people"][:2]]
    assert {item["person_id"] for item in got["raw"]} <= ids


def test_errors(student, node):
    # edlink.md 7.3.3, 7.3.4: the first error becomes message, code and status, the rest `errors`
    got, _ = node("calls.js", student, call="errors")
    assert {name: error["code"] for name, error in got.items()} == {
        "unknown": "NOT_FOUND", "malformed": "INVALID_UUID", "incomplete": "MISSING_REQUIRED_FIELD",
        "several": "MISSING_REQUIRED_FIELD", "reclaim": "UNSUPPORTED_OPERATION",
        "token": "INVALID_TOKEN", "refresh": "BAD_REQUEST", "integration": "INVALID_TOKEN"}
    assert {name: error["status"] for name, error in got.items()} == {
        **dict.fromkeys(got, 400), "token": 401, "integration": 401}
    assert got["refresh"]["message"] == "Failed to refresh token."
    assert got["unknown"]["message"].endswith("not found for this person.")
    assert [error["code"] for error in got["several"]["errors"]] == ["MISSING_REQUIRED_FIELD"]


def test_version_two(student, node):
    data = list(random.Random(2).randbytes(100_000))
    got, _ = node("sdk2.js", student, data=data)
    statuses = {name: got[name]["status"] for name in (
        "profile", "submitted", "repeated", "reclaimed", "after")}
    assert statuses == dict.fromkeys(statuses, 200), got
    assert got["repeated"]["$data"] == got["submitted"]["$data"]
    assert got["reclaimed"]["$data"]["state"] == "reclaimed"
    assert got["after"]["$data"] == got["profile"]["$data"]
    [attachment] = student.submission()["attempts"][0]["attachments"]
    assert student.get(attachment["url"]).content == bytes(data)
    assert len(got["ids"]) == len(set(got["ids"])) == STUDENTS
    assert got.get("warnings") is None  # limit is no paging parameter
    [found] = got["found"]["$data"]
    assert found == {**got["patched"]["$data"], "category": got["category"]["$data"]}
    assert set(got["deleted"]) == {"status", "$request"} and got["deleted"]["status"] == 200
    assert got["graded"]["$data"]["id"] == got["graph"]["$data"][0]["id"]
