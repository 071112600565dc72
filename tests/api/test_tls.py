"""HTTPS by the server itself: certificates, their change while it runs, clients that misbehave."""
import hashlib
import json
import os
import shutil
import signal
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.certificates import Certificate
from support.checks import data_of
from support.edlink import Admin, Caller, Person, file
from support.raw import Raw
from support.server import run

LARGE = bytes(range(256)) * 20_000  # 5.1 MB; more does not fit into a body
SILENT_SECONDS = 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return Certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def secure_server(new_server, certificate):
    return new_server(*certificate.options, "--head-timeout", SILENT_SECONDS).start()


def trusting(caller, certificate):
    caller.http.verify = str(certificate.file)
    return caller


def served(server, timeout=10):
    """Fingerprint of the certificate that a new connection is shown."""
    context = ssl._create_unverified_context()
    with socket.create_connection(("127.0.0.1", server.port), timeout=timeout) as plain:
        with context.wrap_socket(plain) as secure:
            return hashlib.sha256(secure.getpeercert(binary_form=True)).hexdigest()


def wait_for(condition, seconds=15):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


class SecureRaw(Raw):
    def __init__(self, server, context):
        super().__init__(server)
        self.socket = context.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self.input = self.socket.makefile("rb")


def test_submit_and_download(secure_server, certificate):
    student = trusting(Person(secure_server, 0), certificate)
    data = data_of(student.submit(file("large.bin", LARGE)))
    [attachment] = data["attempts"][0]["attachments"]
    assert attachment["url"].startswith(secure_server.base_url + "/")  # https
    assert student.get(attachment["url"]).content == LARGE
    assert student.submission() == data


def test_urls_are_https(secure_server, certificate):
    assert secure_server.demo["base_url"] == secure_server.base_url
    assert (secure_server.data / "url").read_text().strip() == secure_server.base_url
    guide = secure_server.output.read_text()
    assert guide.count(secure_server.base_url) >= 4 and "http://" not in guide
    teacher = trusting(Person(secure_server, teacher=True), certificate)
    reply = teacher.get(teacher.place() + "/submissions", params={"$first": 2})
    assert reply.json()["$next"].startswith(secure_server.base_url + "/")


def test_many_requests_on_one_connection(secure_server, certificate):
    with SecureRaw(secure_server, certificate.context()) as raw:
        for path in ("/healthz", "/readyz", "/nothing", "/metrics") * 50:
            raw.send_head(f"GET {path} HTTP/1.1", "Host: a")
        statuses = [raw.reply().status_code for _ in range(200)]  # all were sent at once
        assert statuses == [200, 200, 404, 200] * 50


def test_protocols(secure_server, certificate):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = certificate.context()
        context.minimum_version = context.maximum_version = version
        context.set_alpn_protocols(["h2", "http/1.1"])
        with SecureRaw(secure_server, context) as raw:
            assert raw.socket.selected_alpn_protocol() == "http/1.1"
            assert raw.socket.compression() is None
            raw.send_head("GET /healthz HTTP/1.1", "Host: a")
            assert raw.reply().status_code == 200


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_protocols_are_refused(secure_server, version):
    context = ssl._create_unverified_context()
    context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")  # so that it is not our side that refuses
    with pytest.raises(ssl.SSLError, match="(?i)protocol.version"):
        SecureRaw(secure_server, context)


def test_sessions_are_resumed(secure_server, certificate):
    context = certificate.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # where a client knows the session at once
    with SecureRaw(secure_server, context) as raw:
        session = raw.socket.session
    with socket.create_connection(("127.0.0.1", secure_server.port), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname="127.0.0.1", session=session) as secure:
            assert secure.session_reused


def test_a_client_that_does_not_trust_it(secure_server):
    with pytest.raises(OSError):
        Caller(secure_server).get("/healthz")
    assert secure_server.errors() == []


