/* Small acts that need no module of their own: reveal, toggle, unfold, help. */
import "./copy";
import { on } from "./behave";
import { help } from "./keys";
import { palette } from "./palette";
import { toast } from "./toast";
import { word } from "./words";

on("click", "[data-toggle]", (button) => {
  const on = document.body.classList.toggle(button.dataset["toggle"] ?? "");
  button.setAttribute("aria-expanded", String(on));
});
on("click", "[data-help]", help);
on("click", "[data-palette]", () => palette());
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.body.classList.remove("drawer-open", "menu-open");
});
document.addEventListener("htmx:responseError", (event) => {
  const answer = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr;
  let sentence = word("failed");
  try {
    sentence = (JSON.parse(answer.responseText) as { error?: string }).error ?? sentence;
  } catch {
    // not JSON: the general sentence stands
  }
  toast(sentence, "warn");
});
document.addEventListener("htmx:sendError", () => toast(word("failed"), "warn"));
document.addEventListener("cc:signed-out", () => toast(word("gone"), "warn", { label: word("sign_in"), run: () => location.reload() }));
