import math

import pytest
import torch

from claimclf.losses import kind_loss, pointer_loss, span_loss, type_loss


def test_type_loss_matches_the_slow_way_and_ignores_unknown_types():
    logits = torch.tensor([[[2.0, -1.0], [0.5, 3.0]]])
    labels = torch.tensor([[[1.0, 1.0], [0.0, 1.0]]])
    mask = torch.tensor([[[True, True], [True, False]]])
    slow = [
        -math.log(1 / (1 + math.exp(-2.0))),
        -math.log(1 / (1 + math.exp(1.0))),
        -math.log(1 / (1 + math.exp(0.5))),
    ]
    assert type_loss(logits, labels, mask).item() == pytest.approx(sum(slow) / 3)


def test_type_loss_rejects_labels_of_another_shape():
    with pytest.raises(
        ValueError, match=r"type_labels must have shape \(1, 2, 4\), got \(1, 2, 3\)"
    ):
        type_loss(torch.zeros(1, 2, 4), torch.zeros(1, 2, 3), torch.ones(1, 2, 4).bool())


def test_span_loss_ignores_unmarked_tokens():
    logits = torch.zeros(1, 2, 1, 3)
    logits[0, 1] = 50.0
    loss = span_loss(logits, torch.zeros(1, 3, 3), torch.tensor([[[1], [-100]]]))
    assert loss.item() == pytest.approx(math.log(3))


def test_span_loss_is_a_mean_over_marked_tokens_and_labels():
    logits = torch.zeros(2, 4, 3, 3)
    loss = span_loss(logits, torch.zeros(3, 3, 3), torch.zeros(2, 4, 3, dtype=torch.long))
    assert loss.item() == pytest.approx(math.log(3))


def test_span_loss_knows_which_label_a_pair_belongs_to():
    pairs = torch.zeros(2, 3, 3)
    pairs[0, 1, 2] = 5.0  # B I of the first label
    tags = torch.tensor([[[1, 0], [2, 0]]])
    logits = torch.zeros(1, 2, 2, 3)
    assert span_loss(logits, pairs, tags) < span_loss(logits, pairs.flip(0), tags)


def test_pointer_loss_rewards_the_total_of_all_right_positions():
    logits = torch.tensor([[[1.0, 2.0, 0.0, -1.0]]])
    gold = torch.tensor([[[False, True, False, True]]])
    total = sum(math.exp(value) for value in (1.0, 2.0, 0.0, -1.0))
    expected = -math.log((math.exp(2.0) + math.exp(-1.0)) / total)
    assert pointer_loss(logits, gold).item() == pytest.approx(expected)


def test_pointer_loss_leaves_out_sentences_without_a_right_position():
    logits = torch.randn(1, 3, 4)
    gold = torch.zeros(1, 3, 4, dtype=torch.bool)
    gold[0, 1, 2] = True
    assert torch.allclose(pointer_loss(logits, gold), pointer_loss(logits[:, 1:2], gold[:, 1:2]))


def test_kind_loss_ignores_sentences_without_a_kind():
    logits = torch.tensor([[[4.0, 0.0], [0.0, 9.0]]])
    assert kind_loss(logits, torch.tensor([[0, -100]])).item() == pytest.approx(
        math.log1p(math.exp(-4.0)), abs=1e-6
    )


@pytest.mark.parametrize(
    "loss",
    [
        lambda x: type_loss(x, torch.zeros_like(x), torch.zeros_like(x).bool()),
        lambda x: pointer_loss(x, torch.zeros_like(x).bool()),
        lambda x: kind_loss(x, torch.full(x.shape[:2], -100)),
        lambda x: span_loss(
            x[..., None].expand(*x.shape, 3), torch.zeros(4, 3, 3), torch.full(x.shape, -100)
        ),
    ],
    ids=["type", "pointer", "kind", "span"],
)
def test_nothing_annotated_costs_nothing_and_has_a_gradient(loss):
    logits = torch.randn(2, 3, 4, requires_grad=True)
    value = loss(logits)
    value.backward()
    assert value.item() == 0.0
    assert logits.grad.eq(0).all()
