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
        r"UN|U\.N\.|United Nations|UNHCR|UNICEF|Unicef|UNESCO|Unesco|UNDP|UNEP|OCHA|WFP|WHO|FAO"
        r"|ILO|UNRWA|World Health Organi[sz]ation|World Food Programme"
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
    "G7": r"G-?7|Group of Seven",
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

_LEADERS: Final[Mapping[str, str]] = {
    "Belarus": "Lukashenko",
    "Brazil": "Bolsonaro|Lula|Rousseff",
    "Canada": "Trudeau|Harper",
    "China": "Xi|Xi Jinping|Hu Jintao|Wang Yi",
    "France": "Macron|Hollande|Sarkozy|Chirac",
    "Germany": "Merkel|Scholz|Schroeder|Baerbock",
    "Hungary": "Orban|Orbán",
    "India": "Modi|Manmohan Singh",
    "Israel": "Netanyahu|Olmert",
    "Italy": "Berlusconi|Meloni|Renzi",
    "Mexico": "Pena Nieto|Peña Nieto",
    "North Korea": "Kim Jong(?: |-)?(?:un|Un|il|Il)",
    "Philippines": "Duterte",
    "Poland": "Tusk|Duda|Morawiecki",
    "Russia": "Putin|Medvedev|Lavrov|Peskov|Shoigu|Yeltsin",
    "South Africa": "Ramaphosa|Zuma|Mbeki",
    "Syria": "Assad",
    "Turkey": "Erdogan|Erdoğan",
    "Ukraine": "Zelensk[yi]+|Poroshenko|Yanukovych|Kuleba|Podolyak",
    "United Kingdom": "Sunak|Truss|Starmer|Cameron|Theresa May|Boris Johnson|Tony Blair",
    "United States": "Biden|Obama|Trump|Blinken|Hillary Clinton|George W\\. Bush",
    "Venezuela": "Maduro|Chavez|Chávez",
}
"""Heads of state and government whom news names without their country."""


def _pattern(table: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(\b(?:{words})(?!\w))" for words in table.values()))


_BODY: Final = _pattern(_BODIES)
_MEMBER: Final = _pattern(_MEMBERS)
_LEADER: Final = _pattern(_LEADERS)


def find_member_party(text: str) -> str | None:
    """The political party that the words name by its members ("Democrats", "R-Ohio")."""
    match = _MEMBER.search(text)
    return list(_MEMBERS)[(match.lastindex or 1) - 1] if match else None


def find_body(text: str) -> str | None:
    """The intergovernmental body that the words name."""
    match = _BODY.search(text)
    return list(_BODIES)[(match.lastindex or 1) - 1] if match else None


def find_power(text: str) -> str | None:
    """The state or intergovernmental body that the words name first.

    >>> find_power("U.N. spokesman"), find_power("Chinese ambassador to the UN")
    ('United Nations', 'China')
    """
    body = _BODY.search(text)
    country = find_country(text[: body.start()] if body else text)
    if country:
        return country
    return list(_BODIES)[(body.lastindex or 1) - 1] if body else None


def find_leader_country(text: str) -> str | None:
    """The country whose head of state or government the words name."""
    match = _LEADER.search(text)
    return list(_LEADERS)[(match.lastindex or 1) - 1] if match else None
