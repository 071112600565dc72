"""Events go out (DESIGN 5.6; canvas-live-events.md 3.3 to 3.5): an HTTPS receiver, and what an
administrator does about it."""
import hmac
import json
import os
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from jsonschema import Draft4Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from support.certificates import Certificate
from support.checks import data_of
from support.edlink import Admin, Person, link, text
from support.receiver import PATIENCE, Receiver
from support.server import run

SUBSCRIPTIONS = "/api/handin/v1/subscriptions"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return Certificate(tmp_path_factory.mktemp("receiver"))


@pytest.fixture
def new_receiver(certificate):
    made = []

    def make(*options, **named):
        made.append(Receiver(certificate, *options, **named))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def school(new_server, certificate):
    """Told that receivers may be on this machine, and in a hurry."""
    return new_server("--delivery-networks", "127.0.0.0/8", "--delivery-ca", certificate.file,
                      "--delivery-pause", 1, "--delivery-timeout", 2,
                      "--event-issuer", "https://school.example").start()


def subscribe(school, receiver, **wish):
    reply = Admin(school).post(SUBSCRIPTIONS, json={"name": "it", "target": receiver.url, **wish})
    assert reply.status_code == 201, reply.text
    return reply.json()


def hand_in(school, *indexes):
    for index in indexes:
        data_of(Person(school, index).submit())


def jwks(school):
    return Admin(school).get("/api/handin/v1/event-keys").json()


def payloads(school):
    return [event["payload"] for event in Admin(school).events()]