def test_reload_on_sighup(new_server, tmp_path):
    first, second = Certificate(tmp_path, "first"), Certificate(tmp_path, "second")
    server = new_server(*first.options).start()
    with SecureRaw(server, first.context()) as raw:  # goes on all the time
        shutil.copy(second.key, first.key)
        shutil.copy(second.file, first.file)
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: served(server) == second.fingerprint)
        raw.send_head("GET /healthz HTTP/1.1", "Host: a")
        assert raw.reply().status_code == 200
    data_of(trusting(Person(server, 0), second).submit())
    assert server.errors() == []


def test_reload_when_the_files_change(new_server, tmp_path):
    first, second = Certificate(tmp_path, "first"), Certificate(tmp_path, "second")
    server = new_server(*first.options).start()
    before = served(server)
    # As certificate robots do it: one file after the other, which for a moment do not fit.
    os.replace(second.file, first.file)
    wait_for(server.errors)
    assert "key" in json.loads(server.errors()[0])["reason"]
    assert served(server) == before
    os.replace(second.key, first.key)
    wait_for(lambda: served(server) != before)
    assert served(server) == first.fingerprint
    assert len(server.errors()) == 1  # told once, not at each look


def test_a_broken_new_file_keeps_the_old_one(new_server, tmp_path):
    certificate = Certificate(tmp_path)
    before = certificate.fingerprint
    server = new_server(*certificate.options).start()
    certificate.file.write_text("this is no certificate\n")
    server.process.send_signal(signal.SIGHUP)
    wait_for(server.errors)
    assert str(certificate.file) in json.loads(server.errors()[0])["reason"]
    assert served(server) == before
    certificate.file.unlink()
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: len(server.errors()) == 2)
    assert served(server) == before


def refusal_to_start(tmp_path, *options):
    done = run("serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0", *options, timeout=20)
    assert done.returncode not in (0, -6, -11)
    return done.stderr


def test_mistakes_are_told_at_the_start(tmp_path):
    mine, other = Certificate(tmp_path, "mine"), Certificate(tmp_path, "other")
    nothing = tmp_path / "nothing.pem"
    for certificate, key, named, reason in (
            (nothing, mine.key, nothing, "No such file"),
            (mine.file, nothing, nothing, "No such file"),
            (mine.key, mine.key, mine.key, "no start line"),
            (mine.file, other.key, other.key, "mismatch")):
        told = refusal_to_start(tmp_path, "--tls-certificate", certificate, "--tls-key", key)
        assert str(named) in told and reason in told, told
    assert "--tls-key" in refusal_to_start(tmp_path, "--tls-certificate", mine.file)
    assert "--tls-certificate" in refusal_to_start(tmp_path, "--tls-key", mine.key)


def test_an_expired_one_is_a_warning(new_server, tmp_path):
    certificate = Certificate(tmp_path)
    certificate.expire()
    server = new_server(*certificate.options).start()
    [warning] = [line for line in map(json.loads, server.log_lines()) if line["level"] == "warn"]
    assert "expired" in warning["message"] and warning["file"] == str(certificate.file)


def test_expiry_is_a_metric(secure_server, certificate):
    text = trusting(Caller(secure_server), certificate).get("/metrics").text
    [line] = [line for line in text.splitlines()
              if line.startswith("handin_tls_certificate_expiry_timestamp_seconds ")]
    seconds = float(line.split()[1])
    assert abs(seconds - time.time() - 30 * 86400) < 3600


def test_plain_http_is_told(secure_server):
    with Raw(secure_server) as raw:
        raw.send_head("GET /healthz HTTP/1.1", "Host: a")
        reply = raw.reply()
        assert reply.status_code == 400
        assert "https" in reply.json()["error"]
        assert raw.input.read() == b""


@pytest.mark.parametrize("sent", [b"", b"\x16", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(20)],
                         ids=["nothing", "one byte", "half a hello"])
def test_a_client_that_says_nothing_is_dropped(secure_server, sent):
    with Raw(secure_server) as raw:
        raw.send(sent)
        begun = time.monotonic()
        assert raw.input.read() == b""
        assert 0.5 < time.monotonic() - begun < 10


