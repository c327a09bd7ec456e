"""How numbers are written and coloured, against published values and a reader of what was written."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.look import PALETTES, contrast, luminance, rgb, shade, text_on, write_number, written_out

BLACK, WHITE, GREY = rgb("#000000"), rgb("#ffffff"), rgb("#777777")
quickly = settings(max_examples=100, deadline=None)
THEMES = [(palette, theme) for palette, themes in PALETTES.items() for theme in themes]


def read(text):
    """Return the number that ``write_number`` wrote."""
    top, _, bottom = text.replace("−", "-").partition("/")
    return float(top) / float(bottom or 1)


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (1, None, "1"),
        (-1, 9, "−1"),
        (5 / 9, 9, "5/9"),
        (-3 / 9, 9, "−3/9"),
        (12 / 9, 9, "12/9"),
        (18 / 9, 9, "2"),
        (0.1 + 0.2, 10, "3/10"),
        (0.5, 9, "0.50"),
        (5 / 9, None, "0.56"),
        (-1234.5, None, "−1234.50"),
        (0.0, 9, "0"),
        (-0.0, 9, "0"),
        (1e-12, None, "0"),
        (-1e-12, None, "0"),
        (0.001, None, "1e−3"),
        (-2e-8, None, "−2e−8"),
        (0.0049, None, "5e−3"),
        (0.005, None, "0.01"),
        (0.125, None, "0.13"),
        (-0.125, None, "−0.13"),
        (0.375, None, "0.38"),
    ],
)
def test_write_number(value, unit, written):
    assert write_number(value, unit) == written


def test_decimals_instead_of_fractions():
    assert write_number(5 / 9, 9, decimals=True) == "0.56"
    assert write_number(-1, 9, decimals=True) == "−1"


@quickly
@given(st.floats(-1e6, 1e6) | st.integers(-40, 40).map(lambda n: n / 9), st.sampled_from([None, 4, 9]))
def test_what_is_written_is_near_and_what_is_exact_is_equal(value, unit):
    written = read(write_number(value, unit))
    assert written == pytest.approx(value, rel=0, abs=0.005 + 1e-9)
    assert written * value >= 0
    if " is about " not in written_out(value, unit):
        assert written == pytest.approx(value, rel=0, abs=1e-8)


@pytest.mark.parametrize(
    ("value", "options", "written"),
    [
        (5 / 9, {}, " is about 0.56"),
        (5 / 9, {"unit": 9}, " is 5/9 ≈ 0.56"),
        (5 / 9, {"unit": 9, "decimals": True}, " is about 0.56"),
        (1 / 4, {"unit": 4}, " is 1/4 = 0.25"),
        (0.56, {}, " is 0.56"),
        (0.5, {"unit": 9}, " is 0.50"),
        (0.125, {}, " is about 0.13"),
        (-7, {"unit": 9}, " is −7"),
        (5 / 9, {"unit": 9, "is_": " = ", "is_about": " ≈ "}, " = 5/9 ≈ 0.56"),
    ],
)
def test_written_out(value, options, written):
    assert written_out(value, **options) == written


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        # As WebAIM's contrast checker and WCAG's own examples give them.
        (BLACK, WHITE, 21),
        (WHITE, WHITE, 1),
        (GREY, WHITE, 4.48),
        (rgb("#767676"), WHITE, 4.54),
        (rgb("#0000ff"), WHITE, 8.59),
        (rgb("#ff0000"), BLACK, 5.25),
    ],
)
def test_contrast_as_published(one, other, ratio):
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)


def test_luminance_of_the_primaries():
    primaries = [rgb(colour) for colour in ("#ff0000", "#00ff00", "#0000ff")]
    assert [luminance(colour) for colour in primaries] == pytest.approx([0.2126, 0.7152, 0.0722])
    assert rgb("#20a0ff").tolist() == [32, 160, 255]


@pytest.mark.parametrize(("palette", "theme"), THEMES)
def test_shade_reaches_the_ends_and_stays_there(palette, theme):
    colors = [rgb(colour).tolist() for colour in PALETTES[palette][theme]]
    stops = np.linspace(-3, 3, len(colors))
    assert [shade(value, 3, palette, theme).tolist() for value in stops] == colors
    assert shade(-99, 3, palette, theme).tolist() == colors[0]
    assert shade(99, 3, palette, theme).tolist() == colors[-1]
    half = shade((stops[-2] + stops[-1]) / 2, 3, palette, theme)
    np.testing.assert_allclose(half, np.add(colors[-2], colors[-1]) / 2, atol=0.5)


@pytest.mark.parametrize(("palette", "theme"), THEMES)
def test_every_digit_is_readable(palette, theme):
    for value in np.linspace(-1, 1, 201):
        colour = shade(value, 1, palette, theme)
        assert contrast(colour, rgb(text_on(colour))) >= 4.5, f"{value} in {palette}, {theme}"


@quickly
@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_text_on_any_colour_at_all(colour):
    best = max(contrast(colour, BLACK), contrast(colour, WHITE))
    chosen = contrast(colour, rgb(text_on(colour)))
    assert chosen >= 4.5
    assert chosen == pytest.approx(best, abs=0.1)
