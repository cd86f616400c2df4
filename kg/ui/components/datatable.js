// a real table: headings that sort, cells of text or of links; a narrow window shows each row as a block
const SORTED = new WeakMap();

PARTS.datatable = function ({ parentElement, setTriggerValue }, data) {
  const host = parentElement.querySelector(".scroll");
  const kept = SORTED.get(host) || { by: null, down: false, all: false };
  SORTED.set(host, kept);
  const draw = () => {
    const table = document.createElement("table");
    table.append(Object.assign(document.createElement("caption"), { textContent: data.caption }));
    const head = table.createTHead().insertRow();
    data.columns.forEach((column, at) => {
      const cell = Object.assign(document.createElement("th"), { scope: "col" });
      cell.dataset.kind = column.kind || "";
      if (column.help) cell.title = column.help;
      const sort = Object.assign(document.createElement("button"), { type: "button", textContent: column.title });
      cell.setAttribute("aria-sort", kept.by === at ? (kept.down ? "descending" : "ascending") : "none");
      sort.addEventListener("click", () => {
        Object.assign(kept, { by: at, down: kept.by === at ? !kept.down : column.kind === "number" });
        draw();
        host.querySelectorAll("thead button")[at].focus();
      });
      cell.append(sort);
      head.append(cell);
    });
    const body = table.createTBody();
    const rows = kept.by === null ? data.rows : [...data.rows].sort((a, b) => order(a[kept.by], b[kept.by]) * (kept.down ? -1 : 1));
    const shown = kept.all || !data.most ? rows : rows.slice(0, data.most);
    for (const row of shown) {
      const line = body.insertRow();
      row.forEach((cell, at) => line.append(made(cell, data.columns[at], at === 0)));
    }
    host.replaceChildren(table);
    if (shown.length < rows.length) {
      const more = Object.assign(document.createElement("button"), { type: "button", className: "more", textContent: `Show all ${rows.length}` });
      more.addEventListener("click", () => {
        kept.all = true;
        draw();
        host.querySelectorAll("tbody tr")[shown.length]?.querySelector("a, button")?.focus();
      });
      host.append(more);
    }
  };
  const made = (cell, column, first) => {
    const element = document.createElement(first ? "th" : "td");
    if (first) element.scope = "row";
    element.dataset.kind = column.kind || "";
    element.dataset.title = column.title;
    if (column.kind === "words" || column.kind === "short") element.className = column.kind;
    for (const part of Array.isArray(cell) ? cell : [cell]) {
      if (part === null || part === "" || part === undefined) continue;
      element.append(typeof part === "object" && part.id ? link(part) : text(part));
    }
    return element;
  };
  const text = (part) => {
    const block = document.createElement("div");
    block.append(typeof part === "object" ? part.text : String(part));
    if (part.note) block.append(Object.assign(document.createElement("small"), { textContent: part.note }));
    return block;
  };
  const link = (part) => {
    const anchor = document.createElement("a");
    anchor.href = addressOf(part.id, data);
    anchor.dataset.node = part.id;
    if (part.hint) anchor.title = part.hint;
    if (part.glyph) anchor.append(glyph(part.glyph));
    const words = Object.assign(document.createElement("div"), {});
    words.append(Object.assign(document.createElement("span"), { textContent: part.title }));
    if (part.note) words.append(Object.assign(document.createElement("small"), { textContent: part.note }));
    anchor.append(words);
    anchor.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      setTriggerValue("clicked", part.id);
    });
    return anchor;
  };
  draw();
};

function order(a, b) {
  const [x, y] = [a, b].map((cell) => {
    const one = Array.isArray(cell) ? cell[0] : cell;
    return one && typeof one === "object" ? (one.sort ?? one.title ?? one.text ?? "") : (one ?? "");
  });
  if (typeof x === "number" && typeof y === "number") return x - y;
  if (typeof x !== typeof y) return typeof x === "number" ? -1 : 1; // what has no number comes last
  return String(x).localeCompare(String(y));
}
