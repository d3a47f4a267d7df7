"""A real SMTP server for the demo, and a page on which its mails can be read."""

import threading
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from flask import Flask, abort, render_template
from werkzeug.serving import make_server

from portal.config import ROOT


class Mailbox:
    """Keeps each mail as a file, so that they outlive a restart of the demo."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server, session, envelope) -> str:
        name = datetime.now().astimezone().strftime("%Y%m%dT%H%M%S%f")
        path = self.folder / f"{name}.part"
        path.write_bytes(envelope.content)
        path.rename(path.with_suffix(".eml"))
        return "250 OK"

    def names(self) -> list[str]:
        """All mails, the last to come in first."""
        return sorted((path.stem for path in self.folder.glob("*.eml")), reverse=True)

    def read(self, name: str) -> EmailMessage:
        if name not in self.names():
            raise KeyError(name)
        return message_from_bytes((self.folder / f"{name}.eml").read_bytes(), policy=policy.default)


def page(mailbox: Mailbox) -> Flask:
    """The mailbox as a small site of its own; a mail's HTML is shown in a sandbox."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)

    @app.get("/")
    def index():
        mails = [(name, mailbox.read(name)) for name in mailbox.names()]
        mails.sort(key=lambda mail: mail[1]["Date"].datetime, reverse=True)
        return render_template("demo/mailbox.html", mails=mails[:300], total=len(mails))

    @app.get("/<name>")
    def mail(name: str):
        try:
            found = mailbox.read(name)
        except KeyError:
            abort(404)
        html = found.get_body(("html",))
        text = found.get_body(("plain",))
        return render_template(
            "demo/mail.html",
            mail=found,
            html=html.get_content() if html else None,
            text=text.get_content() if text else "",
        )

    return app


def start(folder: Path, smtp_port: int, web_port: int) -> None:
    """Catch mail on one port and show it on the other, both on loopback, in the background."""
    mailbox = Mailbox(folder)
    Controller(mailbox, hostname="127.0.0.1", port=smtp_port).start()
    server = make_server("127.0.0.1", web_port, page(mailbox), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
