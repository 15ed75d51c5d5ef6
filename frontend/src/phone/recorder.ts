/* What the recorder's strip says by itself, when nobody has told this window anything for too long. */
import { behave } from "../behave";
import { refresh } from "../live";

/** Hidden for so many seconds; then it speaks, and the strip is asked for once more. */
behave("[data-after]", (element) => {
  const timer = setTimeout(() => {
    element.dataset["touched"] = ""; // as it stands now: a refresh does not hide it again
    element.hidden = false;
    const place = element.closest<HTMLElement>("[data-src]");
    if (place) refresh(place, 0);
  }, Number(element.dataset["after"]) * 1000);
  return () => clearTimeout(timer);
});
