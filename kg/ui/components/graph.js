// vis-network in the page's own colours; clicks on nodes and lines are told to the app, everything else stays here
const NAMED = ["color", "border", "highlight", "hover", "strokeColor"];
const LARGEST = 1.05;
const SMALLEST = 0.6; // labels of 14 px are then 8 px: below that the middle is shown and the rest is a drag away

function palette(element) {
  const css = getComputedStyle(element);
  const pen = document.createElement("canvas").getContext("2d");
  const solid = (name) => {
    pen.fillStyle = css.getPropertyValue(name).trim();
    return pen.fillStyle;
  };
  const text = solid("--st-text-color");
  const faded = (share) => text + Math.round(share * 255).toString(16).padStart(2, "0");
  return { text, background: solid("--st-background-color"), muted: faded(0.62), faint: faded(0.28), line: faded(0.14) };
}

function painted(value, colours) {
  if (Array.isArray(value)) return value.map((item) => painted(item, colours));
  if (value === null || typeof value !== "object") return value;
  const named = (key, item) => NAMED.includes(key) && item in colours;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, typeof item === "string" && named(key, item) ? colours[item] : painted(item, colours)]),
  );
}

function paintedNode(plain, colours) {
  const made = painted(plain, colours);
  const { background, border } = made.color;
  made.color.highlight = { background, border };
  made.color.hover = { background, border: colours.text };
  made.chosen = false;
  return made;
}

function vis() {
  return new Promise((resolve) => {
    const look = () => (window.vis?.Network ? resolve(window.vis) : setTimeout(look, 20));
    look();
  });
}

PARTS.graph = function ({ parentElement, setTriggerValue }, picture) {
  const host = parentElement.querySelector(".graph");
  const seen = (host.kgSeen ??= {});
  seen.choose = (address) => setTriggerValue("clicked", address);
  seen.line = (ends) => setTriggerValue("line", ends);
  seen.picture = picture;
  vis().then((library) => {
    if (seen.picture === picture) showPicture(library, host, seen, picture);
  });
  return () => {
    seen.observer?.disconnect();
    window.removeEventListener("kg-hover", seen.hover);
    seen.network?.destroy();
    host.kgSeen = undefined;
  };
};

function showPicture(library, host, seen, picture) {
  const colours = palette(host);
  seen.colours = colours;
  seen.painted = JSON.stringify(colours);
  const nodes = picture.nodes.map((plain) => paintedNode(plain, colours));
  const edges = picture.edges.map((plain) => ({ ...painted(plain, colours), id: `${plain.from} ${plain.to}` }));
  if (!seen.network) {
    seen.nodes = new library.DataSet(nodes);
    seen.edges = new library.DataSet(edges);
    const font = { font: { face: getComputedStyle(host).fontFamily } };
    seen.network = new library.Network(host, { nodes: seen.nodes, edges: seen.edges }, { ...picture.options, nodes: font, edges: font });
    host.network = seen.network;
    begin(library, host, seen);
  } else {
    const kept = new Set(nodes.map((item) => item.id));
    seen.edges.clear();
    seen.nodes.remove(seen.nodes.getIds().filter((id) => !kept.has(id)));
    seen.nodes.update(nodes);
    seen.edges.add(edges);
  }
  seen.wider = seen.taller = 1;
  settle(seen);
  host.dataset.selected = picture.selected || "";
  host.dataset.layout = picture.layout;
  host.dataset.shown = nodes.length;
}

function begin(library, host, seen) {
  const { network } = seen;
  host.querySelector("canvas")?.parentElement.setAttribute("tabindex", "-1"); // the table beside it is for keyboards
  network.on("click", (event) => {
    if (event.nodes.length) {
      const [id] = event.nodes;
      if (id !== seen.picture.selected) seen.choose(id);
    } else if (event.edges.length) seen.line(event.edges[0].split(" "));
  });
  network.on("hoverNode", ({ node }) => {
    host.style.cursor = "pointer";
    tell("kg-hover", node);
  });
  network.on("blurNode", () => {
    host.style.cursor = "";
    tell("kg-hover", "");
  });
  network.on("hoverEdge", () => (host.style.cursor = "pointer"));
  network.on("blurEdge", () => (host.style.cursor = ""));
  seen.hover = ({ detail }) => {
    seen.hovered = seen.nodes.get(detail) ? detail : "";
    network.redraw();
  };
  window.addEventListener("kg-hover", seen.hover);
  network.on("beforeDrawing", (pen) => {
    if (JSON.stringify(palette(host)) !== seen.painted) setTimeout(() => showPicture(library, host, seen, seen.picture), 0);
    background(pen, seen);
  });
  network.on("afterDrawing", (pen) => {
    for (const [id, width] of [[seen.picture.selected, 2.5], [seen.hovered, 2]]) {
      if (!id || !seen.nodes.get(id)) continue;
      const box = network.getBoundingBox(id);
      const { x, y } = network.getPosition(id);
      const size = seen.nodes.get(id).size;
      pen.strokeStyle = seen.colours.text;
      pen.lineWidth = width;
      pen.beginPath();
      if (["box", "ellipse"].includes(seen.nodes.get(id).shape)) pen.roundRect(box.left - 4, box.top - 4, box.right - box.left + 8, box.bottom - box.top + 8, 8);
      else pen.arc(x, y, size + 7, 0, 2 * Math.PI);
      pen.stroke();
    }
  });
  // the wheel scrolls the page; with ctrl or cmd held it zooms
  host.addEventListener("wheel", (event) => event.ctrlKey || event.metaKey || event.stopPropagation(), { capture: true, passive: true });
  seen.observer = new ResizeObserver(() => settle(seen));
  seen.observer.observe(host);
  buttons(host, seen);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => seen.network?.redraw());
}

