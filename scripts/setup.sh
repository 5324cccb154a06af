# What scripts/try.sh and scripts/test.sh share: what this system lacks, uv, a Python, the project's environment.
# Read with `.` by a shell that stands in the repository. POSIX sh. Sets UV; leaves the system's Python as it is.

set -eu
unset VIRTUAL_ENV

# Library of the system and the package of Debian and Ubuntu that holds it; vision/runtime/libraries.py has the same table.
LIBRARIES="libEGL.so.1:libegl1 libGLESv2.so.2:libgles2 libGL.so.1:libgl1 libglib-2.0.so.0:libglib2.0-0
    libgthread-2.0.so.0:libglib2.0-0 libxcb.so.1:libxcb1"
# The names that tests/browser.py looks for.
BROWSERS="chromium chromium-browser google-chrome-stable google-chrome chrome"

say() { # Indonesian, English: in the language of the terminal
    case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
    id*) printf '%s\n' "$1" ;;
    *) printf '%s\n' "$2" ;;
    esac
}

fail() {
    say "$@" >&2
    exit 2
}

require_linux() { # the commands to run elsewhere
    case $(uname -s) in
    Linux)
        case $(ldd --version 2>&1 || :) in
        *musl*) fail "Sistem ini memakai musl (Alpine): MediaPipe tidak tersedia untuknya. Pakai Debian atau Ubuntu." \
            "This system uses musl (Alpine), for which there is no MediaPipe. Use Debian or Ubuntu." ;;
        esac
        return ;;
    Darwin)
        tool="brew install uv" ;;
    MINGW* | MSYS* | CYGWIN* | Windows*)
        tool="winget install astral-sh.uv" ;;
    *)
        tool="https://docs.astral.sh/uv/" ;;
    esac
    say "Skrip ini untuk Linux. Di sini pasang uv ($tool), lalu jalankan di folder ini (belum diuji di luar Linux; di" \
        "This script is for Linux. Here install uv ($tool), then run in this folder (not tested outside Linux; on"
    say "Windows dapat juga: WSL dengan Ubuntu, lalu skrip ini; di macOS hanya prosesor Apple, macOS 14 ke atas):" \
        "Windows there is also WSL with Ubuntu, and this script; on macOS only Apple's processors, macOS 14 and newer):"
    printf '%s\n' "$1"
    exit 2
}

has_library() {
    { PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -q "[[:space:]]$1 (libc6,"; } && return
    printf '%s\n' "${LD_LIBRARY_PATH:-}" | tr ':' '\n' | while read -r folder; do
        [ -z "$folder" ] || [ ! -e "$folder/$1" ] || echo found
    done | grep -q found
}

# Packages that are needed for the photos to be read at all, and that only the system can give.
missing_packages() {
    for pair in $LIBRARIES; do
        has_library "${pair%%:*}" || printf '%s\n' "${pair##*:}"
    done | sort -u | xargs
}

has_browser() {
    for name in $BROWSERS; do
        ! command -v "$name" >/dev/null 2>&1 || return 0
    done
    return 1
}

is_ubuntu() { grep -q '^ID=ubuntu' /etc/os-release 2>/dev/null; }

# Sets AS_ROOT to what a command of root's is called with; fails where there is no way without a password.
may_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    if [ "$(id -u)" -eq 0 ]; then
        AS_ROOT=""
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        AS_ROOT="sudo -n"
    else
        return 1
    fi
}

apt_line() { printf 'sudo apt-get update && sudo apt-get install -y --no-install-recommends %s\n' "$*"; }

install_packages() { # names of packages; the lists of packages are fetched once
    options="-o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0"
    # shellcheck disable=SC2086  # words, not one word
    {
        [ -n "${LISTS_FETCHED:-}" ] || $AS_ROOT apt-get update -qq
        LISTS_FETCHED=yes
        $AS_ROOT env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $options "$@" >/dev/null
    }
}

ask_for() { # names of packages
    if command -v apt-get >/dev/null 2>&1; then
        say "Mintalah administrator menjalankan satu baris ini:" "Ask an administrator to run this one line:"
        printf '    '
        apt_line "$@"
    else
        say "Mintalah administrator memasang paket sistem yang setara dengan (nama di Debian): $*" \
            "Ask an administrator to install this system's counterparts of (names on Debian): $*"
    fi
}

# A uv that knows what is asked of it here.
is_usable() { [ -x "$1" ] && "$1" run --help 2>/dev/null | grep -q -- --no-default-groups; }

