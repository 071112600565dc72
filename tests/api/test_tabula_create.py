"""Handing in for a student (tabula.md 3.3, 4.2 to 4.4, 5.2)."""
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.access import Desk
from support.tabula import Tabula, codes_of, failure_of, faults_of, ok_of, sha1

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
FILE = ".file"
WORDS = ".value"


@pytest.fixture(scope="module")
def tabula(server):
    return Tabula(server)


@pytest.fixture
def someone(numbers):
    """The index of a student who has handed in nothing yet."""
    return next(numbers)


def submission_of(reply):
    return ok_of(reply, 201)["submission"]


# --- as published --------------------------------------------------------------------------------

def test_as_published(tabula, someone):
    """The published request, answered key by key."""
    attachment = tabula.sent("assignment_cover_sheet.doc")
    reply = tabula.create(someone, attachments=[attachment], wordCount=3000)
    made = submission_of(reply)
    published = {"id", "submittedDate", "suspectPlagiarised", "late", "wordCount", "downloaded",
                 "authorisedLate", "attachments"}
    assert set(made) == published | {"extension"}  # 6, conflict 1: a superset
    assert str(uuid.UUID(made["id"])) == made["id"]
    assert DATE.fullmatch(made["submittedDate"])
    assert made["attachments"] == [
        {"filename": "assignment_cover_sheet.doc", "id": attachment, "originalityReport": None}]
    assert (made["late"], made["authorisedLate"], made["suspectPlagiarised"]) == (False,) * 3
    assert made["downloaded"] is False and made["extension"] is None
    assert made["wordCount"] is None  # W5: nobody asked for it
    # S1: Location is where it can be read
    assert reply.headers["Location"] == (
        f"{tabula.base_url}/api/v1{tabula.place()}/submissions/{made['id']}")
    assert ok_of(tabula.get(reply.headers["Location"]))["submission"] == made
    assert ok_of(tabula.get(f"/attachments/{attachment}"))["attachment"]["temporary"] is False
    # the proof of it
    assert reply.headers["Handin-Receipt"].endswith(made["id"])


def test_a_form(tabula, someone):
    """3.3: files in the request; F-14: ids and files are combined."""
    sent = tabula.sent("sent.txt", b"sent before")
    made = submission_of(tabula.create_form(someone, ("now.pdf", b"%PDF-1.4 now"),
                                            body={"attachments": [sent]}))
    assert [file["filename"] for file in made["attachments"]] == ["sent.txt", "now.pdf"]
    assert made["attachments"][0]["id"] == sent
    file = ok_of(tabula.get(f"/attachments/{made['attachments'][1]['id']}"))["attachment"]
    assert file["hash"] == sha1(b"%PDF-1.4 now") and file["temporary"] is False


def test_the_form_in_any_order_with_names_of_its_own(tabula, someone):
    data = b"y" * 100_000
    parts = [("attachments", ("C:\\Users\\me\\Aperçu of it.pdf", data, "application/pdf")),
             ("comment", (None, "not looked at")),
             ("submission", (None, "{}", "application/json"))]
    made = submission_of(tabula.post(tabula.place(), params=tabula.of(someone), files=parts))
    assert [file["filename"] for file in made["attachments"]] == ["Aperu of it.pdf"]


def test_litter_is_dropped(tabula, someone, numbers):
    """F-11, F-12."""
    made = submission_of(tabula.create_form(
        someone, ("real.doc", b"real"), ("empty.doc", b""), ("thumbs.db", b"x"),
        ("._thing.doc", b"x"), ("__MACOSX.zip", b"x"), (".DS_Store", b"x"), ("desktop.ini", b"x")))
    assert [file["filename"] for file in made["attachments"]] == ["real.doc"]
    reply = tabula.create_form(next(numbers), ("thumbs.db", b"x"))
    assert faults_of(reply) == [("file.missing", FILE)]


# --- what cannot be read (1.1, 1.3) ----------------------------------------------------------------

