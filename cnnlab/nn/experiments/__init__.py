"""What lessons try out, so that their cells can show what comes of it: one module for each subject.

``seeds`` repeats a training and tells mean and range; the others each hold the experiments of a few lessons.
"""
