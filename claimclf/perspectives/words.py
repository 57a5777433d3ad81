"""Closed word lists of English news: titles and roles, nouns that head institutions, small words.

`mentions` reads with these lists. Words are casefolded and singular, where a list's name or note
does not say otherwise.
"""

from __future__ import annotations

from typing import Final


def listed(text: str) -> frozenset[str]:
    """The words of a list that is written as one string."""
    return frozenset(text.split())


DETERMINERS: Final = listed("the a an this that these those its his her their our my")
DEFINITE: Final = DETERMINERS - {"a", "an"}

OWNERS: Final = listed("its his her their")

PARTICLES: Final = listed(
    """
    de del della da das do dos du di la le van von der den ter ten bin ibn ben bint al el abu
    al- y e zu und
    """
)
"""Lower-case words inside a person's name."""

FIRST_NAMES: Final = listed("ben van del abu")
"""Those of `PARTICLES` that are first or middle names where they are capitalised."""

FOREIGN_ARTICLES: Final = listed("el al al- la le")
"""Those of `PARTICLES` that names of newspapers and bodies begin with, too."""

JOINTS: Final = PARTICLES | listed("of for the and on & in")
"""Lower-case words inside the name of an institution."""

HONORIFICS: Final = listed(
    """
    mr mr. mrs mrs. ms ms. miss sir dame dr dr. prof prof. professor lord lady baroness baron
    rev rev. reverend fr fr. hon hon. madam
    """
)
"""Words of address: no part of a name, and no role to be known by."""

MALE: Final = listed(
    """
    mr mr. sir lord baron king prince pope bishop archbishop cardinal sheikh emir imam spokesman
    chairman congressman councilman businessman assemblyman emperor sultan father son brother
    husband man boy actor monk grandfather uncle widower policeman fisherman
    """
)
FEMALE: Final = listed(
    """
    mrs mrs. ms ms. miss dame lady baroness madam queen princess spokeswoman chairwoman
    congresswoman councilwoman businesswoman assemblywoman empress midwife mother daughter sister
    wife woman girl actress nun grandmother aunt widow policewoman duchess countess
    """
)

ROLES: Final = (
    HONORIFICS
    | MALE
    | FEMALE
    | listed(
        """
    spokesperson minister president premier chancellor secretary senator sen sen. rep rep.
    representative governor gov gov. mayor judge justice prosecutor attorney lawyer solicitor
    barrister counsel ambassador envoy diplomat consul general gen gen. lt lt. col col. adm adm.
    capt capt. sgt sgt. maj maj. colonel commander chief chair chairperson director executive ceo
    cfo coo founder co-founder cofounder leader head official officer analyst economist expert
    researcher scientist scholar historian doctor surgeon physician nurse coach manager editor
    reporter journalist correspondent columnist blogger author writer anchor host rabbi pastor
    priest sheriff deputy captain lieutenant sergeant major admiral marshal brigadier resident
    witness farmer teacher student lawmaker legislator parliamentarian mp mep councillor
    commissioner candidate nominee adviser advisor aide strategist pollster activist campaigner
    owner engineer delegate operative vice speaker whip undersecretary deputy-governor
    administrator coordinator monarch ruler dictator tsar czar opponent rival critic trader
    professor dean lecturer fellow psychologist sociologist biologist physicist chemist
    epidemiologist virologist anthropologist ecologist geologist meteorologist astronomer
    climatologist gynaecologist gynecologist cleric warlord fighter soldier veteran refugee
    survivor victim suspect defendant driver worker passenger neighbor neighbour tourist
    shopkeeper pensioner retiree investor banker broker developer publisher producer designer
    photographer singer musician artist actor athlete player scout ex-president organizer
    organiser secretary-general inspector-general commander-in-chief director-general
    negotiator mediator arbitrator magistrate academic staffer
    attorney-general editor-in-chief president-elect politician pontiff partner consultant
    contractor salesman trustee principal billionaire treasurer accountant archaeologist architect
    geophysicist seismologist volcanologist oceanographer hydrologist zoologist botanist
    ornithologist paleontologist neuroscientist neurologist psychiatrist cardiologist oncologist
    pediatrician paediatrician pathologist immunologist microbiologist geneticist statistician
    mathematician criminologist linguist philosopher theologian demographer agronomist
    detective inspector superintendent constable corporal commodore ensign trooper coroner
    ombudsman alderman comptroller rapporteur councilmember assemblyman assemblywoman
    assemblymember warden emperor empress sultan governor-general vice-president vice-chancellor
    under-secretary-general taoiseach commandant ayatollah mullah maulana mufti archdeacon
    monsignor provost headteacher co-ceo co-chair co-author laureate entrepreneur novelist
    filmmaker comedian rapper songwriter paramedic firefighter midwife veterinarian dentist
    nutritionist pharmacist insp supt cmdr cpl det cllr coun councilor msgr
    publican plumber electrician trucker waiter waitress bartender hairdresser florist grocer cabbie
    courier janitor cleaner caretaker postman carer nanny mechanic technician programmer winemaker
    beekeeper gardener lifeguard dancer composer sculptor poet playwright curator librarian
    archivist realtor cashier welder rancher pilot sailor
    boss pm striker midfielder defender goalkeeper winger skipper quarterback pitcher umpire
    referee cricketer footballer sprinter swimmer cyclist golfer jockey
    """
    )
)
"""Nouns for persons by office, work or part played."""

