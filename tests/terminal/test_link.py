"""What may be under way to the terminal follows from its answers."""

from __future__ import annotations

from tui.terminal.link import NARROWEST, PATIENCE, Link


class Way:
    """A way to a terminal: `rate` bytes a second, and seconds there and back."""

    def __init__(self, rate: float, round_trip: float) -> None:
        self.link = Link()
        self.rate, self.round_trip = rate, round_trip
        self.now = self.free = 0.0
        self.answers: list[float] = []
        self.longest = 0.0

    def run(self, seconds: float, every: float, size: int) -> int:
        """Offer a frame of that size now and then; gives how many were sent."""
        sent, end, offered = 0, self.now + seconds, self.now
        while self.now < end:
            while self.answers and self.answers[0] <= self.now:
                self.link.answered(self.answers.pop(0))
            if self.now >= offered and self.link.opens(self.now) <= self.now:
                self.link.give_up(self.now)
                self.free = max(self.free, self.now) + size / self.rate
                self.longest = max(self.longest, self.free - self.now)
                if self.link.sent(size, self.now):
                    self.answers.append(self.free + self.round_trip)
                offered = self.now + every
                sent += 1
            self.now += 0.001
        return sent


def test_a_fast_way_takes_every_frame() -> None:
    way = Way(rate=10e6, round_trip=0.001)
    assert way.run(2, 1 / 60, 500) > 110
    assert way.link.late(way.now) == 0


def test_frames_never_queue_up_on_a_slow_way() -> None:
    way = Way(rate=30_000, round_trip=0.15)
    way.run(5, 1 / 60, 500)
    way.longest = 0
    sent = way.run(10, 1 / 60, 1000)
    assert way.longest < 0.4, "a frame waited behind the ones before it"
    assert sent * 1000 > 0.4 * 30_000 * 10, "the way is used"


def test_a_way_that_is_wide_but_long_is_used() -> None:
    way = Way(rate=1e6, round_trip=0.2)
    way.run(5, 1 / 60, 2000)
    assert way.run(5, 1 / 60, 2000) > 200


def test_a_terminal_that_never_answers_holds_nothing_up() -> None:
    link = Link()
    for step in range(1000):
        assert link.opens(step / 60) <= step / 60
        link.sent(5000, step / 60)


def test_only_one_question_is_asked_until_the_first_answer() -> None:
    link = Link()
    assert link.sent(500, 0.0)
    assert not any(link.sent(5000, step / 10) for step in range(1, 50))


def test_an_answer_that_stays_away_is_given_up_and_may_still_come() -> None:
    link = Link()
    link.sent(100, 0.0)
    link.answered(0.05)
    while link.opens(1.0) <= 1.0:
        link.sent(3000, 1.0)
    assert link.opens(1.0) == 1.0 + PATIENCE
    link.give_up(1.0 + PATIENCE)
    assert link.opens(3.0) <= 3.0
    assert link.window == NARROWEST
    link.sent(3000, 3.0)
    late = [link.answered(4.0) for _ in range(20)]
    assert any(late)
    assert not link.waiting
    assert link.under_way == 0


def test_a_late_screen_is_told_for_a_while() -> None:
    way = Way(rate=3000, round_trip=0.1)
    way.run(5, 1 / 30, 2000)
    assert way.link.late(way.now) > 0.25
    assert way.link.late(way.now + 60) == 0


def test_one_late_answer_tells_of_a_busy_machine_and_not_of_the_link() -> None:
    link = Link()
    for now, delay in ((0.0, 0.01), (1.0, 0.8), (3.0, 0.01)):
        assert link.sent(5000, now)
        link.answered(now + delay)
        assert link.late(now + delay) == 0
    for now in (10.0, 11.0):
        assert link.sent(5000, now)
        link.answered(now + 0.8)
    assert link.late(12.0) > 0


def test_what_somebody_else_did_to_the_terminal_is_not_waited_for() -> None:
    link = Link()
    link.sent(100, 0.0)
    link.answered(0.05)
    link.sent(50_000, 0.1)
    link.forget()
    assert not link.waiting
    assert link.opens(0.2) <= 0.2
    assert not link.answered(0.3)
