"""Which known households get a line that only repeats what the register says: they need no deriving.

Most of a second list, and of next year's, says the same of the same people. Whoever differs in the least goes
the long way (`derive_households`), which would change nothing here either.
"""

# ruff: noqa: S608 - statements are built from the constants below, values are always parameters
from __future__ import annotations

# Of one row and its person: nothing on the row differs, and the person has lived here alone since the list
# began to hold or earlier, on the same place of the household.
_SAME_PERSON = """
    (p.title, p.first_name, p.last_name, p.sex) = (r.title, r.first_name, r.last_name, r.sex)
    AND p.birth_date IS NOT DISTINCT FROM r.birth_date AND p.merged_into_id IS NULL
"""
_SAME_SEAT = """
    m.household_id = s.match_id AND m.superseded_at IS NULL AND m.valid_to IS NULL
    AND m.valid_from <= t.effective_on AND m.batch_id IS DISTINCT FROM s.batch_id
    AND (m.relation, m.position) = (r.relation, r.position)
"""
# The first of that name is meant.
_IS_NAMED_HEAD = """
    (r.first_name, r.last_name) = (s.raw ->> 'head_first_name', s.raw ->> 'head_last_name')
"""
_PEOPLE = f"""
    SELECT count(*) AS rows, count(m.id) AS same,
           min(r.position) FILTER (WHERE {_IS_NAMED_HEAD}) AS named,
           min(r.position) FILTER (WHERE {_IS_NAMED_HEAD} AND m.is_head) AS head
    FROM households_importrow r
    LEFT JOIN households_person p ON p.id = r.match_id AND {_SAME_PERSON}
    LEFT JOIN households_membership m ON m.person_id = p.id AND {_SAME_SEAT} AND NOT EXISTS (
        SELECT FROM households_membership o
        WHERE o.person_id = p.id AND o.superseded_at IS NULL AND o.id <> m.id
    )
    WHERE r.batch_id = s.batch_id AND r.number = s.number
"""


def _stated_alike(field: str) -> str:
    """The line has the household's value, or leaves it to another line that states it."""
    return f"""
        (s.{field} = h.{field} OR (s.{field} = '' AND EXISTS (
            SELECT FROM households_listing o
            WHERE o.household_id = h.id AND o.superseded_at IS NULL AND o.raw ->> '{field}' = h.{field}
        )))
    """


_SAME_HOUSEHOLD = f"""
    s.area_code = h.area_code AND s.centre_id IS NULL
    AND {_stated_alike("house_code")} AND {_stated_alike("house_no")} AND {_stated_alike("phone")}
    AND (s.raw ->> 'head_first_name' = '' OR (s.head_name, s.sort_key) = (h.head_name, h.sort_key))
"""
# One stay, begun no later than the list.
_SAME_PLACE = """
    (SELECT count(*) = 1 AND bool_and(o.valid_to IS NULL AND o.area_code = s.area_code
                                      AND o.valid_from <= t.effective_on)
     FROM households_householdplacement o WHERE o.household_id = h.id AND o.superseded_at IS NULL)
"""
_EVERYBODY = """
    (SELECT count(*) FROM households_membership o
     WHERE o.household_id = h.id AND o.superseded_at IS NULL AND o.valid_to IS NULL)
"""


# The new line stands in the register already. Lines that replace another of the same list are not asked:
# which of several is believed may depend on them. Households and their persons are looked up one by one: a
# join would read all of them for every range, and OFFSET 0 keeps the planner from making one.
_KNOWN = "SELECT k.* FROM households_household k WHERE k.id = s.match_id OFFSET 0"
REPEATED = f"""
    SELECT h.id
    FROM households_importhousehold s
    JOIN households_targetlist t
         ON t.kind_id = %(kind)s AND t.fiscal_year = %(year)s AND t.province_code = s.province_code
    CROSS JOIN LATERAL ({_KNOWN}) AS h
    CROSS JOIN LATERAL ({_PEOPLE}) AS people
    WHERE s.batch_id = %(batch)s AND s.number BETWEEN %(first)s AND %(last)s
      AND NOT s.is_held AND NOT s.is_applied AND s.outcome = 'known' AND s.listing_id IS NULL
      AND {_SAME_HOUSEHOLD} AND {_SAME_PLACE}
      AND people.rows = people.same AND people.rows = {_EVERYBODY}
      AND people.named IS NOT DISTINCT FROM people.head
"""
