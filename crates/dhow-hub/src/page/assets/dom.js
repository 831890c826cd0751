// Elements from plain values. Text only ever becomes text: nothing of the report is parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const el = (tag, properties = {}, ...children) => fill(document.createElement(tag), properties, children);
const svg = (tag, properties = {}, ...children) => fill(document.createElementNS(SVG, tag), properties, children);
const byId = (id) => document.getElementById(id);

/** The class that gives an element the colour of its layer. */
const tint = (layerIndex) => (layerIndex < 0 ? "lp" : `l${layerIndex % 8}`);

/** A link out of the page, where the address is one that a browser only opens. */
function link(text, address) {
  if (!/^https?:\/\//i.test(address)) return el("span", {}, `${text}: ${address}`);
  return el("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, text);
}

/** A button that selects a package. */
function packageButton(pack) {
  return el("button", { type: "button", class: `ref ${tint(pack.layerIndex)}`, "data-select": pack.index }, pack.label);
}
