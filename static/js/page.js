// What every page does: theme switch, times in the reader's zone, copy buttons, dialogs, menus that close, tabs in sight.

import { localTimes } from "./lib/time.js";

function chooseTheme(event) {
  const choice = event.submitter?.value;
  if (!choice) return;
  event.preventDefault();
  const root = document.documentElement;
  if (choice === "system") delete root.dataset.theme;
  else root.dataset.theme = choice;
  const age = choice === "system" ? 0 : 31_536_000;
  document.cookie = `theme=${choice}; path=/; max-age=${age}; samesite=lax`;
  for (const button of document.querySelectorAll("[data-theme-switch] button")) {
    button.setAttribute("aria-pressed", String(button.value === choice));
  }
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const words = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = words; }, 1600);
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

// On a phone a row of tabs is longer than the window: show the part where one is.
function showWhereOneIs() {
  for (const here of document.querySelectorAll(".site-nav [aria-current], .tabs [aria-current]")) {
    const row = here.closest(".site-nav, .tabs").getBoundingClientRect();
    const tab = here.getBoundingClientRect();
    here.closest(".site-nav, .tabs").scrollLeft += tab.left + tab.width / 2 - row.left - row.width / 2;
  }
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-theme-switch]")) chooseTheme(event);
});
document.addEventListener("click", (event) => {
  closeMenus(event.target);
  const button = event.target.closest("button");
  if (button?.dataset.copy) copy(button);
  if (button?.dataset.opens) document.getElementById(button.dataset.opens).showModal();
  if (button?.hasAttribute("data-closes")) button.closest("dialog").close();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("htmx:afterSwap", (event) => localTimes(event.target));
localTimes(document);
showWhereOneIs();
