"""docs/openapi is true: valid documents, and what the server answers is what they say."""
import re
import uuid
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from support.access import Desk, bearer
from support.checks import data_of
from support.edlink import HELLO, Caller, link, text
from support.tabula import Tabula

FOLDER = Path(__file__).parents[2] / "docs" / "openapi"
DOCUMENTS = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yaml"))}
METHODS = ("get", "post", "put", "patch", "delete", "head", "options")


def operations(document):
    return {(method.upper(), path) for path, item in document["paths"].items()
            for method in item if method in METHODS}


def resolved(document, node):
    while "$ref" in node:
        target = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


class Contract:
    """Checks replies against a document, and remembers what has been seen."""

    def __init__(self, document):
        self.document = document
        self.seen = set()

    def check(self, reply, path):
        method = reply.request.method
        self.seen.add((method, path))
        responses = self.document["paths"][path][method.lower()]["responses"]
        assert str(reply.status_code) in responses, f"{method} {path}: {reply.status_code} {reply.text}"
        described = resolved(self.document, responses[str(reply.status_code)])
        media = described.get("content", {})
        kind = reply.headers.get("Content-Type", "").split(";")[0] if reply.content else ""
        assert not kind or kind in media or "*/*" in media, f"{method} {path}: {kind}"
        for name, header in described.get("headers", {}).items():
            if name not in reply.headers and not header.get("required", True):
                continue
            value = reply.headers[name]
            value = int(value) if header["schema"].get("type") == "integer" else value
            self.validate(header["schema"], value)
        if "schema" in media.get(kind, {}):
            self.validate(media[kind]["schema"], reply.json() if "json" in kind else reply.text)
        return reply

    def validate(self, schema, value):
        whole = {"$ref": "#/schema", "schema": schema, "components": self.document["components"]}
        Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)

    def validate_body(self, path, body, method="post"):
        content = self.document["paths"][path][method]["requestBody"]["content"]
        self.validate(content["application/json"]["schema"], body)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_is_valid(name):
    validate(DOCUMENTS[name])


def test_edlink(server, student, teacher, new_student):
    contract = Contract(DOCUMENTS["edlink"])
    my = "/api/v2/my"
    classes = my + "/classes"
    in_class = classes + "/{class_id}"
    assignment = in_class + "/assignments/{assignment_id}"
    submissions = assignment + "/submissions"
    place = student.place()
    ids = server.demo["edlink"]

    def get(caller, template, path, **options):
        return contract.check(caller.get(path, **options), template)

    get(student, "/api/up", "/api/up")
    get(student, my + "/profile", my + "/profile")
    get(student, my + "/profile", my + "/profile", headers={"Authorization": "Bearer x"})
    get(student, classes, classes)
    get(teacher, classes, classes, params={"$first": 1})
    get(student, classes, classes, params={"$first": 0})
    get(student, in_class, place.rsplit("/", 2)[0])
    get(student, in_class, classes + "/x")
    for caller in (student, teacher):
        get(caller, in_class + "/assignments", place.rsplit("/", 1)[0])
    get(student, assignment, place)

    every = in_class + "/assignments"
    fields = {"title": "Essay", "description": "It", "due_date": "2099-01-01T00:00:00Z",
              "grading_type": "points", "attachments": [{"type": "link", "url": "https://example.org"}]}
    contract.validate_body(every, fields)
    made = contract.check(teacher.post(place.rsplit("/", 1)[0], json=fields), every).json()["$data"]
    contract.check(teacher.post(place.rsplit("/", 1)[0], json={}), every)
    contract.check(teacher.post(place.rsplit("/", 1)[0], data=b" " * (5 << 20)), every)
    its = place.rsplit("/", 1)[0] + "/" + made["id"]
    contract.validate_body(assignment, {"end_date": None}, "patch")
    for caller, change in ((teacher, {"end_date": None}), (student, {}), (teacher, {"title": 1})):
        contract.check(caller.patch(its, json=change), assignment)
    get(student, assignment, its)
    for _ in range(2):
        contract.check(teacher.delete(its), assignment)

    body = {"attachments": [HELLO, link(), text()]}
    contract.validate_body(assignment + "/submit", body)
    handed_in = contract.check(student.submit(json=body, key="k"), assignment + "/submit")
    contract.check(student.submit(json=body, key="k"), assignment + "/submit")
    contract.check(student.submit(json={"attachments": []}), assignment + "/submit")
    contract.check(student.submit(data=b"x" * (33 << 20)), assignment + "/submit")
    mine = data_of(handed_in)
    get(student, submissions, place + "/submissions")
    get(teacher, submissions, place + "/submissions", params={"$first": 5})
    get(student, submissions + "/{submission_id}", place + "/submissions/" + mine["id"])
    file = mine["attempts"][0]["attachments"][0]
    get(student, submissions + "/{submission_id}/files/{file_id}/download", file["url"])
    get(student, in_class + "/files/{file_id}/download",
        place.rsplit("/", 2)[0] + "/files/" + file["id"] + "/download")
    contract.check(student.reclaim(), assignment + "/reclaim")
    contract.check(student.reclaim(), assignment + "/reclaim")
    own = place + "/submissions/" + mine["id"]
    one = submissions + "/{submission_id}"
    marking = {"grade_points": 7.5, "grade_comment": "Well done", "flags": ["late"],
               "extra_attempts": 1, "override_due_date": "2099-01-01T00:00:00Z"}
    contract.validate_body(one, marking, "patch")
    for caller, body in ((teacher, marking), (teacher, {"grade": 1}), (student, marking)):
        contract.check(caller.request("PATCH", own, json=body), one)
    contract.check(teacher.request("PATCH", own, data=b" " * (600 << 10)), one)
    get(student, one, own)
    contract.check(student.submit(), assignment + "/submit")
    for caller in (student, teacher):
        contract.check(caller.post(own + "/return"), one + "/return")

    graph_of_edlink(contract, server, new_student)
    reads_of_edlink(contract, server, student, teacher, mine, file)
    categories(contract, teacher, "my", place.rsplit("/", 2)[0])

    request = {"grant_type": "refresh_token", "client_id": ids["client_id"],
               "client_secret": ids["client_secret"],
               "refresh_token": ids["students"][student.index]["refresh_token"]}
    token = "/api/authentication/token"
    contract.validate_body(token, request)
    contract.check(student.post(token, json=request), token)
    contract.check(student.post(token, data=request), token)
    contract.check(student.post(token, json={}), token)
    assert contract.seen == operations(contract.document)


