/* Sets light or dark before the first paint. Loaded as a plain script in the head, so it imports nothing. */
{
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = (): void => {
    const chosen = root.dataset["theme"] ?? "system";
    root.dataset["bsTheme"] = chosen === "system" ? (system.matches ? "dark" : "light") : chosen;
  };
  apply();
  system.addEventListener("change", apply);
}
