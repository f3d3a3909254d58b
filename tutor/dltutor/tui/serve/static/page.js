// Starts the terminal once its font is there, since the size of a cell is measured only once.
"use strict";
window.addEventListener("load", () => {
  const terminal = document.getElementById("terminal");
  terminal.dataset.sessionWebsocketUrl = location.origin.replace(/^http/, "ws") + "/ws";
  document.getElementById("again").addEventListener("click", () => location.assign("/"));

  // the screens take keys from the moment on that the browser says they have the focus
  let focused = false;
  new MutationObserver(() => {
    const names = document.body.classList;
    if (names.contains("-closed")) {
      document.getElementById("again").focus();
    } else if (names.contains("-first-byte") && !focused) {
      focused = true;
      document.querySelector(".xterm-helper-textarea").focus();
    }
  }).observe(document.body, { attributeFilter: ["class"] });

  const start = () => {
    const script = document.createElement("script");
    script.src = "/static/textual.js";
    script.onload = () => window.onload();
    document.body.append(script);
  };
  const fonts = ["16px", "bold 16px", "italic 16px"].map(
    (look) => document.fonts.load(look + " 'Roboto Mono'", "a"));
  const late = new Promise((resolve) => setTimeout(resolve, 3000));
  Promise.race([Promise.allSettled(fonts), late]).then(start);
});
