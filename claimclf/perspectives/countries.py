"""Which countries words name: by name, people, capital, seat of government, region or city.

`names` and `parties` ask it. Country names and first-level regions come from pycountry; the table
below adds what pycountry does not have.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

import pycountry

from claimclf.perspectives.words import listed

_USUAL_NAMES: Final = {
    "BN": "Brunei",
    "CD": "Democratic Republic of the Congo",
    "CG": "Republic of the Congo",
    "CI": "Ivory Coast",
    "CV": "Cape Verde",
    "CZ": "Czech Republic",
    "FK": "Falkland Islands",
    "FM": "Micronesia",
    "PS": "Palestine",
    "RU": "Russia",
    "TL": "East Timor",
    "TR": "Turkey",
    "VA": "Vatican",
}
"""Names that news in English uses where pycountry's differs, by ISO code."""

_OTHER_NAMES: Final = """
AE Emirati UAE Emirates Dubai "Abu Dhabi" | AF Afghan Afghans Kabul | AL Albanian Albanians Tirana
AM Armenian Armenians Yerevan | AO Angolan Angolans Luanda
AR Argentine Argentinian Argentines "Buenos Aires" | AT Austrian Austrians Vienna Viennese
AU Australian Australians Canberra Sydney Melbourne Brisbane Perth Aussie
AZ Azerbaijani Azeri Azerbaijanis Baku
BA Bosnian Bosnians Bosnia Sarajevo "Republika Srpska" "Bosnian Serb"
BD Bangladeshi Bangladeshis Dhaka | BE Belgian Belgians | BF Burkinabe Ouagadougou
BG Bulgarian Bulgarians Sofia | BH Bahraini Bahrainis Manama | BI Burundian Bujumbura
BJ Beninese Cotonou Porto-Novo | BN Bruneian | BO Bolivian Bolivians "La Paz"
BR Brazilian Brazilians Brasilia Brasília "Rio de Janeiro" "Sao Paulo" "São Paulo"
BS Bahamian | BT Bhutanese Thimphu | BW Botswanan Gaborone
BY Belarusian Belarusians Minsk
CA Canadian Canadians Ottawa Toronto Vancouver Montreal Calgary "Parliament Hill"
CD Congolese DRC "DR Congo" Kinshasa Congo | CF "Central African" Bangui
CH Swiss Berne Zurich | CI Ivorian Abidjan "Côte d'Ivoire" "Cote d'Ivoire"
CL Chilean Chileans | CM Cameroonian Yaounde Yaoundé
CN Chinese Beijing PRC Shanghai "People's Republic of China" Zhongnanhai Xinhua
CO Colombian Colombians Bogota Bogotá | CR "Costa Rican" "Costa Ricans" | CU Cuban Cubans Havana
CY Cypriot Cypriots Nicosia | CZ Czech Czechs Czechia Prague
DE German Germans Berlin Bundestag Bundeswehr Bundesbank Munich Frankfurt Hamburg Bavaria Bavarian
DE Saxony | DK Danish Danes Copenhagen | DO "Santo Domingo" | DZ Algerian Algerians Algiers
EC Ecuadorian Ecuadorean Quito | EE Estonian Estonians Tallinn | EG Egyptian Egyptians Cairo
ER Eritrean Eritreans Asmara | ES Spanish Spaniards Madrid Catalan Catalonia Barcelona Basque
ET Ethiopian Ethiopians "Addis Ababa" | FI Finnish Finns Helsinki | FJ Fijian Suva
FR French Frenchman Paris Elysee Elysée Élysée "Quai d'Orsay" Lyon Marseille
GA Gabonese Libreville
GB British Britons Briton Britain "Great Britain" UK "U.K." Whitehall Westminster "Downing Street"
GB London English England Scottish Scotland Scots Welsh Wales Holyrood Stormont Tory Tories
GB "House of Lords" "House of Commons" "Scotland Yard" "Buckingham Palace" NHS "Northern Ireland"
GB MI5 MI6 GCHQ "Bank of England" Ofcom Birmingham Manchester Liverpool Leeds
GE Georgian Georgians Tbilisi | GH Ghanaian Ghanaians Accra | GM Gambian Banjul
GN Guinean Conakry | GR Greek Greeks Athens | GT Guatemalan Guatemalans | GY Guyanese
HN Honduran Hondurans Tegucigalpa | HR Croatian Croatians Croats Zagreb
HT Haitian Haitians Port-au-Prince | HU Hungarian Hungarians Budapest
ID Indonesian Indonesians Jakarta | IE Irish Dublin Dail Dáil Taoiseach Tanaiste Garda Gardaí Gardai
IL Israeli Israelis Jerusalem Knesset "Tel Aviv" IDF Mossad
IN Indian Indians "New Delhi" Delhi Mumbai Kolkata Chennai Bengaluru Bangalore "Lok Sabha"
IN "Rajya Sabha" | IQ Iraqi Iraqis Baghdad Kurdistan | IR Iranian Iranians Tehran IRGC
IS Icelandic Reykjavik Reykjavík | IT Italian Italians Rome Milan Naples | JM Jamaican Jamaicans
JO Jordanian Jordanians Amman | JP Japanese Tokyo Osaka Okinawa
KE Kenyan Kenyans Nairobi Mombasa | KG Kyrgyz Bishkek | KH Cambodian Cambodians "Phnom Penh"
KP "North Korean" "North Koreans" Pyongyang DPRK KCNA
KR "South Korean" "South Koreans" Seoul "Blue House" | KW Kuwaiti Kuwaitis
KZ Kazakh Kazakhs Astana Nur-Sultan | LA Laotian Lao Vientiane | LB Lebanese Beirut
LK "Sri Lankan" "Sri Lankans" | LR Liberian Monrovia | LT Lithuanian Lithuanians Vilnius
LU Luxembourgish | LV Latvian Latvians Riga | LY Libyan Libyans Tripoli Benghazi
MA Moroccan Moroccans Rabat | MD Moldovan Moldovans Chisinau Chișinău Chişinău
ME Montenegrin Podgorica | MG Malagasy Antananarivo | MK Macedonian Skopje Macedonia
ML Malian Malians Bamako | MM Burmese Burma Naypyidaw Yangon Myanmarese
MN Mongolian Mongolians Ulaanbaatar "Ulan Bator" | MT Maltese Valletta | MU Mauritian
MV Maldivian Male | MW Malawian Lilongwe | MX Mexican Mexicans "Mexico City"
MY Malaysian Malaysians "Kuala Lumpur" Putrajaya | MZ Mozambican Maputo | NA Namibian Windhoek
NE Nigerien Niamey | NG Nigerian Nigerians Abuja Lagos | NI Nicaraguan Nicaraguans Managua
NL Dutch "The Hague" Amsterdam Holland | NO Norwegian Norwegians Oslo
NP Nepali Nepalese Kathmandu | NZ "New Zealander" "New Zealanders" Auckland Kiwi | OM Omani Muscat
PA Panamanian "Panama City" | PE Peruvian Peruvians | PH Filipino Filipinos Philippine Manila
PK Pakistani Pakistanis Islamabad Karachi Lahore | PL Polish Poles Warsaw Sejm
PS Palestinian Palestinians Gaza Ramallah "West Bank" | PT Portuguese Lisbon
PY Paraguayan Asuncion Asunción | QA Qatari Qataris Doha | RO Romanian Romanians Bucharest
RS Serbian Serbians Serbs Serb Belgrade
RU Russian Russians Moscow Kremlin FSB "State Duma" Duma Roskomnadzor Petersburg Chechnya Chechen
RU Dagestan | RW Rwandan Rwandans Kigali | SA Saudi Saudis Riyadh | SD Sudanese Khartoum
SE Swedish Swedes Stockholm | SG Singaporean Singaporeans
SI Slovenian Slovenians Slovene Ljubljana | SK Slovak Slovaks Bratislava
SL "Sierra Leonean" Freetown | SN Senegalese Dakar | SO Somali Somalis Mogadishu
SS "South Sudanese" Juba | SV Salvadoran Salvadorans "San Salvador"
SY Syrian Syrians Damascus Aleppo | TD Chadian N'Djamena | TG Togolese Lome Lomé
TH Thai Thais Bangkok | TJ Tajik Tajiks Dushanbe | TM Turkmen Ashgabat
TN Tunisian Tunisians Tunis | TR Turkish Turks Türkiye Turkiye Ankara Istanbul | TT Trinidadian
TW Taiwanese Taipei | TZ Tanzanian Tanzanians Dodoma "Dar es Salaam"
UA Ukrainian Ukrainians Kyiv Kiev Kharkiv Kherson Lviv Odesa Odessa Mariupol Dnipro Zaporizhzhia
UA Mykolaiv Donetsk Luhansk Bankova "Verkhovna Rada" Rada Azovstal | UG Ugandan Ugandans Kampala
US American Americans America U.S. US USA U.S.A. "White House" Pentagon Washington "Capitol Hill"
US U.S Capitol "State Department" "Justice Department" "Homeland Security"
US "Supreme Court of the United States" Obama-era FBI CIA NSA DHS EPA FDA CDC FEMA IRS SEC ATF DEA
US TSA NASA FCC FAA NTSB NOAA ICE GAO CBO USDA "Federal Reserve" Fed "National Weather Service"
US "National Hurricane Center" "Environmental Protection Agency" "Internal Revenue Service"
US "Food and Drug Administration" "Centers for Disease Control" GOP Republican Republicans
US Democrats Congressional "Oval Office" "House of Representatives" "Treasury Department"
US "Department of Defense" "Securities and Exchange Commission" "Federal Trade Commission"
US "Federal Aviation Administration" "Geological Survey" "Los Angeles" Chicago Houston
US Philadelphia Boston Dallas Miami Atlanta Seattle Detroit Denver Baltimore "San Francisco"
US "San Diego" "New Orleans" "Las Vegas" Cleveland Pittsburgh Ferguson Brooklyn Manhattan Texan
US Texans Californian Floridian Hawaiian Alaskan Puerto | UY Uruguayan Montevideo
UZ Uzbek Uzbeks Tashkent | VA Vatican "Holy See" | VE Venezuelan Venezuelans Caracas
VN Vietnamese Hanoi | YE Yemeni Yemenis Sanaa Houthi-run
ZA "South African" "South Africans" Pretoria | ZM Zambian Lusaka
ZW Zimbabwean Zimbabweans Harare
"""
"""ISO code, then people, capitals, seats and organs of state; facts, compiled by hand."""

