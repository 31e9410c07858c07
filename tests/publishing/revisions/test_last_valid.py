"""A refused value gives way to the last valid one of its own item, wherever that item stands now."""

from publishing.revisions.last_valid import REFUSED, with_last_valid

HERO = {"type": "hero", "title": "We build it", "button_address": "/contact/"}
CALL = {"type": "call", "title": "Write to us", "button_address": "/write/"}


def test_an_item_that_was_moved_and_changed_keeps_its_own_value():
    sent = [{**CALL, "title": "Write now"}, {**HERO, "button_address": REFUSED}]
    assert with_last_valid(sent, [HERO, CALL]) == [{**CALL, "title": "Write now"}, HERO]


def test_of_two_equal_items_the_changed_one_keeps_the_value():
    for place in (0, 1):
        sent = [HERO, HERO]
        sent[place] = {**HERO, "button_address": REFUSED}
        assert with_last_valid(sent, [HERO, HERO]) == [HERO, HERO]


def test_a_new_item_takes_no_value_of_another():
    new = {"type": "hero", "title": "New", "button_address": REFUSED}
    assert with_last_valid([HERO, new], [HERO]) == [HERO, {"type": "hero", "title": "New"}]
    edited = {**HERO, "title": "We build all", "button_address": "/all/", "text": "More"}
    former = {**HERO, "text": "More"}
    assert with_last_valid([new, edited], [former]) == [{"type": "hero", "title": "New"}, edited]
    assert with_last_valid([new], [CALL]) == [{"type": "hero", "title": "New"}]


def test_a_row_inside_keeps_its_value_too():
    steps = {"type": "steps", "items": [{"title": "One", "after": 1}, {"title": "Two", "after": 2}]}
    sent = {"type": "steps", "items": [{"title": "Two", "after": REFUSED}, {"title": "Third", "after": REFUSED}]}
    assert with_last_valid([sent], [steps])[0]["items"] == [{"title": "Two", "after": 2}, {"title": "Third"}]


def test_keys_of_records_are_taken_as_they_are():
    people = {"type": "people", "title": REFUSED, "people": [3, 4]}
    assert with_last_valid([people], [{"type": "people", "title": "Us", "people": [3]}]) == [{**people, "title": "Us"}]


def test_the_key_of_a_stored_row_counts_more_than_its_values():
    former = [{"id": 1, "author": 5, "position": 1}, {"id": 2, "author": 6, "position": 2}]
    sent = [{"id": 2, "author": REFUSED, "position": 1}, {"id": 1, "author": 7, "position": 2}]
    assert with_last_valid(sent, former) == [{"id": 2, "author": 6, "position": 1}, sent[1]]
