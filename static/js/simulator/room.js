// The teacher's room: puts connection, dialogue, picture, clock and composer together. docs/protocol.md, "Teacher".

import { toast, words } from "../lib/dom.js";
import { Connection, tabId } from "../lib/socket.js";
import { Composer } from "./composer.js";
import { showConnection } from "./connection.js";
import { countdown } from "./countdown.js";
import { DialogueLog, stayAtEnd } from "./log.js";
import { Outbox } from "./outbox.js";
import { showPicture } from "./picture.js";
import { showUnsent } from "./unsent.js";

const sentences = words();
const part = (id) => document.getElementById(id);
const session = part("room").dataset.session;
const client = tabId();

let cursor = null;
let ended = part("room").dataset.ended ?? null;
let stopClock = () => {};

const connection = new Connection(`/ws/session/${session}/`, () => ({ type: "hello", client, cursor }));
const list = part("log");
const log = new DialogueLog(part("lines"), { teacher: sentences.you, student: sentences.student }, { new: sentences.new });
const scroll = stayAtEnd(list, (offer) => { part("jump").hidden = !offer; });
const outbox = new Outbox(session, (frame) => connection.send(frame), render);

function render(messages) {
  showUnsent(part("outbox"), messages, {
    sentences,
    online: connection.state === "open",
    onRetry: (txn) => outbox.retry(txn),
    onDiscard: (txn) => outbox.discard(txn),
  });
  part("end-unsent").hidden = messages.length === 0;
}

function announce(text) {
  part("announcer").textContent = text;
}

function onWelcome(frame) {
  stopClock();
  stopClock = countdown({
    place: part("clock"),
    box: part("clock-box"),
    deadline: Date.parse(frame.deadline_at),
    now: () => connection.now(),
    announce: (what) => { announce(sentences[what]); toast(sentences[what]); },
  });
  if (frame.ended) finish(frame.ended);
}

function onBatch(frame) {
  if (frame.reset) { list.setAttribute("aria-busy", "true"); log.reset(); }
  cursor = frame.cursor;
  for (const event of frame.events) {
    if (event.type === "message.posted") log.add(event);
    if (event.txn) outbox.stored(event.txn);
  }
  list.removeAttribute("aria-busy");
  if (frame.picture && showPicture(part("picture"), frame.picture)) announce(sentences.picture_changed);
  part("typing").textContent = frame.typing ? sentences.typing : "";
  part("typing").classList.toggle("is-typing", frame.typing);
  if (frame.events.length) scroll.grown();
  if (frame.ended) finish(frame.ended);
  else outbox.turn(frame.may_send);
}

function finish(reason) {
  if (!ended) announce(`${sentences.ended} ${sentences.reasons[reason] ?? ""}`);
  ended = reason;
  stopClock();
  part("end-dialog").close();
  part("ended-reason").textContent = sentences.reasons[reason] ?? reason;
  part("ended").hidden = false;
  for (const id of ["composer", "end-button", "clock-box"]) part(id).hidden = true;
  part("typing").textContent = "";
}

const handlers = {
  welcome: onWelcome,
  batch: onBatch,
  pong: () => {},
  ack: (frame) => outbox.acked(frame.txn),
  err: (frame) => (frame.txn ? outbox.refused(frame) : toast(frame.detail, { tone: "danger" })),
};

showConnection(connection, sentences.connection);
connection.addEventListener("frame", ({ detail }) => handlers[detail.type]?.(detail));
connection.addEventListener("state", ({ detail }) => {
  if (detail.state === "open") return;
  outbox.disconnected();
  outbox.expire(sentences.gave_up);
});

new Composer({
  form: part("composer"),
  field: part("message"),
  counter: part("counter"),
  key: `draft:${session}`,
  sentences,
  onSend: (text) => { outbox.add(text); scroll.toEnd(); },
  onTyping: () => connection.send({ type: "typing" }),
});
part("jump").addEventListener("click", () => scroll.toEnd());
if (matchMedia("(max-width: 60rem)").matches) part("task-fold").open = matchMedia("(min-height: 48rem)").matches;
if (ended) finish(ended);
render(outbox.messages);
