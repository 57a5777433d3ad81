"""Finding countries and the parties of sources."""

import pytest

from claimclf.perspectives.countries import (
    find_countries,
    find_country,
    government_of,
    names_country,
)
from claimclf.perspectives.parties import affiliations, without_company_form, without_document
from claimclf.perspectives.party_facts import (
    find_leader_country,
    find_member_party,
    find_office_country,
    find_power,
)
from tests.test_perspectives import resolve_passage


@pytest.mark.parametrize(
    ("words", "countries"),
    [
        ("the French and U.S. presidents", ["France", "United States"]),
        ("Lou Hart, R-Ohio", ["United States"]),
        ("Kyiv’s South Korean guest", ["Ukraine", "South Korea"]),
        ("the Democratic Republic of the Congo", ["Democratic Republic of the Congo"]),
        ("pro-Russian forces", ["Russia"]),
        ("they told us to cook a turkey", []),
        ("Downing Street", ["United Kingdom"]),
    ],
)
def test_countries_are_found_by_name_people_and_seat(words, countries):
    assert list(find_countries(words)) == countries


def test_no_country_is_none():
    assert find_country("a baker in a white apron") is None


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Kyiv", "Ukraine"),
        ("the Swiss government", "Switzerland"),
        ("the government of Kenya", "Kenya"),
        ("the U.S.", "United States"),
        ("Mumbai", None),
        ("the Kremlin", None),
        ("Telmar", None),
    ],
)
def test_countries_and_capitals_mean_governments(name, country):
    assert government_of(name) == country


def test_an_institution_with_a_country_in_its_name_is_no_country():
    assert names_country("White House")
    assert not names_country("Kenya Red Cross")


@pytest.mark.parametrize(
    ("words", "power"),
    [
        ("U.N. spokesman Ola Berg", "United Nations"),
        ("the Chinese ambassador to the UN", "China"),
        ("a senior NATO official", "NATO"),
        ("European Commission President Ana Reis", "European Union"),
        ("a baker", None),
    ],
)
def test_the_power_named_first_counts(words, power):
    assert find_power(words) == power


def test_members_and_leaders_show_parties_and_countries():
    assert find_member_party("Rep. Lou Hart, D-Calif.") == "Democratic Party"
    assert find_member_party("the party") is None
    assert find_leader_country("the Obama administration") == "United States"
    assert find_leader_country("the administration") is None


def test_affiliations_leave_out_titles_persons_and_countries():
    text = "French Anatolia Rail chief executive Sabri Okten, formerly of Telmar"
    assert list(affiliations(text, "Sabri Okten")) == ["French Anatolia Rail", "Telmar"]


def test_general_is_a_title_or_part_of_a_name():
    assert list(affiliations("General Growth Bakers chairman", "Ada Lund")) == [
        "General Growth Bakers"
    ]
    assert list(affiliations("General Ada Lund", "Ada Lund")) == []


def test_where_somebody_read_a_statement_is_no_party():
    _, (source,) = resolve_passage(
        ("An Iranian member of the team, Ada Lund, read in London a note.", "Ada Lund", "official")
    )
    assert source.party == "Iran"


def test_a_ticker_is_no_party():
    _, (source,) = resolve_passage(
        ("It fell, said Ada Lund (TLM.OL) of Telmar.", "Ada Lund", "organization")
    )
    assert source.party == "Telmar"


def test_names_are_shortened_to_the_institution():
    assert without_document("Gallup poll") == "Gallup"
    assert without_company_form("Telmar Shipping Co Ltd") == "Telmar Shipping"


