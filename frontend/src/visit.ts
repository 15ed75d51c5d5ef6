/* Moves between pages of the desk without a reload, so the socket, the left column and the keyboard stay where they are. */
import { Idiomorph } from "idiomorph";
import htmx from "htmx.org";
import { on } from "./behave";
import { catchUp } from "./live";
import { goTo } from "./rows";
import { Refusal, Unreachable, ask } from "./server";
import { tick } from "./timers";
import { toast } from "./toast";

const PARTS = ["#main", ".right"]; // replaced as a whole; the rest is merged
const HELD = `${PARTS.join()}, .toasts, dialog[open], :popover-open, #offline`;
let under: AbortController | undefined;

/** Show the page at *url*; falls back to an ordinary load when it is not one of ours. */
export async function visit(url: string, how: "push" | "replace" | "back" = "push"): Promise<void> {
  if (mayLeave()) await catchUp(go(url, how));
}

async function go(url: string, how: "push" | "replace" | "back"): Promise<void> {
  under?.abort();
  const mine = (under = new AbortController());
  const slow = setTimeout(() => document.body.setAttribute("aria-busy", "true"), 200);
  try {
    const answer = await ask(url, { headers: { Accept: "text/html" }, signal: mine.signal });
    show(await answer.text(), new URL(answer.url), how);
  } catch (problem) {
    if (problem instanceof Refusal) location.assign(url); // the server's own error page says it best
    else if (problem instanceof Unreachable) toast(problem.message, "warn");
  } finally {
    clearTimeout(slow);
    if (under === mine) document.body.removeAttribute("aria-busy");
  }
}

/** Put a whole page's HTML in place of this one. */
export function show(html: string, url: URL, how: "push" | "replace" | "back" = "push"): void {
  const page = new DOMParser().parseFromString(html, "text/html");
  if (!isSameShell(page)) return location.assign(url.href);
  if (how !== "back") remember(); // going back, the state is the other page's already
  if (how === "push" && url.href !== location.href) history.pushState({}, "", url);
  else if (how !== "back") history.replaceState(history.state, "", url);
  document.title = page.title;
  const from = document.activeElement;
  const left = document.querySelector<HTMLElement>(".left");
  const scrolled = left?.scrollTop ?? 0;
  for (const part of PARTS) replace(part, page);
  Idiomorph.morph(document.body, page.body, {
    morphStyle: "outerHTML",
    callbacks: {
      beforeNodeMorphed: (old, now) => !(old instanceof HTMLElement && (old.matches(HELD) || isLoadedPlace(old, now))),
      beforeNodeRemoved: (old) => !(old instanceof Element && old.matches(".toasts")),
    },
  });
  if (left?.isConnected) left.scrollTop = scrolled;
  document.body.classList.remove("drawer-open", "menu-open");
  htmx.process(document.body);
  const first = document.querySelector<HTMLElement>("#main [autofocus]");
  if (first) first.focus();
  else if (!from?.isConnected || from === document.body) document.getElementById("main")?.focus({ preventScroll: true });
  restore(how);
  tick();
  document.dispatchEvent(new CustomEvent("cc:shown"));
}

/** A place that fills itself is empty in the page: what it holds is still right. */
const isLoadedPlace = (old: HTMLElement, now: Node): boolean =>
  old.matches("[data-load]") && now instanceof HTMLElement && old.dataset["src"] === now.dataset["src"];

/** Both pages have the desk's frame and were built from the same scripts. */
function isSameShell(page: Document): boolean {
  const scripts = (one: Document): string => [...one.querySelectorAll("head script, head link[rel=stylesheet]")].map((s) => s.getAttribute("src") ?? s.getAttribute("href")).join();
  return Boolean(page.querySelector(".columns")) && page.documentElement.lang === document.documentElement.lang && scripts(page) === scripts(document);
}

function replace(selector: string, page: Document): void {
  const here = document.querySelector(selector);
  const there = page.querySelector(selector);
  if (here && there) here.replaceWith(document.importNode(there, true));
}

/** Forms with unsent text ask first (composer and settings mark themselves). */
function mayLeave(): boolean {
  return document.dispatchEvent(new CustomEvent("cc:leaving", { cancelable: true }));
}

const box = (): HTMLElement | null => document.querySelector("#main .scroll");
function remember(): void {
  const row = document.querySelector<HTMLElement>("#main [data-rows]")?.dataset["current"];
  history.replaceState({ ...(history.state as object | null), top: box()?.scrollTop ?? 0, row }, "");
}
function restore(how: string): void {
  const { top, row } = (history.state as { top?: number; row?: string } | null) ?? {};
  if (how !== "back") return;
  if (top) box()?.scrollTo({ top });
  if (row) goTo(row);
}

function isPlainClick(event: MouseEvent): boolean {
  return !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

/** Same origin, same family of pages, and nothing that wants a real load. */
function isOurs(link: HTMLAnchorElement): boolean {
  const family = /^\/(desk|admin|knowledge)(\/|$)/;
  return link.origin === location.origin && family.test(link.pathname) && family.test(location.pathname) && !link.hasAttribute("download") && (!link.target || link.target === "_self") && !link.closest("[data-plain], [hx-get], [hx-boost]");
}

export function startVisits(): void {
  if (!document.querySelector(".columns")) return;
  on("click", "a[href]", (link, event) => {
    if (!(link instanceof HTMLAnchorElement) || !isPlainClick(event) || !isOurs(link)) return;
    if (link.hash && link.pathname === location.pathname && link.search === location.search) return;
    event.preventDefault();
    link.closest<HTMLElement>("[popover]")?.hidePopover();
    void visit(link.href);
  });
  window.addEventListener("popstate", () => void visit(location.href, "back"));
  history.scrollRestoration = "manual";
}
