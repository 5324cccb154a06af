"""What tests of the web page share: the page in a browser, photos given to it, and its modules without a server."""

from __future__ import annotations

import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route

from tests.browser import Watched
from tests.vision.service.serving import ROOT, Serving, serving
from vision.service.http.pages import WEB

STILL: dict[str, Any] = {"reduced_motion": "reduce"}
TOUCH: dict[str, Any] = STILL | {"has_touch": True, "is_mobile": True}
PHOTOS = ROOT / "fixtures" / "photos"
CLEAR, SIGN, PAIR, THUMB = (
    PHOTOS / f"{name}.jpg" for name in ("collins_plain", "collins_peace", "pair_sign", "hopper_thumb_up")
)
TRUNCATED = ROOT / "fixtures" / "broken" / "truncated.jpg"
FLAGGED, NOTHING = "Sebaiknya jangan diunggah dulu.", "Tidak ditemukan tanda keberpihakan."
"""Headlines, as `vision/messages/id/rules.toml` has them."""
ANSWER_MS = 120_000.0
"""How long a photo may take: of a large group two versions are looked at, on whatever else the machine does."""
EMPTY = "http://page.test/"
_KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}


def open_page(watched: Watched, url: str) -> Page:
    """Open a page of the service, and wait until it can be used."""
    watched.page.goto(url)
    watched.page.wait_for_selector("html[data-ready]", state="attached")
    return watched.page


def choose(page: Page, photos: Sequence[Path], *, wait: bool = True) -> None:
    """Choose photos as with the file dialog, and wait for the answer."""
    page.set_input_files("#files", [str(photo) for photo in photos])
    if wait:
        answered(page)


def answered(page: Page) -> str:
    """Wait for an answer or an error, and return its headline."""
    page.wait_for_selector("#answer:not([hidden]) .headline", timeout=ANSWER_MS)
    return page.inner_text("#answer .headline")


def bring(page: Page, photos: Sequence[Path], event: str) -> None:
    """Drop photos on the page, or paste them: the browser's own events, with files that a script made."""
    files = [[photo.name, b64encode(photo.read_bytes()).decode()] for photo in photos]
    page.evaluate(
        """([files, event]) => {
            const carried = new DataTransfer();
            for (const [name, data] of files) {
                const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
                carried.items.add(new File([bytes], name, { type: "image/jpeg" }));
            }
            const how = { bubbles: true, cancelable: true };
            document.body.dispatchEvent(event === "drop"
                ? new DragEvent("drop", { ...how, dataTransfer: carried })
                : new ClipboardEvent("paste", { ...how, clipboardData: carried }));
        }""",
        [files, event],
    )


def with_modules(page: Page) -> Page:
    """Give an empty page that may import the modules of the web page, without any server."""

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(EMPTY)
        if not path:
            route.fulfill(body="<!DOCTYPE html><title>-</title><body></body>", content_type="text/html")
            return
        file = WEB / path.removeprefix("web/")
        route.fulfill(body=file.read_bytes(), content_type=_KINDS[file.suffix])

    page.route(f"{EMPTY}**", serve)
    page.goto(EMPTY)
    return page


def run(page: Page, module: str, body: str, argument: Any = None) -> Any:
    """Import a module as `it`, and return what `body` does with it and the `given` argument."""
    code = f"async (given) => {{ const it = await import('/web/js/{module}'); {body} }}"
    return page.evaluate(code, argument)


def shrunk(page: Page, photo: bytes, kind: str = "image/jpeg", side: int | None = None) -> tuple[dict[str, int], bytes]:
    """Return what the page makes of a photo: its sizes, and the bytes it would send."""
    told = run(
        page,
        "shrink.js",
        """const bytes = Uint8Array.from(atob(given.data), (letter) => letter.charCodeAt(0));
        const file = new File([bytes], "a", { type: given.kind });
        const { blob, ...size } = await it.shrink(file, given.side ?? undefined);
        const reader = new FileReader();
        await new Promise((resolve) => { reader.onload = resolve; reader.readAsDataURL(blob); });
        return { size, data: reader.result.split(",")[1] ?? "" };""",
        {"data": b64encode(photo).decode(), "kind": kind, "side": side},
    )
    return told["size"], b64decode(told["data"])


@contextmanager
def sample_service(folder: Path) -> Iterator[Serving]:
    """Run a server with the real models and the sample candidate."""
    table, gallery = ROOT / "fixtures" / "candidates.csv", folder / "gallery.db"
    command = [sys.executable, "-c", "from vision.command.main import main; main()"]
    enrol = [*command, "candidates", "import", str(table), "--gallery", str(gallery)]
    subprocess.run(enrol, check=True, capture_output=True, cwd=ROOT)
    with serving(folder, real=True, gallery=str(gallery), per_minute=100_000) as one:
        yield one


def forgive(watched: Watched, *what: str) -> None:
    """Take what the browser itself says of answers that the test asks for off the complaints."""
    watched.complaints[:] = [one for one in watched.complaints if not any(text in one for text in what)]
