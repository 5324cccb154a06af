// What is wrong with the gallery, in plain words, what matters most first.

import { request } from "../api.js";
import { number, t } from "../language.js";
import { announce, busyWith, button, el, heading, icon, personHash } from "./shell.js";

const SEVERITIES = ["fix", "look", "hint"];
const PICTURES = { fix: "cross", look: "bang", hint: "question" };
const STEP = 50;
let told = null;

/** The health as it was last asked for; null before. */
export const knownHealth = () => told;

export function forgetHealth() {
  told = null;
}

export async function askHealth() {
  told = await request("GET", "/v1/candidates/health");
  return told;
}

/** What was found about one person, or null while nobody has looked. */
export function findingsOf(id) {
  return told?.findings.filter((finding) => finding.people.some((person) => person.id === id)) ?? null;
}

export async function showHealth(root) {
  const place = el("div", { class: "stack" });
  const again = button(t("health.again"), { kind: "small", picture: "again", on: { click: () => void look() } });
  const look = () => busyWith(again, async () => {
    place.replaceChildren(el("p", { text: t("health.looking") }), el("progress", { "aria-label": t("health.looking") }));
    announce(t("health.looking"));
    try {
      fill(place, await askHealth());
    } catch (error) {
      place.replaceChildren();
      throw error;
    }
  });
  root.replaceChildren(heading(t("health.title"), again), place);
  if (told) fill(place, told);
  else await look();
}

function fill(place, health) {
  const parts = [el("p", { class: "caption", text: t("health.of", { people: number(health.people), photos: number(health.photos) }) })];
  if (!health.findings.length) parts.push(el("p", { class: "message is-done" }, icon("check"), el("span", { text: t("health.sound") })));
  else {
    parts.push(el("ul", { class: "tally" }, SEVERITIES.filter((severity) => health.summary[severity]).map((severity) => el("li", {},
      severityMark(severity), el("span", {}, el("strong", { text: `${number(health.summary[severity])} ${t(`health.${severity}`)}` }), el("span", { class: "caption", text: ` ${t(`health.${severity}Text`)}` }))))));
    parts.push(longList(health.findings));
  }
  if (health.notes.length) parts.push(el("section", { class: "part" }, el("h2", { text: t("health.notes") }), el("ul", { class: "plain" }, health.notes.map((note) => el("li", { text: note.message })))));
  place.replaceChildren(...parts);
  announce(health.findings.length ? `${t("health.fix")}: ${health.summary.fix}. ${t("health.look")}: ${health.summary.look}.` : t("health.sound"));
}

function longList(findings) {
  const list = el("ul", { class: "findings" });
  const note = el("p", { class: "caption" });
  const more = button("", { on: { click: () => add() } });
  let shown = 0;
  const add = () => {
    list.append(...findings.slice(shown, shown + STEP).map(findingItem));
    shown = Math.min(shown + STEP, findings.length);
    note.textContent = t("health.shown", { shown: number(shown), total: number(findings.length) });
    more.lastElementChild.textContent = t("people.more", { count: number(Math.min(STEP, findings.length - shown)) });
    more.hidden = shown >= findings.length;
  };
  add();
  return el("div", { class: "stack" }, list, note, more);
}

export function findingItem(finding) {
  const links = finding.people.slice(0, 5).map((person) => el("a", { class: "button small", href: personHash(person.id) }, icon("person"), el("span", { text: person.name })));
  return el("li", { class: "finding" },
    severityMark(finding.severity),
    el("div", {}, el("p", { text: finding.message }), el("p", { class: "advice", text: finding.advice }), el("div", { class: "actions" }, links, isPair(finding) ? twoPeople(finding.people) : null)),
  );
}

const PAIRS = ["same_person.faces", "same_person.other_election", "lookalikes.faces", "lookalikes.family"];
const isPair = (finding) => PAIRS.includes(finding.code) && finding.people.length === 2;

/** The answer "these are two people", and its taking back. */
export function twoPeople([one, other], areTwo = false) {
  const control = button(t(areTwo ? "health.takeBack" : "health.twoPeople"), { kind: "small" });
  control.addEventListener("click", () => void busyWith(control, async () => {
    await request(areTwo ? "DELETE" : "PUT", `/v1/candidates/${encodeURIComponent(one.id)}/distinct/${encodeURIComponent(other.id)}`);
    forgetHealth();
    announce(t(areTwo ? "health.takenBack" : "health.areTwo", { one: one.name, other: other.name }));
    areTwo = !areTwo;
    control.lastElementChild.textContent = t(areTwo ? "health.takeBack" : "health.twoPeople");
  }));
  return control;
}

export function severityMark(severity) {
  return el("span", { class: `severity is-${severity}` }, icon(PICTURES[severity]), el("span", { class: "sr", text: t(`health.${severity}`) }));
}
