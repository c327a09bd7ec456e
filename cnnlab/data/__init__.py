"""Data for the lessons, each module one source: ``letters`` (the 9×9 X and O of the worked example)."""
