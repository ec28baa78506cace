"""What a person can do, each once: its name, its words, its keys."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class ActionKind:
    """One action.

    Attributes
    ----------
    name
        The object name.
    text, tip
        In menus and buttons, and what a tooltip says.
    keys
        Key sequences; the first is shown.
    icon
        A file of ``resources/icons`` without its ending, or nothing.
    checkable
        Whether it is switched on and off.
    on_button
        What a button says whose neighbours say what it is about; empty for the text.
    """

    name: str
    text: str
    tip: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    on_button: str = ""


ACTIONS: tuple[ActionKind, ...] = (
    ActionKind("action_train", "Train", "Train, or pause (Space)", (), "train"),
    ActionKind("action_step", "Step", "Do one training step", (".",), "step"),
    ActionKind(
        "action_inside",
        "Inside one step…",
        "Look into the next step: every number of it beside its equation",
        ("Ctrl+I",),
    ),
    ActionKind(
        "action_reset",
        "Reset",
        "Return every run to its seed's first weights",
        ("Ctrl+R",),
        "reset",
    ),
    ActionKind(
        "action_undo",
        "Undo",
        "Take back the last change of a setting, or the run that a reset or other settings ended",
        ("Ctrl+Z",),
    ),
    ActionKind("action_redo", "Redo", "Do again what was undone last", ("Ctrl+Shift+Z", "Ctrl+Y")),
    ActionKind(
        "action_copy_settings",
        "Copy settings",
        "Put the settings on the clipboard as one line, without the name of your own text",
    ),
    ActionKind(
        "action_paste_settings",
        "Paste settings",
        "Take the settings of a line on the clipboard, such as cell=lstm hidden_size=128",
    ),
    ActionKind(
        "action_new_seed",
        "New seed",
        "Begin again with other first weights",
        ("Ctrl+Shift+R",),
        "new_seed",
    ),
    ActionKind(
        "action_use_best",
        "Back to the best weights",
        "Return to the weights that did best on what is held out",
    ),
    ActionKind(
        "action_check_gradients",
        "Check gradients…",
        "Compare the backward pass with central differences, while training goes on",
        ("Ctrl+G",),
    ),
    ActionKind(
        "action_watch",
        "Watch this text",
        "Keep the text that is on the screen now in all panels while the network learns",
        ("Ctrl+T",),
        on_button="this one",
    ),
    ActionKind(
        "action_let_go",
        "Let it go",
        "Show the windows that are read next again, instead of the watched text",
        ("Ctrl+Shift+T",),
        on_button="let go",
    ),
    ActionKind(
        "action_earlier",
        "Earlier",
        "Show the network as it was at the kept state or the mark before this one",
        ("[",),
    ),
    ActionKind(
        "action_later", "Later", "Show the network as it was at the next kept state or mark", ("]",)
    ),
    ActionKind(
        "action_film",
        "Film of the past",
        "Show step after step how the network learned",
        ("Ctrl+L",),
        "train",
    ),
    ActionKind(
        "action_branch",
        "Branch here",
        "Train a rival on from this step, with one thing changed: what if?",
        ("Ctrl+B",),
    ),
    ActionKind(
        "action_beside_now",
        "Compare with now",
        "Show the network of now beside that of the past, in the panels that compare",
        checkable=True,
    ),
    ActionKind(
        "action_back_to_now", "Back to now", "Show the network as it is now (Escape)", (), "leave"
    ),
    ActionKind(
        "action_record",
        "Record…",
        "Save the window, a panel or the film of the timeline as a GIF or an MP4",
    ),
    ActionKind("action_new", "New run", "Begin anew with the default settings", ("Ctrl+N",)),
    ActionKind("action_open", "Open…", "Open a model or a text", ("Ctrl+O",), "open"),
    ActionKind(
        "action_open_folder",
        "Open folder of texts…",
        "Learn from all texts in a folder, one after the other, each by itself",
    ),
    ActionKind(
        "action_save", "Save model", "Save the network and its training", ("Ctrl+S",), "save"
    ),
    ActionKind("action_save_as", "Save model as…", "Save under another name", ("Ctrl+Shift+S",)),
    ActionKind("action_save_all", "Save all…", "Save every run as a model of its own in a folder"),
    ActionKind(
        "action_save_past",
        "Save with the past",
        "Keep earlier states in model files as well, so that who opens one sees them at once",
        checkable=True,
    ),
    ActionKind(
        "action_export_model",
        "Export model…",
        "Write the network for PyTorch, ONNX or NumPy, or as a short script that writes its text",
    ),
    ActionKind(
        "action_export_all",
        "Export all…",
        "Write every panel that is seen, the settings and the models into a new folder",
    ),
    ActionKind(
        "action_add_rival",
        "Add a rival",
        "Train another network beside this one, with the same settings until you change them",
        ("Ctrl+Shift+N",),
    ),
    ActionKind(
        "action_add_cells",
        "Add the other cells, as many units",
        "Vanilla RNN, LSTM and GRU side by side, with the hidden size of the run in front",
    ),
    ActionKind(
        "action_add_cells_equal",
        "Add the other cells, as many parameters",
        "Vanilla RNN, LSTM and GRU side by side, each with the same number of parameters",
    ),
    ActionKind("action_quit", "Quit", "Close the window", ("Ctrl+Q",)),
    ActionKind("action_arrange", "Even out", "Give all shown panels the same size, in columns"),
    ActionKind(
        "action_restore_layout",
        "All panels, as at first",
        "Put every panel back, and have the axes of training and the timeline as at first",
    ),
    ActionKind(
        "action_present",
        "Present",
        "One panel on a stage, in large type: digits change it, Left and Right walk through the "
        "sentences, S held is a spotlight, Escape leaves",
        ("F11",),
        "present",
        checkable=True,
    ),
    ActionKind(
        "action_theme", "Light or dark", "Switch between light and dark", ("Ctrl+D",), "theme"
    ),
)


def new_actions(parent: QWidget) -> dict[str, QAction]:
    """Make every action, by object name; their keys act anywhere in `parent`."""
    actions = {}
    for kind in ACTIONS:
        action = QAction(kind.text, parent)
        action.setObjectName(kind.name)
        action.setShortcuts([QKeySequence(keys) for keys in kind.keys])
        shown = f" ({kind.keys[0]})" if kind.keys else ""
        action.setToolTip(f"{kind.tip}{shown}")
        action.setCheckable(kind.checkable)
        if kind.on_button:
            action.setIconText(kind.on_button)
        parent.addAction(action)
        actions[kind.name] = action
    return actions
