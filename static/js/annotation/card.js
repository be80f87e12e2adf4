// One item on the screen: what is chosen, flagged and noted. Reads and paints; decides nothing about what comes next.

export class Card {
  constructor(element, words) {
    this.element = element;
    this.words = words;
    this.chosen = [];
    this.types = [...element.querySelectorAll("[data-type]")];
    this.accept = element.querySelector("[data-accept]");
    this.issue = element.querySelector("[data-issue]");
    this.note = element.querySelector("[data-note]");
    this.id = element.dataset.item ?? "";
  }

  get isItem() {
    return Boolean(this.id);
  }

  /** Whether an answer of one's own comes first, and the suggestion after it. */
  get wantsFirst() {
    return this.element.dataset.first === "on";
  }

  /** What Enter stands for: what is chosen, else the suggestion or one's own earlier answer. */
  get answer() {
    if (this.chosen.length) return [...this.chosen];
    return this.element.dataset.suggested?.split("|").filter(Boolean) ?? [];
  }

  labelAt(position) {
    return this.types[position]?.value;
  }

  toggle(label) {
    const place = this.chosen.indexOf(label);
    if (place >= 0) this.chosen.splice(place, 1);
    else this.chosen.push(label);
    this.paint();
  }

  choose(label) {
    this.chosen = [label];
    this.paint();
  }

  paint() {
    const several = this.chosen.length > 1;
    for (const button of this.types) {
      const place = this.chosen.indexOf(button.value);
      const rank = button.querySelector("[data-rank]");
      button.setAttribute("aria-pressed", String(place >= 0));
      rank.hidden = !several || place < 0;
      rank.textContent = rank.hidden ? "" : this.words[`rank${place + 1}`];
    }
    this.accept.disabled = !this.answer.length && !this.issue.checked;
  }

  flag() {
    this.issue.checked = !this.issue.checked;
    this.paint();
    return this.issue.checked;
  }

  openNote(open = true) {
    this.note.hidden = !open;
    this.element.querySelector("[data-note-toggle]").setAttribute("aria-expanded", String(open));
    if (open) this.note.querySelector("textarea").focus();
  }

  /** The form's fields as [name, value], labels in order of preference. */
  fields({ txn, labels, skipped, activeMs, idleMs }) {
    const fields = [["ticket", this.element.dataset.ticket], ["txn", txn], ["active_ms", activeMs], ["idle_ms", idleMs]];
    for (const label of labels) fields.push(["labels", label]);
    if (this.issue.checked) fields.push(["data_issue", "on"]);
    if (skipped) fields.push(["skipped", "on"]);
    fields.push(["comment", this.note.querySelector("textarea").value]);
    return fields;
  }

  focus() {
    const context = this.element.querySelector(".item__context");
    if (context) context.scrollTop = context.scrollHeight; // the newest turn is the one that matters most
    this.element.querySelector("[data-question]")?.focus({ preventScroll: true });
  }
}
