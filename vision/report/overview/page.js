// Puts the parts together, and draws what changes when the address or a decision does.
const byId = (id) => document.getElementById(id);
const list = {};
let selected = null;

function choice(name, options, label) {
  const id = `choose-${name}`;
  const element = make("select", { id, on: { change: () => go({ [name]: element.value }) } },
    ...options.map(([value, text]) => make("option", { value }, text)));
  list[name] = element;
  return make("p", { class: "field" }, make("label", { for: id }, label), element);
}

function build() {
  list.tabs = make("nav", { class: "tabs", "aria-label": say("tabs") });
  list.heading = make("h2", { id: "list-title", tabindex: "-1" });
  list.about = make("p", { class: "about" });
  let timer = 0;
  list.q = make("input", { type: "search", id: "search", placeholder: say("search_hint"), autocomplete: "off", spellcheck: "false" });
  list.q.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => go({ q: list.q.value }, true), 200);
  });
  list.verdict = make("div", { class: "verdicts", role: "group", "aria-label": say("verdict_group") });
  list.fold = make("input", { type: "checkbox", id: "fold", on: { change: () => go({ fold: list.fold.checked ? "on" : "off" }) } });
  const ruled = ["", "open", "any", ...RULINGS.slice(1)];
  list.tools = make(
    "div", { class: "tools", role: "search", "aria-label": say("tools") },
    make("p", { class: "field is-search" }, make("label", { for: "search" }, say("search")), list.q),
    list.verdict,
    choice("ruled", ruled.map((value) => [value, say(`filter_${value || "all"}`)]), say("filter_ruled")),
    data.baseline ? choice("new", ["new", "known", "all"].map((value) => [value, say(`new_${value}`)]), say("new")) : null,
    choice("sort", ["worst", "newest", "oldest", "name", "folder"].map((value) => [value, say(`sort_${value}`)]), say("sort")),
    make("p", { class: "field is-check" }, list.fold, make("label", { for: "fold" }, say("fold"))),
  );
  list.active = make("div", { class: "active" });
  list.status = make("p", { class: "status", role: "status" });
  list.items = make("div", { class: "items" });
  list.pager = make("nav", { class: "pager", "aria-label": say("pager") });
  const main = make("section", { class: "list", "aria-labelledby": "list-title" },
    list.tabs, list.heading, list.about, list.tools, list.active, list.status, list.items, list.pager);
  byId("work").replaceChildren(facetPanel(), main);
  document.body.append(viewer, pendingBar());
}

const TABS = [["reported", 0], ["audit", 1], ["errors", 2], ["unseen", 3]];
const isTable = (view) => view === "errors" || view === "unseen";

function updateList(state) {
  list.tabs.replaceChildren(...TABS.filter(([view, number]) => view === "reported" || selected.total[number] || state.view === view).map(([view, number]) =>
    make("a", { href: hashOf({ ...DEFAULTS, view }), "aria-current": state.view === view ? "page" : null },
      say(`tab_${view}`), " ", make("span", { class: "count" }, count(selected.total[number])))));
  list.heading.textContent = say(`title_${state.view}`);
  list.about.textContent = say(`about_${state.view}`);
  if (document.activeElement !== list.q) list.q.value = state.q;
  for (const name of ["ruled", "new", "sort"]) if (list[name]) list[name].value = state[name];
  list.fold.checked = state.fold === "on";
  list.fold.parentElement.hidden = state.view !== "reported";
  list.verdict.hidden = state.view !== "reported";
  list.verdict.replaceChildren(...["flag", "review"].map((name, verdict) =>
    make("button", { type: "button", class: "chip", "data-id": name, "aria-pressed": String(state.verdict === name), on: { click: () => {
      toggle("verdict", name);
      list.verdict.querySelector(`[data-id=${name}]`)?.focus();
    } } },
      sign(verdict), say(`verdict_${name}`), make("span", { class: "count" }, count(selected.verdicts[verdict])))));
  list.active.replaceChildren(...activeFilters(state));
  const { start, shown } = pageOf(selected, state);
  const { entries } = selected;
  // "Next" in the viewer goes on over all pages, and through the groups that are open.
  sequence = [...entries.slice(0, start), ...shown.map(({ at }) => at), ...entries.slice(start + CARDS_PER_PAGE)];
  list.status.textContent = statusOf(state, start);
  if (!shown.length) list.items.replaceChildren(make("p", { class: "nothing" }, say(emptiness(state))));
  else list.items.replaceChildren(isTable(state.view) ? errorTable(shown) : cardList(shown));
  list.pager.replaceChildren(...pages(start, selected.entries.length));
  list.pager.hidden = selected.entries.length <= CARDS_PER_PAGE;
  updateProgress();
}

const emptiness = (state) => (FILTERS.some((name) => state[name] !== DEFAULTS[name]) ? "nothing_filtered" : `nothing_${state.view}`);

function statusOf(state, start) {
  const [cards, photos] = [selected.entries.length, selected.matching];
  if (!photos) return say("status_none");
  const folded = photos > cards ? ` ${say("status_folded", { cards: count(cards) })}` : "";
  const range = cards > CARDS_PER_PAGE ? ` ${say("status_range", { from: count(start + 1), to: count(Math.min(start + CARDS_PER_PAGE, cards)) })}` : "";
  return say(isTable(state.view) ? "status_errors" : "status", { count: count(photos) }) + folded + range;
}