@pytest.mark.parametrize(
    ("sentence", "mention", "kind", "party"),
    [
        ("Peru's foreign ministry said no.", "Peru's foreign ministry", "official", "Peru"),
        ("U.S Energy Secretary Ada Lund said no.", "Ada Lund", "official", "United States"),
        ("Judge Ada Lund of Oslo said no.", "Judge Ada Lund", "official", "Norway"),
        ("The UNHCR said no.", "The UNHCR", "official", "United Nations"),
        ("Telmar said no.", "Telmar", "organization", "Telmar"),
        ("The Telmar aide Jo Vega said no.", "The Telmar aide Jo Vega", "organization", "Telmar"),
        ("Luis Vega of the Bakers' Union said no.", "Luis Vega", "organization", "Bakers' Union"),
        ("A Telmar spokeswoman said no.", "A Telmar spokeswoman", "organization", "Telmar"),
        ("Democrats said no.", "Democrats", "political", "Democratic Party"),
        ("Candidate Lou Hart said no.", "Candidate Lou Hart", "political", "Hart campaign"),
        ("The Hart campaign said no.", "The Hart campaign", "political", "Hart campaign"),
        ("Sen. Ada Lund said no.", "Sen. Ada Lund", "official", "United States"),
        ("Jens Stoltenberg said no.", "Jens Stoltenberg", "official", "NATO"),
        ("Turkish envoy Ali Guterres said no.", "Turkish envoy Ali Guterres", "official", "Turkey"),
        ("Hillary Clinton said no.", "Hillary Clinton", "political", "Clinton campaign"),
        ("Liz Truss said no.", "Liz Truss", "political", "Conservative Party"),
        ("A commander of ISIS said no.", "A commander of ISIS", "political", "Islamic State"),
        ("Pope Felix said no.", "Pope Felix", "organization", "Catholic Church"),
        ("Eastman Telmar said no.", "Eastman Telmar", "organization", "Eastman Telmar"),
        ("A study published in Sea says no.", "A study published in Sea", "expert", None),
        ("Clara Vik, a Telmar analyst, said no.", "Clara Vik, a Telmar analyst", "expert", None),
        ("Ada Lund, a doctor at Skagen Hospital, said no.", "Ada Lund", "expert", None),
        ("A Gallup poll says no.", "A Gallup poll", "expert", "Gallup"),
        ("Reuters reported a strike.", "Reuters", "media", "Reuters"),
        ("French media reported a strike.", "French media", "media", "France"),
        ("Ada Lund, a baker in Paris, said no.", "Ada Lund", "public", None),
        ("A person close to Telmar said no.", "A person close to Telmar", "anonymous", None),
    ],
)  # fmt: skip
def test_party_comes_from_the_mention_and_what_stands_beside_it(sentence, mention, kind, party):
    _, (source,) = resolve_passage((sentence, mention, kind))
    assert source.party == party


def test_party_comes_from_where_the_full_name_is_introduced():
    _, (source,) = resolve_passage(
        ("Norwegian Transport Minister Ingrid Solheim opened the tunnel.", None, "author"),
        ("Solheim said it was safe.", "Solheim", "official"),
    )
    assert source.party == "Norway"


def test_an_official_of_no_known_country_has_the_main_country_of_the_document():
    _, (source,) = resolve_passage(
        ("Kenya closed its border.", None, "author"),
        ("Kenyan soldiers stood at the bridge.", None, "author"),
        ("A Somali lorry waited.", None, "author"),
        ("Officials said it was for a week.", "Officials", "official"),
    )
    assert source.party == "Kenya"


def test_an_executive_of_no_known_company_speaks_for_the_one_that_is_mentioned_most():
    _, sources = resolve_passage(
        ("Telmar said no.", "Telmar", "organization"),
        ("Chief executive Ada Lund said it again.", "Chief executive Ada Lund", "organization"),
    )
    assert [source.party for source in sources] == ["Telmar", "Telmar"]


def test_aides_of_no_known_candidate_speak_for_the_campaign_of_the_document():
    _, (source,) = resolve_passage(
        ("The Hart campaign opened an office.", None, "author"),
        ("Aides said it was warm.", "Aides", "political"),
    )
    assert source.party == "Hart campaign"


def test_no_evidence_is_no_party():
    _, (source,) = resolve_passage(("Officials said no.", "Officials", "official"))
    assert source.party is None


def test_parties_of_the_caller_come_first():
    _, (source,) = resolve_passage(
        ("Kyiv said no.", "Kyiv", "official"), parties={"Our side": ["Kyiv", "Zelensky"]}
    )
    assert source.party == "Our side"


