/* Ordinary forms (portal, sign-in): files with names and sizes, no second sending, nothing typed is lost. */
import { behave, on } from "./behave";
import { icon, make } from "./marks";
import { removeButton, size } from "./uploads";
import { word } from "./words";

/** A file field that shows what was chosen, takes drops and pastes, and says at once what is too large. */
behave("[data-files]", (field) => {
  const input = field.querySelector<HTMLInputElement>("input[type=file]");
  const shown = field.querySelector<HTMLElement>("[data-chosen]");
  const drop = field.querySelector<HTMLElement>("[data-drop]");
  if (!input || !shown || !drop) return;
  const largest = Number(field.dataset["max"] ?? Infinity);
  let chosen: File[] = [];
  const keep = (): void => {
    const data = new DataTransfer();
    for (const file of chosen) data.items.add(file);
    input.files = data.files;
    shown.replaceChildren(...chosen.map(pill));
  };
  const pill = (file: File): HTMLElement => {
    const remove = removeButton(file.name);
    remove.addEventListener("click", () => {
      chosen = chosen.filter((one) => one !== file);
      keep();
    });
    return make("span", { class: "file" }, icon(file.type.startsWith("image/") ? "photo" : "file"), make("span", { class: "cut" }, file.name), make("span", { class: "quiet" }, size(file.size)), remove);
  };
  const add = (files: Iterable<File>): void => {
    const all = [...files];
    const fits = all.filter((file) => file.size <= largest);
    chosen = [...(input.multiple ? chosen : []), ...fits.filter((file) => !chosen.some((one) => one.name === file.name && one.size === file.size))];
    keep();
    complain(field, all.filter((file) => file.size > largest).map((file) => word("too_large", file.name)));
  };
  input.addEventListener("change", () => add(input.files ?? []));
  drop.addEventListener("dragover", (event) => (event.preventDefault(), drop.classList.add("over")));
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    add(event.dataTransfer?.files ?? []);
  });
});

function complain(field: HTMLElement, sentences: string[]): void {
  field.querySelector(".error")?.remove();
  if (sentences.length) field.append(make("p", { class: "error", role: "alert" }, icon("info-circle"), make("span", {}, sentences.join(" "))));
}

/** Whether `submit` sends *form* in place: it holds back a second sending itself, by the same mark. */
const isSentInPlace = (form: HTMLElement): boolean => !form.matches("[data-plain]") && document.querySelector(".columns") !== null;

/** One sending per form: the button says so, and comes back when the page does (Back button). */
on("submit", "form[data-once]", (form, event) => {
  if (isSentInPlace(form)) return;
  if (form.dataset["busy"] !== undefined) return event.preventDefault();
  form.dataset["busy"] = "";
  const button = event.submitter;
  if (!(button instanceof HTMLButtonElement)) return;
  button.dataset["label"] = button.textContent?.trim() ?? "";
  button.classList.add("busy");
  button.setAttribute("aria-disabled", "true");
  button.textContent = word("sending");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll<HTMLElement>("form[data-busy]")) {
    delete form.dataset["busy"];
    for (const button of form.querySelectorAll<HTMLButtonElement>("button.busy")) {
      button.classList.remove("busy");
      button.removeAttribute("aria-disabled");
      button.textContent = button.dataset["label"] ?? button.textContent;
    }
  }
});

/** A form that says data-unsent asks before its text is thrown away. */
on("input", "form[data-unsent]", (form) => (form.dataset["dirty"] = ""));
on("submit", "form[data-unsent]", (form) => delete form.dataset["dirty"]);
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-unsent][data-dirty]")) event.preventDefault();
});
document.addEventListener("cc:leaving", (event) => {
  if (document.querySelector("form[data-unsent][data-dirty]") && !window.confirm(word("leave"))) event.preventDefault();
});

/** A field that was wrong is forgiven as soon as it is touched; the server has the last word. */
on("input", '[aria-invalid="true"]', (field) => field.removeAttribute("aria-invalid"));
// the first wrong field of an answered form gets the cursor
document.addEventListener("DOMContentLoaded", () => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
