// the one box that finds: suggestions while typing, arrows and Enter to choose, "/" to come here from anywhere
const BOXES = new WeakMap();
const TERMS = `
  a[href*="explore?node=concept"] { color: inherit !important; text-decoration: underline dotted !important;
    text-underline-offset: 0.2em; text-decoration-thickness: 1px !important; position: relative; }
  a[href*="explore?node=concept"]:hover, a[href*="explore?node=concept"]:focus-visible { text-decoration-style: solid !important; }
  a[href*="explore?node=concept"]:focus-visible::after, a[href*="explore?node=concept"]:hover::after {
    content: attr(data-told); position: absolute; left: 0; top: 1.7em; z-index: 50; width: max-content; max-width: min(22rem, 70vw);
    padding: 0.4rem 0.6rem; border-radius: 0.4rem; font-size: 0.85rem; line-height: 1.35; font-weight: 400; white-space: normal;
    color: var(--told-text); background: var(--told-back); border: 1px solid var(--told-line); box-shadow: 0 4px 16px rgb(0 0 0 / 20%); }
`;

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  const form = parentElement.querySelector("form");
  let box = BOXES.get(form);
  if (!box) {
    box = made(form);
    BOXES.set(form, box);
    if (data.query) box.input.value = data.query;
    box.sent = data.query;
  }
  box.say = (query) => setStateValue("query", query);
  box.go = (told) => setTriggerValue("chosen", told);
  show(box, data);
  return () => {
    box.end();
    BOXES.delete(form);
  };
}

function made(form) {
  const input = form.querySelector("input");
  const found = form.querySelector(".found");
  const box = { form, input, found, at: -1, open: false, live: form.querySelector(".out") };
  const style = Object.assign(document.createElement("style"), { textContent: TERMS });
  document.head.append(style);
  const place = () => {
    const at = input.getBoundingClientRect();
    Object.assign(found.style, { left: `${at.left}px`, top: `${at.bottom + 4}px`, width: `${at.width}px`, maxHeight: `${Math.max(160, innerHeight - at.bottom - 24)}px` });
  };
  box.toggle = (open) => {
    box.open = open && found.childElementCount > 0;
    if (box.open !== found.matches(":popover-open")) box.open ? found.showPopover() : found.hidePopover();
    if (box.open) place();
    input.setAttribute("aria-expanded", String(box.open));
  };
  box.move = (to) => {
    const links = [...found.querySelectorAll("a")];
    box.at = links.length ? (to + links.length) % links.length : -1;
    links.forEach((link, i) => link.setAttribute("aria-selected", String(i === box.at)));
    if (box.at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", links[box.at].id);
    links[box.at].scrollIntoView({ block: "nearest" });
  };
  let waiting;
  const send = () => {
    clearTimeout(waiting);
    if (box.sent === input.value) return;
    box.sent = input.value;
    box.say(input.value);
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(send, 160);
  });
  input.addEventListener("focus", () => {
    send();
    box.toggle(true);
  });
  form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || setTimeout(() => box.toggle(false), 150));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const link = found.querySelectorAll("a")[box.at];
    const query = input.value.trim();
    clearTimeout(waiting);
    if (box.open && link) box.go({ node: link.dataset.node });
    else if (query) box.go({ query });
    box.toggle(false);
    input.select(); // the focus stays, so that Tab leads on into the page, and typing begins anew
  });
  input.addEventListener("keydown", (event) => {
    event.stopPropagation(); // letters typed here are no shortcuts of the page
    const anew = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    if (event.key === "/" && anew) return event.preventDefault(); // it leads here, and one is here already
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!box.open) box.toggle(true);
      else box.move(box.at + (event.key === "ArrowDown" ? 1 : box.at < 0 ? 0 : -1));
    } else if (event.key === "Escape") {
      if (box.open) box.toggle(false);
      else input.value = "";
    }
  });
  const key = (event) => {
    const at = event.composedPath()[0];
    const typing = at instanceof Element && (at.matches("input, textarea, select") || at.isContentEditable);
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
    event.preventDefault();
    input.focus();
    input.select();
  };
  const inside = (event) => {
    const link = event.composedPath().find((one) => one instanceof HTMLAnchorElement);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const href = link.getAttribute("href") || "";
    const node = href.startsWith("/explore?node=concept") && new URLSearchParams(href.split("?")[1]).get("node");
    if (!node) return;
    event.preventDefault();
    event.stopPropagation();
    box.go({ node });
  };
  const told = (event) => {
    const link = event.target instanceof Element && event.target.closest('a[href*="explore?node=concept"]');
    if (!link || !link.title) return;
    const css = getComputedStyle(form);
    link.dataset.told = link.title; // shown by style on focus too, where a title is not
    link.setAttribute("aria-description", link.title);
    link.removeAttribute("title");
    link.style.setProperty("--told-text", css.getPropertyValue("--st-text-color"));
    link.style.setProperty("--told-back", css.getPropertyValue("--st-secondary-background-color"));
    link.style.setProperty("--told-line", css.getPropertyValue("--st-border-color"));
  };
  document.addEventListener("keydown", key);
  input.setAttribute("aria-keyshortcuts", "/"); // not before the key works
  document.addEventListener("click", inside, true);
  for (const name of ["mouseover", "focusin"]) document.addEventListener(name, told, true);
  addEventListener("resize", place);
  document.addEventListener("scroll", place, true);
  box.end = () => {
    clearTimeout(waiting);
    style.remove();
    document.removeEventListener("keydown", key);
    document.removeEventListener("click", inside, true);
    for (const name of ["mouseover", "focusin"]) document.removeEventListener(name, told, true);
    removeEventListener("resize", place);
    document.removeEventListener("scroll", place, true);
  };
  return box;
}

function show(box, data) {
  const state = JSON.stringify(data.groups);
  if (box.state === state) return;
  box.state = state;
  const parts = [];
  let number = 0;
  for (const group of data.groups) {
    const held = Object.assign(document.createElement("div"), { role: "group" });
    held.setAttribute("aria-label", group.title);
    held.append(Object.assign(document.createElement("div"), { className: "group", textContent: group.title }));
    for (const hit of group.hits) {
      const link = Object.assign(document.createElement("a"), { href: `explore?${new URLSearchParams({ node: hit.id })}`, id: `hit-${number++}`, tabIndex: -1 });
      link.setAttribute("role", "option");
      link.setAttribute("aria-selected", "false");
      link.dataset.node = hit.id;
      const words = document.createElement("span");
      words.append(marked(hit.title, hit.titleMarks));
      if (hit.note) words.append(Object.assign(document.createElement("small"), {}));
      if (hit.note) words.lastChild.append(marked(hit.note, hit.noteMarks));
      link.append(glyph(hit.glyph), words);
      link.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus until the click
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        box.toggle(false);
        box.go({ node: hit.id });
      });
      held.append(link);
    }
    parts.push(held);
  }
  box.found.replaceChildren(...parts);
  if (data.says) box.found.append(Object.assign(document.createElement("div"), { className: "status", textContent: data.says }));
  box.live.textContent = data.query ? data.says : "";
  box.at = -1;
  box.input.removeAttribute("aria-activedescendant");
  box.toggle(box.form.contains(box.form.getRootNode().activeElement) && Boolean(data.query));
}

function marked(text, marks) {
  const whole = document.createElement("span");
  let at = 0;
  for (const [start, end] of marks || []) {
    whole.append(text.slice(at, start), Object.assign(document.createElement("mark"), { textContent: text.slice(start, end) }));
    at = end;
  }
  whole.append(text.slice(at));
  return whole;
}
