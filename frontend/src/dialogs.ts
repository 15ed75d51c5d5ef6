/* Native dialogs: opening, closing, and "are you sure?". */
import { behave, on } from "./behave";
import { make } from "./marks";
import { word } from "./words";

/** Ask one question; true when the person says yes. */
export function confirmed(sentence: string, yes = word("yes"), danger = true): Promise<boolean> {
  const agree = make("button", { class: `button button-${danger ? "danger" : "primary"}`, value: "yes" }, yes);
  const leave = make("button", { class: "button", value: "no", autofocus: true }, word("cancel"));
  const box = make("dialog", { "aria-label": sentence }, make("form", { method: "dialog" },
    make("div", { class: "dialog-body" }, make("p", { class: "gap-top" }, sentence)), make("div", { class: "dialog-foot" }, leave, agree)));
  document.body.append(box);
  box.showModal();
  return new Promise((resolve) => box.addEventListener("close", () => (box.remove(), resolve(box.returnValue === "yes"))));
}

/** Open the dialog with this id and put the cursor into its first field. */
export function open(id: string): void {
  const box = document.getElementById(id);
  if (!(box instanceof HTMLDialogElement) || box.open) return;
  box.showModal();
  box.querySelector<HTMLElement>("[autofocus], .dialog-body :is(input:not([type=hidden]), textarea, select)")?.focus();
}

/** A dialogue that was fetched opens by itself, and is gone when it is closed. */
behave("dialog[data-open]", (box) => {
  if (!(box instanceof HTMLDialogElement)) return;
  open(box.id);
  box.addEventListener("close", () => box.remove());
});

/** Every form or button that says data-confirm is asked about once. */
function askFirst<E extends HTMLElement>(event: Event, element: E, go: (now: E) => void): void {
  if (element.dataset["agreed"] !== undefined) {
    delete element.dataset["agreed"];
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  void confirmed(element.dataset["confirm"] || word("confirm"), element.dataset["confirmLabel"] || word("yes"), element.dataset["confirmTone"] !== "plain").then((yes) => {
    const now = element.isConnected ? element : twin(element);
    if (!yes || !now) return;
    now.dataset["agreed"] = "";
    go(now);
  });
}

/** What stands in the place of an element that was fetched anew while its question was open. */
function twin<E extends HTMLElement>(gone: E): E | undefined {
  const where = ["action", "formaction", "href", "hx-post"].find((name) => gone.hasAttribute(name));
  const same = [...document.querySelectorAll<E>(`${gone.localName}[data-confirm]`)];
  return same.find((one) => where !== undefined && one.getAttribute(where) === gone.getAttribute(where));
}

on("submit", "form[data-confirm]", (form, event) => {
  if (form instanceof HTMLFormElement) askFirst(event, form, (now) => now.requestSubmit(event.submitter?.isConnected ? event.submitter : null));
}, true);
on("click", ":is(a, button)[data-confirm]", (button, event) => askFirst(event, button, (now) => now.click()), true);
on("click", "[data-dialog]", (button) => open(button.dataset["dialog"] ?? ""));
on("click", "[data-close]", (button) => button.closest("dialog")?.close());
on("mousedown", "dialog[open]", (box, event) => {
  if (event.target === box && box instanceof HTMLDialogElement && !isTypedIn(box)) box.close();
});

const isTypedIn = (box: HTMLElement): boolean =>
  [...box.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea")].some((field) => field.value !== field.defaultValue);
