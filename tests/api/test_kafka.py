"""Events into a topic of a real broker (docs/events.md): acknowledged, keyed, in order."""
import json
import time

import pytest

from support.checks import data_of
from support.edlink import Admin, Person
from support.kafka import PASSWORD, USER, Broker

SUBSCRIPTIONS = "/api/handin/v1/subscriptions"
PATIENCE = 60


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    one = Broker(tmp_path_factory.mktemp("kafka"))
    yield one
    one.stop()


@pytest.fixture
def school(new_server, broker):
    return new_server("--delivery-pause", 1, "--delivery-timeout", 3, "--delivery-tries", 20,
                      "--kafka-brokers", broker.servers).start()


def subscribe(school, topic, **wish):
    reply = Admin(school).post(SUBSCRIPTIONS, json={"name": "it", "transport": "kafka", "target": topic,
                                                    **wish})
    assert reply.status_code == 201, reply.text
    return reply.json()


def hand_in(school, *indexes):
    for index in indexes:
        data_of(Person(school, index).submit())


def deliveries(school, made, state="all"):
    return Admin(school).get(f"{SUBSCRIPTIONS}/{made['id']}/deliveries",
                             params={"state": state}).json()["deliveries"]


def wait_until(condition, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it has not come to pass"
        time.sleep(0.05)
    return found


def test_keyed_and_in_order(school, broker):
    topic = broker.new_topic("in-order")
    made = subscribe(school, topic)
    assert not made["sign"]
    for _ in range(3):
        hand_in(school, *range(10))
        for index in range(10):
            data_of(Person(school, index).reclaim())
    records = broker.records(topic, 30)
    assert len(records) == 30
    wait_until(lambda: not deliveries(school, made))
    payloads = {event["payload"]["metadata"]["request_id"]: event["payload"]
                for event in Admin(school).events()}
    attempts = {}
    for record in records:
        payload = json.loads(record.value)
        assert payload == payloads[payload["metadata"]["request_id"]]
        attempts.setdefault(record.key, []).append((record.partition, payload["body"]["attempt"]))
        assert dict(record.headers)["content-type"] == b"application/json"
    assert len({dict(record.headers)["webhook-id"] for record in records}) == 30
    assert len(attempts) == 10  # the key is the submission
    for each in attempts.values():
        partitions, numbers = zip(*each)
        assert len(set(partitions)) == 1 and list(numbers) == [1, 2, 3]
    assert Admin(school).post(f"{SUBSCRIPTIONS}/{made['id']}/test").json()["delivered"]
    assert "handin_kafka_outstanding 0" in Admin(school).get("/metrics").text


def test_a_broker_that_is_away(school, broker):
    """What is committed meanwhile comes when it is back; each at least once, in order."""
    topic = broker.new_topic("away")
    made = subscribe(school, topic)
    hand_in(school, 0)
    broker.records(topic, 1)
    broker.stop()
    try:
        hand_in(school, 1, 2)
        wait_until(lambda: any(row["attempts"] > 0 and row["last"]["timed_out"]
                               for row in deliveries(school, made)))
        begun = time.monotonic()
        assert school.stop() == 0  # what is under way is not waited for
        assert time.monotonic() - begun < 15
        school.start()
        data_of(Person(school, 1).reclaim())
        hand_in(school, 1)
        school.kill()
    finally:
        broker.start()
    school.start()
    wait_until(lambda: not deliveries(school, made))
    wait_until(lambda: Admin(school).get(f"{SUBSCRIPTIONS}/{made['id']}").json()["cursor"] >= 5)
    wait_until(lambda: not deliveries(school, made))
    seen = [(record.key, json.loads(record.value)["body"]["attempt"]) for record in broker.records(topic, 99, 5)]
    assert len(set(seen)) == 4
    mine = [attempt for key, attempt in seen if (key, 2) in seen]
    assert mine == sorted(mine)


def test_password(new_server, broker, tmp_path):
    topic = broker.new_topic("password")
    for word, good in (("wrong", False), (PASSWORD, True)):
        properties = tmp_path / "kafka.properties"
        properties.write_text("# ours\nsecurity.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\n"
                              f"sasl.username={USER}\nsasl.password={word}\n", encoding="utf-8")
        school = new_server("--kafka-brokers", f"127.0.0.1:{broker.sasl_port}", "--kafka-properties",
                            properties, "--delivery-timeout", 5 if good else 2).start()
        made = subscribe(school, topic)
        tried = Admin(school).post(f"{SUBSCRIPTIONS}/{made['id']}/test").json()
        assert tried["delivered"] == good, tried
        assert len(broker.records(topic, 1, 2)) == good


def test_cloudevents(school, broker):
    """CloudEvents' binding for Kafka: structured mode is told by the content type."""
    topic = broker.new_topic("cloudevents")
    subscribe(school, topic, form="cloudevents")
    hand_in(school, 0)
    [record] = broker.records(topic, 1)
    assert dict(record.headers)["content-type"] == b"application/cloudevents+json"
    event = json.loads(record.value)
    assert event["specversion"] == "1.0" and event["partitionkey"] == record.key.decode()
    assert event["data"] == Admin(school).events()[0]["payload"]


@pytest.mark.parametrize("topic", ["", "a b", "..", "x" * 250, "https://receiver.example/"])
def test_refusals(school, topic):
    reply = Admin(school).post(SUBSCRIPTIONS, json={"name": "it", "transport": "kafka", "target": topic})
    assert reply.status_code == 400 and reply.json()["error"]["message"].startswith("target: ")


def test_without_brokers(new_server):
    school = new_server().start()
    reply = Admin(school).post(SUBSCRIPTIONS, json={"name": "it", "transport": "kafka", "target": "t"})
    assert reply.status_code == 400 and "--kafka-brokers" in reply.json()["error"]["message"]


@pytest.mark.parametrize("line", ["no such=thing", "nonsense", "security.protocol=pigeon"])
def test_properties_that_are_none(new_server, tmp_path, line):
    file = tmp_path / "kafka.properties"
    file.write_text(line + "\n", encoding="utf-8")
    school = new_server("--kafka-brokers", "127.0.0.1:9", "--kafka-properties", file)
    with pytest.raises(RuntimeError, match="Kafka|kafka"):
        school.start()
