from __future__ import annotations

import pytest

from tui.engine.references import check, check_tag, parse

DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("text", "name", "full", "key"),
    [
        ("nginx", "nginx:latest", "docker.io/library/nginx:latest", "https://index.docker.io/v1/"),
        ("dpage/pgadmin4:9", "dpage/pgadmin4:9", "docker.io/dpage/pgadmin4:9", "https://index.docker.io/v1/"),
        ("docker.io/library/nginx:1", "nginx:1", "docker.io/library/nginx:1", "https://index.docker.io/v1/"),
        ("localhost/app", "localhost/app:latest", "localhost/app:latest", "localhost"),
        ("localhost:5000/a/b:c", "localhost:5000/a/b:c", "localhost:5000/a/b:c", "localhost:5000"),
        ("reg.example.org/x:1", "reg.example.org/x:1", "reg.example.org/x:1", "reg.example.org"),
        (
            f"nginx@{DIGEST}",
            f"nginx@{DIGEST}",
            f"docker.io/library/nginx@{DIGEST}",
            "https://index.docker.io/v1/",
        ),
    ],
)
def test_a_name_is_read_as_docker_reads_it(text, name, full, key):
    one = parse(text)
    assert (one.name, one.full, one.key) == (name, full, key)


def test_a_digest_goes_before_a_tag():
    assert parse(f"nginx:1@{DIGEST}").version == DIGEST


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a name is missing"),
        ("Nginx", "lower case"),
        ("a b", "not ' '"),
        ("nginx:", "the tag after :"),
        ("nginx:-1", "the tag after :"),
        ("nginx:" + "a" * 129, "128 at the most"),
        ("a//b", "an empty part"),
        ("reg.example.org:port/x", "is no registry"),
        ("nginx@sha256:123", "64 hexadecimal digits"),
        ("f" * 64, "image id"),
        ("a" * 256, "longer than 255"),
    ],
)
def test_what_is_no_name_is_refused_with_a_reason(text, words):
    assert words in check(text)
    with pytest.raises(ValueError, match=r".+"):
        parse(text)


def test_a_digest_is_no_tag_to_be_given():
    assert "digest" in check_tag(f"nginx@{DIGEST}")
    assert check_tag("nginx:1") == ""
