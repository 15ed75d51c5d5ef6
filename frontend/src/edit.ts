/* Click to edit: Enter saves, Esc leaves. A stale save keeps what was typed and offers to compare it with what is there now. */
import { on } from "./behave";
import { compare } from "./compare";
import { refreshAll } from "./live";
import { icon, make } from "./marks";
import { Refusal, post } from "./server";
import { toast } from "./toast";
import { word } from "./words";

function edit(value: HTMLElement): void {
  if (value.querySelector(".inline-input")) return;
  const before = value.dataset["value"] ?? value.textContent?.trim() ?? "";
  const was = [...value.childNodes];
  const version = value.dataset["version"]; // the one the person has before them, whatever arrives while they type
  const input = make("input", { class: "inline-input", value: before, "aria-label": value.getAttribute("aria-label") ?? value.dataset["name"] ?? "" });
  const field: Field = { value, input, before, version, leave: () => void (input.isConnected && (settled(value), value.replaceChildren(...was))) };
  value.replaceChildren(input);
  input.focus();
  input.select();
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") (field.leave(), value.focus(), refreshAll());
    if (event.key === "Enter" && !event.isComposing) (event.preventDefault(), void save(field).then(() => input.isConnected || value.focus()));
  });
  input.addEventListener("blur", () => !value.dataset["stale"] && (input.value.trim() === before ? field.leave() : void save(field)));
}

interface Field {
  value: HTMLElement;
  input: HTMLInputElement;
  before: string;
  version: string | undefined;
  leave: () => void;
}

async function save(field: Field, version = field.version): Promise<void> {
  const { value, input, before } = field;
  const text = input.value.trim();
  if (text === before && version === field.version) return field.leave();
  if (input.dataset["busy"] !== undefined) return;
  input.dataset["busy"] = "";
  const body: Record<string, string> = { [value.dataset["name"] ?? "value"]: text };
  if (version) body["version"] = version;
  try {
    const answer = await post<{ text_now?: string; version?: number }>(value.dataset["edit"] ?? "", body);
    const now = answer.text_now ?? text;
    value.dataset["value"] = now;
    if (answer.version !== undefined) value.dataset["version"] = String(answer.version);
    settled(value);
    value.replaceChildren(now);
    refreshAll();
  } catch (problem) {
    delete input.dataset["busy"];
    if (problem instanceof Refusal && problem.version) warn(field, problem);
    else toast(problem instanceof Error ? problem.message : word("failed"), "warn");
  }
}

/** Somebody else changed it meanwhile: what was typed stays in the field, a line above it says so. */
function warn(field: Field, problem: Refusal): void {
  settled(field.value);
  field.value.dataset["stale"] = "true";
  const look = make("button", { type: "button", class: "button button-s" }, word("compare"));
  const line = make("div", { class: "stale", role: "alert", "data-mine": true, id: "stale" }, icon("git-compare"), make("span", {}, problem.message), look);
  look.addEventListener("click", () => void compare(problem, (version) => save(field, String(version)), () => (field.leave(), refreshAll())));
  (field.value.closest(".ticket-place") ?? field.value.parentElement)?.append(line);
  look.focus();
}

function settled(value: HTMLElement): void {
  delete value.dataset["stale"];
  document.getElementById("stale")?.remove();
}

on("click", "[data-edit]", (value) => edit(value));
on("keydown", "[data-edit]", (value, event) => {
  if (event.key === "Enter" && event.target === value) (event.preventDefault(), edit(value));
});
