/* The reports: charts are drawn by a bundle of its own, asked for by the first page that has one; long files say how far they are. */
import { behave, on } from "./behave";
import { make } from "./marks";
import { json } from "./server";
import { place, toast } from "./toast";
import { language, word } from "./words";

const ASK_EVERY = 700;

interface Far {
  state: string;
  written: number;
  total: number;
}

behave("[data-chart]", (figure) => {
  let undraw: (() => void) | undefined;
  let isGone = false;
  void import("./charts").then(({ draw }) => {
    if (!isGone) undraw = draw(figure);
  });
  return () => {
    isGone = true;
    undraw?.();
  };
});

/* The explorer's figures are put away like a menu. */
on("keydown", "details.explore-metrics", (list, event) => {
  if (event.key !== "Escape") return;
  list.removeAttribute("open");
  list.querySelector("summary")?.focus();
});
document.addEventListener("pointerdown", (event) => {
  const open = document.querySelector("details.explore-metrics[open]");
  if (event.target instanceof Node && !open?.contains(event.target)) open?.removeAttribute("open");
});

/* A file that is written while it is read: the browser saves it, and the corner of the page says how far it is. */
on("click", "a[data-export]", (link, event) => {
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  const key = crypto.randomUUID();
  const url = new URL(link.href);
  url.searchParams.set("progress", key);
  make("a", { href: url.href, download: "" }).click();
  void follow(key);
});

async function follow(key: string): Promise<void> {
  const bar = make("progress", { max: "1000", "aria-label": word("export_progress") });
  const said = make("span", { class: "small" }, word("export_counting"));
  const card = make("div", { class: "toast export-toast", role: "status" }, said, bar);
  place().append(card);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
    const far = await asked(key);
    if (!far) break;
    if (far.total) {
      bar.setAttribute("value", String(Math.floor((1000 * far.written) / far.total)));
      said.textContent = word("export_written", number(far.written), number(far.total));
    }
    if (far.state === "DONE") toast(word("export_done", number(far.written)), "good");
    if (far.state === "ENDED") toast(word("export_ended", number(far.written)), "warn");
    if (far.state === "DONE" || far.state === "ENDED") break;
  }
  card.remove();
}

async function asked(key: string): Promise<Far | undefined> {
  try {
    return await json<Far>(`/floor/reports/files/progress/${key}`);
  } catch {
    return undefined; // signed out, or no connection: the browser's own list of files knows better
  }
}

const number = (count: number): string => new Intl.NumberFormat(language()).format(count);
