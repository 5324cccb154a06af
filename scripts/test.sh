#!/bin/sh
# The tests: installs what they need, a browser included, and runs pytest. `sh scripts/test.sh`
# Arguments go to pytest, for instance: sh scripts/test.sh -m "not slow"
cd "$(dirname "$0")/.." || exit 2
. scripts/setup.sh

require_linux "    uv run pytest"

say "FotoNetral, uji: memasang 161 paket Python di folder .venv (unduhan 655 MB, 1,8 GB di disk) dan peramban Chromium." \
    "FotoNetral, the tests: 161 Python packages in the folder .venv (655 MB to fetch, 1.8 GB on disk) and Chromium."
# The driver that Playwright brings loads this; a bare Debian has it not.
browser=""
has_library libatomic.so.1 || browser=libatomic1
# Ubuntu's package only brings a snap, which needs a running system; Playwright has a build of its own for Ubuntu.
has_browser || is_ubuntu || browser="$browser chromium"
# shellcheck disable=SC2086  # words, not one word
prepare_system $browser
prepare_python
prepare_environment
if ! has_browser && is_ubuntu; then
    if may_install; then
        say "Chromium: dari Playwright" "Chromium: Playwright's own"
        "$UV" run --no-sync playwright install --with-deps chromium || :
    else
        say "Untuk peramban, mintalah administrator menjalankan: sudo snap install chromium" \
            "For a browser, ask an administrator to run: sudo snap install chromium"
    fi
fi
"$UV" run --no-sync python -c 'import sys; from tests.browser import found; sys.exit(found() is None)' ||
    say "Tidak ada peramban: uji halaman web dilewati." "There is no browser: the tests of the pages are skipped."

exec "$UV" run --no-sync pytest "$@"
