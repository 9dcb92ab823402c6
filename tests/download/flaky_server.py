"""An HTTP server on 127.0.0.1 that misbehaves as it is told."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Server:
    """Serves `files` by name; `faults` are used up first, one a request.

    fail: status 503. truncate: half of the announced length. unannounced: half, of no announced
    length. hang: half, then silence. drip: byte by byte. endless: of no announced length, until the
    client hangs up. boast: announces more than anyone has. short: announces half of what it
    sends. redirect: to itself.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    url: str = ""


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no news here."""


@contextmanager
def served() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self, state)

        def log_message(self, *_: object) -> None:
            pass

    with Quiet(("127.0.0.1", 0), Handler) as http:
        state.url = f"http://127.0.0.1:{http.server_port}/"
        thread = threading.Thread(target=http.serve_forever, args=(0.05,))
        thread.start()
        yield state
        state.released.set()
        http.shutdown()
        thread.join()


def answer(request: BaseHTTPRequestHandler, state: Server) -> None:
    name = request.path.lstrip("/")
    state.asked.append(name)
    fault = state.faults.pop(0) if state.faults else ""
    content = state.files.get(name)
    if fault == "fail" or content is None:
        request.send_error(503 if fault else 404)
        return
    request.send_response(302 if fault == "redirect" else 200)
    if fault == "redirect":
        request.send_header("Location", request.path)
    if fault not in ("unannounced", "endless"):
        length = {"boast": 1 << 50, "short": len(content) // 2}.get(fault, len(content))
        request.send_header("Content-Length", str(length))
    request.end_headers()
    while fault in ("drip", "endless") and not state.released.is_set():
        request.wfile.write(content[:1] if fault == "drip" else content)
        time.sleep(0.02 if fault == "drip" else 0)
    cut = fault not in ("", "short")
    request.wfile.write(content[: len(content) // 2] if cut else content)
    if fault == "hang":
        request.wfile.flush()
        state.released.wait(60)
