// Saves form[data-autosave=URL] 1.5 s after a pause and when the page is put away; says so in [data-autosave-status].
// Answers: 2xx {version?} saved · 409 {message, url} someone (or you, elsewhere) was faster: both texts stay, nothing is overwritten
// · 401/403 the session ended · other 4xx not saved, wait for the next change · 5xx or no network: try again, slower each time.
(function () {
  var form = document.querySelector("form[data-autosave]");
  if (!form || !window.fetch) return;
  var url = form.dataset.autosave, status = document.querySelector("[data-autosave-status]");
  var saved = snapshot(), timer, tries = 0, busy = false, stopped = false, leaving = false, pressed = null;

  function snapshot() {
    var data = new FormData(form), out = [];
    data.forEach(function (v, k) { if (typeof v === "string" && k !== "csrf_token" && k !== "seen") out.push([k, v]); });
    return JSON.stringify(out);
  }
  function body() {
    var data = new FormData(form);
    Array.from(data.entries()).forEach(function (pair) { if (typeof pair[1] !== "string") data.delete(pair[0]); });   // files go with the form itself
    return new URLSearchParams(data);
  }
  function say(text, wrong, link) {
    if (!status) return;
    status.classList.toggle("is-wrong", !!wrong);
    status.textContent = text;
    if (link) {
      var a = document.createElement("a");
      a.href = link; a.textContent = "See both";
      status.append(" ", a);
    }
  }
  function later(ms) { clearTimeout(timer); timer = setTimeout(save, ms); }
  function retry() {
    tries++;
    say(navigator.onLine === false ? "Not saved, you are offline. It will be saved when you are back." : "Not saved, retrying", true);
    later(Math.min(60000, 1500 * Math.pow(2, tries)));
  }
  function save() {
    var now = snapshot();
    if (stopped || leaving || now === saved) return;
    if (busy) return later(500);
    busy = true; clearTimeout(timer);
    if (!tries) say("Saving…");
    fetch(url, { method: "POST", body: body(), keepalive: true, credentials: "same-origin", headers: { "X-Requested-With": "autosave", "Accept": "application/json" } })
      .then(function (r) {
        busy = false;
        if (r.status === 401 || r.status === 403 || r.redirected) { stopped = true; say("Not saved: your session has ended. Copy your text, then open the link in your mail again.", true); return; }
        if (r.status === 409) return r.json().catch(function () { return {}; }).then(function (j) { stopped = true; say(j.message || "Not saved: this was changed in another window.", true, j.url); });
        if (r.status >= 500 || r.status === 429) return retry();
        if (!r.ok) { say("Not saved yet. Use the button below and we will show you why.", true); saved = now; return; }
        return r.text().then(function (t) {
          var j = {};
          try { j = JSON.parse(t); } catch (e) { /* 204 or no JSON: saved all the same */ }
          var field = form.elements.namedItem("seen");
          if (field && j.version !== undefined) field.value = j.version;
          saved = now; tries = 0;
          say("Saved " + new Date().toLocaleTimeString(document.documentElement.lang || undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }));
          if (snapshot() !== saved) later(1500);
        });
      })
      .catch(function () { busy = false; retry(); })
      .then(go);
  }
  function go() {
    if (!pressed) return;
    var button = pressed;
    pressed = null; busy = false;
    form.requestSubmit(button);
  }
  form.addEventListener("input", function () { if (!stopped && !tries) later(1500); });
  form.addEventListener("submit", function (e) {
    if (busy) { e.preventDefault(); pressed = e.submitter; setTimeout(go, 4000); return; }   // the answer holds the version the form must send
    leaving = true; clearTimeout(timer);
  });
  addEventListener("pageshow", function () { leaving = false; });
  document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden") save(); });
  addEventListener("online", function () { if (tries) later(0); });
})();
