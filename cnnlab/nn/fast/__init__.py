"""The same networks, faster: what ``cnnlab.nn.training`` runs, tested to agree with ``cnnlab.nn.layers``.

Nothing here needs to be understood to follow the course. ``plan`` lays a network out for one shape of batch;
``layers`` holds the work of each layer. Three ideas make it fast, all of them about memory:

* Batches lie in memory as ``(H, C, W, N)``, the images innermost. A row of all images, ``W·N`` numbers, is
  one long run for every step; and the rows under a kernel, ``KH`` of them with all their channels, already
  are the matrix that the kernel's weights multiply. Few patches are ever copied.
* Every array is made once for a shape of batch, and each layer writes where the next one reads, padding and
  all.
* What comes last is done first where that changes nothing: ReLU after max-pooling has a quarter of the work.
"""

from cnnlab.nn.fast.plan import Plan, plan_for

__all__ = ["Plan", "plan_for"]
