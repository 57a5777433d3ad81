import itertools

import pytest
import torch

from claimclf.crf import crf_best_tags, crf_log_partition, crf_score, possible_pairs


@pytest.fixture
def chains():
    generator = torch.Generator().manual_seed(3)
    logits = torch.randn(4, 7, 3, generator=generator)
    transitions = torch.randn(4, 3, 3, generator=generator) + possible_pairs()
    mask = torch.ones(4, 7, dtype=torch.bool)
    mask[1, 4:] = False  # padding
    mask[2, [0, 3]] = False  # passed over
    return logits, transitions, mask


def slow_scores(logits, transitions, mask):
    """Score of every tag sequence of one chain, the slow way."""
    real = [token for token in range(len(mask)) if mask[token]]
    scores = {}
    for tags in itertools.product(range(3), repeat=len(real)):
        score = sum(logits[token, tag] for token, tag in zip(real, tags, strict=True))
        score = score + sum(transitions[a, b] for a, b in itertools.pairwise(tags))
        scores[tags] = float(score)
    return real, scores


def test_partition_sums_over_all_sequences(chains):
    found = crf_log_partition(*chains)
    for chain in range(4):
        _, scores = slow_scores(*(part[chain] for part in chains))
        assert found[chain].item() == pytest.approx(
            torch.tensor(list(scores.values())).logsumexp(0).item(), abs=1e-4
        )


def test_score_is_that_of_the_sequence(chains):
    logits, transitions, mask = chains
    for chain in range(4):
        real, scores = slow_scores(logits[chain], transitions[chain], mask[chain])
        wanted = (0, 1, 2, 2, 0, 1, 0)[: len(real)]
        tags = torch.full((4, 7), -100)
        tags[chain, real] = torch.tensor(wanted)
        found = crf_score(logits, transitions, tags, mask)[chain]
        assert found.item() == pytest.approx(scores[wanted], abs=1e-4)


def test_best_tags_have_the_highest_score(chains):
    found = crf_best_tags(*(part.numpy() for part in chains))
    for chain in range(4):
        real, scores = slow_scores(*(part[chain] for part in chains))
        assert tuple(found[chain][real]) == max(scores, key=scores.get)
        assert all(found[chain][token] == 0 for token in range(7) if token not in real)


def test_inside_never_follows_outside(chains):
    logits, transitions, mask = chains
    logits = logits + torch.tensor([0.0, -5.0, 1.0])
    found = crf_best_tags(logits.numpy(), transitions.numpy(), mask.numpy())
    for tags, is_real in zip(found, mask.numpy(), strict=True):
        assert (0, 2) not in set(itertools.pairwise(tags[is_real].tolist()))


def test_chain_without_tokens_scores_nothing(chains):
    logits, transitions, _ = chains
    nothing = torch.zeros(4, 7, dtype=torch.bool)
    assert crf_log_partition(logits, transitions, nothing).tolist() == [0.0] * 4
    assert (
        crf_score(logits, transitions, torch.zeros(4, 7, dtype=torch.long), nothing).tolist()
        == [0.0] * 4
    )


def test_gradient_is_the_marginal_probability(chains):
    logits, transitions, mask = chains
    logits.requires_grad_()
    crf_log_partition(logits, transitions, mask).sum().backward()
    assert torch.allclose(logits.grad.sum(-1), mask.float(), atol=1e-4)
