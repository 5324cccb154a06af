// One person: details, reference photos, what is to be looked at, and removal. And the form for somebody new.

import { request } from "../api.js";
import { number, t } from "../language.js";
import { findingItem, findingsOf, forgetHealth, twoPeople } from "./health.js";
import { faceInWords, formOf, photoField } from "./photos.js";
import { busyWith, button, choice, confirmed, el, field, goTo, heading, icon, loading, personHash, rejectedLines, say, sayNothing, sayWorking } from "./shell.js";

const ROLES = ["candidate", "running_mate", "family"];
const RELATIONS = ["", "spouse", "child", "parent", "sibling", "other"];
const SUGGESTED = 20;

export async function showNewPerson(root) {
  loading(root);
  const form = await detailsForm({});
  const photos = photoField((count) => (create.disabled = count === 0));
  const create = button(t("person.create"), { kind: "main", type: "submit", disabled: true });
  form.element.append(
    el("fieldset", { class: "stack" }, el("legend", { class: "label", text: t("photos.title") }), el("p", { class: "caption", text: t("photos.text") }), photos.element),
    el("div", { class: "actions" }, create, el("a", { class: "button", href: "#people", text: t("admin.cancel") })),
  );
  form.element.addEventListener("submit", (event) => {
    event.preventDefault();
    sayWorking(t("photos.adding"));
    void busyWith(create, async () => {
      const told = await request("POST", "/v1/candidates", { form: formOf(photos.files(), { ...form.values(), face: photos.faces() }) });
      photos.clear();
      forgetHealth();
      goTo(personHash(told.person.id), () => sayPhotos(t(`person.${told.outcome}`, { name: told.person.name, count: told.photos_used }), told));
    });
  });
  root.replaceChildren(back(), heading(t("person.new")), el("p", { class: "caption", text: t("person.newText") }), form.element);
}

export async function showPerson(root, id) {
  loading(root);
  const path = `/v1/candidates/${encodeURIComponent(id)}`;
  const person = await request("GET", path);
  const reload = () => showPerson(root, id);
  const role = person.ballot_number ? `${t(`role.${person.role}`)}, ${t("people.numberShort", { number: person.ballot_number })}` : t(`role.${person.role}`);
  root.replaceChildren(
    back(),
    heading(person.name),
    el("p", { class: "lead", text: role }),
    el("div", { class: "person" },
      el("div", { class: "stack" }, photosPart(person, path, reload), healthPart(id), distinctPart(person), familyPart(person)),
      el("div", { class: "stack" }, await detailsPart(person, path, reload), removalPart(person, path)),
    ),
  );
}

function back() {
  return el("a", { class: "back", href: "#people" }, icon("back"), el("span", { text: t("admin.back") }));
}

function sayPhotos(text, told) {
  const rejected = rejectedLines(told.photos_rejected);
  const lines = rejected.length ? [t("photos.rejected", { count: rejected.length }), ...rejected] : [];
  say(text, rejected.length ? "error" : "done", [...lines, ...told.notes]);
}

function photosPart(person, path, reload) {
  const list = person.photos.map((photo) => el("li", {},
    icon("photo"),
    el("span", {}, el("span", { class: "file", text: photo.name }), el("span", { class: "caption", text: [t("photos.face", { pixels: number(Math.round(photo.face_px)) }), photo.face && faceInWords(photo.face)].filter(Boolean).join(", ") })),
    el("button", { type: "button", class: "button quiet small", "aria-label": t("photos.removeThis", { number: photo.number, name: photo.name }), on: { click: (event) => void removePhoto(event.currentTarget, photo) } }, icon("trash")),
  ));
  const removePhoto = async (control, photo) => {
    const sure = await confirmed({ title: t("photos.removeTitle", { name: photo.name }), text: t("photos.removeText"), action: t("photos.remove") });
    if (!sure) return;
    await busyWith(control, async () => {
      await request("DELETE", `${path}/photos/${photo.number}`);
      forgetHealth();
      await reload();
      say(t("photos.removed"));
    });
  };
  const chosen = photoField((count) => (add.hidden = count === 0));
  const add = button(t("photos.add"), { kind: "main", picture: "plus", hidden: true, on: { click: () => void addPhotos() } });
  const addPhotos = () => busyWith(add, async () => {
    sayWorking(t("photos.adding"));
    const told = await request("POST", `${path}/photos`, { form: formOf(chosen.files(), { face: chosen.faces() }) });
    chosen.clear();
    forgetHealth();
    await reload();
    sayPhotos(t("photos.added", { count: told.photos_used }), told);
  });
  return el("section", { class: "card" },
    el("h2", { text: t("photos.title") }),
    person.photos.length ? el("ul", { class: "photo-list" }, list) : el("p", { class: "warn", text: t("photos.none") }),
    el("p", { class: "caption", text: t("photos.notKept") }),
    chosen.element, add,
    el("p", { class: "caption", text: t("photos.text") }),
  );
}

function healthPart(id) {
  const found = findingsOf(id);
  if (!found?.length) return "";
  return el("section", { class: "card" }, el("h2", { text: t("person.health") }), el("ul", { class: "findings" }, found.map(findingItem)));
}

