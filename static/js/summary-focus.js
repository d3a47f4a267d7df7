// After a refused form: read the summary first, and let its links put the cursor into the field.
(function () {
  document.addEventListener("DOMContentLoaded", function () {
    var box = document.querySelector("[data-summary]");
    if (!box) return;
    box.focus();
    box.addEventListener("click", function (e) {
      var link = e.target.closest("a[href^='#']");
      var field = link && document.getElementById(link.hash.slice(1));
      if (!field) return;
      e.preventDefault();
      for (var fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      var top = field.closest("fieldset") || document.querySelector("label[for='" + CSS.escape(field.id) + "']") || field;
      top.scrollIntoView();
      field.focus({ preventScroll: true });
    });
  });
})();
