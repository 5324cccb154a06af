// When and where each election counts; and the policy packs, which are only shown.

import { request } from "../api.js";
import { day, number, t } from "../language.js";
import { busyWith, button, choice, confirmed, el, field, heading, loading, say, sayNothing } from "./shell.js";

const LEVELS = ["", "national", "province", "regency"];

export async function showElections(root) {
  loading(root);
  const { elections } = await request("GET", "/v1/elections");
  const reload = () => showElections(root);
  const place = el("div");
  const add = button(t("elections.add"), { kind: "main", picture: "plus", on: { click: () => open(place, {}, reload) } });
  root.replaceChildren(
    heading(t("elections.title"), add),
    el("p", { class: "caption", text: t("elections.text") }),
    place,
    elections.length ? el("ul", { class: "cards" }, elections.map((one) => card(one, reload))) : el("p", { class: "empty", text: t("elections.none") }),
  );
}

function card(election, reload) {
  const place = el("div");
  const edit = button(t("elections.edit"), { kind: "small", on: { click: () => open(place, election, reload) } });
  const remove = button(t("elections.remove"), { kind: "small quiet", picture: "trash", disabled: election.people > 0, on: { click: () => void ask() } });
  const ask = async () => {
    const name = election.title || election.id;
    if (!(await confirmed({ title: t("elections.removeTitle", { name }), text: t("elections.removeText"), action: t("elections.remove") }))) return;
    await busyWith(remove, async () => {
      await request("DELETE", `/v1/elections/${encodeURIComponent(election.id)}`);
      await reload();
      say(t("elections.removed"));
    });
  };
  const where = [election.level && t(`level.${election.level}`), election.region && t("elections.region", { region: election.region }), t("elections.people", { count: number(election.people) })];
  return el("li", { class: "card" },
    el("h2", { text: election.title || election.id }),
    el("p", { class: "caption", text: election.id }),
    el("p", { text: where.filter(Boolean).join(" · ") }),
    el("p", { text: period(election) }),
    el("div", { class: "actions" }, edit, remove),
    place,
  );
}

function period({ active_from: from, active_to: to, polling_day: vote }) {
  const say = (text) => day(new Date(`${text}T12:00:00`));
  let time = t("elections.always");
  if (from && to) time = t("elections.both", { from: say(from), to: say(to) });
  else if (from) time = t("elections.since", { day: say(from) });
  else if (to) time = t("elections.until", { day: say(to) });
  const told = vote ? `${time} · ${t("elections.vote", { day: say(vote) })}` : time;
  return told[0].toUpperCase() + told.slice(1);
}

function open(place, election, reload) {
  const input = (type, value, more = {}) => el("input", { type, value: value ?? "", autocomplete: "off", ...more });
  const id = input("text", election.id, { required: true, maxLength: 200, pattern: "[a-z0-9]+(-[a-z0-9]+)*" });
  const title = input("text", election.title, { maxLength: 200 });
  const level = choice(LEVELS.map((key) => [key, t(`level.${key}`)]), election.level);
  const region = input("text", election.region, { maxLength: 100 });
  const dates = { active_from: input("date", election.active_from), active_to: input("date", election.active_to), polling_day: input("date", election.polling_day) };
  const save = button(t("admin.save"), { kind: "main", type: "submit" });
  const form = el("form", { class: "stack card" },
    election.id ? null : field(t("elections.id"), id, t("elections.idHelp")),
    field(t("elections.name"), title),
    el("div", { class: "fields" }, field(t("elections.level"), level), field(t("people.region"), region, t("person.regionHelp"))),
    el("div", { class: "fields" }, field(t("elections.from"), dates.active_from), field(t("elections.to"), dates.active_to), field(t("elections.polling"), dates.polling_day)),
    el("div", { class: "actions" }, save, button(t("admin.cancel"), { on: { click: () => place.replaceChildren() } })),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sayNothing();
    void busyWith(save, async () => {
      const days = Object.fromEntries(Object.entries(dates).map(([key, control]) => [key, control.value || null]));
      await request("PUT", `/v1/elections/${encodeURIComponent(id.value)}`, { json: { title: title.value.trim(), level: level.value, region: region.value.trim(), ...days } });
      await reload();
      say(t("admin.saved"));
    });
  });
  place.replaceChildren(form);
  (election.id ? title : id).focus();
}

export async function showPolicies(root) {
  loading(root);
  const told = await request("GET", "/v1/policies");
  const cards = told.policies.map((policy) => el("li", { class: "card" },
    el("h2", { text: policy.title }),
    el("p", { class: "caption" }, policy.id, policy.id === told.default ? el("strong", { class: "badge", text: t("policies.default") }) : null),
    policy.regions.length ? el("p", { text: t("policies.regions", { regions: policy.regions.join(", ") }) }) : null,
    el("p", { lang: "id" }, /^https?:/.test(policy.circular.link) ? el("a", { href: policy.circular.link, rel: "noreferrer noopener", target: "_blank", text: policy.circular.title || policy.circular.name }) : policy.circular.name),
    policy.reminder ? el("p", { class: "advice", text: policy.reminder }) : null,
  ));
  root.replaceChildren(heading(t("policies.title")), el("p", { class: "caption", text: t("policies.text") }), el("ul", { class: "cards" }, cards));
}
