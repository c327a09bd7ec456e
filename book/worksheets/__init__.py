"""Worksheets: tasks of the lessons with fresh numbers for everybody, and a key. Read ``model`` first."""
