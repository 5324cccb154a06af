// The administrator's page: who may come in, and which part of it is shown. Parts have addresses, so that back works.

import { logOut, session as askSession } from "../api.js";
import { onLanguage, startLanguage, t } from "../language.js";
import { showLogin } from "../login.js";
import { showElections, showPolicies } from "./elections.js";
import { forgetHealth, showHealth } from "./health.js";
import { showPeople } from "./people.js";
import { showNewPerson, showPerson } from "./person.js";
import { el, hasArrived, say, sayNothing, sayProblem } from "./shell.js";

const room = document.getElementById("room");
const rooms = document.getElementById("rooms");
const leave = document.getElementById("leave");
const ROOMS = { people: showPeople, new: showNewPerson, person: showPerson, health: showHealth, elections: showElections, policies: showPolicies };
const HOME = { new: "people", person: "people" };
let session = null;
let arrived = false;

async function show() {
  if (session?.role !== "manage") {
    comeIn();
    return;
  }
  const [name, id] = location.hash.slice(1).split("/");
  const wanted = name in ROOMS ? name : "people";
  rooms.hidden = false;
  leave.hidden = session.login !== "code";
  for (const link of rooms.querySelectorAll("a")) {
    if (link.dataset.room === (HOME[wanted] ?? wanted)) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (!session.gallery && wanted !== "policies") {
    room.replaceChildren(el("p", { class: "empty", text: t("admin.noGallery") }));
    return;
  }
  try {
    await ROOMS[wanted](room, decodeURIComponent(id ?? ""));
    // After a change of rooms the focus goes along, so that readers start at the top of the new one.
    if (arrived) room.querySelector("h1")?.focus({ preventScroll: true });
    arrived = true;
  } catch (error) {
    if (error.status === 401 || error.code === "auth.role") {
      session = { ...session, role: null };
      comeIn();
      return;
    }
    room.replaceChildren();
    sayProblem(error);
  }
}

function comeIn(note = "") {
  rooms.hidden = true;
  leave.hidden = session?.login !== "code";
  showLogin(room, {
    text: t("admin.login"),
    note,
    onDone: (told) => {
      session = told;
      if (told.role === "manage") void show();
      else comeIn(t("admin.notManager"));
    },
  });
}

addEventListener("hashchange", () => {
  sayNothing();
  scrollTo(0, 0);
  void show().then(hasArrived);
});

async function start() {
  await startLanguage({ id: () => import("./words-id.js"), en: () => import("./words-en.js") });
  onLanguage(() => {
    sayNothing();
    forgetHealth(); // its words are the server's
    void show();
  });
  leave.addEventListener("click", async () => {
    session = await logOut();
    sayNothing();
    comeIn();
  });
  try {
    session = await askSession();
    await show();
  } catch (error) {
    say(error.detail ?? t("failed.page"), "error");
  }
  document.documentElement.dataset.ready = "true";
}

void start();
