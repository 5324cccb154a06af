#!/usr/bin/env bash
# The quick tests on the other versions of Python that pyproject.toml promises, where this machine has them.
#
#     scripts/test_pythons.sh                       # 3.12 and 3.13
#     scripts/test_pythons.sh 3.13 tests/candidates # one version, and what pytest gets instead of -m "not slow"
#
# Each version has an environment of its own in .venv-VERSION, which stays. A version that is not there is named, and
# is no failure; `uv python install VERSION` brings it. Exit status 1 when a test failed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
find_uv || { echo "uv is missing: sh scripts/test.sh brings it"; exit 2; }
uv() { "$UV" "$@"; }

# Print the path of an interpreter; uv passes over those that pyenv holds but does not switch on.
find_python() {
    local found
    found=$(uv python find --no-python-downloads "$1" 2>/dev/null) && [ -x "$found" ] && { echo "$found"; return; }
    for found in "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
        [ -x "$found" ] && { echo "$found"; return; }
    done
    return 1
}

case ${1:-} in 3.*) versions=$1; shift ;; *) versions="3.12 3.13" ;; esac
[ $# -gt 0 ] || set -- -m "not slow"

failed=""
for version in $versions; do
    if ! python=$(find_python "$version"); then
        echo "Python $version: not on this machine, so not tried (uv python install $version)"
        continue
    fi
    echo "Python $version: $python"
    UV_PROJECT_ENVIRONMENT=.venv-$version uv run --quiet --python "$python" pytest --quiet "$@" || failed="$failed $version"
done
[ -z "$failed" ] || { echo "failed on Python:$failed"; exit 1; }
