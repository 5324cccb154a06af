"""The remedy: cutting or covering what makes a photo risky, in a copy without metadata."""

from vision.remedy.covering import apply
from vision.remedy.planning import propose
from vision.remedy.remedy import Cover, How, Kind, NoRemedy, Reason, Remedy

__all__ = ["Cover", "How", "Kind", "NoRemedy", "Reason", "Remedy", "apply", "propose"]
