"""demo.json, the contract for scripts (DESIGN 7)."""
import json
import subprocess
import time

from support.checks import data_of, is_uuid
from support.edlink import Admin, Person
from support.server import Server


def test_contract(new_server):
    server = new_server().start()
    demo = server.demo
    assert demo["base_url"] == server.base_url
    assert demo["admin_token"]
    edlink, tabula, canvas = demo["edlink"], demo["tabula"], demo["canvas"]

    keys = {"person_id", "access_token", "refresh_token"}
    assert {"client_id", "client_secret", "integration_token", "class_id", "assignment_id",
            "students", "teacher"} <= set(edlink)
    assert len(edlink["students"]) == 30
    for person in [*edlink["students"], edlink["teacher"]]:
        assert set(person) == keys
        assert is_uuid(person["person_id"])
    assert is_uuid(edlink["class_id"]) and is_uuid(edlink["assignment_id"])

    assert {"username", "password", "module_code", "assignment_id", "university_ids"} <= set(tabula)
    assert len(set(tabula["university_ids"])) == 30
    assert all(len(number) == 7 and number.isdigit() for number in tabula["university_ids"])
    assert tabula["assignment_id"] == edlink["assignment_id"]

    assert {"course_id", "assignment_id", "teacher_token", "students"} <= set(canvas)
    assert len({student["user_id"] for student in canvas["students"]}) == 30
    assert all(student["token"] for student in canvas["students"])

    tokens = [person[name] for person in [*edlink["students"], edlink["teacher"]]
              for name in ("access_token", "refresh_token")]
    assert len(set(tokens)) == len(tokens)


def test_starts_without_work(new_server):
    server = new_server().start()
    teacher = Person(server, teacher=True)
    listed = teacher.listed(teacher.place() + "/submissions")
    assert len(listed) == 30
    assert {item["state"] for item in listed} == {"created"}
    assert Admin(server).events() == []


def test_same_students_in_the_same_order(new_server):
    # edlink and canvas name the same person at the same index: seen by way of an event
    server = new_server("--students", 5).start()
    assert len(server.demo["edlink"]["students"]) == 5
    assert len(server.demo["tabula"]["university_ids"]) == 5
    for index in (4, 0, 2):
        student = Person(server, index)
        data_of(student.submit())
        assert len(Admin(server).events_of(student)) == 1


def test_other_assignments_are_all_there(server, teacher):
    extra = server.demo["edlink"]["assignments"]
    assert set(extra) >= {"closed", "not_open", "late", "locked", "one_attempt", "link_only",
                          "draft", "individuals", "nothing", "manual"}
    for assignment in extra.values():
        assert data_of(teacher.get(teacher.place(assignment)))["id"] == assignment


def test_deterministic(tmp_path):
    # DESIGN 7: a deterministic demo school; only secrets and the address may differ
    schools = []
    for name in ("one", "two"):
        server = Server(tmp_path / name).start()
        schools.append(server.demo)
        server.close()
    names = [[person["person_id"] for person in demo["edlink"]["students"]] for demo in schools]
    assert names[0] == names[1]
    for path in (("edlink", "class_id"), ("edlink", "assignment_id"), ("canvas", "course_id"),
                 ("tabula", "university_ids")):
        one, two = (json.dumps(demo[path[0]][path[1]]) for demo in schools)
        assert one == two


def test_is_for_its_owner_only(server):
    # it is full of tokens
    assert (server.data / "demo.json").stat().st_mode & 0o077 == 0


def test_prints_how_to_try_it(server):
    # issue 2, point 1: lines to paste, one an API, and the events
    lines = [line for line in server.output.read_text().splitlines() if "curl" in line]
    assert len(lines) == 4
    assert all(server.base_url in line for line in lines)


def test_the_line_for_tabula_works(new_server):
    server = new_server().start()
    end = time.monotonic() + 60
    while not (lines := [line for line in server.output.read_text().splitlines() if "universityId" in line]):
        assert time.monotonic() < end  # it is printed a moment after the server answers
        time.sleep(0.01)
    [line] = lines
    done = subprocess.run(["bash", "-c", line + " --noproxy '*'"], capture_output=True, text=True, timeout=60,
                          check=True)
    reply = json.loads(done.stdout)
    assert reply["submission"]["attachments"][0]["filename"] == "hello.txt"
