// Shows the Copy button where the browser can copy, and says that it did.
(function () {
  if (!navigator.clipboard) return;
  document.querySelectorAll("[data-copy]").forEach(function (box) {
    var input = box.querySelector("input, textarea"), button = box.querySelector("button"), said = box.querySelector("[role=status]");
    button.hidden = false;
    input.addEventListener("focus", function () { input.select(); });
    button.addEventListener("click", function () {
      said.textContent = "";
      navigator.clipboard.writeText(input.value).then(
        function () { said.textContent = "Copied"; },
        function () { input.select(); said.textContent = "Selected: press Ctrl or ⌘ and C to copy"; });
    });
  });
})();
