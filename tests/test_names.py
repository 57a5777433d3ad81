"""Reading names and mentions."""

import doctest
import importlib

import pytest

from claimclf.perspectives.mentions import (
    is_possessor,
    read_mention,
)
from claimclf.perspectives.names import (
    initials,
    normalize,
    singular,
    surname,
)


@pytest.mark.parametrize(
    "module",
    [
        "decoding",
        "perspectives.contexts",
        "pronouns",
        "perspectives.countries",
        "perspectives.entitlement",
        "perspectives.mentions",
        "perspectives.names",
        "perspectives.parties",
        "perspectives.party_facts",
        "perspectives.wording",
    ],
)
def test_docstring_examples_hold(module):
    results = doctest.testmod(importlib.import_module(f"claimclf.{module}"))
    assert results.attempted
    assert not results.failed


@pytest.mark.parametrize(
    ("mention", "name"),
    [
        ("Kremlin spokesman Oleg Vetrov", "Oleg Vetrov"),
        ("Petra Kolar, a surgeon from Zagreb", "Petra Kolar"),
        ("the think tank Institute for Harbour Studies", "Institute for Harbour Studies"),
        ("the retailer Telmar in Zagreb", "Telmar"),
        ("the 63-year-old Kolar", "Kolar"),
        ("the 63-year-old surgeon", "63-year-old surgeon"),
        ("House Majority Leader Lou Hart, R-Ohio", "Lou Hart"),
        ("Telmar’s Chief Executive Samir al-Hadi", "Samir al-Hadi"),
        ("Secretary of State Jo Marsh", "Jo Marsh"),
        ("Secretary of the Interior Ann Dale", "Ann Dale"),
        ("the President of Latvia Janis Ozols", "Janis Ozols"),
        ("Judge Edith Crane of Skagen Magistrates’ Court", "Edith Crane"),
        ("the council's coordinator, Ivo Maric", "Ivo Maric"),
        ("A spokesman for Mr. Lund, Carl Berg", "Carl Berg"),
        ("Sen. Lou Hart (R-Texas)", "Lou Hart"),
        ("Striker Dan Okafor", "Dan Okafor"),
        ("Sen. John Ensign", "John Ensign"),
        ("Debra Winger", "Debra Winger"),
        ("Ada Lund MP", "Ada Lund"),
        ("Ada Lund, a Labour MP", "Ada Lund"),
        ("Arthur R. Lane, Jr.", "Arthur R. Lane Jr"),
        ("Bill Okafor", "Bill Okafor"),
        ("Ida Pope", "Ida Pope"),
        ("von der Leyen", "von der Leyen"),
        ("the retailer Telmar", "Telmar"),
        ("Norway's largest union, Havn", "Havn"),
        ("the International Monetary Fund (IMF)", "International Monetary Fund"),
        ("the Bank of England", "Bank of England"),
        ("London-based Skagen Group", "Skagen Group"),
        ("The Telmar Post's Ida Berg", "Ida Berg"),
        ("Norway's Skagen News Agency", "Skagen News Agency"),
        ("Mr. Berg's successor, Ida Lund,", "Ida Lund"),
        ("Ida Lund and other Liberals", "Ida Lund"),
        ("the Skagen harbour secretary, Ben Lund", "Ben Lund"),
        ("her father, Tran Van Minh", "Tran Van Minh"),
        ("Korea's envoy to Skagen, Han Sang-ok", "Han Sang-ok"),
        ("Berg's lawyer, Omar el-Tawil", "Omar el-Tawil"),
        ("Governor of Latvia Amin al-Tawil", "Amin al-Tawil"),
        ("Inspector-General of Police Ida Lund", "Ida Lund"),
        ("Lou Hart, R-Ohio, the chairman of the House Trade Committee", "Lou Hart"),
        ("The head of the Chamber of Representatives Lou Hart", "Lou Hart"),
        ("President Berg and Prime Minister Lund", "Berg"),
        ("Lundvik, Ohio, Mayor Ida Berg", "Ida Berg"),
        ("Editors such as Ida Berg", "Editors"),
        ("Senator Ida Berg, R-South Carolina,", "Ida Berg"),
        ("Marine Le Berg, the party's leader", "Marine Le Berg"),
        ("Fox Springs, Colo., Mayor Ida Berg", "Ida Berg"),
        ("Havn News, Skagen, and Minister Ida Berg", "Havn News"),
        ("President BERGMAN", "BERGMAN"),
    ],
)
def test_the_name_in_a_mention_drops_titles_articles_and_appositives(mention, name):
    assert read_mention(mention).name == name