INSTITUTIONS: Final = listed(
    """
    ministry department government administration agency office authority commission committee
    council court parliament congress senate house assembly police army military navy force corps
    intelligence regulator bureau board bank treasury cabinet embassy consulate mission
    delegation company firm group union association federation confederation organization
    organisation corporation corp inc ltd plc co conglomerate retailer airline carrier
    manufacturer automaker maker lender startup cooperative chamber league club team church
    diocese museum hospital clinic center centre school college university institute academy
    foundation trust charity ngo society network fund partnership party campaign movement
    coalition alliance bloc opposition camp faction militia regiment brigade rebels newspaper
    paper daily magazine outlet website site blog channel broadcaster station publication
    journal television radio technologies technology tv news times post tribune herald media
    press service forum front summit directorate inspectorate secretariat presidency command
    staff guard division unit utility operator watchdog consultancy think-tank thinktank
    pollster publisher jury holding holdings capital partners airways airlines motors bancorp
    industries laboratory lab observatory registry exchange platform consortium panel tribunal
    legislature pharmacy supermarket brewery bakery distillery restaurant hotel chipmaker carmaker
    drugmaker planemaker insurer wholesaler nonprofit orchestra
    """
)
"""Nouns that head the names and descriptions of institutions."""

DOCUMENTS: Final = listed(
    """
    report study survey poll statement indictment letter document release readout filing
    complaint lawsuit affidavit data figure statistic estimate forecast index analysis research
    paper resolution petition ruling order decree bill law act memo email e-mail post tweet
    message transcript notice advisory announcement communique article list rumor rumour ad
    advertisement review census record finding sheet polling evidence assessment testimony book
    editorial story
    """
)
"""Nouns for what is cited instead of who wrote it."""

MESSAGES: Final = listed("statement letter note message post tweet email e-mail announcement")
"""Documents that are mostly of the source that was named last."""

ISSUED: Final = listed(
    """
    released published issued provided compiled prepared produced filed posted written sent given
    """
)
"""What somebody did with a document of theirs."""

PERIODS: Final = listed(
    """
    yesterday today day night morning week weekend month quarter year monday tuesday wednesday
    thursday friday saturday sunday january february march april may june july august september
    october november december
    """
)
"""Words whose possessive says when: "Monday's report"."""

UTTERANCES: Final = listed("word remark comment opinion view version account claim speech answer")
"""Nouns for what somebody said, who is the source: "in her words"."""

