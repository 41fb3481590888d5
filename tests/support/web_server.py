"""A real HTTP server on loopback that keeps what it is sent, and answers as it is told."""

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Asked:
    path: str
    headers: dict
    body: str


class WebServer:
    """`answers` are given one after another, the last for ever: (status, JSON or text, headers).

    None in place of an answer ends the connection without one.
    """

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def next_answer(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def web_server(*answers):
    kept = WebServer(*answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"] or 0)
            body = self.rfile.read(length).decode()
            kept.asked.append(Asked(self.path, dict(self.headers), body))
            answer = kept.next_answer()
            if answer is None:
                self.close_connection = True
                return
            status, said, *more = answer
            text = said if isinstance(said, str) else json.dumps(said)
            self.send_response(status)
            for name, value in (more[0] if more else {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_args):
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    loop = threading.Thread(target=running.serve_forever)
    loop.start()
    kept.url = f"http://127.0.0.1:{running.server_port}"
    try:
        yield kept
    finally:
        running.shutdown()
        running.server_close()
        loop.join()
