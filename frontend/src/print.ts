/* `data-print`: a press prints the page. */
import { on } from "./behave";

on("click", "[data-print]", () => {
  window.print();
});