@pytest.mark.parametrize(
    "mention",
    [
        "the ministry",
        "officials",
        "a senior Ukrainian official",
        "the foreign minister",
        "Foreign Minister",
        "residents of Tarfaya",
        "the head of Human Rights Watch",
        "An official for the Republican National Committee",
        "a State Department spokesperson",
        "Telmar data",
        "some of Ukraine’s partners",
        "Another Islamist",
    ],
)
def test_descriptions_are_no_names(mention):
    assert read_mention(mention).form == "description"


@pytest.mark.parametrize("mention", ["Kyiv", "the White House", "ISW", "Telmar", "Rosa Iturbe"])
def test_names_are_no_descriptions(mention):
    assert read_mention(mention).form != "description"


def test_a_mention_is_read_with_head_roles_and_countries():
    naming = read_mention("the Ukrainian foreign minister")
    assert naming.head == "minister"
    assert naming.roles == {"minister"}
    assert naming.countries == {"Ukraine"}
    assert naming.is_definite
    assert not naming.is_plural


@pytest.mark.parametrize(
    ("mention", "gender"),
    [("he", "he"), ("Her", "she"), ("spokeswoman Ada Lund", "she"), ("Sir Keir Starmer", "he")],
)
def test_words_show_gender(mention, gender):
    assert read_mention(mention).gender == gender


@pytest.mark.parametrize(
    ("mention", "is_plural"),
    [("officials", True), ("the police", True), ("the official", False), ("they", True)],
)
def test_words_show_number(mention, is_plural):
    assert read_mention(mention).is_plural is is_plural


@pytest.mark.parametrize("mention", ["", " ", "“”", "…", "’s", "—", "the", "ﷺ", "\u0301", "😀"])
def test_odd_mentions_are_read_without_error(mention):
    assert read_mention(mention).form in ("pronoun", "person", "name", "description")


def test_normal_forms_are_equal_whatever_the_article_title_or_possessive():
    assert normalize("The U.N.’s agency") == normalize("UN agency")
    assert normalize("Mr. Vetrov") == normalize("vetrov")


def test_normal_form_of_a_title_alone_is_not_empty():
    assert normalize("Mr.") == "mr"


def test_one_word_has_no_initials():
    assert initials("Reuters") == frozenset()


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        ("ministries", "ministry"),
        ("spokesmen", "spokesman"),
        ("people", "person"),
        ("news", "news"),
    ],
)
def test_singular(noun, expected):
    assert singular(noun) == expected


@pytest.mark.parametrize(
    "mention", ["Far-right Havn", "English-language Havn", "Jabhat al-Havn", "al-Havn English"]
)
def test_adjectives_and_movements_are_no_persons(mention):
    assert read_mention(mention).form != "person"


@pytest.mark.parametrize(
    ("name", "mention", "owns"),
    [
        ("Hart", "Hart's office", True),
        ("Sands", "Sands' spokesman", True),
        ("Berg", "Rosenberg's spokesman", False),
    ],
)
def test_possessors_are_whole_words(name, mention, owns):
    assert is_possessor(name, mention) is owns


def test_a_surname_has_no_arabic_article():
    assert surname("Amin al-Tawil") == surname("Mr. Tawil")


def test_a_speakers_roles_are_not_those_of_whom_they_speak_for():
    assert read_mention("Prime Minister Ida Berg’s spokeswoman").roles == {"spokeswoman"}
    assert read_mention("Prime Minister Ida Berg’s aide Lou Hart").roles == {"aide"}


def test_surname_is_the_last_word():
    assert surname("Ursula von der Leyen") == "leyen"
    assert surname("") == ""


def test_pronouns_are_single_words():
    assert read_mention("They").form == "pronoun"
    assert read_mention("they all").form != "pronoun"


@pytest.mark.parametrize(
    "mention", ["a Labour MP", "the Conservative MP", "their MP", "Iranian MP"]
)
def test_a_legislator_who_is_not_named_is_described(mention):
    naming = read_mention(mention)
    assert (naming.form, naming.head) == ("description", "mp")


def test_the_pm_is_a_prime_minister():
    naming = read_mention("the British PM")
    assert naming.roles >= {"minister"}
    assert "prime" in naming.modifiers
