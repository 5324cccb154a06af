// The staff page: photos come in, are made smaller, sent and checked; the answer is shown; nothing is kept.

import { ended, logOut, Problem, request, session as askSession, waiting, wasEnded } from "./api.js";
import { showAnswer } from "./answer.js";
import { Busy, countdown } from "./busy.js";
import { announce, button, el, icon } from "./dom.js";
import { startIntake } from "./intake.js";
import { number, onLanguage, startLanguage, t } from "./language.js";
import { showLogin } from "./login.js";
import { DETAIL_SIDE, shrink, wantsDetail } from "./shrink.js";

const MB = 2 ** 20;
const POLL_MS = 2000;
const SPARE_SECONDS = 60; // waiting in line and the way back, beside the time that each photo may take
const REGION = /^(\d{2}([.,]?\d{1,2}([.,]?\d{2}([.,]?\d{4})?)?)?|.*\p{L}.*)$/u; // whether there is one of that code or name, the service says
const LOST_SECONDS = 3;
const TRIES = 5; // so often a full service is asked again by itself
const byId = (id) => document.getElementById(id);
const VIEWS = ["start", "busy", "answer", "login"];

/** What the page holds: the photos until somebody goes on to others, and the work in progress. */
const state = { view: "start", session: null, photos: [], work: null, shown: null, options: {}, notice: "" };

function show(view) {
  for (const name of VIEWS) byId(name).hidden = name !== view;
  // The phone's back button leads back to the start of this page, not off it.
  if (state.view === "start" && view !== "start" && history.state?.inside !== true) history.pushState({ inside: true }, "");
  state.view = view;
  scrollTo(0, 0);
}

function reset() {
  state.work?.abort(ended());
  state.work = null;
  state.shown?.close();
  state.shown = null;
  forget(state.photos);
  state.photos = [];
  byId("answer").replaceChildren();
  byId("busy").replaceChildren();
  byId("notice").hidden = true;
}

/** Go to the start; `notice` is what is said there. */
function toStart(notice = "") {
  reset();
  state.notice = notice;
  if (history.state?.inside) history.back(); // `popstate` shows the start
  else showStart();
}

function showStart() {
  reset();
  show(state.session && state.session.role === null ? "login" : "start");
  if (state.view === "login") login();
  else byId("start-title").focus({ preventScroll: true });
  if (state.notice) refuse(state.notice);
  state.notice = "";
}

function forget(photos) {
  for (const photo of photos) if (photo.url) URL.revokeObjectURL(photo.url);
}

function refuse(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = false;
}

/** What keeps these files from being sent, in words; null when nothing does. */
function objection(files) {
  const limits = state.session?.limits;
  const video = files.find((file) => file.type.startsWith("video/"));
  if (video) return t("refused.video", { name: video.name });
  if (limits && files.length > limits.photos) return t("refused.many", { most: limits.photos, count: files.length });
  return null;
}

/** What keeps the copies from being sent: known once they are made. */
function objectionToCopies(photos) {
  const limits = state.session?.limits;
  if (!limits) return null;
  const large = photos.find((photo) => photo.sent.blob.size > limits.photo_bytes);
  if (large) return t("refused.large", { name: large.file.name, most: Math.floor(limits.photo_bytes / MB) });
  const total = photos.reduce((sum, photo) => sum + photo.sent.blob.size, 0);
  return total > limits.request_bytes ? t("refused.post", { most: Math.floor(limits.request_bytes / MB) }) : null;
}

function readOptions() {
  const region = byId("region").value.trim();
  if (region && !REGION.test(region)) throw new RangeError("region");
  return { policy: byId("policy").value, region, date: byId("day").value };
}

function take(files) {
  const refused = objection(files);
  if (refused) {
    if (state.view === "start") refuse(refused);
    else toStart(refused);
    return;
  }
  try {
    state.options = readOptions();
  } catch {
    refuse(t("refused.region"));
    byId("region").focus();
    return;
  }
  reset();
  state.photos = files.map((file) => ({ file, url: null, sent: null, wish: undefined }));
  void work();
}

