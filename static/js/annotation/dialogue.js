// The whole dialogue that a question is from, asked for when somebody wants to read it.

const dialog = document.getElementById("dialogue");
const turns = dialog.querySelector("[data-turns]");

export async function showDialogue(card, words) {
  turns.replaceChildren(card.element.querySelector(".item__context").cloneNode(true)); // what there is at once
  dialog.showModal();
  try {
    const response = await fetch(card.element.dataset.dialogue, { credentials: "same-origin" });
    if (!response.ok || response.redirected) throw new Error(String(response.status));
    turns.innerHTML = await response.text();
    turns.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  } catch {
    turns.append(Object.assign(document.createElement("p"), { className: "faint", textContent: words.noDialogue }));
  }
}
