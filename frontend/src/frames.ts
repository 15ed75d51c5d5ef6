/* Mail in its sandboxed frame grows to the height of what is in it. The frame has no scripts; we only measure. */
import { behave } from "./behave";

const TALLEST = 20_000;
const SCROLLBAR = 16;

behave("iframe[data-frame]", (element) => {
  const frame = element as HTMLIFrameElement;
  let watcher: ResizeObserver | undefined;
  const measure = (): void => {
    const page = frame.contentDocument;
    if (!page?.body) return;
    const root = page.documentElement;
    const { paddingTop, paddingBottom } = getComputedStyle(frame);
    const sideways = root.scrollWidth > root.clientWidth ? SCROLLBAR : 0;
    const inside = Math.ceil(root.getBoundingClientRect().height) || page.body.scrollHeight;
    const height = Math.min(TALLEST, inside + parseFloat(paddingTop) + parseFloat(paddingBottom) + sideways);
    if (Math.abs(frame.offsetHeight - height) > 1) frame.style.height = `${height}px`;
  };
  const loaded = (): void => {
    watcher?.disconnect();
    const page = frame.contentDocument;
    if (!page?.body) return;
    watcher = new ResizeObserver(measure);
    watcher.observe(page.documentElement);
    watcher.observe(page.body);
    measure();
  };
  frame.addEventListener("load", loaded);
  if (frame.contentDocument?.readyState === "complete") loaded();
  return () => watcher?.disconnect();
});
