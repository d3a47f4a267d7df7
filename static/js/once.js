// A double click sends once. The server guards too; this only spares the person a puzzling second answer.
(function () {
  var sent = new WeakSet();
  document.addEventListener("submit", function (e) {
    var form = e.target;
    if (form.hasAttribute("data-again") || e.defaultPrevented) return;
    if (sent.has(form)) { e.preventDefault(); return; }
    sent.add(form);
    if (e.submitter) e.submitter.setAttribute("aria-disabled", "true");   // not `disabled`: its name and value must travel
    setTimeout(function () { free(form); }, 8000);
  });
  function free(form) {
    sent.delete(form);
    form.querySelectorAll("[aria-disabled]").forEach(function (b) { b.removeAttribute("aria-disabled"); });
  }
  addEventListener("pageshow", function () { document.querySelectorAll("form").forEach(free); });
  document.addEventListener("htmx:after:request", function () { document.querySelectorAll("form").forEach(free); });
})();
