"""Facts about parties: intergovernmental bodies, heads of state, words for members of a party.

Step "perspectives" of the flow; `parties` asks it. Facts, compiled by hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from claimclf.perspectives.countries import find_country

_BODIES: Final[Mapping[str, str]] = {
    "NATO": r"NATO|Nato|North Atlantic Treaty Organi[sz]ation",
    "European Union": (
        r"EU|E\.U\.|European (?:Union|Commission|Council|Parliament|Central Bank)|ECB|Eurostat"
        r"|Europol|Frontex"
    ),
    "United Nations": (
        r"UN|U\.N\.|United Nations|UNHCR|UNICEF|Unicef|UNESCO|Unesco|UNDP|UNEP|OCHA|WFP|FAO"
        r"|ILO|UNRWA|World Food Programme"
    ),
    "International Monetary Fund": r"IMF|International Monetary Fund",
    "World Bank": r"World Bank",
    "IAEA": r"IAEA|International Atomic Energy Agency",
    "OSCE": r"OSCE|Organi[sz]ation for Security and Co-?operation in Europe",
    "OPEC": r"OPEC|Opec",
    "Council of Europe": r"Council of Europe",
    "African Union": r"African Union",
    "Asian Development Bank": r"ADB|Asian Development Bank",
    "African Development Bank": r"AfDB|African Development Bank",
    "Intergovernmental Panel on Climate Change": r"IPCC|Intergovernmental Panel on Climate Change",
    "World Health Organization": r"WHO|World Health Organi[sz]ation",
    "World Trade Organization": r"WTO|World Trade Organi[sz]ation",
    "OPCW": r"OPCW|Organi[sz]ation for the Prohibition of Chemical Weapons",
    "International Criminal Court": r"ICC|International Criminal Court",
    "Interpol": r"Interpol|INTERPOL",
    "ASEAN": r"ASEAN|Asean",
    "Arab League": r"Arab League",
    "G7": r"G-?7|Group of Seven",
    "G20": r"G-?20|Group of Twenty",
}
"""Words that name an intergovernmental body or its organs."""

_MEMBERS: Final[Mapping[str, str]] = {
    "Republican Party": r"[Rr]epublicans?|GOP|RNC|R-[A-Z][\w.]*",
    "Democratic Party": r"Democrats?|Democratic|DNC|D-[A-Z][\w.]*",
    "Labour Party": r"Labour",
    "Conservative Party": r"Conservatives?|Tory|Tories",
    "Liberal Democrats": r"Liberal Democrats?|Lib ?Dems?",
}
"""Words for a party and its members that are not its name."""

_GROUPS: Final[Mapping[str, str]] = {
    "Hamas": "Hamas",
    "Hezbollah": "Hezbollah|Hizbollah|Hizbullah",
    "Islamic State": "Islamic State|ISIS|ISIL|IS militants|Daesh",
    "Al Qaeda": "[Aa]l[- ]Qaeda|[Aa]l[- ]Qaida",
    "Al Shabaab": "[Aa]l[- ]Shabaab",
    "Boko Haram": "Boko Haram",
    "Houthis": "Houthis?",
    "Taliban": "Taliban",
    "PKK": "PKK|Kurdistan Workers['’] Party",
    "FARC": "FARC|Farc",
    "Wagner": "Wagner (?:[Gg]roup|mercenar)",
}
"""Armed movements outside state office, with the ways in which news writes them."""

_LEADERS: Final[Mapping[str, str]] = {
    "Afghanistan": "Karzai|Ashraf Ghani",
    "Argentina": "Kirchner|Macri|Milei",
    "Australia": "Albanese|Julia Gillard|Malcolm Turnbull|Scott Morrison",
    "Belarus": "Lukashenko",
    "Brazil": "Bolsonaro|Lula|Rousseff",
    "Canada": "Trudeau|Harper",
    "China": "Xi|Xi Jinping|Hu Jintao|Wang Yi|Wen Jiabao|Li Keqiang",
    "Egypt": "Mubarak|Morsi|Sisi|el-Sisi|al-Sisi",
    "Estonia": "Kallas",
    "European Union": "von der Leyen|Borrell|Charles Michel|Juncker|Barroso|Donald Tusk|Mogherini",
    "France": "Macron|Hollande|Sarkozy|Chirac",
    "Germany": "Merkel|Scholz|Schroeder|Baerbock|Steinmeier|Merz",
    "Hungary": "Orban|Orbán",
    "IAEA": "Rafael Grossi|Grossi|ElBaradei|Amano",
    "India": "Modi|Manmohan Singh|Jaishankar",
    "International Monetary Fund": "Georgieva|Strauss-Kahn",
    "Iran": "Ahmadinejad|Rouhani|Raisi|Khamenei|Zarif",
    "Iraq": "Maliki|al-Maliki|Abadi|al-Abadi|Saddam Hussein",
    "Israel": "Netanyahu|Olmert|Ariel Sharon",
    "Italy": "Berlusconi|Meloni|Renzi|Salvini|Draghi",
    "Japan": "Shinzo Abe|Kishida|Koizumi",
    "Kenya": "Kenyatta|Ruto",
    "Libya": "Gaddafi|Gadhafi|Qaddafi",
    "Lithuania": "Nauseda|Nausėda",
    "Mexico": "Pena Nieto|Peña Nieto|Lopez Obrador|López Obrador|Sheinbaum",
    "Moldova": "Sandu",
    "NATO": "Stoltenberg|Rutte",
    "Nigeria": "Buhari|Tinubu|Goodluck Jonathan",
    "North Korea": "Kim Jong(?: |-)?(?:un|Un|il|Il)",
    "Pakistan": "Musharraf|Imran Khan|Nawaz Sharif|Bhutto",
    "Palestine": "Mahmoud Abbas|Arafat",
    "Philippines": "Duterte",
    "Poland": "Tusk|Duda|Morawiecki|Kaczynski|Kaczyński|Sikorski",
    "Russia": "Putin|Medvedev|Lavrov|Peskov|Shoigu|Yeltsin|Zakharova|Nebenzya",
    "Saudi Arabia": "Mohammed bin Salman",
    "Serbia": "Vucic|Vučić",
    "Slovakia": "Fico",
    "South Africa": "Ramaphosa|Zuma|Mbeki",
    "South Korea": "Park Geun-hye|Moon Jae-in|Yoon Suk(?: |-)[Yy]eol",
    "Spain": "Rajoy|Zapatero|Pedro Sanchez|Pedro Sánchez",
    "Syria": "Assad",
    "Turkey": "Erdogan|Erdoğan|Cavusoglu|Çavuşoğlu",
    "Ukraine": "Zelensk[yi]+|Poroshenko|Yanukovych|Kuleba|Podolyak",
    "United Kingdom": (
        "Sunak|Truss|Starmer|Cameron|Theresa May|Boris Johnson|Tony Blair|Gordon Brown"
    ),
    "United Nations": "Guterres|Ban Ki-moon|Kofi Annan|Dujarric|Tedros|Ghebreyesus",
    "United States": (
        "Biden|Obama|Trump|Blinken|Hillary Clinton|George W\\. Bush|Dick Cheney|Condoleezza Rice"
        "|John Kerry|Pompeo|Yellen|Jake Sullivan|Lloyd Austin|Kamala Harris"
    ),
    "Venezuela": "Maduro|Chavez|Chávez",
}
"""Heads of state, government, diplomacy and intergovernmental bodies whom news names alone."""

_OFFICES: Final[Mapping[str, str]] = {
    "United States": (
        r"(?:[Ss]en|[Rr]ep|[Gg]ov)\.|Secretary of (?:State|Defense|Homeland Security)"
        r"|(?:Treasury|Defense|Homeland Security) (?:Secretary|Department)"
        r"|Federal Open Market|Solicitor General"
        r"|(?:House|Senate) (?:\w+ )?(?:Speaker|Leader|Chairman)"
    ),
    "United Kingdom": (
        r"(?:Home|Foreign|Defence|Health) (?:Secretary|Office)|Lord Chancellor|Conservative MPs?"
        r"|(?:Metropolitan|Met) Police|(?:Duke|Duchess) of|Prince of Wales"
    ),
}
"""Offices that only one country's state has, or news in English gives to one alone."""

