// the address of a node; on the page that shows nodes it keeps the filters that stand in the address
function addressOf(node, { base, into = "node" }) {
  const kept = new URLSearchParams(base ? "" : location.search);
  for (const name of into === "node" ? ["node", "run", "edge", "at"] : [into]) kept.delete(name);
  if (node) kept.set(into, node);
  return `${base}?${kept}`;
}

// a real link to a node, so that it opens in new tabs; a plain click stays in this session
function linkTo(row, data, choose) {
  const link = document.createElement("a");
  link.href = addressOf(row.id, data);
  link.dataset.node = row.id;
  if (row.hint) link.title = row.hint; // the mark in words
  if (row.current) link.setAttribute("aria-current", "true");
  if (row.glyph) link.append(glyph(row.glyph));
  const words = document.createElement("span");
  if (row.before) words.append(Object.assign(document.createElement("small"), { textContent: `${row.before} ` }));
  words.append(Object.assign(document.createElement("span"), { textContent: row.title }));
  if (row.note) words.append(Object.assign(document.createElement("small"), { className: "note", textContent: row.note }));
  link.append(words);
  link.addEventListener("pointerdown", () => (link.href = addressOf(row.id, data)));
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    choose(row.id);
  });
  link.addEventListener("pointerenter", () => tell("kg-hover", row.id));
  link.addEventListener("pointerleave", () => tell("kg-hover", ""));
  return link;
}

// scrollIntoView would scroll what is around the list as well: on a phone the pages' links above it
function intoView(link, host) {
  const [box, at] = [host.getBoundingClientRect(), link.getBoundingClientRect()];
  if (at.top < box.top || at.bottom > box.bottom) host.scrollTop += at.top - box.top - box.height / 3;
}

// a list of links to nodes; one that follows marks what is selected, wherever it was selected
PARTS.links = function ({ parentElement, setTriggerValue }, data) {
  const list = document.createElement("ul");
  list.setAttribute("aria-label", data.label);
  for (const row of data.rows) {
    const item = document.createElement("li");
    if (row.heading) {
      item.className = "heading";
      item.textContent = row.heading;
    } else {
      item.style.paddingInlineStart = `${Math.min(row.depth || 0, 8) * 1.1}rem`;
      item.append(linkTo(row, data, (id) => setTriggerValue("clicked", id)));
    }
    list.append(item);
  }
  const host = parentElement.querySelector("nav");
  host.dataset.list = data.key;
  const at = host.scrollTop;
  host.replaceChildren(list);
  host.scrollTop = at;
  host.style.maxHeight = data.follow ? "calc(100vh - 10.5rem)" : data.height ? `${data.height}px` : "";

  host.kgUndo?.();
  const links = [...host.querySelectorAll("a")];
  const hover = ({ detail }) => links.forEach((link) => link.classList.toggle("hovered", link.dataset.node === detail));
  const follow = ({ detail }) => {
    for (const link of links) {
      if (detail && link.dataset.node === detail) {
        link.setAttribute("aria-current", "true");
        intoView(link, host);
      } else link.removeAttribute("aria-current");
    }
  };
  window.addEventListener("kg-hover", hover);
  if (data.follow) window.addEventListener("kg-cursor", follow);
  if (data.follow && window.kgCursor) follow({ detail: window.kgCursor });
  // a phone's sidebar has its width only once it is opened, and its lines break anew
  const sized = new ResizeObserver(() => {
    const now = host.querySelector("a[aria-current]");
    if (now) intoView(now, host);
  });
  if (data.follow) sized.observe(host);
  host.kgUndo = () => {
    sized.disconnect();
    window.removeEventListener("kg-hover", hover);
    window.removeEventListener("kg-cursor", follow);
  };
  return host.kgUndo;
};
