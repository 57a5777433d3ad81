from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from claimclf import packing
from claimclf.configuration import ClaimConfig
from claimclf.encoding import WindowEncoder
from claimclf.modeling import ClaimModel
from claimclf.packing import PACKED, encode_packed, is_packable, packed_attention
from claimclf.targets import collate_targets, make_targets


@pytest.fixture
def batch(tiny_classifier, small_document):
    encoder, config = tiny_classifier.window_encoder, tiny_classifier.model.config
    windows = encoder.encode([small_document])
    collated = encoder.collate(windows)
    targets = collate_targets(
        collated, [make_targets(small_document, window, config) for window in windows]
    )
    return {**collated.model_inputs(), "labels": targets}


def inputs(batch):
    return {name: batch[name] for name in ("input_ids", "attention_mask", "sentence_index")}


def test_shapes_follow_the_batch(tiny_classifier, batch):
    output = tiny_classifier.model(**batch)
    rows, tokens = batch["input_ids"].shape
    sentences = batch["labels"]["type_labels"].shape[1]
    assert output.type_logits.shape == (rows, sentences, 4)
    assert output.span_logits.shape == (rows, tokens, 3, 3)
    assert (
        output.source_start_logits.shape
        == output.link_start_logits.shape
        == (rows, sentences, 2 + tokens)
    )
    assert (
        output.source_end_logits.shape == output.link_end_logits.shape == (rows, sentences, tokens)
    )
    assert output.kind_logits.shape == (rows, sentences, 7)
    assert output.loss.isfinite()


def test_without_sentences_the_input_is_one_sentence(tiny_classifier, batch):
    model = tiny_classifier.model
    ids, mask = batch["input_ids"][:1], batch["attention_mask"][:1]
    whole = model(ids, mask)
    assert whole.type_logits.shape == (1, 1, 4)
    assert torch.equal(
        whole.type_logits, model(ids, mask, torch.where(mask.bool(), 0, -1)).type_logits
    )


def test_padding_changes_nothing(tiny_classifier, batch):
    model = tiny_classifier.model
    plain = model(**inputs(batch))
    padded = {
        "input_ids": torch.nn.functional.pad(batch["input_ids"], (0, 7)),
        "attention_mask": torch.nn.functional.pad(batch["attention_mask"], (0, 7)),
        "sentence_index": torch.nn.functional.pad(batch["sentence_index"], (0, 7), value=-1),
    }
    longer = model(**padded)
    tokens = batch["input_ids"].shape[1]
    assert torch.allclose(plain.type_logits, longer.type_logits, atol=1e-5)
    assert torch.allclose(plain.kind_logits, longer.kind_logits, atol=1e-5)
    assert torch.allclose(
        plain.source_start_logits.softmax(-1),
        longer.source_start_logits[..., : 2 + tokens].softmax(-1),
        atol=1e-5,
    )


def test_packed_windows_read_as_padded_ones_do(tiny_classifier, batch):
    encoder = tiny_classifier.model.encoder
    ids = batch["input_ids"][:1].repeat(3, 1)
    mask = torch.ones_like(ids)
    mask[1, ids.shape[1] // 2 :] = 0
    mask[2, 1:] = 0
    assert is_packable(encoder)
    packed = encode_packed(encoder, ids, mask)
    padded = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
    is_token = mask.bool()
    assert torch.allclose(packed[is_token], padded[is_token], atol=1e-5)
    assert not packed[~is_token].any()


def test_threads_may_read_with_one_model(tiny_classifier, batch):
    model, rows = tiny_classifier.model, inputs(batch)
    alone = model(**rows).type_logits
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: model(**rows).type_logits, range(32)))
    assert all(torch.allclose(logits, alone, atol=1e-5) for logits in together)


def test_packed_windows_teach_what_padded_ones_do(tiny_classifier, batch):
    model = tiny_classifier.model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    model.encoder.config.attention_probs_dropout_prob = 0.0
    weight = model.encoder.embeddings.word_embeddings.weight
    gradients = []
    for attention in (PACKED, "sdpa"):
        model.zero_grad()
        model.encoder.set_attn_implementation(attention)
        assert is_packable(model.encoder) == (attention == PACKED)
        model(**batch).loss.backward()
        gradients.append(weight.grad.clone())
    assert gradients[0].abs().max() > 0
    assert torch.allclose(*gradients, atol=1e-5)


@pytest.fixture
def packed_heads():
    """Query, key, value of two heads over windows of 5, 16 and 1 tokens, and the boundaries."""
    generator = torch.Generator().manual_seed(0)
    heads = torch.randn(3, 1, 2, 22, 8, generator=generator).bfloat16()
    return [*heads.requires_grad_()], torch.tensor([0, 5, 21, 22])


def test_whole_products_attend_and_teach_as_the_kernel_does(monkeypatch, packed_heads):
    heads, boundaries = packed_heads
    found = []
    for has_matrix_units in (False, True):
        monkeypatch.setattr(packing, "_HAS_MATRIX_UNITS", has_matrix_units)
        attended, _ = packed_attention(torch.nn.Module(), *heads, None, boundaries=boundaries)
        found.append([attended, *torch.autograd.grad(attended.square().sum(), heads)])
    assert attended.shape == (1, 22, 2, 8)
    for products, kernel in zip(*found, strict=True):
        assert torch.allclose(products, kernel, atol=0.05, rtol=0.05)
        assert not torch.equal(products, kernel)


