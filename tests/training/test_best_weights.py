"""The weights that did best on the held-out text are kept."""

from __future__ import annotations

import numpy as np

from .helpers import same_bits, small_dataset, small_trainer


def test_the_best_tested_weights_are_kept_as_they_were() -> None:
    trainer = small_trainer(small_dataset(3000), validation_interval=10, learning_rate=0.5)
    tested: dict[int, tuple[float, np.ndarray]] = {}
    for step in range(400):
        if step == 300:
            trainer.change("learning_rate", 100.0)
        record = trainer.step()
        if record.validation_loss is not None:
            tested[record.step] = (record.validation_loss, trainer.network.parameters.flat.copy())
    assert trainer.best is not None
    best_step = min(tested, key=lambda step: tested[step][0])
    assert trainer.best.step == best_step < 400
    assert trainer.best.loss == tested[best_step][0]
    flat = np.concatenate([array.reshape(-1) for array in trainer.best.parameters.values()])
    assert same_bits(flat, tested[best_step][1])


def test_an_untested_run_has_no_best_weights() -> None:
    trainer = small_trainer()
    trainer.step()
    assert trainer.best is None
