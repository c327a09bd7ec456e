"""Data for the lessons, each module one source.

``letters`` is the 9×9 X and O of the worked example, ``digits`` real handwriting on 8×8 pixels, ``photos``
photographs, ``patches`` small color patches cut out of some, ``openml`` the larger MNIST, Fashion-MNIST and
CIFAR-10, ``folder`` a folder of your own pictures. ``sheets`` lays several digits on one larger sheet.
"""