@pytest.mark.parametrize("body", [
    "", "{", "[]", "null", '"text"',
    "{'attachments': []}",  # S12: single quotes; 6, conflict 16
    '{"attachments": [],}',
    '{"attachments": [], "foo": 1}',  # S12: an unknown property
    '{"attachments": null}', '{"attachments": "id"}', '{"attachments": [7]}',
    '{"wordCount": "abc"}', '{"wordCount": true}', '{"wordCount": [1]}', '{"wordCount": 99999999999}',
    '{"useDisability": "perhaps"}',
])
def test_json_that_makes_no_sense(tabula, someone, body):
    headers = {"Content-Type": "application/json"}
    reply = tabula.post(tabula.place(), params=tabula.of(someone), data=body, headers=headers)
    failure_of(reply, 400, "bad_request")
    parts = [("submission", (None, body, "application/json")), ("attachments", ("a.txt", b"a"))]
    reply = tabula.post(tabula.place(), params=tabula.of(someone), files=parts)
    failure_of(reply, 400, "bad_request")


def test_more_files_than_any_attempt_has(tabula, someone):
    reply = tabula.create(someone, attachments=[str(uuid.uuid4())] * 101)
    failure_of(reply, 400, "bad_request")


@pytest.mark.parametrize("words, shown", [
    (3000, 3000), ("3000", 3000), (3000.7, 3000),  # 1.1: scalars are coerced
])
def test_scalars_are_coerced(tabula, someone, words, shown):
    made = submission_of(tabula.create(someone, to="words", wordCount=words))
    assert made["wordCount"] == shown


def test_a_form_without_its_json(tabula, someone):
    """1.3: 500 upstream, 400 here."""
    reply = tabula.post(tabula.place(), params=tabula.of(someone),
                        files=[("attachments", ("a.txt", b"a"))])
    failure_of(reply, 400, "bad_request")


@pytest.mark.parametrize("media, status, word", [
    ("text/plain", 415, "unsupported_media_type"),  # 6, conflict 8
    ("application/xml", 415, "unsupported_media_type"),
    ("multipart/form-data", 400, "bad_request"),  # without a boundary
])
def test_media_types(tabula, someone, media, status, word):
    reply = tabula.post(tabula.place(), params=tabula.of(someone), data=b"{}",
                        headers={"Content-Type": media})
    failure_of(reply, status, word)


# --- who and where ----------------------------------------------------------------------------------

def test_without_university_id(tabula):
    failure_of(tabula.post(tabula.place(), json={}), 400, "bad_request")  # 6, conflict 8


@pytest.mark.parametrize("change", [
    {"student": "9999999"},  # S11
    {"student": "me"},  # an API user is no member
    {"to": str(uuid.uuid4())},  # 6, conflict 7: 500 upstream
    {"to": "nonsense"},
])
def test_what_is_not_there(tabula, someone, change):
    reply = tabula.create(change.get("student", someone), to=change.get("to"))
    assert "Item not found of type" in failure_of(reply, 404, "not_found")


def test_an_assignment_of_another_module(tabula, someone):
    """6, conflict 9: taken upstream, not there here; the code is the same in capitals."""
    for module, status in (("cs102", 404), ("xy999", 404), (tabula.demo["module_code"].upper(), 201)):
        reply = tabula.post(tabula.place(module=module), params=tabula.of(someone),
                            json={"attachments": [tabula.sent()]})
        assert reply.status_code == status, reply.text


# --- permissions (2, 5.2 P1 to P10) ------------------------------------------------------------------

@pytest.fixture(scope="module")
def hire(server):
    """Makes API users: hire("name", *grants) with grants as (scope, id, allow)."""
    desk = Desk(server)
    password = "correct horse battery"

    def make(name, *grants, permission="Submission.CreateOnBehalfOf"):
        desk.ask("POST", "/api-users", 201, username=name, password=password)
        for scope, scope_id, allow in grants:
            desk.ask("POST", "/grants", 201, holder="api_user", owner=name, permission=permission,
                     scope=scope, effect="allow" if allow else "deny",
                     **({"scope_id": scope_id} if scope_id else {}))
        return Tabula(server, name, password)

    return make


