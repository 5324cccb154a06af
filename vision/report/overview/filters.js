// Which entries a state selects, in which order, folded how; and how many there would be in each bar of the charts.
const VIEW_OF = [0, 0, 1, 2, 3];
const VIEWS = { reported: 0, audit: 1, errors: 2, unseen: 3 };

const orders = new Map();

/** All entries in an order; they come with the gravest first, and what is equal stays so. */
function orderOf(sort) {
  if (!orders.has(sort)) {
    const all = Uint32Array.from({ length: columns.count }, (_, at) => at);
    const { day, names } = columns;
    const collator = new Intl.Collator(data.language, { numeric: true });
    // Comparing two names by the rules of a language is slow: each name is told its rank once.
    const ranks = (texts) => {
      const sorted = [...new Set(texts)].sort(collator.compare);
      const rank = new Map(sorted.map((text, number) => [text, number]));
      return texts.map((text) => rank.get(text));
    };
    if (sort === "newest") all.sort((a, b) => day[b] - day[a] || a - b);
    if (sort === "oldest") all.sort((a, b) => (day[a] || Infinity) - (day[b] || Infinity) || a - b);
    if (sort === "name") {
      const rank = ranks(names);
      all.sort((a, b) => rank[a] - rank[b] || a - b);
    }
    if (sort === "folder") {
      const [folder, rank] = [ranks(FOLDERS), ranks(names)];
      all.sort((a, b) => folder[firstFolder(a)] - folder[firstFolder(b)] || rank[a] - rank[b] || a - b);
    }
    orders.set(sort, all);
  }
  return orders.get(sort);
}

const folded = (text) => printable(text).normalize("NFKC").toLowerCase();
let lowerNames = null;

/** A function that tells whether an entry's names or folders hold all words of a search. */
function searcher(query) {
  const terms = folded(query).split(/\s+/).filter(Boolean).slice(0, 30);
  if (!terms.length) return null;
  lowerNames ??= columns.names.map(folded);
  const bits = (text) => terms.reduce((found, term, bit) => (text.includes(term) ? found | (1 << bit) : found), 0);
  const inFolder = FOLDERS.map((name) => bits(folded(name)));
  const all = (1 << terms.length) - 1;
  return (at) => {
    let found = bits(lowerNames[at]);
    for (let part = startOf(columns.folders, at); part < columns.folders.ends[at]; part++) {
      found |= inFolder[columns.folders.values[part]];
    }
    return found === all;
  };
}

const under = (folder, prefix) => prefix === "" || folder === prefix || folder.startsWith(prefix.replace(/\/?$/, "/"));

let latestChildren = { prefix: null };

/** The folders right below a prefix: for each folder the number of its child, -1 outside, and the children's paths. */
function childrenOf(prefix) {
  if (latestChildren.prefix !== prefix) latestChildren = { prefix, ...findChildren(prefix) };
  return latestChildren;
}

function findChildren(prefix) {
  const inside = FOLDERS.map((folder) => under(folder, prefix));
  // Where everything lies in one subfolder, its subfolders are more worth telling.
  let base = prefix;
  for (;;) {
    const start = base === "" || base.endsWith("/") ? base : `${base}/`;
    const paths = new Map();
    const child = new Int32Array(FOLDERS.length).fill(-1);
    FOLDERS.forEach((folder, number) => {
      if (!inside[number]) return;
      const rest = folder === base ? "" : folder.slice(start.length);
      // A path that starts with a slash has its first part before it.
      const end = rest.indexOf("/", 1);
      const path = rest === "" ? base : start + (end < 0 ? rest : rest.slice(0, end));
      if (!paths.has(path)) paths.set(path, paths.size);
      child[number] = paths.get(path);
    });
    const [only] = paths.keys();
    if (paths.size !== 1 || only === base) return { base, child, paths: [...paths.keys()] };
    base = only;
  }
}

