"""Short passages of hard constructions, with gold labels: what a change must not unlearn.

Each sentence is its words, its types by their first letters (a, o, st, sp), its source (None for
the author's own voice) and the words in it that name the source.
"""

from __future__ import annotations

from claimclf.documents import Document, Perspective, Sentence, Source, Span
from claimclf.labels import AUTHOR, SOURCE, TYPES

LETTERS = {"a": "attribution", "o": "official_statement", "st": "statistic", "sp": "speculation"}

PASSAGES = {
    "a quotation runs on": (
        {"Ruth Malek": ("official", "Slovenia")},
        (
            "“The dam was inspected in March,” said Slovenian Environment Minister Ruth Malek.",
            "a o",
            "Ruth Malek",
            "Slovenian Environment Minister Ruth Malek",
        ),
        ("“Nothing was found.", "a o", "Ruth Malek", None),
        ("The water came faster than anybody had seen.”", "a o", "Ruth Malek", None),
        ("The dam was built by hand in the fifties.", "", None, None),
    ),
    "a quotation is opened again in the next paragraph": (
        {"Piet Vos": ("public", None)},
        (
            "Farmer Piet Vos stood at his gate. “They came at night.",
            "a",
            "Piet Vos",
            "Farmer Piet Vos",
        ),
        ("“We heard the engines and hid in the barn.”", "a", "Piet Vos", None),
        ("The barn has lost its roof since.", "", None, None),
    ),
    "the speaker comes last": (
        {"Amal Haddad": ("expert", None)},
        ("“Nobody reads the small print.", "a", "Amal Haddad", None),
        ("Banks know that,” said Amal Haddad, an economist.", "a", "Amal Haddad", "Amal Haddad"),
    ),
    "pronouns": (
        {"Tomas Brandt": ("official", "Germany")},
        (
            "German police chief Tomas Brandt said that the road was closed.",
            "a o",
            "Tomas Brandt",
            "German police chief Tomas Brandt",
        ),
        ("He added that two lorries had burned.", "a o st", "Tomas Brandt", "He"),
        ("Nobody was hurt.", "", None, None),
    ),
    "a title stands for the name": (
        {"Nadia Rahman": ("official", "Bangladesh")},
        (
            "Bangladeshi Prime Minister Nadia Rahman promised new schools.",
            "a o",
            "Nadia Rahman",
            "Bangladeshi Prime Minister Nadia Rahman",
        ),
        (
            "The prime minister said that every village would have one.",
            "a o",
            "Nadia Rahman",
            "The prime minister",
        ),
    ),
    "an acronym": (
        {"Nordic Food Agency": ("official", None)},
        (
            "The Nordic Food Agency (NFA) said that the milk was safe.",
            "a o",
            "Nordic Food Agency",
            "The Nordic Food Agency (NFA)",
        ),
        ("The NFA had tested 212 bottles.", "st", None, None),
        (
            "There is no reason to boil it, the NFA said.",
            "a o",
            "Nordic Food Agency",
            "the NFA",
        ),
    ),
    "a metonym": (
        {"France": ("official", "France")},
        ("Paris said it would not sign.", "a o", "France", "Paris"),
        ("The treaty has been ready since June.", "", None, None),
    ),
    "two speakers take turns": (
        {"Lea Sato": ("official", "Japan"), "Ken Mori": ("public", None)},
        (
            "“We pay on Friday,” said Lea Sato, a spokeswoman for the Japanese labour ministry.",
            "a o",
            "Lea Sato",
            "Lea Sato, a spokeswoman for the Japanese labour ministry",
        ),
        ("“They said so in May,” said Ken Mori, a driver.", "a", "Ken Mori", "Ken Mori, a driver"),
        ("“This time it is law,” Sato replied.", "a o", "Lea Sato", "Sato"),
    ),
    "an anonymous source": (
        {"a person briefed on the talks": ("anonymous", None)},
        (
            "The deal may fail, a person briefed on the talks said.",
            "a sp",
            "a person briefed on the talks",
            "a person briefed on the talks",
        ),
        ("Talks began in Geneva a week ago.", "", None, None),
    ),
    "a study": (
        {"a study by the University of Turku": ("expert", None)},
        (
            "Commuters sleep 40 minutes less than others, according to a study by the University "
            "of Turku.",
            "a st",
            "a study by the University of Turku",
            "a study by the University of Turku",
        ),
        ("Trains in the region leave before six.", "", None, None),
    ),
    "an act is no statement": (
        {},
        ("President Ivo Kralj signed the bill on Monday.", "", None, None),
        ("He left without a word.", "", None, None),
    ),
    "quotation marks without speech": (
        {},
        ("The so-called “Sky Bridge” has no roof.", "", None, None),
        ("It leads to a car park.", "", None, None),
    ),
    "the author wonders": (
        {},
        ("The ferry may sail again in spring.", "sp", None, None),
        ("Its last voyage was in 2019.", "", None, None),
    ),
    "an ability is no speculation": (
        {},
        ("The new ship can carry 1,200 passengers.", "st", None, None),
        ("She was named after a lighthouse keeper.", "", None, None),
    ),
    "ages and dates are no statistics": (
        {},
        ("Mira Holm, 47, was born on 3 May 1979.", "", None, None),
        ("She keeps bees.", "", None, None),
    ),
    "an accusation and its denial": (
        {"Norland": ("official", "Norland"), "Vesland": ("official", "Vesland")},
        (
            "The defence ministry of Norland accused Vesland of shelling a market.",
            "a o",
            "Norland",
            "The defence ministry of Norland",
        ),
        (
            "The defence ministry of Vesland denied that.",
            "a o",
            "Vesland",
            "The defence ministry of Vesland",
        ),
    ),
    "a post": (
        {"Ines Prado": ("official", "Peru")},
        (
            "“We will rebuild,” Peruvian President Ines Prado wrote on X.",
            "a o",
            "Ines Prado",
            "Peruvian President Ines Prado",
        ),
        ("Rain had fallen for nine days.", "st", None, None),
    ),
    "a company's figures": (
        {"Telmar": ("organization", "Telmar")},
        (
            "Telmar said that its profit had risen by 12 percent to 31 million euros.",
            "a o st",
            "Telmar",
            "Telmar",
        ),
        ("Its shares fell all the same.", "", None, None),
    ),
    "witnesses": (
        {"residents": ("public", None)},
        ("Residents said they had heard two explosions.", "a st", "residents", "Residents"),
        ("Smoke hung over the harbour until noon.", "", None, None),
    ),
    "indirect speech goes on": (
        {"Oskar Lind": ("organization", "Havn")},
        (
            "Oskar Lind, who leads the dockers' union Havn, said the strike was lawful.",
            "a o",
            "Oskar Lind",
            "Oskar Lind, who leads the dockers' union Havn,",
        ),
        ("It would go on, he said, until wages rose.", "a o", "Oskar Lind", "he"),
        ("The harbour has been closed for a week.", "", None, None),
    ),
}


def passages() -> list[Document]:
    """Every passage as a gold document, its construction in the metadata."""
    return [_document(name, *content) for name, content in PASSAGES.items()]


def _document(construction, sources, *sentences) -> Document:
    known = {
        name: Source(f"s{number}", name, kind=kind, party=party)
        for number, (name, (kind, party)) in enumerate(sources.items(), 1)
    }
    text, built = "", []
    for words, letters, name, mention in sentences:
        text += " " if text else ""
        start = len(text)
        text += words
        at = None if mention is None else start + words.index(mention)
        span = None if at is None else Span(at, at + len(mention))
        perspective = Perspective(SOURCE, known[name], span) if name else Perspective(AUTHOR)
        types = {LETTERS[letter] for letter in letters.split()}
        built.append(
            Sentence(
                start,
                len(text),
                words,
                types=tuple(name for name in TYPES if name in types),
                perspective=perspective,
                known_types=tuple(TYPES),
            )
        )
    return Document(
        text,
        sentences=tuple(built),
        sources=tuple(known.values()),
        id=construction,
        metadata={"construction": construction},
    )
