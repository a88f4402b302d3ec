"""An invented country for measuring: any number of households and visits, written in bulk.

Nothing here goes through services; the rows of the read model are written beside the facts they
follow from, and `rollup --verify` shows that the two agree.
"""

# One district holds this many whatever the total, so that its pages can be compared between totals.
FOCUS_DISTRICT = "9011"
FOCUS_HOUSEHOLDS = 600