@pytest.mark.parametrize("case", ["fp32", "dropout", "AMX"])
def test_where_products_gain_nothing_the_kernel_attends(monkeypatch, packed_heads, case):
    heads, boundaries = packed_heads
    monkeypatch.setattr(packing, "_HAS_MATRIX_UNITS", case == "AMX")
    monkeypatch.setattr(packing, "_by_products", lambda *_: pytest.fail("used"))
    heads = [head.float() for head in heads] if case == "fp32" else heads
    dropout = 0.5 if case == "dropout" else 0.0
    attended, _ = packed_attention(
        torch.nn.Module(), *heads, None, boundaries=boundaries, dropout=dropout
    )
    assert attended.isfinite().all()


def test_what_decides_between_labels_computes_in_full_precision(tiny_classifier, batch):
    model = tiny_classifier.model
    expected = model(**inputs(batch))
    model.set_precision(torch.bfloat16)
    assert model.encoder.dtype == model.span_head.mix.weight.dtype == torch.bfloat16
    assert model.span_head.score.weight.dtype == model.type_head.score.dtype == torch.float32
    found = model(**inputs(batch))
    for name in ("type_logits", "span_logits", "source_start_logits", "kind_logits"):
        assert found[name].dtype == torch.float32
        assert torch.allclose(found[name], expected[name], atol=0.05)
        assert not torch.equal(found[name], expected[name])


def test_unknown_labels_give_a_head_no_gradient(tiny_classifier, batch):
    model = tiny_classifier.model.train()
    batch["labels"]["span_labels"].fill_(-100)
    batch["labels"]["type_mask"].fill_(False)
    model(**batch).loss.backward()
    assert model.span_head.score.weight.grad.eq(0).all()
    assert model.type_head.score.grad.eq(0).all()
    assert model.source_head.mention.key.weight.grad.abs().sum() > 0


@pytest.mark.parametrize("labels", ["type_labels", "span_labels", "kind_labels"])
def test_swapped_labels_change_the_loss(tiny_classifier, batch, labels):
    model = tiny_classifier.model
    before = model(**batch).loss.item()
    gold = batch["labels"][labels]
    if labels == "type_labels":
        batch["labels"][labels] = 1.0 - gold
    else:
        batch["labels"][labels] = torch.where(gold >= 0, (gold + 1) % 3, gold)
    assert abs(model(**batch).loss.item() - before) > 1e-3


def test_one_batch_can_be_overfitted(tiny_experiment, tiny_classifier, batch):
    model = tiny_classifier.model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    first = model(**batch).loss.item()
    for _ in range(120):
        optimizer.zero_grad()
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.1 * first
    found = model.eval()(**batch)
    gold, decided = batch["labels"]["type_labels"].bool(), batch["labels"]["type_mask"]
    assert torch.equal((found.type_logits > 0)[decided], gold[decided])


def test_save_and_load_give_equal_logits(tiny_classifier, batch, tmp_path):
    model = tiny_classifier.model
    model.save_pretrained(tmp_path)
    loaded = ClaimModel.from_pretrained(tmp_path).eval()
    assert torch.equal(loaded(**inputs(batch)).type_logits, model(**inputs(batch)).type_logits)
    assert not list(tmp_path.glob("*.bin"))


def test_config_survives_the_round_trip():
    config = ClaimConfig(
        encoder={"model_type": "bert", "_name_or_path": "/home/me"}, types=["a", "b", "c"]
    )
    again = ClaimConfig.from_dict(config.to_dict())
    assert again.types == ["a", "b", "c"]
    assert again.id2label == {0: "a", 1: "b", 2: "c"}
    assert "_name_or_path" not in again.encoder


def test_config_without_encoder_is_an_error():
    with pytest.raises(ValueError, match="names no encoder"):
        ClaimConfig().encoder_config()


def test_windows_without_room_for_a_sentence_are_refused():
    with pytest.raises(ValueError, match="max_tokens must be at least 16, got 2"):
        ClaimConfig(max_tokens=2)


@pytest.mark.parametrize(
    "model_type", ["bert", "mpnet", "roberta", "distilbert", "electra", "modernbert", "deberta-v2"]
)
def test_any_encoder_can_be_the_backbone(model_type, tiny_classifier, batch):
    from transformers import AutoConfig

    sizes = {
        "vocab_size": 64,
        "hidden_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "max_position_embeddings": 80,
        "pad_token_id": 0,
    }
    encoder = AutoConfig.for_model(model_type, **sizes)
    model = ClaimModel(
        ClaimConfig(encoder=encoder.to_dict(), max_tokens=48, context_tokens=8)
    ).eval()
    WindowEncoder(tiny_classifier.tokenizer, model.config)
    assert model(**inputs(batch)).type_logits.isfinite().all()
