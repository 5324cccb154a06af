// One photo, large: its marks, every reason, what to do, where it lies, and the decision about it.
const viewer = make("dialog", { class: "viewer", "aria-labelledby": "viewer-title" });
let viewed = -1;
let cameFrom = null;

function openViewer(at, state) {
  viewed = at;
  if (!viewer.open) {
    cameFrom = document.activeElement;
    viewer.showModal();
  }
  viewer.replaceChildren(make("h2", { id: "viewer-title", class: "unseen" }, say("loading")));
  whenThere(() => {
    if (viewed !== at) return true;
    const details = detailsOf(at);
    if (details === null) return false;
    fillViewer(at, details, state);
    return true;
  });
}

function closeViewer() {
  if (!viewer.open) return;
  const left = viewed;
  viewed = -1;
  viewer.close();
  // The place in the list: that of the photo looked at last, where it is shown.
  const place = document.querySelector(`[data-entry="${left}"] .open`) ?? cameFrom;
  place?.focus();
}

function fillViewer(at, details, state) {
  const verdict = VERDICTS[columns.verdict[at]];
  const place = placeOf(at);
  const frame = make("div", { class: "large" });
  const name = printable(fileName(at)) || say("no_name");
  const stepTo = (by, key) => {
    const other = place < 0 ? undefined : sequence[place + by];
    return make(
      "button", { type: "button", class: `turn is-${key}`, disabled: other === undefined, "aria-label": say(key),
        on: { click: () => turn(by) } }, by < 0 ? "‹" : "›");
  };
  const head = make(
    "header", { class: `viewer-head is-${verdict}` },
    sign(columns.verdict[at]),
    make("h2", { id: "viewer-title", tabindex: "-1" }, say(`headline_${verdict}`)),
    make("span", { class: "position" }, place < 0 ? "" : say("position", { at: count(place + 1), all: count(sequence.length) })),
    make("button", { type: "button", class: "close", "aria-label": say("close"), on: { click: () => go({ photo: "" }) } }, "×"),
  );
  const picture = make("div", { class: "stage" }, frame, stepTo(-1, "previous"), stepTo(1, "next"));
  const panel = make("div", { class: "panel", tabindex: "0", role: "group", "aria-label": say("panel") }, ...sections(at, details, frame, state, name));
  viewer.replaceChildren(head, picture, panel);
  viewer.querySelector("#viewer-title").focus();
  const box = picture.getBoundingClientRect();
  const alt = details.findings.length
    ? say("alt", { marks: details.findings.map(({ shown, short }) => (shown ? `${shown}: ${printable(short)}` : printable(short))).join("; ") })
    : say("alt_plain");
  showPicture(frame, at, [box.width, box.height], alt, true);
  swipes(picture);
}

function sections(at, details, frame, state, name) {
  const parts = [];
  if (details.findings.length) {
    parts.push(section("seen", make("ol", { class: "findings" }, ...details.findings.map((one) => finding(one, frame)))));
  } else if (columns.verdict[at] === CLEAR) {
    parts.push(make("p", { class: "audit-hint" }, say("audit_question")));
  }
  // What somebody who works through hundreds of photos needs next: to decide, and only then the advice.
  parts.push(decisionForm(at, details, state));
  if (details.step) parts.push(section("step", make("p", { class: "step" }, details.step)));
  const others = othersOf(at, selected, state);
  if (others.length) parts.push(section("alike", strip(others)));
  parts.push(section("where", make("p", { class: "file" }, named(name), make("span", { class: "meta" }, dayInWords(columns.day[at]))), placeList(details.places, 5)));
  if (details.notes.length) parts.push(section("notes", make("ul", { class: "dots" }, ...details.notes.map((note) => make("li", {}, note)))));
  if (columns.known[at]) parts.push(make("p", { class: "meta" }, say("known")));
  parts.push(make("p", { class: "keys" }, say("keys")));
  return parts;
}

const section = (key, ...children) => make("section", {}, make("h3", {}, say(`viewer_${key}`)), ...children);

/** A reason; pointing at it shows which marks it is about. */
function finding(one, frame) {
  const point = (on) => {
    frame.classList.toggle("is-pointed", on && one.numbers.length > 0);
    for (const mark of frame.querySelectorAll("[data-mark]")) {
      mark.classList.toggle("is-meant", on && one.numbers.includes(Number(mark.dataset.mark)));
    }
  };
  const text = make("div", {}, make("p", {}, named(one.seen)), one.basis ? make("p", { class: "basis" }, named(one.basis)) : null);
  return make("li", { on: { pointerenter: () => point(true), pointerleave: () => point(false) } }, numberPlate(one), text);
}