def graph_of_edlink(contract, server, new_student):
    """What programs write."""
    program = Caller(server, server.demo["edlink"]["integration_token"])
    worker = new_student()
    place = worker.place().replace("/my/", "/graph/")
    every = "/api/v2/graph/classes/{class_id}/assignments"
    one = every + "/{assignment_id}"
    fields = {"title": "Essay", "description": "It", "due_date": "2099-01-01T00:00:00Z",
              "grading_type": "points"}
    made = contract.check(program.post(place.rsplit("/", 1)[0], json=fields), every).json()["$data"]
    its = place.rsplit("/", 1)[0] + "/" + made["id"]
    contract.check(program.patch(its, json={"title": "Other"}), one)
    contract.check(program.delete(its), one)
    categories(contract, program, "graph", place.rsplit("/", 2)[0])
    files = "/api/v2/graph/classes/{class_id}/files"
    path = place.rsplit("/", 2)[0] + "/files"
    sent = contract.check(program.post(path, json={"title": "a", "data": [1]}), files).json()["$data"]
    contract.check(program.post(path, json={}), files)
    contract.check(program.get(sent["url"]), files + "/{file_id}/download")
    submission = one + "/submissions/{submission_id}"
    for body in ({"state": "submitted", "attachments": [text()]}, {"grade_points": 5},
                 {"state": "returned"}, {"state": "created"}):
        contract.check(program.patch(f"{place}/submissions/{worker.person_id}", json=body), submission)


def categories(contract, caller, tree, klass):
    every = f"/api/v2/{tree}/classes/{{class_id}}/categories"
    one = every + "/{category_id}"
    body = {"title": "Essays", "weight": 0.5, "position": 1}
    contract.validate_body(every, body)
    made = contract.check(caller.post(klass + "/categories", json=body), every).json()["$data"]
    contract.check(caller.post(klass + "/categories", json={}), every)
    contract.check(caller.get(klass + "/categories"), every)
    path = f"{klass}/categories/{made['id']}"
    for change in ({"weight": None}, {"position": "x"}):
        contract.check(caller.patch(path, json=change), one)
    contract.check(caller.get(path), one)
    for _ in range(2):
        contract.check(caller.delete(path), one)


