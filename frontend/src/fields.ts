/* Pieces of a page that are edited where they stand (htmx swaps them): Esc leaves, Ctrl Enter saves, errors stay beside the field, what was removed can come back. Prompts on a card are answered so, too. */
import htmx from "htmx.org";
import { on } from "./behave";
import { toast } from "./toast";

interface Told {
  text: string;
  label?: string;
  undo?: string;
  place?: string; // id of the element that the answer replaces
}

on("keydown", "[data-leave]", (form, event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  event.stopPropagation();
  form.querySelector<HTMLElement>("[data-leaves]")?.click();
});
on("keydown", "[data-submit-by]", (field, event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  event.preventDefault();
  if (field instanceof HTMLTextAreaElement) field.form?.requestSubmit();
});

/** A refused save is answered with the form itself: it is shown, with its sentence, like any other answer. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const detail = (event as CustomEvent<{ xhr: XMLHttpRequest; shouldSwap: boolean; isError: boolean }>).detail;
  const isPage = detail.xhr.getResponseHeader("content-type")?.includes("html") ?? false;
  if (isPage && (detail.xhr.status === 409 || detail.xhr.status === 422)) (detail.shouldSwap = true), (detail.isError = false);
});

/** An answered prompt is gone with what it stood in: the keyboard goes on with the one that has moved up, else at the top. */
let left = -1;
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, target } = (event as CustomEvent<{ elt: Element; target: HTMLElement }>).detail;
  const answered = elt.closest(".prompt"); // looked up now: a live refresh may take it away before the answer is here
  if (answered) left = [...target.querySelectorAll(".prompt")].indexOf(answered);
});
document.addEventListener("htmx:afterSwap", (event) => {
  const place = document.getElementById((event as CustomEvent<{ target: HTMLElement }>).detail.target.id);
  if (left < 0 || !place) return;
  const prompts = place.querySelectorAll(".prompt");
  const next = prompts[Math.min(left, prompts.length - 1)] ?? place;
  next.querySelector<HTMLElement>("a[href], button")?.focus({ preventScroll: true });
  left = -1;
});

/** The server's word about what was done, with the way back. */
document.addEventListener("cc:toast", (event) => {
  const { text, label, undo, place } = (event as CustomEvent<Told>).detail;
  const run = (): void => void htmx.ajax("post", undo ?? "", { target: `#${place}`, swap: "outerHTML" });
  toast(text, "plain", undo && label && place ? { label, run } : undefined);
});
