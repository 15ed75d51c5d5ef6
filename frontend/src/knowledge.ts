/* Articles at the desk: the editor is fetched when it is needed, what is typed is kept, and articles go into an answer. */
import { behave, on } from "./behave";
import { Refusal, Unreachable, post } from "./server";
import { toast } from "./toast";
import { word } from "./words";

const AFTER = 1200;

/** What is typed is kept on the server; without a connection in this browser, until there is one. */
behave("form[data-article]", (element) => {
  const form = element as HTMLFormElement;
  const box = form.querySelector<HTMLElement>("[data-editor]");
  const source = form.querySelector<HTMLTextAreaElement>("[data-editor-source]");
  if (!box || !source) return undefined;
  const key = `cc:article:${form.dataset["draftUrl"] ?? ""}:${(form.elements.namedItem("language") as HTMLInputElement).value}`;
  bring(form, key);
  let end = (): void => undefined;
  let isGone = false;
  void import("./editor/editor").then(({ edit }) => {
    if (!isGone) end = edit(box, source);
  });
  let timer = 0;
  let isTyped = false;
  const say = (text: string, tone = ""): void => {
    const place = form.querySelector<HTMLElement>("[data-state]");
    if (place) [place.textContent, place.className] = [text, `composer-state ${tone}`];
  };
  const keep = async (): Promise<void> => {
    clearTimeout(timer);
    isTyped = false;
    say(word("saving"));
    try {
      await post(form.dataset["draftUrl"] ?? "", new FormData(form));
      localStorage.removeItem(key);
      if (!isTyped) say(word("saved"));
    } catch (problem) {
      localStorage.setItem(key, JSON.stringify(Object.fromEntries(["title", "summary", "html"].map((name) => [name, value(form, name)]))));
      say(word(problem instanceof Unreachable ? "saved_here" : "save_failed"), "warn");
    }
  };
  const typed = (): void => {
    isTyped = true;
    clearTimeout(timer);
    timer = window.setTimeout(() => void keep(), AFTER);
  };
  const leave = (): void => void (isTyped && !form.dataset["busy"] && (clearTimeout(timer), void keep()));
  const sent = (): void => (clearTimeout(timer), (isTyped = false), localStorage.removeItem(key));
  form.addEventListener("input", typed);
  form.addEventListener("submit", sent);
  document.addEventListener("cc:leaving", leave);
  window.addEventListener("pagehide", leave);
  return () => {
    isGone = true;
    leave();
    end();
    document.removeEventListener("cc:leaving", leave);
    window.removeEventListener("pagehide", leave);
  };
});

const value = (form: HTMLFormElement, name: string): string => (form.elements.namedItem(name) as HTMLInputElement | HTMLTextAreaElement).value;

/** What an earlier visit could not hand over. */
function bring(form: HTMLFormElement, key: string): void {
  const kept = localStorage.getItem(key);
  if (!kept) return;
  for (const [name, text] of Object.entries(JSON.parse(kept) as Record<string, string>)) (form.elements.namedItem(name) as HTMLInputElement).value = text;
}

/** An article's words, or the link to it, into what is being written to the customer. */
on("click", "[data-into-answer]", (button) => void intoAnswer(button));

async function intoAnswer(button: HTMLElement): Promise<void> {
  const form = document.querySelector<HTMLFormElement>("form[data-composer]");
  const text = form?.querySelector<HTMLTextAreaElement>('textarea[data-for="reply"]');
  if (!form || !text) return;
  form.querySelector<HTMLElement>('button[data-kind="reply"]')?.click();
  try {
    const answer = await post<{ text: string }>(button.dataset["intoAnswer"] ?? "", {});
    const before = text.value.slice(0, text.selectionStart);
    const gap = before && !before.endsWith("\n") ? (answer.text.includes("\n") ? "\n\n" : " ") : "";
    text.setRangeText(`${gap}${answer.text}`, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  } catch (problem) {
    if (!(problem instanceof Refusal || problem instanceof Unreachable)) throw problem;
    toast(problem.message, "warn");
  }
}
