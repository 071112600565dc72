"""A system of the school's own that uses the Tabula API (tabula.md)."""
import hashlib
import json as json_module

import requests

SECONDS = 60
API = "/api/v1"


class Tabula:
    """An API user with a name and a password, who speaks for students by their university ids."""

    def __init__(self, server, username=None, password=None):
        self.base_url = server.base_url
        self.demo = server.demo["tabula"]
        self.others = server.demo["edlink"]["assignments"]
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.auth = (username or self.demo["username"], password or self.demo["password"])

    def request(self, method, path, **options):
        url = path if path.startswith("http") else self.base_url + API + path
        return self.http.request(method, url, timeout=SECONDS, **options)

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, **options):
        return self.request("POST", path, **options)

    def place(self, assignment=None, module=None):
        """The path of an assignment of the demo school: the main one, or one of a named policy."""
        assignment = self.others.get(assignment, assignment) or self.demo["assignment_id"]
        return f"/module/{module or self.demo['module_code']}/assignments/{assignment}"

    def upload(self, name="essay.txt", data=b"words words\n", **options):
        options.setdefault("params", {"filename": name})
        options.setdefault("headers", {"Content-Type": "text/plain"})
        return self.post("/attachments", data=data, **options)

    def sent(self, name="essay.txt", data=b"words words\n"):
        """The id of a file that was sent before."""
        reply = self.upload(name, data)
        assert reply.status_code == 201, reply.text
        return reply.json()["attachment"]["id"]

    def create(self, student, to=None, key=None, **body):
        """For the student (index, or university id), with JSON."""
        if "attachments" not in body:
            body["attachments"] = [self.sent()]
        headers = {"Idempotency-Key": key} if key else {}
        return self.post(self.place(to), params=self.of(student), json=body, headers=headers)

    def create_form(self, student, *files, to=None, body=None, **options):
        """With a form; files as (name, bytes)."""
        parts = [("submission", (None, json_module.dumps(body or {}), "application/json"))]
        parts += [("attachments", (name, data, "application/octet-stream")) for name, data in files]
        return self.post(self.place(to), params=self.of(student), files=parts, **options)

    def of(self, student):
        if isinstance(student, int):
            student = self.demo["university_ids"][student]
        return {"universityId": student}


def ok_of(reply, status=200):
    """The body of a success (tabula.md 1.1)."""
    assert reply.status_code == status, reply.text[:500]
    assert reply.headers["Content-Type"] == "application/json;charset=UTF-8"
    body = reply.json()
    assert body["success"] is True and body["status"] == "ok"
    return body


def faults_of(reply):
    """(code, what of the form) of each fault of shape A (tabula.md 1.3), in order."""
    assert reply.status_code == 400, reply.text[:500]
    body = reply.json()
    assert set(body) == {"success", "status", "result", "errors"}, body
    assert body["success"] is False and body["status"] == "bad_request"
    fields = {error["field"] for error in body["errors"] if "field" in error}
    assert set(body["result"]) == fields
    # global ones first
    places = ["field" in error for error in body["errors"]]
    assert places == sorted(places)
    for error in body["errors"]:
        assert set(error) <= {"code", "field", "message"} and error["message"]
    return [(error["code"], short(error.get("field"))) for error in body["errors"]]


def codes_of(reply):
    return [code for code, _ in faults_of(reply)]


def short(field):
    """fields[UUID].file is .file: nobody knows the ids."""
    return field[field.index("]") + 1:] if field and field.startswith("fields[") else field


def failure_of(reply, status, word):
    """The message of shape B (tabula.md 1.3)."""
    assert reply.status_code == status, reply.text[:500]
    body = reply.json()
    assert set(body) == {"success", "status", "errors"}, body
    assert body["success"] is False and body["status"] == word
    [error] = body["errors"]
    assert set(error) == {"message"} and error["message"]
    return error["message"]


def sha1(data):
    return hashlib.sha1(data).hexdigest()
