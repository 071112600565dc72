"""OneRoster CSV comes in (docs/roster.md), on the command line and through the API."""
import csv
import io
import json
import zipfile

import pytest

from support.access import Bare, Desk, bearer
from support.edlink import Caller
from support.server import run

HEADERS = {
    "manifest": "propertyName value",
    "orgs": "sourcedId status dateLastModified name type identifier parentSourcedId",
    "courses": "sourcedId status dateLastModified schoolYearSourcedId title courseCode grades orgSourcedId "
               "subjects subjectCodes",
    "classes": "sourcedId status dateLastModified title grades courseSourcedId classCode classType location "
               "schoolSourcedId termSourcedIds subjects subjectCodes periods",
    "users": "sourcedId status dateLastModified enabledUser orgSourcedIds role username userIds givenName "
             "familyName middleName identifier email sms phone agentSourcedIds grades password",
    "enrollments": "sourcedId status dateLastModified classSourcedId schoolSourcedId userSourcedId role primary "
                   "beginDate endDate",
}
USERS_1_2 = ("sourcedId status dateLastModified enabledUser username userIds givenName familyName middleName "
             "identifier email sms phone agentSourcedIds grades password userMasterIdentifier "
             "resourceSourcedIds preferredGivenName preferredMiddleName preferredFamilyName "
             "primaryOrgSourcedId pronouns")


