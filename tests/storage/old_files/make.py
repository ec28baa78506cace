"""Writes the model files of this folder, with the program as it was at commit 0947e48.

    git worktree add ../old 0947e48
    PYTHONPATH=../old python tests/storage/old_files/make.py

Each run trains for 30 steps and is saved; then the same program opens the file, and its losses of
20 more steps stand in ``losses.json``, as hexadecimal numbers that lose no bit. The learning rates
are so small that a last digit which is another does not grow over these steps.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
BEFORE, AFTER = 30, 20

SMALL = {"hidden_size": 4, "sequence_length": 8, "validation_interval": 12}
RUNS: dict[str, dict[str, object]] = {
    "vanilla": {"learning_rate": 0.3, "clip_threshold": 2.0},
    "relu": {"activation": "relu", "initialization": "identity", "initialization_gain": 0.9,
             "optimizer": "momentum", "momentum": 0.8, "learning_rate": 0.01, "batch_size": 3,
             "clip_mode": "value", "clip_threshold": 0.5},
    "lstm-stack": {"cell": "lstm", "num_layers": 2, "residual": "on", "dropout": 0.25,
                   "forget_bias": 2.0, "optimizer": "adam", "learning_rate": 0.01,
                   "schedule": "cosine", "warmup_steps": 10, "schedule_steps": 60},
    "gru-float64": {"cell": "gru", "num_layers": 2, "dtype": "float64", "optimizer": "rmsprop",
                    "learning_rate": 0.005, "initialization": "orthogonal", "seed": 7},
    "words": {"level": "word", "vocabulary_size": 60, "optimizer": "sgd", "learning_rate": 0.05,
              "schedule": "exponential", "decay_rate": 0.8, "decay_start": 1, "batch_size": 4},
    "adding": {"corpus": "adding", "cell": "gru", "optimizer": "adam", "learning_rate": 0.01,
               "batch_size": 5, "sequence_length": 12, "clip_mode": "none"},
    "temporal-order": {"corpus": "temporal-order", "optimizer": "sgd", "learning_rate": 0.02,
                       "initialization": "orthogonal", "batch_size": 4, "sequence_length": 20},
    "copying": {"corpus": "copying", "cell": "lstm", "optimizer": "adagrad", "adagrad_start": 0.1,
                "batch_size": 2, "sequence_length": 30},
    "budget": {"corpus": "sums", "cell": "lstm", "parameter_budget": 600, "optimizer": "momentum",
               "learning_rate": 0.05, "initialization": "lecun", "validation_fraction": 0.0},
    "counting": {"corpus": "counting", "cell": "vanilla", "num_layers": 2, "adagrad_start": 0.01,
                 "initialization": "gaussian", "validation_fraction": 0.3, "temperature": 1.5,
                 "prompt": "ab"},
}  # fmt: skip


def arithmetic() -> str:
    """Return what this computer makes of sums whose last digits depend on the processor."""
    rng = np.random.default_rng(0)
    digest = hashlib.sha256()
    for dtype in (np.float32, np.float64):
        for rows, columns in ((1, 6), (4, 24), (8, 31), (40, 6)):
            a = rng.normal(size=(rows, columns)).astype(dtype)
            b = rng.normal(size=(columns, 24)).astype(dtype)
            for result in (a @ b, np.dot(a.T, a), np.tanh(a), np.exp(a), np.log(np.abs(a))):
                digest.update(result.tobytes())
            digest.update((a.T / np.sqrt(np.abs(a.T) + 1)).tobytes())
    return digest.hexdigest()


def main() -> None:
    """Write the files and their losses."""
    from rnnviz.storage import load_model, save_model
    from rnnviz.training.configuration import Configuration
    from rnnviz.training.loading import new_trainer, resumed_trainer

    losses: dict[str, list[str]] = {}
    for name, settings in RUNS.items():
        trainer = new_trainer(Configuration(**(SMALL | settings)))
        for _ in range(BEFORE):
            trainer.step()
        path = HERE / f"{name}.rnnviz"
        save_model(path, trainer.checkpoint())
        again = resumed_trainer(load_model(path))
        losses[name] = [float(again.step().loss).hex() for _ in range(AFTER)]
        assert losses[name] == [float(trainer.step().loss).hex() for _ in range(AFTER)]
    text = json.dumps({"arithmetic": arithmetic(), "losses": losses}, indent=0)
    (HERE / "losses.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
