// The charts: how many photos by kind of finding, person, month and folder. Every bar is a button that filters.
const MOST_ROWS = { kind: 8, who: 8, in: 15 };
const MOST_YEARS = 10;
const showAll = new Set();

/** A bar of two parts, flag and review, as long as its share of the largest. */
function bar([flag, review], most) {
  const share = (value) => (most ? (100 * value) / most : 0);
  return draw(
    "svg",
    { class: "bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    flag ? draw("rect", { class: "is-flag", x: 0, y: 0, width: share(flag), height: 8 }) : null,
    review ? draw("rect", { class: "is-review", x: share(flag), y: 0, width: share(review), height: 8 }) : null,
  );
}

/** What a bar counts, in words; the parts only where there are two. */
function inWords([flag, review], view) {
  const all = say("photos", { count: count(flag + review) });
  if (view !== "reported" || !flag || !review) return all;
  return `${all} (${say("parts", { flag: count(flag), review: count(review) })})`;
}

function row(name, value, label, counts, most, state) {
  const on = state[name] === value;
  return make(
    "li",
    {},
    make(
      "button",
      { type: "button", class: "row", "data-id": `${name}=${value}`, "aria-pressed": String(on),
        on: { click: () => toggle(name, value) } },
      make("span", { class: "name" }, label),
      make("span", { class: "count", "aria-hidden": "true" }, count(counts[0] + counts[1])),
      unseen(`: ${inWords(counts, state.view)}`),
      bar(counts, most),
    ),
  );
}

/** A chart of rows, the largest first; of many rows only the first, and how many photos the others have. */
function rowsChart(name, rows, state, before = []) {
  const sum = ([flag, review]) => flag + review;
  const live = rows.filter(({ value, counts }) => sum(counts) > 0 || state[name] === value);
  live.sort((a, b) => sum(b.counts) - sum(a.counts) || a.number - b.number);
  const most = live.length ? Math.max(...live.slice(0, 1).map(({ counts }) => sum(counts))) : 0;
  const limit = showAll.has(name) ? live.length : MOST_ROWS[name];
  const shown = live.filter(({ value }, at) => at < limit || state[name] === value);
  const parts = [...before];
  if (!live.length) parts.push(make("p", { class: "none" }, say("chart_none")));
  parts.push(
    make("ul", {}, ...shown.map(({ value, label, counts }) => row(name, value, label(), counts, most, state))),
  );
  if (live.length > shown.length || (showAll.has(name) && live.length > MOST_ROWS[name])) {
    const hidden = live.slice(limit).reduce((all, { counts }) => all + sum(counts), 0);
    const label = showAll.has(name)
      ? say("rows_fewer")
      : say("rows_more", { rows: count(live.length - shown.length), count: count(hidden) });
    const flip = () => {
      if (!showAll.delete(name)) showAll.add(name);
      document.dispatchEvent(new Event("redraw"));
    };
    parts.push(make("button", { type: "button", class: "plain", "data-id": `${name}+`, on: { click: flip } }, label));
  }
  return parts;
}

function kindChart(selected, state) {
  const rows = data.kinds.map(([code, label], number) => ({
    number, value: code, label: () => label, counts: selected.byKind[number],
  }));
  return rowsChart("kind", rows, state);
}

function peopleChart(selected, state) {
  const rows = data.people.map(([id, name], number) => ({
    number, value: id, label: () => named(name), counts: selected.byPerson[number],
  }));
  return rowsChart("who", rows, state);
}

function folderChart(selected, state) {
  const { base, paths } = selected.children;
  const rows = paths.map((path, number) => ({
    number,
    value: path,
    label: () => (path === base ? say("folder_itself") : named(path.slice(base.length).replace(/^\//, "") || path)),
    counts: selected.byFolder[number],
  }));
  return rowsChart("in", rows, state, [trail(base, state)]);
}

/** The way to the folder whose parts are shown; each step leads back up. */
function trail(base, state) {
  const steps = [make("li", {}, step("", say("folder_all"), state))];
  const parts = base.split("/");
  parts.forEach((part, at) => {
    if (part) steps.push(make("li", {}, step(parts.slice(0, at + 1).join("/"), named(part), state)));
  });
  return make("ol", { class: "trail", "aria-label": say("folder_trail") }, ...steps);
}

const step = (path, label, state) =>
  make("button", { type: "button", class: "plain", "data-id": `in<${path}`, "aria-current": state.in === path ? "true" : null,
    on: { click: () => go({ in: path }) } }, label);

/** A row of twelve columns for each year. */
function monthChart(selected, state) {
  const years = new Map();
  let most = 0;
  for (const [month, [flag, review]] of selected.byMonth) {
    if (!month) continue;
    const year = Math.floor(month / 100);
    if (!years.has(year)) years.set(year, new Map());
    years.get(year).set(month % 100, [flag, review]);
    most = Math.max(most, flag + review);
  }
  const all = [...years.keys()].sort((a, b) => b - a);
  const shown = showAll.has("when") ? all : all.slice(0, MOST_YEARS);
  const parts = shown.map((year) => yearRow(year, years.get(year), most, state));
  if (all.length) parts.push(monthNames());
  else parts.push(make("p", { class: "none" }, say("chart_none")));
  if (all.length > shown.length) {
    const flip = () => {
      showAll.add("when");
      document.dispatchEvent(new Event("redraw"));
    };
    const label = say("years_more", { years: count(all.length - shown.length) });
    parts.push(make("button", { type: "button", class: "plain", "data-id": "when+", on: { click: flip } }, label));
  }
  const undated = selected.byMonth.get(0);
  if (undated) parts.push(make("ul", {}, row("when", "none", say("no_day"), undated, most, state)));
  return parts;
}

function yearRow(year, months, most, state) {
  const cells = MONTHS.map((name, at) => {
    const counts = months.get(at + 1) ?? [0, 0];
    const value = `${year}-${String(at + 1).padStart(2, "0")}`;
    const sum = counts[0] + counts[1];
    if (!sum && state.when !== value) return make("li", { class: "empty" });
    const height = (part) => (most ? (28 * part) / most : 0);
    // What is there is seen, however little of the largest it is.
    const review = counts[1] ? Math.max(height(counts[1]), 2) : 0;
    const flag = counts[0] ? Math.max(height(counts[0]), 2) : 0;
    const column = draw(
      "svg",
      { viewBox: "0 0 10 30", preserveAspectRatio: "none", "aria-hidden": "true" },
      flag ? draw("rect", { class: "is-flag", x: 1, y: 30 - flag, width: 8, height: flag }) : null,
      review ? draw("rect", { class: "is-review", x: 1, y: 30 - flag - review, width: 8, height: review }) : null,
    );
    const label = `${name} ${year}: ${inWords(counts, state.view)}`;
    return make(
      "li",
      {},
      make("button", { type: "button", "data-id": `when=${value}`, title: label, "aria-label": label, "aria-pressed": String(state.when === value),
        on: { click: () => toggle("when", value) } }, column),
    );
  });
  const label = make("button", { type: "button", class: "year", "data-id": `when=${year}`, "aria-pressed": String(state.when === String(year)),
    on: { click: () => toggle("when", String(year)) } }, String(year));
  return make("div", { class: "months" }, label, make("ul", { "aria-label": say("months_of", { year }) }, ...cells));
}

const CHARTS = { when: monthChart, kind: kindChart, who: peopleChart, in: folderChart };
const chartBodies = {};

/** The months' first letters under their columns; every column tells its whole name by itself. */
const monthNames = () =>
  make("div", { class: "months", "aria-hidden": "true" }, make("span"),
    make("ul", { class: "names" }, ...MONTHS.map((name) => make("li", {}, name[0]))));

/** The charts' frames, empty yet; each can be closed. */
function facetPanel() {
  const wide = matchMedia("(min-width: 62rem)");
  const charts = Object.keys(CHARTS).map((name) => {
    chartBodies[name] = make("div", { class: "chart", "data-chart": name });
    return make(
      "details",
      { class: "facet", open: true },
      make("summary", {}, make("h3", {}, say(`chart_${name}`))),
      chartBodies[name],
    );
  });
  const legend = make(
    "p", { class: "legend" },
    make("span", { class: "swatch is-flag" }), say("legend_flag"), " ", make("span", { class: "swatch is-review" }),
    say("legend_review"),
  );
  // A phone shows the pictures first; the charts are one tap away.
  const panel = make(
    "details",
    { class: "facets", open: wide.matches },
    make("summary", {}, make("h2", {}, say("charts_title"))),
    make("p", { class: "hint" }, say("charts_hint")),
    legend,
    ...charts,
  );
  wide.addEventListener("change", () => (panel.open = wide.matches || panel.open));
  return panel;
}

function updateFacets(selected, state) {
  for (const [name, chart] of Object.entries(CHARTS)) {
    const body = chartBodies[name];
    const focused = body.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    body.replaceChildren(...chart(selected, state));
    // A chart that is drawn anew keeps the place of somebody who goes through it by keyboard.
    if (focused) {
      const buttons = [...body.querySelectorAll("button")];
      (buttons.find((button) => button.dataset.id === focused) ?? buttons[0])?.focus({ preventScroll: true });
    }
    body.parentElement.hidden = name === "who" && !data.people.length;
    body.closest(".facets").dataset.view = state.view;
  }
}
