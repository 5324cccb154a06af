// The answer about a photo, or a post: verdict first, then the photo, what to do, and why.

import { button, el, icon, ranges, sign } from "./dom.js";
import { FixPanel } from "./fix.js";
import { day, language, t } from "./language.js";
import { Stage } from "./stage.js";

/**
 * Show an answer in `root`. Returns { headline, spoken, close }.
 *
 * told: the server's answer. photos: [{ file, url, sent, preview }] in the order of the post. session: what the server
 * said of itself. options: as they were sent. `onAnother()`: check another photo.
 */
export function showAnswer(root, { told, photos, session, options, onAnother }) {
  const answers = told.photos ?? [told];
  const isPost = Boolean(told.photos);
  const panels = answers.map((answer, at) => new PhotoPanel(answer, photos[at], { options, isPost, number: at + 1, onAnother }));
  const head = el("h1", { class: "headline", tabIndex: -1, text: told.headline });
  const banner = el("header", { class: `banner is-${told.verdict ?? "error"}` },
    sign(told.verdict),
    el("div", {}, head, isPost && el("p", { text: t("answer.post", { count: answers.length }) })),
  );
  let shown = panels[0];
  const parts = [banner];
  if (isPost) {
    const place = el("div", { class: "photo-place" });
    const tabs = answers.map((answer, at) => tab(answer, photos[at], at, () => choose(at)));
    const choose = (at, marks = null) => {
      shown = panels[at];
      for (const [n, one] of tabs.entries()) one.ariaPressed = String(n === at);
      place.replaceChildren(shown.element);
      if (marks) shown.choose(marks);
    };
    const worst = answers.findIndex((answer) => answer.verdict === told.verdict || (told.verdict === null && answer.error));
    parts.push(
      el("div", { class: "post" },
        step(told),
        el("section", { class: "part", "aria-labelledby": "photos-title" },
          el("h2", { id: "photos-title", text: t("answer.photos") }),
          el("div", { class: "photo-tabs" }, tabs),
        ),
      ),
      place,
      el("div", { class: "post" },
        postReasons(told, panels, (at, marks) => {
          choose(at, marks);
          place.scrollIntoView({ block: "start" });
          tabs[at].focus({ preventScroll: true });
        }),
        remarks(told),
      ),
    );
    choose(Math.max(worst, 0));
  } else {
    shown.finish([remarks(told)]);
    parts.push(shown.element);
  }
  parts.push(closing(answers, session, options, onAnother));
  root.replaceChildren(...parts);
  root.ariaLabel = told.headline;
  return {
    head,
    spoken: `${told.headline} ${told.next_step}`,
    close: () => panels.forEach((panel) => panel.close()),
  };
}

/** One photo of the answer: picture with marks, its own reasons, and the way to a corrected copy. */
class PhotoPanel {
  constructor(answer, photo, { options, isPost, number, onAnother }) {
    this.answer = answer;
    this.marks = answer.marks ?? [];
    this.items = [];
    const picture = pictureOf(answer, photo);
    this.column = el("div", { class: "column" });
    if (answer.error) this.column.append(el("p", { class: "message is-error" }, icon("question"), el("span", { text: answer.error.message })));
    else this.fill(answer, photo, { options, isPost, onAnother });
    const side = el("div", { class: "photo-side" });
    if (picture && !answer.error) {
      const labels = this.marks.map((mark) => `${mark.number}: ${mark.label}`).join("; ");
      const alt = labels ? t("answer.alt", { marks: labels }) : t("answer.altPlain");
      this.stage = new Stage({ photo: picture, marks: this.marks, hands: answer.hands, alt, onChoose: (mark) => this.tap(mark) });
      side.append(this.stage.element);
      if (picture.made) side.append(el("p", { class: "caption", text: t("answer.picture") }));
    }
    const title = isPost ? el("h2", { class: "photo-title" }, sign(answer.verdict), el("span", { text: t("answer.ofPhoto", { number, headline: answer.headline ?? t("answer.unjudged") }) })) : null;
    this.element = el("article", { class: `photo-panel${side.childElementCount ? "" : " is-bare"}` }, title, side, this.column);
  }

