#!/bin/sh
# A first look: installs what is needed, enrols the sample gallery, checks the sample photos. `sh scripts/try.sh`
# Arguments go to `fotonetral check`, for instance: sh scripts/try.sh --lang en
cd "$(dirname "$0")/.." || exit 2
. scripts/setup.sh

require_linux "    uv run --no-default-groups fotonetral candidates import fixtures/candidates.csv --gallery gallery.db
    uv run --no-default-groups fotonetral check fixtures/photos --gallery gallery.db --annotate out"

say "FotoNetral, contoh: memasang 55 paket Python di folder .venv (unduhan 305 MB, 720 MB di disk), tanpa alat uji." \
    "FotoNetral, a first look: 55 Python packages in the folder .venv (305 MB to fetch, 720 MB on disk), no test tools."
prepare_system
prepare_python
prepare_environment --no-default-groups

fotonetral() { "$UV" run --no-sync fotonetral "$@"; }

say "Galeri contoh: gallery.db" "The sample gallery: gallery.db"
fotonetral candidates import fixtures/candidates.csv --gallery gallery.db
status=0
fotonetral check fixtures/photos --gallery gallery.db --annotate out "$@" || status=$?
# 1: some of the sample photos are to be looked at, as they should.
[ "$status" -le 1 ] || exit "$status"
say "Selesai. Foto bertanda ada di folder out. Foto sendiri: $UV run --no-sync fotonetral check FOTO" \
    "Done. The marked photos are in the folder out. Your own: $UV run --no-sync fotonetral check PHOTO"
