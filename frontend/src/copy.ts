/* `data-copy="text"`: a press puts the text on the clipboard and says so. */
import { on } from "./behave";
import { toast } from "./toast";
import { word } from "./words";

on("click", "[data-copy]", (button) => {
  void navigator.clipboard.writeText(button.dataset["copy"] ?? "").then(() => toast(word("copied"), "good"));
});