class Export:
    """A OneRoster export: rows by file, as dictionaries."""

    def __init__(self, version="1.1", mode="bulk"):
        self.version, self.mode = version, mode
        self.headers = {**HEADERS, **({"users": USERS_1_2} if version == "1.2" else {})}
        self.rows = {name: [] for name in HEADERS if name != "manifest"}
        self.raw = {}

    def add(self, file, sourced_id, **fields):
        self.rows[file].append({"sourcedId": sourced_id, **fields})
        return self

    def manifest(self):
        rows = [("manifest.version", "1.0"), ("oneroster.version", self.version)]
        rows += [(f"file.{name}", self.mode if self.rows[name] else "absent") for name in self.rows]
        rows += [(f"file.{name}", "absent") for name in ("academicSessions", "demographics", "results")]
        return [dict(zip(("propertyName", "value"), row)) for row in rows]

    def texts(self):
        for name, rows in {"manifest": self.manifest(), **self.rows}.items():
            if rows:
                out = io.StringIO()
                writer = csv.DictWriter(out, self.headers[name].split(), restval="")
                writer.writeheader()
                writer.writerows(rows)
                yield f"{name}.csv", self.raw.get(name, out.getvalue())

    def zip(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in self.texts():
                archive.writestr(name, text)
        return out.getvalue()

    def folder(self, path):
        path.mkdir()
        for name, text in self.texts():
            (path / name).write_text(text, encoding="utf-8", newline="")
        return path


def school(version="1.1", students=3):
    export = Export(version)
    export.add("orgs", "org-1", name="High School", type="school", identifier="hs")
    export.add("orgs", "org-2", name="Mathematics", type="department", identifier="math",
               parentSourcedId="org-1")
    export.add("courses", "course-1", title="Algebra", courseCode="ALG", orgSourcedId="org-2")
    export.add("classes", "class-1", title="Algebra, \"period\" 1", courseSourcedId="course-1",
               classType="scheduled", schoolSourcedId="org-1")
    export.add("classes", "class-2", title="Biology", courseSourcedId="course-9", classCode="BIO",
               classType="scheduled", schoolSourcedId="org-1")
    export.add("users", "t", enabledUser="true", username="tea", givenName="Tea", familyName="Cher")
    export.add("enrollments", "e-t", classSourcedId="class-1", schoolSourcedId="org-1",
               userSourcedId="t", role="teacher", primary="true")
    for i in range(students):
        export.add("users", f"s{i}", enabledUser="true", username=f"student{i}", givenName="Zoë",
                   familyName=f"O'Neil, {i}", identifier=f"{2000000 + i}", email=f"s{i}@hs.example")
        export.add("enrollments", f"e{i}", classSourcedId="class-1", schoolSourcedId="org-1",
                   userSourcedId=f"s{i}", role="student")
    return export


def counts(report, file):
    found = report["files"][file + ".csv"]
    return [found[name] for name in ("rows", "added", "changed", "unchanged", "removed", "problems")]


class Place:
    """A server without a demo school, or only its data folder."""

    def __init__(self, server, tmp_path):
        self.server, self.tmp_path, self.folders = server, tmp_path, 0

    def imported(self, export, *options, status=0):
        self.folders += 1
        folder = export.folder(self.tmp_path / f"export{self.folders}")
        done = run("roster", "import", folder, "--json", "--data", self.server.data, *options)
        assert done.returncode == status, done.stderr
        return json.loads(done.stdout)

    def classes(self, login):
        """What somebody sees, through Edlink."""
        desk = Desk(self.server, (self.server.data / "admin-token").read_text().strip())
        token = desk.ask("POST", "/tokens", 201, kind="person", owner=login)["token"]
        reply = Caller(self.server, token).get("/api/v2/my/classes")
        return {item["name"] for item in reply.json()["$data"]}

    def profile(self, login):
        desk = Desk(self.server, (self.server.data / "admin-token").read_text().strip())
        token = desk.ask("POST", "/tokens", 201, kind="person", owner=login)["token"]
        return Caller(self.server, token).get("/api/v2/my/profile").json()["$data"]


@pytest.fixture
def place(tmp_path, new_database):
    server = Bare(tmp_path / "data", *new_database())
    yield Place(server.start(), tmp_path)
    assert server.errors() == []
    server.close()


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_school_comes_in_and_again_changes_nothing(place, version):
    export = school(version)
    refused = run("roster", "import", export.folder(place.tmp_path / "x"), "--data", place.server.data)
    assert refused.returncode == 1 and "give its name" in refused.stderr
    report = place.imported(export, "--school", "High School")
    assert report["version"] == version and report["problem_count"] == 0 and report["account"]
    assert counts(report, "orgs") == [2, 2, 0, 0, 0, 0]
    assert counts(report, "classes") == [2, 2, 0, 0, 0, 0]
    assert counts(report, "users") == [4, 4, 0, 0, 0, 0]
    assert counts(report, "enrollments") == [4, 4, 0, 0, 0, 0]
    assert place.classes("student1") == place.classes("tea") == {'Algebra, "period" 1'}
    person = place.profile("student1")
    assert (person["first_name"], person["last_name"]) == ("Zoë", "O'Neil, 1")
    assert person["email"] == "s1@hs.example"
    assert place.profile("2000001")["id"] == person["id"] == place.profile("s1")["id"]
    again = place.imported(export)
    for file, rows in (("orgs", 2), ("classes", 2), ("users", 4), ("enrollments", 4)):
        assert counts(again, file) == [rows, 0, 0, rows, 0, 0]


def test_without_a_server(tmp_path):
    server = Bare(tmp_path / "data")
    try:
        place = Place(server, tmp_path)
        assert counts(place.imported(school(), "--school", "S"), "users") == [4, 4, 0, 0, 0, 0]
        server.start()
        assert place.classes("student0") == {'Algebra, "period" 1'}
        assert counts(place.imported(school()), "users") == [4, 0, 0, 4, 0, 0]
    finally:
        server.close()


def test_a_dry_run_tells_the_same_and_changes_nothing(place):
    report = place.imported(school(), "--school", "S", "--dry-run")
    assert report["dry_run"] and report["problem_count"] == 0
    assert counts(report, "enrollments") == [4, 4, 0, 0, 0, 0]
    assert counts(place.imported(school(), "--school", "S"), "users") == [4, 4, 0, 0, 0, 0]


def test_what_changes(place):
    place.imported(school(), "--school", "S")
    export = school()
    export.rows["users"][2].update(givenName="Renamed", username="new-login")
    export.rows["classes"][1]["title"] = "Zoology"
    export.rows["orgs"][1]["name"] = "Maths"
    del export.rows["enrollments"][1]  # of s0
    export.add("enrollments", "e-9", classSourcedId="class-2", schoolSourcedId="org-1",
               userSourcedId="s1", role="student")
    before = place.profile("student1")["id"]
    report = place.imported(export)
    assert counts(report, "users") == [4, 0, 1, 3, 0, 0]
    assert counts(report, "classes") == [2, 0, 1, 1, 0, 0]
    assert counts(report, "orgs") == [2, 0, 1, 1, 0, 0]
    assert counts(report, "enrollments") == [4, 1, 0, 3, 1, 0]
    assert place.profile("new-login")["first_name"] == "Renamed"
    assert place.profile("new-login")["id"] == before
    assert place.classes("student0") == set()  # a full file without them takes them out
    assert place.classes("new-login") == {'Algebra, "period" 1', "Zoology"}


def test_a_delta(place):
    place.imported(school(), "--school", "S")
    delta = Export(mode="delta")
    delta.add("enrollments", "e0", status="tobedeleted", classSourcedId="class-1",
              schoolSourcedId="org-1", userSourcedId="s0", role="student")
    delta.add("users", "s1", status="tobedeleted", username="student1", givenName="x", familyName="y")
    delta.add("users", "n", status="active", username="new", givenName="New", familyName="Comer")
    delta.add("enrollments", "e-n", status="active", classSourcedId="class-1",
              schoolSourcedId="org-1", userSourcedId="n", role="student")
    report = place.imported(delta)
    assert counts(report, "users") == [2, 1, 0, 0, 1, 0]
    assert counts(report, "enrollments") == [2, 1, 0, 0, 1, 0]
    assert place.classes("student0") == place.classes("student1") == set()
    assert place.classes("student2") == place.classes("new") == {'Algebra, "period" 1'}
    gone = Export(mode="delta").add("classes", "class-1", status="tobedeleted", title="x",
                                    schoolSourcedId="org-1")
    assert counts(place.imported(gone), "classes") == [1, 0, 0, 0, 1, 0]
    assert place.classes("tea") == set()


def test_problems_have_file_line_and_field(place):
    export = school()
    export.rows["users"][1]["username"] = ""                     # line 3
    export.rows["users"][2]["username"] = "tea"                  # line 4
    export.rows["users"][3]["status"] = "gone"                   # line 5
    export.rows["classes"][1]["schoolSourcedId"] = "nowhere"     # line 3
    export.add("enrollments", "x", classSourcedId="none", userSourcedId="none", role="king")  # line 6
    report = place.imported(export, "--school", "S", status=1)
    found = {(p["file"], p["line"], p["field"]) for p in report["problems"]}
    assert found == {("users.csv", 3, "username"), ("users.csv", 4, "username"),
                     ("users.csv", 5, "status"), ("classes.csv", 3, "schoolSourcedId"),
                     ("enrollments.csv", 6, "classSourcedId"), ("enrollments.csv", 6, "userSourcedId"),
                     ("enrollments.csv", 6, "role"), ("enrollments.csv", 3, "userSourcedId"),
                     ("enrollments.csv", 4, "userSourcedId"), ("enrollments.csv", 5, "userSourcedId")}
    assert report["problem_count"] == len(found)
    assert counts(report, "users") == [4, 1, 0, 0, 0, 3]  # the others are taken
    # nobody is taken out of a class by an import with problems
    place.imported(school())
    export.rows["enrollments"] = export.rows["enrollments"][:1]
    report = place.imported(export, status=1)
    assert report["note"] and counts(report, "enrollments")[4] == 0
    assert place.classes("student0") == {'Algebra, "period" 1'}


@pytest.mark.parametrize("raw, field", [
    ({"users": "sourcedId,status\r\n1,active\r\n"}, "username"), ({"users": ""}, ""),
    ({"manifest": "propertyName,value\r\noneroster.version,3.0\r\n"}, "value"),
    ({"manifest": "propertyName,value\r\nfile.users,bulk\r\n"}, "oneroster.version"),
    ({"users": "sourcedId,username,givenName,familyName\r\n1,2\r\n"}, ""),
    ({"users": 'sourcedId,username,givenName,familyName\r\n1,"a'}, "")])
def test_files_that_are_none(place, raw, field):
    export = school()
    export.raw = raw
    report = place.imported(export, "--school", "S", status=1)
    [name] = raw
    assert (f"{name}.csv", field) in {(p["file"], p["field"]) for p in report["problems"]}


def test_through_the_api(place):
    desk = Desk(place.server, (place.server.data / "admin-token").read_text().strip())

    def post(body, query="school=S", token=desk.token):
        return Caller(place.server).request(
            "POST", f"/api/handin/v1/roster-imports?{query}", data=body,
            headers={**bearer(token), "Content-Type": "application/zip"})

    for body in (b"", b"no zip at all"):
        reply = post(body)
        assert reply.status_code == 400 and reply.json()["error"]["code"] == "bad_request", reply.text
    half = post(school(students=500).zip()[:5000])  # cut within a file, or before one
    assert half.status_code == 400 or half.json()["problem_count"] > 0
    assert post(school().zip(), "dry_run=perhaps").status_code == 400
    assert post(school().zip(), "").status_code == 400  # no name for the first school
    whole = post(school().zip()).json()
    assert counts(whole, "enrollments")[0] == 4 and whole["problem_count"] == 0
    assert not (place.server.data / "roster-import.zip").exists()
    # what it has done is in the audit, by file
    entries = desk.listed("audit", "&action=roster.import")
    assert {e["target"] for e in entries} == {"orgs.csv", "classes.csv", "users.csv", "enrollments.csv"}
    assert entries[0]["detail"] == {"added": 2, "changed": 0, "removed": 0}
    # an application may, where it was granted
    desk.ask("POST", "/api-users", 201, username="sis")
    token = desk.ask("POST", "/tokens", 201, kind="application", owner="sis")["token"]
    assert post(school().zip(), token=token).status_code == 403
    grant = desk.ask("POST", "/grants", 201, holder="api_user", owner="sis", permission="Roster.Import",
                     scope="account")
    assert counts(post(school().zip(), token=token).json(), "users") == [4, 0, 0, 4, 0, 0]
    desk.ask("DELETE", f"/grants/{grant['id']}", 204)
    assert post(school().zip(), token=token).status_code == 403


def test_many_chunks(place):
    export = school(students=4500)
    assert counts(place.imported(export, "--school", "S"), "enrollments") == [4501, 4501, 0, 0, 0, 0]
    assert counts(place.imported(export), "enrollments") == [4501, 0, 0, 4501, 0, 0]


def test_beside_the_demo_school(new_server):
    server = new_server("--students", "2").start()
    place = Place(server, server.data.parent)
    (server.data / "admin-token").write_text(server.demo["admin_token"])
    report = place.imported(school(), status=1)  # student1 and student2 are the demo's
    assert {p["field"] for p in report["problems"]} == {"username", "userSourcedId"}
    reply = Caller(server, server.demo["edlink"]["students"][0]["access_token"]).get("/api/v2/my/classes")
    assert len(reply.json()["$data"]) > 0  # whom the files do not know keeps their classes


def test_who_goes_is_out_of_every_class(place):
    export = school()
    for nth in range(5):
        export.add("classes", f"more-{nth}", title=f"More {nth}", schoolSourcedId="org-1")
        export.add("enrollments", f"m{nth}", classSourcedId=f"more-{nth}", userSourcedId="s0", role="student")
    place.imported(export, "--school", "S")
    assert len(place.classes("student0")) == 6
    delta = Export(mode="delta").add("users", "s0", status="tobedeleted", username="student0",
                                     givenName="x", familyName="y")  # one row, more classes than rows
    assert counts(place.imported(delta), "users") == [1, 0, 0, 0, 1, 0]
    assert place.classes("student0") == set()


def test_a_file_that_was_cut_short_takes_nobody_out(place):
    place.imported(school(), "--school", "S")
    export = school()
    export.raw = {"enrollments": ",".join(HEADERS["enrollments"].split()) + "\r\n"}
    for options in ((), ("--dry-run",)):
        report = place.imported(export, *options)
        assert "would have been 4" in report["note"] and "enrollments.csv" not in report["files"]
    assert place.classes("student0") == {'Algebra, "period" 1'}
    assert counts(place.imported(export, "--remove-many"), "enrollments")[4] == 4
    assert place.classes("student0") == set()


def test_nobody_is_two_people_nor_two_one(place):
    export = school()
    export.add("users", "s0", username="double", givenName="An", familyName="Other")             # line 6
    export.add("users", "n", username="new", givenName="A", familyName="B", identifier="2000001")  # line 7
    export.add("classes", "class-1", title="Another", schoolSourcedId="org-1")                   # line 4
    for _ in range(2):
        report = place.imported(export, "--school", "S", status=1)
        assert {(p["file"], p["line"], p["field"]) for p in report["problems"]} == {
            ("users.csv", 6, "sourcedId"), ("users.csv", 7, "identifier"), ("classes.csv", 4, "sourcedId")}
    assert place.profile("student0")["first_name"] != "An"
    assert place.classes("student0") == {'Algebra, "period" 1'}


def test_names_are_short(place):
    export = school()
    export.rows["users"][1]["givenName"] = "x" * 1001
    export.rows["users"][2]["password"] = "x" * 100_000  # is not read
    report = place.imported(export, "--school", "S", status=1)
    assert ("users.csv", 3, "givenName") in {(p["file"], p["line"], p["field"]) for p in report["problems"]}
    assert counts(report, "users") == [4, 3, 0, 0, 0, 1]


def test_who_has_two_names_is_asked_by_id(place):
    """A grant must not go to who is called like another in the school's records."""
    export = school()
    export.add("users", "u", username="s1", givenName="Not", familyName="Student")  # s1 is student1's SIS id
    place.imported(export, "--school", "S")
    desk = Desk(place.server, (place.server.data / "admin-token").read_text().strip())
    desk.refused("POST", "/tokens", 400, "bad_request", kind="person", owner="s1")
    desk.ask("POST", "/tokens", 201, kind="person", owner="student1")


def test_a_small_zip_cannot_take_all_memory(place):
    """Rows as long as may be, which compress to nothing; and what is no file of a roster."""
    before = place.server.peak_memory()
    rows = ["sourcedId,username,givenName,familyName,notes"]
    rows += [f"u{nth},login{nth},A,B,{'x' * 250_000}" for nth in range(2000)]
    export = school()
    export.raw = {"users": "\r\n".join(rows)}
    desk = Desk(place.server, (place.server.data / "admin-token").read_text().strip())
    out = io.BytesIO(export.zip())
    with zipfile.ZipFile(out, "a") as archive:
        for nth in range(12_000):
            archive.writestr(f"junk{nth}", b"")
    reply = Caller(place.server).request(
        "POST", "/api/handin/v1/roster-imports?school=S&dry_run=true", data=out.getvalue(),
        headers={**bearer(desk.token), "Content-Type": "application/zip"})
    assert reply.status_code == 200 and counts(reply.json(), "users")[:2] == [2000, 2000], reply.text
    assert place.server.peak_memory() - before < 150e6  # the rows are 500 MB


def test_what_a_killed_import_has_left_is_removed(tmp_path):
    """It is full of names."""
    server = Bare(tmp_path / "data")
    try:
        server.start()
        server.kill()
        left = server.data / "roster-import.zip"
        left.write_bytes(school().zip())
        server.start()
        assert not left.exists()
    finally:
        server.close()
