// The panel at the side: one package in full, or the whole in short when none is selected.

const detail = (() => {
  /** The platforms that the report knows about. */
  const here = report.platforms.length ? report.platforms : [report.host];
  const panel = byId("detail");

  let shown;

  function show(pack, state) {
    byId("around")?.setAttribute("aria-pressed", state.scope === "around");
    if (pack === shown) return;
    shown = pack;
    const hadFocus = panel.contains(document.activeElement);
    panel.replaceChildren(...(pack ? describe(pack, state) : summarize()).filter(Boolean));
    panel.scrollTop = 0;
    if (hadFocus) panel.querySelector("h2").focus();
  }

  function section(title, count, ...content) {
    const heading = el("h3", {}, title, count === null ? null : el("span", { class: "count" }, String(count)));
    return el("section", {}, heading, ...content);
  }

  function facts(rows) {
    return el("dl", { class: "facts" }, rows
      .filter(([, value]) => value)
      .map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
  }

  const badge = (text, kind = "") => el("span", { class: `badge ${kind}` }, text);
  const code = (text) => el("code", {}, text);
  const spaced = (items) => items.flatMap((item, i) => (i ? [" ", item] : [item]));

  function describe(pack, state) {
    const layer = layers[pack.layerIndex];
    return [
      el("header", { class: tint(pack.layerIndex) },
        el("button", { type: "button", class: "close", id: "close", "aria-label": "Back to the overview", title: "Back to the overview (Esc)" }, "×"),
        el("p", { class: "layer-name" }, layer ? layer.title : "The project"),
        el("h2", { tabindex: -1 }, pack.name, " ", el("span", { class: "version" }, pack.version)),
        pack.description && el("p", { class: "description", dir: "auto" }, pack.description.trim()),
        el("p", { class: "badges" }, spaced(badgesOf(pack)))),
      el("div", { class: "actions" },
        el("button", { type: "button", id: "around", "aria-pressed": String(state.scope === "around") }, "Only its surroundings"),
        pack.documentation && link("Documentation", pack.documentation),
        pack.repository && pack.repository !== pack.documentation && link("Repository", pack.repository)),
      facts([
        ["License", pack.license || "not stated"],
        ["Archive", pack.archive_bytes === null ? "" : size(pack.archive_bytes)],
        ["Sources", pack.source_bytes === null ? "" : size(pack.source_bytes)],
        ["From", [{ member: "this workspace", path: "a path", registry: "registry", git: "git" }[pack.source] || pack.source, pack.source_name && ` ${pack.source_name}`]],
        ["In this layer", pack.layer_reason],
        ["Links", pack.links && code(pack.links)],
        ["Only if", pack.conditions.length ? spaced(pack.conditions.map(code)) : ""],
        ["Needed on", pack.needed_on.length ? neededOn(pack) : ""],
        ["Not on", pack.needed_on.length || pack.isProject ? "" : spaced(here.map(code))],
      ]),
      pathSection(pack),
      pack.entry_points.length > 0 && section("Start here", firstOf(pack), el("ul", { class: "entries" },
        pack.entry_points.map((entry) => el("li", {}, code(entry.path), el("span", {}, entry.kind))))),
      pack.features.length > 0 && section("Enabled features", pack.features.length, featureList(pack)),
      pack.dependents.length > 0 && section("Needed by", pack.dependents.length, edgeList(pack.dependents, "from")),
      pack.needs.length > 0 && section("Needs", pack.needs.length, edgeList(pack.needs, "to")),
      el("p", { class: "id" }, code(pack.id)),
    ];
  }

  /** `5 of 80` where the report has only the first. */
  function firstOf(pack) {
    const total = pack.entry_points_total;
    return total > pack.entry_points.length ? `${pack.entry_points.length} of ${total}` : null;
  }

  function badgesOf(pack) {
    return [
      ...KINDS.filter((kind) => kind.has(pack)).map((kind) => badge(kind.title, kind.key)),
      pack.conditions.length ? badge("Conditional") : null,
    ].filter(Boolean);
  }

  function neededOn(pack) {
    if (platforms.length > 1 && platforms.every((platform) => pack.needed_on.includes(platform))) return "all of them";
    return spaced(pack.needed_on.map(code));
  }

  function pathSection(pack) {
    const path = pathTo(pack);
    if (path.length < 2) return null;
    const steps = path.map((step, i) => el("li", {}, i === path.length - 1 ? el("b", {}, step.label) : packageButton(step)));
    return section("Why it is here", null, el("ol", { class: "path" }, steps));
  }

  /** Each feature with those who ask for it by name. */
  function featureList(pack) {
    const askers = (feature) => pack.dependents.filter((edge) =>
      edge.uses.some((use) => use.features.includes(feature) || (feature === "default" && use.default_features)));
    return el("ul", { class: "features" }, pack.features.map((feature) => {
      const names = askers(feature).map((edge) => edge.from.label);
      const title = names.length ? `asked for by ${names.join(", ")}` : "switched on by another feature";
      return el("li", { class: names.length ? "" : "implied", title }, feature);
    }));
  }

  function edgeList(list, end) {
    const sorted = [...list].sort((a, b) => a[end].index - b[end].index);
    return el("ul", { class: "edge-list" }, sorted.map((edge) => {
      const notes = edge.uses.map((use) => el("span", { class: "use" }, spaced([
        use.kind !== "normal" && badge(use.kind),
        use.optional && badge("optional"),
        !use.default_features && badge("no default features"),
        ...use.features.map((feature) => el("span", { class: "feature" }, feature)),
        use.condition && code(use.condition),
      ].filter(Boolean))));
      return el("li", {}, packageButton(edge[end]), notes.filter((note) => note.childNodes.length));
    }));
  }

  function summarize() {
    const outside = packages.filter((pack) => !pack.isProject);
    return [
      el("header", {},
        el("p", { class: "layer-name" }, "Overview"),
        el("h2", { tabindex: -1 }, report.project),
        el("p", { class: "description" }, "Choose a package in the graph, in the sizes or in the list to see what it is, who needs it and what it needs.")),
      duplicates(outside),
      section("Largest", null, bars(outside)),
      section("Most needed", null, el("ol", { class: "ranking" }, [...outside]
        .sort((a, b) => b.dependents.length - a.dependents.length || a.index - b.index)
        .slice(0, 6)
        .map((pack) => el("li", {}, packageButton(pack), el("span", {}, counted(pack.dependents.length, "dependent")))))),
      section("Licenses", null, el("ul", { class: "ranking" }, tally(outside.map((pack) => pack.license || "not stated"))
        .map(([license, count]) => el("li", {}, el("span", { class: "license" }, license), el("span", {}, String(count)))))),
      el("p", { class: "keys" }, spaced([
        el("kbd", {}, "/"), "search", el("kbd", {}, "←↑↓→"), "walk", el("kbd", {}, "f"), "surroundings",
        el("kbd", {}, "+"), el("kbd", {}, "−"), el("kbd", {}, "0"), "zoom", el("kbd", {}, "1"), el("kbd", {}, "2"), el("kbd", {}, "3"), "views",
      ])),
    ];
  }

  function duplicates(outside) {
    const several = new Map();
    for (const pack of outside) if (pack.isDuplicate) several.set(pack.name, [...(several.get(pack.name) || []), pack]);
    if (!several.size) return null;
    return section("In more than one version", several.size, el("ul", { class: "several" },
      [...several.values()].map((list) => el("li", {}, spaced(list.map(packageButton))))));
  }

  function bars(outside) {
    const weight = (pack) => pack.source_bytes ?? pack.archive_bytes ?? 0;
    const largest = [...outside].sort((a, b) => weight(b) - weight(a) || a.index - b.index).slice(0, 6);
    return el("ol", { class: "ranking" }, largest.map((pack) => {
      const bar = el("i", { class: tint(pack.layerIndex) });
      bar.style.width = `${(100 * weight(pack)) / Math.max(weight(largest[0]), 1)}%`;
      return el("li", {}, packageButton(pack), el("span", {}, size(weight(pack))), el("div", { class: "bar-track" }, bar));
    }));
  }

  function tally(values) {
    const counts = new Map();
    for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  }

  return { show };
})();
