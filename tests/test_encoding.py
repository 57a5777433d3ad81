from dataclasses import replace

import numpy as np
import pytest
import torch
from transformers import BertConfig, RobertaConfig

from claimclf.configuration import ClaimConfig
from claimclf.documents import Document, Sentence, Span
from claimclf.encoding import FILL_MULTIPLE, WindowEncoder, max_positions, token_range


def words(document_id: str, *lengths: int, separator: str = " ") -> Document:
    """A document of sentences with so many tokens each."""
    text, sentences = "", []
    for length in lengths:
        start = len(text)
        text += " ".join(["river"] * length)
        sentences.append(Sentence(start, len(text), text[start:]))
        text += separator
    return Document(text, tuple(sentences), id=document_id)


@pytest.fixture
def encoder(tiny_classifier):
    return tiny_classifier.window_encoder


def decoded(windows):
    return [
        position
        for window in windows
        for position, is_decoded in zip(window.sentences, window.is_decoded, strict=True)
        if is_decoded
    ]


@pytest.mark.parametrize(
    "lengths", [(5,), (10, 10, 10, 10, 10, 10), (40, 3, 40, 3), (46,), (1,) * 90]
)
def test_every_sentence_is_decoded_once_and_windows_fit(encoder, lengths):
    windows = encoder.encode([words("a", *lengths)])
    assert decoded(windows) == list(range(len(lengths)))
    assert max(len(window) for window in windows) <= encoder.max_tokens


def test_later_windows_see_earlier_sentences(encoder):
    windows = encoder.encode([words("a", *[8] * 12)])
    assert len(windows) > 1
    for window in windows[1:]:
        assert not window.is_decoded[0]
        assert window.sentences[0] < window.sentences[window.is_decoded.index(True)]


def test_decoded_sentences_see_what_follows_unless_the_document_ends(encoder):
    windows = encoder.encode([words("a", *[5] * 20)])
    for window in windows[:-1]:
        assert window.is_decoded[-1] is False
    assert windows[-1].is_decoded[-1] is True


def test_long_sentence_is_read_in_pieces_without_loss(encoder):
    windows = encoder.encode([words("a", 3, 200, 4)])
    pieces = [window for window in windows if window.sentences == (1,)]
    assert sum(int((window.sentence_index == 0).sum()) for window in pieces) == 200
    assert sorted(set(decoded(windows))) == [0, 1, 2]


def test_offsets_reproduce_the_words(encoder, small_document):
    (window, *_) = encoder.encode([small_document])
    for token, (start, end) in zip(window.input_ids, window.offsets, strict=True):
        word = encoder.tokenizer.convert_ids_to_tokens(int(token))
        if start < end and word != "[UNK]":
            assert small_document.text[start:end].lower() == word


def test_paragraph_break_is_a_separator(encoder, small_document):
    separator = encoder.tokenizer.sep_token_id
    wide = replace(small_document, text=small_document.text.replace("\n\n", "  "))
    counts = [
        # Not counting those that fill the window up.
        int((window.input_ids[: np.flatnonzero(window.sentence_index >= 0)[-1]] == separator).sum())
        for window in (encoder.encode([document])[0] for document in (small_document, wide))
    ]
    assert counts[0] == counts[1] + 1


@pytest.mark.parametrize("text", ["\x00", "\u200b", "🙂", "é", "مرحبا", "a" * 3000])
def test_odd_text_is_encoded(encoder, text):
    (window, *_) = encoder.encode([Document(text, (Sentence(0, len(text), text),))])
    assert (window.sentence_index == 0).any()


def test_collate_pads(encoder):
    windows = encoder.encode([words("a", 3), words("b", 19)])
    batch = encoder.collate(windows)
    assert batch.input_ids.shape == (2, 32)
    assert batch.attention_mask.sum(1).tolist() == [16, 32]
    assert batch.sentence_index[0].tolist() == [-1, 0, 0, 0, *[-1] * 28]
    assert torch.equal(batch.input_ids[0, 16:], torch.full((16,), encoder.tokenizer.pad_token_id))


@pytest.mark.parametrize("length", [1, 13, 14, 15, 46, 126, 127, 300])
def test_windows_are_filled_up_with_their_last_token(encoder, length):
    for window in encoder.encode([words("a", length, 7)]):
        assert len(window) % FILL_MULTIPLE == 0
        assert len(window) <= encoder.max_tokens
        filling = window.input_ids[np.flatnonzero(window.sentence_index >= 0)[-1] + 1 :]
        assert 1 <= len(filling) <= FILL_MULTIPLE
        assert (filling == encoder.last_token).all()


def test_text_without_sentences_is_an_error(encoder):
    with pytest.raises(ValueError, match="'x' has text but no sentences"):
        encoder.encode([Document("Words.", id="x")])
    assert encoder.encode([Document("  \n", id="x")]) == []


def test_positions_start_after_padding_in_roberta():
    assert max_positions(BertConfig(max_position_embeddings=512)) == 512
    assert max_positions(RobertaConfig(max_position_embeddings=514, pad_token_id=1)) == 512


def test_token_range_is_half_open():
    offsets = np.array([[0, 0], [0, 3], [4, 7], [7, 8], [0, 0]])
    assert token_range(offsets, Span(4, 7)) == (2, 3)
    assert token_range(offsets, Span(2, 5)) == (1, 3)
    assert token_range(offsets, Span(3, 4)) is None


def test_sentences_can_be_read_alone(tiny_classifier):
    config = ClaimConfig.from_dict(
        tiny_classifier.model.config.to_dict() | {"sentences_alone": True}
    )
    windows = WindowEncoder(tiny_classifier.tokenizer, config).encode(
        [words("a", 5, 8, 100, separator="\n")]
    )
    assert decoded(windows) == [0, 1, 2, 2, 2]
    assert [window.sentences for window in windows] == [(0,), (1,), (2,), (2,), (2,)]