_CANDIDATES: Final = re.compile(
    r"(?:Donald )?(?:J\. )?Trump|Hillary (?:Rodham )?Clinton|(?:Barack )?Obama|(?:Joe )?Biden"
    r"|Bernie Sanders|Ted Cruz|Marco Rubio|Jeb Bush|John Kasich|Ben Carson|(?:Rand|Ron) Paul"
    r"|Carly Fiorina|Chris Christie|Scott Walker|Mitt Romney|Rick Perry|Rick Santorum"
    r"|Newt Gingrich|Michele Bachmann|Jon Huntsman|Herman Cain|Mike Huckabee|John McCain"
    r"|Mike Pence|Kamala Harris|Ron DeSantis|Nikki Haley|Elizabeth Warren|Martin O['’]Malley"
    r"|Al Gore|John Kerry"
)
"""Who ran for president of the United States; where they are no officials they speak as that."""

_POLITICIANS: Final[Mapping[str, str]] = {
    "Alternative for Germany": "Gauland|Weidel",
    "Conservative Party": "Truss|Sunak|David Cameron|Theresa May|Boris Johnson|George Osborne",
    "Democratic Party": "Wasserman Schultz|Howard Dean|Donna Brazile|Daschle|Pelosi",
    "Labor Party": "Kevin Rudd|Julia Gillard|Albanese",
    "Labour Party": "Starmer|Corbyn|Miliband|Tony Blair|Gordon Brown",
    "Liberal Democrats": "Nick Clegg|Vince Cable|Ed Davey",
    "Liberal Party": "Tony Abbott|Malcolm Turnbull|Scott Morrison|Peter Dutton",
    "Libertarian Party": "Gary Johnson",
    "Republican Party": "Priebus|McConnell|Michael Steele|Ronna McDaniel",
    "Scottish National Party": "Sturgeon|Salmond",
}
"""Leaders of parties whom news names without their party."""