  fill(answer, photo, { options, isPost, onAnother }) {
    const fixable = answer.verdict === "flag" || answer.verdict === "review";
    // What to do with which photo of a post is said once, for all of it.
    if (!isPost) this.column.append(step(answer));
    if (fixable) this.column.append((this.fix = new FixPanel({ photo, options })).element);
    if (!isPost) this.column.append(button(t("answer.another"), { kind: fixable ? "wide-button" : "main wide-button", picture: "again", on: { click: onAnother } }));
    if (!answer.findings.length) return;
    this.items = answer.findings.map((finding, at) => this.reason(finding, answer.bases[at], at));
    this.column.append(
      el("section", { class: "part" },
        el("h2", { text: t("answer.reasons") }),
        this.marks.length ? el("p", { class: "caption", text: t("answer.tap") }) : null,
        el("ol", { class: "reasons" }, this.items),
      ),
    );
  }

  /** Add what stands under the reasons. */
  finish(parts) {
    this.column.append(...parts);
  }

  reason(finding, rule, at) {
    const marks = this.marks.filter((mark) => mark.findings.includes(at));
    const [said, basis] = withoutBasis(finding.message, rule);
    const body = [plate(marks.map((mark) => mark.number), finding.severity), el("span", { class: "reason-text", text: said })];
    const main = marks.length
      ? el("button", { type: "button", class: "reason", "aria-pressed": "false", on: { click: () => this.press(at, marks) } }, body)
      : el("div", { class: "reason" }, body);
    return el("li", {}, main, basis);
  }

  press(at, marks) {
    const isOn = this.items[at].firstElementChild.ariaPressed === "true";
    this.choose(isOn ? [] : marks, isOn ? -1 : at);
  }

  /** Choose marks; `at` is the reason that was pressed, else every reason of these marks is shown as chosen. */
  choose(marks, at = null) {
    this.chosen = marks;
    this.stage?.choose(marks);
    const reasons = at === null ? new Set(marks.flatMap((mark) => mark.findings)) : new Set([at]);
    for (const [n, item] of this.items.entries()) {
      if (item.firstElementChild.ariaPressed !== null) item.firstElementChild.ariaPressed = String(reasons.has(n));
    }
  }

  tap(mark) {
    const same = mark && this.chosen?.length === 1 && this.chosen[0] === mark;
    this.choose(mark && !same ? [mark] : []);
    if (mark && !same) this.items[mark.findings[0]]?.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.stage?.close();
    this.fix?.close();
  }
}

/** Which picture to show: the one that was sent, or what the server made of one that the browser cannot read. */
function pictureOf(answer, photo) {
  if (answer.error) return null;
  const size = { width: answer.photo.width, height: answer.photo.height };
  if (photo.sent.width) return { url: photo.url, ...size };
  return answer.preview ? { url: dataUrl(answer.preview), ...size, made: true } : null;
}

const dataUrl = (picture) => `data:${picture.media_type};base64,${picture.data}`;

function tab(answer, photo, at, onClick) {
  const spoken = t("answer.ofPhoto", { number: at + 1, headline: answer.headline ?? t("answer.unjudged") });
  const url = photo.sent.width ? photo.url : answer.preview ? dataUrl(answer.preview) : null;
  return el("button", { type: "button", class: "photo-tab", "aria-pressed": "false", "aria-label": spoken, on: { click: onClick } },
    url ? el("img", { src: url, alt: "", decoding: "async" }) : el("span", { class: "photo-tab-none" }, icon("photo")),
    el("span", { class: "photo-tab-number", "aria-hidden": "true", text: `${at + 1}` }),
    sign(answer.verdict),
  );
}

function step(told) {
  const isClear = told.verdict === "clear";
  return el("section", { class: `step is-${told.verdict ?? "error"}` },
    el("h2", { text: t(isClear ? "answer.stepClear" : "answer.step") }),
    el("p", { text: told.next_step }),
  );
}

