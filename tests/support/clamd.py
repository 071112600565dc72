"""A real clamd in the foreground, with signatures of our own: nothing is fetched."""
import contextlib
import hashlib
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

START_SECONDS = 60
TEST_FILES = Path("/usr/share/clamav-testfiles")

# In two pieces, or scanners of other people would not let this file be.
EICAR = (rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*")
EICAR_NAME = "Eicar-Test-Signature"
CLAM_NAME = "Clam-Test-File"


class Clamd:
    def __init__(self, folder, **settings):
        self.folder = Path(folder)
        self.folder.mkdir()
        self.socket = self.folder / "clamd.sock"
        self.address = f"unix:{self.socket}"
        signatures = self.folder / "signatures"
        signatures.mkdir()
        (signatures / "test.ndb").write_text(f"{EICAR_NAME}:0:*:{EICAR.hex()}\n")
        clam = (TEST_FILES / "clam.exe").read_bytes()
        (signatures / "test.hdb").write_text(f"{hashlib.md5(clam).hexdigest()}:{len(clam)}:{CLAM_NAME}\n")
        lines = {"Foreground": "yes", "LocalSocket": self.socket, "DatabaseDirectory": signatures,
                 "TemporaryDirectory": self.folder, **settings}
        self.config = self.folder / "clamd.conf"
        self.config.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
        self.process = None

    def start(self):
        program = shutil.which("clamd", path="/usr/sbin:/usr/bin")
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen([program, "--config-file", self.config],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"clamd does not start:\n{(self.folder / 'log').read_text()}")
            time.sleep(0.05)
        return self

    def answers(self):
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(5)
            peer.connect(str(self.socket))
            peer.sendall(b"zPING\0")
            return peer.recv(16) == b"PONG\0"
        return False

    def pause(self):
        """It takes connections and says nothing any more."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()  # also if it is paused
            self.process.wait()
        self.socket.unlink(missing_ok=True)
