// Where the packages of the graph stand: columns by depth, and in each column either one order for all (long edges run
// through waypoints, shared by all that lead to the same package) or one lane for each layer.

const ROW = 34;
const BOX = 26;
const WAY = 9;
const GAP = 64;
const LANE_PAD = 16;
/** From so many packages on, lanes are filled like lines of text: columns by depth would be too small to read,
 * as they are in a narrow frame. */
const CROWD = 80;

const measure = (() => {
  const context = document.createElement("canvas").getContext("2d");
  const widths = new Map();
  return (text) => {
    if (!widths.has(text)) {
      context.font = `500 12.5px ${getComputedStyle(document.body).fontFamily}`;
      widths.set(text, context.measureText(text).width);
    }
    return widths.get(text);
  };
})();

/** `{ nodes: [{ pack, x, y, width }], paths: [{ edge, points }], lanes, width, height }` of some packages, for a frame with that
 * ratio of width to height. */
function layOut(shown, byLayer, aspect, isNarrow) {
  const items = new Map();
  for (const pack of topological) {
    if (shown.has(pack)) items.set(pack, { pack, rank: 0, height: ROW, y: 0, ins: [], outs: [] });
  }
  const drawn = edges.filter((edge) => items.has(edge.from) && items.has(edge.to));
  rankItems(items, drawn);
  if (byLayer && (isNarrow || items.size > CROWD)) return pack(items, drawn, aspect);
  const columns = [];
  for (const item of items.values()) (columns[item.rank] ||= []).push(item);
  for (let rank = 0; rank < columns.length; rank++) columns[rank] ||= [];
  const paths = drawn.map((edge) => route(edge, items, columns, !byLayer));
  const lanes = byLayer ? placeInLanes(columns) : placeFreely(columns);
  return finish(items, columns, paths, lanes, aspect);
}

/** Depth is the longest way from a package that nothing shown needs; those stand right before what they need. */
function rankItems(items, drawn) {
  const forward = drawn.filter((edge) => !edge.isBack);
  const outs = new Map();
  for (const edge of forward) {
    if (!outs.has(edge.from)) outs.set(edge.from, []);
    outs.get(edge.from).push(items.get(edge.to));
  }
  const hasDependents = new Set(forward.map((edge) => edge.to));
  for (const [pack, item] of items) {
    for (const next of outs.get(pack) || []) next.rank = Math.max(next.rank, item.rank + 1);
  }
  for (const [pack, item] of items) {
    const nexts = outs.get(pack);
    if (nexts && !pack.isProject && !hasDependents.has(pack)) item.rank = Math.min(...nexts.map((next) => next.rank)) - 1;
  }
}

/** Links the items of one edge for the ordering, with waypoints in the columns between. */
function route(edge, items, columns, hasWaypoints) {
  const from = items.get(edge.from);
  const to = items.get(edge.to);
  const chain = [from];
  if (hasWaypoints && !edge.isBack) {
    to.ways ||= new Map();
    for (let rank = from.rank + 1; rank < to.rank; rank++) {
      if (!to.ways.has(rank)) {
        const way = { rank, height: WAY, y: 0, ins: [], outs: [], target: to };
        to.ways.set(rank, way);
        columns[rank].push(way);
      }
      chain.push(to.ways.get(rank));
    }
  }
  chain.push(to);
  for (let i = 1; i < chain.length; i++) {
    if (chain[i - 1].outs.includes(chain[i])) continue;
    chain[i - 1].outs.push(chain[i]);
    chain[i].ins.push(chain[i - 1]);
  }
  return { edge, chain };
}

const mean = (list) => list.reduce((sum, item) => sum + item.y, 0) / list.length;

