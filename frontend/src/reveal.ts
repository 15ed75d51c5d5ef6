/* Shows a password while its eye is pressed in. */
import { on } from "./behave";

on("click", "[data-reveal]", (button) => {
  const field = document.getElementById(button.dataset["reveal"] ?? "");
  if (!(field instanceof HTMLInputElement)) return;
  const shown = field.type === "password";
  field.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
  button.querySelector(".icon")?.classList.replace(shown ? "icon-eye" : "icon-eye-off", shown ? "icon-eye-off" : "icon-eye");
  field.focus();
});
