// What the page shows is a function of `state`; everything that a person does changes `state`, and the address with it.

const VIEWS = ["graph", "sizes", "packages"];
const ARRANGEMENTS = ["depth", "layers"];

const state = {
  view: "graph", selected: null, query: "", platform: "", kinds: new Set(), layers: new Set(),
  scope: "all", steps: 1, arrange: "layers", field: "source_bytes",
};
let hovered = null;
let drawnGraph = "";

function update(changes) {
  Object.assign(state, changes);
  if (state.scope === "around" && !state.selected) state.scope = "all";
  render();
  writeAddress();
}

function select(pack, { reveal = true } = {}) {
  hovered = null;
  update({ selected: pack });
  if (reveal) showSelected();
}

/** Brings the selected package into sight. */
function showSelected() {
  if (!state.selected) return;
  if (state.view === "graph" && state.scope === "all") graph.reveal(state.selected);
  if (state.view === "packages") byId(`p${state.selected.index}`).scrollIntoView({ block: "nearest" });
}

function render() {
  const matches = matching(state);
  const filtered = isFiltered(state);
  document.body.dataset.view = state.view;
  for (const view of VIEWS) {
    byId(`${view}-view`).hidden = view !== state.view;
    byId(`${view}-tab`).setAttribute("aria-selected", view === state.view);
    byId(`${view}-tab`).tabIndex = view === state.view ? 0 : -1;
  }
  renderControls(matches, filtered);
  if (state.view === "graph") renderGraph(matches, filtered);
  if (state.view === "sizes") treemap.draw(matches, state.field, state.selected);
  if (state.view === "packages") renderList(matches);
  detail.show(state.selected, state);
  document.body.classList.toggle("has-selection", Boolean(state.selected));
}

function renderControls(matches, filtered) {
  const count = [...matches].filter((pack) => !pack.isProject).length;
  byId("result").textContent = filtered ? `${count} of ${packages.filter((pack) => !pack.isProject).length}` : "";
  byId("clear").hidden = !filtered;
  if (byId("search").value !== state.query) byId("search").value = state.query;
  byId("platform").value = state.platform;
  for (const button of document.querySelectorAll("[data-kind]")) button.setAttribute("aria-pressed", state.kinds.has(button.dataset.kind));
  for (const button of document.querySelectorAll("[data-layer]")) {
    button.setAttribute("aria-pressed", state.layers.has(button.dataset.layer));
    button.classList.toggle("off", state.layers.size > 0 && !state.layers.has(button.dataset.layer));
  }
  byId("scope").value = state.scope === "around" ? String(state.steps) : state.scope;
  for (const option of byId("scope").options) option.disabled = /^\d+$/.test(option.value) && !state.selected;
  for (const button of document.querySelectorAll("[data-arrange]")) button.setAttribute("aria-pressed", button.dataset.arrange === state.arrange);
  for (const button of document.querySelectorAll("[data-field]")) button.setAttribute("aria-pressed", button.dataset.field === state.field);
}

function renderGraph(matches, filtered) {
  let shown = new Set(packages);
  if (state.scope === "matches" && filtered) shown = matches;
  if (state.scope === "around") shown = around(state.selected, state.steps);
  const now = `${state.arrange}:${[...shown].map((pack) => pack.index).join()}`;
  if (now !== drawnGraph) {
    drawnGraph = now;
    if (shown.size) graph.draw(shown, state.arrange === "layers");
  }
  byId("graph").classList.toggle("nothing", !shown.size);
  graph.highlight(hovered || state.selected, state.selected, filtered ? matches : null);
}

function renderList(matches) {
  for (const row of document.querySelectorAll("tr[data-package]")) {
    const pack = packages[row.dataset.package];
    row.hidden = !matches.has(pack);
    row.classList.toggle("selected", pack === state.selected);
  }
  for (const group of document.querySelectorAll("section.layer")) {
    group.hidden = !group.querySelector("tr[data-package]:not([hidden])");
  }
}

/** `#tokio` or `#package=tokio&view=sizes&q=http`: only what differs from the beginning. */
function writeAddress() {
  const words = new URLSearchParams();
  if (state.selected) words.set("package", state.selected.key);
  if (state.view !== "graph") words.set("view", state.view);
  if (state.query) words.set("q", state.query);
  if (state.platform) words.set("platform", state.platform);
  if (state.kinds.size) words.set("kind", [...state.kinds].join(" "));
  if (state.layers.size) words.set("layer", [...state.layers].join(" "));
  if (state.scope !== "all") words.set("show", state.scope === "around" ? state.steps : state.scope);
  if (state.arrange !== "layers") words.set("arrange", state.arrange);
  if (state.field !== "source_bytes") words.set("size", "archive");
  const hash = words.size ? `#${words}` : "#";
  if (hash === (location.hash || "#")) return;
  const isStep = new URLSearchParams(location.hash.slice(1)).get("package") !== words.get("package");
  try {
    history[isStep ? "pushState" : "replaceState"](null, "", hash);
  } catch {
    // A browser may refuse it for files; then the address stays as it is.
  }
}

function readAddress() {
  const hash = location.hash.slice(1);
  const isPlain = hash && !hash.includes("=");
  const words = new URLSearchParams(isPlain ? "" : hash);
  const listed = (name, known) => new Set((words.get(name) || "").split(" ").filter((word) => known.includes(word)));
  let name = words.get("package") || "";
  if (isPlain) {
    try { name = decodeURIComponent(hash); } catch { name = hash; }
  }
  const show = words.get("show") || "all";
  const row = /^p(\d+)$/.exec(name);
  Object.assign(state, {
    view: VIEWS.includes(words.get("view")) ? words.get("view") : "graph",
    selected: packages.find((pack) => pack.key === name)
      || packages.find((pack) => pack.name === name) || (row && packages[row[1]]) || null,
    query: words.get("q") || "",
    platform: platforms.includes(words.get("platform")) ? words.get("platform") : "",
    kinds: listed("kind", KINDS.map((kind) => kind.key)),
    layers: listed("layer", layers.map((layer) => layer.key)),
    scope: /^\d+$/.test(show) ? "around" : show === "matches" ? "matches" : "all",
    steps: /^\d+$/.test(show) ? Number(show) : 1,
    arrange: ARRANGEMENTS.includes(words.get("arrange")) ? words.get("arrange") : "layers",
    field: words.get("size") === "archive" ? "archive_bytes" : "source_bytes",
  });
  if (state.scope === "around" && !state.selected) state.scope = "all";
}

readAddress();
buildControls();
render();
showSelected();
addEventListener("hashchange", () => { readAddress(); render(); showSelected(); });
addEventListener("popstate", () => { readAddress(); render(); showSelected(); });
