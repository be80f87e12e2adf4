// Shows the threshold while its slider moves.

for (const form of document.querySelectorAll("[data-threshold]")) {
  const slider = form.querySelector("input[type=range]");
  slider.addEventListener("input", () => { form.querySelector("output").value = Number(slider.value).toFixed(2); });
}
