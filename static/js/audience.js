// How many a filter finds, while it is typed. form[data-count-from] names where to ask; the answer, a sentence, stands in
// [data-count]. Only the newest question counts. What stands in [data-found] was found by the filter before: it is dimmed and
// cannot be used while the fields say something else. Without the script, or signed out meanwhile, the button does the same.
(function () {
  var form = document.querySelector("form[data-count-from]"), said = document.querySelector("[data-count]");
  if (!form || !said || !window.fetch || !window.AbortController) return;
  var timer, asked, found = document.querySelector("[data-found]"), first = wanted();
  function wanted() { return new URLSearchParams(new FormData(form)).toString(); }
  function ask() {
    if (asked) asked.abort();
    asked = new AbortController();
    fetch(form.getAttribute("data-count-from") + "?" + wanted(), { signal: asked.signal, redirect: "error" })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (text) { if (text) said.textContent = text; })
      .catch(function () {});
  }
  form.addEventListener("input", function () { if (found) found.inert = wanted() !== first; clearTimeout(timer); timer = setTimeout(ask, 400); });
})();
