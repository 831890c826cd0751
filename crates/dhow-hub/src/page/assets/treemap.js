// Sizes as areas: a squarified treemap, layers first, then their packages.

const treemap = (() => {
  const frame = byId("treemap");
  const HEAD = 20;

  /** Splits a rectangle among values, largest first, into rows whose cells are as square as they get. */
  function squarify(values, x, y, width, height) {
    const rectangles = [];
    const total = values.reduce((sum, value) => sum + value, 0);
    if (!total || width <= 0 || height <= 0) return values.map(() => ({ x, y, width: 0, height: 0 }));
    const scale = (width * height) / total;
    let at = 0;
    while (at < values.length) {
      const side = Math.min(width, height);
      let end = at;
      let sum = 0;
      let best = Infinity;
      while (end < values.length) {
        const next = sum + values[end] * scale;
        const worst = Math.max((side * side * values[at] * scale) / (next * next), (next * next) / (side * side * values[end] * scale));
        if (worst > best) break;
        best = worst;
        sum = next;
        end++;
      }
      const thick = sum / side;
      let offset = 0;
      for (; at < end; at++) {
        const long = (values[at] * scale) / thick;
        rectangles.push(width < height
          ? { x: x + offset, y, width: long, height: thick }
          : { x, y: y + offset, width: thick, height: long });
        offset += long;
      }
      if (width < height) { y += thick; height -= thick; } else { x += thick; width -= thick; }
    }
    return rectangles;
  }

  function put(node, { x, y, width, height }) {
    node.style.left = `${x}px`;
    node.style.top = `${y}px`;
    node.style.width = `${Math.max(width, 0)}px`;
    node.style.height = `${Math.max(height, 0)}px`;
    return node;
  }

  function draw(shown, field, selected) {
    const { width, height } = frame.getBoundingClientRect();
    const groups = layers
      .map((layer) => ({
        layer,
        members: packages
          .filter((pack) => pack.layerIndex === layer.index && shown.has(pack) && pack[field])
          .sort((a, b) => b[field] - a[field] || a.index - b.index),
      }))
      .map((group) => ({ ...group, total: group.members.reduce((sum, pack) => sum + pack[field], 0) }))
      .filter((group) => group.total)
      .sort((a, b) => b.total - a.total);
    const areas = squarify(groups.map((group) => group.total), 0, 0, width, height);
    const focused = frame.contains(document.activeElement) && document.activeElement.dataset.select;
    frame.replaceChildren(...groups.map((group, i) => drawGroup(group, areas[i], field, selected)));
    if (focused) frame.querySelector(`[data-select="${focused}"]`)?.focus();
    if (!groups.length) frame.append(el("p", { class: "empty" }, "No package with a known size is left by the filter."));
  }

  function drawGroup({ layer, members, total }, area, field, selected) {
    const isTall = area.height > HEAD * 2 && area.width > 60;
    const head = isTall ? HEAD : 0;
    const inner = squarify(members.map((pack) => pack[field]), 0, head, area.width - 4, area.height - 4 - head);
    const cells = members.map((pack, i) => {
      const { width, height } = inner[i];
      const classes = {
        cell: true, selected: pack === selected, tiny: width < 34 || height < 15, low: height < 36, narrow: width < 64,
      };
      const cell = el("button", {
        type: "button",
        class: Object.keys(classes).filter((name) => classes[name]).join(" "),
        "data-select": pack.index,
        title: `${pack.name} ${pack.version}\n${size(pack[field])}`,
        "aria-label": `${pack.name} ${pack.version}, ${size(pack[field])}`,
      }, el("b", {}, pack.label), el("span", {}, size(pack[field])));
      return put(cell, inner[i]);
    });
    const title = isTall && el("h3", {}, el("b", {}, layer.title), ` ${size(total)}`);
    return put(el("div", { class: `group ${tint(layer.index)}`, role: "group", "aria-label": layer.title }, title, cells), area);
  }

  return { draw, frame };
})();
