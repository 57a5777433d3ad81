// Adds to what HTML and CSS do alone: a card with the scores, a count of what a filter leaves, and
// filters in the page's address (#type=statistic,speculation&source=2; an empty type is that of sentences without
// any). Text only, never HTML.
(() => {
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const start = (root) => {
    root.dataset.ready = "";
    const boxes = [...root.querySelectorAll("input[name]")];
    const sentences = [...root.querySelectorAll(".s")];
    const status = root.querySelector("output");
    const isLinked = root.hasAttribute("data-linked");

    const isOff = (sentence) => {
      const style = getComputedStyle(sentence); // the filter itself is CSS
      return style.getPropertyValue("--t") === "1" || style.getPropertyValue("--v") === "1";
    };
    const count = () => {
      const shown = new Set();
      for (const sentence of sentences) {
        const off = isOff(sentence);
        sentence.toggleAttribute("data-off", off);
        for (const mark of sentence.querySelectorAll(".m")) mark.tabIndex = off ? -1 : 0;
        if (!off) shown.add(sentence.dataset.row);
      }
      const total = new Set(sentences.map((sentence) => sentence.dataset.row)).size;
      status.value = shown.size < total ? `${shown.size} of ${total} sentences` : `${total} sentences`;
    };

    const write = () => {
      const parts = ["type", "source"].map((name) => {
        const values = boxes.filter((box) => box.name === name && box.checked).map((box) => box.value);
        return values.length ? `${name}=${values.map(encodeURIComponent).join(",")}` : "";
      });
      const hash = parts.filter(Boolean).join("&");
      history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
    };
    const read = () => {
      if (!location.hash.includes("=")) return; // a link to one sentence, not a filter
      const decode = (value) => new URLSearchParams(`=${value}`).get("");
      const wanted = new Map(location.hash.slice(1).split("&").map((part) => {
        const [name, values = ""] = part.split(/=(.*)/s);
        return [name, values.split(",").map(decode)]; // in this order: a name may hold a comma of its own
      }));
      for (const box of boxes) box.checked = wanted.get(box.name)?.includes(box.value) ?? false;
      count();
    };
    const changed = () => {
      count();
      if (isLinked) try { write(); } catch { /* an address that can't be changed, as in about:srcdoc */ }
    };

    const card = make("div", { className: "card", role: "tooltip", hidden: true });
    card.id = `${root.id}-card`;
    root.append(card);
    const fill = (row) => {
      const heads = row.closest("table").tHead.rows[0].cells;
      const scores = make("dl");
      for (const cell of row.querySelectorAll(".p")) {
        const bar = make("i");
        bar.style.width = `${100 * cell.dataset.p}%`;
        bar.style.background = `var(--sign-${cell.dataset.color})`;
        const className = cell.classList.contains("on") ? "on" : "";
        scores.append(
          make("dt", { className }, heads[cell.cellIndex].textContent),
          make("dd", { className: "track" }, bar),
          make("dd", { className: `p ${className}` }, cell.textContent),
        );
      }
      card.replaceChildren(scores, make("p", { className: "who" }, row.querySelector(".whose").textContent));
    };
    const show = (sentence) => {
      fill(document.getElementById(sentence.dataset.row));
      card.hidden = false;
      const frame = root.getBoundingClientRect();
      const lines = [...sentence.getClientRects()];
      const box = sentence.getBoundingClientRect();
      const below = box.bottom + card.offsetHeight + 12 < innerHeight || box.top < card.offsetHeight + 12;
      const left = Math.min(lines[0].left, frame.right - card.offsetWidth - 4) - frame.left;
      card.style.left = `${Math.max(0, left)}px`;
      card.style.top = `${(below ? box.bottom + 6 : box.top - card.offsetHeight - 6) - frame.top}px`;
      for (const other of sentences) other.classList.toggle("lit", other.dataset.row === sentence.dataset.row);
    };
    const hide = () => {
      card.hidden = true;
      for (const sentence of sentences) sentence.classList.remove("lit");
    };

    for (const sentence of sentences) sentence.removeAttribute("title");
    for (const mark of root.querySelectorAll(".m")) mark.setAttribute("aria-describedby", card.id);
    for (const kind of ["mouseover", "focusin"]) {
      root.addEventListener(kind, (event) => {
        const sentence = event.target.closest(".s");
        if (sentence) show(sentence); else hide();
      });
    }
    root.addEventListener("mouseleave", hide);
    root.addEventListener("focusout", hide);
    root.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
    root.addEventListener("click", (event) => {
      if (event.target.closest(".m")) for (const details of root.querySelectorAll(".scores")) details.open = true;
    });
    root.addEventListener("change", changed);
    root.addEventListener("reset", () => setTimeout(changed));
    if (isLinked) { addEventListener("hashchange", read); read(); }
    count();
  };

  for (const root of document.querySelectorAll(".claimclf:not([data-ready])")) start(root);
})();
