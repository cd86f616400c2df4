// numbers that lead to what they count
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const list = document.createElement("ul");
  list.setAttribute("aria-label", data.label);
  data.numbers.forEach((one, at) => {
    const link = document.createElement("a");
    link.href = one.href;
    if (one.help) link.title = one.help;
    if (one.current) link.setAttribute("aria-current", "true");
    link.append(
      Object.assign(document.createElement("b"), { textContent: one.value }),
      Object.assign(document.createElement("span"), { textContent: one.label }),
    );
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      setTriggerValue("clicked", at);
    });
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  });
  parentElement.querySelector("nav").replaceChildren(list);
}
