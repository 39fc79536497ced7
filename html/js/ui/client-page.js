// SPDX-License-Identifier: GPL-3.0-or-later
import { h } from "../lib/html.js";
import { dialog } from "./dialogs.js";
import { errorView, goodbyeView } from "./last-views.js";
import { Page } from "./page.js";
import { room, icon } from "./icons.js";
import { banner, button, control, deviceChoice, languages, level, notice, phone, selfView, toggle } from "./parts.js";
import { stage } from "./stage.js";

/** @typedef {import("./parts.js").Scene} Scene */

/** The page of a client, guest or observer. */
class ClientPage extends Page {
  /** @param {Scene} scene */
  draw(scene) {
    const { state, t } = scene;
    return [
      h("header", { class: "top" },
        button("quick-exit", t("quick_exit"), { kind: "exit", title: t("quick_exit.hint") }),
        languages(scene)),
      banner(scene),
      h("main", { "data-view": state.view, "data-place": state.place ?? "" },
        h("div", { key: state.view, class: `view ${state.view}` }, VIEWS[state.view](scene))),
      h("app-dialog", { ".content": dialog(scene) }),
    ];
  }
}

/** @type {Record<import("../core/state.js").View, (scene: Scene) => import("../lib/html.js").Anything>} */
const VIEWS = {
  arrive: arriveView,
  check: checkView,
  waiting: waitingView,
  session: sessionView,
  goodbye: goodbyeView,
  error: errorView,
};

/** @param {Scene} scene */
function arriveView(scene) {
  const { state, t } = scene;
  if (!state.self) return h("div", { class: "card" }, h("h1", null, t("arrive.opening")), h("p", { role: "status" }, t("arrive.moment")));
  const name = state.self.name;
  const other = state.self.with;
  return h("div", { class: "card" },
    h("h1", { tabindex: "-1" }, name ? t("arrive.hello_name", { name }) : t("arrive.hello")),
    h("p", { class: "lead" }, other ? t("arrive.with", { name: other }) : t("arrive.with_nobody")),
    notice(scene, deviceWays(scene)),
    !state.notice && h("div", { class: "buttons stacked" },
      button("start-devices", t("arrive.start"), { kind: "primary", icon: "camera", disabled: state.starting }),
      button("start-voice", t("arrive.voice"), { icon: "microphone", disabled: state.starting })),
    h("p", { class: "small", role: "status" }, t(state.starting ? "arrive.allow_now" : "arrive.allow")),
    h("p", { class: "small assure" }, icon("hidden"), h("span", null, t("nobody_yet"))),
    name && h("p", { class: "small" }, button("not-me", t("arrive.not_me", { name }), { kind: "quiet" })),
    phone(scene));
}

/** Ways on when a device did not work. @param {Scene} scene */
function deviceWays({ state, t }) {
  const silent = !state.has.audio;
  return [
    button("start-devices", t("again"), { kind: "primary", disabled: state.starting }),
    silent && state.notice === "DEVICE_FAILED" && button("start-voice", t("arrive.voice"), { disabled: state.starting }),
    silent && button("start-listen", t("arrive.listen"), { disabled: state.starting }),
  ];
}

/** @param {Scene} scene */
function checkView(scene) {
  const { state, t } = scene;
  return h("div", { class: "card wide check-card" },
    h("h1", { tabindex: "-1" }, t("check.title")),
    h("div", { class: "halves" },
      selfView(scene),
      h("div", { class: "stack" },
        notice(scene),
        state.has.audio ? level(scene) : h("p", null, t("self.listen")),
        deviceChoice(scene),
        h("div", { class: "buttons" },
          state.wanted !== "listen" && button("camera", t(state.has.video ? "check.camera_off" : "check.camera_on"),
            { icon: state.has.video ? "camera-off" : "camera" }),
          state.has.audio && button("echo", t(state.sends.echo ? "check.echo_off" : "check.echo_on"), { icon: "ear" })),
        state.sends.echo && h("p", { class: "small", role: "status" }, t("check.echo_words")))),
    state.sends.echo && h("app-video", { key: "echo", class: "only-sound", ".side": "echo", ".stream": scene.media.pairs[0] ?? null }),
    h("div", { class: "buttons stacked" }, button("join", t("check.done"), { kind: "primary" })),
    h("p", { class: "small assure" }, icon("hidden"), h("span", null, t("nobody_yet"))),
    phone(scene));
}

