"""More than the server can take: who is turned away is told when to come back, and is not late
because of it (DESIGN 5.4, 6)."""
import threading
import time
from datetime import datetime, timedelta, timezone

from support.checks import data_of
from support.deadlines import due_in, is_late, wait_until
from support.edlink import Admin, Caller, Person, text
from support.raw import Raw

BODY = b'{"attachments":[{"type":"text","text":"a"}]}'


class Seated:
    """Somebody whose body is on its way for as long as they like."""

    def __init__(self, server, student):
        self.raw = Raw(server)
        self.raw.send_head(f"POST {student.place()}/submit HTTP/1.1", "Host: a",
                           f"Authorization: Bearer {student.token}",
                           f"Content-Length: {len(BODY)}")
        self.raw.send(BODY[:-1])

    def finish(self):
        self.raw.send(BODY[-1:])
        return self.raw.reply()


def wait_for_receiving(server, count):
    end = time.monotonic() + 10
    while f"handin_submits_receiving {count}\n" not in Caller(server).get("/metrics").text:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_too_many_bodies_at_once(new_server):
    server = new_server("--max-bodies", 2).start()
    first, second, third = (Person(server, index) for index in range(3))
    seated = [Seated(server, first), Seated(server, second)]
    wait_for_receiving(server, 2)
    waits = set()
    for _ in range(12):
        reply = third.submit()
        assert reply.status_code == 503
        assert reply.json()["$errors"] and "$data" not in reply.json()
        waits.add(int(reply.headers["Retry-After"]))
    assert min(waits) >= 1 and len(waits) > 1  # not everybody at the same moment
    data_of(third.my("/profile"))  # reading goes on
    with Raw(server) as raw:  # refused before the body: nothing of it was sent
        raw.send_head(f"POST {third.place()}/submit HTTP/1.1", "Host: a", "Expect: 100-continue",
                      f"Authorization: Bearer {third.token}", "Content-Length: 30000000")
        assert raw.reply().status_code == 503
    for one in seated:
        data_of(one.finish())
    data_of(third.submit())
    wait_for_receiving(server, 0)


def test_turned_away_before_the_deadline_and_in_after_it(new_server):
    server = new_server("--max-bodies", 1)
    due = due_in(server, 4)
    holder, prompt, dawdler = (Person(server, index) for index in range(3))
    holding = Seated(server, holder)
    wait_for_receiving(server, 1)
    assert prompt.submit(key="k").status_code == 503
    assert datetime.now(timezone.utc) < due, "the machine is too slow for this test"
    wait_until(due + timedelta(seconds=1))
    assert dawdler.submit().status_code == 503  # for the first time, and after the deadline
    data_of(holding.finish())
    data_of(prompt.submit(key="k"))
    data_of(dawdler.submit())
    assert not is_late(prompt)
    assert is_late(dawdler)
    assert is_late(holder)  # whose own last byte came too late
    [event] = Admin(server).events_of(prompt)
    assert event["body"]["late"] is False
    # Once is enough: the next attempt is judged by its own time.
    assert prompt.reclaim().status_code == 200
    data_of(prompt.submit())
    assert is_late(prompt)


def test_flood_at_the_deadline(new_server):
    # A tiny queue, everybody at once, repeats until it is in: nobody is lost, doubled or late
    server = new_server("--max-waiting", 1, "--max-bodies", 2, "--students", 60)
    due = due_in(server, 6)
    students = [Person(server, index) for index in range(60)]
    sent, answered, refused = {}, {}, []

    def hand_in(student):
        sent[student] = datetime.now(timezone.utc)
        for _ in range(400):
            reply = student.submit(text("x" * 4000), key="k")
            answered.setdefault(student, datetime.now(timezone.utc))
            if reply.status_code == 200:
                return
            assert reply.status_code == 503, reply.text
            refused.append(student)
            time.sleep(0.05)

    wait_until(due - timedelta(seconds=0.7))
    threads = [threading.Thread(target=hand_in, args=[student]) for student in students]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused, "there was no flood"
    in_time = [student for student in students if answered[student] < due]
    assert in_time, "the machine is too slow for this test"
    for student in students:
        assert len(student.submission()["attempts"]) == 1
        if student in in_time:  # heard, if only to be turned away
            assert not is_late(student)
        elif sent[student] > due + timedelta(seconds=1):
            assert is_late(student)
    assert len(Admin(server).events()) == 60