@pytest.mark.parametrize("known", ["Ingrid Moe", "Moe", "Chief Executive"])
@pytest.mark.parametrize("kind", ["organization", "official", "expert"])
def test_parties_of_the_caller_know_persons_by_name(known, kind):
    _, (source,) = resolve_passage(
        ("Chief Executive Ingrid Moe said no.", "Chief Executive Ingrid Moe", kind),
        ("Moe had come by boat.", "Moe", kind),
        parties={"Ferry side": [known]},
    )
    assert source.party == "Ferry side"


@pytest.mark.parametrize("words", ["an aide of Mette Frederiksen. ", "prep. school", "Dukes"])
def test_the_end_of_a_word_is_no_office(words):
    assert find_office_country(words) is None


def test_an_office_that_one_country_has_names_it():
    assert find_office_country("Sen. Luis Vega") == "United States"


@pytest.mark.parametrize("title", ["Attorney General", "Home Secretary", "Senate President"])
def test_an_office_of_many_countries_is_that_of_the_country_at_hand(title):
    said = (f"{title} Dorcas Abuto said no.", f"{title} Dorcas Abuto", "official")
    _, (kenyan,) = resolve_passage(("Kenyan ships waited.", None, "author"), said)
    assert kenyan.party == "Kenya"
    _, (usual,) = resolve_passage(said)
    assert usual.party in ("United States", "United Kingdom")


@pytest.mark.parametrize(
    ("title", "institution"),
    [
        ("A National Grid spokesman", "National Grid"),
        ("United Dock Workers President", "United Dock Workers"),
        ("International Relief Committee president", "International Relief Committee"),
        ("Executive Vice President of Telmar", "Telmar"),
    ],
)
def test_an_affiliation_keeps_all_its_words(title, institution):
    assert list(affiliations(title, "Ida Lund")) == [institution]


@pytest.mark.parametrize(
    "name", ["Sweden Democrats", "Social Democrats", "Liberal Democratic Party"]
)
def test_other_democrats_are_no_members_of_the_american_party(name):
    assert find_member_party(name) is None


@pytest.mark.parametrize(
    "place", ["Southeast Asia", "Oregon and Washington", "Trinidad and Tobago", "Peru"]
)
def test_nobody_speaks_for_a_part_of_the_world(place):
    assert list(affiliations(f"head of sales for {place} at Telmar", "")) == ["Telmar"]


@pytest.mark.parametrize("who", ["Western officials", "Western intelligence officials in Kenya"])
def test_western_officials_speak_for_no_country(who):
    text = f"{who} said no. Kenya, Kenya and Kenyan ships waited."
    _, sources = resolve_passage((text, who, "official"))
    assert sources[0].party is None


def test_a_title_tells_more_than_who_led_a_country_once():
    mention = "IMF Managing Director Nicolas Sarkozy"
    _, sources = resolve_passage((f"{mention} said no.", mention, "official"))
    assert sources[0].party == "International Monetary Fund"


def test_an_ambassador_does_not_speak_for_where_he_is():
    first, second = "Ida Berg, the ambassador to Peru, said no.", "She is the Kenyan ambassador."
    _, sources = resolve_passage((first, "Ida Berg", "official"), (second, None, "author"))
    assert sources[0].party == "Kenya"


def test_a_person_whose_surname_is_a_country_speaks_for_none():
    first = "Superintendent Carla Jordan closed a school in Texas."
    _, sources = resolve_passage(
        (first, None, "author"),
        ("Jordan said the roof leaked, Jordan left.", "Jordan", "official"),
        ("The superintendent said so.", "The superintendent", "official"),
    )
    assert {source.party for source in sources} == {"United States"}


def test_the_body_behind_a_title_is_the_one_at_hand():
    _, sources = resolve_passage(
        ("Telmar Union called a strike.", "Telmar Union", "organization"),
        ("Nordkyst said no.", "Nordkyst", "organization"),
        ("It said so again.", "It", "organization"),
        (
            "The union's secretary, Ida Lund, said so.",
            "The union's secretary, Ida Lund",
            "organization",
        ),
    )
    assert (sources[-1].name, sources[-1].party) == ("Ida Lund", "Telmar Union")


