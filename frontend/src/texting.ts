/* A text while it is typed: whether it is one, in how many parts it goes and what they cost, and why it may not. */
import { behave } from "./behave";
import { MOST_CHARACTERS, parts } from "./segments";
import { language, word } from "./words";

const MOST_FILES = 10; // as tickets/text_files.py has them; over WhatsApp one file may be larger, and the server says so
const MOST_MB = 5;
const LARGEST = 16;

/** The number in the To field, as typed; nothing if a mail is written. */
export function byText(form: HTMLElement): string | undefined {
  const to = form.querySelector<HTMLInputElement>("[name=to]")?.value.trim() ?? "";
  return /^[+0][\d\s()./-]{5,24}$/.test(to) ? to : undefined;
}

/** Show parts and cost of *text*; nothing for what is no text. */
export function partsWord(form: HTMLElement, text: string | undefined): void {
  const place = form.querySelector<HTMLElement>("[data-parts]");
  if (!place) return;
  const counted = parts(text ?? "");
  place.hidden = text === undefined || counted.segments === 0;
  if (place.hidden) return;
  const cost = Number(form.dataset["price"] ?? 0) * counted.segments;
  const money = new Intl.NumberFormat(language(), { style: "currency", currency: form.dataset["currency"] ?? "EUR", minimumFractionDigits: 2, maximumFractionDigits: 4 }).format(cost);
  place.textContent = word(counted.isPlain ? "parts" : "parts_unicode", counted.characters, counted.segments, money);
  place.className = `composer-state ${counted.characters > MOST_CHARACTERS ? "bad" : ""}`;
}

behave("form[data-texting]", (form) => {
  const show = (): void => partsWord(form, byText(form) ? (form.querySelector<HTMLTextAreaElement>("[name=text]")?.value ?? "") : undefined);
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  form.addEventListener("htmx:afterSwap", show);
  show();
});

/** Why *text* cannot be sent so, with files of these sizes; nothing if it can. */
export function whyNoText(text: string, files: number[]): string {
  const { characters } = parts(text.trim());
  if (characters > MOST_CHARACTERS) return word("too_long", MOST_CHARACTERS, characters);
  if (files.length > MOST_FILES) return word("text_files", MOST_FILES);
  return files.reduce((sum, size) => sum + size, 0) > (files.length === 1 ? LARGEST : MOST_MB) * 1024 * 1024 ? word("text_large", files.length === 1 ? LARGEST : MOST_MB) : "";
}
