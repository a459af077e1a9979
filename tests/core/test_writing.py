import threading
import time

import pytest

from artgan.pictures.ordered_writer import MOST_THREADS, WAITING, ordered_writer


def test_files_are_written_elsewhere_and_told_in_order() -> None:
    threads, told, most = set(), [], 0
    running: list[int] = []

    def save(number: int) -> None:
        running.append(number)
        threads.add(threading.current_thread().name)
        time.sleep(0.002 * (number % 3))

    with ordered_writer(save) as write:
        for number in range(40):
            write(lambda number=number: told.append(number), number)
            most = max(most, number - len(told))
    assert told == list(range(40))
    assert threading.current_thread().name not in threads
    assert most <= MOST_THREADS * WAITING + 1


def test_an_error_of_one_file_comes_out_and_the_others_are_whole() -> None:
    saved, told = [], []

    def save(number: int) -> None:
        if number == 3:
            raise ValueError("three")
        saved.append(number)

    def write_six() -> None:
        with ordered_writer(save) as write:
            for number in range(6):
                write(lambda number=number: told.append(number), number)

    with pytest.raises(ValueError, match="three"):
        write_six()
    assert told == [0, 1, 2]
    assert set(saved) >= {0, 1, 2}


def test_what_was_asked_for_is_written_when_the_block_is_left() -> None:
    saved: list[int] = []

    def interrupted() -> None:
        with ordered_writer(saved.append) as write:
            write(lambda: None, 1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert saved == [1]
