"""A receiver of events: an HTTPS server on a port of its own that remembers every request."""
import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from standardwebhooks import Webhook

from support.server import free_port

PATIENCE = 60  # seconds: the machine may be busy compiling


class Received:
    def __init__(self, path, headers, body):
        self.path, self.headers, self.body = path, headers, body
        self.id = headers["webhook-id"]
        self.status = None

    def payload(self, jwks=None):
        """Metadata and body; what is signed is checked against the key set, by a library that is not ours."""
        text = self.body.decode()
        if jwks is None:
            return json.loads(text)
        token = text.removeprefix('"').removesuffix('"')
        kid = jwt.get_unverified_header(token)["kid"]
        [key] = [key for key in jwt.PyJWKSet.from_dict(jwks).keys if key.key_id == kid]
        return jwt.decode(token, key.key, algorithms=["RS256"])

    def check_webhook(self, secret):
        """Standard Webhooks, by its own library."""
        Webhook(secret).verify(self.body, dict(self.headers.items()))


class Receiver:
    """answer(received, number): the status to answer with, or None to hang up; may take its time."""

    def __init__(self, certificate, answer=lambda received, number: 204, port=None):
        self.certificate = certificate
        self.answer = answer
        self.requests = []
        self.changed = threading.Condition()
        self.port = port or free_port()
        self.url = f"https://127.0.0.1:{self.port}/events"
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # the name is http.server's
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if len(body) < int(self.headers["Content-Length"]):
                    self.close_connection = True  # the sender has ended in the middle of it
                    return
                received = Received(self.path, self.headers, body)
                with receiver.changed:
                    receiver.requests.append(received)
                    number = len(receiver.requests)
                    receiver.changed.notify_all()
                status = receiver.answer(received, number)
                received.status = status
                with receiver.changed:
                    receiver.changed.notify_all()
                if status is None:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                if 300 <= status < 400:
                    self.send_header("Location", receiver.url)
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_):
                pass  # a server that was killed has hung up

        self.server = Server(("127.0.0.1", self.port), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.file, certificate.key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                 do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def accepted(self):
        return [each for each in list(self.requests) if each.status and 200 <= each.status < 300]

    def wait(self, condition, seconds=PATIENCE):
        """Until condition(self); false if that takes too long."""
        end = time.monotonic() + seconds
        with self.changed:
            while not condition(self):
                left = end - time.monotonic()
                if left <= 0:
                    return False
                self.changed.wait(min(left, 0.5))
        return True
