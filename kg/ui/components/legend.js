// the legend, which is the filter too: each chip says a mark, its meaning and how many there are
PARTS.legend = function ({ parentElement, setTriggerValue }, data) {
  const host = parentElement.querySelector(".legend");
  const focused = host.getRootNode().activeElement?.dataset.chip;
  host.replaceChildren();
  for (const group of data.groups) {
    const row = document.createElement("div");
    row.className = "group";
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", group.title);
    row.append(Object.assign(document.createElement("span"), { className: "title", textContent: group.title }));
    for (const chip of group.chips) {
      const button = document.createElement("button");
      button.type = "button";
      button.title = chip.help;
      button.dataset.chip = chip.id;
      button.setAttribute("aria-pressed", String(chip.on));
      if (chip.glyph) button.append(glyph(chip.glyph));
      button.append(Object.assign(document.createElement("span"), { textContent: chip.label }));
      button.append(Object.assign(document.createElement("small"), { textContent: chip.count }));
      button.addEventListener("click", () => setTriggerValue("toggled", [group.name, chip.id]));
      row.append(button);
      if (chip.id === focused) button.focus();
    }
    host.append(row);
  }
};
