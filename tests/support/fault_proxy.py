"""Between handin and an S3 server: a TCP proxy that goes wrong when it is told to."""
import contextlib
import socket
import threading
import time

from support.server import free_port

BUSY = (b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Please reduce your request rate."
        b"</Message></Error>")


class FaultProxy:
    """A context manager. What is wrong is `fault`, which may change at any time, also for connections
    that are open:

    None        nothing
    "busy"      503 SlowDown to every request
    "hang"      takes everything, says nothing
    "cut up"    resets connections after `after` bytes of a request
    "cut down"  resets connections after `after` bytes of an answer
    "deaf"      passes requests on and resets the connection instead of answering
    "refuse"    nobody listens

    `times`: so many connections meet it, the others pass; None: all.
    """

    def __init__(self, endpoint):
        host, port = endpoint.removeprefix("http://").rsplit(":", 1)
        self.server = host, int(port)
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.fault, self.times, self.after = None, None, 0
        self.met = 0  # how often it went wrong
        self.rate = None  # bytes a second and direction
        self.lock = threading.Lock()
        self.open, self.deaf = set(), set()
        self.ended = False
        self.listener = None

    def __enter__(self):
        self._listen()
        return self

    def __exit__(self, *_):
        self.ended = True
        self._refuse()

    def set(self, fault, times=None, after=0):
        with self.lock:
            self.times, self.after, self.met = times, after, 0
            self.fault = fault
        if fault == "refuse":
            self._refuse()
        elif self.listener is None:
            self._listen()

    def _listen(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=256, reuse_port=False)
        threading.Thread(target=self._accept, args=[self.listener], daemon=True).start()

    def _refuse(self):
        if self.listener:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
        self.listener = None
        for peer in list(self.open):
            reset(peer)

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.open.add(client)
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _meets(self, *faults):
        """Whether this connection goes wrong now."""
        with self.lock:
            if self.fault not in faults or self.times == 0:
                return None
            if self.times is not None:
                self.times -= 1
            self.met += 1
            return self.fault

    def _serve(self, client):
        upstream = None
        try:
            upstream = socket.create_connection(self.server, 30)
            upstream.settimeout(None)
            threading.Thread(target=self._answer, args=[upstream, client], daemon=True).start()
            self._request(client, upstream)
        except OSError:
            pass
        finally:
            self.open.discard(client)
            for peer in (client, upstream):
                if peer:
                    with contextlib.suppress(OSError):
                        peer.shutdown(socket.SHUT_RDWR)

    def _request(self, client, upstream):
        passed = 0
        while data := client.recv(1 << 16):
            if passed == 0 or starts_request(data):
                passed = 0
                if fault := self._meets("busy", "hang", "deaf"):
                    if fault == "busy":
                        return self._busy(client, data)
                    if fault == "hang":
                        return self._hang(client)
                    self.deaf.add(client)
            passed += len(data)
            if self.fault == "cut up" and passed > self.after and self._meets("cut up"):
                return reset(client)
            self._pace(len(data))
            upstream.sendall(data)

    def _answer(self, upstream, client):
        passed = 0
        with contextlib.suppress(OSError):
            while data := upstream.recv(1 << 16):
                if client in self.deaf:
                    self.deaf.discard(client)
                    return reset(client)
                passed += len(data)
                if self.fault == "cut down" and passed > self.after and self._meets("cut down"):
                    return reset(client)
                self._pace(len(data))
                client.sendall(data)
            client.shutdown(socket.SHUT_WR)

    def _pace(self, size):
        if self.rate:
            time.sleep(size / self.rate)

    @staticmethod
    def _busy(client, data):
        """Reads the request to its end, or the answer would be lost."""
        while b"\r\n\r\n" not in data:
            data += client.recv(1 << 16)
        head, _, body = data.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        left = length - len(body)
        while left > 0 and (more := client.recv(min(left, 1 << 16))):
            left -= len(more)
        body = b"" if head.startswith(b"HEAD") else BUSY
        client.sendall(b"HTTP/1.1 503 Slow Down\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                       % (len(BUSY), body))

    def _hang(self, client):
        while not self.ended and self.fault == "hang" and client.recv(1 << 16):
            pass
        reset(client)


def starts_request(data):
    return data.split(b" ", 1)[0] in (b"GET", b"PUT", b"POST", b"HEAD", b"DELETE")


def reset(peer):
    """Closes so that the other side sees an error."""
    with contextlib.suppress(OSError):
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        peer.shutdown(socket.SHUT_RDWR)
        peer.close()
