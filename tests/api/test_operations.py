"""What an operator looks at: health, metrics, log, clean end (issue 2, point 8; DESIGN 7)."""
import json
import re

from support.checks import data_of
from support.edlink import Caller, Person, file
from support.raw import Raw


def test_health_and_readiness(server):
    caller = Caller(server)
    for path in ("/healthz", "/readyz"):
        assert caller.get(path).status_code == 200


def test_metrics(server, student):
    data_of(student.submit())
    reply = Caller(server).get("/metrics")
    assert reply.status_code == 200
    assert reply.headers["Content-Type"].startswith("text/plain")
    # Prometheus text format: every line is a comment or `name{labels} value`
    number = r"[-+]?(\d+(\.\d+)?([eE][-+]?\d+)?|Inf|NaN)"
    sample = re.compile(r'[a-zA-Z_:][\w:]*(\{([a-z_]\w*="([^"\\]|\\.)*",?)*\})? ' + number)
    lines = [line for line in reply.text.splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not sample.fullmatch(line)] == []
    names = {re.split(r"[{ ]", line)[0] for line in lines}
    assert any(name.startswith("handin_") for name in names)
    # ids in labels would make one series a student
    assert student.person_id not in reply.text
    assert student.demo["edlink"]["class_id"] not in reply.text


def request_lines(server, request_id):
    lines = [json.loads(line) for line in server.log_lines()]
    return [line for line in lines if line.get("request_id") == request_id]


def test_log(new_server):
    server = new_server().start()
    student = Person(server, 0)
    ids = [student.my("/profile").json()["$request"],
           student.submit(file("secret-title", b"secret"), key="secret-key").json()["$request"],
           student.submit({"type": "text"}).json()["$request"]]
    assert server.stop() == 0
    for line in server.log_lines():  # issue 2: one JSON object a line
        assert isinstance(json.loads(line), dict), line
    # DESIGN 7: with the request id that is also $request
    found = [request_lines(server, request_id) for request_id in ids]
    assert all(found)
    assert [lines[-1]["status"] for lines in found] == [200, 200, 400]
    # neither tokens nor what people hand in belongs there
    log = server.log.read_text()
    for secret in (student.token, student.refresh_token, "secret-title", "secret-key",
                   server.demo["admin_token"], server.demo["edlink"]["client_secret"]):
        assert secret not in log


def test_request_id_in_a_header(student):
    reply = student.my("/profile")
    assert reply.headers["X-Request-Id"] == reply.json()["$request"]


def test_clean_end_keeps_everything(new_server):
    server = new_server().start()
    contract = (server.data / "demo.json").read_bytes()
    data = data_of(Person(server, 0).submit(file("a", bytes(20_000))))
    assert server.stop() == 0
    server.start()
    assert (server.data / "demo.json").read_bytes() == contract
    again = Person(server, 0)
    assert again.submission() == data
    assert again.get(data["attempts"][0]["attachments"][0]["url"]).content == bytes(20_000)
    assert server.stop() == 0


def test_a_request_under_way_is_finished(new_server):
    # graceful: what was begun before SIGTERM is answered
    server = new_server().start()
    student = Person(server, 0)
    body = b'{"attachments":[{"type":"text","text":"a"}]}'
    with Raw(server) as raw:
        raw.send_head(f"POST {student.place()}/submit HTTP/1.1", "Host: a",
                      f"Authorization: Bearer {student.token}", f"Content-Length: {len(body)}",
                      "Expect: 100-continue")
        assert raw.reply().status_code == 100  # so it is under way
        raw.send(body[:10])
        server.process.terminate()
        raw.send(body[10:])
        data = data_of(raw.reply())
    assert server.process.wait(30) == 0
    server.start()
    assert Person(server, 0).submission() == data
