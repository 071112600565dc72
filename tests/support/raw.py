"""A connection on which a test writes what it likes."""
import json
import select
import socket


class Reply:
    """The parts of requests.Response that the checks look at."""

    def __init__(self, status_code, headers, content):
        self.status_code = status_code
        self.headers = headers
        self.content = content

    @property
    def text(self):
        return self.content.decode()

    def json(self):
        return json.loads(self.content)


class Raw:
    def __init__(self, server, seconds=30):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=seconds)
        self.input = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.input.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def send_head(self, *lines):
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n")

    def answered(self):
        waiting = select.poll()  # select() has no place for more than a thousand descriptors
        waiting.register(self.socket, select.POLLIN)
        return bool(waiting.poll(0))

    def reply(self):
        """The next reply; its body must have a Content-Length. None if the connection ended."""
        start = self.input.readline()
        if not start:
            return None
        headers = {}
        while (line := self.input.readline().strip()):
            name, _, value = line.decode().partition(":")
            headers[name.strip().title()] = value.strip()
        status = int(start.split()[1])
        length = 0 if status < 200 or status == 204 else int(headers["Content-Length"])
        return Reply(status, headers, self.input.read(length))
