// The queue from the keyboard. [data-queue] holds [data-queue-item]s; J and K walk them, or press [data-key=j] and [data-key=k]
// where there are none. [data-key="a"] is pressed by A, inside the current item first; a summary opens and its first field gets the focus.
// ? opens dialog[data-keys-help]; checkbox [data-keys-switch] turns keys off. Silent while typing or with Ctrl, Alt, ⌘.
(function () {
  var box = document.querySelector("[data-queue]") || document.body, toggle = document.querySelector("[data-keys-switch]"), here = null;
  var off = function () { try { return localStorage.getItem("keys") === "off"; } catch (e) { return false; } };
  if (toggle) {
    toggle.checked = !off();
    toggle.addEventListener("change", function () { try { localStorage.setItem("keys", toggle.checked ? "on" : "off"); } catch (e) { /* private mode */ } });
  }
  function items() { return Array.from(box.querySelectorAll("[data-queue-item]")); }
  function go(step) {
    var all = items();
    if (!all.length) { var way = document.querySelector("[data-key=" + (step > 0 ? "j" : "k") + "]"); return way && way.click(); }
    var at = all.indexOf(here && here.isConnected ? here : document.activeElement.closest("[data-queue-item]"));
    var next = all[Math.max(0, Math.min(all.length - 1, at + step))];
    if (!next) return;
    here = next;
    if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
    (next.querySelector("a[href]") || next).focus();
    next.scrollIntoView({ block: "nearest" });
  }
  addEventListener("keydown", function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || off()) return;
    if (e.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]")) return;
    var open = document.querySelector("dialog[open]"), key = e.key.toLowerCase();
    if (open) return;
    if (key === "j" || key === "k") { e.preventDefault(); return go(key === "j" ? 1 : -1); }
    if (key === "?") { var help = document.querySelector("dialog[data-keys-help]"); if (help) { e.preventDefault(); help.showModal(); } return; }
    if (!/^[a-z]$/.test(key)) return;
    var now = document.activeElement.closest("[data-queue-item]") || here || document;
    var target = now.querySelector("[data-key=" + key + "]") || document.querySelector("[data-key=" + key + "]");
    if (!target) return;
    e.preventDefault();
    if (target.matches("summary")) { target.parentNode.open = true; target = target.parentNode.querySelector("input:not([type=hidden]), textarea, select"); }
    if (target.matches("input, textarea, select")) target.focus(); else target.click();
  });
})();
