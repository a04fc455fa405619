from __future__ import annotations

import pytest

from tui.engine.platforms import fits

AMD64 = {"Os": "linux", "Architecture": "amd64"}
ARM = {"Os": "linux", "Architecture": "arm", "Variant": "v7"}


@pytest.mark.parametrize(
    ("platform", "image", "fitting"),
    [
        ("linux/amd64", AMD64, True),
        ("Linux/x86_64", AMD64, True),
        ("amd64", AMD64, True),
        ("linux", AMD64, True),
        ("linux/amd64/v2", AMD64, True),
        ("linux/arm64", AMD64, False),
        ("arm64", AMD64, False),
        ("windows", AMD64, False),
        ("windows/amd64", AMD64, False),
        ("linux/arm", ARM, True),
        ("linux/arm/v7", ARM, True),
        ("linux/arm/v6", ARM, False),
        ("linux/amd64", {}, False),
    ],
)
def test_fits(platform, image, fitting):
    assert fits(platform, image) is fitting
