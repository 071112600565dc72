"""Callers of the Edlink API, and what they hand in."""
import requests

SECONDS = 60


def file(title, data, **more):
    return {"type": "file", "title": title, "size": len(data), "data": list(data), **more}


def link(url="https://example.org/work", title="My work", **more):
    return {"type": "link", "url": url, "title": title, **more}


def text(words="Some words.", title="A text", **more):
    return {"type": "text", "text": words, "title": title, **more}


HELLO = file("hello.txt", b"hello\n")


class Caller:
    """One person (or program) with one token and one kept-alive connection."""

    def __init__(self, server, token=None):
        self.base_url = server.base_url
        self.demo = server.demo
        self.http = requests.Session()
        self.http.trust_env = False  # no proxy on the way to loopback
        self.token = token
        if token:
            self.http.headers["Authorization"] = f"Bearer {token}"

    def request(self, method, path, **options):
        url = path if path.startswith("http") else self.base_url + path
        return self.http.request(method, url, timeout=SECONDS, **options)

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, **options):
        return self.request("POST", path, **options)

    def put(self, path, **options):
        return self.request("PUT", path, **options)

    def patch(self, path, **options):
        return self.request("PATCH", path, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)

    def my(self, path="", **params):
        return self.get("/api/v2/my" + path, params=params)

    def place(self, assignment=None, klass=None):
        """The path of an assignment; the main one of the demo school unless told."""
        ids = self.demo["edlink"]
        return (f"/api/v2/my/classes/{klass or ids['class_id']}"
                f"/assignments/{assignment or ids['assignment_id']}")

    def listed(self, path, **params):
        """Every item of a list, page after page."""
        reply = self.get(path, params=params).json()
        items = reply["$data"]
        while "$next" in reply:
            reply = self.get(reply["$next"]).json()
            items += reply["$data"]
        return items


class Person(Caller):
    """A student or the teacher of the demo school's main class."""

    def __init__(self, server, index=None, teacher=False):
        demo = server.demo
        entry = demo["edlink"]["teacher"] if teacher else demo["edlink"]["students"][index]
        super().__init__(server, entry["access_token"])
        self.index = index
        self.person_id = entry["person_id"]
        self.refresh_token = entry["refresh_token"]

    @property
    def user_id(self):
        """The same person's number, as Canvas events name it."""
        return int(self.demo["canvas"]["students"][self.index]["user_id"])

    def submit(self, *attachments, to=None, key=None, **options):
        params = {"$idempotency": key} if key is not None else None
        if "data" not in options and "json" not in options:
            options["json"] = {"attachments": list(attachments or [HELLO])}
        return self.post(self.place(to) + "/submit", params=params, **options)

    def reclaim(self, to=None, key=None):
        params = {"$idempotency": key} if key is not None else None
        return self.post(self.place(to) + "/reclaim", params=params)

    def submission(self, to=None):
        """My own, as the list shows it."""
        [mine] = self.listed(self.place(to) + "/submissions")
        return mine


class Admin(Caller):
    """Holder of the admin token: reads events."""

    def __init__(self, server):
        super().__init__(server, server.demo["admin_token"])

    def read_events(self, **params):
        return self.get("/api/handin/v1/events", params=params)

    def events(self, after=0, limit=1000):
        """Every event after a sequence number."""
        found = []
        while True:
            page = self.read_events(after=after, limit=limit).json()
            if page["next"] == after:  # a page may be empty, if what is in it has no words
                return found
            found += page["events"]
            after = page["next"]

    def events_of(self, student, assignment=None):
        """Payloads about one student's work, oldest first; the main assignment unless told None."""
        return [event["payload"] for event in self.events()
                if local(event["payload"]["body"].get("user_id") or 0) == student.user_id]


def local(global_id):
    """canvas-live-events.md 1.4: how a consumer gets from a global id to the local one."""
    return int(global_id) % 10**13
