// Who is registered: a list that is searched and filtered by the server, a page at a time.

import { request } from "../api.js";
import { number, t } from "../language.js";
import { askHealth, findingsOf, knownHealth, severityMark } from "./health.js";
import { announce, button, choice, el, field, heading, icon, loading, personHash, sayProblem } from "./shell.js";

const PAGE = 100;
const TYPING_MS = 250;
const SMALL = 3000; // up to so many people the health is looked at unasked
const wish = { search: "", election: "" };

export async function showPeople(root) {
  loading(root);
  const { elections } = await request("GET", "/v1/elections");
  const search = el("input", { type: "search", value: wish.search, autocomplete: "off" });
  const election = choice([["", t("people.everyElection")], ...elections.map((one) => [one.id, one.title || one.id])], wish.election);
  const list = el("div", { class: "stack" });
  const add = el("a", { class: "button main", href: "#new" }, icon("plus"), el("span", { text: t("people.add") }));
  root.replaceChildren(
    heading(t("people.title"), add),
    el("form", { class: "filters", role: "search", on: { submit: (event) => event.preventDefault() } }, field(t("people.search"), search), field(t("people.election"), election)),
    list,
  );
  let asked = 0;
  const refresh = async () => {
    const mine = ++asked;
    Object.assign(wish, { search: search.value, election: election.value });
    try {
      const told = await page("");
      if (mine === asked) fill(list, told, new Map(elections.map((one) => [one.id, one.title || one.id])));
    } catch (error) {
      sayProblem(error);
    }
  };
  let typing = null;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(refresh, TYPING_MS);
  });
  election.addEventListener("change", refresh);
  await refresh();
}

const page = (after) => request("GET", "/v1/candidates", { query: { ...wish, limit: PAGE, after } });

function fill(place, told, titles) {
  if (!told.people.length) {
    place.replaceChildren(el("p", { class: "empty", text: t(wish.search || wish.election ? "people.notFound" : "people.nobody") }));
    announce(place.textContent);
    return;
  }
  const body = el("tbody");
  const count = el("p", { class: "caption" });
  const more = button("", { on: { click: () => void next() } });
  let shown = 0;
  let after = null;
  const take = (part) => {
    body.append(...part.people.map((person) => row(person, titles)));
    shown += part.people.length;
    after = part.next;
    count.textContent = t("people.count", { shown: number(shown), total: number(part.total) });
    more.lastElementChild.textContent = t("people.more", { count: number(Math.min(PAGE, part.total - shown)) });
    more.hidden = after === null;
    announce(count.textContent);
  };
  const next = async () => {
    more.disabled = true;
    try {
      const at = shown;
      take(await page(after));
      body.rows[at]?.querySelector("a").focus();
    } catch (error) {
      sayProblem(error);
    } finally {
      more.disabled = false;
    }
  };
  const heads = ["name", "role", "number", "election", "region", "photos", "health"].map((key) => el("th", { scope: "col", text: t(`people.${key}`) }));
  place.replaceChildren(count, el("table", { class: "people" }, el("thead", {}, el("tr", {}, heads)), body), more);
  take(told);
  if (knownHealth()) mark(body);
  else if (told.total <= SMALL && !wish.search) askHealth().then(() => mark(body), () => {}); // the health page says what fails
}

function row(person, titles) {
  const cell = (key, ...content) => el("td", { "data-label": t(`people.${key}`), class: `is-${key}` }, content);
  const none = () => el("span", { class: "none", text: t("admin.none") });
  return el("tr", { "data-id": person.id },
    el("th", { scope: "row" }, el("a", { href: personHash(person.id), text: person.name })),
    cell("role", t(`role.${person.role}`)),
    cell("number", person.ballot_number ? el("strong", { class: "ballot", text: `${person.ballot_number}` }) : none()),
    cell("election", person.election ? titles.get(person.election) ?? person.election : none()),
    cell("region", person.region || none()),
    cell("photos", person.photos ? number(person.photos) : el("strong", { class: "warn", text: "0" })),
    cell("health", none()),
  );
}

/** Write into the rows what the look at the gallery found. */
function mark(body) {
  for (const line of body.rows) {
    const found = findingsOf(line.dataset.id) ?? [];
    if (found.length) line.querySelector(".is-health").replaceChildren(severityMark(found[0].severity), el("span", { text: ` ${number(found.length)}` }));
  }
}
