"""Events into queues (canvas-live-events.md 3.2), with a server that checks signatures."""
import json
import time

import pytest

from support.checks import data_of
from support.edlink import Admin, Person, text
from support.sqs import REGION, Sqs

SUBSCRIPTIONS = "/api/handin/v1/subscriptions"
PATIENCE = 60


@pytest.fixture(scope="module")
def sqs(tmp_path_factory):
    server = Sqs(tmp_path_factory.mktemp("sqs"))
    yield server
    server.close()


@pytest.fixture
def school(new_server, sqs):
    return new_server("--delivery-networks", "127.0.0.0/8", "--delivery-pause", 1,
                      "--delivery-tries", 3, "--sqs-endpoint", sqs.endpoint, "--sqs-region", REGION,
                      "--sqs-credentials", sqs.credentials).start()


def subscribe(school, queue, **wish):
    reply = Admin(school).post(SUBSCRIPTIONS, json={"name": "it", "transport": "sqs", "target": queue,
                                                    **wish})
    assert reply.status_code == 201, reply.text
    return reply.json()


def hand_in(school, *indexes):
    for index in indexes:
        data_of(Person(school, index).submit())


def dead(school, made):
    end = time.monotonic() + PATIENCE
    while True:
        rows = Admin(school).get(f"{SUBSCRIPTIONS}/{made['id']}/deliveries",
                                 params={"state": "dead"}).json()["deliveries"]
        if rows:
            return rows
        assert time.monotonic() < end
        time.sleep(0.05)


def test_messages(school, sqs):
    queue = sqs.new_queue("canvas-live-events-school")
    made = subscribe(school, queue)
    assert not made["sign"] and made["secret"] == ""  # 3.2: the plain JSON
    # characters that a queue refuses, and others
    data_of(Person(school, 0).submit(text("a\ufffe\uffff\u0001 \U0001f600 \"b\"")))
    hand_in(school, 1, 2)
    messages = sqs.receive(queue, 3)
    payloads = [event["payload"] for event in Admin(school).events()]
    key = lambda payload: payload["body"]["user_id"]
    assert sorted((json.loads(each["Body"]) for each in messages), key=key) == sorted(payloads, key=key)
    ids = {each["MessageAttributes"]["webhook-id"]["StringValue"] for each in messages}
    assert len(ids) == 3
    tried = Admin(school).post(f"{SUBSCRIPTIONS}/{made['id']}/test").json()
    assert tried["delivered"] and tried["status"] == 200
    assert json.loads(sqs.receive(queue, 1)[0]["Body"])["metadata"]["event_name"] == "handin_test"
    assert Admin(school).post(f"{SUBSCRIPTIONS}/{made['id']}/secret").status_code == 409


def test_a_queue_that_comes_later(school, sqs):
    queue = sqs.new_queue("later")
    sqs.client.delete_queue(QueueUrl=queue)
    made = subscribe(school, queue)
    hand_in(school, 0)
    [row] = dead(school, made)
    assert row["attempts"] == 3 and "QueueDoesNotExist" in row["last"]["answer"]
    assert sqs.new_queue("later") == queue
    assert Admin(school).post(f"{SUBSCRIPTIONS}/{made['id']}/deliveries/retry").json() == {"retried": 1}
    assert len(sqs.receive(queue, 1)) == 1


def test_a_wrong_secret_is_refused(school, sqs):
    queue = sqs.new_queue("secret")
    made = subscribe(school, queue)
    sqs.write_credentials("not" + sqs.user["SecretAccessKey"][3:])
    try:
        hand_in(school, 0)
        [row] = dead(school, made)
        assert row["last"]["status"] == 403 and "SignatureDoesNotMatch" in row["last"]["answer"]
        assert sqs.receive(queue, 1, seconds=1) == []
    finally:
        sqs.write_credentials(sqs.user["SecretAccessKey"])
    Admin(school).post(f"{SUBSCRIPTIONS}/{made['id']}/deliveries/retry")
    assert len(sqs.receive(queue, 1)) == 1


@pytest.mark.parametrize("queue", [
    "https://sqs.eu-west-1.amazonaws.com/1/q",  # not the configured endpoint
    "{endpoint}", "{endpoint}/q", "{endpoint}/1/q.fifo", "{endpoint}/1/q?a=b", "{endpoint}/1//q",
    "{endpoint}.evil.example/1/q", "{endpoint}@evil.example/1/q"])
def test_refusals(school, sqs, queue):
    reply = Admin(school).post(SUBSCRIPTIONS, json={
        "name": "it", "transport": "sqs", "target": queue.format(endpoint=sqs.endpoint)})
    assert reply.status_code == 400 and reply.json()["error"]["message"].startswith("target: ")


@pytest.mark.parametrize("queue, good", [
    ("https://sqs.eu-west-1.amazonaws.com/636161780776/canvas-live-events", True),
    ("https://sqs.eu-west-1.amazonaws.com.evil.example/1/q", False),
    ("https://sqs.evil.example/1/q", False),
    ("https://sqs.evil#.amazonaws.com/1/q", False),  # which curl would take for the host sqs.evil
    ("https://sqs.evil?.amazonaws.com/1/q", False), ("https://sqs.x@evil.amazonaws.com/1/q", False),
    ("http://sqs.eu-west-1.amazonaws.com/1/q", False)])
def test_amazon(new_server, sqs, queue, good):
    school = new_server("--sqs-credentials", sqs.credentials).start()
    reply = Admin(school).post(SUBSCRIPTIONS, json={"name": "it", "transport": "sqs", "target": queue})
    assert reply.status_code == (201 if good else 400)


def test_without_credentials(new_server):
    school = new_server(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="").start()
    reply = Admin(school).post(SUBSCRIPTIONS, json={
        "name": "it", "transport": "sqs", "target": "https://sqs.eu-west-1.amazonaws.com/1/q"})
    assert reply.status_code == 400 and "--sqs-credentials" in reply.json()["error"]["message"]
