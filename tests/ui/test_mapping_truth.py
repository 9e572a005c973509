from tests.benchmarks.mapping_truth import MIN_AGREEMENT, RIGHT_TO_LEFT, SCRIPTS, STATES, run


def test_points_in_painted_ink_are_on_the_character_that_was_painted() -> None:
    # The long form, and other pixel ratios: python -m tests.benchmarks.mapping_truth
    rows = run("1.5", 45 * len(SCRIPTS) * len(STATES))
    assert {(r["script"], r["state"]) for r in rows} == {(c, s) for c in SCRIPTS for s in STATES}
    assert min(r["agreement"] for r in rows) > MIN_AGREEMENT
    straight = [r for r in rows if r["script"] not in RIGHT_TO_LEFT]
    assert sum(r["points"] for r in straight) > 900
    assert [r for r in straight if r["wrong"]] == []
    rtl = [r for r in rows if r["script"] in RIGHT_TO_LEFT]
    assert sum(r["wrong"] for r in rtl) <= 0.01 * sum(r["points"] for r in rtl)
