import numpy as np
import pytest

from boundaries.codes import CodeError, CodeParts, cjt349_code, give_codes, parse_code, reading_order


def test_a_cell_code_is_county_street_community_and_sequence():
    parts = parse_code("320812003601002")
    assert parts == CodeParts("320812", "003", "601", "002")
    assert parts.level == "cell"
    assert str(parts) == "320812003601002"


@pytest.mark.parametrize(
    ("code", "level"), [("320812", "district"), ("320812003", "street"), ("320812003601", "community")]
)
def test_shorter_codes_name_the_levels_above(code, level):
    assert parse_code(code).level == level


@pytest.mark.parametrize(
    "code", ["", "32081", "3208120036010021", "32081200360100a", "３２０８１２００３", "320812000"]
)
def test_a_malformed_code_is_refused_and_named(code):
    with pytest.raises(CodeError, match=f'"{code}"'):
        parse_code(code)


def test_the_twenty_digits_of_cjt_349_put_the_class_first_and_shorten_the_sequence():
    assert cjt349_code("010203", "320812003601002") == "010203" + "320812" + "003" + "601" + "02"


def test_a_community_that_is_not_divided_ends_in_00():
    assert cjt349_code("010203", "320812003001") == "01020332081200300100"


def test_a_sequence_above_99_has_no_cjt_349_code():
    with pytest.raises(CodeError, match="320812003601100"):
        cjt349_code("010203", "320812003601100")


def test_a_street_has_no_cjt_349_code_and_a_class_has_six_digits():
    with pytest.raises(CodeError, match="is a street"):
        cjt349_code("010203", "320812003")
    with pytest.raises(CodeError, match="object class"):
        cjt349_code("0102", "320812003601002")


def test_numbers_run_left_to_right_and_top_to_bottom():
    xy = [(0, 0), (10, 0), (0, 10), (10, 10.4)]
    assert reading_order(xy).tolist() == [2, 3, 0, 1]


def test_places_in_one_row_or_column_are_ordered_too():
    assert reading_order([(5, 0), (1, 0), (3, 0)]).tolist() == [1, 2, 0]
    assert reading_order([(0, 1), (0, 9), (0, 5)]).tolist() == [1, 2, 0]
    assert reading_order(np.empty((0, 2))).tolist() == []


def test_streets_count_from_001_towns_from_100():
    codes = give_codes("street", "320812", ["street", "town", "office"], [(0, 0), (1, 0), (2, 0)])
    assert codes == ["320812001", "320812100", "320812002"]


def test_villages_count_from_200_and_merged_communities_from_601():
    xy = [(0, 0), (1, 0), (2, 0), (3, 0)]
    codes = give_codes("community", "320812001", ["merged", "community", "village", "merged"], xy)
    assert codes == ["320812001601", "320812001001", "320812001200", "320812001602"]


def test_exclusive_cells_are_numbered_after_the_ordinary_ones():
    codes = give_codes("cell", "320812001601", ["exclusive", "ordinary"], [(0, 0), (1, 0)])
    assert codes == ["320812001601002", "320812001601001"]


def test_a_code_that_was_ever_used_is_not_given_again():
    codes = give_codes(
        "street", "320812", ["street", "street"], [(0, 0), (1, 0)], ever_used={"320812001", "320812003"}
    )
    assert codes == ["320812002", "320812004"]


def test_a_full_range_is_an_error_that_names_the_parent():
    used = {f"320812{i:03d}" for i in range(1, 100)}
    with pytest.raises(CodeError, match="320812 has no number left"):
        give_codes("street", "320812", ["street"], [(0, 0)], ever_used=used)


def test_a_parent_of_the_wrong_level_and_an_unknown_type_are_refused():
    with pytest.raises(CodeError, match="9 digits"):
        give_codes("community", "320812", ["community"], [(0, 0)])
    with pytest.raises(CodeError, match="hamlet"):
        give_codes("community", "320812001", ["hamlet"], [(0, 0)])
