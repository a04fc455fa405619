from __future__ import annotations

from dataclasses import replace

from tui.engine.images import Image
from tui.store.newer import Newer

IMAGE = Image("sha256:1", ("a:1",), ("a@sha256:x",), 0, 0)


def test_a_word_stays_until_the_image_has_other_names_or_digests():
    newer = Newer()
    newer.note(IMAGE, True)
    assert newer.words([IMAGE]) == {IMAGE.id: "newer"}
    assert newer.words([replace(IMAGE, tags=())]) == {}
    assert newer.words([replace(IMAGE, digests=("a@sha256:x", "a@sha256:y"))]) == {}
    newer.note(IMAGE, False)
    assert newer.words([IMAGE]) == {IMAGE.id: "current"}
    newer.note(IMAGE, None)
    assert newer.words([IMAGE]) == {}
