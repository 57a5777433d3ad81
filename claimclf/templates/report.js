"use strict";
const bar = document.querySelector(".bar output");
const notes = [...document.querySelectorAll(".note")];

/* Show only the sentences that carry every wanted tag, each with the paragraph before it. */
function show(wanted, words) {
  let count = 0;
  for (const note of notes) {
    const tags = note.dataset.tags.split(" ");
    note.hidden = !wanted.every((tag) => tags.includes(tag));
    count += note.hidden ? 0 : 1;
  }
  for (const article of document.querySelectorAll("article")) {
    const paragraphs = [...article.querySelectorAll(".par")];
    const found = paragraphs.map((paragraph) => paragraph.querySelector(".note:not([hidden])") !== null);
    paragraphs.forEach((paragraph, index) => {
      paragraph.hidden = wanted.length > 0 && !found[index] && !found[index + 1];
    });
    article.hidden = !found.includes(true);
  }
  bar.textContent = `${count} ${count === 1 ? "sentence" : "sentences"}${words ? `: ${words}` : ""}`;
  document.querySelector(".bar button").hidden = wanted.length === 0;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-filter]");
  if (link) show(link.dataset.filter.split(" ").filter(Boolean), link.title);
});
