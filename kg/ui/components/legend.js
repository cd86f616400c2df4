// what the legend's chips are called, what they mean and how they look: it stays while the counts change
PARTS.legendwords = function (component, data) {
  window.kgWords = data;
  tell("kg-words", "");
};

// the legend, which is the filter too: each chip says a mark, its meaning and how many there are
PARTS.legend = function ({ parentElement, setTriggerValue }, data) {
  const host = parentElement.querySelector(".legend");
  const draw = () => {
    const focused = host.getRootNode().activeElement?.dataset.chip;
    host.replaceChildren();
    for (const [title, chips] of data.groups) {
      const row = document.createElement("div");
      row.className = "group";
      row.setAttribute("role", "group");
      row.setAttribute("aria-label", title);
      row.append(Object.assign(document.createElement("span"), { className: "title", textContent: title }));
      for (const [id, count, on] of chips) {
        const words = window.kgWords[id] || { label: id, help: "" };
        const button = document.createElement("button");
        button.type = "button";
        button.title = words.help;
        button.dataset.chip = id;
        button.setAttribute("aria-pressed", String(on));
        if (words.glyph) button.append(glyph(words.glyph));
        button.append(Object.assign(document.createElement("span"), { textContent: words.label }));
        button.append(Object.assign(document.createElement("small"), { textContent: count.toLocaleString("en") }));
        button.addEventListener("click", () => setTriggerValue("toggled", [title, id]));
        row.append(button);
        if (id === focused) button.focus();
      }
      host.append(row);
    }
  };
  if (window.kgWords) draw();
  window.addEventListener("kg-words", draw);
  return () => window.removeEventListener("kg-words", draw);
};
