// The labelling page: keys and clicks become labels; the next item is there before the last one is saved.

import { fill, toast, words as wordsOf } from "../lib/dom.js";
import { Ahead, itemFrom } from "./ahead.js";
import { Card } from "./card.js";
import { showDialogue } from "./dialogue.js";
import { FirstAnswer } from "./first_answer.js";
import { belongsElsewhere, keyAction } from "./keys.js";
import { Outbox } from "./outbox.js";
import { OwnKeys } from "./own_keys.js";
import { Stopwatch, follow } from "./stopwatch.js";

const root = document.querySelector("[data-label]");
const stage = root.querySelector("[data-stage]");
const find = (name) => document.querySelector(`[data-${name}]`);
const words = wordsOf();
const newTxn = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
const token = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1]
  ?? document.querySelector("[name=csrfmiddlewaretoken]").value;

const stopwatch = new Stopwatch();
const history = []; // of this page: { txn, element, counted }, for taking back what has not left yet
const progress = { labelled: find("progress").value, total: find("progress").max };
let card = new Card(stage.querySelector(".item"), words);
let several = false;
let undoing = false;

const outbox = new Outbox({
  annotator: root.dataset.annotator,
  url: root.dataset.save,
  token,
  without: () => ahead.without,
  onState: showState,
  onSaved: (answer) => { if (ahead.lacks) ahead.add(answer.html); },
  onRefused: (record, message) => {
    showProgress({ labelled: progress.labelled - 1, total: progress.total });
    showProblem(`${record.question}: ${message}`);
  },
});
const ahead = new Ahead(root.dataset.next, () => [card.id, ...outbox.items].filter(Boolean));
const own = new OwnKeys(document.querySelector("[data-keys-form]"), token, words);
const first = new FirstAnswer(root.dataset.answer, token);

function showState(state, count) {
  find("state").textContent = fill(words[state], { n: count });
  find("dot").className = `dot dot--${state === "saved" ? "ok" : state === "saving" ? "" : "warn"}`;
}

function showProgress({ labelled, total }) {
  Object.assign(progress, { labelled, total });
  find("progress").max = Math.max(total, 1);
  find("progress").value = labelled;
  find("progress-text").textContent = `${labelled} / ${total}`;
}

function showProblem(message) {
  const note = document.createElement("div");
  note.className = "banner banner--warn";
  note.textContent = message;
  find("problems").replaceChildren(note);
}

function announce(text) {
  find("announce").textContent = text;
}

function show(element) {
  element.inert = false;
  own.paint(element);
  stage.replaceChildren(element);
  card = new Card(element, words);
  stopwatch.start(!document.hidden);
  if (card.isItem) card.paint();
  card.focus();
}

async function goOn() {
  let next = ahead.take();
  if (!next && !ahead.exhausted) {
    const asked = await ahead.fill();
    next = ahead.take();
    if (!next && !asked) return showWaiting();
  }
  if (!next && outbox.size) await outbox.drained().catch(() => {});
  show(next ?? find("done").content.firstElementChild.cloneNode(true));
}

function showWaiting() {
  showProblem(words.noNext);
  setTimeout(async () => {
    find("problems").replaceChildren();
    await goOn();
  }, 2000);
}

function send({ labels = [], skipped = false }) {
  if (card.wantsFirst && !skipped) return answerFirst(labels);
  const txn = newTxn();
  const fields = card.fields({ txn, labels, skipped, ...stopwatch.read() });
  const question = card.element.querySelector("[data-question]").textContent.trim().slice(0, 60);
  history.push({ txn, element: card.element, counted: skipped ? 0 : 1 });
  if (!skipped) showProgress({ labelled: progress.labelled + 1, total: progress.total });
  announce(skipped ? words.skipped : fill(words.noted, { label: labels.join(", ") }));
  find("problems").replaceChildren();
  card.element.inert = true; // a second key must not answer it again while the next one is awaited
  outbox.add({ txn, at: Date.now(), item: card.id, question, fields });
  return goOn();
}

/** One's own answer leaves the page, and the same question comes back with the suggestion. */
async function answerFirst(labels) {
  const fields = card.fields({ txn: newTxn(), labels, skipped: false, ...stopwatch.read() });
  const answered = card.element;
  answered.inert = true;
  const html = await first.send(fields, () => showProblem(words.revealOffline));
  find("problems").replaceChildren();
  if (html.refused) {
    answered.inert = false;
    return showProblem(html.refused);
  }
  const revealed = itemFrom(html);
  if (card.element !== answered) { // an undo came between
    ahead.drop(revealed.dataset.item);
    return ahead.putBack(revealed);
  }
  show(revealed);
  announce(words.revealed);
}

