// The supervisors' console: one websocket, all rooms, one of them watched closely. docs/protocol.md, "Console".

import { fill, toast, words } from "../lib/dom.js";
import { Connection, tabId } from "../lib/socket.js";
import { showConnection } from "./connection.js";
import { listen } from "./keys.js";
import { Requests } from "./requests.js";
import { inOrder, RoomList, waits } from "./rooms.js";
import { Stage } from "./stage.js";
import { TurnDock } from "./turn.js";

const TICK_MS = 500;
const sentences = words();
const part = (id) => document.getElementById(id);
const title = document.title;

const rooms = new Map();
let watched = null;
let cursor = null;
let detail = null;

const connection = new Connection("/ws/console/", () => ({ type: "hello", client: tabId() }));
const requests = new Requests(connection);
const stage = new Stage({ part, sentences });
const dock = new TurnDock({ part, requests, sentences });
const list = new RoomList(part("rooms"), sentences, watch);

const callsYou = (room) => waits(room) && !room.turn.holder && (!room.seized_by || room.seized_by_you);

function watch(session) {
  const room = rooms.get(session);
  if (!room || session === watched) return;
  watched = session;
  cursor = null;
  detail = null;
  stage.open(room);
  connection.send({ type: "watch", session, cursor });
  show();
}

function show() {
  const all = [...rooms.values()];
  list.show(all, watched);
  part("no-rooms").hidden = all.length > 0;
  const room = rooms.get(watched);
  if (room) { stage.head(room); dock.show(room, room.ended ? null : detail); }
  const calls = all.filter(callsYou).length;
  part("waiting-count").hidden = calls === 0;
  part("waiting-count").textContent = String(calls);
  part("waiting-count").className = "badge badge--alert";
  document.title = calls ? fill(sentences.title, { n: calls }) : title;
}

function onRoom({ room }) {
  const before = rooms.get(room.session);
  rooms.set(room.session, room);
  if (room.session === watched) {
    // The batch that follows carries the whole turn; what both frames tell is taken from the newer one.
    detail = detail && room.turn?.number === detail.number ? Object.assign(detail, room.turn) : null;
  }
  if (callsYou(room) && !(before && callsYou(before))) alertTo(room);
  show();
}

function alertTo(room) {
  const sentence = fill(sentences.alert, { room: `${room.teacher} · ${room.student}` });
  part("announcer").textContent = sentence;
  const current = rooms.get(watched);
  if (!current || current.ended) watch(room.session);
  else if (room.session !== watched) toast(sentence, { action: sentences.open, onAction: () => watch(room.session) });
}

function onWelcome(frame) {
  stage.signedIn(frame.you.actor);
  rooms.clear();
  for (const room of frame.rooms) rooms.set(room.session, room);
  if (rooms.has(watched)) connection.send({ type: "watch", session: watched, cursor });
  else leave();
  const first = inOrder(rooms.values()).find(callsYou);
  if (!watched && first) watch(first.session);
  show();
}

/** The watched room ended while this browser was away. */
function leave() {
  watched = null;
  detail = null;
  part("no-room").hidden = false;
  part("stage-head").hidden = true;
  part("turn").hidden = true;
  part("uncertainty").hidden = true;
  part("lines").replaceChildren();
  part("picture").replaceChildren();
}

function onBatch(frame) {
  if (frame.session !== watched) return;
  cursor = frame.cursor;
  detail = frame.turn;
  stage.batch(frame);
  show();
}

const handlers = {
  welcome: onWelcome,
  room: onRoom,
  batch: onBatch,
  typing: (frame) => { if (frame.session === watched) stage.typing(); },
  err: (frame) => { if (!frame.session) toast(frame.detail, { tone: "danger" }); },
};

async function act(frame) {
  if (!watched) return;
  try {
    await requests.ask({ ...frame, session: watched });
  } catch (refusal) {
    toast(refusal.code === "offline" ? sentences.offline : refusal.message, { tone: "danger" });
  }
}

function move(step) {
  const ordered = inOrder(rooms.values());
  const place = ordered.findIndex((room) => room.session === watched);
  const next = ordered[place < 0 ? 0 : Math.min(ordered.length - 1, Math.max(0, place + step))];
  if (!next) return;
  watch(next.session);
  document.querySelector(`[data-session="${next.session}"]`).scrollIntoView({ block: "nearest", inline: "nearest" });
}

function toggleMode() {
  const room = rooms.get(watched);
  if (room && !room.ended) act({ type: "set_mode", mode: room.mode === "backup" ? "verify" : "backup" });
}

showConnection(connection, sentences.connection);
connection.addEventListener("frame", ({ detail: frame }) => handlers[frame.type]?.(frame));
setInterval(() => { list.tick(rooms.values(), connection.now()); dock.tick(connection.now()); }, TICK_MS);
document.addEventListener("visibilitychange", () => { if (!document.hidden) show(); });

part("seize").addEventListener("click", () => act({ type: "seize" }));
part("hand-back").addEventListener("click", () => act({ type: "hand_back" }));
part("mode-backup").addEventListener("click", () => act({ type: "set_mode", mode: "backup" }));
part("mode-verify").addEventListener("click", () => act({ type: "set_mode", mode: "verify" }));
part("stop-sure").addEventListener("click", () => { part("stop-dialog").close(); act({ type: "stop" }); });
if (matchMedia("(max-width: 60rem)").matches) part("insight-fold").open = false;

listen({
  c: () => dock.claim(),
  x: () => dock.release(),
  t: () => dock.type(),
  e: () => dock.armEdit(),
  r: () => dock.armReject(),
  f: () => dock.fix(),
  s: () => act({ type: "seize" }),
  h: () => act({ type: "hand_back" }),
  m: toggleMode,
  n: () => { const next = inOrder(rooms.values()).find((room) => callsYou(room) && room.session !== watched); if (next) watch(next.session); },
  j: () => move(1),
  k: () => move(-1),
  arrowdown: () => move(1),
  arrowup: () => move(-1),
  "?": () => part("keys").showModal(),
  escape: () => dock.cancel(),
}, (index) => dock.number(index), (event) => dock.layerKey(event));
