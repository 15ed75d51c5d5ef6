/* Unfolding: a button shows or hides what it names; what it names may fetch its inside the first time. Refreshes leave it so. */
import htmx from "htmx.org";
import { on } from "./behave";
import { fragment } from "./server";
import { word } from "./words";

on("click", "[data-fold]", (button) => {
  const folded = document.getElementById(button.dataset["fold"] ?? "");
  if (!folded) return;
  const other = document.getElementById(button.dataset["foldInstead"] ?? "");
  folded.hidden = !folded.hidden;
  if (other) other.hidden = !folded.hidden;
  button.setAttribute("aria-expanded", String(!folded.hidden));
  for (const touched of [folded, other, button]) touched?.setAttribute("data-touched", "");
  if (!folded.hidden) void fill(folded);
  if (other?.hidden && button.closest(`#${CSS.escape(other.id)}`)) folded.querySelector<HTMLElement>("button")?.focus();
});

async function fill(folded: HTMLElement): Promise<void> {
  const url = folded.dataset["foldSrc"];
  for (const frame of folded.querySelectorAll<HTMLIFrameElement>("iframe[data-lazy]")) {
    frame.src = frame.dataset["lazy"] ?? "";
    delete frame.dataset["lazy"];
  }
  if (!url || folded.childElementCount || folded.textContent?.trim()) return;
  const html = await fragment(url).catch(() => undefined);
  if (html === undefined) return void (folded.textContent = word("failed"));
  folded.innerHTML = html.trim(); // our own server's piece of the page, escaped there
  htmx.process(folded);
}
