"""Pages as machines read them: valid HTML, in nobody’s way, and no wider than the screen."""

import json
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from portal.config import ROOT

VNU = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
WCAG = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


class Checks:
    """Looks at states of a tab, one after another; ``faults`` is what it found, all at once."""

    def __init__(self, page: Page, answers: dict[str, str]):
        self.page, self.answers, self.faults = page, answers, []
        page.on("response", self._keep)

    def _keep(self, response: Response) -> None:
        if response.request.is_navigation_request() and not 300 <= response.status < 400:
            self.answer = response

    def look(self, state: str, status: int = 200) -> None:
        """The page as it stands, in the light and in the dark, on 390 and on 320 pixels."""
        assert self.answer.status == status, (state, self.page.url, self.answer.status)
        assert urlsplit(self.answer.url).path == urlsplit(self.page.url).path
        self.answers[state] = self.answer.text()
        self._axe(state, {"runOnly": WCAG})
        self.page.emulate_media(color_scheme="dark")
        self._axe(f"{state}, dark", {"runOnly": {"type": "rule", "values": ["color-contrast"]}})
        self.page.emulate_media(color_scheme="light")
        for width in (390, 320):
            self.page.set_viewport_size({"width": width, "height": 800})
            if (
                over := self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            ) > 0:
                self.faults.append(f"{state}: {over} px wider than {width}")

    def _axe(self, state: str, options: dict) -> None:
        for violation in Axe().run(self.page, options=options).response["violations"]:
            nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            self.faults.append(f"{state}: {violation['id']} — {nodes}")


def html_faults(answers: dict[str, str], folder: Path) -> list[str]:
    """What the Nu HTML checker says of these pages, by their names."""
    names = list(answers)
    for place, name in enumerate(names):
        (folder / f"{place}.html").write_text(answers[name])
    command = ["java", "-jar", str(VNU), "--format", "json", str(folder)]
    report = json.loads(subprocess.run(command, capture_output=True, text=True).stderr)
    return [
        f"{names[int(Path(one['url']).stem)]}: {one['message']} — {one.get('extract')}"
        for one in report["messages"]
        if one["type"] == "error" or one.get("subType") == "warning"
    ]
