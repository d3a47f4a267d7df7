"""Ada’s way through a contribution, as her browser would send it."""

import re

WORDS = (
    "Before, we copied lists by hand. Now the office plans, and I would start with one district."
)
RESULT = {
    "row-1-metric": "Calls per day",
    "row-1-before": "60",
    "row-1-after": "14",
    "row-1-period": "March to September",
    "row-1-how": "Counted by the phone system",
}
DAYS = {"value": "none", "dates": "Tuesdays", "time_zone": "Europe/Berlin"}
ANSWERS = {
    "review": ["4", "Good, with gaps", WORDS, "The export is slow."],
    "quote": ["Planning repairs", WORDS],
    "case-study": [WORDS, WORDS, WORDS, WORDS, RESULT, WORDS, {}, {}, {}, {}],
    "webinar": ["Off paper in one summer", "A panel with two other customers", DAYS, "Ada."],
}


class Way:
    """One contribution of one person, step by step."""

    def __init__(self, browser, invitation: int, action: str):
        self.browser, self.action = browser, action
        answer = browser.post(f"/me/invitations/{invitation}/submissions", data={"action": action})
        assert answer.status_code == 303
        self.id = int(answer.location.split("/")[-2])
        self.url = f"/me/submissions/{self.id}"

    def post(self, step: str, **data):
        headers = data.pop("headers", {})
        return self.browser.post(f"{self.url}/{step}", data=data, headers=headers)

    def text(self, step: str = "") -> str:
        return self.browser.get(f"{self.url}/{step}".rstrip("/")).text

    def take(self, choice: str = "accepted", **more):
        more = more or ({} if choice == "declined" else {"employer_allows": "y"})
        return self.post("offer", choice=choice, **more)

    def say(self, number: int, value: str, seen: int = 0, **more):
        return self.post(f"questions/{number}", value=value, seen=seen, **more)

    def say_all(self):
        for number, value in enumerate(ANSWERS[self.action], 1):
            more = value if isinstance(value, dict) else {"value": value}
            assert self.post(f"questions/{number}", seen=0, **more).status_code == 303

    def introduce(
        self, relation: str = "none", job_title: str = "Head of Operations", credit: str = "full"
    ):
        return self.post("you", relation=relation, job_title=job_title, credit=credit)

    def allow(self, *purposes: str):
        return self.post("consent", **dict.fromkeys(purposes, "yes"))

    def prepare(self, *purposes: str, choice: str = "accepted"):
        self.take(choice)
        self.say_all()
        self.introduce()
        self.allow(*purposes)
        return self

    def seen(self) -> str:
        return re.search(r'name="seen" value="(\d+)"', self.text("check"))[1]

    def send(self, **more):
        return self.post("sending", **({"own_words": "y", "seen": self.seen()} | more))