/** The positions nearest to the wished ones that keep order and distance: pools neighbours that would overlap. */
function settle(column, wish, low = -Infinity, high = Infinity) {
  let offset = 0;
  const pools = [];
  const offsets = [];
  column.forEach((item, i) => {
    if (i) offset += (column[i - 1].height + item.height) / 2;
    offsets.push(offset);
    let pool = { sum: wish(item) - offset, count: 1 };
    while (pools.length && pools[pools.length - 1].sum / pools[pools.length - 1].count > pool.sum / pool.count) {
      const before = pools.pop();
      pool = { sum: pool.sum + before.sum, count: pool.count + before.count };
    }
    pools.push(pool);
  });
  let i = 0;
  for (const pool of pools) {
    const base = pool.sum / pool.count;
    for (let n = 0; n < pool.count; n++, i++) column[i].y = base + offsets[i];
  }
  if (column.length && low > -Infinity) {
    const last = offsets[offsets.length - 1];
    for (let n = 0; n < column.length; n++) {
      column[n].y = Math.min(Math.max(column[n].y, low + offsets[n]), high - last + offsets[n]);
    }
  }
}

function stack(column) {
  const total = column.reduce((sum, item) => sum + item.height, 0);
  let y = -total / 2;
  for (const item of column) {
    item.y = y + item.height / 2;
    y += item.height;
  }
}

/** One order per column: sweeps to and fro by the mean of the neighbours, then positions near to them. */
function placeFreely(columns) {
  for (const column of columns) stack(column);
  for (let sweep = 0; sweep < 12; sweep++) {
    const isDown = sweep % 2 === 0;
    for (const column of isDown ? columns : [...columns].reverse()) {
      const wishes = new Map(column.map((item) => {
        const near = isDown ? item.ins : item.outs;
        return [item, near.length ? mean(near) : item.y];
      }));
      column.sort((a, b) => wishes.get(a) - wishes.get(b));
      stack(column);
    }
  }
  for (let sweep = 0; sweep < 10; sweep++) {
    for (const column of sweep % 2 ? columns : [...columns].reverse()) {
      settle(column, (item) => {
        const near = [...item.ins, ...item.outs];
        return near.length ? mean(near) : item.y;
      });
    }
  }
  return [];
}

/** The same in a lane for each layer; the project has the first. */
function placeInLanes(columns) {
  const lanes = [];
  let top = 0;
  for (let layerIndex = -1; layerIndex < layers.length; layerIndex++) {
    const parts = columns.map((column) => column.filter((item) => item.pack.layerIndex === layerIndex));
    const rows = Math.max(...parts.map((part) => part.length));
    if (!rows) continue;
    const height = Math.max(rows, 1) * ROW + LANE_PAD * 2;
    lanes.push({ layerIndex, top, height, parts });
    for (const part of parts) for (const item of part) item.y = top + height / 2;
    top += height;
  }
  const wish = (item) => {
    const near = [...item.ins, ...item.outs];
    return near.length ? mean(near) : item.y;
  };
  for (let sweep = 0; sweep < 8; sweep++) {
    for (const lane of lanes) {
      const low = lane.top + LANE_PAD + ROW / 2;
      const high = lane.top + lane.height - LANE_PAD - ROW / 2;
      for (const part of sweep % 2 ? lane.parts : [...lane.parts].reverse()) {
        const wishes = new Map(part.map((item) => [item, wish(item)]));
        part.sort((a, b) => wishes.get(a) - wishes.get(b));
        settle(part, (item) => wishes.get(item), low, high);
      }
    }
  }
  return lanes;
}

/** Lanes as lines of text, by depth and name, as wide as makes them fit the frame. */
function pack(items, drawn, aspect) {
  const HEAD = 36;
  const SPACE = 12;
  const groups = [];
  for (let layerIndex = -1; layerIndex < layers.length; layerIndex++) {
    const group = [...items.values()].filter((item) => item.pack.layerIndex === layerIndex);
    group.sort((a, b) => a.rank - b.rank || a.pack.index - b.pack.index);
    for (const item of group) item.width = boxWidth(item.pack);
    if (group.length) groups.push({ layerIndex, group });
  }
  const flow = (width) => {
    let top = 0;
    return groups.map(({ layerIndex, group }) => {
      let x = LANE_PAD;
      let y = top + HEAD + ROW / 2;
      for (const item of group) {
        if (x > LANE_PAD && x + item.width > width - LANE_PAD) {
          x = LANE_PAD;
          y += ROW;
        }
        item.x = x;
        item.y = y;
        x += item.width + SPACE;
      }
      const lane = { layerIndex, top, height: y + ROW / 2 + 8 - top };
      top += lane.height;
      return lane;
    });
  };
  const heightOf = (lanes) => lanes[lanes.length - 1].top + lanes[lanes.length - 1].height;
  let width = 500;
  while (width < 8000 && width / heightOf(flow(width)) < aspect) width += 40;
  const lanes = flow(width);
  const paths = drawn.map((edge) => ({ edge, d: rope(items.get(edge.from), items.get(edge.to)) }));
  return { nodes: [...items.values()], paths, lanes, width, height: heightOf(lanes), isPacked: true };
}

