// The list: cards with pictures, a page of them at a time; what could not be judged comes as a table.
const CARDS_PER_PAGE = 36;
const CARD_BOX = [260, 195];
const MOST_REASONS = 3;
const opened = new Set();

const folderWords = (at) => FOLDERS[firstFolder(at)];

/** A decision in a few words; `waiting` where it is not imported yet. */
function rulingTag(at) {
  const ruling = RULINGS[columns.ruling[at]];
  if (!ruling) return null;
  const waiting = columns.ruling[at] !== columns.recorded[at];
  return make("span", { class: `ruling is-${ruling}${waiting ? " is-waiting" : ""}` }, say(`ruled_${ruling}`));
}

function reasons(details) {
  const shown = details.findings.slice(0, MOST_REASONS);
  const list = make("ul", { class: "reasons" }, ...shown.map((finding) => make("li", {}, numberPlate(finding), named(finding.short))));
  const more = details.findings.length - shown.length;
  if (more > 0) list.append(make("li", { class: "more" }, say("reasons_more", { count: count(more) })));
  return list;
}

/** The numbers of a finding's marks on a plate, round for flag and square for review. */
function numberPlate(finding) {
  const kind = finding.severity ? "review" : "flag";
  return make(
    "span", { class: `number is-${kind}${finding.shown ? "" : " is-bare"}` },
    make("span", { "aria-hidden": "true" }, finding.shown || SIGNS[finding.severity]),
    unseen(`${say(`verdict_${kind}`)}${finding.shown ? ` (${say("mark", { numbers: finding.shown })})` : ""}: `),
  );
}

function card(at, others, isPart) {
  const frame = make("span", { class: "frame" });
  const text = make("div", { class: "text" });
  const name = printable(fileName(at)) || say("no_name");
  const verdict = VERDICTS[columns.verdict[at]];
  const button = make(
    "button",
    { type: "button", class: "open", on: { click: () => go({ photo: shortKey(at) }) } },
    frame, sign(columns.verdict[at]), unseen(`${say(`verdict_${verdict}`)}: ${name}. ${say("open_photo")}`),
  );
  showPicture(frame, at, CARD_BOX, "", false);
  whenThere(() => {
    const details = detailsOf(at);
    if (details === null) return false;
    text.replaceChildren(
      reasons(details),
      make("p", { class: "file" }, named(name)),
      make("p", { class: "folder" }, named(folderWords(at))),
      make("p", { class: "meta" }, dayInWords(columns.day[at]), placesNote(details), rulingTag(at)),
    );
    return true;
  });
  const pictured = make("div", { class: "pictured" }, button, others > 0 ? foldButton(at, others) : null);
  const parts = [pictured, text];
  if (isPart) parts.push(make("p", { class: "part-of" }, say("fold_part")));
  return make("li", { class: `card is-${verdict}${isPart ? " is-part" : ""}`, "data-entry": at }, ...parts);
}

const placesNote = (details) =>
  details.places.length > 1 ? make("span", { class: "places" }, say("places", { count: count(details.places.length) })) : "";

function foldButton(at, others) {
  const group = columns.leader[at];
  const isOpen = opened.has(group);
  const flip = () => {
    if (!opened.delete(group)) opened.add(group);
    document.dispatchEvent(new Event("redraw"));
    document.querySelector(`[data-entry="${at}"] .fold`)?.focus({ preventScroll: true });
  };
  const label = say(isOpen ? "fold_close" : "fold_open", { count: count(others) });
  return make("button", { type: "button", class: "fold", "aria-expanded": String(isOpen), on: { click: flip } }, label);
}

/** The entries of a page of the list: those that stand for a card, and the others of the groups that are open. */
function pageOf(selected, state) {
  const from = Math.max(0, Math.min(Number(state.from) || 0, selected.entries.length - 1));
  const start = from - (from % CARDS_PER_PAGE);
  const shown = [];
  selected.entries.slice(start, start + CARDS_PER_PAGE).forEach((at, place) => {
    const others = selected.counts[start + place] - 1;
    shown.push({ at, others, isPart: false });
    if (others && opened.has(columns.leader[at])) {
      for (const other of othersOf(at, selected, state)) shown.push({ at: other, others: 0, isPart: true });
    }
  });
  return { start, shown };
}

function cardList(shown) {
  return make("ul", { class: "cards" }, ...shown.map(({ at, others, isPart }) => card(at, others, isPart)));
}

/** What could not be judged: where, why, what to do; a decision may be noted for each. */
function errorTable(shown) {
  const heads = ["error_place", "error_reason", "error_advice", "error_decision"];
  const rows = shown.map(({ at }) => {
    const line = make("tr", { "data-entry": at });
    whenThere(() => {
      const details = detailsOf(at);
      if (details === null) return false;
      const [code, said, advice] = details.error;
      line.replaceChildren(
        make("td", { "data-label": say("error_place") }, placeList(details.places, 3)),
        make("td", { "data-label": say("error_reason") }, named(said), " ", make("code", {}, code)),
        make("td", { "data-label": say("error_advice") }, advice || "–"),
        make("td", { "data-label": say("error_decision") }, errorChoice(at, details)),
      );
      return true;
    });
    return line;
  });
  return make(
    "table", { class: "errors" },
    make("caption", {}, say("errors_caption")),
    make("thead", {}, make("tr", {}, ...heads.map((key) => make("th", { scope: "col" }, say(key))))),
    make("tbody", {}, ...rows),
  );
}

function errorChoice(at, details) {
  const choice = make("select", { "aria-label": say("error_choice", { name: printable(fileName(at)) }) });
  for (const ruling of ["", ...choicesFor(at)]) {
    choice.append(make("option", { value: ruling, selected: RULINGS[columns.ruling[at]] === ruling }, say(`ruled_${ruling || "open"}`)));
  }
  choice.addEventListener("change", () => decide([[at, details.key]], choice.value, ""));
  return choice;
}

/** The places that a photo lies in, with links to those that are plain files. */
function placeList(places, most) {
  const item = ([folder, name]) => {
    const link = linkTo(folder, name);
    const text = make("bdi", {}, make("span", { class: "way" }, `${FOLDERS[folder]}${FOLDERS[folder].endsWith("/") || !FOLDERS[folder] ? "" : "/"}`), make("wbr"), printable(name));
    const shown = link === null ? text : make("a", { href: link, target: "_blank", rel: "noreferrer noopener" }, text);
    return make("li", {}, shown);
  };
  const list = make("ul", { class: "place-list" }, ...places.slice(0, most).map(item));
  if (places.length > most) {
    const more = make("button", { type: "button", class: "plain" }, say("places_more", { count: count(places.length - most) }));
    more.addEventListener("click", () => more.parentElement.replaceWith(...places.slice(most).map(item)));
    list.append(make("li", {}, more));
  }
  return list;
}
