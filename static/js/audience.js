// How many a filter finds, while it is typed. form[data-count-from] names where to ask; the answer, a sentence, stands in
// [data-count]. Only the newest question counts. Without the script, or signed out meanwhile, the button does the same.
(function () {
  var form = document.querySelector("form[data-count-from]"), said = document.querySelector("[data-count]");
  if (!form || !said || !window.fetch || !window.AbortController) return;
  var timer, asked;
  function ask() {
    if (asked) asked.abort();
    asked = new AbortController();
    var wanted = new URLSearchParams(new FormData(form));
    fetch(form.getAttribute("data-count-from") + "?" + wanted, { signal: asked.signal, redirect: "error" })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (text) { if (text) said.textContent = text; })
      .catch(function () {});
  }
  form.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(ask, 400); });
})();
