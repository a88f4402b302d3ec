"""The published figures the story is told towards. The boards count base tables, never these.

Each comes from a public text: Songkhla 20 January 2568, Khon Kaen 27 January 2565, Sisaket 11 July 2565,
Chachoengsao 29 March 2565, Samut Songkhram September 2565 (the national goal; its own counts are invented).
"""

from __future__ import annotations

SONGKHLA_DIMENSIONS: tuple[tuple[tuple[str, ...], int], ...] = (
    (("living", "income"), 19),
    (("education", "income"), 4),
    (("living",), 129),
    (("education",), 14),
    (("income",), 142),
    (("access",), 4),
)
SONGKHLA_HELPED = 112
SONGKHLA_OTHER_LISTS = {"bmn-29": 118, "bmn-13": 40, "vulnerable": 2_196, "rehabilitation": 905}
KHONKAEN_HOUSEHOLDS = 3_569
KHONKAEN_PERSONS = 9_090
KHONKAEN_TEAMS = 211
KHONKAEN_TOWNS = ("ศิลา", "บ้านทุ่ม", "บ้านไผ่", "เมืองพล", "ชุมแพ", "กระนวน")
KHONKAEN_AID_FAMILIES = 360
KHONKAEN_AID_BAHT = 3_000
SISAKET_LISTED = 15_482
SISAKET_FOUND = 1_637
CHACHOENGSAO_HOUSEHOLDS = 6_461
SAMUT_HOUSEHOLDS = 1_180
SAMUT_SURVIVE = 1_096
