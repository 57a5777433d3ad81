"""Facts about parties: intergovernmental bodies, heads of state, words for members of a party.

`parties` asks it. Facts, compiled by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from claimclf.perspectives.countries import find_country
from claimclf.perspectives.names import family_name

_BODIES: Final[Mapping[str, str]] = {
    "NATO": r"NATO|Nato|North Atlantic Treaty Organi[sz]ation|ISAF|KFOR",
    "European Union": (
        r"EU|E\.U\.|European (?:Union|Commission|Council|Parliament|Central Bank|Court of Justice)"
        r"|ECB|Eurostat|Europol|Frontex"
    ),
    "United Nations": (
        r"UN|U\.N\.|United Nations|UNHCR|UNICEF|Unicef|UNESCO|Unesco|UNDP|UNEP|OCHA|WFP|FAO"
        r"|UNRWA|World Food Program(?:me)?|MONUC|MONUSCO|UNIFIL|UNMIK|ICTR|ICTY|IOM"
        r"|International Criminal Tribunal|International Court of Justice"
        r"|International Organi[sz]ation for Migration"
    ),
    "International Monetary Fund": r"IMF|International Monetary Fund",
    "World Bank": r"World Bank",
    "IAEA": r"IAEA|International Atomic Energy Agency",
    "OSCE": r"OSCE|Organi[sz]ation for Security and Co-?operation in Europe",
    "OPEC": r"OPEC|Opec",
    "Council of Europe": r"Council of Europe",
    "African Union": r"African Union",
    "European Space Agency": r"ESA|European Space Agency",
    "European Bank for Reconstruction and Development": (
        r"EBRD|European Bank for Reconstruction and Development"
    ),
    "Inter-American Development Bank": r"IDB|Inter-American Development Bank",
    "Shanghai Cooperation Organisation": r"SCO|Shanghai Cooperation Organi[sz]ation",
    "Caribbean Community": r"CARICOM|Caricom",
    "Southern African Development Community": r"SADC|Southern African Development Community",
    "Asian Development Bank": r"ADB|Asian Development Bank",
    "African Development Bank": r"AfDB|African Development Bank",
    "Intergovernmental Panel on Climate Change": r"IPCC|Intergovernmental Panel on Climate Change",
    "World Health Organization": r"WHO|World Health Organi[sz]ation",
    "World Trade Organization": r"WTO|World Trade Organi[sz]ation",
    "OPCW": r"OPCW|Organi[sz]ation for the Prohibition of Chemical Weapons",
    "International Labour Organization": r"ILO|International Labou?r Organi[sz]ation",
    "European Court of Human Rights": r"ECHR|European Court of Human Rights",
    "International Criminal Court": r"ICC|International Criminal Court",
    "Interpol": r"Interpol|INTERPOL",
    "ASEAN": r"ASEAN|Asean",
    "Arab League": r"Arab League",
    "ECOWAS": r"ECOWAS|Ecowas|Economic Community of West African States",
    "OECD": r"OECD|Organi[sz]ation for Economic Co-?operation and Development",
    "Organization of American States": r"OAS|Organi[sz]ation of American States",
    "International Energy Agency": r"IEA|International Energy Agency",
    "Gulf Cooperation Council": r"GCC|Gulf Co-?operation Council",
    "Mercosur": r"Mercosur",
    "BRICS": r"BRICS|Brics",
    "Commonwealth of Independent States": r"Commonwealth of Independent States",
    "G7": r"G-?7|Group of Seven",
    "G20": r"G-?20|Group of Twenty",
}
"""Words that name an intergovernmental body or its organs."""

_MEMBERS: Final[Mapping[str, str]] = {
    "Republican Party": r"[Rr]epublicans?|GOP|RNC|R-[A-Z][\w.]*",
    "Democratic Party": (
        r"(?<!Social )(?<!Christian )(?<!Liberal )(?<!Free )(?<!Sweden )(?<!New )"
        r"(?<!Pan-)Democrats?"
        r"|(?<!Social )(?<!Christian )(?<!Liberal )(?<!New )(?<!National )(?<!Kurdistan )"
        r"(?<!Peoples['’] )(?<!People['’]s )Democratic(?! (?:Republic|Progressive|Unionist|Forces"
        r"|Alliance|Union|People|Action|Change|Party of))"
        r"|DNC|D-[A-Z][\w.]*"
    ),
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
    "Afghanistan": "Karzai|Ashraf Ghani|Abdullah Abdullah",
    "Algeria": "Bouteflika|Tebboune",
    "Argentina": "Kirchner|Macri|Milei",
    "Armenia": "Pashinyan|Sargsyan",
    "Australia": (
        "Albanese|Julia Gillard|Kevin Rudd|Malcolm Turnbull|Scott Morrison|Tony Abbott|John Howard"
        "|Penny Wong|Marise Payne|Julie Bishop"
    ),
    "Austria": "Sebastian Kurz|Nehammer|Schallenberg",
    "Azerbaijan": "Ilham Aliyev|Heydar Aliyev",
    "Bangladesh": "Sheikh Hasina|Khaleda Zia",
    "Belarus": "Lukashenko",
    "Belgium": "Verhofstadt|De Croo",
    "Bolivia": "Evo Morales",
    "Brazil": "Bolsonaro|Lula|Rousseff",
    "Bulgaria": "Boyko Borisov|Boiko Borisov|Rumen Radev",
    "Cambodia": "Hun Sen|Hun Manet",
    "Canada": "Trudeau|Stephen Harper|Jean Chretien|Freeland",
    "Chile": "Pinera|Piñera|Gabriel Boric",
    "China": (
        "Xi|Xi Jinping|Hu Jintao|Wang Yi|Wen Jiabao|Li Keqiang|Li Qiang|Qin Gang|Hua Chunying"
        "|Hong Lei|Zhao Lijian|Wang Wenbin|Mao Ning|Lu Kang|Geng Shuang|Jiang Yu"
    ),
    "Colombia": "Uribe|Juan Manuel Santos|Ivan Duque|Iván Duque|Gustavo Petro",
    "Cuba": "Fidel Castro|Raul Castro|Raúl Castro|Diaz-Canel|Díaz-Canel",
    "Czech Republic": "Milos Zeman|Miloš Zeman|Babis|Babiš|Petr Pavel|Petr Fiala|Vaclav Klaus",
    "Democratic Republic of the Congo": "Kabila|Tshisekedi",
    "Denmark": "Mette Frederiksen|Loekke Rasmussen|Lokke Rasmussen|Løkke Rasmussen",
    "Ecuador": "Rafael Correa|Lenin Moreno|Daniel Noboa",
    "Egypt": "Mubarak|Morsi|Mursi|Sisi|el-Sisi|al-Sisi|Sameh Shoukry",
    "Estonia": "Kallas|Toomas Hendrik Ilves",
    "Ethiopia": "Abiy Ahmed|Meles Zenawi",
    "European Union": (
        "von der Leyen|Borrell|Charles Michel|Juncker|Barroso|Mogherini|Timmermans"
        "|Vestager|Dombrovskis|Van Rompuy|Catherine Ashton|Javier Solana|Roberta Metsola"
        "|Jean-Claude Trichet"
    ),
    "Finland": "Sanna Marin|Niinisto|Niinistö|Alexander Stubb",
    "France": (
        "Macron|Hollande|Sarkozy|Chirac|Laurent Fabius|Bernard Kouchner|Le Drian|Manuel Valls"
        "|Dominique de Villepin|Bruno Le Maire"
    ),
    "Georgia": "Saakashvili|Zourabichvili|Kobakhidze",
    "Germany": (
        "Merkel|Scholz|Gerhard Schr(?:oe|ö)der|Baerbock|Steinmeier|Merz|Boris Pistorius|Westerwelle"
        "|Heiko Maas|Joschka Fischer|Schaeuble|Schäuble|Robert Habeck"
    ),
    "Greece": "Tsipras|Mitsotakis|Papandreou|Samaras|Varoufakis",
    "Hungary": "Orban|Orbán|Szijjarto|Szijjártó|Gyurcsany|Gyurcsány",
    "IAEA": "Rafael Grossi|Grossi|ElBaradei|Amano",
    "India": ("Modi|Manmohan Singh|Jaishankar|Sushma Swaraj|Vajpayee|Rajnath Singh|Arun Jaitley"),
    "Indonesia": "Widodo|Jokowi|Yudhoyono|Prabowo",
    "International Criminal Court": "Luis Moreno-Ocampo|Fatou Bensouda|Karim Khan",
    "International Monetary Fund": "Georgieva|Strauss-Kahn",
    "Iran": "Ahmadinejad|Rouhani|Raisi|Khamenei|Zarif|Khatami|Pezeshkian|Amir-Abdollahian|Araghchi",
    "Iraq": (
        "Maliki|al-Maliki|Abadi|al-Abadi|Saddam Hussein|Jalal Talabani|Hoshyar Zebari|Kadhimi"
        "|al-Sudani"
    ),
    "Ireland": "Varadkar|Enda Kenny|Micheal Martin|Micheál Martin|Bertie Ahern|Simon Coveney",
    "Israel": (
        "Netanyahu|Olmert|Ariel Sharon|Ehud Barak|Shimon Peres|Tzipi Livni|Avigdor Lieberman"
        "|Yair Lapid|Naftali Bennett|Benny Gantz|Yoav Gallant|Reuven Rivlin|Isaac Herzog"
    ),
    "Italy": "Berlusconi|Meloni|Renzi|Salvini|Romano Prodi|Giuseppe Conte|Gentiloni|Tajani",
    "Japan": "Shinzo Abe|Kishida|Koizumi|Yoshihide Suga|Naoto Kan|Yasuo Fukuda|Taro Aso|Ishiba",
    "Kazakhstan": "Nazarbayev|Tokayev",
    "Kenya": "Kenyatta|Ruto|Kibaki",
    "Latvia": "Rinkevics|Rinkēvičs|Karins|Kariņš",
    "Lebanon": "Hariri|Michel Aoun|Siniora|Mikati",
    "Libya": "Gaddafi|Gadhafi|Qaddafi|Kadafi",
    "Lithuania": "Nauseda|Nausėda|Grybauskaite|Grybauskaitė|Landsbergis",
    "Malaysia": "Mahathir|Najib Razak|Anwar Ibrahim",
    "Mexico": (
        "Pena Nieto|Peña Nieto|Lopez Obrador|López Obrador|Sheinbaum|Felipe Calderon"
        "|Felipe Calderón|Vicente Fox"
    ),
    "Moldova": "Sandu|Igor Dodon",
    "Myanmar": "Suu Kyi|Min Aung Hlaing",
    "NATO": "Stoltenberg|de Hoop Scheffer",
    "Netherlands": "Balkenende|Dick Schoof|Kajsa Ollongren",
    "New Zealand": "Jacinda Ardern|John Key|Christopher Luxon",
    "Nicaragua": "Daniel Ortega",
    "Nigeria": "Buhari|Tinubu|Goodluck Jonathan|Obasanjo",
    "North Korea": "Kim Jong(?: |-)?(?:un|Un|il|Il)|Kim Yo(?: |-)?[Jj]ong",
    "Norway": "Erna Solberg|Jonas Gahr",
    "Pakistan": "Musharraf|Imran Khan|Nawaz Sharif|Shehbaz Sharif|Bhutto|Zardari|Raza Gilani",
    "Palestine": "Mahmoud Abbas|Arafat|Salam Fayyad|Saeb Erekat",
    "Paraguay": "Fernando Lugo",
    "Peru": "Alan Garcia|Alan García|Humala|Kuczynski|Vizcarra|Boluarte",
    "Philippines": "Duterte|Benigno Aquino|Macapagal|Ferdinand Marcos|Bongbong Marcos",
    "Poland": (
        "Tusk|Duda|Morawiecki|Kaczynski|Kaczyński|Sikorski|Blaszczak|Błaszczak|Komorowski"
        "|Kosiniak-Kamysz"
    ),
    "Portugal": "Jose Socrates|José Sócrates",
    "Qatar": "Al Thani|al-Thani",
    "Romania": "Iohannis|Basescu|Băsescu",
    "Russia": (
        "Putin|Medvedev|Lavrov|Peskov|Shoigu|Yeltsin|Zakharova|Nebenzya|Ryabkov|Churkin|Patrushev"
        "|Volodin|Konashenkov|Ushakov|Valer[iy]+ Gerasimov|Belousov|Mishustin"
    ),
    "Rwanda": "Kagame",
    "Saudi Arabia": "Mohammed bin Salman|Adel al-Jubeir|Saud al-Faisal",
    "Serbia": "Vucic|Vučić|Kostunica|Koštunica|Boris Tadic|Boris Tadić|Milosevic|Dacic|Dačić",
    "Singapore": "Lee Hsien Loong|Lawrence Wong",
    "Slovakia": "Fico|Zuzana Caputova|Zuzana Čaputová|Peter Pellegrini",
    "Slovenia": "Janez Jansa|Janez Janša",
    "South Africa": "Ramaphosa|Zuma|Mbeki",
    "South Korea": (
        "Park Geun(?: |-)[Hh]ye|Moon Jae(?: |-)[Ii]n|Yoon Suk(?: |-)[Yy]eol|Lee Myung(?: |-)[Bb]ak"
        "|Roh Moo(?: |-)[Hh]yun|Lee Jae(?: |-)[Mm]yung"
    ),
    "Spain": "Rajoy|Zapatero|Pedro Sanchez|Pedro Sánchez|Jose Maria Aznar|José María Aznar",
    "Sri Lanka": "Rajapaksa|Sirisena|Wickremesinghe|Kumaratunga",
    "Sudan": "Omar al-Bashir|al-Burhan",
    "Sweden": "Reinfeldt|Löfven|Lofven|Magdalena Andersson|Kristersson|Carl Bildt",
    "Syria": "Assad|Walid al-Moallem|Walid Muallem|al-Sharaa",
    "Taiwan": "Tsai Ing-wen|Ma Ying-jeou|Chen Shui-bian|Lai Ching-te",
    "Thailand": "Prayuth|Prayut|Thaksin|Yingluck|Srettha|Abhisit",
    "Turkey": "Erdogan|Erdoğan|Cavusoglu|Çavuşoğlu|Davutoglu|Davutoğlu|Abdullah Gul|Hakan Fidan",
    "Uganda": "Museveni",
    "Ukraine": (
        "Zelensk[yi]+|Poroshenko|Yanukovych|Yushchenko|Tymoshenko|Kuleba|Podolyak|Reznikov|Umerov"
        "|Zaluzhny[ijy]?|Syrskyi|Yatsenyuk|Turchynov|Kyrylo Budanov|Oleksi[iy] Danilov|Shmyhal"
        "|Yermak|Kuchma|Sybiha"
    ),
    "United Kingdom": (
        "Sunak|Truss|Starmer|Cameron|Theresa May|Boris Johnson|Tony Blair|Gordon Brown"
        "|William Hague|Philip Hammond|Dominic Raab|Jeremy Hunt|James Cleverly|Ben Wallace"
        "|David Lammy|David Miliband|Jack Straw|George Osborne|Priti Patel|Sajid Javid|Amber Rudd"
        "|Matt Hancock|Michael Gove|Alistair Darling|Wes Streeting|Rachel Reeves|Yvette Cooper"
        "|Suella Braverman|Grant Shapps|Michael Fallon|Theresa Villiers|Heappey"
    ),
    "United Nations": (
        "(?<!Francisco )Guterres|Ban Ki-moon|Kofi Annan|Dujarric|Farhan Haq"
        "|Hans Blix|Navi Pillay|Zeid Ra['’]ad|Volker T[üu]rk|Martin Griffiths"
    ),
    "United States": (
        "Biden|Obama|Trump|Blinken|Hillary (?:Rodham )?Clinton|Bill Clinton"
        "|George (?:H\\. )?W\\. Bush|President Bush|Bush administration|Dick Cheney"
        "|Condoleezza Rice|John Kerry|Pompeo|Jake Sullivan|Lloyd Austin|Kamala Harris"
        "|Colin Powell|Rumsfeld|Robert (?:M\\. )?Gates|Leon (?:E\\. )?Panetta|Chuck Hagel"
        "|Ashton Carter|Jim Mattis|James Mattis|Rex Tillerson|Mike Pence|Susan (?:E\\. )?Rice"
        "|Samantha Power|Nikki Haley|Jen Psaki|Jay Carney|Josh Earnest|Sean Spicer"
        "|Sarah (?:Huckabee )?Sanders|Kellyanne Conway|Karine Jean-Pierre|Ned Price|John Kirby"
        "|Marie Harf|Eric Holder|Loretta Lynch|Jeff Sessions|William (?:P\\. )?Barr"
        "|Merrick (?:B\\. )?Garland|Ben Bernanke|Janet Yellen|Jerome (?:H\\. )?Powell"
        "|Timothy (?:F\\. )?Geithner|Mnuchin|James Comey|Robert (?:S\\. )?Mueller"
        "|Scott McClellan|Tony Snow|Dana Perino|Robert Gibbs|Paul Ryan|Mitch McConnell"
        "|Nancy Pelosi|Chuck Schumer|Charles (?:E\\. )?Schumer|Harry Reid"
        "|John (?:A\\. )?Boehner|Kevin McCarthy|Hakeem Jeffries|Eric Cantor"
        "|Lindsey (?:O\\. )?Graham|John McCain|Dianne Feinstein|Patrick (?:J\\. )?Leahy"
        "|Rand Paul|Devin Nunes|Adam (?:B\\. )?Schiff"
    ),
    "Uruguay": "Jose Mujica|José Mujica",
    "Venezuela": "Maduro|(?<![a-z] )Ch[aá]vez(?!-)|Hugo Ch[aá]vez",
    "Vietnam": "Nguyen Phu Trong|To Lam",
    "World Health Organization": "Tedros|Ghebreyesus|Margaret Chan",
    "Yemen": "Ali Abdullah Saleh|Abed Rabbo Mansour Hadi",
    "Zimbabwe": "Mugabe|Mnangagwa",
}
"""Those who speak for a state or body and whom news names alone: heads of state, government and
diplomacy, their spokespersons, leading legislators.
"""

_OFFICES: Final[Mapping[str, str]] = {
    "United States": (
        r"(?:[Ss]en|[Rr]ep|[Gg]ov)\.|Secretary of (?:Defense|Homeland Security)"
        r"|(?:Treasury|Defense|Homeland Security) (?:Secretary|Department)"
        r"|Federal Open Market|(?:[Ss]tate|[Jj]ustice) [Dd]epartment"
        r"|[Uu]nder ?[Ss]ecretary of (?:[Dd]efense|[Ss]tate)"
        r"|Secretary of (?:the )?(?:Interior|Treasury|Agriculture|Commerce|Labor|Health and Human"
        r"|Housing and Urban|Transportation|Energy|Education|Veterans)"
        r"|Fish and Wildlife Service"
        r"|Customs (?:and Border Protection|Enforcement)|Coast Guard (?:Petty Officer|Lt)"
        r"|[Cc]ongress(?:ional (?:officials?|aides?|investigators?|sources?|leaders?))"
        r"|[Aa]ssistant U\.S\. [Aa]ttorney|[Ss]tate [Tt]roopers?"
        r"|[Ss]tate [Ss]enator|[Cc]ounty [Ss]heriff"
    ),
    "United Kingdom": (
        r"Lord Chancellor"
        r"|[Ss]hadow \w+ [Ss]ecretary|Crown Prosecution"
        r"|Chancellor of the Exchequer|Liberal Democrats?|Conservative peer"
        r"|(?:Metropolitan|Met) Police|(?:Duke|Duchess) of|Prince of Wales"
    ),
}
"""Offices that one country alone has under this name."""

_SHARED_OFFICES: Final[Mapping[str, str]] = {
    "United States": (
        r"Secretary of State|Attorney General|Solicitor General|Senate|National Security Council"
        r"|House (?:\w+ )?(?:Speaker|Leader|Chairman)|[Dd]istrict [Aa]ttorney"
    ),
    "United Kingdom": r"(?:Home|Foreign|Defence|Health) (?:Secretary|Office)",
}
"""Offices that several countries have; news in English mostly means one where it names none."""

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
_SHARED_OFFICE: Final = _pattern(_SHARED_OFFICES)
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
    return f"{family_name(name)} campaign" if _CANDIDATES.fullmatch(name) else None


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


@lru_cache(maxsize=8192)
def find_leader_country(text: str) -> str | None:
    """The state or body whose leader or chief diplomat the words name."""
    return _key(_LEADERS, _LEADER.search(text))


def find_office_country(text: str) -> str | None:
    """The country that alone has an office of this name ("Sen.", "Home Secretary")."""
    return _key(_OFFICES, _OFFICE.search(text))


def usual_countries(text: str) -> Iterator[str]:
    """The countries that offices of several mostly mean ("Attorney General"), in order."""
    for match in _SHARED_OFFICE.finditer(text):
        yield list(_SHARED_OFFICES)[(match.lastindex or 1) - 1]