/** From the lower or upper side of one box to the side of the other that is nearer. */
function rope(from, to) {
  const level = Math.abs(from.y - to.y) < 1;
  const down = to.y > from.y ? 1 : -1;
  const start = from.y + (down * BOX) / 2;
  const end = level ? start : to.y - (down * BOX) / 2;
  const pull = level ? 18 : Math.max(Math.abs(end - start) * 0.45, 12);
  const points = [from.x + from.width / 2, start + down * pull, to.x + to.width / 2, level ? end + down * pull : end - down * pull, to.x + to.width / 2, end];
  return `M${(from.x + from.width / 2).toFixed(1)} ${start.toFixed(1)}C${points.map((value) => value.toFixed(1)).join(" ")}`;
}

/** From centres to corners, with the origin in the upper left; spread out where the frame has
 * room, and closer together where it is low. */
function finish(items, columns, paths, lanes, aspect) {
  const all = columns.flat();
  const top = lanes.length ? 0 : Math.min(...all.map((item) => item.y - item.height / 2));
  const bottom = lanes.length ? lanes[lanes.length - 1].top + lanes[lanes.length - 1].height
    : Math.max(...all.map((item) => item.y + item.height / 2));
  const gutter = lanes.length ? 200 : 0;
  const natural = gutter + columns.reduce((sum, column) => sum + columnWidth(column) + GAP, -GAP);
  const stretch = Math.min(Math.max(natural / aspect / (bottom - top), 0.82), 2.2);
  const missing = Math.max((bottom - top) * aspect - natural, 0) / Math.max(columns.length - 1, 1);
  const gap = GAP + Math.min(missing, 140);
  for (const item of all) item.y = (item.y - top) * stretch;
  for (const lane of lanes) {
    lane.top *= stretch;
    lane.height *= stretch;
  }
  let x = gutter;
  for (const column of columns) {
    const width = columnWidth(column);
    for (const item of column) {
      item.x = x;
      item.width = item.pack ? boxWidth(item.pack) : width;
    }
    x += width + gap;
  }
  return {
    nodes: [...items.values()],
    paths: paths.map(({ edge, chain }) => ({ edge, d: curve(chain) })),
    lanes,
    width: Math.max(x - gap, 1),
    height: Math.max((bottom - top) * stretch, 1),
  };
}

function columnWidth(column) {
  return Math.max(40, ...column.filter((item) => item.pack).map((item) => boxWidth(item.pack)));
}

function boxWidth(pack) {
  const marks = KINDS.filter((kind) => kind.mark && kind.has(pack)).length;
  return Math.min(Math.max(measure(shortLabel(pack)) + 24 + marks * 15, 54), 230);
}

function shortLabel(pack) {
  return pack.label.length > 28 ? `${pack.label.slice(0, 27)}…` : pack.label;
}

/** From the right side of the dependent, through its waypoints, to the left side of what it needs. */
function curve(chain) {
  const [from, to] = [chain[0], chain[chain.length - 1]];
  let at = { x: from.x + from.width, y: from.y };
  let d = `M${at.x.toFixed(1)} ${at.y.toFixed(1)}`;
  const bend = (x, y) => {
    const pull = Math.max(Math.min(Math.abs(x - at.x) * 0.5, 90), 24);
    d += `C${(at.x + pull).toFixed(1)} ${at.y.toFixed(1)} ${(x - pull).toFixed(1)} ${y.toFixed(1)} ${x.toFixed(1)} ${y.toFixed(1)}`;
    at = { x, y };
  };
  for (const way of chain.slice(1, -1)) {
    bend(way.x, way.y);
    at = { x: way.x + way.width, y: way.y };
    d += `H${at.x.toFixed(1)}`;
  }
  bend(to.x - 5, to.y);
  return d;
}