/** The decision about a photo, or about all that look like it. */
function decisionForm(at, details, state) {
  const others = othersOf(at, selected, state);
  const waiting = pending.get(details.key);
  const note = make("input", { type: "text", id: "note", maxlength: MOST_NOTE, value: waiting?.note ?? "", autocomplete: "off" });
  const all = make("input", { type: "checkbox", id: "for-all" });
  const meant = () => [[at, details.key], ...(all.checked ? others.map((other) => [other, detailsOf(other)?.key]).filter(([, key]) => key) : [])];
  const buttons = choicesFor(at).map((ruling, number) => {
    const chosen = RULINGS[columns.ruling[at]] === ruling;
    const flip = () => decide(meant(), chosen && waiting ? "" : ruling, note.value);
    return make(
      "button", { type: "button", class: `choice is-${ruling}`, "aria-pressed": String(chosen), "data-key": number + 1, on: { click: flip } },
      make("kbd", { "aria-hidden": "true" }, String(number + 1)), say(`${columns.verdict[at] === CLEAR ? "audit" : "rule"}_${ruling}`));
  });
  note.addEventListener("change", () => {
    const ruling = RULINGS[columns.ruling[at]];
    if (ruling) decide(meant(), ruling, note.value);
  });
  const recorded = details.decision ? make("p", { class: "recorded" }, named(recordedWords(details.decision))) : null;
  const parts = [
    recorded,
    make("div", { class: "choices" }, ...buttons),
    others.length ? make("p", { class: "check" }, all, make("label", { for: "for-all" }, say("rule_all", { count: count(others.length) }))) : null,
    make("p", { class: "note" }, make("label", { for: "note" }, say("rule_note")), note),
    waiting ? make("p", { class: "waits" }, say("rule_waits")) : null,
  ];
  return make("fieldset", { class: "decision" }, make("legend", {}, say("viewer_decision")), ...parts.filter(Boolean));
}

/** Draw the decision anew, and nothing else: somebody may be in the middle of it. */
function refreshDecision(state) {
  const old = viewer.querySelector(".decision");
  const details = viewed < 0 ? null : detailsOf(viewed);
  if (!old || !details) return;
  const held = document.activeElement;
  const [id, key, all] = [held?.id, held?.dataset.key, old.querySelector("#for-all")?.checked];
  const fresh = decisionForm(viewed, details, state);
  const inside = old.contains(held);
  old.replaceWith(fresh);
  const box = fresh.querySelector("#for-all");
  if (box) box.checked = Boolean(all);
  if (inside) (key ? fresh.querySelector(`[data-key="${key}"]`) : fresh.querySelector(`#${id}`))?.focus();
}

function recordedWords([ruling, note, by, at]) {
  const what = say(`ruled_${RULINGS[ruling]}`);
  const day = at ? dayInWords(Number(at.replaceAll("-", ""))) : "";
  const who = [by, day].filter(Boolean).join(", ");
  return `${say("recorded", { ruling: what })}${who ? ` (${who})` : ""}${note ? `: ${note}` : ""}`;
}

function strip(others) {
  const items = others.slice(0, 12).map((other) => {
    const frame = make("span", { class: "frame" });
    showPicture(frame, other, [72, 54], "", false);
    const label = `${say(`verdict_${VERDICTS[columns.verdict[other]]}`)}: ${printable(fileName(other))}`;
    return make("li", {}, make("button", { type: "button", on: { click: () => go({ photo: shortKey(other) }, true) }, title: label }, frame, unseen(label)));
  });
  return make("ul", { class: "strip" }, ...items);
}

/** Go to the next photo or back; "back" of the browser leads to the list, not through all that was looked at. */
function turn(by) {
  const place = placeOf(viewed);
  const other = place < 0 ? undefined : sequence[place + by];
  if (other !== undefined) go({ photo: shortKey(other) }, true);
}

function swipes(picture) {
  let start = null;
  picture.addEventListener("touchstart", ({ touches }) => {
    start = touches.length === 1 && (visualViewport?.scale ?? 1) === 1 ? [touches[0].clientX, touches[0].clientY] : null;
  }, { passive: true });
  picture.addEventListener("touchend", ({ changedTouches }) => {
    if (!start) return;
    const [dx, dy] = [changedTouches[0].clientX - start[0], changedTouches[0].clientY - start[1]];
    if (Math.abs(dx) > 50 && Math.abs(dx) > 2 * Math.abs(dy)) turn(dx < 0 ? 1 : -1);
    start = null;
  });
}
