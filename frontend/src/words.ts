/* What scripts say, in the reader's language: the page carries the sentences as JSON, so no text lives here. */

let sentences: Record<string, string> | undefined;

/** The sentence *name*; each %s or %d (%02d) takes the next value. */
export function word(name: string, ...values: (string | number)[]): string {
  sentences ??= JSON.parse(document.getElementById("words")?.textContent ?? "{}") as Record<string, string>;
  let next = 0;
  return (sentences[name] ?? name).replace(/%(0(\d))?[sd]/g, (_all, _pad, width?: string) =>
    String(values[next++] ?? "").padStart(Number(width ?? 0), "0"),
  );
}

/** Words one after the other, with the comma of the reader's language. */
export const listed = (words: string[]): string => new Intl.ListFormat(language(), { type: "conjunction", style: "narrow" }).format(words);

export const language = (): string => document.documentElement.lang || "en";

/** For days: 3 Dec, as the pages write them. */
export const dating = (): string => (language() === "en" ? "en-GB" : language());
