"""created → submitted → reclaimed → submitted (edlink.md 3.6)."""
import threading

from support.checks import data_of, refusal_of
from support.edlink import Person, file, link


def test_submit_reclaim_submit(student):
    first = data_of(student.submit(file("one", b"1")))
    reclaimed = data_of(student.reclaim())
    assert reclaimed["state"] == "reclaimed"
    assert reclaimed["attempts"] == first["attempts"]  # edlink.md 3.2: attempts are immutable
    second = data_of(student.submit(link("https://example.org/2")))
    assert second["state"] == "submitted"
    assert second["id"] == first["id"]
    # edlink.md 5: append suggests oldest first
    assert second["attempts"][0] == first["attempts"][0]
    assert second["attempts"][1]["attachments"][0]["url"] == "https://example.org/2"
    assert len(second["attempts"]) == 2


def test_submitted_work_must_be_reclaimed_first(student):
    # edlink.md 3.6: submit only from created or reclaimed
    first = data_of(student.submit())
    refusal_of(student.submit(), "UNSUPPORTED_OPERATION")
    assert student.submission() == first


def test_reclaim_only_from_submitted(student):
    # edlink.md 3.6
    refusal_of(student.reclaim(), "UNSUPPORTED_OPERATION")
    data_of(student.submit())
    data_of(student.reclaim())
    refusal_of(student.reclaim(), "UNSUPPORTED_OPERATION")


def test_reclaim_takes_any_empty_body(student):
    # edlink.md 7.2, 7.3.7: SDK1 sends a form content type without a body, SDK2 a JSON one
    for kind in ("application/x-www-form-urlencoded", "application/json"):
        data_of(student.submit())
        reply = student.post(student.place() + "/reclaim?", data=b"", headers={"Content-Type": kind})
        assert data_of(reply)["state"] == "reclaimed"
    data_of(student.submit())
    data_of(student.post(student.place() + "/reclaim", json={}))


def test_files_of_every_attempt_stay(student):
    # edlink.md 3.2: attempts cannot be deleted
    for number in range(5):
        data = data_of(student.submit(file(f"{number}.txt", b"%d" % number)))
        data_of(student.reclaim())
    files = [attempt["attachments"][0] for attempt in data["attempts"]]
    assert [item["title"] for item in files] == [f"{number}.txt" for number in range(5)]
    assert [student.get(item["url"]).content for item in files] == [b"0", b"1", b"2", b"3", b"4"]


def test_two_at_once(server, student, admin):
    # edlink.md 3.6: whoever comes first is in, for the others the state is wrong
    replies = []

    def hand_in(number):
        mine = Person(server, student.index)
        replies.append(mine.submit(file("a", b"%d" % number), key=f"{number}"))

    threads = [threading.Thread(target=hand_in, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [reply for reply in replies if reply.status_code == 200]
    assert len(taken) == 1
    for reply in replies:
        if reply is not taken[0]:
            refusal_of(reply, "UNSUPPORTED_OPERATION")
    assert student.submission() == data_of(taken[0])
    assert len(admin.events_of(student)) == 1


def test_students_do_not_disturb_each_other(new_student):
    one, two = new_student(), new_student()
    data_of(one.submit(file("one", b"1")))
    assert two.submission()["state"] == "created"
    data_of(two.submit(file("two", b"2")))
    data_of(two.reclaim())
    assert one.submission()["state"] == "submitted"
    assert one.submission()["id"] != two.submission()["id"]
