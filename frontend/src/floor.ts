/* The live page: a queue that stands open fetches what waits in it, a closed one does not; the address remembers which. */
import { on } from "./behave";
import { refresh } from "./live";

on("click", "[data-opens]", (button) => {
  const box = document.getElementById(button.dataset["opens"] ?? "");
  const place = box?.querySelector<HTMLElement>("[data-later]");
  if (!box || !place) return;
  box.hidden = !box.hidden;
  button.setAttribute("aria-expanded", String(!box.hidden));
  button.setAttribute("data-touched", "");
  if (box.hidden) delete place.dataset["src"];
  else {
    place.dataset["src"] = place.dataset["later"] ?? "";
    refresh(place, 0);
  }
  const url = new URL(location.href);
  if (box.hidden) url.searchParams.delete("open");
  else url.searchParams.set("open", button.dataset["queue"] ?? "");
  history.replaceState(history.state, "", url);
});
