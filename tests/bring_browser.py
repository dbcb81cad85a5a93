"""Makes sure that there is a browser for the browser tests, and prints which one. Quick when there is.

In this order: one on PATH; Debian's chromium, where root may install it; Playwright's own. Otherwise one sentence and exit code 1.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The first is Chromium without the windows that nobody sees: the same pages for less of the processor's time.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
GIVE_UP = (
    "No browser for the browser tests. Install Chromium so that `chromium` is on PATH, then run this again."
)
INSTALL_SECONDS = 900


def installed_browser() -> str | None:
    """A browser on PATH, or the one that Playwright brought; None when there is neither."""
    on_path = next((found for name in NAMES if (found := shutil.which(name))), None)
    return on_path or _playwrights_own()


def main() -> int:
    """Exit code 0 when there is a browser in the end."""
    browser = installed_browser() or _from_debian() or _from_playwright()
    print(f"Browser: {browser}" if browser else GIVE_UP, file=sys.stdout if browser else sys.stderr)
    return 0 if browser else 1


def _from_debian() -> str | None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return None
    print("Installing Debian's chromium…", flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
    if _runs(["apt-get", "update", "-qq"], env=dict(quiet)) and _runs(install, env=dict(quiet)):
        return installed_browser()
    return None


def _from_playwright() -> str | None:
    print("Installing Playwright's chromium…", flush=True)
    _runs([sys.executable, "-m", "playwright", "install", "chromium"])
    return installed_browser()


def _playwrights_own() -> str | None:
    # Playwright takes a third of a second to import; most machines have a browser on PATH and never come here.
    from playwright.sync_api import Error, sync_playwright

    try:
        with sync_playwright() as playwright:
            path = Path(playwright.chromium.executable_path)
    except Error:
        return None
    return str(path) if path.exists() else None


def _runs(command: list[str], env: dict[str, str] | None = None) -> bool:
    """Whether the command ended well; what it printed is shown only when it did not."""
    try:
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)
        return False
    if done.returncode != 0:
        print((done.stderr or done.stdout)[-2000:], file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
