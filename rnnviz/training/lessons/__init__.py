"""Lessons: pages to read, each with at most one thing to do, which the program measures."""

from rnnviz.training.lessons.lesson import Lesson, Page
from rnnviz.training.lessons.reader import LessonError, load_lessons, read_lesson

__all__ = ["Lesson", "LessonError", "Page", "load_lessons", "read_lesson"]