def test_experts_of_the_united_nations_speak_for_all_of_them():
    _, sources = resolve_passage(
        ("United Nations experts said no.", "United Nations experts", "expert")
    )
    assert sources[0].party == "United Nations"


def test_a_role_may_be_part_of_a_name():
    assert list(affiliations("CEO of the Refugee Council", "Ida Lund")) == ["Refugee Council"]
    board = "a member of the Executive Board at Telmar"
    assert "Executive Board" not in list(affiliations(board, "Ida Lund"))


def test_countries_count_more_where_they_are_named_first():
    said = "Off Indonesia, an Indonesian boat sank, police said."
    text = "China and Chinese fishermen sell Chinese fish."
    _, sources = resolve_passage((said, "police", "official"), (text, None, "author"))
    assert sources[0].party == "Indonesia"


def test_an_agency_in_a_dateline_is_no_country():
    said = "(Xinhua) -- Police off Kenya found a boat. (Xinhua)"
    _, sources = resolve_passage((said, "Police", "official"))
    assert sources[0].party == "Kenya"


def test_a_name_after_of_is_whole_and_executives_are_of_institutions():
    text = ", executive director of National Nurses United"
    assert list(affiliations(text, "Ada Lund")) == ["National Nurses United"]
    said = "By then, Telmar’s chief executive, Ida Berg, left. Skagen Telmar said no."
    _, sources = resolve_passage((said, "Ida Berg", "organization"))
    assert sources[0].party == "Telmar"


def test_the_world_health_organization_speaks_for_itself():
    assert find_power("the WHO") == "World Health Organization"


def test_nobody_speaks_for_the_place_of_a_dateline():
    _, (manager,) = resolve_passage(
        ("SELBY – Manager Carla Moretti said no.", "Manager Carla Moretti", "organization")
    )
    assert manager.party is None


KENYA = ("Kenya closed its port. Kenyan ships waited. Kenya is calm.", None, "author")


@pytest.mark.parametrize(
    ("sentence", "mention", "party"),
    [
        ("A student was killed by a driver from Tanzania, police said.", "police", "Kenya"),
        ("He will visit the prime minister of India, officials said.", "officials", "Kenya"),
        ("According to officials, Somali troops crossed the border.", "officials", "Kenya"),
        ("Latin American leaders said no.", "Latin American leaders", None),
        ("European leaders said no.", "European leaders", None),
        ("The European Commission said no.", "The European Commission", "European Union"),
        ("ECOWAS said no.", "ECOWAS", "ECOWAS"),
        ("New Delhi said no.", "New Delhi", "India"),
        ("Maharashtra police said no.", "Maharashtra police", "India"),
    ],
)
def test_an_official_speaks_for_who_is_named_beside_him(sentence, mention, party):
    perspectives, _ = resolve_passage(KENYA, (sentence, mention, "official"))
    assert perspectives[1].source.party == party


@pytest.mark.parametrize(
    ("mention", "guess", "kind"),
    [
        ("NATO chief Ada Lund, a former prime minister,", "official", "official"),
        ("Telmar chief executive Omar Lund, a former admiral,", "organization", "organization"),
        ("Ada Lund, a former prime minister,", "official", "expert"),
    ],
)
def test_a_post_that_is_held_tells_more_than_one_that_is_over(mention, guess, kind):
    sentence = f"{mention} said no."
    _, (source,) = resolve_passage(
        (sentence, mention, guess), **{sentence: {"kind_scores": {guess: 0.7, "expert": 0.1}}}
    )
    assert source.kind == kind


@pytest.mark.parametrize("bank", ["Norges Bank", "The Reserve Bank of India", "The central bank"])
def test_a_central_bank_is_official_where_the_model_doubts(bank):
    sentence = f"{bank} said no."
    doubt = {"kind_scores": {"official": 0.45, "organization": 0.45}}
    _, (source,) = resolve_passage((sentence, bank, "official"), **{sentence: doubt})
    assert source.kind == "official"
