"""A real nginx on loopback."""
import contextlib
import os
import shutil
import socket
import subprocess
import time

START_SECONDS = 20

AROUND = """
{user}daemon off; pid nginx.pid; error_log stderr warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
{server}
}}
"""


class Nginx:
    """Runs a server block; a context manager."""

    def __init__(self, folder, port, server):
        self.folder, self.port = folder, port
        folder.mkdir()
        user = "user root; " if os.geteuid() == 0 else ""  # nobody cannot enter a test's folder
        (folder / "nginx.conf").write_text(AROUND.format(user=user, server=server))
        self.log = folder / "log"

    def __enter__(self):
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([program, "-p", self.folder, "-c", self.folder / "nginx.conf"],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return self
            if self.process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                raise RuntimeError(f"nginx does not start:\n{self.log.read_text()}")
            time.sleep(0.02)

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