def _pattern(table: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(\b(?:{words})(?!\w))" for words in table.values()))


_BODY: Final = _pattern(_BODIES)
_MEMBER: Final = _pattern(_MEMBERS)
_LEADER: Final = _pattern(_LEADERS)
_GROUP: Final = _pattern(_GROUPS)
_OFFICE: Final = _pattern(_OFFICES)
_POLITICIAN: Final = _pattern(_POLITICIANS)


def _key(table: Mapping[str, str], match: re.Match[str] | None) -> str | None:
    """The key of a table whose words matched."""
    return list(table)[(match.lastindex or 1) - 1] if match else None


def find_member_party(text: str) -> str | None:
    """The political party that the words name by its members ("Democrats", "R-Ohio")."""
    return _key(_MEMBERS, _MEMBER.search(text))


def find_group(text: str) -> str | None:
    """The armed movement that the words name."""
    return _key(_GROUPS, _GROUP.search(text))


def find_candidacy(name: str) -> str | None:
    """The campaign of somebody who ran for president of the United States."""
    return f"{name.split()[-1]} campaign" if _CANDIDATES.fullmatch(name) else None


def find_politician_party(name: str) -> str | None:
    """The party of one of its known leaders."""
    return _key(_POLITICIANS, _POLITICIAN.search(name))


def find_body(text: str) -> str | None:
    """The intergovernmental body that the words name."""
    return _key(_BODIES, _BODY.search(text))


def find_power(text: str) -> str | None:
    """The state or intergovernmental body that the words name first.

    >>> find_power("U.N. spokesman"), find_power("Chinese ambassador to the UN")
    ('United Nations', 'China')
    """
    body = _BODY.search(text)
    country = find_country(text[: body.start()] if body else text)
    return country or _key(_BODIES, body)


def find_leader_country(text: str) -> str | None:
    """The state or body whose leader or chief diplomat the words name."""
    return _key(_LEADERS, _LEADER.search(text))


def find_office_country(text: str) -> str | None:
    """The country that alone has an office of this name ("Sen.", "Home Secretary")."""
    return _key(_OFFICES, _OFFICE.search(text))
