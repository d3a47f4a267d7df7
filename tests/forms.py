"""Forms as a page holds them, to be sent back empty or wrong."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import urljoin

WRITTEN = {"text", "email", "url", "tel", "search", "password", "number", "date", "time", "month"}
WRONG = {
    "email": "nobody at nowhere",
    "url": "not an address",
    "number": "-7",
    "date": "1900-01-01",
    "time": "03:00",
}  # as far as a browser lets them be
LONG = "far too much " * 4000


@dataclass
class Control:
    name: str
    kind: str
    value: str
    chosen: bool = False


@dataclass
class Form:
    """One that is sent by POST: where to, and what stands in it."""

    action: str
    controls: list[Control] = field(default_factory=list)
    buttons: list[Control] = field(default_factory=list)

    def asks(self) -> bool:
        return any(one.kind != "hidden" for one in self.controls)

    def names(self) -> tuple[str, ...]:
        return tuple(sorted({one.name for one in self.controls + self.buttons}))

    def empty(self, button: Control | None) -> dict:
        """As it is sent by whoever fills in nothing and unticks everything."""
        data = {one.name: "" for one in self.controls if one.kind in WRITTEN | {"textarea"}}
        return self._hidden() | data | self._pressed(button)

    def wrong(self, button: Control | None) -> dict:
        """Each field with something that it cannot be."""
        data: dict = {}
        for one in self.controls:
            if one.kind == "file":
                data[one.name] = (BytesIO(b"only text"), "notes.xyz")
            elif one.kind == "checkbox":
                pass
            elif one.kind != "hidden":
                data[one.name] = WRONG.get(one.kind, LONG)
        return self._hidden() | data | self._pressed(button)

    def _hidden(self) -> dict:
        return {one.name: one.value for one in self.controls if one.kind == "hidden"}

    def _pressed(self, button: Control | None) -> dict:
        return {button.name: button.value} if button and button.name else {}


class Forms(HTMLParser):
    """All of a page, also with what stands elsewhere and names its form."""

    def __init__(self, path: str, html: str):
        super().__init__()
        self.path, self.found, self.by_id, self.now = path, [], {}, None
        self.feed(html)
        self.found = [form for form in self.found if form]

    def handle_starttag(self, tag, attrs):
        of = dict(attrs)
        if tag == "form":
            post = of.get("method", "").lower() == "post"
            self.now = Form(urljoin(self.path, of.get("action") or self.path)) if post else None
            self.found.append(self.now)
            self.by_id[of.get("id")] = self.now
            return
        form = self.by_id.get(of["form"]) if "form" in of else self.now
        if form is None or tag not in {"input", "select", "textarea", "button"}:
            return
        kind = of.get("type", "text") if tag == "input" else of.get("type", tag)
        one = Control(of.get("name") or "", kind, of.get("value") or "", "checked" in of)
        if tag == "button" or kind == "submit":
            form.buttons.append(one)
        elif one.name and "disabled" not in of:
            form.controls.append(one)

    def handle_endtag(self, tag):
        if tag == "form":
            self.now = None
