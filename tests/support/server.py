"""A real handin process: start, wait until it is ready, look at it, stop it."""
import http.client
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
READY_SECONDS = 60  # generous: the machine may be busy compiling


def binary():
    """HANDIN_BINARY, else what `make build` left."""
    if named := os.environ.get("HANDIN_BINARY"):
        return Path(named).resolve()
    for path in ("build/handin", "build/release/handin"):
        if (ROOT / path).is_file():
            return ROOT / path
    raise RuntimeError("there is no build/handin: run `make build` or set HANDIN_BINARY")


def sanitized():
    """Whether the server has a sanitizer in it, beside which measuring memory means nothing."""
    return any(name in str(binary()) for name in ("asan", "tsan"))


def built(name):
    """A file that the tests need beside the server, from the optimised build."""
    path = ROOT / "build/release" / name
    if not path.is_file():
        raise RuntimeError(f"there is no {path}: run `make api-test`")
    return path


def free_port():
    """Below the ephemeral range: a client's own end of a connection can never take it."""
    for _ in range(200):
        port = random.randrange(10240, 32768)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port")


def environment(**changes):
    """Ours, without the settings of a server that somebody may have exported."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HANDIN_")}
    return {**clean, **changes}


def run(*arguments, timeout=60, stdin=None, **variables):
    """A handin command that ends by itself. stdin: text."""
    return subprocess.run([binary(), *map(str, arguments)], env=environment(**variables),
                          input=stdin, capture_output=True, text=True, timeout=timeout,
                          check=False)


class Server:
    """`handin serve --demo` on a data folder that outlives the process."""

    def __init__(self, data, *options, **variables):
        self.data = Path(data)
        self.options = list(map(str, options))
        self.variables = variables
        self.port = free_port()
        self.tls = "--tls-certificate" in self.options
        self.base_url = f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"
        self.log = self.data.with_name(self.data.name + ".log")
        self.output = self.data.with_name(self.data.name + ".out")
        self.process = None

    def arguments(self):
        return ["--demo"]

    def start(self, wait=True):
        command = [binary(), "serve", *self.arguments(), "--data", self.data,
                   "--listen", f"127.0.0.1:{self.port}", *self.options]
        with open(self.log, "ab") as log, open(self.output, "ab") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=log, env=environment(**self.variables))
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self):
        end = time.monotonic() + READY_SECONDS
        while self._probe() != 200:
            if self.process.poll() is not None:
                raise RuntimeError(f"handin ended with {self.process.returncode}:\n{self.tail()}")
            if time.monotonic() > end:
                raise RuntimeError(f"handin is not ready after {READY_SECONDS} s:\n{self.tail()}")
            time.sleep(0.01)

    def _probe(self):
        if self.tls:
            trusting = ssl._create_unverified_context()  # whom to trust is for tests to say
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=5, context=trusting)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    @property
    def demo(self):
        return json.loads((self.data / "demo.json").read_text(encoding="utf-8"))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds=30):
        """Asks it to end, as a service manager does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def close(self):
        """For the end of a test: whatever state it is in."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def peak_memory(self):
        """Bytes of resident memory at most so far."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("no VmHWM")

    def files(self):
        """What lies in the data folder, without the database's own side files."""
        return {path for path in self.data.rglob("*")
                if path.is_file() and not path.name.endswith(("-wal", "-shm", "-journal"))}

    def log_lines(self):
        return self.log.read_text(encoding="utf-8").splitlines()

    def errors(self):
        """Lines of the log that tell of a fault of the server's own."""
        return [line for line in self.log_lines()
                if str(json.loads(line).get("level")).lower() in ("error", "critical", "fatal")]

    def tail(self):
        return "\n".join(self.log_lines()[-20:])
