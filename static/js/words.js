// Counts words towards the guide below the field. Typing on is always allowed; the count is spoken on a pause only.
(function () {
  var segment = window.Intl && Intl.Segmenter ? new Intl.Segmenter(document.documentElement.lang || "en", { granularity: "word" }) : null;
  function count(text) {
    if (!segment) return (text.match(/\S+/g) || []).length;
    var n = 0;
    for (var part of segment.segment(text)) if (part.isWordLike) n++;
    return n;
  }
  function words(n) { return n + (n === 1 ? " word" : " words"); }
  function say(n, min, max) {
    if (max && n > max) return words(n - max) + " over. You can leave it, or trim it.";
    if (min && n < min) return n ? words(min - n) + " to go" : "Aim for " + min + (max ? " to " + max : "") + " words.";
    if (max) return words(max - n) + " left";
    return words(n);
  }
  document.querySelectorAll("textarea[data-words-min], textarea[data-words-max]").forEach(function (area) {
    var guide = document.getElementById(area.id + "-words"), min = +area.dataset.wordsMin || 0, max = +area.dataset.wordsMax || 0, timer;
    if (!guide) return;
    var live = document.createElement("p");
    live.className = "visually-hidden";
    live.setAttribute("role", "status");
    guide.after(live);
    function show(spoken) {
      var n = count(area.value), text = say(n, min, max);
      guide.textContent = text;
      guide.classList.toggle("is-over", !!max && n > max);
      clearTimeout(timer);
      if (spoken) timer = setTimeout(function () { live.textContent = text; }, 1200);
    }
    area.addEventListener("input", function () { show(true); });
    addEventListener("pageshow", function () { show(false); });
    show(false);
  });
})();