def reads_of_edlink(contract, server, student, teacher, submission, file):
    """Everything there is to read, as it is, with what changes it, and with ids of nothing."""
    program = Caller(server, server.demo["edlink"]["integration_token"])
    ids = server.demo["edlink"]
    profile = data_of(student.my("/profile"))
    known = {"class_id": ids["class_id"], "assignment_id": ids["assignment_id"],
             "submission_id": submission["id"], "file_id": file["id"], "person_id": student.person_id,
             "enrollment_id": data_of(student.my("/enrollments"))[0]["id"],
             "school_id": profile["school_ids"][0], "district_id": profile["district_id"]}
    for method, template in operations(contract.document):
        if method != "GET" or not template.startswith("/api/v2/"):
            continue
        caller = program if "/graph/" in template else student
        for found in (known, {}):
            path = re.sub("{(.*?)}", lambda name: found.get(name[1], str(uuid.uuid4())), template)
            contract.check(caller.get(path), template)
        contract.check(caller.get(path, headers={"Authorization": "Bearer x"}), template)
        path = template.format(**{**dict.fromkeys(re.findall("{(.*?)}", template), "x"), **known})
        contract.check(caller.get(path, params={"$first": 2, "$expand": "x"}), template)


def subscriptions(contract, admin, student):
    every = "/api/handin/v1/subscriptions"
    one = every + "/{subscription_id}"
    wish = {"name": "it", "target": "https://127.0.0.1:1/", "events": ["never"]}
    contract.validate_body(every, wish)
    made = contract.check(admin.post(every, json=wish), every).json()
    contract.check(admin.post(every, json={}), every)
    for reply in (student.post(every, json=wish), student.get(every)):
        assert contract.check(reply, every).status_code == 403
    assert contract.check(admin.get(every), every).json()["subscriptions"]
    path = f"{every}/{made['id']}"
    contract.check(admin.get(path), one)
    contract.check(admin.patch(path, json={"active": False}), one)
    contract.check(admin.patch(path, json={"form": "morse"}), one)
    for last in ("/secret", "/test", "/replay", "/deliveries/retry"):
        contract.check(admin.post(path + last), one + last)
    contract.check(admin.post(path + "/replay"), one + "/replay")
    contract.check(admin.post(path + "/deliveries/1/retry"), one + "/deliveries/{sequence}/retry")
    contract.check(admin.get(path + "/deliveries"), one + "/deliveries")
    contract.check(admin.delete(path), one)
    contract.check(admin.get(path), one)
    lti = "/api/lti/subscriptions"
    wish = {"subscription": {"TransportType": "https", "TransportMetadata": {"Url": "https://receiver.example/"}}}
    contract.validate_body(lti, wish)
    made = contract.check(admin.post(lti, json=wish), lti).json()
    contract.check(admin.post(lti, json={}), lti)
    assert contract.check(admin.get(lti), lti).json()
    path, one = f"{lti}/{made['Id']}", lti + "/{subscription_id}"
    contract.check(student.get(path), one)
    contract.check(admin.get(path), one)
    contract.check(admin.put(path, json={"subscription": {"Format": "caliper"}}), one)
    contract.check(admin.delete(path), one)
    contract.check(admin.get(path), one)
    keys = "/api/handin/v1/event-keys"
    assert contract.check(admin.get(keys), keys).json()["keys"]
    contract.check(admin.post(keys + "/rotate"), keys + "/rotate")