/** Do all there is to do with `state.photos`, from where it stands. */
async function work() {
  state.work?.abort(ended());
  const ending = (state.work = new AbortController());
  const { signal } = ending;
  const photos = state.photos;
  const title = photos.length > 1 ? t("busy.many", { count: photos.length }) : t("busy.one");
  const thumbnails = photos.slice(0, 10).map(() => el("span", { class: "busy-photo" }, icon("photo")));
  const busy = new Busy(byId("busy"), { title, thumbnails, onCancel: () => toStart() });
  show("busy");
  busy.title.focus({ preventScroll: true });
  try {
    await shrinkAll(photos, busy, thumbnails, signal);
    const refused = objectionToCopies(photos);
    if (refused) {
      toStart(refused);
      return;
    }
    let told = await checkPatiently(photos, busy, signal);
    const coarse = (told.photos ?? [told]).flatMap((answer, at) => (answer.faces && !photos[at].fine && wantsDetail(answer.faces, photos[at].sent) ? [photos[at]] : []));
    if (coarse.length) {
      for (const photo of coarse) await replaceCopy(photo, DETAIL_SIDE, signal);
      told = await checkPatiently(photos, busy, signal, t("busy.detail"));
    }
    state.work = null;
    answer(told);
  } catch (error) {
    if (wasEnded(error)) return;
    fail(error);
  }
}

async function shrinkAll(photos, busy, thumbnails, signal) {
  for (const [at, photo] of photos.entries()) {
    busy.show("shrink", at / photos.length, photos.length > 1 ? t("busy.sent", { done: number(at), total: number(photos.length) }) : "");
    if (!photo.sent) await replaceCopy(photo, undefined, signal);
    if (photo.sent.width) thumbnails[at]?.replaceChildren(el("img", { src: photo.url, alt: "" }));
  }
}

async function replaceCopy(photo, side, signal) {
  const sent = await shrink(photo.file, side);
  if (signal.aborted) throw ended();
  if (photo.url) URL.revokeObjectURL(photo.url);
  photo.sent = sent;
  photo.fine = side === DETAIL_SIDE;
  photo.url = sent.width ? URL.createObjectURL(sent.blob) : null;
}

/** Check, and again after a while where the service is full or the connection is gone. */
async function checkPatiently(photos, busy, signal, note = "") {
  for (let tried = 1; ; tried++) {
    try {
      return await checkOnce(photos, busy, signal, note);
    } catch (error) {
      if (error.code === "network" && !navigator.onLine) await connection(busy, signal);
      else if (tried === TRIES) throw error;
      else if (error.code === "network") {
        // A service that refuses may hang up before it has heard all of the photo: it is asked by itself.
        adopt(await askSession().catch(() => { throw error; }));
        if (state.session.role === null) throw new Problem("auth.missing", null, "", { status: 401 });
        await pause(busy, t("busy.lost"), LOST_SECONDS, signal);
      } else if (Number.isFinite(error.retryAfter)) await pause(busy, error.detail, Math.max(error.retryAfter, 1), signal);
      else throw error;
    }
  }
}

async function pause(busy, title, seconds, signal) {
  let waiting = null;
  const element = busy.pause("again", title, t("busy.wait", { seconds }), () => waiting.skip());
  waiting = countdown(element, seconds, signal);
  await waiting.done;
}

async function connection(busy, signal) {
  busy.pause("offline", t("busy.offline"), t("busy.offlineWait"), null);
  await new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    addEventListener("online", resolve, { once: true });
  });
}

async function checkOnce(photos, busy, signal, note) {
  const form = new FormData();
  // Names of files say too much, and the server does not need them.
  for (const photo of photos) form.append("photo", photo.sent.blob, "photo");
  const unseen = photos.some((photo) => !photo.sent.width);
  const kilobytes = Math.ceil(photos.reduce((sum, photo) => sum + photo.sent.blob.size, 0) / 1000);
  const sending = (part) => busy.show("send", part, [note, t("busy.sent", { done: `${number(Math.round(part * kilobytes))} kB`, total: `${number(kilobytes)} kB` })].filter(Boolean).join(" "));
  sending(0);
  let poll = null;
  const watch = () => {
    busy.show("check", null, note);
    clearInterval(poll);
    poll = setInterval(async () => {
      const count = await waiting().catch(() => 0);
      if (poll && busy.step === "check") busy.show("check", null, count ? t("busy.queueOf", { count: number(count) }) : note);
    }, POLL_MS);
  };
  try {
    return await request("POST", "/v1/check", {
      form, signal, onProgress: sending, onSent: watch,
      answerSeconds: SPARE_SECONDS + photos.length * (state.session?.limits.photo_seconds ?? SPARE_SECONDS),
      query: { ...state.options, preview: unseen ? "true" : "" },
    });
  } finally {
    clearInterval(poll);
    poll = null;
  }
}

