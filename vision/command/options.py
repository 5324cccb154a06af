"""Options that commands share."""

from __future__ import annotations

from pathlib import Path

import click

face_model_option = click.option(
    "--face-model",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="FOTONETRAL_FACE_MODEL",
    show_envvar=True,
    metavar="BERKAS",
    help="Jaringan wajah sendiri: berkas ONNX 112x112 gaya ArcFace, pengganti bawaan.",
)
"""`--face-model FILE`: a face network of the user's in place of the product's own; the command gets `face_model`."""