GROUPS: Final = listed(
    """
    people residents officials media police experts authorities republicans democrats
    """
)
"""Last words by which a name is that of many, in the plural."""

THINGS: Final = listed(
    """
    jabhat ahrar ansar hayat jaish jaysh liwa harakat saraya kataib jund jamaat hizb
    representatives violence citizenship award prize
    war day act amendment city county state states street avenue road river lake
    sea ocean island islands mountain mountains bay beach park valley north south east west
    northern southern eastern western central hill hills town village district province region
    airport port world cup olympics games agreement treaty accord deal plan project programme
    program development policy rights human international palace castle cathedral tower bridge
    affairs management watch security cross committees house new santa san los las fort saint st.
    mount super air airways airlines christmas easter thanksgiving ramadan congress
    america europe africa asia union
    """
)
"""Capitalised words that stand in names of places, events and laws, not of persons."""

PLACE_SURNAMES: Final = listed("west hill banks chambers")
"""Words of `THINGS` and `INSTITUTIONS` that are surnames behind a first name: "Thomas Hill"."""

SURNAMES: Final = listed(
    """
    pope king bishop judge prince baron major farmer driver marshal justice parish speaker page
    sheriff singer trader broker fellow dean nurse cardinal officer abbott priest ensign winger
    alderman constable provost warden skipper pitcher sultan boss golfer jockey commodore
    """
)
"""Roles that are common surnames."""

QUANTIFIERS: Final = listed(
    """
    some many most other others another several two three four five six all both one few every
    each any various certain numerous dozens hundreds thousands more further additional
    """
)

SEVERAL: Final = listed("some many several others few both all most dozens hundreds thousands")
"""Those of `QUANTIFIERS` that mean more than one where they stand alone."""

UNCOUNTED: Final = listed("another other others some several many most few more certain various")
"""Quantifiers that no name begins with, as "One" and "Five" do."""

COLLECTIVES: Final = listed("person people police media staff personnel military")
"""Nouns that take "they" in the singular."""

OFFICES: Final = listed(
    """
    commercial financial operating investment strategy marketing state defense defence interior
    foreign affairs finance treasury homeland security justice health education labor labour
    energy commerce trade agriculture transport transportation environment home prime attorney
    general deputy vice first national senior acting interim former ex- majority minority press
    executive managing assistant chief permanent special regional federal international european
    eu external economic economy development culture digital communities work pensions housing
    urban veterans information intelligence communications state's nations
    """
)
"""Words that name a portfolio or qualify an office ("Defence" Minister, "Majority" Leader)."""

TIMES: Final = listed(
    """
    former ex- acting interim first state national general senior
    """
)
"""Words of `OFFICES` that a later mention may add or leave out."""

ROLE_ABBREVIATIONS: Final = {
    "sen": "senator",
    "rep": "representative",
    "gov": "governor",
    "gen": "general",
    "lt": "lieutenant",
    "col": "colonel",
    "capt": "captain",
    "sgt": "sergeant",
    "adm": "admiral",
    "maj": "major",
    "ceo": "executive",
    "pm": "minister",
    "cllr": "councillor",
    "coun": "councillor",
    "councilor": "councillor",
    "supt": "superintendent",
}

LEADERS: Final = listed(
    """
    president premier prime minister chancellor king queen leader monarch ruler emir dictator
    """
)
"""Roles that "leader" of a state may mean."""

EXECUTIVES: Final = listed(
    "executive ceo chairman chairwoman chairperson founder co-founder director"
)
"""Roles that only institutions have to give."""

LEGISLATORS: Final = listed(
    """
    senator sen rep representative congressman congresswoman lawmaker legislator mp mep
    parliamentarian politician republican democrat assemblyman assemblywoman assemblymember
    """
)
"""Roles that "lawmaker" may mean."""

