"""The nginx configuration of docs/operating.md, as it stands there: HTTP/2 and TLS outside."""
import json
import re
import subprocess
import time

import pytest

from support.certificates import Certificate
from support.checks import data_of
from support.edlink import Admin, Person, file
from support.nginx import Nginx
from support.server import ROOT, free_port

LARGE = bytes(range(256)) * 20_000
CLIENT = "203.0.113.9"


def documented():
    """The one nginx configuration of the operating page."""
    page = (ROOT / "docs/operating.md").read_text()
    [block] = re.findall(r"```nginx\n(.*?)```", page, re.DOTALL)
    return block


@pytest.fixture
def site(new_server, tmp_path):
    """handin behind nginx; nothing in the documented block is changed but addresses and files."""
    server = new_server("--trusted-proxies", "127.0.0.1").start()
    certificate = Certificate(tmp_path)
    port = free_port()
    block = documented()
    for theirs, ours in (("listen 443", f"listen 127.0.0.1:{port}"),
                         ("/etc/ssl/handin/fullchain.pem", str(certificate.file)),
                         ("/etc/ssl/handin/key.pem", str(certificate.key)),
                         ("http://127.0.0.1:8080", f"http://127.0.0.1:{server.port}")):
        assert block.count(theirs) == 1
        block = block.replace(theirs, ours)
    with Nginx(tmp_path / "nginx", port, block) as nginx:
        yield Site(server, certificate, f"https://127.0.0.1:{port}", tmp_path)
        assert "request body is buffered" not in nginx.log.read_text()
    assert server.errors() == []


class Site:
    def __init__(self, server, certificate, url, folder):
        self.server, self.certificate, self.url, self.folder = server, certificate, url, folder

    def curl(self, token, path, *options):
        """The reply's status, HTTP version and body."""
        url = path if path.startswith("http") else self.url + path
        body = self.folder / "reply"
        done = subprocess.run(
            ["curl", "-sS", "--http2", "--noproxy", "*", "--cacert", self.certificate.file, "-g", "-o", body,
             "-w", "%{http_code} %{http_version}", "-H", f"Authorization: Bearer {token}", *options, url],
            capture_output=True, text=True, timeout=60, check=True)
        return *done.stdout.split(), body.read_bytes()


def test_hand_in_and_read_back_over_http2(site):
    student = Person(site.server, 0)
    body = site.folder / "body.json"
    body.write_text(json.dumps({"attachments": [file("large.bin", LARGE)]}))
    status, version, reply = site.curl(
        student.token, student.place() + "/submit", "-H", "Content-Type: application/json",
        "--data-binary", f"@{body}")
    assert (status, version) == ("200", "2")
    [attachment] = json.loads(reply)["$data"]["attempts"][0]["attachments"]
    assert attachment["url"].startswith(site.url + "/")  # the outside's scheme, host and port
    assert site.curl(student.token, attachment["url"]) == ("200", "2", LARGE)

    teacher = Person(site.server, teacher=True)
    _, _, page = site.curl(teacher.token, teacher.place() + "/submissions?$first=2")
    assert json.loads(page)["$next"].startswith(site.url + "/")


def test_the_client_is_who_nginx_says(site):
    # What a client claims to be is put before by it, and not believed.
    student = Person(site.server, 0)
    status, _, _ = site.curl(student.token, student.place() + "/submit", "-H", "Content-Type: application/json",
                             "-H", f"X-Forwarded-For: {CLIENT}", "-H", "X-Forwarded-Proto: http", "-d",
                             '{"attachments":[{"type":"text","text":"a"}]}', "--interface", "127.0.0.2")
    assert status == "200"
    [event] = Admin(site.server).events_of(student)
    assert event["metadata"]["client_ip"] == "127.0.0.2"
    assert site.url.removeprefix("https://").startswith(event["metadata"]["hostname"])
    assert remote_of_submit(site.server) == "127.0.0.2"


def remote_of_submit(server, seconds=5):
    """As the log has it; a line is written when the reply is out, which its reader may be ahead of."""
    end = time.monotonic() + seconds
    while True:
        remotes = [line["remote"] for line in map(json.loads, server.log_lines())
                   if line.get("path", "").endswith("/submit")]
        if remotes or time.monotonic() > end:
            [remote] = remotes
            return remote
        time.sleep(0.02)


def test_refusals_come_through(site):
    student = Person(site.server, 0)
    body = site.folder / "large.json"
    body.write_bytes(b" " * (33 << 20))
    status, version, reply = site.curl(student.token, student.place() + "/submit", "--data-binary", f"@{body}")
    assert (status, version) == ("413", "2")
    assert json.loads(reply)["$errors"]  # handin's own, not nginx's page
    assert site.curl("wrong", "/api/v2/my/profile")[0] == "401"


def test_files_are_whole(site):
    """Reads back through nginx what went in directly."""
    student = Person(site.server, 0)
    data = data_of(student.submit(file("large.bin", LARGE)))
    path = data["attempts"][0]["attachments"][0]["url"].removeprefix(site.server.base_url)
    assert site.curl(student.token, path)[2] == LARGE
