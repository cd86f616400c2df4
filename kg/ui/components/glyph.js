const SVG = "http://www.w3.org/2000/svg";
const POINTS = {
  square: "-7,-7 7,-7 7,7 -7,7",
  diamond: "0,-9 9,0 0,9 -9,0",
  triangle: "0,-8 8.5,7 -8.5,7",
  triangleDown: "0,8 8.5,-7 -8.5,-7",
  hexagon: "-8.5,0 -4.25,-7.4 4.25,-7.4 8.5,0 4.25,7.4 -4.25,7.4",
  star: "0,-9.5 2.5,-3 9.2,-3 3.9,1.3 5.8,8 0,4 -5.8,8 -3.9,1.3 -9.2,-3 -2.5,-3",
};

// the mark of a node, as the graph draws it: shape, fill, and border with width and dash
function glyph(look) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "-12 -12 24 24");
  svg.setAttribute("class", "glyph");
  svg.setAttribute("aria-hidden", "true");
  let mark;
  if (look.shape === "line") {
    mark = document.createElementNS(SVG, "line");
    for (const [name, value] of Object.entries({ x1: -11, y1: 0, x2: 11, y2: 0 })) mark.setAttribute(name, value);
  } else if (look.shape in POINTS) {
    mark = document.createElementNS(SVG, "polygon");
    mark.setAttribute("points", POINTS[look.shape]);
  } else if (look.shape === "box") {
    mark = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ x: -10, y: -6.5, width: 20, height: 13, rx: 4 })) mark.setAttribute(name, value);
  } else {
    mark = document.createElementNS(SVG, "ellipse");
    mark.setAttribute("rx", look.shape === "ellipse" ? 10 : 7.5);
    mark.setAttribute("ry", look.shape === "ellipse" ? 6.5 : 7.5);
  }
  mark.style.fill = look.fill || "transparent";
  mark.style.stroke = { text: "var(--st-text-color)", muted: "var(--muted)" }[look.border] || look.border;
  mark.style.strokeWidth = Math.max(1.2, look.width * 0.8);
  if (look.dashed) mark.style.strokeDasharray = "3.5 2.5";
  svg.append(mark);
  return svg;
}
