// Asks the browser for a passkey when its form is sent, and sends what the device signed. No script, no passkey: the form stays hidden.
(function () {
  if (!window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) return;
  document.querySelectorAll("[data-without-passkeys]").forEach(function (note) { note.hidden = true; });
  document.querySelectorAll("form[data-passkey]").forEach(function (form) {
    var create = form.dataset.passkey === "create", said = form.querySelector("[role=status]"), field = form.querySelector("[data-answer], [name=passkey], [name=confirm_passkey]");
    form.hidden = false;
    form.addEventListener("submit", function (e) {
      if (field.value) return;
      e.preventDefault();
      e.stopImmediatePropagation();
      said.textContent = "Your device asks you now.";
      var options = JSON.parse(form.dataset.options);
      var asked = create
        ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      asked.then(function (made) {
        field.value = JSON.stringify(made.toJSON());
        said.textContent = "";
        form.requestSubmit();
      }).catch(function (fault) {
        said.textContent = fault.name === "InvalidStateError" ? "This device already has a passkey for your account." : "No passkey was used. Try again, or use another way.";
      });
    });
  });
  addEventListener("pageshow", function () { document.querySelectorAll("form[data-passkey] [name=passkey], form[data-passkey] [name=confirm_passkey]").forEach(function (f) { f.value = ""; }); });
})();
