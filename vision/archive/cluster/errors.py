"""What can go wrong between the machines of a cluster.

ArchiveError
└── ClusterError                  archive.cluster
    ├── NoClusterExtraError       archive.no_cluster_extra
    ├── NodeRefusedError          archive.cluster_node
    └── NoNodeError               archive.cluster_empty
"""

from __future__ import annotations

from vision.archive.errors import ArchiveError


class ClusterError(ArchiveError):
    """The cluster cannot be reached, or no longer answers."""

    code = "archive.cluster"
    advice_id = (
        "Periksa alamatnya, dan apakah mesin ini ikut dalam klaster itu («ray start --address=…»; «ray status» "
        "menjawab), lalu jalankan perintah yang sama lagi."
    )
    advice_en = (
        "Check the address, and whether this machine is part of that cluster (“ray start --address=…”; “ray status” "
        "answers), then run the same command again."
    )


class NoClusterExtraError(ClusterError):
    """What speaks with clusters is not installed."""

    code = "archive.no_cluster_extra"
    advice_id = 'Jalankan: pip install "fotonetral[cluster]"'
    advice_en = 'Run: pip install "fotonetral[cluster]"'


class NodeRefusedError(ClusterError):
    """A machine of the cluster would judge by something else, or cannot judge at all; it gets no photo."""

    code = "archive.cluster_node"
    advice_id = "Pasang di sana versi FotoNetral dan pustaka yang sama seperti di mesin ini."
    advice_en = "Install the same version of FotoNetral and of its libraries there as on this machine."


class NoNodeError(ClusterError):
    """No machine of the cluster judges any more; everything judged until then is kept."""

    code = "archive.cluster_empty"
    advice_id = "Periksa mesin-mesinnya dengan «ray status», lalu jalankan perintah yang sama lagi: pindaian berlanjut."
    advice_en = "Check the machines with “ray status”, then run the same command again: the scan goes on."
