"""A payment system on loopback, as somebody else would write it: it counts keys, not calls."""

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class PaymentSystem:
    """Pays once for each Idempotency-Key it has not seen; ``answers`` says how the next calls go:
    a status, or "hang" to pay and never answer."""

    def __init__(self):
        self.calls: list[tuple[dict, bytes]] = []
        self.paid: Counter[str] = Counter()
        self.answers: list[int | str] = []
        self.headers: dict[str, str] = {}
        self.let_go = threading.Event()
        system = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                system.calls.append(({k.lower(): v for k, v in self.headers.items()}, body))
                answer = system.answers.pop(0) if system.answers else 200
                key = self.headers["Idempotency-Key"]
                if answer in {200, "hang"} and key not in system.paid:
                    system.paid[key] += json.loads(body)["amount"]["minor_units"]
                if answer == "hang":
                    system.let_go.wait(60)
                    return
                self.send_response(answer)
                for name, value in system.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b'{"reference": "PAY-77"}')

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/payouts"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.let_go.set()
        self.server.shutdown()
        self.server.server_close()
