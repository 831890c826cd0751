// The graph on the screen: drawing, zoom and pan, what is highlighted, and the keys that walk along edges.

const graph = (() => {
  const frame = byId("graph");
  const canvas = svg("svg", { id: "graph-svg", role: "group", "aria-label": "Dependency graph" });
  const scene = svg("g", { class: "scene" });
  canvas.append(scene);
  frame.append(canvas);

  /** As in the style: there the page scrolls, and tools and legend have lines of their own. */
  const isSmall = matchMedia("(max-width: 900px), (max-height: 499px)");
  let drawn = null;
  let aspect = 0;
  let layout = null;
  let boxes = new Map();
  let lines = new Map();
  let laneTitles = [];
  let camera = { x: 0, y: 0, scale: 1 };
  let isFitted = true;
  let afterDraw = () => {};

  function draw(shown, byLayer) {
    drawn = { shown, byLayer };
    aspect = frameAspect() || 1.5;
    layout = layOut(shown, byLayer, aspect, frame.clientWidth < 640);
    boxes = new Map();
    lines = new Map();
    laneTitles = [];
    const back = svg("g", { class: "lanes" });
    for (const lane of layout.lanes) back.append(...drawLane(lane));
    const lineGroup = svg("g", { class: "edges" });
    for (const { edge, d } of layout.paths) {
      const line = svg("path", { d, class: edgeClass(edge) });
      lines.set(edge, line);
      lineGroup.append(line);
    }
    const boxGroup = svg("g", { class: "nodes" });
    for (const node of layout.nodes) {
      const box = drawBox(node);
      boxes.set(node.pack, box);
      boxGroup.append(box);
    }
    scene.replaceChildren(back, lineGroup, boxGroup);
    canvas.classList.toggle("large", layout.paths.length > 150);
    canvas.classList.toggle("packed", Boolean(layout.isPacked));
    fit();
  }

  function frameAspect() {
    const { width, height } = frame.getBoundingClientRect();
    return width > 60 && height > 100 ? (width - 48) / (height - (isSmall.matches ? 24 : 92)) : 0;
  }

  /** A frame of another shape gets another layout, unless somebody has looked into it. */
  function resized() {
    if (!isFitted || !drawn) return place();
    const now = frameAspect();
    if (!now || Math.abs(now / aspect - 1) < 0.1) return fit();
    draw(drawn.shown, drawn.byLayer);
    return afterDraw();
  }

  function edgeClass(edge) {
    const isOptional = edge.uses.every((use) => use.optional);
    return `edge${edge.isDev ? " dev" : ""}${isOptional ? " optional" : ""}`;
  }

  function drawLane(lane) {
    const layer = layers[lane.layerIndex];
    const title = svg("text", { class: `lane-title ${tint(lane.layerIndex)}`, x: 0, y: 0 }, layer ? layer.title : "The project");
    laneTitles.push({ title, lane });
    const isOdd = layout.lanes.indexOf(lane) % 2;
    return [
      svg("rect", { class: `lane ${tint(lane.layerIndex)}${isOdd ? " odd" : ""}`, x: -4000, width: layout.width + 8000, y: lane.top, height: lane.height }),
      svg("rect", { class: `lane-edge ${tint(lane.layerIndex)}`, x: 0, width: 4, y: lane.top + 6, height: lane.height - 12, rx: 2 }),
      title,
    ];
  }

  function drawBox({ pack, x, y, width }) {
    const marks = [];
    let right = width - 10;
    for (const { mark } of KINDS.filter((kind) => kind.mark && kind.has(pack))) {
      marks.push(svg("text", { class: "mark", x: right, y: 4, "text-anchor": "end" }, mark));
      right -= 15;
    }
    const classes = ["node", tint(pack.layerIndex), pack.dev_only && "dev", pack.isProject && "project"];
    return svg("g", {
      class: classes.filter(Boolean).join(" "),
      transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
      role: "button",
      tabindex: -1,
      "data-select": pack.index,
      "aria-label": `${pack.name} ${pack.version}`,
    },
    svg("rect", { class: "box", x: 0, y: -BOX / 2, width, height: BOX, rx: 6 }),
    svg("rect", { class: "tab", x: 5, y: -6, width: 4, height: 12, rx: 2 }),
    svg("text", { x: 15, y: 4.2 }, shortLabel(pack)),
    marks);
  }

  function place() {
    scene.setAttribute("transform", `translate(${camera.x} ${camera.y}) scale(${camera.scale})`);
    canvas.classList.toggle("far", camera.scale < 0.5);
    placeLaneTitles();
  }

  /** Titles of lanes stay at the left edge and keep their size, where there is room for it. */
  function placeLaneTitles() {
    for (const { title, lane } of laneTitles) {
      const zoom = layout.isPacked ? Math.min(1 / camera.scale, 1.6) : 1 / camera.scale;
      const left = Math.max(-camera.x / camera.scale, 0) + 16 * Math.min(zoom, 1.6);
      title.setAttribute("transform", `translate(${left} ${lane.top + 19 * zoom}) scale(${zoom})`);
    }
  }

  function fit() {
    const box = frame.getBoundingClientRect();
    if (!layout || !box.width) return;
    const pad = 24;
    // The tools lie above the graph, the legend below.
    const [top, bottom] = isSmall.matches ? [12, 12] : [52, 40];
    const whole = Math.min((box.width - pad * 2) / layout.width, (box.height - top - bottom) / layout.height);
    const scale = Math.min(Math.max(whole, 0.12), 1.25);
    camera = {
      scale,
      x: (box.width - layout.width * scale) / 2,
      y: top + (box.height - top - bottom - layout.height * scale) / 2,
    };
    isFitted = true;
    place();
  }

  function zoom(factor, x, y) {
    const box = frame.getBoundingClientRect();
    const at = { x: x ?? box.width / 2, y: y ?? box.height / 2 };
    const scale = Math.min(Math.max(camera.scale * factor, 0.08), 3);
    const ratio = scale / camera.scale;
    camera = { scale, x: at.x - (at.x - camera.x) * ratio, y: at.y - (at.y - camera.y) * ratio };
    isFitted = false;
    place();
  }

  function pan(dx, dy) {
    camera = { ...camera, x: camera.x + dx, y: camera.y + dy };
    isFitted = false;
    place();
  }

  /** Brings a package into view, at a size that can be read. */
  function reveal(pack) {
    const node = layout && layout.nodes.find((candidate) => candidate.pack === pack);
    const box = frame.getBoundingClientRect();
    if (!node || !box.width) return;
    if (camera.scale < 0.55) zoom(0.85 / camera.scale);
    const x = camera.x + (node.x + node.width / 2) * camera.scale;
    const y = camera.y + node.y * camera.scale;
    const inside = x > 80 && x < box.width - 80 && y > 40 && y < box.height - 40;
    if (!inside) pan(box.width / 2 - x, box.height / 2 - y);
    const kept = (at, length, room) => (length < room ? at : Math.min(Math.max(at, room - length - 24), 24));
    camera.x = kept(camera.x, layout.width * camera.scale, box.width);
    camera.y = kept(camera.y, layout.height * camera.scale, box.height);
    place();
  }

  /** Shows what belongs to `center` (hovered or selected), and pales what the filter leaves out. */
  function highlight(center, selected, matches) {
    canvas.classList.toggle("has-center", Boolean(center));
    canvas.classList.toggle("has-filter", Boolean(matches));
    const near = new Set(center ? [center] : []);
    for (const [edge, line] of lines) {
      const isOut = edge.from === center;
      const isIn = edge.to === center;
      line.classList.toggle("out", isOut);
      line.classList.toggle("in", isIn);
      line.classList.toggle("off", Boolean(matches) && !(matches.has(edge.from) && matches.has(edge.to)));
      if (isOut) near.add(edge.to);
      if (isIn) near.add(edge.from);
      if (isOut || isIn) line.parentNode.append(line);
    }
    for (const [pack, box] of boxes) {
      box.classList.toggle("near", near.has(pack));
      box.classList.toggle("selected", pack === selected);
      box.classList.toggle("off", Boolean(matches) && !matches.has(pack));
      box.setAttribute("tabindex", pack === selected ? 0 : -1);
    }
    if (!boxes.has(selected) && layout && layout.nodes.length) {
      boxes.get(layout.nodes[0].pack).setAttribute("tabindex", 0);
    }
  }

  /** The nearest package in a direction: along edges to the sides, in the column up and down. */
  function neighbour(pack, key) {
    const at = layout.nodes.find((node) => node.pack === pack);
    if (!at) return null;
    let candidates;
    if (key === "ArrowLeft") candidates = pack.dependents.map((edge) => edge.from);
    else if (key === "ArrowRight") candidates = pack.needs.map((edge) => edge.to);
    else {
      candidates = layout.nodes
        .filter((node) => node.rank === at.rank && (key === "ArrowUp" ? node.y < at.y : node.y > at.y))
        .map((node) => node.pack);
    }
    const isBeside = { ArrowLeft: (node) => node.x < at.x, ArrowRight: (node) => node.x > at.x }[key];
    let nodes = layout.nodes.filter((node) => candidates.includes(node.pack));
    if (isBeside && nodes.some(isBeside)) nodes = nodes.filter(isBeside);
    nodes.sort((a, b) => Math.abs(a.y - at.y) - Math.abs(b.y - at.y));
    return nodes.length ? nodes[0].pack : null;
  }

  const pointers = new Map();
  let moved = 0;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    moved = 0;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  canvas.addEventListener("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const now = { x: event.clientX, y: event.clientY };
    moved += Math.hypot(now.x - last.x, now.y - last.y);
    if (moved > 4 && !canvas.hasPointerCapture(event.pointerId)) canvas.setPointerCapture(event.pointerId);
    if (pointers.size === 2) {
      const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
      const box = frame.getBoundingClientRect();
      const ratio = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(Math.hypot(last.x - other.x, last.y - other.y), 1);
      zoom(ratio, (now.x + other.x) / 2 - box.left, (now.y + other.y) / 2 - box.top);
    } else if (moved > 4) {
      pan(now.x - last.x, now.y - last.y);
    }
    pointers.set(event.pointerId, now);
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) {
    canvas.addEventListener(name, (event) => pointers.delete(event.pointerId));
  }
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && isSmall.matches) return;
    event.preventDefault();
    const box = frame.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  // Paper has another shape than the frame: the picture is fitted into it as it is.
  addEventListener("beforeprint", () => {
    fit();
    const { width, height } = frame.getBoundingClientRect();
    canvas.setAttribute("viewBox", `0 0 ${Math.max(width, 1)} ${Math.max(height, 1)}`);
  });
  addEventListener("afterprint", () => canvas.removeAttribute("viewBox"));
  new ResizeObserver(resized).observe(frame);

  return { draw, onRedraw: (then) => { afterDraw = then; }, fit, zoom, reveal, highlight, neighbour, wasDragged: () => moved > 4, focus: (pack) => boxes.get(pack)?.focus() };
})();
