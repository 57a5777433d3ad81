"""The caller's parties: files and mappings are read the same, and mistakes are named."""

import pytest

from claimclf.perspectives.own_parties import read_parties

PARTIES = {"Norway": ("Oslo", "the harbour board"), "Dockers' union": ("Berg",), "Telmar": ()}


def test_a_mapping_and_files_of_it_are_the_same(tmp_path):
    toml, json = tmp_path / "parties.toml", tmp_path / "parties.JSON"
    toml.write_text(
        '# sides\nNorway = ["Oslo", "the harbour board"]\n"Dockers\' union" = ["Berg"]\nTelmar = []'
    )
    json.write_text(
        '{"Norway": ["Oslo", "the harbour board"], "Dockers\' union": ["Berg"], "Telmar": []}'
    )
    lists = {party: list(words) for party, words in PARTIES.items()}
    for given in (toml, str(toml), json, lists, PARTIES):
        assert read_parties(given) == PARTIES
    assert list(read_parties(toml)) == list(PARTIES), "the first party that fits is taken"


def test_none_is_no_parties():
    assert read_parties(None) == {}


@pytest.mark.parametrize(
    ("parties", "message"),
    [
        ({"Norway": "Oslo"}, "'Norway' has 'Oslo'"),
        ({"Norway": ["Oslo", ""]}, r"'Norway' has \['Oslo', ''\]"),
        ({"Norway": [4]}, r"'Norway' has \[4\]"),
        ({"Norway": {"Oslo": True}}, "'Norway' has {'Oslo': True}"),
        ({" ": ["Oslo"]}, r"' ' has \['Oslo'\]"),
        ({"Norway": None, "Kenya": "Nairobi"}, r"'Norway' has None \(and 1 more\)"),
        (["Oslo"], "expected words by party, .* got list"),
    ],
)
def test_what_is_no_list_of_words_is_named(parties, message):
    with pytest.raises(ValueError, match=f"parties: .*{message}"):
        read_parties(parties)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("p.toml", "Norway = [", r"p\.toml is not valid TOML: "),
        ("p.json", "{", r"p\.json is not valid JSON: "),
        ("p.json", '["Oslo"]', r"p\.json: expected words by party, .* got list"),
        ("p.toml", "[Norway]\nOslo = 1", r"p\.toml: expected a list of words"),
        ("p.yaml", "Norway: [Oslo]", r"expected parties in a \.toml or \.json file, .*'\.yaml'"),
        ("p.json", b"\xff\xfe{", r"p\.json is not valid JSON: .*utf-8"),
    ],
)
def test_a_wrong_file_is_named(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=message):
        read_parties(tmp_path / name)


def test_a_missing_file_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_parties(tmp_path / "none.toml")
