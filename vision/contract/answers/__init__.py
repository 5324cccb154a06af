"""The answers as other programs read them: one struct for every object of the JSON, in the order of its members.

JSON, the JSON Schemas (`vision/contract/schema/`), what `vision.client` returns, what a journal keeps and what reports
read all come from these. Members may be added, with a default, so that what an older version wrote can be read; unknown
members are passed over. Nothing is renamed.
"""
