"""`handin` and `handin serve`: help, configuration, mistakes (DESIGN 7; issue 2, point 8)."""
import subprocess

import pytest

from support.edlink import Caller
from support.server import binary, environment, run


def test_help():
    done = run("--help")
    assert done.returncode == 0
    assert "serve" in done.stdout and "events" in done.stdout


def test_version():
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.strip()


def test_help_of_serve_lists_every_option():
    done = run("serve", "--help")
    assert done.returncode == 0
    for option in ("--config", "--listen", "--data", "--database", "--blobs", "--demo",
                   "--students", "--classes"):
        assert option in done.stdout


def test_help_of_events_tail():
    done = run("events", "tail", "--help")
    assert done.returncode == 0
    for option in ("--data", "--after", "--limit", "--follow"):
        assert option in done.stdout


WRONG = {
    "no command": [],
    "unknown command": ["sreve"],
    "unknown option": ["serve", "--prot", "1"],
    "address without a port": ["serve", "--listen", "127.0.0.1"],
    "port not a number": ["serve", "--listen", "127.0.0.1:http"],
    "port too large": ["serve", "--listen", "127.0.0.1:65536"],
    "address nobody has": ["serve", "--listen", "192.0.2.1:8080"],
    "students not a number": ["serve", "--demo", "--students", "many"],
    "students negative": ["serve", "--demo", "--students", "-1"],
    "unknown database": ["serve", "--database", "oracle:x"],
    "unknown blobs": ["serve", "--blobs", "ftp://x"],
    "missing configuration": ["serve", "--config", "/nonexistent/handin.toml"],
}


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG)
def test_mistakes(tmp_path, arguments):
    if "serve" in arguments:
        arguments = [*arguments, "--data", tmp_path / "data"]
    done = run(*arguments, timeout=20)
    assert done.returncode not in (0, -6, -11)
    assert done.stderr.strip()
    assert "terminate called" not in done.stderr


def config(tmp_path, words):
    path = tmp_path / "handin.toml"
    path.write_text(words)
    return path


@pytest.mark.parametrize("words, told", [
    ("listen = \n", "handin.toml:1"), ("listen = 5\n", "listen"),
    ("listen = '192.0.2.1:1'\n", "192.0.2.1"), ("\nmax_connections = 0\n", "handin.toml:2"),
    ("no_such_setting = 1\n", "no_such_setting"), ("threads = 'many'\n", "threads")])
def test_mistakes_in_the_configuration(tmp_path, words, told):
    done = run("serve", "--data", tmp_path / "data", "--config", config(tmp_path, words), timeout=20)
    assert done.returncode not in (0, -6, -11)
    assert told in done.stderr


def test_flag_before_environment_before_file(new_server, tmp_path):
    # the file's and the environment's address must not be taken: nobody has it
    server = new_server("--config", config(tmp_path, "listen = '192.0.2.1:1'\n"),
                        HANDIN_LISTEN="192.0.2.1:2")
    server.start()
    assert Caller(server).get("/healthz").status_code == 200


def test_from_the_environment(new_server, tmp_path):
    # beats the file
    server = new_server()
    path = config(tmp_path, "listen = '192.0.2.1:1'\n")
    process = subprocess.Popen(
        [binary(), "serve", "--demo", "--data", server.data, "--config", path],
        env=environment(HANDIN_LISTEN=f"127.0.0.1:{server.port}"), stderr=server.log.open("wb"),
        stdout=subprocess.DEVNULL)
    server.process = process
    server.wait_ready()
    assert server.stop() == 0


def test_one_process_a_folder(new_server):
    server = new_server().start()
    done = run("serve", "--data", server.data, "--listen", "127.0.0.1:0", timeout=20)
    assert done.returncode not in (0, -6, -11)
    assert str(server.data) in done.stderr
    assert Caller(server).get("/readyz").status_code == 200


def test_port_that_is_taken(new_server, tmp_path):
    server = new_server().start()
    done = run("serve", "--data", tmp_path / "other", "--listen", f"127.0.0.1:{server.port}",
               timeout=20)
    assert done.returncode not in (0, -6, -11)
    assert str(server.port) in done.stderr


def test_two_servers_beside_each_other(new_server):
    one, two = new_server().start(), new_server().start()
    assert one.demo["base_url"] != two.demo["base_url"]
    assert one.stop() == two.stop() == 0


def test_demo_leaves_a_filled_folder_alone(new_server):
    # DESIGN 7: only if the data folder is empty
    server = new_server("--students", 3).start()
    before = (server.data / "demo.json").read_bytes()
    server.stop()
    server.options = ["--students", "9"]
    server.start()
    assert (server.data / "demo.json").read_bytes() == before
