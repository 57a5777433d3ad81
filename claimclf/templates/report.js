"use strict";
const bar = document.querySelector(".bar output");
const all = document.querySelector(".bar button");
const notes = [...document.querySelectorAll(".note")];

/* Show only the sentences that carry every tag of a link, each with the paragraph before it. */
function show(link) {
  const wanted = link.dataset.filter.split(" ").filter(Boolean);
  const total = Number(link.dataset.total);
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
  const sentences = `${total.toLocaleString("en")} ${total === 1 ? "sentence" : "sentences"}`;
  const found = count === total ? sentences : `${count.toLocaleString("en")} of ${sentences} shown`;
  bar.textContent = link.title ? `${found}: ${link.title}` : found;
  all.hidden = wanted.length === 0;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-filter], a");
  if (!link) return;
  if ("filter" in link.dataset) show(link);
  /* Nothing jumps to what is hidden. */
  else if (document.querySelector(link.hash)?.closest("[hidden]")) show(all);
});
