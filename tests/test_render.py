"""The HTML: the article's own text, nothing executable from outside, legible colours, filters."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
import shutil
import subprocess
from html.parser import HTMLParser
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimclf.corpora.sentences import sentence_documents
from claimclf.documents import Document, Perspective, Sentence, Source
from claimclf.examples import example_document
from claimclf.labels import TYPES
from claimclf.render import document_fragment, document_page, documents_page

VOID = {"meta", "input"}
EVIL = "</script></style><img src=x onerror=alert(1)>\"'&amp;{{ 7*7 }}{% raw %}"


class Page(HTMLParser):
    """Checks that tags are balanced, and keeps what the tests ask for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.paragraphs: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open, "a tag stays open"

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), "an attribute is written twice"
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))
        if tag == "p" and "dir" in dict(attrs):
            self.paragraphs.append("")

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if not self.open or self.open[-1][0] not in ("style", "script"):
            self.words.append(data)
        if any(tag == "p" and "dir" in attrs for tag, attrs in self.open):
            self.paragraphs[-1] += data

    def having(self, name: str) -> list[str]:
        """Values of an attribute, wherever it is."""
        return [attrs[name] or "" for _, attrs in self.tags if name in attrs]


def squeezed(text: str) -> str:
    return "".join(text.split())


def made_of(text: str, *, sources: tuple[Source, ...] = (), **fields) -> Document:
    return Document(text, (Sentence(0, len(text), text, **fields),), sources)


@pytest.mark.parametrize("render", [document_fragment, document_page, Document.to_html])
def test_the_article_reads_as_it_was_written(small_document, render):
    page = Page(render(small_document))
    assert page.paragraphs == [
        "The river rose by 40 centimetres. Mayor Ada Lund said the dam was safe.",
        "“It will hold,” she said. “It may leak.” Nobody was hurt.",
    ]


odd_text = st.text(
    st.sampled_from("aé.\n\r \t\f\v\x1c\x85“”'\"<>&{}%#\0\x1b\ud800\uffff\u202e\u0301\U0001f600")
    | st.characters(),
    min_size=1,
    max_size=30,
)


@given(odd_text)
def test_any_text_comes_out_as_it_went_in(text):
    html = document_page(made_of(text, types=TYPES[:2]))
    html.encode("utf-8")
    unshown = "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
    expected = re.sub(unshown, "\N{REPLACEMENT CHARACTER}", squeezed(text))
    assert squeezed("".join(Page(html).paragraphs)) == expected


def test_nothing_in_a_document_becomes_markup():
    source, clean_source = Source(EVIL, EVIL, EVIL, EVIL), Source("x", "x", "x", "x")
    document = made_of(
        EVIL,
        sources=(source,),
        types=(EVIL, "x"),
        scores={EVIL: 0.9, "x": 0.8},
        perspective=Perspective("source", source, score=0.5),
        known_types=(EVIL, "x"),
    ).replace(id=EVIL, metadata={"title": EVIL, "publisher": EVIL, EVIL: EVIL, "n": [EVIL]})
    clean = made_of(
        "x",
        sources=(clean_source,),
        types=("y", "x"),
        scores={"y": 0.9, "x": 0.8},
        perspective=Perspective("source", clean_source, score=0.5),
        known_types=("y", "x"),
    ).replace(id="x", metadata={"title": "x", "publisher": "x", "x": "x", "n": ["x"]})
    for render in (
        document_page,
        document_fragment,
        lambda item: documents_page([item, item], EVIL),
    ):
        tags = [(tag, set(attrs)) for tag, attrs in Page(render(document)).tags]
        assert tags == [(tag, set(attrs)) for tag, attrs in Page(render(clean)).tags]
    html = document_page(document)
    assert "<img" not in html
    assert "49" not in "".join(Page(html).words), "no text is run as a template"


def test_a_page_is_self_contained_and_runs_only_its_own_script():
    page = Page(html := document_page(example_document()))
    assert not page.having("src")
    assert all(link.startswith("#") for link in page.having("href"))
    assert "@import" not in html
    assert "url(" not in html
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = [attrs["content"] for tag, attrs in page.tags if "http-equiv" in attrs]
    assert policy.startswith("default-src 'none';")
    assert f"script-src 'sha256-{digest}';" in policy
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]


def test_the_same_document_gives_the_same_page():
    assert document_page(example_document()) == document_page(example_document())


@pytest.mark.parametrize(
    "html",
    [
        document_page(example_document()),
        documents_page([example_document(), example_document()]),
        document_fragment(example_document()) + document_fragment(example_document()),
    ],
    ids=["page", "pages", "fragments"],
)
def test_ids_are_unique_and_every_link_and_label_has_its_target(html):
    page = Page(html)
    ids = page.having("id")
    assert len(ids) == len(set(ids))
    targets = {*(link.removeprefix("#") for link in page.having("href")), *page.having("for")}
    assert targets <= set(ids)
    assert set(page.having("data-row")) <= set(ids)
    assert set(page.having("form")) <= set(ids)


