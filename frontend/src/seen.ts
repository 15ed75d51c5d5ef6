/* A ticket that is open before somebody's eyes is read: the server is told, and again when something comes in. */
import { behave } from "./behave";
import { refreshTopics } from "./live";
import { post } from "./server";

behave("[data-seen]", (page) => {
  let said = "";
  const look = async (): Promise<void> => {
    const newest = [...page.querySelectorAll(".item[id]")].at(-1)?.id ?? "none";
    if (document.hidden || !document.hasFocus() || said === newest || !page.isConnected) return;
    said = newest;
    const isNews = await post(page.dataset["seen"] ?? "", {}).then(() => true, () => false); // the next look makes up for it
    if (isNews) refreshTopics([`agent:${document.body.dataset["agent"] ?? ""}`]);
  };
  const seen = (): void => void look();
  page.addEventListener("cc:merged", seen);
  document.addEventListener("visibilitychange", seen);
  window.addEventListener("focus", seen);
  seen();
  return () => {
    document.removeEventListener("visibilitychange", seen);
    window.removeEventListener("focus", seen);
  };
});
