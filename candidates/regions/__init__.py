"""Kemendagri's regions: which codes there are, what they are called, and what somebody meant who wrote one.

listing.py   the provinces, regencies and cities (`codes.csv`), read when first asked for
names.py     names as people write them
reading.py   codes and names → a region, or an error that names the nearest ones
"""

from candidates.regions.listing import Region, label_of
from candidates.regions.reading import code_of, code_to_store, region_of

__all__ = ["Region", "code_of", "code_to_store", "label_of", "region_of"]