def test_garbage_ends_the_connection_only(secure_server, certificate):
    for sent in (b"\x16" + os.urandom(2000), b"\x16\x03\x01\x00\x05hello", os.urandom(100)):
        with Raw(secure_server) as raw:
            raw.send(sent)
            try:
                raw.input.read()
            except OSError:
                pass
    assert trusting(Caller(secure_server), certificate).get("/healthz").status_code == 200
    assert secure_server.errors() == []


def test_200_handshakes_at_once(new_server, certificate):
    server = new_server(*certificate.options).start()
    context = certificate.context()
    together = threading.Barrier(200)

    def ask(_):
        together.wait(60)
        with SecureRaw(server, context) as raw:
            raw.send_head("GET /healthz HTTP/1.1", "Host: a")
            return raw.reply().status_code

    with ThreadPoolExecutor(200) as pool:
        assert list(pool.map(ask, range(200))) == [200] * 200


def let_in(server, context):
    """A connection that is served. The one that has found the server up may still be ending."""
    end = time.monotonic() + 20
    while True:
        raw = SecureRaw(server, context)
        raw.send_head("GET /healthz HTTP/1.1", "Host: a")
        if (status := raw.reply().status_code) == 200:
            return raw
        raw.__exit__(None, None, None)
        assert status == 503 and time.monotonic() < end
        time.sleep(0.05)


def test_too_many_connections(new_server, certificate):
    server = new_server(*certificate.options, "--max-connections", 2).start()
    context = certificate.context()
    with let_in(server, context), let_in(server, context), SecureRaw(server, context) as extra:
        assert extra.reply().status_code == 503


def test_an_early_refusal_reaches_a_client_that_is_still_sending(secure_server, certificate):
    student = Person(secure_server, 0)
    with SecureRaw(secure_server, certificate.context()) as raw:
        raw.send_head(f"POST {student.place()}/submit HTTP/1.1", "Host: a",
                      f"Authorization: Bearer {student.token}", f"Content-Length: {1 << 30}")
        for _ in range(16):  # 16 MiB that nobody wants
            raw.send(bytes(1 << 20))
        assert raw.reply().status_code == 413
        assert raw.input.read() == b""  # with a goodbye: otherwise this is an SSLEOFError


def test_the_end_is_said(secure_server, certificate):
    with SecureRaw(secure_server, certificate.context()) as raw:
        raw.send_head("GET /healthz HTTP/1.1", "Host: a", "Connection: close")
        assert raw.reply().status_code == 200
        assert raw.input.read() == b""


def test_the_command_line_as_client(secure_server, certificate):
    data_of(trusting(Person(secure_server, 0), certificate).submit())
    events = trusting(Admin(secure_server), certificate).events()
    tail = ("events", "tail", "--data", secure_server.data)
    for trust in (("--ca", certificate.file), ("--insecure",)):
        done = run(*tail, *trust)
        assert done.returncode == 0, done.stderr
        assert [json.loads(line) for line in done.stdout.splitlines()] == events
    done = run(*tail)
    assert done.returncode == 1 and "certificate" in done.stderr

    bench = ("bench", "submit", "--demo", secure_server.data / "demo.json", "--clients", 4,
             "--first-student", 1, "--requests", 20)
    done = run(*bench, "--insecure")
    assert done.returncode == 0, done.stderr
    assert (json.loads(done.stdout)["ok"], json.loads(done.stdout)["errors"]) == (20, {})
    done = run(*bench)
    assert done.returncode == 1 and "certificate" in done.stderr
    # As every client that checks: the certificate as its own authority.
    done = run(*bench[:-4], "--first-student", 21, "--requests", 2, SSL_CERT_FILE=str(certificate.file))
    assert done.returncode == 0, done.stderr


def test_clean_end(secure_server, certificate):
    with SecureRaw(secure_server, certificate.context()), Raw(secure_server):  # idle; silent
        assert secure_server.stop() == 0