def outer_selectors(css: str) -> list[str]:
    """Selectors of a style sheet that no other rule is around; those in `@media` too."""
    selectors, depth, start = [], 0, 0
    for match in re.finditer(r"[{};]", css):
        prelude = css[start : match.start()].strip()
        start = match.end()
        if match[0] == "{" and prelude.startswith("@media"):
            continue
        if match[0] == "{":
            if depth == 0:
                selectors += re.split(r",(?![^(]*\))", prelude)
            depth += 1
        elif match[0] == "}" and depth:
            depth -= 1
    return [selector.strip() for selector in selectors]


def test_styles_of_a_fragment_reach_nothing_outside():
    assert outer_selectors("a:is(b, c), d { e { x: y } } @media print { f { } } g { }") == [
        *("a:is(b, c)", "d", "f", "g")
    ]
    css = document_fragment(example_document()).split("<style>")[1].split("</style>")[0]
    selectors = outer_selectors(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    assert len(selectors) > 10
    assert [name for name in selectors if ".claimclf" not in name] == []


def test_everything_is_named_for_a_screen_reader(small_document):
    page = Page(document_page(small_document))
    assert page.having("aria-label").count("Sentence 1: statistic; author") == 1
    names = [name for name in page.having("aria-label") if name.startswith("Sentence ")]
    assert names == [
        "Sentence 1: statistic; author",
        "Sentence 2: attribution, official statement; Ada Lund, official · Lund city",
        "Sentence 3: attribution, official statement, speculation; Ada Lund, official · Lund city",
        "Sentence 4: attribution, official statement, speculation; Ada Lund, official · Lund city",
        "Sentence 5: no type; author",
    ]
    signs = [attrs for tag, attrs in page.tags if tag == "i"]
    assert signs
    assert all(attrs["aria-hidden"] == "true" for attrs in signs), "a sign is no word"
    assert page.having("lang") == ["en"]


def test_a_sentence_shows_all_its_types(small_document):
    page = Page(document_page(small_document))
    (bands,) = [attrs["style"] for tag, attrs in page.tags if attrs.get("id") == "article-1-s2"]
    assert bands == ("--bands: linear-gradient(var(--tint-0) 0% 50%, var(--tint-1) 50% 100%)")


def test_title_is_given_or_comes_from_the_document(small_document):
    assert "<title>small</title>" in document_page(small_document)
    titled = document_page(small_document, title="A & B")
    assert "<title>A &amp; B</title>" in titled
    assert re.search(r"<h1[^>]*>A &amp; B</h1>", titled)
    nameless = Page(document_page(small_document.replace(id="")))
    assert "h1" not in [tag for tag, _ in nameless.tags]


def test_several_documents_have_one_legend_with_counts_over_all(small_document):
    page = Page(documents_page([small_document, example_document()], title="Two"))
    text = "".join(page.words)
    total = sum("statistic" in s.types for s in example_document().sentences) + 1
    assert re.search(rf"\bstatistic {total}\b", text)
    assert len([tag for tag, _ in page.tags if tag == "article"]) == 2
    values = [a["value"] for _, a in page.tags if a.get("name") == "source"]
    assert {"1.author", "1.1", "2.author", "2.1"} <= set(values)


def test_a_page_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no document to show"):
        documents_page([])


@pytest.mark.parametrize("document", [Document(""), Document("No sentence here."), made_of("?")])
def test_unlabelled_documents_are_shown_too(document):
    assert squeezed("".join(Page(document_page(document)).paragraphs)) == squeezed(document.text)


# --- colours ---------------------------------------------------------------------------------


def palette() -> dict[str, tuple[str, str]]:
    """Name → its colour in light and in dark."""
    css = (files("claimclf") / "templates" / "document.css").read_text(encoding="utf-8")
    found = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", css)
    return {name: (light, dark) for name, light, dark in found}


def linear(color: str) -> np.ndarray:
    """sRGB in hexadecimal → linear light."""
    channels = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Contrast ratio as the WCAG define it."""
    low, high = sorted(float(linear(color) @ [0.2126, 0.7152, 0.0722]) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def oklab(light: np.ndarray) -> np.ndarray:
    """Linear light → Oklab (https://bottosson.github.io/posts/oklab/)."""
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    axes = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return axes @ np.cbrt(cones @ np.clip(light, 0, 1))


# Full colour-blindness in linear light (Machado, Oliveira and Fernandes, 2009).
VISIONS = {
    "full": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_text_is_legible_on_every_tint(mode):
    colors = {name: pair[mode] for name, pair in palette().items()}
    for index in range(8):
        assert contrast(colors["ink"], colors[f"tint-{index}"]) >= 6
        assert contrast(colors["paper"], colors[f"sign-{index}"]) >= 4.5
    for voice in ("voice-a", "voice-b"):
        assert contrast(colors["voice-ink"], colors[voice]) >= 4.5
    for ground in ("paper", "panel"):
        assert contrast(colors["soft"], colors[ground]) >= 4.5


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("vision", VISIONS)
def test_the_four_types_are_told_apart_by_every_eye(vision, mode):
    for kind in ("tint", "sign"):
        seen = [
            oklab(VISIONS[vision] @ linear(palette()[f"{kind}-{index}"][mode]))
            for index in range(len(TYPES))
        ]
        # A difference of 0.02 in Oklab is just noticed.
        nearest = min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2))
        assert nearest > 0.05


# --- in a browser ----------------------------------------------------------------------------

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
in_browser = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path")


def run_page(folder, html: str, fragment: str = "") -> str:
    """The page's tree after its scripts ran, as HTML."""
    path = folder / "page.html"
    path.write_text(html, encoding="utf-8")
    command = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        f"--user-data-dir={folder / 'profile'}",
        "--virtual-time-budget=1000",
        "--dump-dom",
        path.as_uri() + fragment,
    ]
    result = subprocess.run(command, capture_output=True, check=True, timeout=60)
    return result.stdout.decode()