/** Each filter that is on, as a button that takes it off. */
function activeFilters(state) {
  const inWordsOf = {
    verdict: () => say(`verdict_${state.verdict}`),
    kind: () => data.kinds.find(([code]) => code === state.kind)?.[1] ?? state.kind,
    who: () => ({ "*": say("who_any"), "-": say("who_none") })[state.who] ?? data.people.find(([id]) => id === state.who)?.[1] ?? state.who,
    when: () => whenWords(state.when),
    in: () => state.in,
    q: () => `“${state.q}”`,
    ruled: () => say(`filter_${state.ruled}`),
    new: () => say(`new_${state.new}`),
  };
  const on = FILTERS.filter((name) => state[name] !== DEFAULTS[name]);
  const chips = on.map((name) => {
    const words = printable(inWordsOf[name]());
    return make("button", { type: "button", class: "chip is-on", "aria-label": say("filter_remove", { name: words }),
      on: { click: () => go({ [name]: DEFAULTS[name] }) } }, make("bdi", {}, words), make("span", { "aria-hidden": "true" }, " ×"));
  });
  if (on.length > 1) {
    const none = Object.fromEntries(on.map((name) => [name, DEFAULTS[name]]));
    chips.push(make("button", { type: "button", class: "plain", on: { click: () => go(none) } }, say("filter_clear")));
  }
  return chips;
}

function whenWords(when) {
  const [year, month] = when.split("-");
  if (when === "none") return say("no_day");
  return month ? `${MONTHS[Number(month) - 1] ?? month} ${year}` : year;
}

function pages(start, all) {
  const last = Math.floor((all - 1) / CARDS_PER_PAGE);
  const now = start / CARDS_PER_PAGE;
  const to = (page, key) => make("button", { type: "button", disabled: page < 0 || page > last, "data-id": key, on: { click: () => {
    go({ from: String(page * CARDS_PER_PAGE) });
    showList();
  } } }, say(key));
  return [
    ...(last > 1 ? [to(now ? 0 : -1, "page_first")] : []),
    to(now - 1, "page_previous"),
    make("span", {}, say("page", { at: count(now + 1), all: count(last + 1) })),
    to(now + 1, "page_next"),
  ];
}

/** How much of the work is done: photos reported and decided, those that wait to be imported included. */
function updateProgress() {
  let [all, done] = [0, 0];
  for (let at = 0; at < columns.count; at++) {
    if (columns.verdict[at] > REVIEW) continue;
    all++;
    if (columns.ruling[at]) done++;
  }
  if (!all) return;
  const share = draw("svg", { class: "progress", viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" },
    draw("rect", { class: "rest", x: 0, y: 0, width: 100, height: 6 }), draw("rect", { class: "done", x: 0, y: 0, width: (100 * done) / all, height: 6 }));
  byId("progress").replaceChildren(make("p", {}, say("progress", { done: count(done), all: count(all) })), share);
}

function showList() {
  // After the address has changed and the list is drawn.
  setTimeout(() => {
    list.heading.scrollIntoView({ block: "start" });
    list.heading.focus({ preventScroll: true });
  });
}

let sequence = [];
let latest = "";
let stale = false;

/** Draw what the address says; the list only where something of it has changed. */
function update(force = false) {
  const state = readState();
  const own = hashOf({ ...state, photo: "" });
  const at = /^[0-9a-f]{16}$/.test(state.photo) ? entryOf(state.photo) : -1;
  // Decisions that were made while a photo was open may have changed what a filter selects.
  if (force || own !== latest || (at < 0 && stale)) {
    stale = false;
    selected = select(state);
    updateList(state);
    updateFacets(selected, state);
    latest = own;
  }
  if (at < 0) closeViewer();
  else if (at !== viewed) openViewer(at, state);
}

/** The place of an entry in what "next" goes through; a near-duplicate that is folded away has that of its card. */
function placeOf(at) {
  const place = sequence.indexOf(at);
  if (place >= 0 || !selected.passes[at]) return place;
  return sequence.indexOf(selected.entries[selected.cardOf[columns.leader[at]]]);
}

recall();
build();
update(true);
addEventListener("hashchange", () => update());
document.addEventListener("moved", () => update());
document.addEventListener("redraw", () => update(true));
document.addEventListener("decided", () => {
  // The list stays as it is: "next" leads where it led, and nobody loses the line that they are in.
  stale = true;
  if (viewer.open) refreshDecision(readState());
  updateProgress();
});
viewer.addEventListener("cancel", (event) => {
  event.preventDefault();
  go({ photo: "" });
});
viewer.addEventListener("click", (event) => {
  if (event.target === viewer) go({ photo: "" });
});
// A browser may close the dialog without asking.
viewer.addEventListener("close", () => viewed >= 0 && go({ photo: "" }));
document.addEventListener("keydown", (event) => {
  if (!viewer.open || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("input[type=text]")) return;
  if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    event.preventDefault();
    turn(event.key === "ArrowRight" ? 1 : -1);
  } else if (event.key === "m" || event.key === "M") viewer.classList.toggle("is-unmarked");
  else viewer.querySelector(`.choice[data-key="${CSS.escape(event.key)}"]`)?.click();
});
for (const link of document.querySelectorAll(".tiles a, .start a, .banner a")) link.addEventListener("click", showList);
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  showList();
});
