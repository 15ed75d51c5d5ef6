/* Files in an ordinary form of the desk: uploaded at once like the composer's, sent by name with the form. */
import { behave } from "./behave";
import { Uploads, receive } from "./uploads";
import { word } from "./words";

behave("form[data-attach-to]", (form) => {
  const place = form.querySelector<HTMLElement>(".files");
  const send = form.querySelector<HTMLButtonElement>("button[type=submit]");
  if (!place || !send) return;
  const uploads = new Uploads(place, form.dataset["attachTo"] ?? "", () => {
    form.dataset["dirty"] = "";
    send.disabled = uploads.isBusy();
    send.title = uploads.isBusy() ? word("uploading") : "";
  });
  form.addEventListener("submit", (event) => uploads.isBusy() && event.preventDefault());
  receive(form, (file) => uploads.add(file));
});
