// Everything that a person can press, type or point at.

function buildControls() {
  byId("controls").hidden = byId("tabs").hidden = false;
  document.documentElement.classList.add("scripted");
  byId("platform").append(...platforms.map((platform) => el("option", { value: platform }, platform)));
  byId("platform").hidden = !platforms.length;
  byId("kinds").append(...KINDS.map((kind) => {
    const count = packages.filter(kind.has).length;
    return count > 0 && el("button", { type: "button", "data-kind": kind.key, "aria-pressed": "false" },
      kind.mark && el("span", { class: "mark", "aria-hidden": "true" }, kind.mark), kind.title, el("span", { class: "count" }, String(count)));
  }).filter(Boolean));
  byId("layers").append(...layers.filter((layer) => layer.packages.length).map((layer) =>
    el("button", { type: "button", class: tint(layer.index), "data-layer": layer.key, "aria-pressed": "false" },
      el("b", {}, layer.title), el("span", {}, `${counted(layer.packages.length, "package")} · ${size(layer.source_bytes || layer.archive_bytes)}`))));
  for (const row of document.querySelectorAll("tr[data-package]")) row.tabIndex = 0;
  for (const wire of [wireSearch, wireFilters, wireGraph, wirePackages, wireKeys]) wire();
  new ResizeObserver(() => {
    if (state.view === "sizes") treemap.draw(matching(state), state.field, state.selected);
  }).observe(treemap.frame);
}

function toggled(set, value) {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
}

function clearFilters() {
  update({ query: "", platform: "", kinds: new Set(), layers: new Set(), scope: state.scope === "matches" ? "all" : state.scope });
}

function wireSearch() {
  const input = byId("search");
  const list = byId("hits");
  let hits = [];
  let active = -1;
  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    active = index;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", i === active));
    if (list.children[active]) {
      input.setAttribute("aria-activedescendant", list.children[active].id);
      list.children[active].scrollIntoView({ block: "nearest" });
    }
  };
  const open = () => {
    hits = state.query.trim() ? ranked(matching(state), state.query).slice(0, 8) : [];
    list.replaceChildren(...hits.map((pack, i) => el("li", { role: "option", id: `hit-${i}`, class: tint(pack.layerIndex), "data-hit": i },
      el("b", {}, pack.label), el("span", {}, hitReason(pack)))));
    list.hidden = !hits.length;
    input.setAttribute("aria-expanded", String(hits.length > 0));
    mark(-1);
  };
  const choose = (index) => {
    const pack = hits[index];
    close();
    if (pack) select(pack);
  };
  input.addEventListener("input", () => { update({ query: input.value }); open(); });
  input.addEventListener("focus", open);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (hits.length) mark((active + step + hits.length) % hits.length);
    } else if (event.key === "Enter") choose(Math.max(active, 0));
    else if (event.key === "Escape" && list.hidden) { update({ query: "" }); input.blur(); }
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const item = event.target.closest("[data-hit]");
    if (item) choose(Number(item.dataset.hit));
  });
}

/** Why a package is among the hits, where the name does not say it. */
function hitReason(pack) {
  const word = state.query.trim().toLowerCase();
  const features = pack.features.filter((feature) => feature.toLowerCase().includes(word));
  const isByName = pack.name.toLowerCase().includes(word) || (pack.description || "").toLowerCase().includes(word);
  return !isByName && features.length ? `feature ${features[0]}` : pack.description || "";
}

function wireFilters() {
  byId("platform").addEventListener("change", (event) => update({ platform: event.target.value }));
  byId("clear").addEventListener("click", clearFilters);
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-kind], [data-layer], [data-field], [role=tab]");
    if (!button) return;
    if (button.dataset.kind) update({ kinds: toggled(state.kinds, button.dataset.kind) });
    else if (button.dataset.layer) update({ layers: toggled(state.layers, button.dataset.layer) });
    else if (button.dataset.field) update({ field: button.dataset.field });
    else {
      update({ view: button.id.replace("-tab", "") });
      showSelected();
    }
  });
  byId("tabs").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const view = VIEWS[(VIEWS.indexOf(state.view) + step + VIEWS.length) % VIEWS.length];
    update({ view });
    byId(`${view}-tab`).focus();
    event.stopPropagation();
  });
}

function wireGraph() {
  byId("scope").addEventListener("change", ({ target }) => {
    update(/^\d+$/.test(target.value) ? { scope: "around", steps: Number(target.value) } : { scope: target.value });
  });
  for (const button of document.querySelectorAll("[data-arrange]")) {
    button.addEventListener("click", () => update({ arrange: button.dataset.arrange }));
  }
  byId("zoom-in").addEventListener("click", () => graph.zoom(1.3));
  byId("zoom-out").addEventListener("click", () => graph.zoom(1 / 1.3));
  byId("zoom-fit").addEventListener("click", () => graph.fit());
  graph.onRedraw(() => renderGraph(matching(state), isFiltered(state)));
  const frame = byId("graph");
  const hover = (pack) => {
    if (pack === hovered) return;
    hovered = pack;
    graph.highlight(hovered || state.selected, state.selected, isFiltered(state) ? matching(state) : null);
  };
  frame.addEventListener("pointerover", ({ target }) => {
    const node = target.closest("[data-select]");
    hover(node ? packages[node.dataset.select] : null);
  });
  frame.addEventListener("pointerleave", () => hover(null));
  frame.addEventListener("dblclick", ({ target }) => {
    if (target.closest("[data-select]")) update({ scope: "around" });
  });
}

function wirePackages() {
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-select], tr[data-package], #close, #around, #graph");
    if (!target || (target.closest("#graph") && graph.wasDragged())) return;
    if (target.id === "close") select(null);
    else if (target.id === "around") toggleAround();
    else if (target.id === "graph") select(null);
    else if (target.dataset.select) select(packages[target.dataset.select], { reveal: !target.closest("#graph") });
    else if (!event.target.closest("a") && !String(getSelection())) select(packages[target.dataset.package]);
  });
}

function toggleAround() {
  update(state.scope === "around" ? { scope: "all" } : { scope: "around", view: "graph" });
  showSelected();
}

function wireKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea")) return;
    const node = event.target.closest("#graph [data-select]");
    const row = event.target.closest("tr[data-package]");
    if (row && event.key === "Enter") select(packages[row.dataset.package]);
    else if (node && (event.key === "Enter" || event.key === " ")) select(packages[node.dataset.select]);
    else if (event.key.startsWith("Arrow") && state.view === "graph" && (node || state.selected) && !event.target.closest("#detail")) {
      const next = graph.neighbour(node ? packages[node.dataset.select] : state.selected, event.key);
      if (next) { select(next); graph.focus(next); }
    } else if (event.key === "/") byId("search").focus();
    else if (event.key === "Escape" && state.selected) select(null);
    else if (event.key === "Escape") clearFilters();
    else if (event.key === "f" && state.selected) toggleAround();
    else if (event.key === "+" || event.key === "=") graph.zoom(1.3);
    else if (event.key === "-") graph.zoom(1 / 1.3);
    else if (event.key === "0") graph.fit();
    else if (/^[123]$/.test(event.key)) update({ view: VIEWS[event.key - 1] });
    else return;
    event.preventDefault();
  });
}