ENVOYS: Final = listed("envoy ambassador diplomat consul")
"""Roles that "envoy" may mean."""

CANDIDATES: Final = listed(
    """
    candidate nominee hopeful front-runner frontrunner contender presidential
    """
)
"""Words that show a candidate."""

AIDES: Final = listed(
    """
    strategist aide adviser advisor delegate spokesman spokeswoman spokesperson chair chairman
    chairwoman manager director operative chief official supporter backer donor pollster
    """
)
"""Roles of those who speak for a party or campaign and are no candidates."""

POLITICAL: Final = listed("alliance front movement league bloc coalition")
"""Heads of names of parties that do not call themselves a party."""

PRESS: Final = listed(
    """
    media press outlet television tv newspaper radio agency report portal website
    """
)
"""Heads of descriptions that mean the press of a country."""

COMPANY_FORMS: Final = listed(
    """
    Corp Inc Ltd Co Cos PLC Plc plc LLC AG SA NV Company Corporation
    """
)
"""Legal forms at the end of a company's name, as they are written."""

PONTIFFS: Final = listed("pope pontiff cardinal")
"""Titles that only the Catholic Church gives."""

SPEAKERS: Final = listed("spokesman spokeswoman spokesperson")

NOT_NAMES: Final = listed(
    """
    the a an in on at but and if as for by with from to of it he she they we i you this that
    these those there when while after before since although though however meanwhile also
    according asked speaking yesterday today tomorrow monday tuesday wednesday thursday friday
    saturday sunday january february march april june july august september october november
    december his her their its our my not no yes what who why how where which some many most
    both all one two three so then now here still yet or nor because during under over about
    among between last next earlier later more less even once only other another just such had did
    was were would could should
    """
)
"""Words that are capitalised for where they stand, not for what they name."""

ORGANIZATIONS: Final = listed(
    """
    company firm group organization organisation agency institution body side outlet newspaper
    tabloid paper website site network magazine publication broadcaster channel retailer carrier
    airline bank union association charity organizer party giant maker automaker department ministry
    office authority service bureau center centre court council commission committee institute
    university think-tank watchdog regulator government administration military army force
    police hospital club team
    """
)
"""Nouns that may stand for any institution that was named ("the company", "the agency")."""

CONTINENTS: Final = frozenset(
    {
        *listed(
            "asia europe africa america americas asia-pacific eurasia antarctica oceania balkans"
        ),
        *(
            "southeast asia",
            "south asia",
            "east asia",
            "central asia",
            "latin america",
            "middle east",
        ),
        *("north america", "south america", "central america", "north africa", "west africa"),
        *("east africa", "southern africa", "eastern europe", "western europe", "central europe"),
    }
)
"""Parts of the world for which nobody speaks: "head of sales for Southeast Asia"."""

DEPARTMENTS: Final = listed("department ministry bureau")
"""Those of `ORGANIZATIONS` that are told apart by what they deal with."""

GOVERNMENTS: Final = listed("government administration side")
"""Those of `ORGANIZATIONS` that may stand for a state that was named."""

GENERIC: Final = listed(
    """
    company firm group organization organisation agency institution body outlet
    """
)
"""Those of `ORGANIZATIONS` that say nothing of what kind of institution it is."""

PERSONS: Final = listed(
    """
    man woman person boy girl official figure contributor victim resident republican democrat
    texan tycoon mogul magnate millionaire front-runner frontrunner newcomer teenager
    youngster octogenarian nonagenarian star celebrity
    """
)
"""Nouns that may stand for any person that was named ("the man", "the official")."""

# Words that tell a source's kind; `kinds` looks for them in names, titles and appositives.

