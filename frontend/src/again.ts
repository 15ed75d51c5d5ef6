/* A part of a page that asks now and then whether there is something new: no socket, no account, no typed text touched. */
import { behave } from "./behave";
import { fragment } from "./server";

/** `data-again="/url" data-every="30"`: elements of the answer replace those with the same id; an empty answer means no news. */
behave("[data-again]", (place) => {
  const every = 1000 * Number(place.dataset["every"] ?? 30);
  let asked = Date.now();
  const ask = async (): Promise<void> => {
    if (document.hidden || Date.now() - asked < every) return;
    asked = Date.now();
    const html = await fragment(place.dataset["again"] ?? "").catch(() => ""); // no connection: the next time will do
    if (html && place.isConnected) replace(html);
  };
  const timer = window.setInterval(() => void ask(), every / 6);
  const seen = (): void => void ask();
  document.addEventListener("visibilitychange", seen);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", seen);
  };
});

function replace(html: string): void {
  const answer = new DOMParser().parseFromString(html, "text/html");
  for (const fresh of [...answer.body.children]) document.getElementById(fresh.id)?.replaceWith(document.importNode(fresh, true));
}