@pytest.mark.parametrize("case, status", [
    ("P1 none", 403), ("P2 assignment", 403), ("P3 student", 403), ("P4 assignment, student", 201),
    ("P5 department", 201), ("P6 module", 201), ("P7 account", 201),
    ("P8 account, -student", 403), ("P10 other-department", 403),
])
def test_permissions(server, hire, someone, case, status):
    name, _, grants = case.partition(" ")
    demo = server.demo["tabula"]
    university_id = demo["university_ids"][someone]
    scopes = {"assignment": ("assignment", demo["assignment_id"]),
              "student": ("person", university_id), "department": ("department", "cs"),
              "module": ("class", "sis-" + demo["module_code"]), "account": ("account", "")}
    wanted = []
    for grant in grants.split(", "):
        allow, scope = not grant.startswith("-"), grant.lstrip("-")
        if scope in scopes:
            wanted.append((*scopes[scope], allow))
    user = hire(f"user-{name}", *wanted)
    reply = user.create(someone)
    if status == 201:
        submission_of(reply)
    else:
        message = failure_of(reply, 403, "forbidden")
        assert message.startswith(f"user-{name} can't perform Submission.CreateOnBehalfOf on ")


def test_a_module_grant_needs_the_student_in_it(server, hire, tabula):
    """P6: the first student is in cs101 only."""
    user = hire("module-user", ("class", "sis-cs102", True))
    others = [item for item in ok_of(tabula.get("/module/cs102/assignments"))["assignments"]]
    place = f"/module/cs102/assignments/{others[0]['id']}"
    body = {"attachments": [user.sent()]}
    failure_of(user.post(place, params=user.of(0), json=body), 403, "forbidden")
    submission_of(user.post(place, params=user.of(1), json=body))


def test_precedence(hire):
    """1.4: unknown student, then unreadable, then not permitted, then the rules."""
    user = hire("nobody-in-particular")
    place = user.place("closed")
    json_type = {"Content-Type": "application/json"}
    failure_of(user.post(place, params={"universityId": "9999999"}, data="{", headers=json_type),
               404, "not_found")
    failure_of(user.post(place, params=user.of(3), data="{", headers=json_type), 400, "bad_request")
    parts = [("attachments", ("a.txt", b"a" * 100_000)), ("submission", (None, "{", "application/json"))]
    failure_of(user.post(place, params=user.of(3), files=parts), 400, "bad_request")
    failure_of(user.post(place, params=user.of(3), json={}), 403, "forbidden")
    failure_of(user.create_form(3, ("a.txt", b"a" * 100_000)), 403, "forbidden")


# --- the rules (4.2, 4.3) -----------------------------------------------------------------------------

def test_an_attachment_is_used_once(tabula, someone, numbers):
    """R1, F-13; F-15: a refusal leaves what was sent as it was."""
    sent = tabula.sent()
    assert codes_of(tabula.create(someone, to="not_open", attachments=[sent])) == [
        "assignment.submit.notopen"]
    submission_of(tabula.create(someone, attachments=[sent]))
    again = tabula.create(next(numbers), attachments=[sent])
    assert faults_of(again)[0] == ("binding.reSubmission", None)


@pytest.mark.parametrize("to, student, body, faults", [
    ("not_open", None, {}, ["assignment.submit.notopen"]),  # R2, S5
    ("draft", None, {}, ["assignment.submit.notopen"]),
    ("nothing", None, {}, ["assignment.submit.disabled"]),  # R3, S8
    ("link_only", None, {}, ["assignment.submit.disabled"]),
    ("closed", None, {}, ["assignment.submit.closed"]),
    ("punctual", None, {}, ["assignment.submit.closed"]),  # R4, S6
    (None, None, {"attachments": []}, ["file.missing"]),  # F1
    (None, None, {"attachments": [str(uuid.uuid4())]}, ["file.missing"]),  # 6, conflict 7
    (None, None, {"attachments": ["no id"]}, ["file.missing"]),
    ("words", None, {}, ["assignment.submit.wordCount.missing"]),  # R8, W1
    ("words", None, {"wordCount": 99}, ["assignment.submit.wordCount.outOfRange"]),  # R9, W2
    ("words", None, {"wordCount": 5001}, ["assignment.submit.wordCount.outOfRange"]),
    (None, -1, {}, ["assignment.submit.chooseDisability"]),  # R10, S4
    # S9: everything that is wrong, in order
    ("words", -1, {"attachments": []}, ["file.missing", "assignment.submit.wordCount.missing",
                                        "assignment.submit.chooseDisability"]),
    ("not_open", -1, {"attachments": []}, ["assignment.submit.notopen", "file.missing",
                                           "assignment.submit.chooseDisability"]),
    ("nothing", None, {"attachments": []}, ["assignment.submit.disabled", "file.missing"]),
])
def test_rules(tabula, numbers, to, student, body, faults):
    reply = tabula.create(next(numbers) if student is None else student, to=to, **body)
    assert codes_of(reply) == faults
    for code, field in faults_of(reply):
        wanted = {"file": FILE, "wordCount": WORDS, "chooseDisability": "useDisability"}
        assert field == next((place for word, place in wanted.items() if word in code), None)