_REGIONS_OF: Final = ("US", "CA", "AU", "IN", "MX", "JP", "BR", "NG", "KE", "TH", "ZA")
"""Countries whose regions are matched; where two countries share a name, the first has it."""

_STATE_TAGS: Final = listed(
    """
    Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont Neb
    Nev Okla Ore Pa Tenn Tex Va Vt Wash Wis Wyo
    """
)

_WORD: Final = re.compile(r"(?:[A-Z]\.){2,}|\w[\w'-]*\w|\w")
_MAX_WORDS: Final = 5


@cache
def _gazetteer() -> dict[tuple[str, ...], str]:
    """Every known form, as a tuple of words, with its country."""
    forms: dict[tuple[str, ...], str] = {}
    names: dict[str, str] = {}
    for record in pycountry.countries:
        name = _USUAL_NAMES.get(record.alpha_2, getattr(record, "common_name", record.name))
        names[record.alpha_2] = name
        for form in (name, record.name, getattr(record, "official_name", name)):
            forms[_words(form)] = name
    for line in re.split(r"[|\n]", _OTHER_NAMES):
        code, _, rest = line.strip().partition(" ")
        for quoted, bare in re.findall(r'"([^"]+)"|(\S+)', rest):
            forms.setdefault(_words(quoted or bare), names[code])
    forms[("Korea",)] = names["KR"]
    for code in _REGIONS_OF:
        for region in pycountry.subdivisions.get(country_code=code) or ():  # type: ignore[no-untyped-call]
            if region.parent_code is None:
                forms.setdefault(_words(region.name), names[code])
                forms.setdefault(_words(_without_accents(region.name)), names[code])
    for word in _OTHER_MEANINGS:
        forms.pop((word,), None)
    return forms


