// The report as a graph: packages with their dependencies in both directions, layers, depths, and what matches a filter.

const report = JSON.parse(document.getElementById("report").textContent);

const layers = report.layers.map((layer, index) => ({ ...layer, index }));
const layerIndexes = new Map(layers.map((layer) => [layer.key, layer.index]));

const packages = report.packages.map((raw, index) => ({
  ...raw,
  index,
  layerIndex: layerIndexes.has(raw.layer) ? layerIndexes.get(raw.layer) : -1,
  isProject: !layerIndexes.has(raw.layer),
  needs: [],
  dependents: [],
}));

const nameCounts = new Map();
for (const { name } of packages) nameCounts.set(name, (nameCounts.get(name) || 0) + 1);
for (const pack of packages) {
  pack.isDuplicate = nameCounts.get(pack.name) > 1;
  pack.label = pack.isDuplicate ? `${pack.name} ${pack.version}` : pack.name;
  pack.key = pack.isDuplicate ? `${pack.name}@${pack.version}` : pack.name;
  pack.haystack = [pack.name, pack.description || "", ...pack.features].join("\n").toLowerCase();
}

/** One edge per pair; `uses` has every declaration behind it. */
const edges = [];
{
  const byPair = new Map();
  for (const to of packages) {
    for (const use of to.needed_by) {
      const from = packages[use.package];
      if (!from || from === to) continue;
      const pair = `${from.index} ${to.index}`;
      if (!byPair.has(pair)) {
        const edge = { index: edges.length, from, to, uses: [], isBack: false };
        byPair.set(pair, edge);
        edges.push(edge);
        from.needs.push(edge);
        to.dependents.push(edge);
      }
      byPair.get(pair).uses.push(use);
    }
  }
  for (const edge of edges) edge.isDev = edge.uses.every((use) => use.kind === "dev");
}

/** Positions such that every edge but the `isBack` ones leads forward. Dev-dependencies are what may close a circle. */
const topological = (() => {
  const order = [];
  const state = new Uint8Array(packages.length);
  const isRoot = (pack) => !pack.dependents.some((edge) => !edge.isDev);
  const starts = [...packages].sort((a, b) => isRoot(b) - isRoot(a) || a.index - b.index);
  for (const start of starts) {
    if (state[start.index]) continue;
    state[start.index] = 1;
    const stack = [{ pack: start, next: 0 }];
    while (stack.length) {
      const top = stack[stack.length - 1];
      const edge = top.pack.needs[top.next++];
      if (!edge) {
        state[top.pack.index] = 2;
        order.push(top.pack);
        stack.pop();
      } else if (!edge.isDev) {
        if (state[edge.to.index] === 1) edge.isBack = true;
        if (state[edge.to.index]) continue;
        state[edge.to.index] = 1;
        stack.push({ pack: edge.to, next: 0 });
      }
    }
  }
  order.reverse();
  order.forEach((pack, position) => { pack.position = position; });
  for (const edge of edges) if (edge.isDev) edge.isBack = edge.from.position >= edge.to.position;
  return order;
})();

/** The shortest way from the project to a package, both ends included. */
function pathTo(target) {
  const before = new Map([[target, null]]);
  const queue = [target];
  for (const pack of queue) {
    if (pack.isProject) {
      const path = [];
      for (let at = pack; at; at = before.get(at)) path.push(at);
      return path;
    }
    for (const edge of pack.dependents) {
      if (before.has(edge.from)) continue;
      before.set(edge.from, pack);
      queue.push(edge.from);
    }
  }
  return [target];
}

/** A package, what needs it and what it needs, so many steps each way. */
function around(center, steps) {
  const found = new Set([center]);
  for (const [list, end] of [["needs", "to"], ["dependents", "from"]]) {
    let ring = [center];
    const seen = new Set(ring);
    for (let step = 0; step < steps && ring.length; step++) {
      const next = [];
      for (const pack of ring) {
        for (const edge of pack[list]) {
          if (seen.has(edge[end])) continue;
          seen.add(edge[end]);
          next.push(edge[end]);
        }
      }
      ring = next;
    }
    for (const pack of seen) found.add(pack);
  }
  return found;
}

const KINDS = [
  { key: "build_script", title: "Build script", mark: "⚙", has: (pack) => pack.build_script },
  { key: "proc_macro", title: "Proc macro", mark: "◆", has: (pack) => pack.proc_macro },
  { key: "compile_time_only", title: "Compile time only", has: (pack) => pack.compile_time_only },
  { key: "dev_only", title: "Dev only", has: (pack) => pack.dev_only },
  { key: "links", title: "Native library", has: (pack) => Boolean(pack.links) },
];

const platforms = report.platforms.length
  ? report.platforms
  : [...new Set(packages.flatMap((pack) => pack.needed_on))].sort();

/** Whether anything narrows the view. */
function isFiltered(state) {
  return Boolean(state.query.trim() || state.platform || state.kinds.size || state.layers.size);
}

/** The packages that a filter leaves. Every word of the query has to occur. */
function matching(state) {
  const words = state.query.toLowerCase().split(/\s+/).filter(Boolean);
  return new Set(packages.filter((pack) =>
    words.every((word) => pack.haystack.includes(word))
    && (!state.platform || pack.isProject || pack.needed_on.includes(state.platform))
    && (!state.kinds.size || KINDS.some((kind) => state.kinds.has(kind.key) && kind.has(pack)))
    && (!state.layers.size || state.layers.has(pack.layer))));
}

/** Matches with the best first: the name itself, names that begin so, names that have it, then the rest. */
function ranked(matches, query) {
  const word = query.trim().toLowerCase();
  const rank = ({ name }) => {
    const at = name.toLowerCase().indexOf(word);
    return name.toLowerCase() === word ? 0 : at === 0 ? 1 : at > 0 ? 2 : 3;
  };
  return [...matches].sort((a, b) => rank(a) - rank(b) || b.dependents.length - a.dependents.length || a.index - b.index);
}

/** `3.2 MiB`, as in the tables. */
function size(bytes) {
  if (bytes === null || bytes === undefined) return "–";
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  const exponent = Math.min(Math.floor(Math.log2(bytes) / 10), units.length);
  return `${(Math.round((bytes * 10) / 1024 ** exponent) / 10).toFixed(1)} ${units[exponent - 1]}`;
}

function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