find_uv() {
    for candidate in "$(command -v uv || :)" "${HOME:-/}/.local/bin/uv" "${HOME:-/}/.cargo/bin/uv" \
        "$PWD/.uv-tool/bin/uv"; do
        if [ -n "$candidate" ] && is_usable "$candidate"; then
            UV=$candidate
            return
        fi
    done
    return 1
}

can_make_venv() { python3 -c 'import ensurepip, venv' 2>/dev/null; }
has_pip() { python3 -m pip --version >/dev/null 2>&1; }
has_pipx() { command -v pipx >/dev/null 2>&1; }

# Puts uv into the folder .uv-tool, which git ignores; the system's Python stays as it is (PEP 668).
install_uv() {
    if can_make_venv; then
        rm -rf .uv-tool
        python3 -m venv .uv-tool && .uv-tool/bin/pip install --quiet -c constraints.txt uv
    elif has_pip; then
        rm -rf .uv-tool
        python3 -m pip install --quiet --target .uv-tool -c constraints.txt uv
    else
        pipx install uv
    fi || fail "uv gagal dipasang (lihat di atas). Periksa jaringan, atau pasang sendiri: https://docs.astral.sh/uv/" \
        "uv could not be installed (see above). Check the network, or install it yourself: https://docs.astral.sh/uv/"
    find_uv || fail "uv terpasang tetapi tidak jalan. Pasang sendiri: https://docs.astral.sh/uv/" \
        "uv is installed but does not run. Install it yourself: https://docs.astral.sh/uv/"
}

prepare_system() { # packages beyond the libraries: needed for nothing but comfort
    libraries=$(missing_packages)
    tools=""
    if ! find_uv && ! can_make_venv && ! has_pip && ! has_pipx; then
        tools="python3-venv"
    fi
    wanted="$libraries $tools $*"
    [ -n "$(printf '%s' "$wanted" | tr -d ' ')" ] || return 0
    # shellcheck disable=SC2086  # words, not one word
    if may_install; then
        say "Dipasang dengan apt:" "Installed with apt:"
        printf '    %s\n' "$(echo $wanted)"
        install_packages $wanted || {
            say "apt gagal (lihat di atas)." "apt failed (see above)." >&2
            ask_for $wanted
        }
    else
        ask_for $wanted
    fi
    libraries=$(missing_packages)
    if [ -n "$libraries" ]; then
        fail "Tanpa $libraries tidak ada foto yang dapat dibaca. Belum ada yang dipasang; sesudah itu jalankan lagi." \
            "Without $libraries no photo can be read. Nothing else was installed; afterwards run this again."
    fi
    if [ -n "$tools" ] && ! can_make_venv; then
        fail "Tanpa python3-venv (atau pip, pipx) uv tidak dapat dipasang. Pasang uv sendiri: https://docs.astral.sh/uv/" \
            "Without python3-venv (or pip, or pipx) uv cannot be installed. Or install uv: https://docs.astral.sh/uv/"
    fi
}

prepare_python() {
    if find_uv; then
        say "uv: $UV (sudah ada)" "uv: $UV (already here)"
    else
        say "uv: dipasang di folder .uv-tool (60 MB)" "uv: goes into the folder .uv-tool (60 MB)"
        install_uv
    fi
    if python=$("$UV" python find 2>/dev/null); then
        say "Python: $python" "Python: $python"
        return
    fi
    say "Python 3.11 sampai 3.13 tidak ada di sini; uv mengambil 3.12 untuk dirinya (di luar Python sistem, 100 MB)." \
        "There is no Python 3.11 to 3.13 here; uv fetches 3.12 for itself (apart from the system's Python, 100 MB)."
    "$UV" python install --quiet 3.12 || fail \
        "Python tidak dapat diambil. Yang diperlukan: Python 3.11, 3.12, atau 3.13 di PATH. Pasang, lalu jalankan lagi." \
        "It could not be fetched. What is needed: Python 3.11, 3.12 or 3.13 on the PATH. Install it, then run this again."
}

prepare_environment() { # options of `uv sync`
    [ -t 2 ] || set -- "$@" --quiet
    # Inexact: what somebody has installed there besides stays.
    "$UV" sync --inexact "$@" || fail "Paket Python gagal dipasang (lihat di atas). Periksa jaringan, lalu ulangi." \
        "The Python packages could not be installed (see above). Check the network, then try again."
}
