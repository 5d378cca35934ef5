import pytest

from boundaries.names import NamedUnit, name_faults


def faults(*units):
    return [(fault.rule, fault.keys) for fault in name_faults(NamedUnit(*unit) for unit in units)]


def test_names_in_order_have_no_faults():
    assert (
        faults(
            ("S1", "street", "street", "淮海街道"),
            ("S2", "street", "town", "徐杨镇"),
            ("C1", "community", "community", "花街社区"),
            ("C2", "community", "village", "韩庄村"),
            ("C3", "community", "farm", "清河农场"),
            ("G1", "cell", "ordinary", "四眼井网格"),
            ("G2", "cell", "exclusive", "文庙小学网格"),
        )
        == []
    )


@pytest.mark.parametrize(
    ("level", "type_", "name"),
    [("street", "street", "淮海社区"), ("community", "village", "韩庄社区"), ("cell", "ordinary", "花街")],
)
def test_a_wrong_suffix_is_reported(level, type_, name):
    assert faults(("U", level, type_, name)) == [("suffix", ("U",))]


def test_duplicates_are_reported_once_with_all_their_units():
    units = [
        ("G1", "cell", "ordinary", "花街网格"),
        ("G2", "cell", "ordinary", "花街网格 "),
        ("G3", "cell", "ordinary", "花街网格"),
    ]
    assert faults(*units) == [("duplicate", ("G1", "G2", "G3"))]


def test_names_are_compared_within_their_level_only():
    assert faults(("C1", "community", "other", "花街"), ("G1", "cell", "other", "花街")) == []


@pytest.mark.parametrize("name", ["17网格", "第三网格", "花街2网格", "十二网格", "３网格"])
def test_a_number_is_no_name(name):
    assert ("numbered", ("G",)) in faults(("G", "cell", "ordinary", name))


@pytest.mark.parametrize("name", ["", "   "])
def test_a_blank_name_is_reported(name):
    assert faults(("G", "cell", "ordinary", name)) == [("blank", ("G",))]


def test_a_name_that_is_only_its_suffix_is_reported():
    assert faults(("G", "cell", "ordinary", "网格")) == [("bare", ("G",))]


def test_messages_name_the_unit_and_the_name():
    (fault,) = name_faults([NamedUnit("G7", "cell", "ordinary", "花街")])
    assert "G7" in fault.message
    assert "花街" in fault.message