function distinctPart(person) {
  if (!person.distinct?.length) return "";
  const told = person.distinct.map((one) => el("li", {}, el("a", { href: personHash(one.id), text: one.name }), " ", twoPeople([person, one], true)));
  return el("section", { class: "card" }, el("h2", { text: t("person.distinct") }), el("ul", { class: "links" }, told));
}

function familyPart(person) {
  if (!person.family.length) return "";
  const links = person.family.map((one) => el("li", {}, el("a", { href: personHash(one.id), text: one.name }), el("span", { class: "caption", text: ` ${t(`relation.${one.relation ?? ""}`)}` })));
  return el("section", { class: "card" }, el("h2", { text: t("person.family") }), el("ul", { class: "links" }, links));
}

async function detailsPart(person, path, reload) {
  const form = await detailsForm(person);
  const save = button(t("admin.save"), { kind: "main", type: "submit" });
  form.element.append(save);
  form.element.addEventListener("submit", (event) => {
    event.preventDefault();
    sayNothing();
    void busyWith(save, async () => {
      const values = form.values();
      const ballot = values.ballot_number === "" ? null : Number(values.ballot_number);
      const emptied = Object.fromEntries(["election", "relative_of", "relation"].map((key) => [key, values[key] || null]));
      await request("PUT", path, { json: { ...values, ...emptied, ballot_number: ballot } });
      forgetHealth();
      await reload();
      say(t("admin.saved"));
    });
  });
  return el("section", { class: "card" }, el("h2", { text: t("person.edit") }), form.element);
}

/** The fields of a person; `values()` gives them as texts. */
async function detailsForm(person) {
  const { elections } = await request("GET", "/v1/elections");
  const elected = el("datalist", { id: "known-elections" }, elections.map((one) => el("option", { value: one.id, label: one.title })));
  const relatives = el("datalist", { id: "known-people" });
  const name = el("input", { type: "text", required: true, maxLength: 200, value: person.name ?? "", autocomplete: "off" });
  const role = choice(ROLES.map((key) => [key, t(`role.${key}`)]), person.role ?? "candidate");
  const ballot = el("input", { type: "number", min: 1, max: 999, value: person.ballot_number ?? "" });
  const election = el("input", { type: "text", maxLength: 200, value: person.election ?? "", autocomplete: "off" });
  election.setAttribute("list", elected.id);
  const region = el("input", { type: "text", maxLength: 100, value: person.region ?? "", autocomplete: "off" });
  const party = el("input", { type: "text", maxLength: 200, value: person.party ?? "", autocomplete: "off" });
  const relativeOf = el("input", { type: "text", maxLength: 250, value: person.relative_of ?? "", autocomplete: "off" });
  relativeOf.setAttribute("list", relatives.id);
  relativeOf.addEventListener("input", async () => {
    if (relativeOf.value.length < 2) return;
    const told = await request("GET", "/v1/candidates", { query: { search: relativeOf.value, limit: SUGGESTED } }).catch(() => ({ people: [] }));
    relatives.replaceChildren(...told.people.filter((one) => one.role !== "family").map((one) => el("option", { value: one.id, label: one.name })));
  });
  const relation = choice(RELATIONS.map((key) => [key, t(`relation.${key}`)]), person.relation ?? "");
  const family = el("div", { class: "fields" }, field(t("person.relativeOf"), relativeOf, t("person.relativeHelp")), field(t("person.relation"), relation), relatives);
  const adjust = () => {
    family.hidden = role.value !== "family";
    relativeOf.required = role.value === "family";
  };
  role.addEventListener("change", adjust);
  adjust();
  const element = el("form", { class: "stack" },
    field(t("people.name"), name),
    el("div", { class: "fields" }, field(t("people.role"), role), field(t("people.number"), ballot)),
    family,
    el("div", { class: "fields" }, field(t("people.election"), election, t("person.electionHelp")), field(t("people.region"), region, t("person.regionHelp"))),
    field(t("people.party"), party), elected,
  );
  const isFamily = () => role.value === "family";
  const values = () => ({
    name: name.value.trim(), role: role.value, ballot_number: ballot.value, election: election.value.trim(), region: region.value.trim(),
    party: party.value.trim(), relative_of: isFamily() ? relativeOf.value.trim() : "", relation: isFamily() ? relation.value : "",
  });
  return { element, values };
}

function removalPart(person, path) {
  const remove = button(t("person.remove"), { picture: "trash", kind: "remove", on: { click: () => void ask() } });
  const ask = async () => {
    const names = person.family.map((one) => one.name).join(", ");
    const box = el("input", { type: "checkbox", id: "with-family" });
    const extra = person.family.length ? el("p", { class: "check" }, box, el("label", { for: "with-family", text: t("person.removeFamily", { count: person.family.length, names }) })) : null;
    const sure = await confirmed({ title: t("person.removeTitle", { name: person.name }), text: t("person.removeText", { name: person.name }), action: t("person.remove"), extra });
    if (!sure) return;
    await busyWith(remove, async () => {
      const told = await request("DELETE", path, { query: { with_family: box.checked ? "true" : "" } });
      forgetHealth();
      const all = new Map([person, ...person.family].map((one) => [one.id, one.name]));
      const names = told.removed.map((id) => all.get(id) ?? id).join(", ");
      goTo("#people", () => say(t("person.removed", { names })));
    });
  };
  return el("section", { class: "card" }, remove);
}
