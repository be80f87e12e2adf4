from simulator.load.queue import Desk, waits


def test_turns_are_served_in_the_order_they_come():
    assert waits([0.0, 1.0, 2.0, 100.0], service_s=10.0) == [0.0, 9.0, 18.0, 0.0]


def test_two_supervisors_share_the_queue():
    assert waits([0.0, 1.0, 2.0, 3.0], service_s=10.0, supervisors=2) == [0.0, 0.0, 8.0, 8.0]


def test_what_waits_or_is_being_answered_counts():
    desk = Desk()
    for moment in (0.0, 1.0, 2.0):
        desk.take(moment, 10.0)
    assert [desk.before_them(at) for at in (3.0, 10.0, 25.0, 30.0)] == [3, 2, 1, 0]
