// SPDX-License-Identifier: GPL-3.0-or-later
import { h } from "../lib/html.js";
import { dialog } from "./dialogs.js";
import { icon } from "./icons.js";
import { errorView, goodbyeView } from "./last-views.js";
import { Page } from "./page.js";
import { people } from "./people.js";
import { banner, button, control, languages, notice, phone, selfView, toggle } from "./parts.js";
import { stage } from "./stage.js";

/** @typedef {import("./parts.js").Scene} Scene */

/** The page of a therapist: the desk, and the session. */
class TherapistPage extends Page {
  /** @param {Scene} scene */
  draw(scene) {
    const { state } = scene;
    return [
      h("header", { class: "top" }, languages(scene)),
      banner(scene),
      h("main", { "data-view": state.view, "data-place": state.place ?? "" },
        h("div", { key: state.view, class: `view ${state.view} for-therapist` }, VIEWS[state.view](scene))),
      h("app-dialog", { ".content": dialog(scene) }),
    ];
  }
}

/** @type {Record<import("../core/state.js").View, (scene: Scene) => import("../lib/html.js").Anything>} */
const VIEWS = {
  arrive: openingView,
  check: openingView,
  waiting: deskView,
  session: sessionView,
  goodbye: goodbyeView,
  error: errorView,
};

/** @param {Scene} scene */
function openingView({ t }) {
  return h("div", { class: "card" }, h("h1", null, t("arrive.opening")), h("p", { role: "status" }, t("arrive.moment")));
}

/** @param {Scene} scene */
function deskView(scene) {
  const { state, t } = scene;
  const waiting = state.desk.people.filter((person) => person.state !== "admitted").length;
  return h("div", { class: "desk" },
    h("section", { class: "card list-card", "aria-labelledby": "desk-title" },
      h("h1", { id: "desk-title", tabindex: "-1" }, t("desk.title")),
      h("p", { class: "lead", role: "status" }, t(waiting ? "desk.count" : "desk.count_none", { n: waiting })),
      notice(scene),
      people(scene),
      !state.desk.people.length && h("p", { key: "empty", class: "empty" }, t("desk.empty"))),
    h("aside", { class: "card", "aria-label": t("desk.you") },
      h("h2", null, state.self?.name || t("desk.you")),
      state.wanted === "none"
        ? h("div", { key: "start", class: "stack" },
          h("p", null, t("desk.start_words")),
          h("div", { class: "buttons stacked" },
            button("start-devices", t("arrive.start"), { kind: "primary", icon: "camera", disabled: state.starting }),
            button("start-voice", t("arrive.voice"), { icon: "microphone", disabled: state.starting })))
        : h("div", { key: "on", class: "stack" }, selfView(scene), button("devices", t("devices.open"), { icon: "settings" })),
      h("p", { class: "small assure" }, icon("hidden"), h("span", null, t("desk.unseen"))),
      h("div", { class: "buttons stacked" },
        h("button", { type: "button", class: "button", role: "switch", "aria-checked": String(state.desk.chime), "data-action": "chime" },
          icon("bell"), h("span", null, t("desk.chime")), h("small", { "aria-hidden": "true" }, t(state.desk.chime ? "on" : "off"))),
        button("leave", t("desk.leave"), { kind: "quiet", icon: "leave" })),
      phone(scene)));
}

/** @param {Scene} scene */
function sessionView(scene) {
  const { state, t } = scene;
  const others = state.desk.people.filter((person) => person.state !== "admitted").length;
  const one = state.peers.length === 1 ? state.peers[0] : null;
  return [
    h("h1", { key: "title", class: "unseen", tabindex: "-1" }, t("session.title")),
    stage(scene),
    h("div", { key: "over-stage", class: "over-stage" },
      notice(scene),
      state.playback_blocked && h("div", { key: "play", class: "notice", role: "alert" },
        h("div", null, h("p", null, t("play.words")), button("play", t("play.button"), { kind: "primary" }))),
      state.wanted === "none" && h("div", { key: "start", class: "notice", role: "alert" },
        h("div", null, h("p", null, t("session.silent")),
          h("div", { class: "buttons" }, button("start-devices", t("arrive.start"), { kind: "primary", disabled: state.starting }))))),
    h("div", { key: "bar", class: "bar", role: "group", "aria-label": t("controls") },
      toggle(scene, "mute", t("control.microphone"), ["microphone", "microphone-off"], state.sends.audio),
      toggle(scene, "camera", t("control.camera"), ["camera", "camera-off"], state.has.video),
      control("devices", t("control.devices"), "settings"),
      toggle(scene, state.locked ? "unlock" : "lock", t("control.lock"), ["lock", "unlock"], state.locked),
      one && control("hold", t("control.hold"), "pause", { "data-id": one.participant, "data-name": one.name }),
      control("end", t("control.end"), "leave", { class: "danger" })),
    h("details", { key: "side", class: "side" },
      h("summary", null, icon("people"), h("span", null, t(others ? "desk.others" : "desk.others_none", { n: others }))),
      people(scene)),
  ];
}

export function define() {
  if (!customElements.get("app-therapist")) customElements.define("app-therapist", TherapistPage);
}
