import torch

from claimclf.heads import (
    NUM_ANCHORS,
    KindHead,
    PointerHead,
    SourceHead,
    SpanHead,
    TypeHead,
    masked_softmax,
)

INDEX = torch.tensor([[-1, 0, 0, 1, -1, -1], [-1, 0, 0, 0, 1, -1]])
MASK = INDEX[:, None, :] == torch.arange(3)[None, :, None]


def states():
    return torch.randn(2, 6, 8, generator=torch.Generator().manual_seed(0))


def test_masked_softmax_is_zero_where_nothing_is_allowed():
    weights = masked_softmax(
        torch.zeros(1, 2, 3), torch.tensor([[[True, False, True], [False] * 3]])
    )
    assert weights.tolist() == [[[0.5, 0.0, 0.5], [0.0, 0.0, 0.0]]]


def test_type_head_reads_only_the_sentence():
    head = TypeHead(8, 4, dropout=0.0)
    before = head(states(), MASK)
    changed = states()
    changed[0, 3] += 5.0  # a token of sentence 1
    after = head(changed, MASK)
    assert before.shape == (2, 3, 4)
    assert torch.equal(before[0, 0], after[0, 0])
    assert not torch.equal(before[0, 1], after[0, 1])


def test_type_head_attends_per_type():
    head = TypeHead(8, 2, dropout=0.0)
    token_states = states()
    with torch.no_grad():
        head.attention.weight.zero_()
        head.attention.bias.zero_()
        head.attention.weight[0] = token_states[0, 1] * 100  # type 0 looks at token 1 alone
    alone = MASK.clone()
    alone[0, 0] = torch.arange(6) == 1
    assert torch.allclose(
        head(token_states, MASK)[0, 0, 0], head(token_states, alone)[0, 0, 0], atol=1e-5
    )
    assert not torch.allclose(
        head(token_states, MASK)[0, 0, 1], head(token_states, alone)[0, 0, 1], atol=1e-5
    )


def test_span_head_tags_every_label_of_every_token():
    assert SpanHead(8, 3, dropout=0.0)(states()).shape == (2, 6, 3, 3)


def test_pointer_never_points_at_special_tokens():
    start, end = PointerHead(8, 4, 2, dropout=0.0)(states(), torch.randn(2, 3, 8), INDEX)
    assert start.shape == (2, 3, NUM_ANCHORS + 6)
    assert end.shape == (2, 3, 6)
    probs = start.softmax(-1)
    assert probs[0, 0, NUM_ANCHORS + torch.tensor([0, 4, 5])].eq(0).all()
    assert end.softmax(-1)[0, 0, [0, 4, 5]].eq(0).all()


def test_pointer_bias_depends_on_distance_in_sentences():
    head = PointerHead(8, 4, 2, dropout=0.0)
    sentence_states = torch.zeros(2, 3, 8)
    before, _ = head(states(), sentence_states, INDEX)
    with torch.no_grad():
        head.distance.weight[2] += 1.0  # distance 0: the sentence itself
    after, _ = head(states(), sentence_states, INDEX)
    moved = (after - before)[0, 0, NUM_ANCHORS:].round()
    assert moved.tolist() == [0, 1, 1, 0, 0, 0]


def test_source_and_kind_heads_give_finite_logits_for_padding_sentences():
    token_states = states()
    sentence_states, (start, end), (link_start, link_end) = SourceHead(8, 4, 2, 0.0)(
        token_states, MASK, INDEX
    )
    kinds = KindHead(8, 7, 0.0)(token_states, sentence_states, start, link_start)
    assert kinds.shape == (2, 3, 7)
    assert all(value.isfinite().all() for value in (start, end, link_start, link_end, kinds))
