/* Files of a message: uploaded at once, with progress; the message only names them. */
import { icon, make } from "./marks";
import { csrf } from "./server";
import { word } from "./words";

interface Stored {
  id: number | string;
  name: string;
  size: number;
}

export class Uploads {
  constructor(
    private readonly place: HTMLElement,
    private readonly url: string,
    private readonly changed: () => void,
  ) {
    place.addEventListener("click", (event) => {
      const remove = event.target instanceof Element ? event.target.closest(".file-remove") : null;
      if (!remove) return;
      remove.closest(".file")?.remove();
      changed();
    });
  }

  ids(): string[] {
    return [...this.place.querySelectorAll<HTMLElement>("[data-upload]")].map((pill) => pill.dataset["upload"] ?? "");
  }

  sizes(): number[] {
    return [...this.place.querySelectorAll<HTMLElement>("[data-size]")].map((pill) => Number(pill.dataset["size"]));
  }

  isBusy(): boolean {
    return Boolean(this.place.querySelector("progress"));
  }

  clear(): void {
    this.place.replaceChildren();
  }

  add(file: File): void {
    const bar = make("progress", { max: "100", value: "0", class: "accent" });
    const pill = make("span", { class: "file", title: file.name, "data-size": String(file.size) }, icon(file.type.startsWith("image/") ? "photo" : "file"), make("span", { class: "cut" }, file.name), make("span", { class: "quiet" }, size(file.size)), removeButton(file.name), bar);
    this.place.append(pill);
    this.changed();
    this.send(file, pill, bar);
  }

  private send(file: File, pill: HTMLElement, bar: HTMLProgressElement): void {
    const body = new FormData();
    body.set("file", file);
    const request = new XMLHttpRequest(); // fetch cannot tell how far an upload has come
    request.open("POST", this.url);
    request.setRequestHeader("X-CSRFToken", csrf());
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => (bar.value = event.lengthComputable ? (100 * event.loaded) / event.total : 0));
    request.addEventListener("loadend", () => {
      bar.remove();
      const answer = request.response as (Partial<Stored> & { error?: string }) | null;
      if (request.status < 300 && answer?.id !== undefined) arrived(pill, String(answer.id));
      else fail(pill, answer?.error ?? word(request.status === 413 ? "too_large" : "upload_failed", file.name));
      this.changed();
    });
    pill.querySelector(".file-remove")?.addEventListener("click", () => request.abort());
    request.send(body);
  }
}

/** The pill stands for the stored file, in an ordinary form as well. */
function arrived(pill: HTMLElement, id: string): void {
  pill.dataset["upload"] = id;
  pill.append(make("input", { type: "hidden", name: "upload", value: id }));
}

/** Files come into *form* by its button, by drop and by paste. */
export function receive(form: HTMLElement, take: (file: File) => void): void {
  const all = (files: FileList | null | undefined, event?: Event): void => {
    if (!files?.length) return;
    event?.preventDefault();
    for (const file of files) take(file);
  };
  form.addEventListener("click", (event) => {
    if (!(event.target instanceof Element && event.target.closest("[data-attach]"))) return;
    const picker = make("input", { type: "file", multiple: true });
    picker.addEventListener("change", () => all(picker.files));
    picker.click();
  });
  form.addEventListener("paste", (event) => all(event.clipboardData?.files, event));
  form.addEventListener("drop", (event) => all(event.dataTransfer?.files, event));
  for (const type of ["dragover", "dragleave", "drop"] as const) {
    form.addEventListener(type, (event) => {
      if (type !== "drop") event.preventDefault();
      form.classList.toggle("over", type === "dragover");
    });
  }
}

function fail(pill: HTMLElement, sentence: string): void {
  pill.classList.add("file-failed");
  pill.title = sentence;
  pill.querySelector(".quiet")?.replaceChildren(sentence);
}

export const removeButton = (name: string): HTMLElement =>
  make("button", { type: "button", class: "file-remove", "aria-label": word("remove", name) }, icon("x"));

/** As the server writes sizes. */
export function size(octets: number): string {
  if (octets < 1000) return `${octets} B`;
  return octets < 999_500 ? `${Math.round(octets / 1000)} KB` : `${(octets / 1e6).toFixed(1)} MB`;
}
