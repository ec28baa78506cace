"""A network as a short NumPy program that writes, bit for bit as this one does."""

from __future__ import annotations

import json

from rnnviz.data import Trait
from rnnviz.storage.errors import StorageError
from rnnviz.storage.travel.as_numpy import as_numpy
from rnnviz.storage.travel.portable import PortableModel, in_docstring
from rnnviz.training.text_generator import first_token

_STEPS = {
    "vanilla": '''
def step(x, state, layer):
    """h_t = {activation}(b + W h_{{t-1}} + U x_t)"""
    (h,) = state
    return (np.{function},)
''',
    "lstm": '''
def step(x, state, layer):
    """c_t = f * c_{{t-1}} + i * g;  h_t = o * tanh(c_t)"""
    h, c = state
    o, i, f, g = np.split(np.tanh(h.dot(W[layer]) + x), 4, axis=1)
    o, i, f = (s * 0.5 + 0.5 for s in (o, i, f))
    c = i * g + f * c
    return o * np.tanh(c), c
''',
    "gru": '''
def step(x, state, layer):
    """n_t = tanh(x_n + r * (d + W_n h_{{t-1}}));  h_t = (1 - z) * n_t + z * h_{{t-1}}"""
    (h,) = state
    x_r, x_z, x_n = np.split(x, 3, axis=1)
    r, z, n = np.split(h.dot(W[layer]), 3, axis=1)
    r, z = (np.tanh(a) * 0.5 + 0.5 for a in (r + x_r, z + x_z))
    n = np.tanh(r * (n + weights[f"d{{layer}}"]) + x_n)
    return (z * (h - n) + n,)
''',
}
"""Each cell's step in the order of operations that `rnnviz.core.cells` has, for the same bits."""

_SCALES = {"lstm": "0.5, 0.5, 0.5, 1", "gru": "0.5, 0.5, 1"}
_FUNCTIONS = {"tanh": "tanh({})", "relu": "maximum({}, 0)"}

_SCRIPT = '''"""{heading}

    python {name} --length 500 --prime "Once" --seed 1

writes the same text as "rnnviz generate" with the same seed. The weights, and what they are, are in
{said}, beside this file; nothing but NumPy is needed.
"""

import argparse
import json
import os
import sys
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # several would add up in another order

import numpy as np

weights = np.load(Path(__file__).with_name({weights!a}))
weights = {{name: weights[name] for name in weights.files}}
tokens = json.loads(str(weights["vocabulary"]))
ids = {{token: number for number, token in enumerate(tokens)}}
layers = range(1, {above})
{scaling}

def first_states():
    zeros = np.zeros((1, {hidden}), weights["V"].dtype)
    return [({states}) for _ in layers]

{step}

def read(token, states):
    """Return a score for each token that may follow, and the states after this one."""
    after = []
    for layer, state in zip(layers, states):
        b = weights[f"b{{layer}}"]
        a = weights["U1"][[token]] + b if layer == 1 else x.dot(weights[f"U{{layer}}"]) + b
        after.append(step({scaled}, state, layer))
        h = after[-1][0]
        x = {handed}
    return x[0].dot(weights["V"]) + weights["c"], after


def draw(scores, temperature, rng):
    """Return token k with the probability that softmax(scores / temperature) gives it.

    The largest of scores + temperature * Gumbel's noise is such a one.
    """
    if temperature > 0:
        drawn = np.maximum(rng.standard_exponential(len(tokens)), np.finfo(float).tiny)
        scores = scores + (np.log(drawn) * -temperature).astype(scores.dtype)
    return int(scores.argmax())


def write(prime, length, temperature, rng):
    """Yield `length` tokens after those of the prime, or after a first one that nobody sees."""
    states = first_states()
    for token in [ids[one] for one in prime] or [{start}]:
        scores, states = read(token, states)
    for _ in range(length):
        token = draw(scores, temperature, rng)
        yield tokens[token]
        scores, states = read(token, states)


parser = argparse.ArgumentParser()
parser.add_argument("--length", type=int, default=500)
parser.add_argument("--prime", default="")
parser.add_argument("--temperature", type=float, default={temperature})
parser.add_argument("--seed", type=int, help="another text every time, unless given")
options = parser.parse_args()
if not set(options.prime) <= set(tokens):
    sys.exit("The network does not know every character of that prime.")
sys.stdout.write(options.prime)
rng = np.random.default_rng(options.seed)
for piece in write(options.prime, options.length, options.temperature, rng):
    sys.stdout.write(piece)
'''


def as_script(model: PortableModel, stem: str) -> dict[str, bytes]:
    """Return the program and its weights by the endings of their files.

    Raises
    ------
    StorageError
        Where the network writes no text, or none that so short a program could set.
    """
    return {".py": _program(model, stem).encode("utf-8"), **as_numpy(model, stem)}


def _program(model: PortableModel, stem: str) -> str:
    configuration, architecture = model.configuration, model.architecture
    source, kind = configuration.source, architecture.kind
    if Trait.WRITES not in source.traits:
        raise StorageError(f"It was made for {source.phrase}: there is no text for a script.")
    if configuration.level != "character":
        raise StorageError(
            "A script writes characters, and this model writes "
            f"{source.token(configuration.level)}s: --to pytorch, onnx and numpy have it."
        )
    if architecture.cell not in _STEPS:
        raise StorageError(f"There is no script for the {kind.title} yet.")
    sum_of_products = "h.dot(W[layer]) + x"
    scale = _SCALES.get(architecture.cell)
    residual = architecture.residual and architecture.num_layers > 1
    return _SCRIPT.format(
        heading=model.heading("NumPy"),
        name=in_docstring(f"{stem}.py"),
        said=in_docstring(f"{stem}.npz"),
        weights=f"{stem}.npz",
        above=architecture.num_layers + 1,
        scaling=_scaling(scale, architecture.hidden_size),
        hidden=architecture.hidden_size,
        states=", ".join("zeros" for _ in kind.states) + "," * (len(kind.states) == 1),
        step=_STEPS[architecture.cell].format(
            activation=architecture.activation,
            function=_FUNCTIONS[architecture.activation].format(sum_of_products),
        ),
        scaled="a * SCALE" if scale else "a",
        handed="h + x if layer > 1 else h" if residual else "h",
        start=first_token(configuration.vocabulary(model.tokens)),
        temperature=json.dumps(configuration.temperature),
    )


def _scaling(scale: str | None, hidden_size: int) -> str:
    if scale is None:
        return 'W = {layer: weights[f"W{layer}"] for layer in layers}\n'
    return (
        "# sigmoid(a) = tanh(a / 2) / 2 + 1 / 2: what goes into a sigmoid is halved beforehand.\n"
        f'SCALE = np.repeat(np.array([{scale}], weights["V"].dtype), {hidden_size})\n'
        'W = {layer: weights[f"W{layer}"] * SCALE for layer in layers}\n'
    )
