/* The conversation opens at its end (or at the item the address names) and stays there while the reader is there. */
import { behave } from "./behave";
import { icon, make } from "./marks";
import { isAtEnd } from "./merge";
import { word } from "./words";

behave(".conversation", (box) => {
  let follow = true;
  let count = box.querySelectorAll(".item").length;
  const target = location.hash ? document.querySelector(location.hash.replace(/[^#\w-]/g, "")) : null;
  if (target instanceof HTMLElement && target.hidden) document.querySelector<HTMLElement>(`[data-fold="${CSS.escape(target.id)}"]`)?.click();
  if (target && box.contains(target)) target.scrollIntoView({ block: "center" });
  else box.scrollTop = box.scrollHeight;
  follow = isAtEnd(box);

  const pill = make("button", { type: "button", class: "button below", hidden: true }, icon("arrow-down"), word("new_below"));
  pill.addEventListener("click", () => box.scrollTo({ top: box.scrollHeight, behavior: "smooth" }));
  box.after(make("div", { class: "below-place", "data-keep": true, id: `${box.id || "conversation"}-below` }, pill));

  const keep = new ResizeObserver(() => follow && (box.scrollTop = box.scrollHeight));
  const watchItems = (): void => {
    for (const item of box.querySelectorAll(".item, iframe")) keep.observe(item);
  };
  box.addEventListener("scroll", () => {
    follow = isAtEnd(box);
    if (follow) pill.hidden = true;
  }, { passive: true });
  const merged = (): void => {
    const now = box.querySelectorAll(".item").length;
    if (now > count && !isAtEnd(box)) pill.hidden = false;
    count = now;
    watchItems();
  };
  box.addEventListener("cc:merged", merged);
  let below = 0; // earlier pages come in above: what is being read stays where it is
  box.addEventListener("htmx:beforeSwap", () => (below = box.scrollHeight - box.scrollTop));
  box.addEventListener("htmx:afterSwap", () => (box.scrollTop = box.scrollHeight - below));
  keep.observe(box);
  watchItems();
  return () => keep.disconnect();
});
