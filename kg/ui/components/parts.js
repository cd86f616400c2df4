// every part of the page that is ours, once a session: Streamlit sends a component's own script with each of its changes
const PARTS = {};
const STYLES = {};

// data comes as deflated JSON; what it holds is handed to the part, in the order in which it came
async function inflated(data) {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

function styled(root, name) {
  if (!STYLES[name] || root.kgStyle === name) return;
  root.adoptedStyleSheets = [sheetOf(STYLES[name])];
  root.kgStyle = name;
}

function sheetOf(style) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  return sheet;
}

window.kgMount = (name, component) => {
  const root = component.parentElement.getRootNode();
  const turn = (root.kgTurn = (root.kgTurn || 0) + 1);
  let undo;
  styled(root, name);
  inflated(component.data).then((held) => {
    if (root.kgTurn === turn) undo = PARTS[name](component, held);
  });
  return () => undo?.();
};

// what one part tells the others: the node that is selected, and the node under the pointer
function tell(what, address) {
  window.dispatchEvent(new CustomEvent(what, { detail: address }));
}

PARTS.cursor = function (component, data) {
  window.kgCursor = data.node;
  tell("kg-cursor", data.node);
};