@pytest.mark.parametrize("words", [100, 101, 5000])
def test_bounds_of_words_are_taken(tabula, someone, words):
    assert submission_of(tabula.create(someone, to="words", wordCount=words))["wordCount"] == words  # W3


@pytest.mark.parametrize("to, files, faults", [
    ("files", ["a.doc", "b.doc", "c.doc"], ["file.toomany"]),  # F3, F-2
    ("one_file", ["a.doc", "b.doc"], ["file.toomany.one"]),  # F2, F-10
    ("files", ["a.doc", "A.DOC"], ["file.duplicate"]),  # F5, F-4
    (None, ["a.doc", "a.doc"], ["file.duplicate"]),
    ("files", ["file.exe"], ["file.wrongtype.one"]),  # F6, F-5, F-9
    ("files", ["a.csv", "b.exe"], ["file.wrongtype"]),  # F7
    ("files", ["big.doc"], ["file.toobig.one"]),  # F8, F-6
    ("files", ["big.doc", "big2.pdf"], ["file.toobig"]),  # F9
    ("files", ["big.exe", "b.doc", "c.doc"], ["file.toomany", "file.wrongtype.one",
                                              "file.toobig.one"]),
])
@pytest.mark.parametrize("way", ["form", "sent"])
def test_files(tabula, someone, to, files, faults, way):
    parts = [(name, b"x" * (1024 * 1024 + 1 if name.startswith("big") else 10)) for name in files]
    if way == "form":
        reply = tabula.create_form(someone, *parts, to=to)
    else:
        reply = tabula.create(someone, to=to, attachments=[tabula.sent(*part) for part in parts])
    assert faults_of(reply) == [(code, FILE) for code in faults]


@pytest.mark.parametrize("name", ["a.docx", "b.doc", "c.PDF", "x. pdf"])
def test_types_are_taken_in_any_case(tabula, someone, name):
    submission_of(tabula.create_form(someone, (name, b"x" * 1024 * 1024), to="files"))  # F-8, F-7


def test_the_same_id_twice(tabula, someone, numbers):
    """4.3: it counts as two files."""
    sent = tabula.sent()
    assert codes_of(tabula.create(someone, attachments=[sent, sent])) == ["file.duplicate"]
    assert codes_of(tabula.create(someone, to="one_file", attachments=[sent, sent])) == [
        "file.toomany.one"]
    submission_of(tabula.create(next(numbers), attachments=[sent]))


@pytest.mark.parametrize("choice", [True, False])
def test_a_disability_is_shown_or_not(tabula, choice):
    """S4: either answer will do."""
    submission_of(tabula.create(-1, useDisability=choice))


# --- late, again, at once (4.2 matrix, 4.4) ------------------------------------------------------------

def test_again(tabula, someone):
    """S3: another id, and the old one is not there any more."""
    first = submission_of(tabula.create(someone))
    second = submission_of(tabula.create(someone))
    assert first["id"] != second["id"]
    where = tabula.place() + "/submissions/"
    failure_of(tabula.get(where + first["id"]), 404, "not_found")
    listed = ok_of(tabula.get(tabula.place() + "/submissions"))["submissions"]
    assert listed[tabula.demo["university_ids"][someone]]["id"] == second["id"]
    # what was in the old one cannot be used again
    old = first["attachments"][0]["id"]
    assert "binding.reSubmission" in codes_of(tabula.create(someone, attachments=[old]))


def test_once(tabula, someone):
    submission_of(tabula.create(someone, to="once"))
    assert codes_of(tabula.create(someone, to="once")) == ["assignment.submit.already"]  # R5, S2


def test_late(tabula, someone):
    """S7: late, and then not again."""
    made = submission_of(tabula.create(someone, to="late"))
    assert (made["late"], made["authorisedLate"]) == (True, False)
    assert codes_of(tabula.create(someone, to="late")) == ["assignment.resubmit.closed"]  # R6


