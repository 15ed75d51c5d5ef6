/* The shares of the tiers: slider and number say the same, what is changed is marked, the rest is worked out. */

function tell(form: HTMLElement): void {
  let sum = 0;
  for (const input of form.querySelectorAll<HTMLInputElement>("[data-share]")) {
    const value = Number(input.value.replace(",", "."));
    sum += Number.isFinite(value) ? value : 0;
    const row = input.closest(".share-row");
    const was = row?.querySelector<HTMLElement>("[data-was]");
    const changed = was !== null && was !== undefined && Number(was.dataset.was) !== value;
    if (was) was.hidden = !changed;
    const slider = row?.querySelector<HTMLInputElement>("[data-slides]");
    if (slider) {
      if (slider !== document.activeElement) slider.value = String(value);
      slider.classList.toggle("changed", changed);
    }
  }
  const rest = form.querySelector("[data-rest]");
  if (!rest) return;
  rest.textContent = `${String(Math.round((100 - sum) * 100) / 100).replace("-", "−")} %`;
  rest.classList.toggle("bad", sum > 100);
}

document.addEventListener("input", (event) => {
  const field = event.target as HTMLInputElement;
  const form = field.closest<HTMLElement>("[data-shares]");
  if (!form) return;
  if (field.dataset.slides) {
    const input = form.querySelector<HTMLInputElement>(`#${field.dataset.slides}`);
    if (input) input.value = field.value;
  }
  tell(form);
});
