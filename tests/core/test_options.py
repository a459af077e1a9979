from typing import Annotated, Any, Literal

import pytest

from artgan.base.options import build_options, describe, json_schema, to_plain
from artgan.errors import OptionError
from artgan.plugin import Meta, Options


class Toy(Options, frozen=True, kw_only=True):
    amount: Annotated[float, Meta(ge=0, le=4, description="how much")] = 1.0
    method: Annotated[Literal["soft", "very-hard"], Meta(description="edge")] = "soft"
    colors: Annotated[list[str], Meta(description="stops")] = []  # noqa: RUF012
    on: Annotated[bool, Meta(description="switch")] = False


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"amount": "2.5"}, 2.5),
        ({"amount": 3}, 3.0),
        ({"amount": ".2"}, 0.2),
        ({"amount": "+1."}, 1.0),
        ({"method": "very_hard"}, "very-hard"),
        ({"colors": "111,eee"}, ["111", "eee"]),
        ({"on": "yes"}, True),
    ],
)
def test_values_are_converted(given: dict[str, Any], expected: Any) -> None:
    (name,) = given
    assert getattr(build_options(Toy, given, "toy"), name) == expected


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"amont": 1}, "no option 'amont'; its options are amount"),
        ({"amont": 1}, "Did you mean 'amount'?"),
        ({"amount": 9}, "expected a number from 0 to 4"),
        ({"amount": "much"}, "amount = 'much' does not fit"),
        ({"method": "sof"}, "expected soft or very-hard. Did you mean 'soft'?"),
    ],
)
def test_wrong_options_are_told_in_the_users_words(given: dict[str, Any], text: str) -> None:
    with pytest.raises(OptionError, match="toy") as caught:
        build_options(Toy, given, "toy")
    assert text in str(caught.value)


def test_plain_values_build_the_same_options() -> None:
    options = build_options(Toy, {"amount": 2, "colors": ["111"]}, "toy")
    assert build_options(Toy, to_plain(options), "toy") == options


def test_description_and_schema_agree() -> None:
    fields = json_schema(Toy)["$defs"]["Toy"]["properties"]
    assert [fact.name for fact in describe(Toy)] == list(fields)
    assert fields["amount"]["maximum"] == describe(Toy)[0].high == 4
