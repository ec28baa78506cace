"""The long-memory tasks, a file for each, and its line here.

Beside text, because in them vanishing decides between success and failure: what is asked for at the
end of a sequence stands at its beginning.
"""

from rnnviz.data.tasks.adding import Adding
from rnnviz.data.tasks.copying import Copying
from rnnviz.data.tasks.reader import TaskReader, held_out
from rnnviz.data.tasks.task import Sequences, Task
from rnnviz.data.tasks.temporal_order import TemporalOrder

__all__ = ["TASKS", "Sequences", "Task", "TaskReader", "held_out"]

TASKS: dict[str, Task] = {task.name: task for task in (TemporalOrder(), Adding(), Copying())}
"""Every task by its name, in the order of the menu."""
