"""The load driver: whatever it sends must be what a measurement believes to be sent."""
import hashlib
import http.server
import json
import sqlite3
import threading

import pytest

from support.server import run

FILE_BYTES = 3 * (1 << 18) + 12_345  # some of its buffers, and a piece of one


def bench(mode, *options):
    done = run("bench", mode, *options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Dav(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got[self.path] = len(data), hashlib.sha256(data).hexdigest(), self.headers["Authorization"]
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def dav():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Dav) as server:
        server.got = {}
        threading.Thread(target=server.serve_forever).start()
        yield server
        server.shutdown()


def test_large_files_to_handin_and_to_another(new_server, dav):
    server = new_server().start()
    load = ("--clients", 3, "--requests", 5, "--file-bytes", FILE_BYTES)
    result = bench("upload", "--demo", server.data / "demo.json", *load)
    assert (result["ok"], result["errors"], result["file_bytes"]) == (5, {}, FILE_BYTES)
    assert 5 * FILE_BYTES / 1e6 / result["mb_per_s"] == pytest.approx(result["seconds"], rel=0.01, abs=0.001)
    assert result["driver_cpu_seconds"] > 0

    other = bench("upload", "--base-url", f"http://127.0.0.1:{dav.server_port}/dav", "--put", "/files/", *load)
    assert (other["ok"], other["errors"]) == (5, {})
    assert sorted(dav.got) == [f"/dav/files/bench-{number}" for number in range(5)]
    (size, digest, token), = set(dav.got.values())
    assert (size, token) == (FILE_BYTES, None)

    # The same bytes, each by another student.
    rows = sqlite3.connect(server.data / "handin.db").execute(
        "SELECT filename, received, hex(sha256), person_id FROM upload").fetchall()
    assert sorted(row[0] for row in rows) == [f"bench-{number}" for number in range(5)]
    assert {row[1:3] for row in rows} == {(FILE_BYTES, digest.upper())}
    assert len({row[3] for row in rows}) == 5


def test_a_refusal_is_no_success(new_server):
    server = new_server("--max-upload-bytes", 100_000).start()
    result = bench("upload", "--demo", server.data / "demo.json", "--requests", 2, "--file-bytes", FILE_BYTES)
    assert result["ok"] == 0 and sum(result["errors"].values()) == 2


def test_what_it_must_be_told(server):
    assert run("bench", "upload", "--base-url", server.base_url).returncode != 0
    assert run("bench", "upload", "--put", "/files/").returncode != 0