// rings between the steps; years and rows of a timeline
function background(pen, seen) {
  const { rings, columns, rows, bounds } = seen.picture.back;
  pen.save();
  pen.lineWidth = 1;
  pen.strokeStyle = seen.colours.line;
  pen.fillStyle = seen.colours.muted;
  for (const [x, y, across, up] of rings || []) {
    pen.beginPath();
    pen.ellipse(x, y, across * seen.wider, up * seen.taller, 0, 0, 2 * Math.PI);
    pen.stroke();
  }
  if (columns?.length) {
    const { x: left, y: top } = seen.network.DOMtoCanvas({ x: 0, y: 0 });
    const scale = seen.network.getScale();
    const [above, below] = [Math.max(top + 22 / scale, bounds[1] - 30), bounds[3]];
    pen.textAlign = "center";
    pen.textBaseline = "alphabetic";
    pen.font = `600 ${13 / scale}px ${getComputedStyle(seen.network.body.container).fontFamily}`;
    for (const [from, to, year] of columns) {
      pen.strokeRect(from, bounds[1], to - from, below - bounds[1]);
      pen.fillText(year, (from + to) / 2, above - 6 / scale);
    }
    pen.textAlign = "left";
    pen.font = `${12 / scale}px ${getComputedStyle(seen.network.body.container).fontFamily}`;
    for (const [from, to, name] of rows) {
      pen.strokeRect(bounds[0], from, bounds[2] - bounds[0], to - from);
      pen.fillText(name, Math.max(left + 6 / scale, bounds[0] + 4), from + 14 / scale);
    }
  }
  pen.restore();
}

// all in view, unless labels would then be too small to read: then the middle, and dragging shows the rest
function settle(seen) {
  const { network, picture } = seen;
  if (!network) return;
  const { width, height } = network.body.container.getBoundingClientRect();
  if (width < 60 || height < 120) return; // no room yet: when there is, its change of size calls this again
  fill(seen);
  if (showAll(seen) >= SMALLEST || picture.nodes.length > 80) return;
  const { bounds } = picture.back;
  const middle = picture.selected ? network.getPosition(picture.selected) : bounds ? { x: bounds[2], y: 0 } : { x: 0, y: 0 };
  if (bounds) {
    const within = (at, half, low, high) => (high - low < 2 * half ? (low + high) / 2 : Math.min(Math.max(at, low + half), high - half));
    middle.x = within(middle.x, width / 2 / SMALLEST, bounds[0] - 10, bounds[2] + 10);
    middle.y = within(middle.y, height / 2 / SMALLEST, bounds[1] - 40, bounds[3] + 70);
  }
  network.moveTo({ scale: SMALLEST, position: middle });
}

// the whole picture, clear of the buttons below it and of the years above it; gives the scale
function showAll({ network, picture }) {
  const place = network.body.container.getBoundingClientRect();
  const [left, top, right, bottom] = picture.back.bounds || edges(network, picture);
  const [head, foot] = [picture.back.bounds ? 36 : 10, 46];
  const scale = Math.min(LARGEST, (place.width - 20) / (right - left), (place.height - head - foot) / (bottom - top));
  network.moveTo({ scale, position: { x: (left + right) / 2, y: (top + bottom + (foot - head) / scale) / 2 } });
  return scale;
}

function edges(network, { nodes }) {
  const boxes = nodes.map(({ id }) => network.getBoundingBox(id));
  const far = (side, which) => which(...boxes.map((box) => box[side]));
  return [far("left", Math.min), far("top", Math.min), far("right", Math.max), far("bottom", Math.max)];
}

// room that rings leave beside or above themselves goes between the marks: labels do not grow, so they come apart
function fill(seen) {
  const { network, picture } = seen;
  network.fit(); // measures the labels
  if (picture.layout !== "rings") return;
  const place = network.body.container.getBoundingClientRect();
  const [left, top, right, bottom] = edges(network, picture);
  const [across, up] = [span(picture.nodes.map(({ x }) => x)), span(picture.nodes.map(({ y }) => y))];
  const [beside, above] = [right - left - across * seen.wider, bottom - top - up * seen.taller];
  const [width, height] = [place.width - 20, place.height - 56];
  const scale = Math.min(LARGEST, Math.max(SMALLEST, Math.min(width / (across + beside), height / (up + above))));
  const factor = (length, labels, room) => (length ? Math.min(Math.max((room / scale - labels) / length, 1), 1.7) : 1);
  const [wider, taller] = [factor(across, beside, width), factor(up, above, height)];
  if (Math.abs(wider - seen.wider) + Math.abs(taller - seen.taller) < 0.02) return;
  Object.assign(seen, { wider, taller });
  seen.nodes.update(picture.nodes.map(({ id, x, y }) => ({ id, x: x * wider, y: y * taller })));
  network.fit();
}

function span(numbers) {
  return Math.max(...numbers) - Math.min(...numbers);
}

function buttons(host, seen) {
  const bar = document.createElement("div");
  bar.className = "buttons";
  const zoom = (factor) => () => seen.network.moveTo({ scale: seen.network.getScale() * factor });
  for (const [sign, says, act] of [["+", "Zoom in", zoom(1.35)], ["−", "Zoom out", zoom(1 / 1.35)], ["⤢", "Show all", () => showAll(seen)]]) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: sign, title: says });
    button.setAttribute("aria-label", says);
    button.addEventListener("click", act);
    bar.append(button);
  }
  host.append(bar);
}