def test_two_at_once(tabula, numbers):
    """Issue 7: never a 500, and never two live submissions."""
    for to in (None, "once"):
        someone = next(numbers)
        bodies = [{"attachments": [tabula.sent(f"{i}.txt")]} for i in range(8)]
        with ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(lambda body: tabula.create(someone, to=to, **body), bodies))
        made = [reply for reply in replies if reply.status_code == 201]
        assert len(made) == (1 if to else 8)
        for reply in replies:
            if reply.status_code != 201:
                assert codes_of(reply) == ["assignment.submit.already"]
        ids = {submission_of(reply)["id"] for reply in made}
        alive = [one for one in ids
                 if tabula.get(f"{tabula.place(to)}/submissions/{one}").status_code == 200]
        assert len(ids) == len(made) and len(alive) == 1


def test_a_repeat_makes_nothing_new(tabula, someone):
    """DESIGN 10.2: the same key, the same answer."""
    attachment = tabula.sent()
    key = str(uuid.uuid4())
    first = tabula.create(someone, key=key, attachments=[attachment])
    again = tabula.create(someone, key=key, attachments=[attachment])
    assert submission_of(first) == submission_of(again)
    assert first.headers["Location"] == again.headers["Location"]
    form = tabula.create_form(someone, ("other.txt", b"other"), headers={"Idempotency-Key": key})
    assert submission_of(form)["id"] == submission_of(first)["id"]
    assert codes_of(tabula.create(someone, key="another", attachments=[attachment])) == [
        "binding.reSubmission"]


def test_a_repeat_tells_what_was_declared_then(tabula, someone):
    body = {"attachments": [tabula.sent()], "wordCount": 150}
    first = submission_of(tabula.create(someone, to="words", key="words", **body))
    submission_of(tabula.create(someone, to="words", wordCount=200))
    assert submission_of(tabula.create(someone, to="words", key="words", **body)) == first


def test_somebody_who_is_not_enrolled(tabula):
    """S10; 6, conflict 10: taken, and in the list."""
    others = ok_of(tabula.get("/module/cs102/assignments"))["assignments"]
    place = f"/module/cs102/assignments/{others[0]['id']}"
    reply = tabula.post(place, params=tabula.of(0), json={"attachments": [tabula.sent()]})
    made = submission_of(reply)
    listed = ok_of(tabula.get(place + "/submissions"))["submissions"]
    assert listed[tabula.demo["university_ids"][0]] == made
    assert listed[tabula.demo["university_ids"][5]] is None
    second = submission_of(tabula.post(place, params=tabula.of(0),
                                       json={"attachments": [tabula.sent()]}))
    assert second["id"] != made["id"]


def test_a_large_form_is_not_kept_in_memory(new_server):
    server = new_server().start()
    tabula = Tabula(server)
    ok_of(tabula.get("/module"))
    before = server.peak_memory()
    data = b"z" * (48 * 1024 * 1024)
    submission_of(tabula.create_form(2, ("talk.mp4", data)))
    # requests builds the body in memory, the server must not
    assert server.peak_memory() - before < 24 * 1024 * 1024


def test_it_survives_the_server(new_server):
    server = new_server().start()
    tabula = Tabula(server)
    made = submission_of(tabula.create(2, to="words", wordCount=1234))
    server.kill()
    server.start()
    shown = ok_of(tabula.get(f"{tabula.place('words')}/submissions/{made['id']}"))["submission"]
    assert shown == made and shown["wordCount"] == 1234


def test_the_event_tells_of_it(server, tabula, admin, someone):
    """canvas-live-events.md 2.3."""
    submission_of(tabula.create(someone))
    wanted = int(server.demo["canvas"]["students"][someone]["user_id"])
    [event] = [event["payload"] for event in admin.events()
               if event["payload"]["body"].get("user_id") is not None
               and int(event["payload"]["body"]["user_id"]) % 10**13 == wanted]
    assert event["metadata"]["event_name"] == "submission_created"
    assert event["body"]["workflow_state"] == "submitted"
    assert event["body"]["submission_type"] == "online_upload"
    assert "universityId=" in event["metadata"]["url"]
