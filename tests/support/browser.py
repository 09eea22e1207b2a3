"""The system's Chromium, driven by Playwright; what a page logs and asks for is kept."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = (1280, 900)
PHONE = (360, 740)


def find_chromium() -> str | None:
    """The path of a Chromium of the system."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def require_chromium() -> str:
    """The path of a Chromium, asked for at the top of a module: all its tests need one.

    Without one they are skipped, in one line, and fail where CI promises one.
    """
    path = find_chromium()
    if path is None and os.environ.get("CI"):
        raise RuntimeError("no Chromium, which CI promises (Debian, Ubuntu: apt install chromium)")
    if path is None:
        pytest.skip("no Chromium (Debian, Ubuntu: apt install chromium)", allow_module_level=True)
    return path


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Tab:
    """A page with what it did on its own."""

    page: Page
    console: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.console.append(message.text))
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

        def dismiss(dialog: object) -> None:
            self.dialogs.append(str(dialog))
            dialog.dismiss()  # type: ignore[attr-defined]  # Playwright's Dialog

        self.page.on("dialog", dismiss)

    def foreign_requests(self, origin: str) -> list[str]:
        return [url for url in self.requests if not url.startswith((f"{origin}/", "data:"))]


@contextmanager
def tab(
    browser: Browser,
    size: tuple[int, int] = DESKTOP,
    *,
    is_dark: bool = False,
    has_scripts: bool = True,
) -> Iterator[Tab]:
    """A tab with a profile of its own."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if is_dark else "light",
        java_script_enabled=has_scripts,
        service_workers="block",
    )
    try:
        yield Tab(context.new_page())
    finally:
        context.close()
