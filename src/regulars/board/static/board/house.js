// Keys and focus. Every page works without this: it only spares the hand a way.
"use strict";
(() => {
  const palette = document.getElementById("palette");
  const inField = (at) => at.closest("input, textarea, select, [contenteditable]");

  const openPalette = () => {
    if (!palette || palette.open) return;
    palette.showModal();
    palette.querySelector("input").select();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "k") {
      event.preventDefault();
      openPalette();
    } else if (event.key === "/" && !inField(event.target) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      openPalette();
    } else if (palette && palette.open && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      const items = [...palette.querySelectorAll("input, .palette__item")];
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = items[items.indexOf(document.activeElement) + step];
      if (next) {
        event.preventDefault();
        next.focus();
      }
    }
  });

  // A click on the ground beside the palette closes it.
  if (palette) {
    palette.addEventListener("click", (event) => {
      if (event.target === palette) palette.close();
    });
  }

  // What a swap brought in and asks for the focus gets it.
  document.addEventListener("htmx:afterSettle", (event) => {
    const wanted = event.target.querySelector("[data-focus]");
    if (wanted) wanted.focus();
  });
})();
