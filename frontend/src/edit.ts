/* Click to edit: Enter saves, Esc leaves, a stale save shows what the others wrote. */
import { on } from "./behave";
import { confirmed } from "./dialogs";
import { refreshAll } from "./live";
import { make } from "./marks";
import { Refusal, post } from "./server";
import { toast } from "./toast";
import { word } from "./words";

function edit(value: HTMLElement): void {
  if (value.querySelector(".inline-input")) return;
  const before = value.dataset["value"] ?? value.textContent?.trim() ?? "";
  const was = [...value.childNodes];
  const input = make("input", { class: "inline-input", value: before, "aria-label": value.getAttribute("aria-label") ?? value.dataset["name"] ?? "" });
  const leave = (): void => {
    if (input.isConnected) value.replaceChildren(...was);
  };
  value.replaceChildren(input);
  input.focus();
  input.select();
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") (leave(), value.focus());
    if (event.key === "Enter" && !event.isComposing) void save(value, input, before, leave);
  });
  input.addEventListener("blur", () => (input.value.trim() === before ? leave() : void save(value, input, before, leave)));
}

async function save(value: HTMLElement, input: HTMLInputElement, before: string, leave: () => void): Promise<void> {
  const text = input.value.trim();
  if (text === before || input.dataset["busy"] !== undefined) return leave();
  input.dataset["busy"] = "";
  const body: Record<string, string> = { [value.dataset["name"] ?? "value"]: text };
  if (value.dataset["version"]) body["version"] = value.dataset["version"];
  try {
    const answer = await post<{ text?: string; version?: number }>(value.dataset["edit"] ?? "", body);
    value.dataset["value"] = text;
    if (answer.version !== undefined) value.dataset["version"] = String(answer.version);
    value.replaceChildren(answer.text ?? text);
    refreshAll();
  } catch (problem) {
    delete input.dataset["busy"];
    if (problem instanceof Refusal && problem.status === 409) await settle(value, problem, leave);
    else toast(problem instanceof Error ? problem.message : word("failed"), "warn");
  }
}

/** Somebody else changed it meanwhile: say to what; the newer value is taken unless the person insists by typing again. */
async function settle(value: HTMLElement, problem: Refusal, leave: () => void): Promise<void> {
  const theirs = Object.values(problem.difference)[0]?.[1];
  await confirmed(theirs ? `${problem.message} (${theirs})` : problem.message, word("close"), false);
  leave();
  if (theirs) value.replaceChildren(theirs);
  refreshAll();
}

on("click", "[data-edit]", (value) => edit(value));
on("keydown", "[data-edit]", (value, event) => {
  if (event.key === "Enter" && event.target === value) (event.preventDefault(), edit(value));
});