/** @param {Scene} scene */
function waitingView(scene) {
  const { state, t } = scene;
  const name = state.self?.name ?? "";
  const other = state.self?.with || t("role.therapist");
  const held = state.place === "held";
  const title = held ? t("waiting.held_title") : name ? t("waiting.title_name", { name }) : t("waiting.title");
  return h("div", { class: "card wide waiting-card" },
    room(),
    h("div", { class: "stack" },
      h("h1", { tabindex: "-1" }, title),
      h("p", { class: "lead", role: "status" }, t(waitingWords(state), { name: other })),
      waitingFacts(scene, held, other)),
    state.self?.role === "observer"
      ? button("leave", t("leave"), { kind: "quiet", icon: "leave" })
      : h("div", { class: "below" },
        selfView(scene, "little"),
        h("div", { class: "buttons" },
          button("devices", t("devices.open"), { icon: "settings" }),
          button("leave", t("leave"), { kind: "quiet", icon: "leave" }))),
    phone(scene));
}

/**
 * @param {Scene} scene
 * @param {boolean} held
 * @param {string} other
 */
function waitingFacts(scene, held, other) {
  const { state, t } = scene;
  const present = state.therapist_present;
  return [
    h("ul", { class: "facts" },
      h("li", { key: "present", class: present ? "yes" : "" }, icon(present ? "check" : "clock"),
        h("span", { role: "status" }, t(present ? "waiting.present" : "waiting.absent", { name: other }))),
      h("li", { key: "nobody" }, icon("hidden"), h("span", null, t(held ? "nobody_now" : "nobody_yet")))),
    h("div", { key: "said", role: "status" }, state.message && h("blockquote", null, icon("message"),
      h("div", null, h("p", { class: "small" }, t("waiting.message", { name: other })), h("p", { dir: "auto" }, state.message)))),
    notice(scene),
  ];
}

/** @param {import("../core/state.js").State} state */
function waitingWords(state) {
  if (state.place_reason === "therapist_left") return "waiting.therapist_left";
  return state.place === "held" ? "waiting.held" : "waiting.lead";
}

/** @param {Scene} scene */
function sessionView(scene) {
  const { state, t } = scene;
  const observer = state.self?.role === "observer";
  return [
    h("h1", { key: "title", class: "unseen", tabindex: "-1" }, t("session.title")),
    stage(scene),
    h("div", { key: "over-stage", class: "over-stage" },
      notice(scene),
      state.playback_blocked && h("div", { key: "play", class: "notice", role: "alert" },
        h("div", null, h("p", null, t("play.words")), button("play", t("play.button"), { kind: "primary" }))),
      !observer && state.wanted === "none" && h("div", { key: "start", class: "notice", role: "alert" },
        h("div", null, h("p", null, t("session.silent")),
          h("div", { class: "buttons" },
            button("start-devices", t("arrive.start"), { kind: "primary", disabled: state.starting }),
            button("start-voice", t("arrive.voice"), { disabled: state.starting }))))),
    h("div", { key: "bar", class: "bar", role: "group", "aria-label": t("controls") },
      !observer && [
        toggle(scene, "mute", t("control.microphone"), ["microphone", "microphone-off"], state.sends.audio),
        toggle(scene, "camera", t("control.camera"), ["camera", "camera-off"], state.has.video),
        control("devices", t("control.devices"), "settings"),
      ],
      control("leave", t("control.leave"), "leave", { class: "danger" })),
  ];
}

export function define() {
  if (!customElements.get("app-client")) customElements.define("app-client", ClientPage);
}