SCHOLARS: Final = listed(
    """
    professor analyst economist expert researcher scientist scholar historian lecturer fellow
    geophysicist seismologist volcanologist oceanographer hydrologist zoologist botanist
    ornithologist paleontologist neuroscientist neurologist psychiatrist cardiologist oncologist
    pediatrician paediatrician pathologist immunologist microbiologist geneticist statistician
    mathematician criminologist linguist philosopher theologian demographer agronomist
    psychologist sociologist biologist physicist chemist epidemiologist virologist anthropologist
    ecologist geologist meteorologist astronomer climatologist academic observer forecaster pundit
    gynecologist gynaecologist archaeologist think-tank thinktank strategist surgeon doctor
    physician engineer commentator consultant author
    """
)
STUDIES: Final = listed("study survey poll polling pollster research index findings finding")
ACADEMY: Final = listed(
    "university college institute institution center centre museum hospital think-tank"
)
"""Institutions whose people speak as experts, their spokespersons and presidents excepted."""

JOURNALISTS: Final = listed(
    """
    journalist reporter editor correspondent columnist blogger milblogger newspaper magazine
    broadcaster media outlet tv
    """
)
NEWS: Final = listed(
    """
    ap associated reuters bbc cnn nbc cbs abc msnbc npr fox afp dpa tass itar-tass ria interfax
    xinhua kcna nhk yonhap ukrinform bloomberg guardian telegraph politico forbes axios buzzfeed
    press news times post herald tribune journal daily gazette radio today
    """
)
"""Agencies and broadcasters, and words that names of newspapers are made of."""

FORMER: Final = listed("former ex retired")

OFFICERS: Final = listed(
    """
    minister chancellor senator sen representative rep governor gov mayor judge premier justice
    prosecutor ambassador envoy diplomat consul general gen lt col adm capt sgt maj colonel
    commander sheriff lieutenant sergeant admiral marshal brigadier lawmaker legislator
    parliamentarian mp mep councillor councilor cllr coun councilman councilwoman commissioner
    congressman congresswoman undersecretary king
    queen prince detective inspector constable official authority
    """
)
"""Offices of state; "president" and "secretary" are not, companies and unions have them too."""

STATE: Final = listed(
    """
    ministry department government administration commission court parliament police congress
    senate house cabinet embassy consulate army military navy regulator treasury kremlin pentagon
    intelligence agency council bureau presidency troop fbi cia united nation nato un u.n eu
    attorney force state federal president secretary
    """
)
POLITICS: Final = listed(
    """
    party campaign candidate nominee republican democrat opposition rebel militia movement militant
    conservative labour labor tory separatist faction islamist extremist terrorist taliban hamas
    hezbollah qaeda isis boko houthi delegate gop
    """
)
SOCIETY: Final = listed(
    """
    union association foundation charity church federation club society ngo pope bishop archbishop
    cardinal priest rabbi imam patriarch university college school hospital museum festival league
    network activist trust campaigner advocate watchdog institute center centre right watch amnesty
    greenpeace oxfam cross organization organisation
    """
)
BUSINESS: Final = listed(
    """
    company firm corp inc ltd plc co llc ceo cfo coo founder co-founder airline airway air carrier
    bank retailer automaker maker manufacturer lender startup chairman businessman billionaire
    investor shareholder corporation holding motor technology industry partner manager capital
    executive fund business
    """
)
PRIVATE: Final = listed(
    """
    resident witness eyewitness farmer teacher student victim mother father son daughter brother
    sister husband wife driver worker passenger neighbor neighbour tourist pensioner retiree voter
    people parent friend relative family user protester supporter survivor refugee boy girl man
    woman fan singer actor actress musician artist villager local attendee customer passerby
    fisherman veteran athlete player lawyer attorney publican plumber electrician trucker waiter
    waitress bartender hairdresser florist grocer cabbie courier janitor cleaner caretaker postman
    carer nanny mechanic winemaker beekeeper gardener dancer poet welder rancher
    """
)
UNNAMED: Final = listed("source person")
"""Heads by which an article goes back to those who would not be named."""

UNIDENTIFIED: Final = listed(
    """
    source critic accuser rumor rumour estimate proponent opponent other some many report
    """
)
