from rnnviz.training.configuration import Configuration
from rnnviz.training.configuration.advice import advice


def test_a_rate_that_is_large_for_the_new_optimiser_is_told() -> None:
    told = advice(Configuration(optimizer="adam", learning_rate=0.1), "optimizer", 5)
    assert told is not None
    assert "0.1 is large for Adam" in told
    assert advice(Configuration(optimizer="adam", learning_rate=0.002), "optimizer", 5) is None
    assert advice(Configuration(optimizer="adam", learning_rate=0.1), "momentum", 5) is None


def test_a_cosine_that_has_ended_already_is_told() -> None:
    ended = Configuration(schedule="cosine", schedule_steps=100)
    assert "after 100" in str(advice(ended, "schedule", 100))
    assert advice(ended, "schedule", 99) is None
    assert advice(Configuration(), "schedule", 10**6) is None