/** Tell what a state selects. A bar counts what would be shown if its own chart had no filter. */
function select(state) {
  const { verdict, known, ruling, day, leader, kinds, people, folders } = columns;
  const [V, K, P, M, F, Q, R, N] = [1, 2, 4, 8, 16, 32, 64, 128];
  const view = VIEWS[state.view];
  const kind = data.kinds.findIndex(([code]) => code === state.kind);
  const person = data.people.findIndex(([id]) => id === state.who);
  const found = searcher(state.q);
  const wanted = VERDICTS.indexOf(state.verdict);
  const [from, to] = daysOf(state.when);
  const children = childrenOf(state.in);
  const inside = children.child;

  const total = [0, 0, 0, 0];
  const pairs = (length) => Array.from({ length }, () => [0, 0]);
  const verdicts = [0, 0, 0, 0, 0];
  const byKind = pairs(data.kinds.length);
  const byPerson = pairs(data.people.length);
  const byFolder = pairs(children.paths.length);
  const byMonth = new Map();
  const passes = new Uint8Array(columns.count);
  let matching = 0;

  for (let at = 0; at < columns.count; at++) {
    total[VIEW_OF[verdict[at]]]++;
    if (VIEW_OF[verdict[at]] !== view) continue;
    let failed = 0;
    if (state.verdict && verdict[at] !== wanted) failed |= V;
    if (state.kind && !holds(kinds, at, kind)) failed |= K;
    if (state.who) {
      const any = startOf(people, at) < people.ends[at];
      if (state.who === "*" ? !any : state.who === "-" ? any : !holds(people, at, person)) failed |= P;
    }
    if (state.when && (day[at] < from || day[at] > to)) failed |= M;
    if (state.in && !liesInside(folders, at, inside)) failed |= F;
    if (state.ruled && !isRuled(ruling[at], state.ruled)) failed |= R;
    if (state.new !== "all" && (known[at] === 1) !== (state.new === "known")) failed |= N;
    // Looking through the names costs most, so it comes last.
    if (found && !found(at)) failed |= Q;

    const column = verdict[at] === FLAG ? 0 : 1;
    if (!(failed & ~V)) verdicts[verdict[at]]++;
    if (!(failed & ~K)) tally(byKind, kinds, at, column);
    if (!(failed & ~P)) tally(byPerson, people, at, column);
    if (!(failed & ~M)) {
      const month = Math.floor(day[at] / 100);
      if (!byMonth.has(month)) byMonth.set(month, [0, 0]);
      byMonth.get(month)[column]++;
    }
    if (!failed) {
      passes[at] = 1;
      matching++;
      tallyFolders(byFolder, folders, at, inside, column);
    }
  }
  const cards = foldedCards(orderOf(state.sort), passes, state.fold === "on" ? leader : null);
  return { ...cards, matching, passes, total, verdicts, byKind, byPerson, byFolder, byMonth, children };
}

/** Tell whether a decision is the wanted one; "open": none yet, "any": whichever. */
function isRuled(ruling, wanted) {
  if (wanted === "open" || wanted === "any") return (ruling === 0) === (wanted === "open");
  return RULINGS[ruling] === wanted;
}

function liesInside(folders, at, inside) {
  for (let part = startOf(folders, at); part < folders.ends[at]; part++) {
    if (inside[folders.values[part]] >= 0) return true;
  }
  return false;
}

function tally(counts, list, at, column) {
  for (let part = startOf(list, at); part < list.ends[at]; part++) counts[list.values[part]][column]++;
}

/** Count an entry once in every child folder that it lies in; nearly all lie in one. */
function tallyFolders(counts, folders, at, inside, column) {
  const start = startOf(folders, at);
  if (folders.ends[at] - start === 1) {
    counts[inside[folders.values[start]]][column]++;
    return;
  }
  const seen = new Set();
  for (let part = start; part < folders.ends[at]; part++) {
    const child = inside[folders.values[part]];
    if (child >= 0 && !seen.has(child)) counts[child][column]++;
    seen.add(child);
  }
}

/** The first and the last day, as numbers, of a year "2024" or a month "2024-03"; "none": without a day. */
function daysOf(when) {
  if (when === "none") return [0, 0];
  const [year, month] = when.split("-").map(Number);
  return month ? [year * 10000 + month * 100, year * 10000 + month * 100 + 99] : [year * 10000, year * 10000 + 9999];
}

/** The entries that stand for a card each, in order, and how many each stands for; `cardOf` finds a group's card. */
function foldedCards(order, passes, leader) {
  const entries = [];
  const counts = [];
  const cardOf = new Int32Array(columns.count).fill(-1);
  for (const at of order) {
    if (!passes[at]) continue;
    const group = leader ? leader[at] : at;
    if (cardOf[group] < 0) {
      cardOf[group] = entries.length;
      entries.push(at);
      counts.push(1);
    } else {
      counts[cardOf[group]]++;
    }
  }
  return { entries, counts, cardOf };
}

/** The other entries of a card's group that are selected, in order. */
function othersOf(at, selected, state) {
  if (state.fold !== "on") return [];
  const group = columns.leader[at];
  const others = [];
  for (const other of orderOf(state.sort)) {
    if (other !== at && columns.leader[other] === group && selected.passes[other]) others.push(other);
  }
  return others;
}
