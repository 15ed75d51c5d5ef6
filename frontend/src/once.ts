/* The value that makes a form count once: it stays while nobody knows what became of the form, and is another as soon as there is an answer. */
import { Refusal } from "./server";

/** The server has answered *form*, or refused it with *problem*: what is sent next is meant anew. */
export function answered(form: HTMLFormElement, problem?: unknown): void {
  const field = form.elements.namedItem("once");
  const isUnknown = problem !== undefined && !(problem instanceof Refusal && problem.status < 500);
  if (!(field instanceof HTMLInputElement) || isUnknown) return;
  field.value = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// a form that htmx sent and whose answer did not replace it
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, xhr } = (event as CustomEvent<{ elt: Element; xhr: XMLHttpRequest }>).detail;
  if (elt instanceof HTMLFormElement && xhr.status > 0 && xhr.status < 500) answered(elt);
});
