"""A repeat makes nothing new (edlink.md 2.2; DESIGN 10.2)."""
import threading
import time

import pytest

from support.checks import data_of, refusal_of
from support.edlink import HELLO, Person, file
from support.raw import Raw

REPEATED = ["IDEMPOTENCY_KEY_REPEATED"]


def post(student, key, how, *attachments):
    body = {"attachments": list(attachments or [HELLO])}
    if how == "header":
        return student.submit(json=body, headers={"Idempotency-Key": key})
    return student.submit(json=body, key=key)


@pytest.mark.parametrize("how", ["parameter", "header"])
def test_repeat(student, admin, how):
    first = data_of(post(student, "k 1", how))
    # edlink.md 2.2: "the body is not compared"
    again = data_of(post(student, "k 1", how, file("other.txt", b"other")), REPEATED)
    assert again == first
    assert len(student.submission()["attempts"]) == 1
    assert len(admin.events_of(student)) == 1


@pytest.mark.parametrize("body", [b"", b"{", b'{"attachments":[]}', b"x" * 4_000_000])
def test_repeat_with_a_body_that_is_no_good(student, admin, body):
    # edlink.md 2.2: "the body is not compared"; so it need not arrive either
    first = data_of(student.submit(key="k"))
    again = student.submit(key="k", data=body)
    assert data_of(again, REPEATED) == first
    assert len(admin.events_of(student)) == 1


def test_repeat_over_a_slow_line(server, student):
    # Many clients read only when they have sent everything: the answer must not come with a reset.
    first = data_of(student.submit(key="k"))
    whole, piece = 24 << 20, 1 << 20

    def slowly():
        for _ in range(whole // piece):
            yield bytes(piece)
            time.sleep(0.15)  # over three seconds in all: longer than a closed connection is heard

    again = student.submit(key="k", data=slowly())
    assert data_of(again, REPEATED) == first


def test_repeat_by_who_asks_first(server, student):
    first = data_of(student.submit(key="k"))
    path = student.place() + "/submit?%24idempotency=k"
    with Raw(server) as raw:
        raw.send_head(f"POST {path} HTTP/1.1", f"Host: {server.base_url.split('//')[1]}",
                      f"Authorization: Bearer {student.token}",
                      "Content-Length: 5000000", "Expect: 100-continue")
        assert data_of(raw.reply(), REPEATED) == first


def test_header_and_parameter_are_the_same_key(student):
    # DESIGN 7: the header is honoured on every write
    first = data_of(post(student, "both", "parameter"))
    assert data_of(post(student, "both", "header"), REPEATED) == first


def test_an_empty_parameter_is_no_key(student):
    # what an SDK sends whose option was left empty must not hide the header
    first, again = (student.submit(key="", headers={"Idempotency-Key": "header"}) for _ in range(2))
    assert data_of(again, REPEATED) == data_of(first)


def test_repeat_after_more_has_happened(student):
    # the stored reply, not the present state
    first = data_of(student.submit(key="first"))
    reclaimed = data_of(student.reclaim(key="back"))
    second = data_of(student.submit(file("two", b"2"), key="second"))
    assert data_of(student.submit(key="first"), REPEATED) == first
    assert data_of(student.reclaim(key="back"), REPEATED) == reclaimed
    assert data_of(student.submit(key="second"), REPEATED) == second
    assert student.submission() == second


def test_without_a_key_a_repeat_is_a_new_try(student):
    data_of(student.submit())
    refusal_of(student.submit(), "UNSUPPORTED_OPERATION")


def test_scope_of_a_key(new_student, others):
    # edlink.md 2.2: integration + person + method + path + key
    one, two = new_student(), new_student()
    data_of(one.submit(key="same"))
    data_of(two.submit(key="same"))
    data_of(one.submit(key="same", to=others["late"]))
    assert data_of(one.reclaim(key="same"))["state"] == "reclaimed"


def test_a_refusal_is_not_remembered(student):
    # edlink.md 2.2: store only 2xx
    refusal_of(student.submit({"type": "text"}, key="retry"), "MISSING_REQUIRED_FIELD")
    assert len(data_of(student.submit(key="retry"))["attempts"]) == 1


def test_length(student):
    # edlink.md 2.2: at most 255 characters
    refusal_of(student.submit(key="k" * 256), "IDEMPOTENCY_KEY_TOO_LONG")
    assert student.submission()["attempts"] == []
    first = data_of(student.submit(key="ü" * 255))
    assert data_of(student.submit(key="ü" * 255), REPEATED) == first


def test_on_a_get_it_is_ignored(student):
    # edlink.md 2.2: key on a non-POST
    for options in ({"params": {"$idempotency": "k"}}, {"headers": {"Idempotency-Key": "k"}}):
        reply = student.get("/api/v2/my/profile", **options)
        assert data_of(reply, ["IDEMPOTENCY_KEY_IGNORED"])["id"] == student.person_id


@pytest.mark.parametrize("size", [6, 100_000])
def test_at_the_same_time(server, student, admin, size):
    # edlink.md 2.2: a concurrent duplicate waits for the first
    replies = []
    start = threading.Barrier(8)

    def repeat():
        mine = Person(server, student.index)
        start.wait()
        replies.append(mine.submit(file("a", bytes(size)), key="at once"))

    threads = [threading.Thread(target=repeat) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [reply.status_code for reply in replies] == [200] * 8
    assert all(reply.json()["$data"] == replies[0].json()["$data"] for reply in replies)
    assert sorted("$warnings" in reply.json() for reply in replies) == [False] + [True] * 7
    assert len(student.submission()["attempts"]) == 1
    assert len(admin.events_of(student)) == 1


def test_after_a_restart(new_server):
    # DESIGN 10.2: also after a crash
    server = new_server().start()
    student = Person(server, 3)
    first = data_of(student.submit(key="k"))
    for end in (server.stop, server.kill):
        end()
        server.start()
        assert data_of(Person(server, 3).submit(key="k"), REPEATED) == first
    assert len(Person(server, 3).submission()["attempts"]) == 1
