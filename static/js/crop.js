// Which square of a chosen picture to keep: dragged, or set by three sliders, which are what is sent. In thousandths:
// x of the width, y of the height, side of the shorter side. The server cuts, and puts right what cannot be.
(function () {
  var form = document.querySelector("[data-crop]");
  if (!form) return;
  var tools = form.querySelector("[data-crop-tools]"), picture = form.querySelector("[data-crop-picture]");
  var frame = form.querySelector("[data-crop-frame]"), input = form.querySelector("input[type=file]");
  var at = {}, side = 1000;
  tools.querySelectorAll("input").forEach(function (slider) { at[slider.name] = slider; slider.addEventListener("input", draw); });

  // Growing or shrinking happens around the middle.
  at.side.addEventListener("input", function () {
    var w = picture.clientWidth, h = picture.clientHeight, change = (side - at.side.value) * Math.min(w, h) / 2;
    draw();
    at.x.value = +at.x.value + change / w;
    at.y.value = +at.y.value + change / h;
    side = +at.side.value;
    draw();
  });

  function draw() {
    var w = picture.clientWidth, h = picture.clientHeight, across = Math.min(w, h) * at.side.value / 1000;
    at.x.max = w ? Math.max(0, Math.round(1000 * (w - across) / w)) : 0;
    at.y.max = h ? Math.max(0, Math.round(1000 * (h - across) / h)) : 0;
    frame.style.width = frame.style.height = across + "px";
    frame.style.left = w * at.x.value / 1000 + "px";
    frame.style.top = h * at.y.value / 1000 + "px";
  }

  input.addEventListener("change", function () {
    var file = input.files[0], reader = new FileReader();
    tools.hidden = tools.disabled = true;
    if (!file || !/^image\//.test(file.type)) return;
    reader.onload = function () { picture.src = reader.result; };
    reader.readAsDataURL(file);   // not a blob: the page's policy allows data only
  });

  picture.addEventListener("load", function () {
    tools.hidden = tools.disabled = false;
    at.side.value = side = 1000;
    draw();
    at.x.value = at.x.max / 2;
    at.y.value = at.y.max / 3;    // a little above the middle, where faces are
    draw();
  });

  frame.addEventListener("pointerdown", function (e) {
    var from = { x: e.clientX, y: e.clientY, left: +at.x.value, top: +at.y.value };
    e.preventDefault();
    frame.setPointerCapture(e.pointerId);
    frame.onpointermove = function (e) {
      at.x.value = from.left + 1000 * (e.clientX - from.x) / picture.clientWidth;
      at.y.value = from.top + 1000 * (e.clientY - from.y) / picture.clientHeight;
      draw();
    };
    frame.onpointerup = frame.onpointercancel = function () { frame.onpointermove = null; };
  });
  addEventListener("resize", draw);
})();
