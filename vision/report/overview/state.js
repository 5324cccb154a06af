// What is looked at stands behind the # of the address, so that it can be bookmarked, sent, and undone with "back".
const DEFAULTS = {
  view: "reported",
  verdict: "",
  kind: "",
  who: "",
  when: "",
  in: "",
  q: "",
  ruled: "",
  new: data.baseline ? "new" : "all",
  fold: "on",
  sort: "worst",
  from: "0",
  photo: "",
};
const FILTERS = ["verdict", "kind", "who", "when", "in", "q", "ruled", "new"];

function readState() {
  const told = new URLSearchParams(location.hash.slice(1));
  const state = {};
  for (const [name, usual] of Object.entries(DEFAULTS)) state[name] = told.get(name) ?? usual;
  if (!["reported", "audit", "errors", "unseen"].includes(state.view)) state.view = DEFAULTS.view;
  return state;
}

function hashOf(state) {
  // The view always stands there: an empty # would make the browser jump to the top.
  const told = new URLSearchParams({ view: state.view });
  for (const [name, usual] of Object.entries(DEFAULTS)) {
    if (name !== "view" && state[name] !== usual) told.set(name, state[name]);
  }
  return `#${told}`;
}

const CHOOSES = new Set(["view", "sort", "fold", ...FILTERS]);

/** The address of the present state with some of it changed; another choice starts at its first page. */
function changed(changes) {
  const state = { ...readState(), ...changes };
  if (!("from" in changes) && Object.keys(changes).some((name) => CHOOSES.has(name))) state.from = "0";
  return hashOf(state);
}

/** Go to the present state with some of it changed; with `quietly` the change cannot be undone with "back". */
function go(changes, quietly = false) {
  const hash = changed(changes);
  if (hash === location.hash) return;
  if (quietly) location.replace(hash);
  else location.hash = hash;
  // Not when the browser gets round to telling it: the next key would still mean the photo that was left.
  document.dispatchEvent(new Event("moved"));
}

/** Turn a filter on, or off where it is on already. */
const toggle = (name, value) => go({ [name]: readState()[name] === value ? "" : value });