def wait_until(condition, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it has not come to pass"
        time.sleep(0.05)
    return found


def dead(school, subscription):
    reply = Admin(school).get(f"{SUBSCRIPTIONS}/{subscription['id']}/deliveries", params={"state": "dead"})
    return reply.json()["deliveries"]


def test_signed_and_quoted(school, new_receiver):
    receiver = new_receiver()
    made = subscribe(school, receiver)
    hand_in(school, 0, 1, 2)
    assert receiver.wait(lambda it: len(it.accepted) == 3)
    keys = jwks(school)
    assert len(keys["keys"]) == 3  # 3.3: previous, current, next
    for received in receiver.requests:
        assert received.path == "/events"
        assert received.headers["Content-Type"] == "application/json"
        assert isinstance(json.loads(received.body), str)  # 3.3: a JSON string
        received.check_webhook(made["secret"])
        claims = received.payload(keys)
        assert claims.pop("iss") == "https://school.example"
        assert isinstance(claims.pop("iat"), int)
        assert claims in payloads(school)
    assert len({received.id for received in receiver.requests}) == 3
    kids = {key["kid"] for key in keys["keys"]}
    assert len(kids) == 3
    for key in keys["keys"]:
        assert {"kty": "RSA", "alg": "RS256", "use": "sig"}.items() <= key.items()


def test_bare_and_unsigned(school, new_receiver):
    bare, plain = new_receiver(), new_receiver()
    subscribe(school, bare, quoted=False)
    made = subscribe(school, plain, sign=False)
    hand_in(school, 0)
    assert bare.wait(lambda it: it.accepted) and plain.wait(lambda it: it.accepted)
    assert bare.requests[0].body.startswith(b"eyJ")
    assert plain.requests[0].payload() == payloads(school)[0]
    assert bare.requests[0].payload(jwks(school))["body"] == plain.requests[0].payload()["body"]
    plain.requests[0].check_webhook(made["secret"])


# edlink.md 4.3, with types of our own
def test_edlink_webhooks(school, new_receiver):
    receiver = new_receiver()
    made = subscribe(school, receiver, form="edlink", events=[])
    hand_in(school, 0)
    student = Person(school, 0)
    reclaimed = student.reclaim()
    assert reclaimed.status_code == 200, reclaimed.text
    assert receiver.wait(lambda it: len(it.accepted) == 2)
    for received, kind in zip(receiver.requests, ("submission.submitted", "submission.reclaimed")):
        stamp, digest = re.fullmatch("t=([0-9]+),v0=([0-9a-f]{64})", received.headers["Edlink-Signature"]).groups()
        signed = stamp.encode() + b"." + received.body
        assert digest == hmac.new(made["secret"].encode(), signed, "sha256").hexdigest()
        assert abs(time.time() - int(stamp)) < 300
        [event] = json.loads(received.body)["$events"]
        assert event["type"] == kind
        ids = school.demo["edlink"]
        assert event["payload"]["class_id"] == ids["class_id"]
        assert event["payload"]["assignment_id"] == ids["assignment_id"]
        assert event["payload"]["person_id"] == student.person_id
        assert event["payload"]["submission_id"] == student.submission()["id"]
    plain = new_receiver()
    subscribe(school, plain)
    hand_in(school, 1)
    assert plain.wait(lambda it: it.accepted)
    assert "Edlink-Signature" not in plain.requests[0].headers


def test_keys_rotate(school, new_receiver):
    receiver = new_receiver()
    subscribe(school, receiver)
    before = [key["kid"] for key in jwks(school)["keys"]]
    hand_in(school, 0)
    assert receiver.wait(lambda it: len(it.accepted) == 1)
    reply = Admin(school).post("/api/handin/v1/event-keys/rotate")
    after = [key["kid"] for key in jwks(school)["keys"]]
    assert reply.json() == jwks(school)
    assert after[:2] == before[1:] and after[2] not in before
    hand_in(school, 1)
    assert receiver.wait(lambda it: len(it.accepted) == 2)
    # what was signed before is still good, and the new one is signed by what was the next key
    first, second = (received.payload(jwks(school)) for received in receiver.requests)
    assert first["body"]["user_id"] != second["body"]["user_id"]
    # once more, and messages that still wait somewhere could not be verified
    again = Admin(school).post("/api/handin/v1/event-keys/rotate")
    assert again.status_code == 409 and "two minutes" in again.json()["error"]["message"]
    assert [key["kid"] for key in jwks(school)["keys"]] == after
    forced = Admin(school).post("/api/handin/v1/event-keys/rotate", params={"force": "true"})
    assert [key["kid"] for key in forced.json()["keys"]][:2] == after[1:]


def test_same_bytes_until_it_is_taken(school, new_receiver):
    receiver = new_receiver(lambda received, number: 500 if number < 3 else 200)
    subscribe(school, receiver)
    hand_in(school, 0)
    assert receiver.wait(lambda it: it.accepted)
    assert len(receiver.requests) == 3
    assert len({received.body for received in receiver.requests}) == 1
    assert len({received.id for received in receiver.requests}) == 1


def test_order_of_a_submission(school, new_receiver):
    """A later attempt waits for the earlier one, and nobody else does."""
    failing = Person(school, 0).user_id

    def answer(received, number):
        body = received.payload()["body"]
        return 503 if int(body["user_id"]) % 10**13 == failing and number < 4 else 200

    receiver = new_receiver(answer)
    subscribe(school, receiver, sign=False)
    for _ in range(3):
        hand_in(school, 0)
        data_of(Person(school, 0).reclaim())
    hand_in(school, 1)
    assert receiver.wait(lambda it: len(it.accepted) == 4)
    mine = [each.payload()["body"]["attempt"] for each in receiver.accepted
            if int(each.payload()["body"]["user_id"]) % 10**13 == failing]
    assert mine == [1, 2, 3]


def test_dead_and_again(school, new_receiver):
    good = []
    receiver = new_receiver(lambda received, number: 200 if good else 418)
    made = subscribe(school, receiver)
    hand_in(school, 0)
    [row] = wait_until(lambda: dead(school, made))
    assert len(receiver.requests) == 4  # 3.4: four tries in all
    assert row["attempts"] == 4 and row["last"]["status"] == 418
    assert row["event_name"] == "submission_created"
    # it stays so
    school.stop()
    school.start()
    assert dead(school, made) == [row]
    good.append(True)
    done = run("deliveries", "retry", made["id"], "--data", school.data)
    assert done.returncode == 0 and json.loads(done.stdout) == {"retried": 1}
    assert receiver.wait(lambda it: it.accepted)
    assert len({received.body for received in receiver.requests}) == 1
    wait_until(lambda: not dead(school, made))


def test_slow_and_dead_beside_healthy(school, new_receiver):
    """3.4: no answer in time is a failure; and it is nobody else's."""
    slow = new_receiver(lambda received, number: time.sleep(30))
    healthy = new_receiver()
    gone = new_receiver()
    gone.close()
    for receiver in (slow, gone, healthy):
        subscribe(school, receiver)
    begun = time.monotonic()
    hand_in(school, *range(25))
    submitted = time.monotonic()
    assert healthy.wait(lambda it: len(it.accepted) == 25)
    # before any time-out of the slow one, whose connections are all taken
    assert time.monotonic() - submitted < 2, f"after {time.monotonic() - begun} s"
    metrics = Admin(school).get("/metrics").text
    assert 'handin_deliveries_total{result="delivered",subscription=' in metrics.replace(", ", ",")


def test_redirects_are_not_followed(school, new_receiver):
    other = new_receiver()
    receiver = new_receiver(lambda received, number: 302)
    receiver.url = other.url  # where it leads to
    made = subscribe(school, type("At", (), {"url": f"https://127.0.0.1:{receiver.port}/events"}))
    hand_in(school, 0)
    [row] = wait_until(lambda: dead(school, made))
    assert row["last"]["status"] == 302
    assert other.requests == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433"])
def test_private_addresses(new_server, certificate, new_receiver, host):
    """Unless configuration says so; a name is as good as where it leads."""
    school = new_server("--delivery-ca", certificate.file, "--delivery-tries", 2,
                        "--delivery-pause", 1).start()
    receiver = new_receiver()
    made = subscribe(school, type("At", (), {"url": f"https://{host}:{receiver.port}/events"}))
    hand_in(school, 0)
    [row] = wait_until(lambda: dead(school, made))
    assert row["attempts"] == 2 and row["last"]["status"] == 0  # DNS may have been wrong for a moment
    tried = Admin(school).post(f"{SUBSCRIPTIONS}/{made['id']}/test").json()
    assert not tried["delivered"] and "not a public" in tried["answer"]
    assert receiver.requests == []


def test_events_wanted_and_where_to_begin(school, new_receiver):
    hand_in(school, 0, 1)
    everything, rest, none = new_receiver(), new_receiver(), new_receiver()
    subscribe(school, everything, after=0)
    subscribe(school, rest, after=Admin(school).events()[0]["sequence"],
              events=["submission_created"])
    subscribe(school, none, events=["grade_change"], after=0)
    hand_in(school, 2)
    assert everything.wait(lambda it: len(it.accepted) == 3)
    assert rest.wait(lambda it: len(it.accepted) == 2)
    assert none.requests == []


def test_replay(school, new_receiver):
    receiver = new_receiver()
    made = subscribe(school, receiver)
    hand_in(school, 0, 1, 2)
    assert receiver.wait(lambda it: len(it.accepted) == 3)
    ids = {event.id for event in receiver.accepted}
    sequences = [event["sequence"] for event in Admin(school).events()]
    wait_until(lambda: Admin(school).get(f"{SUBSCRIPTIONS}/{made['id']}").json()["cursor"] >= sequences[-1])
    done = run("events", "replay", made["id"], "--after", sequences[0], "--until", sequences[1],
               "--data", school.data)
    assert done.returncode == 0, done.stderr
    assert receiver.wait(lambda it: len(it.accepted) == 4)
    done = run("events", "replay", made["id"], "--data", school.data)
    assert done.returncode == 0, done.stderr
    assert receiver.wait(lambda it: len(it.accepted) == 7)
    # receivers can tell repeats by the id
    assert sorted(Counter(event.id for event in receiver.accepted).values()) == [2, 2, 3]
    assert {event.id for event in receiver.accepted} == ids


def test_command_line(school, new_receiver):
    receiver = new_receiver()

    def handin(*arguments):
        done = run(*arguments, "--data", school.data)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    [made] = handin("subscription", "create", "--name", "library", "--target", receiver.url,
                    "--events", "submission_created,grade_change", "--unsigned")
    assert made["secret"].startswith("whsec_")
    assert made["events"] == ["submission_created", "grade_change"] and not made["sign"]
    [listed] = handin("subscription", "list")
    assert listed["id"] == made["id"] and "secret" not in listed
    assert handin("subscription", "show", made["id"]) == [listed]
    [tried] = handin("subscription", "test", made["id"])
    assert tried["delivered"] and receiver.requests[0].payload()["metadata"]["event_name"] == "handin_test"
    receiver.requests[0].check_webhook(made["secret"])
    assert handin("deliveries", "list", made["id"]) == []
    assert handin("subscription", "delete", made["id"]) == []
    assert handin("subscription", "list") == []
    assert run("subscription", "show", made["id"], "--data", school.data).returncode == 1


def test_change(school, new_receiver):
    first, second = new_receiver(), new_receiver()
    made = subscribe(school, first)
    path = f"{SUBSCRIPTIONS}/{made['id']}"
    admin = Admin(school)
    assert admin.patch(path, json={"active": False}).json()["reason"] == "by an administrator"
    hand_in(school, 0)
    changed = admin.patch(path, json={"target": second.url, "active": True, "sign": False}).json()
    assert changed["active"] and changed["target"] == second.url
    assert second.wait(lambda it: it.accepted)  # what came meanwhile is told then
    assert first.requests == []
    renewed = admin.post(path + "/secret").json()
    assert renewed["secret"] != made["secret"]
    wait_until(lambda: admin.post(path + "/test").json()["delivered"])
    second.requests[-1].check_webhook(renewed["secret"])
    assert admin.post(path + "/replay").status_code == 202
    assert admin.delete(path).status_code == 204
    assert admin.get(path).status_code == 404
    # all that is in the audit, without what may be secret
    assert admin.delete(path).status_code == 404
    audit = admin.get("/api/handin/v1/audit", params={"target": made["id"]}).json()["audit"]
    assert [entry["action"] for entry in audit] == [
        "subscription." + what for what in ("create", "change", "change", "renew_secret", "replay", "remove")]
    assert audit[0]["actor"]["token"] and audit[0]["request_id"] and audit[0]["client_ip"] == "127.0.0.1"
    assert audit[0]["detail"]["target"] == "/".join(first.url.split("/")[:3])
    assert [entry["detail"].get("state") for entry in audit[:3]] == ["active", "deactivated", "active"]
    assert not [secret for secret in (made["secret"], renewed["secret"]) if secret in json.dumps(audit)]


def test_there_may_be_a_hundred(server):
    admin = Admin(server)
    made = []
    for _ in range(100 - len(admin.get(SUBSCRIPTIONS).json()["subscriptions"])):
        reply = admin.post(SUBSCRIPTIONS, json={"name": "it", "target": "https://receiver.example/"})
        made.append(reply.json()["id"])
    reply = admin.post(SUBSCRIPTIONS, json={"name": "it", "target": "https://receiver.example/"})
    assert reply.status_code == 409 and "100 subscriptions" in reply.json()["error"]["message"]
    for each in made:
        assert admin.delete(f"{SUBSCRIPTIONS}/{each}").status_code == 204


@pytest.mark.parametrize("wish, field", [
    ({"target": "http://receiver.example/"}, "target"),
    ({"target": "https://"}, "target"),
    ({"target": "https://name:word@receiver.example/"}, "target"),
    ({"target": "https://receiver.example/a b"}, "target"),
    ({"name": ""}, "name"),
    ({"form": "morse"}, "form"),
    ({"transport": "pigeon"}, "transport"),
    ({"events": ["Submission Created"]}, "events"),
    ({"events": "submission_created"}, "events"),
    ({"sign": "yes"}, "sign"),
    ({"colour": "red"}, "colour"),
    ({"after": 10**9}, "after"),
])
def test_refusals(server, wish, field):
    reply = Admin(server).post(SUBSCRIPTIONS, json={"name": "it", "target": "https://receiver.example/",
                                                    **wish})
    assert reply.status_code == 400
    assert reply.json()["error"]["message"].startswith(field + ": ")


@pytest.mark.parametrize("method, path", [
    ("get", ""), ("post", ""), ("get", "/x"), ("patch", "/x"), ("delete", "/x"), ("post", "/x/test"),
    ("post", "/x/secret"), ("post", "/x/replay"), ("get", "/x/deliveries"),
    ("post", "/x/deliveries/retry"), ("post", "/x/deliveries/1/retry")])
def test_only_for_administrators(server, student, method, path):
    reply = getattr(student, method)(SUBSCRIPTIONS + path)
    assert reply.status_code == 403
    if path:
        assert getattr(Admin(server), method)(SUBSCRIPTIONS + path).status_code == 404


def caliper_schemas():
    """The published JSON Schemas of Caliper 1.1: a folder that is not part of this project."""
    folder = os.environ.get("HANDIN_CALIPER_SCHEMAS")
    if not folder:
        pytest.skip("HANDIN_CALIPER_SCHEMAS names no folder of the published schemas")
    return Path(folder)


def validator(folder, name):
    """They refer to each other by bare file name, and are of draft 4."""
    def retrieve(uri):
        path = folder / (uri.rsplit("/", 1)[-1].removesuffix(".json") + ".json")
        return Resource(contents=json.loads(path.read_text()), specification=DRAFT4)

    schema = json.loads((folder / name).read_text())
    return Draft4Validator(schema, registry=Registry(retrieve=retrieve),
                           format_checker=Draft4Validator.FORMAT_CHECKER)


def test_caliper(school, new_receiver):
    receiver = new_receiver()
    made = subscribe(school, receiver, form="caliper", quoted=False)
    person = Person(school, 0)
    data_of(person.submit(text("an essay"), headers={"Referer": "https://school.example/before"}))
    assert receiver.wait(lambda it: it.accepted)
    claims = receiver.requests[0].payload(jwks(school))
    assert set(claims) == {"sensor", "sendTime", "dataVersion", "data", "iss", "iat"}
    [event] = claims["data"]
    [canvas] = payloads(school)
    assert event["eventTime"] == canvas["metadata"]["event_time"]
    assert event["object"]["id"] == "urn:instructure:canvas:submission:" + canvas["body"]["submission_id"]
    assert event["object"]["body"] == "an essay"
    assert event["referrer"] == "https://school.example/before"
    assert Admin(school).post(f"{SUBSCRIPTIONS}/{made['id']}/test").json()["delivered"]


def grade(school, index):
    student, teacher = Person(school, index), Person(school, teacher=True)
    path = f"{student.place()}/submissions/{student.submission()['id']}"
    data_of(teacher.patch(path, json={"grade_points": 8.5, "grade_comment": "Well done"}))


def test_order_of_kinds(school, new_receiver):
    """canvas-live-events.md 2.3: SU before GC, then CC; Caliper has no words for the last."""
    canvas, caliper = new_receiver(), new_receiver()
    subscribe(school, canvas, sign=False)
    subscribe(school, caliper, sign=False, form="caliper")
    hand_in(school, 0)
    grade(school, 0)
    assert canvas.wait(lambda it: len(it.accepted) == 4)
    assert [each.payload()["metadata"]["event_name"] for each in canvas.accepted] == [
        "submission_created", "submission_updated", "grade_change", "submission_comment_created"]
    assert [each.payload() for each in canvas.accepted] == payloads(school)
    assert caliper.wait(lambda it: len(it.accepted) == 3)
    assert [each.payload()["data"][0]["action"] for each in caliper.accepted] == [
        "Submitted", "Modified", "Graded"]


def test_cloudevents(school, new_receiver):
    plain, signed = new_receiver(), new_receiver()
    subscribe(school, plain, form="cloudevents", sign=False)
    subscribe(school, signed, form="cloudevents", events=["submission_created"])
    hand_in(school, 0)
    assert plain.wait(lambda it: it.accepted) and signed.wait(lambda it: it.accepted)
    [received] = plain.requests
    assert received.headers["Content-Type"] == "application/cloudevents+json"
    event = received.payload()
    [canvas] = payloads(school)
    assert event["data"] == canvas and event["id"] == received.id
    assert (event["specversion"], event["type"]) == ("1.0", "handin.submission_created")
    assert event["time"] == canvas["metadata"]["event_time"]
    assert signed.requests[0].headers["Content-Type"] == "application/json"
    claims = signed.requests[0].payload(jwks(school))
    assert {name: claims[name] for name in event} == event


def test_caliper_schemas(school, new_receiver):
    folder = caliper_schemas()
    receiver = new_receiver()
    subscribe(school, receiver, form="caliper", sign=False)
    data_of(Person(school, 0).submit(text("an essay")))
    data_of(Person(school, 1).submit(link("https://example.org/essay")))
    hand_in(school, 2)
    grade(school, 2)
    assert receiver.wait(lambda it: len(it.accepted) == 5)
    envelope = validator(folder, "Envelope.json")
    for received in receiver.requests:
        payload = received.payload()
        [event] = payload["data"]
        check = validator(folder, event["type"] + ".json")
        envelope.validate(payload)
        check.validate(event)
        assert list(check.iter_errors({**event, "action": "Dreamt"})), "the check can fail"
