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


# What Tab ought to reach, in the order in which it stands in the page; each gets its number. A
# group of radios is one stop: where it is chosen, or else at its first.
COUNT = """() => {
  const kinds = "a[href], area[href], button, input, select, textarea, summary, iframe,"
    + " [tabindex], [contenteditable], audio[controls], video[controls]";
  const groups = new Map();
  const stops = [...document.querySelectorAll(kinds)].filter(it => {
    if (it.tabIndex < 0 || it.matches(":disabled") || it.closest("[inert]")) return false;
    if (!it.checkVisibility({ visibilityProperty: true })) return false;
    if (it.type !== "radio") return true;
    const names = groups.get(it.form) || groups.set(it.form, new Set()).get(it.form);
    const group = [...it.form.elements].filter(one => one.type === "radio" && one.name === it.name);
    if (group.some(one => one.checked)) return it.checked;
    return !names.has(it.name) && names.add(it.name);
  });
  stops.forEach((it, place) => it.setAttribute("data-stop", place));
  const main = document.getElementById("main");
  const before = stops.filter(it => main && !main.contains(it)
    && it.compareDocumentPosition(main) & Node.DOCUMENT_POSITION_FOLLOWING);
  return { all: stops.length, before: before.length };
}"""

# Whoever goes on with Tab reads on: further down, or in the next column.
WHERE = """() => {
  const it = document.activeElement, box = it.getBoundingClientRect();
  return {
    place: it === document.body ? "the end" : it.dataset.stop ?? "a stop of its own",
    left: box.left + scrollX, top: box.top + scrollY,
    right: box.right + scrollX, bottom: box.bottom + scrollY,
  };
}"""


def walk_by_tab(page: Page, past_the_menu: bool = True) -> list[str]:
    """Go through the whole page with Tab; gives back what was wrong with it. A date has several
    stops inside it, and so may a frame: as long as the focus stays there, it is one."""
    faults, count, last = [], page.evaluate(COUNT), None
    expected = [str(place) for place in range(count["all"])]
    reached: list[str] = []
    tag = "the beginning"
    for _ in range(4 * count["all"] + 8):
        page.keyboard.press("Tab")
        where = page.evaluate(WHERE)
        if where["place"] == "the end" or (reached and where["place"] == "0"):
            break  # out into the browser, or round to the beginning
        if reached[-1:] == [where["place"]]:
            continue
        stop = page.evaluate_handle("document.activeElement").as_element()
        here = (stop.content_frame() or page).evaluate(HERE)
        if not (here["seen"] and here["inside"]):
            faults.append(f"no focus to be seen at {here['tag']}")
        if last and where["bottom"] <= last["top"] and where["left"] < last["right"]:
            faults.append(f"from {tag} back up to {here['tag']}")
        reached.append(where["place"])
        last, tag = where, here["tag"]
        if len(reached) == 1 and past_the_menu and count["before"]:
            if 'href="#main"' not in tag:
                return [f"no way past the menu, but {tag}"]
            page.keyboard.press("Enter")
            expected, last = ["0", *expected[count["before"] :]], None
    else:
        faults.append(f"no way out of {tag}")
    if sorted(reached) != sorted(expected):  # CSS may say in which order a page is read
        faults.append(f"went {' '.join(reached)} instead of {' '.join(expected)}")
    return faults
