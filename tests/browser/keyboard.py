"""Someone who uses no mouse: Tab to get somewhere, Space and Enter to act."""

from playwright.sync_api import Page, expect

MOST_STOPS = 60  # on one page

# Who has the focus, and whether anybody can see that: something about the control, what stands
# around it or its label must look different from when it has not.
HERE = """() => {
  const it = document.activeElement;
  const role = { radio: "radio", checkbox: "checkbox" }[it.type]
    || { A: "link", BUTTON: "button", TEXTAREA: "textbox", INPUT: "textbox" }[it.tagName]
    || { SELECT: "listbox" }[it.tagName] || "";
  const parts = [it, it.nextElementSibling, it.closest(".gw-choice")].filter(Boolean);
  const look = () => parts.map(part => {
    const style = getComputedStyle(part);
    const none = style.outlineStyle === "none" || style.outlineWidth === "0px";
    return (none ? "" : style.outline) + (style.boxShadow === "none" ? "" : style.boxShadow);
  });
  const focused = look();
  it.blur();
  const plain = look();
  it.focus();
  const label = it.labels && it.labels.length ? it.labels[0].innerText : it.innerText;
  const name = it.getAttribute("aria-label") || label;
  const box = it.getBoundingClientRect();
  return {
    role, name: (name || "").trim(), tag: it.outerHTML.slice(0, 120),
    seen: focused.some((style, n) => style && style !== plain[n]),
    inside: box.bottom > 0 && box.top < innerHeight,
  };
}"""


class Keyboard:
    def __init__(self, page: Page):
        self.page = page

    def reach(self, role: str, name: str = "") -> None:
        """Tab on until the focus is there; at every stop it must be visible."""
        stops = []
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            here = self.page.evaluate(HERE)
            stops.append(f"{here['role']} {here['name']}")
            if here["tag"][:5] not in ("<body", "<html"):
                assert here["seen"], f"no focus to be seen on {self.page.url}: {here['tag']}"
                if not here["inside"]:  # the page may still be on its way there
                    expect(self.page.locator(":focus")).to_be_in_viewport()
            if here["role"] == role and here["name"].startswith(name):
                return
        raise AssertionError(f"no way by Tab to {role} {name!r} on {self.page.url}: {stops}")

    def space(self, role: str, name: str) -> None:
        self.reach(role, name)
        self.page.keyboard.press("Space")
        expect(self.page.locator(":focus")).to_be_checked()

    def enter(self, role: str, name: str) -> None:
        """Act, and wait for the page that answers."""
        self.reach(role, name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def type(self, words: str, then: str = "") -> None:
        """Write into the next text field; ``then`` names the button to go on with."""
        self.reach("textbox")
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(words)
        if then:
            self.enter("button", then)
