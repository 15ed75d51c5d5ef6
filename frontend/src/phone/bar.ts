/* The telephone on the screen: the pill in the top bar, and what of the call's bar only the window with the voices does. */
import { behave, on } from "../behave";
import { telephone } from "./phone";
import { visit } from "../visit";
import { word } from "../words";

const GOOD = 0.03; // share of packets lost

function show(): void {
  document.body.classList.toggle("telephones", telephone.isHere);
  const pill = document.querySelector<HTMLElement>("[data-phone]");
  if (pill) {
    const said = word(`phone_${telephone.standing}`);
    pill.dataset["phone"] = telephone.standing;
    pill.title = word(`phone_${telephone.standing}_why`);
    pill.setAttribute("aria-label", `${said}. ${pill.title}`);
    const label = pill.querySelector("[data-phone-word]");
    if (label && label.textContent !== said) label.textContent = said;
  }
  for (const button of document.querySelectorAll("[data-phone-mute]")) button.setAttribute("aria-pressed", String(telephone.isMuted));
}

behave("[data-phone]", (pill) => {
  pill.addEventListener("click", () => void telephone.choose());
  show();
});
behave("[data-call]", show);
on("click", "[data-phone-mute]", () => telephone.mute(!telephone.isMuted));
on("click", "[data-phone-hangup]", () => telephone.hangUp());
on("click", "[data-phone-key]", (key) => telephone.press(key.dataset["phoneKey"] ?? ""));
on("keydown", "#call-keys", (_keys, { key }) => void (/^[0-9*#]$/.test(key) && telephone.press(key)));
for (const changed of ["cc:telephone", "cc:merged", "cc:shown"]) document.addEventListener(changed, show);
document.addEventListener("cc:quality", (event) => {
  const { lost } = (event as CustomEvent<{ lost: number }>).detail;
  for (const mark of document.querySelectorAll<HTMLElement>("[data-phone-poor]")) mark.hidden = lost < GOOD;
});

/* Who was asked by a colleague, and has the caller now, gets the ticket and the card to it. */
let asked = "";
document.addEventListener("cc:merged", () => {
  const { call = "", ticket } = document.querySelector<HTMLElement>("[data-call]")?.dataset ?? {};
  const isAsked = document.querySelector("[data-call][data-asked]") !== null;
  if (telephone.isHere && call && call === asked && ticket) void visit(ticket);
  asked = isAsked ? call : "";
});

/* A caller whom this agent has just lost comes back to them: their window answers by itself. */
behave("[data-ring][data-recovers]", (panel) => {
  if (telephone.isHere) panel.querySelector<HTMLElement>(".ring-accept")?.click();
});

export function startPhone(): void {
  if (document.querySelector("[data-phone]")) telephone.start();
}