function postReasons(told, panels, onChoose) {
  if (!told.findings.length) return null;
  const items = told.findings.map((finding, n) => {
    const [said, basis] = withoutBasis(finding.message, told.bases[n]);
    const chips = finding.photos.map((own) => {
      // A person is marked by the face, whatever hands made it graver (`_marked_by` of vision/report/marks.py).
      const subject = { pose: "hands", text: "texts" }[finding.kind] ?? "faces";
      const marks = panels[own.photo].marks.filter((mark) => mark.subject === subject && own[subject].includes(mark.index));
      const numbers = ranges(marks.map((mark) => mark.number));
      const name = t("answer.photo", { number: own.photo + 1 });
      return button(numbers ? `${name}: ${numbers}` : name, { kind: "small chip", picture: "photo", on: { click: () => onChoose(own.photo, marks) } });
    });
    return el("li", {}, el("div", { class: "reason" }, plate([], finding.severity), el("span", { class: "reason-text", text: said })), el("div", { class: "chips" }, chips), basis);
  });
  return el("section", { class: "part" }, el("h2", { text: t("answer.postReasons") }), el("ol", { class: "reasons" }, items));
}

/** Part a message from the sentence that names its rule, if any, which goes behind a disclosure. */
function withoutBasis(message, rule) {
  if (!rule) return [message, null];
  const said = message.endsWith(rule.sentence) ? message.slice(0, -rule.sentence.length).trim() : message;
  const cited = el("span", { lang: "id", text: `${rule.circular}, ${rule.item}` });
  const isLink = /^https?:\/\//.test(rule.link);
  const source = isLink ? el("a", { href: rule.link, rel: "noreferrer noopener", target: "_blank" }, cited) : cited;
  return [said, el("details", { class: "basis" }, el("summary", { text: t("answer.rule") }), el("p", { text: rule.sentence }), el("p", {}, source))];
}

function plate(numbers, severity) {
  const mark = el("span", { class: `plate is-${severity}` });
  if (numbers.length) {
    const text = ranges(numbers);
    mark.append(el("span", { "aria-hidden": "true", text }), el("span", { class: "sr", text: `${t("answer.marks", { numbers: text })}: ` }));
  } else mark.append(icon(severity === "flag" ? "cross" : "bang"));
  return mark;
}

/** Notes, reminders, and what is not vouched for; without what the step above says already. */
function remarks(told) {
  const said = told.verdict === "clear" ? told.next_step : "";
  return el("div", { class: "remarks" },
    part(t("answer.notes"), told.notes.map((note) => note.message)),
    part(t("answer.reminders"), told.reminders),
    part(t("answer.unread"), told.unread.filter((line) => line !== said)),
  );
}

function part(title, lines) {
  if (!lines.length) return null;
  return el("section", { class: "part" }, el("h2", { text: title }), lines.length === 1 ? el("p", { text: lines[0] }) : el("ul", { class: "plain" }, lines.map((text) => el("li", { text }))));
}

function closing(answers, session, options, onAnother) {
  const engine = answers.find((answer) => answer.engine)?.engine;
  const now = new Intl.DateTimeFormat(language(), { dateStyle: "long", timeStyle: "short" }).format(new Date());
  const facts = engine ? t("answer.facts", { day: now, policy: engine.policy, version: engine.version }) : day(new Date());
  const scope = answers.find((answer) => answer.scope?.region)?.scope;
  const region = scope ? `${scope.region} ${scope.region_name}` : options.region || session.region_label;
  return el("div", { class: "closing" },
    el("div", { class: "actions" },
      button(t("answer.another"), { picture: "again", id: "another", on: { click: onAnother } }),
      button(t("answer.print"), { kind: "quiet", on: { click: () => print() } }),
    ),
    el("p", { class: "caption", text: region ? `${facts} ${t("answer.factsPlace", { region })}` : facts }),
  );
}