def _without_accents(name: str) -> str:
    """A name as English news writes it: "Maharashtra" for "Mahārāshtra"."""
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@cache
def _first_words() -> frozenset[str]:
    """The words that a form of a country begins with."""
    return frozenset(form[0] for form in _gazetteer())


def _words(text: str) -> tuple[str, ...]:
    return tuple(_word(token) for token in _WORD.findall(text.replace("’", "'")))


def _word(token: str) -> str:
    token = token.removesuffix("'s").removesuffix("'")
    return token[:-1] if token.count(".") == 1 else token


def find_countries(text: str) -> Iterator[str]:
    """Countries that the words of `text` name, in order of appearance, with repetition.

    Words must be written as names are: "Turkey" and "US" count, "turkey" and "us" do not.

    >>> list(find_countries("Kremlin spokesman; the French and U.S. presidents"))
    ['Russia', 'France', 'United States']
    """
    forms, first_words = _gazetteer(), _first_words()
    tokens = _words(text)
    index = 0
    while index < len(tokens):
        is_first = tokens[index] in first_words
        for size in range(min(_MAX_WORDS, len(tokens) - index) if is_first else 0, 0, -1):
            country = forms.get(tokens[index : index + size])
            if country:
                yield country
                index += size - 1
                break
        else:
            parts = tokens[index].split("-")
            if len(parts) > 1:
                country = forms.get((parts[0],)) or forms.get((parts[-1],))
                if country or (len(parts[0]) == 1 and parts[-1] in _STATE_TAGS):
                    yield country or "United States"
        index += 1


