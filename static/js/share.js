// The device's own share sheet, where there is one. Changing one's mind is silent.
(function () {
  if (!navigator.share) return;
  document.querySelectorAll("[data-share]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var d = button.dataset;
      navigator.share({ title: d.title, text: d.text, url: d.url }).catch(function () {});
    });
  });
})();
