"""What a page costs whoever reads it on the move: every byte it makes a fresh browser fetch."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request


@dataclass
class Load:
    """One page that was drawn, with what it fetched, in bytes on the wire."""

    path: str
    whole: int = 0
    own_script: int = 0
    parts: dict[str, int] = field(default_factory=dict)


class Scales:
    """Weighs every page a tab opens from now on, as if nothing were in its cache."""

    def __init__(self, page: Page):
        self.page, self.done = page, []
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        page.on("requestfinished", lambda request: self.done.append(request))

    def loads(self) -> list[Load]:
        """The pages so far. A form that answers with a redirect is no page of its own."""
        self.page.wait_for_load_state("networkidle")
        loads: list[Load] = []
        for request in sorted(self.done, key=lambda one: one.timing["startTime"]):
            path = urlsplit(request.url).path
            if request.is_navigation_request():
                if request.redirected_to:
                    continue
                loads.append(Load(path))
            weigh(request, path, loads[-1])
        return loads


def weigh(request: Request, path: str, load: Load) -> None:
    sizes = request.sizes()
    size = sizes["responseHeadersSize"] + sizes["responseBodySize"]
    load.parts[path] = size
    load.whole += size
    if request.resource_type == "script" and not path.startswith("/static/vendor/"):
        load.own_script += size