function answer(told) {
  state.shown?.close();
  state.shown = showAnswer(byId("answer"), { told, photos: state.photos, session: state.session ?? {}, options: state.options, onAnother: () => toStart() });
  show("answer");
  state.shown.head.focus({ preventScroll: true });
  announce(state.shown.spoken);
}

function fail(error) {
  state.work = null;
  if (error.status === 401) {
    state.session = { ...state.session, role: null };
    show("login");
    login();
    return;
  }
  if (!(error instanceof Problem)) console.error(error);
  const problem = error instanceof Problem ? error : new Problem("page", null, t("failed.page"));
  const ofPhoto = /^(photo|media|request\.(too|media))/.test(problem.code);
  const head = el("h1", { class: "headline", tabIndex: -1, text: problem.title ?? t("failed.title") });
  const again = button(t("failed.again"), { kind: ofPhoto ? "" : "main", picture: "again", on: { click: () => void work() } });
  const another = button(t("failed.another"), { kind: ofPhoto ? "main" : "", picture: "photo", on: { click: () => toStart() } });
  byId("answer").replaceChildren(
    el("header", { class: "banner is-error" }, el("span", { class: "sign is-error" }, icon("question")), el("div", {}, head)),
    el("div", { class: "post" },
      el("section", { class: "step is-error" }, el("p", { text: problem.detail }), el("p", { class: "caption", text: t("failed.note") })),
      el("div", { class: "actions" }, ofPhoto ? [another, again] : [again, another]),
      problem.requestId && problem.status >= 500 ? el("p", { class: "caption", text: t("failed.request", { id: problem.requestId }) }) : null,
    ),
  );
  show("answer");
  head.focus({ preventScroll: true });
  announce(`${head.textContent}. ${problem.detail}`);
}

function login() {
  showLogin(byId("login"), {
    note: state.photos.length ? t("login.kept") : "",
    onDone: (told) => {
      byId("login").replaceChildren();
      adopt(told);
      if (state.photos.length) void work();
      else showStart();
    },
  });
}

function adopt(session) {
  state.session = session;
  byId("leave").hidden = session.login !== "code";
  void fillPolicies();
}

async function fillPolicies() {
  if (!state.session?.role) return;
  const select = byId("policy");
  const chosen = select.value;
  try {
    const told = await request("GET", "/v1/policies");
    const usual = told.policies.find((policy) => policy.id === told.default);
    select.replaceChildren(
      el("option", { value: "", text: t("options.usual", { name: usual?.title ?? told.default }) }),
      ...told.policies.filter((policy) => policy.id !== told.default).map((policy) => el("option", { value: policy.id, text: policy.title })),
    );
    select.value = chosen;
  } catch {
    // The office's rules are used as they are: nothing that the start of the page should stop for.
    select.replaceChildren(el("option", { value: "", text: "–" }));
  }
}

async function start() {
  await startLanguage({ id: () => import("./words-id.js"), en: () => import("./words-en.js") });
  startIntake({ onPhotos: take, onRefused: refuse, isOpen: () => state.view === "start" || state.view === "answer" });
  addEventListener("popstate", showStart);
  addEventListener("pagehide", (event) => event.persisted || forget(state.photos));
  byId("leave").addEventListener("click", async () => {
    adopt(await logOut());
    toStart();
  });
  onLanguage(() => {
    void fillPolicies();
    byId("notice").hidden = true;
    // The server says everything about a photo, so it is asked again in the other language.
    if (state.view === "login") login();
    else if (state.photos.length && state.view !== "start") void work();
  });
  if (history.state?.inside) history.replaceState(null, ""); // loaded anew: the photos are gone
  try {
    adopt(await askSession());
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refuse(error.detail); // the page still takes photos, and tries again with them
  }
  if (state.session?.role === null) showStart();
  document.documentElement.dataset.ready = "true";
}

void start();
