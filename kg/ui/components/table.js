// a table of text and links; a click on a heading sorts by it, a second one turns the order round
PARTS.table = function ({ parentElement, setTriggerValue }, data) {
  const host = parentElement.querySelector(".table");
  const table = document.createElement("table");
  table.append(Object.assign(document.createElement("caption"), { textContent: data.label }));
  const head = table.createTHead().insertRow();
  const body = table.createTBody();
  const shown = (cell) => (cell === null || cell === undefined ? "" : typeof cell === "object" ? cell.title : String(cell));
  const fill = (rows) => {
    body.replaceChildren();
    for (const row of rows) {
      const line = body.insertRow();
      row.forEach((cell, i) => {
        const at = line.insertCell();
        at.dataset.label = data.columns[i];
        if (cell !== null && typeof cell === "object") at.append(linkTo(cell, data, (id) => setTriggerValue("clicked", id)));
        else at.textContent = shown(cell);
      });
    }
  };
  let order = -1;
  let rising = true;
  data.columns.forEach((name, i) => {
    const cell = document.createElement("th");
    cell.scope = "col";
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: name, title: `Sort by ${name}` });
    button.addEventListener("click", () => {
      rising = order === i ? !rising : true;
      order = i;
      const sorted = [...data.rows].sort((a, b) => shown(a[i]).localeCompare(shown(b[i]), "en", { numeric: true }) * (rising ? 1 : -1));
      [...head.cells].forEach((one, j) => (j === i ? one.setAttribute("aria-sort", rising ? "ascending" : "descending") : one.removeAttribute("aria-sort")));
      fill(sorted);
    });
    cell.append(button);
    head.append(cell);
  });
  fill(data.rows);
  host.style.maxHeight = data.height ? `${data.height}px` : "";
  host.replaceChildren(table);
};
