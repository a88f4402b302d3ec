"""The reach of an appointment."""

from tests.cast import Cast


def test_reach_of_officer_is_the_district(cast: Cast) -> None:
    assert cast.officer.reach.districts == ("9007",)
    assert cast.officer.reach.covers("90070101")
    assert not cast.officer.reach.covers("90010101")


def test_reach_of_team_is_its_subdistricts(cast: Cast) -> None:
    assert cast.team_member.reach.subdistricts == ("900701",)


def test_reach_of_municipality_is_the_centre(cast: Cast) -> None:
    assert cast.municipal_officer.reach.centre_id == cast.municipality.pk
    assert not cast.municipal_officer.reach.covers("90010101")


def test_reach_of_mentor_is_the_team(cast: Cast) -> None:
    assert cast.mentor.reach.team_id == cast.mentor_team.pk
    assert cast.mentor.reach.codes == ()


def test_reach_of_nobody_is_nothing(cast: Cast) -> None:
    reach = cast.nobody.reach
    assert not reach.nation
    assert reach.codes == ()
