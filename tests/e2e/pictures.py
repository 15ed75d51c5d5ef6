"""Take the pictures of README and docs from a running demo: `python -m tests.e2e.pictures http://127.0.0.1:8000`.

Run it after a change of the screens, and look at what it made. Not a test.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from contact_center.demo import people
from tests.conftest import PROGRAMS

DOCS = Path(__file__).parents[2] / "docs"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def main(url: str) -> None:
    program = next(found for name in PROGRAMS["browser"][1] if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        _desk(_signed_in(browser, url, "ada"), "desk.png")
        _desk(_signed_in(browser, url, "chenyue", color_scheme="dark"), "desk-zh-dark.png")
        visitor = browser.new_context(viewport=PHONE, locale="zh-CN", base_url=url, device_scale_factor=2)  # type: ignore[arg-type]
        page = visitor.new_page()
        page.goto("/request")
        page.screenshot(path=DOCS / "request-zh.png")
        browser.close()


def _signed_in(browser: Browser, url: str, name: str, **more: str) -> Page:
    page = browser.new_context(viewport=DESK, base_url=url, **more).new_page()  # type: ignore[arg-type]
    page.goto("/sign-in")
    page.locator("[name=email]").fill(f"{name}@{people.DOMAIN}")
    page.locator("[name=password]").fill(people.PASSWORD)
    page.keyboard.press("Enter")
    page.locator("[data-live=on]").wait_for()
    return page


def _desk(page: Page, picture: str) -> None:
    """The first of one's own tickets in which something was said on both sides."""
    refs = page.locator(".work-ref").all_inner_texts()
    for ref in refs:
        page.goto(f"/desk/tickets/{ref}")
        page.locator("[data-live=on]").wait_for()
        if page.locator(".item-out").count() and page.locator(".item").count() > 2:
            break
    page.locator(".right .who").wait_for()
    page.screenshot(path=DOCS / picture)


if __name__ == "__main__":
    main(sys.argv[1])
