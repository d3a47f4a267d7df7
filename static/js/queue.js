// The queue from the keyboard. [data-queue] holds [data-queue-item]s; J and K walk them, or press [data-key=j] and [data-key=k]
// where there are none. [data-key="a"] is pressed by A, inside the current item first, and never inside another one; a summary opens and its first field gets the focus.
// A radio is chosen; the focus goes on to the note where A needs one (other keys: where there is one), else Enter sends.
// [data-picked=ID] says how many are selected for the form of that id. ? opens dialog[data-keys-help]. Nothing without [data-keys=on]; [data-keys] is hidden without script. Silent while typing or with Ctrl, Alt, ⌘. [data-undo] goes after 10 seconds.
(function () {
  var box = document.querySelector("[data-queue]") || document.body, here = null;
  var undo = document.querySelector("[data-undo]");
  if (undo) setTimeout(function () { if (!undo.contains(document.activeElement)) undo.remove(); }, 10000);
  document.querySelectorAll("[data-picked]").forEach(function (picked) {
    var plain = picked.textContent;
    document.addEventListener("change", function () {
      var number = document.querySelectorAll("[form=" + picked.dataset.picked + "]:checked").length;
      picked.closest("details").toggleAttribute("data-chosen", number > 0);
      picked.textContent = plain + (number ? " (" + number + ")" : "");
    });
  });
  document.querySelectorAll("[data-keys]").forEach(function (keys) { keys.hidden = false; });
  if (!document.querySelector("[data-keys=on]")) return;
  var help = document.querySelector("dialog[data-keys-help]"), opener = document.querySelector("[data-keys-open]");
  if (opener) { opener.hidden = false; opener.addEventListener("click", function () { help.showModal(); }); }
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
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    if (e.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]")) return;
    var open = document.querySelector("dialog[open]"), key = e.key.toLowerCase();
    if (open) return;
    if (key === "j" || key === "k") { e.preventDefault(); return go(key === "j" ? 1 : -1); }
    if (key === "?") { if (help) { e.preventDefault(); help.showModal(); } return; }
    if (!/^[a-z]$/.test(key)) return;
    var now = document.activeElement.closest("[data-queue-item]") || here || document;
    var target = now.querySelector("[data-key=" + key + "]") || document.querySelector("[data-key=" + key + "]");
    var item = target && target.closest("[data-queue-item]");
    if (!target || (item && item !== now)) return;
    e.preventDefault();
    if (target.matches("summary")) { target.parentNode.open = true; target = target.parentNode.querySelector("input:not([type=hidden]), textarea, select"); }
    if (target.matches("[type=radio]")) { target.click(); target = target.form.querySelector(key === "a" ? "textarea:required, textarea[data-needed-for~='" + target.value + "']" : "textarea") || target; }
    if (target.matches("input:not([type=checkbox]), textarea, select")) target.focus(); else target.click();
  });
})();