def shown_numbers(html: str) -> list[int]:
    """Numbers of the sentences that no filter turned off."""
    page = Page(html)
    return [
        int(attrs["data-row"].rpartition("-r")[2])
        for _, attrs in page.tags
        if "data-row" in attrs and "data-off" not in attrs
    ]


@pytest.mark.slow
@in_browser
def test_a_filter_in_the_address_is_applied(tmp_path):
    document = example_document()
    expected = [
        number
        for number, sentence in enumerate(document.sentences, start=1)
        if {"statistic", "speculation"} & set(sentence.types) and sentence.perspective.is_source
    ]
    assert 0 < len(expected) < len(document.sentences)
    sources = len({s.perspective.source for s in document.sentences if s.perspective.source})
    numbers = ",".join(map(str, range(1, sources + 1)))
    html = run_page(
        tmp_path, document_page(document), f"#type=statistic,speculation&source={numbers}"
    )
    assert shown_numbers(html) == expected
    assert f">{len(expected)} of {len(document.sentences)} sentences</output>" in html


@pytest.mark.slow
@in_browser
@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("#type=fee%2C%20tax", [1]),
        ("#type=none", [2]),
        ("#type=", [3]),
        ("#type=,fee%2C%20tax", [1, 3]),
        ("#type=fee", [1, 2, 3]),
        ("#source=1", [1, 2, 3]),
    ],
)
def test_own_types_are_told_apart_in_the_address(tmp_path, fragment, expected):
    rows = [("It costs.", ("fee, tax",), "a"), ("It is free.", ("none",), "a"), ("So.", (), "a")]
    (document,) = sentence_documents(rows, ("fee, tax", "none"))
    assert shown_numbers(run_page(tmp_path, document_page(document), fragment)) == expected


@pytest.mark.slow
@in_browser
def test_clicking_filters_shows_and_hides_and_writes_the_address(tmp_path):
    click = """<script>
      const seen = [];
      const record = (what) => seen.push(
        [what, location.hash, document.querySelector("output").value].join(" | "));
      record("start");
      document.querySelector("input[value=statistic]").click();
      record("statistic");
      document.querySelector("label.seg.author").click();
      record("author");
      document.querySelector("button[type=reset]").click();
      setTimeout(() => {
        record("reset");
        document.querySelector(".s").dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
        const card = document.querySelector(".card");
        seen.push(card.hidden ? "no card" : card.textContent);
        card.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
        seen.push(card.hidden ? "no card" : "card");
        const log = document.createElement("pre");
        log.textContent = seen.join("\\n");
        document.body.append(log);
      });
    </script>"""
    document = example_document()
    sentences = [s for s in document.sentences if "statistic" in s.types]
    own = [s for s in sentences if s.perspective.is_author]
    html = re.sub(r"<meta http-equiv[^>]*>", "", document_page(document))
    html = run_page(tmp_path, html.replace("</body>", f"{click}</body>"))
    seen = re.search(r"<pre>(.*?)</pre>", html, re.DOTALL)[1].split("\n")
    total = len(document.sentences)
    assert seen[:4] == [
        f"start |  | {total} sentences",
        f"statistic | #type=statistic | {len(sentences)} of {total} sentences",
        f"author | #type=statistic&amp;source=author | {len(own)} of {total} sentences",
        f"reset |  | {total} sentences",
    ]
    assert seen[4].startswith("attribution")
    assert seen[5] == "no card"


@pytest.mark.slow
@in_browser
def test_filters_work_without_the_script(tmp_path):
    html = document_page(example_document()).replace(
        'value="statistic"', 'value="statistic" checked'
    )
    html = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
    html = re.sub(r"<meta http-equiv[^>]*>", "", html)
    probe = """<script>for (const sentence of document.querySelectorAll(".s"))
      if (getComputedStyle(sentence).opacity < 1) sentence.dataset.off = "";</script>"""
    html = run_page(tmp_path, html.replace("</body>", f"{probe}</body>"))
    assert shown_numbers(html) == [
        number
        for number, sentence in enumerate(example_document().sentences, start=1)
        if "statistic" in sentence.types
    ]