def find_country(text: str) -> str | None:
    """The first country that the words of `text` name, None without one."""
    return next(find_countries(text), None)


def names_country(name: str) -> bool:
    """Whether a name as a whole is a country's, its people's, capital's or an organ's of state."""
    return _words(name) in _gazetteer()


_OTHER_MEANINGS: Final = listed("Acre Central Delta Nan Plateau Rivers Saga Tak")
"""Regions whose names mostly mean something else."""

_SEATS: Final = listed(
    """
    Abuja Accra Algiers Amman Ankara Astana Athens Baghdad Baku Bangkok Beijing Beirut Belgrade
    Berlin Bern Bishkek Bogota Brasilia Bratislava Budapest Bucharest Cairo Canberra Caracas
    Chisinau Colombo Copenhagen Damascus Delhi Dhaka Doha Dublin Dushanbe Hanoi Harare Havana
    Helsinki Islamabad Jakarta Jerusalem Juba Kabul Kampala Kathmandu Khartoum Kiev Kigali
    Kinshasa Kyiv Lima Lisbon Ljubljana London Luanda Lusaka Madrid Manila Maputo Minsk Mogadishu
    Moscow Muscat Nairobi Naypyidaw Nicosia Oslo Ottawa Paris Podgorica Prague Pretoria Pyongyang
    Quito Rabat Riga Riyadh Rome Santiago Sarajevo Seoul Skopje Sofia Stockholm Taipei Tallinn
    Tashkent Tbilisi Tehran Tirana Tokyo Tripoli Tunis Vienna Vilnius Warsaw Washington Wellington
    Yerevan Zagreb
    """
) | {"Addis Ababa", "Buenos Aires", "Kuala Lumpur", "La Paz", "Mexico City", "New Delhi"}
"""Capitals that stand for their governments."""

_GOVERNMENT: Final = re.compile(r"^(?:the )?(?:(.+?)(?:'s|’s)? government|government of (.+))$")


def is_seat(name: str) -> bool:
    """Whether a name is a capital's that stands for its government."""
    return name in _SEATS


@lru_cache(maxsize=65536)
def government_of(name: str) -> str | None:
    """The country whose government a name means: "Russia", "Moscow", "the Russian government".

    >>> government_of("Kyiv")
    'Ukraine'
    """
    match = _GOVERNMENT.match(name)
    inner = (match.group(1) or match.group(2)) if match else re.sub("^[Tt]he ", "", name)
    country = _gazetteer().get(_words(inner))
    if match or country is None or inner in _SEATS:
        return country
    is_country = inner in _country_names() or inner in ("US", "U.S.", "UK", "U.K.", "Britain")
    return country if is_country else None


@cache
def _country_names() -> frozenset[str]:
    return frozenset(_gazetteer().values())