function accept() {
  if (!card.answer.length && !card.issue.checked) return void toast(words.chooseFirst);
  return send({ labels: card.answer });
}

function pick(position, add) {
  const label = card.labelAt(position);
  if (!label) return;
  if (add && !several) setSeveral(true);
  if (several) return card.toggle(label);
  card.choose(label);
  send({ labels: [label] });
}

function setSeveral(on) {
  several = on;
  find("several").setAttribute("aria-pressed", String(on));
}

async function undo() {
  if (undoing) return;
  undoing = true;
  try {
    await takeBack();
  } finally {
    undoing = false;
  }
}

async function takeBack() {
  const last = history.at(-1);
  if (last && outbox.takeBack(last.txn)) {
    history.pop();
    if (card.isItem) ahead.putBack(card.element);
    show(last.element);
    showProgress({ labelled: progress.labelled - last.counted, total: progress.total });
    return announce(words.undone);
  }
  let response;
  try {
    await outbox.drained();
    response = await fetch(root.dataset.undo, {
      method: "POST",
      body: new URLSearchParams({ txn: newTxn() }),
      headers: { Accept: "application/json", "X-CSRFToken": token() },
    });
  } catch {
    return showProblem(words.undoOffline);
  }
  if (response.status === 409) return void toast((await response.json()).error.message);
  if (!response.ok || response.redirected) return showProblem(words.undoOffline);
  const { html, progress: counted } = await response.json();
  const undone = itemFrom(html);
  history.pop();
  if (card.isItem) ahead.putBack(card.element);
  ahead.drop(undone.dataset.item);
  show(undone);
  showProgress(counted);
  announce(words.undone);
}

function toggleGuidelines() {
  const panel = document.getElementById("guidelines");
  panel.hidden = !panel.hidden;
  find("guidelines-toggle").setAttribute("aria-expanded", String(!panel.hidden));
}

const ON_ITEM = {
  type: ({ position, add }) => pick(position, add),
  accept,
  issue: () => announce(card.flag() ? words.issueOn : words.issueOff),
  note: () => card.openNote(),
  dialogue: () => showDialogue(card, words),
  skip: () => { if (card.element.querySelector("[data-skip]")) send({ skipped: true }); },
};
const ANYWHERE = {
  undo,
  guidelines: toggleGuidelines,
  several: () => setSeveral(!several),
  keys: () => document.getElementById("keys").showModal(),
};

function shortcutsOn() {
  return find("shortcuts").checked;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.activeElement?.matches("textarea")) return card.focus();
  if (belongsElsewhere(event) || !shortcutsOn()) return;
  const key = keyAction(event, own.keys);
  if (!key || event.repeat) return;
  const act = ANYWHERE[key.action] ?? (card.isItem && !card.element.inert ? ON_ITEM[key.action] : null);
  if (!act) return;
  event.preventDefault();
  act(key);
});

stage.addEventListener("submit", (event) => {
  event.preventDefault();
  const button = event.submitter;
  if (button?.matches("[data-undo-button]")) return undo();
  if (button?.matches("[data-skip]")) return send({ skipped: true });
  if (button?.matches("[data-type]")) return pick(card.types.indexOf(button), event.shiftKey);
  accept();
});
stage.addEventListener("change", (event) => { if (event.target.matches("[data-issue]")) card.paint(); });
stage.addEventListener("click", (event) => {
  if (event.target.closest("[data-note-toggle]")) card.openNote(card.note.hidden);
  if (event.target.closest("[data-dialogue-open]")) showDialogue(card, words);
});
find("several").addEventListener("click", () => setSeveral(!several));
find("guidelines-toggle").addEventListener("click", toggleGuidelines);
find("shortcuts").checked = localStorage.getItem("acts.shortcuts") !== "off";
find("shortcuts").addEventListener("change", () => {
  localStorage.setItem("acts.shortcuts", shortcutsOn() ? "on" : "off");
});
window.addEventListener("beforeunload", (event) => { if (outbox.size) event.preventDefault(); });

follow(stopwatch);
stopwatch.start(!document.hidden);
if (card.isItem) card.paint();
card.focus();
ahead.fill();
if (outbox.items.includes(card.id)) { // answered before a reload, and not sent yet
  card.element.inert = true;
  outbox.drained().catch(() => {}).finally(goOn);
} else {
  outbox.flush();
}
