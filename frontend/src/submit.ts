/* Forms of the desk are sent in place: errors come back as sentences at their fields, and what was typed stays. */
import { icon, make } from "./marks";
import { compare } from "./compare";
import { refreshAll } from "./live";
import { answered } from "./once";
import { Refusal, Unreachable, ask, post } from "./server";
import { toast } from "./toast";
import { show, visit } from "./visit";
import { word } from "./words";

export interface Told {
  text: string;
  label?: string;
  undo?: string; // a POST there takes it back
}

interface Done {
  toast?: Told;
  url?: string;
  phone?: { nonce: string }; // a call was accepted: the telephone connects with this
}

/** Send *form* as its button would; the answered page is shown, a refusal is written at the fields. */
export async function submit(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const button = submitter instanceof HTMLButtonElement ? submitter : null;
  const url = button?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  const data = new FormData(form, button);
  if (form.dataset["busy"] !== undefined) return;
  clearErrors(form);
  form.dataset["busy"] = "";
  button?.classList.add("busy");
  try {
    // JSON first: refusals come as sentences; pages come as pages whatever we accept
    const answer = await ask(url, { method: "POST", body: data, headers: { Accept: "application/json, text/html;q=0.9" } });
    answered(form);
    delete form.dataset["dirty"];
    form.closest("dialog")?.close();
    if (answer.headers.get("content-type")?.includes("html")) show(await answer.text(), new URL(answer.url), "push");
    else await done(answer);
  } catch (problem) {
    answered(form, problem);
    if (problem instanceof Refusal && problem.version) await compare(problem, (version) => again(form, button, version), refreshAll);
    else if (problem instanceof Refusal && problem.page) sayAgain(problem.page);
    else if (problem instanceof Refusal) (refuse(form, problem), problem.status === 409 && refreshAll());
    else if (problem instanceof Unreachable) toast(problem.message, "warn");
    else throw problem;
  } finally {
    delete form.dataset["busy"];
    button?.classList.remove("busy");
  }
}

/** After an act: the server may have a word to say, and a page to go on with; what shows the thing is fetched again. */
async function done(answer: Response): Promise<void> {
  const said = answer.headers.get("content-type")?.includes("json") ? ((await answer.json()) as Done) : {};
  if (said.phone) document.dispatchEvent(new CustomEvent("cc:phone", { detail: said.phone }));
  if (said.toast) tell(said.toast);
  if (said.url) await visit(said.url);
  else refreshAll();
}

/** A word of the server in the corner, with the button that it asks for. */
export function tell({ text, label, undo }: Told): void {
  const run = (): void => void post(undo ?? "", {}).then(() => refreshAll()).catch((problem: Error) => toast(problem.message, "warn"));
  toast(text, "plain", undo && label ? { label, run } : undefined);
}

/** Save all the same, over what somebody else wrote meanwhile. */
async function again(form: HTMLFormElement, button: HTMLButtonElement | null, version: number): Promise<void> {
  const field = form.elements.namedItem("version");
  if (field instanceof HTMLInputElement) field.value = String(version);
  delete form.dataset["busy"];
  await submit(form, button);
}

/** The server has written the form once more, what was typed in it and a sentence at each field. */
function sayAgain(page: string): void {
  show(page, new URL(location.href), "replace");
  document.querySelector<HTMLElement>('#main [aria-invalid="true"]')?.focus();
}

function refuse(form: HTMLFormElement, problem: Refusal): void {
  const fields = Object.entries(problem.fields).filter(([name, sentence]) => showError(form, name, sentence));
  if (!fields.length) return toast(problem.message, "warn");
  form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}

/** Write *sentence* under the field; false when the form has no such field. */
export function showError(form: HTMLFormElement, name: string, sentence: string): boolean {
  const control = form.elements.namedItem(name);
  const first = control instanceof RadioNodeList ? control[0] : control;
  if (!(first instanceof HTMLElement)) return false;
  const id = `${name}-error`;
  first.setAttribute("aria-invalid", "true");
  first.setAttribute("aria-describedby", id);
  const said = make("p", { class: "error", id, role: "alert" }, icon("info-circle"), make("span", {}, sentence || word("failed")));
  (first.closest(".field") ?? first.parentElement)?.append(said);
  return true;
}

export function clearErrors(form: HTMLFormElement): void {
  for (const said of form.querySelectorAll(".error")) said.remove();
  for (const field of form.querySelectorAll('[aria-invalid="true"]')) field.removeAttribute("aria-invalid");
}

/** The address that a GET form asks for; what is empty is left out. */
export function asked(form: HTMLFormElement): string {
  const url = new URL(form.action);
  url.search = "";
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && value.trim()) url.searchParams.append(name, value.trim());
  return url.href;
}

export function startSubmits(): void {
  if (!document.querySelector(".columns")) return;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.matches("[data-plain], [hx-post], [hx-get], [target], [data-composer]")) return;
    if (form.method === "get" && form.matches("[role=search]")) {
      event.preventDefault();
      void visit(asked(form));
    }
    if (form.method !== "post") return;
    event.preventDefault();
    void submit(form, event.submitter);
  });
}
