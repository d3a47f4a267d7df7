// The card follows the piece as it is typed or cut; the server checks it again. [data-excerpt] holds the piece,
// its data-whole the customer's words, [data-preview] the card.
(function () {
  var field = document.querySelector("[data-excerpt]"), card = document.querySelector("[data-preview] .gw-quote__words p");
  if (!field || !card) return;
  var whole = field.dataset.whole, first = card.textContent;
  field.addEventListener("input", function () {
    var piece = field.value.trim(), at = whole.indexOf(piece);
    if (!piece || at < 0) { card.textContent = first; return; }
    card.textContent = (at ? "… " : "") + piece + (at + piece.length < whole.length ? " …" : "");
  });
})();
