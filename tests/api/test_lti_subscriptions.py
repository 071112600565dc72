"""Subscriptions in the shape of Canvas's LTI API (canvas-live-events.md 3.1)."""
import uuid

import pytest

from support.edlink import Admin

PATH = "/api/lti/subscriptions"
WISH = {"EventTypes": ["submission_created", "grade_change"], "Format": "live-event",
        "TransportType": "https", "TransportMetadata": {"Url": "https://receiver.example/hook"}}
FORM = [("subscription[EventTypes][]", "submission_created"), ("subscription[EventTypes][]", "grade_change"),
        ("subscription[Format]", "live-event"), ("subscription[TransportType]", "https"),
        ("subscription[TransportMetadata][Url]", "https://receiver.example/hook")]


@pytest.mark.parametrize("body", [{"json": {"subscription": WISH}}, {"data": FORM}], ids=["json", "form"])
def test_life_of_one(server, body):
    admin = Admin(server)
    reply = admin.post(PATH, **body)
    assert reply.status_code == 201, reply.text
    made = reply.json()
    assert {name: made[name] for name in WISH} == WISH
    assert set(made) == {*WISH, "Id", "ContextId", "ContextType", "State"}
    assert (made["ContextType"], made["State"]) == ("account", "Active")
    assert admin.get(f"{PATH}/{made['Id']}").json() == made
    assert made in admin.get(PATH).json()
    own = admin.get(f"/api/handin/v1/subscriptions/{made['Id']}").json()
    assert (own["form"], own["target"], own["events"]) == (
        "canvas", WISH["TransportMetadata"]["Url"], WISH["EventTypes"])
    # the next page begins after it
    assert admin.get(PATH, headers={"StartKey": f'{{"Id":"{made["Id"]}"}}'}).json() == []
    changed = admin.put(f"{PATH}/{made['Id']}", json={"subscription": {
        "Format": "caliper", "EventTypes": [], "ContextId": made["ContextId"]}}).json()
    assert changed == made | {"Format": "caliper", "EventTypes": []}
    assert admin.delete(f"{PATH}/{made['Id']}").status_code == 204
    for method in ("get", "put", "delete"):
        assert getattr(admin, method)(f"{PATH}/{made['Id']}", json={}).status_code == 404


def test_what_it_has_no_words_for(server):
    admin = Admin(server)
    made = admin.post("/api/handin/v1/subscriptions", json={
        "name": "it", "target": "https://receiver.example/", "form": "cloudevents"}).json()
    assert made["id"] not in [each["Id"] for each in admin.get(PATH).json()]
    assert admin.get(f"{PATH}/{made['id']}").status_code == 404
    assert admin.delete(f"/api/handin/v1/subscriptions/{made['id']}").status_code == 204


@pytest.mark.parametrize("change, field", [
    ({"ContextType": "course", "ContextId": "1"}, "ContextType"),
    ({"ContextType": "assignment"}, "ContextType"),
    ({"ContextId": str(uuid.uuid4())}, "ContextId"),
    ({"Format": "morse"}, "Format"),
    ({"TransportType": "kafka"}, "TransportType"),
    ({"TransportMetadata": {}}, "TransportMetadata"),
    ({"TransportMetadata": {"Url": "http://receiver.example/"}}, "target"),
    ({"EventTypes": "all"}, "EventTypes"),
    ({"EventTypes": [1]}, "EventTypes")])
def test_refusals(server, change, field):
    reply = Admin(server).post(PATH, json={"subscription": WISH | change})
    assert reply.status_code == 400 and reply.json()["error"]["message"].startswith(field)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"subscription":1}'])
def test_what_is_no_body(server, body):
    reply = Admin(server).post(PATH, data=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 400


def test_only_for_those_who_may(server, student):
    for method, path in (("post", PATH), ("get", PATH), ("get", PATH + "/x"), ("put", PATH + "/x"),
                         ("delete", PATH + "/x")):
        assert getattr(student, method)(path).status_code == 403
