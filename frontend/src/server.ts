/* Talks to our own server: CSRF, and errors as the one sentence the server sends. */
import { word } from "./words";

/** The server said no; `message` is fit for the screen. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly fields: Record<string, string> = {},
    readonly difference: Record<string, [string, string]> = {},
    readonly labels: Record<string, string> = {},
    readonly version = 0, // of a stale save: the version over which it could be saved all the same
    readonly page = "", // the form once more, with its sentences, where the server answers with a page
  ) {
    super(message);
  }
}

/** No answer came at all. */
export class Unreachable extends Error {}

interface Problem {
  error?: string;
  fields?: Record<string, string>;
  difference?: Record<string, [string, string]>;
  labels?: Record<string, string>;
  version?: number;
}

export const csrf = (): string => document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";

/** Fetch; throws Unreachable or Refusal. */
export async function ask(url: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (init.method && init.method !== "GET") headers.set("X-CSRFToken", csrf());
  const answer = await fetch(url, { credentials: "same-origin", ...init, headers }).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Unreachable(word("failed"), { cause });
  });
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

const isForm = (answer: Response): boolean => answer.status === 422 && (answer.headers.get("content-type")?.includes("html") ?? false);

async function refusal(answer: Response): Promise<Refusal> {
  const isJson = answer.headers.get("content-type")?.includes("json") ?? false;
  const problem = isJson ? ((await answer.json().catch(() => ({}))) as Problem) : {};
  if (answer.status === 401) document.dispatchEvent(new CustomEvent("cc:signed-out"));
  return new Refusal(problem.error ?? word("failed"), answer.status, problem.fields, problem.difference, problem.labels, problem.version, isForm(answer) ? await answer.text() : "");
}

/** A piece of a page, as htmx would ask for it. */
export async function fragment(url: string, signal?: AbortSignal): Promise<string> {
  const headers = { "HX-Request": "true", Accept: "text/html" };
  return (await ask(url, signal ? { headers, signal } : { headers })).text();
}

export async function json<T>(url: string, signal?: AbortSignal): Promise<T> {
  const headers = { Accept: "application/json" };
  return (await ask(url, signal ? { headers, signal } : { headers })).json() as Promise<T>;
}

/** POST a form or values; the answer's JSON, or an empty object when it has none. */
export async function post<T>(url: string, body: FormData | Record<string, string>): Promise<T> {
  const data = body instanceof FormData ? body : new URLSearchParams(body);
  const answer = await ask(url, { method: "POST", body: data, headers: { Accept: "application/json" } });
  return (answer.headers.get("content-type")?.includes("json") ? await answer.json() : {}) as T;
}
