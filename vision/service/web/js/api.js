// Talking to the server: JSON answers, problems (RFC 9457), progress of what is sent.

import { language, t } from "./language.js";

const state = { csrf: null };

/**
 * What went wrong. `code` is the server's, or "network" (no answer came) or "strange" (no answer that can be read).
 * `retryAfter` is in seconds, null where waiting does not help.
 */
export class Problem extends Error {
  constructor(code, title, detail, { status = 0, retryAfter = null, requestId = null, members = {} } = {}) {
    super(detail);
    Object.assign(this, { code, title, detail, status, retryAfter, requestId, members });
  }
}

/** Who am I, and what may I: GET /v1/session. */
export async function session() {
  return remembered(await send("GET", "/v1/session"));
}

/** How many requests wait their turn. Who is logged in stays as it was: this answer may be older than the login. */
export async function waiting() {
  return (await request("GET", "/v1/session")).waiting;
}

export async function logIn(code) {
  return remembered(await request("POST", "/v1/session", { json: { code } }));
}

export async function logOut() {
  return remembered(await request("DELETE", "/v1/session"));
}

function remembered(told) {
  state.csrf = told.csrf;
  return told;
}

/**
 * Ask the server and return what its JSON says. Raises `Problem`, or an AbortError where `signal` ended it.
 *
 * `query`: options, empty ones left out. `json` or `form`: the body. `onProgress(share)`: what part was sent, 0..1;
 * `onSent()`, once for every try: all of it is there, and after `answerSeconds` more without an answer there will be none.
 */
export async function request(method, path, options = {}) {
  try {
    return await send(method, path, options);
  } catch (error) {
    if (error.code !== "auth.csrf") throw error;
    await session(); // somebody has logged in anew in another tab
    return send(method, path, options);
  }
}

function send(method, path, { query = {}, json, form, onProgress, onSent, answerSeconds, signal } = {}) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(ended());
      return;
    }
    const call = new XMLHttpRequest(); // fetch tells nothing of how far an upload is
    call.open(method, address(path, query));
    call.setRequestHeader("Accept", "application/json, application/problem+json");
    if (state.csrf && method !== "GET") call.setRequestHeader("X-CSRF-Token", state.csrf);
    if (json !== undefined) call.setRequestHeader("Content-Type", "application/json");
    if (onProgress) {
      call.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    }
    let late = null;
    call.upload.addEventListener("load", () => {
      onSent?.();
      if (answerSeconds) late = setTimeout(() => { finish(reject, unreachable()); call.abort(); }, answerSeconds * 1000);
    });
    const stop = () => call.abort();
    signal?.addEventListener("abort", stop);
    const finish = (settle, value) => {
      clearTimeout(late);
      signal?.removeEventListener("abort", stop);
      settle(value);
    };
    call.addEventListener("abort", () => finish(reject, ended()));
    call.addEventListener("error", () => finish(reject, unreachable()));
    call.addEventListener("load", () => {
      const told = parsed(call.responseText);
      if (call.status < 300 && told !== null) finish(resolve, told);
      else finish(reject, problemOf(call, told));
    });
    call.send(json === undefined ? form : JSON.stringify(json));
  });
}

const unreachable = () => new Problem("network", null, t("failed.network"));
export const ended = () => new DOMException("ended", "AbortError");
export const wasEnded = (error) => error?.name === "AbortError";

function address(path, query) {
  const given = Object.entries({ language: language(), ...query }).filter(([, value]) => value !== "" && value != null);
  return `${path}?${new URLSearchParams(given)}`;
}

function problemOf(call, told) {
  const requestId = call.getResponseHeader("X-Request-Id");
  const status = call.status;
  if (!told?.code) return new Problem("strange", null, t("failed.strange"), { status, requestId });
  const seconds = Number.parseInt(call.getResponseHeader("Retry-After") ?? "", 10);
  const retryAfter = (status === 429 || status === 503) && seconds >= 0 ? seconds : null;
  return new Problem(told.code, told.title, told.detail, { status, retryAfter, requestId, members: told });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
