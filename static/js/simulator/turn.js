// The dock below the dialogue: what waits, the candidate replies, and what the supervisor does about them.

import { fill, toast } from "../lib/dom.js";
import { randomId } from "../lib/socket.js";
import { clock } from "../lib/time.js";
import { showCandidates } from "./candidates.js";
import { LayerPanel } from "./layers.js";
import { draftsOf, keepDraft, showDrafts } from "./drafts.js";
import { makeRing, remaining, turnRing } from "./ring.js";
import { WAITING, faceNothing, faceTurn } from "./turnface.js";

const keyOf = (session, number) => `${session}:${number}`;

export class TurnDock {
  #part;
  #requests;
  #sentences;
  #room = null;
  #turn = null;
  #ring = makeRing();
  #shown = new Map(); // turn -> when its candidates came on screen
  #sent = null; // the last decision, so that a repeat after a lost answer carries the same txn
  #writing = null; // { action, candidate } while the composer is open
  #rejecting = null;
  #armed = null;
  #confirming = null;
  #claiming = null; // the claim or repair that is under way: a reply must wait for its epoch
  #layers;

  constructor({ part, requests, sentences }) {
    this.#part = part;
    this.#requests = requests;
    this.#sentences = sentences;
    part("turn-ring").append(this.#ring);
    this.#layers = new LayerPanel(part("layers"), sentences, {
      onRepair: (layers) => this.#repair(layers),
      onSend: async () => { await this.#claiming; this.pick(0); },
      onClose: () => this.#draw(),
    });
    for (const [id, act] of [["fix", "fix"], ["claim", "claim"], ["release", "release"], ["type", "type"], ["cancel", "cancel"], ["cancel-reject", "cancel"]]) {
      part(id).addEventListener("click", () => this[act]());
    }
    part("composer").addEventListener("submit", (event) => { event.preventDefault(); this.#submitReply(); });
    part("reject").addEventListener("submit", (event) => { event.preventDefault(); this.#submitReject(); });
    part("reply").addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submitReply();
    });
  }

  /** Whether this supervisor may answer the turn now. */
  get open() {
    return Boolean(this.#turn) && WAITING.includes(this.#turn.status) && (this.#turn.mine || !this.#turn.holder)
      && (!this.#room.seized_by || this.#room.seized_by_you);
  }

  show(room, turn) {
    const before = this.#turn && keyOf(this.#room.session, this.#turn.number);
    const after = turn && keyOf(room.session, turn.number);
    if (before !== after || (this.#turn && !this.open)) this.#leave(before !== after);
    [this.#room, this.#turn] = [room, turn];
    if (this.#writing && !this.open) this.#leave(true);
    this.#draw();
    if (this.open && !this.#shown.has(after) && !document.hidden) {
      this.#shown.set(after, performance.now());
      this.#requests.ask(this.#frame("shown")).catch(() => this.#shown.delete(after));
    }
  }

  tick(now) {
    if (!this.#turn) return;
    const rest = remaining(this.#turn, now);
    turnRing(this.#ring, rest);
    const { stalls_in: stall, falls_back_in: fallback, fallback_due: due } = this.#sentences;
    const words = rest.phase === "due" ? due : fill(rest.phase === "stall" ? stall : fallback, { time: clock(rest.left) });
    this.#part("turn-clock").textContent = WAITING.includes(this.#turn.status) ? words : "";
  }

  /** A number key. */
  number(index) {
    if (!this.open || index >= this.#turn.candidates.length) return;
    const armed = this.#armed;
    this.#arm(null);
    if (armed === "edit") this.edit(index);
    else if (armed === "reject") this.rejectOne(index);
    else this.pick(index);
  }

  /** Put a layer of the machine's reading right, the most doubtful one first. */
  fix() {
    if (!this.open) return;
    this.#close();
    this.#arm(null);
    this.#layers.start(this.#turn.layers);
    this.#draw();
  }

  layerKey(event) {
    return this.open && this.#layers.key(event);
  }

  /** One repair after the other: each needs the epoch that the one before it has brought. */
  #repair(layers) {
    const since = this.#shown.get(keyOf(this.#room.session, this.#turn.number));
    const number = this.#turn.number;
    const before = this.#claiming;
    this.#confirming = null;
    this.#claiming = (async () => {
      await before;
      if (this.#turn?.number !== number) return null;
      const elapsed = since === undefined ? null : Math.round(performance.now() - since);
      const ack = await this.#tried(this.#requests.ask({ ...this.#frame("repair"), txn: randomId(), epoch: this.#turn.epoch, ...layers, elapsed_ms: elapsed }));
      if (!ack && this.#turn?.layers) this.#layers.refused(this.#turn.layers);
      if (ack && this.#turn?.number === ack.turn) { Object.assign(this.#turn, { mine: true, epoch: ack.epoch }); this.#draw(); }
      return ack;
    })();
  }

  pick(index) {
    const candidate = this.#turn?.candidates[index];
    if (!this.open || !candidate || candidate.rejected !== null) return;
    if (candidate.warnings.length && this.#confirming !== index) {
      this.#confirming = index;
      this.#draw();
      return;
    }
    this.#confirming = null;
    this.#decide({ action: "pick", candidate: index, text: null });
  }

  armEdit() {
    if (this.open && this.#turn.candidates.length) this.#arm("edit");
  }

  armReject() {
    if (this.open && this.#turn.candidates.length) this.#arm("reject");
  }

  edit(index) {
    this.#write({ action: "edit", candidate: index }, this.#turn.candidates[index].text, fill(this.#sentences.edit_of, { n: index + 1 }));
  }

  type(text = "") {
    if (this.open) this.#write({ action: "type", candidate: null }, text, fill(this.#sentences.own, { student: this.#room.student }));
  }

  rejectOne(index) {
    this.cancel();
    this.#rejecting = index;
    this.#part("reason-label").textContent = fill(this.#sentences.reason_for, { n: index + 1 });
    this.#part("reject").hidden = false;
    this.#part("reason").value = "";
    this.#part("reason").focus();
  }

  async claim() {
    if (!this.open || this.#turn.mine) return;
    this.#claiming = this.#tried(this.#requests.ask(this.#frame("claim")));
    const ack = await this.#claiming;
    const still = ack && this.#turn && keyOf(this.#room.session, this.#turn.number) === keyOf(ack.session, ack.turn);
    if (still) { Object.assign(this.#turn, { mine: true, epoch: ack.epoch }); this.#draw(); }
  }

  async release() {
    if (!this.#turn?.mine) return;
    this.#close();
    await this.#tried(this.#requests.ask({ ...this.#frame("release"), epoch: this.#turn.epoch }));
  }

  /** Escape: whatever is begun is left; a claim that came with the composer is given back. */
  cancel() {
    if (this.#layers.open) { this.#layers.close(); return; }
    const wrote = this.#writing;
    this.#confirming = null;
    this.#arm(null);
    this.#close();
    if (wrote && !this.#room.seized_by_you) this.release();
    if (this.#turn) this.#draw();
  }

  #write(writing, text, label) {
    this.#close();
    this.#writing = writing;
    this.#part("reply-label").textContent = label;
    this.#part("composer").hidden = false;
    const field = this.#part("reply");
    field.value = text;
    field.focus();
    field.setSelectionRange(text.length, text.length);
    this.claim();
  }

  #submitReply() {
    const text = this.#part("reply").value.trim();
    if (text && this.#writing) this.#decide({ ...this.#writing, text });
  }

  async #submitReject() {
    const reason = this.#part("reason").value.trim();
    if (!reason) return;
    const frame = { ...this.#frame("reject"), epoch: this.#turn.epoch, candidate: this.#rejecting, reason };
    if (await this.#tried(this.#requests.ask(frame))) this.#close();
  }

  async #decide({ action, candidate, text }) {
    const [room, asked] = [this.#room, this.#turn];
    await this.#claiming;
    const same = this.#turn?.number === asked.number && this.#room.session === room.session;
    const turn = same ? this.#turn : asked;
    const signature = JSON.stringify([room.session, turn.number, action, candidate, text]);
    if (this.#sent?.signature !== signature) this.#sent = { signature, txn: randomId() };
    const since = this.#shown.get(keyOf(room.session, turn.number));
    const frame = {
      type: "decide", session: room.session, turn: turn.number, txn: this.#sent.txn, epoch: turn.epoch, action, candidate, text,
      elapsed_ms: since === undefined ? null : Math.round(performance.now() - since),
    };
    try {
      await this.#requests.ask(frame);
      if (this.#turn === turn || !this.#turn) this.#close();
      toast(this.#sentences.sent, { seconds: 3 });
    } catch (refusal) {
      this.#refused(refusal, { session: room.session, turn: turn.number, text });
    }
  }

  #refused(refusal, { session, turn, text }) {
    if (refusal.code === "offline") { toast(this.#sentences.offline, { tone: "danger" }); return; }
    toast(refusal.message, { tone: "danger" });
    if (refusal.code !== "turn_moved_on" || !text) return;
    keepDraft({ session, turn, text });
    this.#close();
    this.#drawDrafts();
  }

  async #tried(promise) {
    try {
      return await promise;
    } catch (refusal) {
      toast(refusal.code === "offline" ? this.#sentences.offline : refusal.message, { tone: "danger" });
      return null;
    }
  }

  /** The turn has moved on or another supervisor has it: words in the composer become a draft. */
  #leave(moved) {
    const text = this.#part("reply").value.trim();
    if (this.#writing && moved && text) {
      keepDraft({ session: this.#room.session, turn: this.#turn.number, text });
    }
    if (moved) { this.#confirming = null; this.#arm(null); this.#close(); }
  }

  #close() {
    this.#layers.close();
    this.#writing = null;
    this.#rejecting = null;
    for (const id of ["composer", "reject"]) {
      if (this.#part(id).contains(document.activeElement)) document.activeElement.blur();
      this.#part(id).hidden = true;
    }
    this.#part("reply").value = "";
  }

  #arm(kind) {
    this.#armed = kind;
    this.#part("armed").textContent = kind ? this.#sentences[`${kind}_which`] : "";
  }

  #frame(type) {
    return { type, session: this.#room.session, turn: this.#turn.number };
  }

  #draw() {
    this.#drawDrafts();
    const turn = this.#turn;
    this.#part("turn").hidden = !turn && !draftsOf(this.#room?.session).length;
    this.#part("turn").classList.toggle("turn--waiting", this.open);
    this.#ring.toggleAttribute("hidden", !turn || !WAITING.includes(turn.status));
    if (!turn) { faceNothing(this.#part, this.#sentences); return; }
    const repairing = this.#layers.open;
    faceTurn(this.#part, { room: this.#room, turn, open: this.open, repairing, sentences: this.#sentences });
    if (repairing && !this.open) this.#layers.close();
    else if (repairing) this.#layers.update(turn.layers);
    showCandidates(this.#part("candidates"), turn, {
      open: this.open,
      confirming: this.#confirming,
      sentences: this.#sentences,
      acts: { pick: (index) => this.pick(index), edit: (index) => this.edit(index), reject: (index) => this.rejectOne(index) },
    });
  }

  #drawDrafts() {
    showDrafts(this.#part("drafts"), this.#room?.session, {
      sentences: this.#sentences,
      onUse: this.open ? (text) => this.type(text) : null,
      onChange: () => this.#draw(),
    });
  }
}