def test_own(server, student, new_student, admin):
    data_of(student.submit())
    contract = Contract(DOCUMENTS["handin"])
    events = "/api/handin/v1/events"
    assert contract.check(admin.get(events), events).json()["events"]
    contract.check(admin.get(events, params={"limit": 0}), events)
    contract.check(student.get(events), events)
    stream = events + "/stream"
    contract.check(student.get(stream), stream)
    contract.check(admin.get(stream, params={"after": "x"}), stream)
    for path in ("/healthz", "/readyz", "/metrics"):
        contract.check(student.get(path), path)

    subscriptions(contract, admin, student)

    receipts = "/api/handin/v1/receipts"
    contract.check(student.get(receipts + "/keys"), receipts + "/keys")
    data_of(student.reclaim())
    url = student.submit().headers["Handin-Receipt"]
    for caller in (student, admin):
        contract.check(caller.get(url), receipts + "/{attempt}")
    contract.check(student.get(receipts + "/x"), receipts + "/{attempt}")

    uploads = "/api/handin/v1/uploads"
    tus = {"Tus-Resumable": "1.0.0"}
    contract.check(student.request("OPTIONS", uploads), uploads)
    sent = contract.check(student.post(uploads, params={"filename": "a"}, data=b"whole"), uploads)
    made = contract.check(student.post(uploads, headers={**tus, "Upload-Length": "4"}), uploads)
    contract.check(student.post(uploads, headers={**tus, "Upload-Length": "x"}), uploads)
    contract.check(student.post(uploads, files={"f": ("a", b"a"), "g": ("b", b"b")}, data={"x": "y"}), uploads)
    contract.check(student.post(uploads, data=b"x", headers={"Content-Type": "multipart/mixed"}), uploads)
    one = uploads + "/{upload_id}"
    for upload in (sent, made):
        contract.check(student.get(upload.headers["Location"]), one)
    path = made.headers["Location"]
    contract.check(student.request("HEAD", path, headers=tus), one)
    offset = {**tus, "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    contract.check(student.request("PATCH", path, headers={**offset, "Upload-Offset": "1"}, data=b"x"), one)
    contract.check(student.request("PATCH", path, headers=offset, data=b"four"), one)
    contract.check(student.request("DELETE", path, headers=tus), one)
    contract.check(student.get(path), one)
    check_access(contract, admin, student)
    check_work(contract, admin, new_student())
    assert contract.seen == operations(contract.document)


def check_access(contract, admin, student):
    root = "/api/handin/v1"

    def ask(method, template, body=None, caller=admin, **ids):
        path = template
        for name, value in ids.items():
            path = path.replace("{" + name + "}", value)
        if body and method == "POST":
            contract.validate_body(root + template, body)
        return contract.check(caller.request(method, root + path, json=body), root + template)

    token = ask("POST", "/tokens", {"kind": "person", "owner": student.person_id, "expires_in": 60}).json()
    app = ask("POST", "/integrations", {"name": "Contract"}).json()
    user = ask("POST", "/api-users", {"username": "contract"}).json()
    ask("POST", "/api-users", {"username": "contract"})
    grant = ask("POST", "/grants", {"holder": "api_user", "owner": "contract", "scope": "department",
                                    "scope_id": "cs", "permission": "Submission.Read"}).json()
    for name in ("tokens", "integrations", "api-users", "grants", "audit"):
        assert ask("GET", "/" + name).json()[name.replace("-", "_")]
        ask("GET", "/" + name, caller=student)
    for caller, body in ((admin, b""), (student, b"")):
        contract.check(caller.post(root + "/roster-imports", data=body), root + "/roster-imports")
    ask("PATCH", "/integrations/{id}", {"state": "disabled"}, id=app["id"])
    ask("POST", "/integrations/{id}/secret", id=app["id"])
    ask("POST", "/integrations/{id}/secret", id="none")
    for template, made in (("/grants/{id}", grant), ("/api-users/{id}", user), ("/tokens/{id}", token)):
        ask("DELETE", template, id=made["id"])
        ask("DELETE", template, id=made["id"])


def check_work(contract, admin, student):
    """What is noted of work and people (docs/tabula.md)."""
    root = "/api/handin/v1"
    reply = student.submit()
    attempt = data_of(reply)["attempts"][-1]
    ids = {"attempts": reply.headers["Handin-Receipt"].rpartition("/")[2], "attachments": attempt["attachments"][0]["id"],
           "assignments": student.demo["edlink"]["assignment_id"], "people": student.person_id}
    for template, good, bad in (
            ("/attempts/{id}/plagiarism", {"state": "suspected"}, {"state": "x"}),
            ("/attachments/{id}/originality-report", {"overlap": 3}, {"overlap": -1}),
            ("/assignments/{id}/extensions/{person}", {"state": "unreviewed"}, {"state": "x"}),
            ("/people/{person}/disability", {"state": "none"}, {"state": "x"})):
        path = (template.replace("{id}", ids[template.split("/")[1]])
                .replace("{person}", student.person_id))
        contract.validate_body(root + template, good, "put")
        for caller, body in ((admin, good), (admin, bad), (student, good)):
            contract.check(caller.request("PUT", root + path, json=body), root + template)
        missing = template.replace("{id}", "none").replace("{person}", "nobody")
        contract.check(admin.request("PUT", root + missing, json=good), root + template)
        if "originality" in path:
            contract.check(admin.request("DELETE", root + path), root + template)


def test_tabula(server, student):
    contract = Contract(DOCUMENTS["tabula"])
    tabula = Tabula(server)
    stranger = Tabula(server, "nobody", "knows")
    demo = tabula.demo
    place = tabula.place()
    member = demo["university_ids"][student.index]

    def check(method, template, path, who=tabula, **options):
        return contract.check(who.request(method, path, **options), "/api/v1" + template)

    def get(template, path, **options):
        return check("GET", template, path, **options)

    sent = check("POST", "/attachments", "/attachments", params={"filename": "a.txt"}, data=b"a")
    check("POST", "/attachments", "/attachments", data=b"a")
    check("POST", "/attachments", "/attachments", who=stranger, data=b"a")
    one = sent.json()["attachment"]["id"]
    get("/attachments/{attachment}", f"/attachments/{one}")
    get("/attachments/{attachment}", "/attachments/none")
    for template, good, bad in (
            ("/module", "/module", None), ("/department", "/department", None),
            ("/module/{module}", "/module/cs101", "/module/x"),
            ("/department/{department}", "/department/cs", "/department/x"),
            ("/department/{department}/assignments", "/department/cs/assignments", "/department/x/assignments"),
            ("/module/{module}/assignments", "/module/cs101/assignments", "/module/x/assignments"),
            ("/member/{member}/assignments", f"/member/{member}/assignments", "/member/me/assignments"),
            ("/member/{member}/assignments/upcoming", f"/member/{member}/assignments/upcoming",
             "/member/me/assignments/upcoming"),
            ("/submissions/member/{member}", f"/submissions/member/{member}", "/submissions/member/me")):
        get(template, good)
        get(template, good, who=stranger)
        if bad:
            get(template, bad)
    assignment = "/module/{module}/assignments/{assignment}"
    whose = {"universityId": member}
    body = {"attachments": [one], "wordCount": 3000}
    contract.validate_body("/api/v1" + assignment, body)
    made = check("POST", assignment, place, params=whose, json=body).json()["submission"]
    check("POST", assignment, place, params=whose, json=body)  # used already
    check("POST", assignment, place, params=whose, json={"foo": 1})
    check("POST", assignment, place, params=whose, data=b"x")
    check("POST", assignment, place, params={"universityId": "x"}, json=body)
    check("POST", assignment, place, params=whose, data=b"x" * (1 << 17),
          headers={"Content-Type": "application/json"})
    get(assignment, place)
    get(assignment, tabula.place("none"))
    submissions = assignment + "/submissions"
    get(submissions, place + "/submissions")
    get(submissions, tabula.place("none") + "/submissions")
    single = f"{place}/submissions/{made['id']}"
    get(submissions + "/{submission}", single)
    get(submissions + "/{submission}", single + "0")
    file = submissions + "/{submission}/{filename}"
    for name, wanted in (("a.txt", None), ("a.txt", "bytes=0-0"), ("a.txt", "bytes=9-"), ("b", None)):
        get(file, f"{single}/{name}", headers={"Range": wanted} if wanted else {})
    for dates in ({"fromDate": "01-Jan-2020"}, {"fromDate": "01-Jan-2020", "toDate": "01-Jan-2099"}):
        get("/submissions/member/{member}", f"/submissions/member/{member}", params=dates)
    setting = "/module/{module}/assignments"
    words = {"name": "By contract", "openDate": "2026-01-05", "closeDate": "2099-01-05"}
    contract.validate_body("/api/v1" + setting, words)
    desk = Desk(server)
    for permission in ("Assignment.Create", "Assignment.Update", "Assignment.Delete", "Feedback.Manage"):
        user = {"holder": "api_user", "owner": demo["username"], "permission": permission}
        desk.caller.post("/api/handin/v1/grants", headers=bearer(desk.token),  # or it is there already
                         json={**user, "scope": "department", "scope_id": "cs"})
    new = check("POST", setting, "/module/cs101/assignments", json=words).json()["assignment"]
    for wrong in (words, {"name": ""}, {"foo": 1}):
        check("POST", setting, "/module/cs101/assignments", json=wrong)
    check("POST", setting, "/module/x/assignments", json={**words, "name": "x"})
    for method in ("PUT", "DELETE"):
        for identity in ("none", new["id"]):
            check(method, assignment, f"/module/cs101/assignments/{identity}", json={"summative": False})
        check(method, assignment, place, json={"name": ""}, who=tabula if method == "PUT" else stranger)
    marks = {"students": [{"id": member, "mark": 65, "grade": None, "feedback": "Good"}]}
    contract.validate_body("/api/v1" + assignment + "/marks", marks)
    check("POST", assignment + "/marks", place + "/marks", json=marks)
    check("POST", assignment + "/marks", place + "/marks", data=b"x")
    timed = "/private/assignments/{assignment}"
    check("POST", timed, f"/private/assignments/{demo['assignment_id']}", json={},
          params={**whose, "submittedDate": "15-Jan-2020 15:00:00"})
    check("POST", timed, f"/private/assignments/{demo['assignment_id']}", json={}, params=whose)
    assert contract.seen == operations(contract.document)


def test_the_check_can_fail():
    contract = Contract(DOCUMENTS["edlink"])
    with pytest.raises(Exception, match="is not valid under any|is a required property"):
        contract.validate_body("/api/v2/my/classes/{class_id}/assignments/{assignment_id}/submit",
                               {"attachments": [{"type": "file"}]})
