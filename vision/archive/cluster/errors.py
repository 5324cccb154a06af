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


class NoClusterExtraError(ClusterError):
    """The extra that clusters need (Ray) is not installed."""

    code = "archive.no_cluster_extra"


class NodeRefusedError(ClusterError):
    """A machine of the cluster would judge by something else, or cannot judge at all; it gets no photo."""

    code = "archive.cluster_node"


class NoNodeError(ClusterError):
    """No machine of the cluster judges any more; everything judged until then is kept."""

    code = "archive.cluster_empty"
