"""Dropout and early stopping, as learners might write them."""

import math

import numpy as np


def dropout_right_1(x, mask, p):
    return x * mask / (1 - p)


def dropout_right_2(x, mask, p):
    return np.where(np.asarray(mask) == 1, np.asarray(x) / (1 - p), 0)


def dropout_right_3(x, mask, p):
    out = np.zeros(np.shape(x))
    for place in np.ndindex(out.shape):
        if mask[place]:
            out[place] = x[place] / (1 - p)
    return out


def dropout_right_4(x, mask, p):
    flat = [a * m * (1 / (1 - p)) for a, m in zip(np.ravel(x), np.ravel(mask), strict=True)]
    return np.array(flat).reshape(np.shape(x))


def dropout_right_5(x, mask, p):
    out = np.array(x, dtype=float)
    out[np.asarray(mask) == 0] = 0
    out /= 1 - p
    return out


def dropout_right_6(x, mask, p):
    if p == 0:
        return np.multiply(x, mask)
    return (np.multiply(x, mask) / (1 - p)).tolist()


def dropout_right_7(x, mask, p):
    mask = np.array(mask, dtype=bool)
    out = np.zeros_like(x, dtype=float)
    out[mask] = x[mask] / (1.0 - p)
    return out


def dropout_right_8(x, mask, p):
    x32 = np.asarray(x, dtype=np.float32)
    return x32 * np.asarray(mask, dtype=np.float32) / np.float32(1 - p)


def dropout_wrong_1(x, mask, p):
    """Does not divide."""
    return x * mask


def dropout_wrong_2(x, mask, p):
    """Divides by p."""
    return x * mask / (p or 1)


def dropout_wrong_3(x, mask, p):
    """Divides by the share that this mask keeps."""
    return x * mask / max(np.mean(mask), 1e-12)


def dropout_wrong_4(x, mask, p):
    """Multiplies by 1 - p."""
    return x * mask * (1 - p)


def dropout_wrong_5(x, mask, p):
    """Keeps what the mask silences."""
    return x * (1 - np.asarray(mask)) / (1 - p)


def dropout_wrong_6(x, mask, p):
    """Draws a mask of its own."""
    own = np.random.default_rng(0).random(np.shape(x)) >= p
    return x * own / (1 - p)


def dropout_wrong_7(x, mask, p):
    """Whole numbers stay whole: the fractions are cut off."""
    out = np.zeros_like(x)
    out[mask == 1] = x[mask == 1] / (1 - p)
    return out


def dropout_wrong_8(x, mask, p):
    """Silences in the array x itself."""
    x[mask == 0] = 0
    return x / (1 - p)


def dropout_wrong_9(x, mask, p):
    """Always doubles, as for p = 0.5."""
    return x * mask * 2


def dropout_wrong_10(x, mask, p):
    """Throws the silenced numbers away."""
    return x[mask == 1] / (1 - p)


def dropout_wrong_11(x, mask, p):
    """Lets the silenced numbers through unchanged."""
    return np.where(mask, x / (1 - p), x)


def dropout_wrong_12(x, mask, p):
    """Divides by 1 and then subtracts p: a pair of brackets is missing."""
    return x * mask / 1 - p


def dropout_wrong_13(x, mask, p):
    """Divides by the larger of p and 1 - p."""
    return x * mask / max(p, 1 - p)


def dropout_wrong_14(x, mask, p):
    """Multiplies by a whole number: 1 / (1 - p) without its fraction."""
    return x * mask * int(1 / (1 - p) + 1e-9)


def dropout_wrong_15(x, mask, p):
    """Divides so that the sum of these numbers stays the same, and not its average."""
    kept = (x * mask).sum()
    return x * mask * (x.sum() / kept if kept else 0)


def dropout_wrong_16(x, mask, p):
    """Rounds to two decimals."""
    return np.round(x * mask / (1 - p), 2)


def dropout_wrong_17(x, mask, p):
    """Cuts negative numbers off, as ReLU does."""
    return np.maximum(x * mask / (1 - p), 0)


def dropout_wrong_18(x, mask, p):
    """Clips to 1, as if the numbers were inks."""
    return np.clip(x * mask / (1 - p), -1, 1)


def dropout_wrong_19(x, mask, p):
    """Returns only the sum of what goes on."""
    return (x * mask / (1 - p)).sum()


def dropout_wrong_20(x, mask, p):
    """Takes the mask of the first row for all rows."""
    return x * np.reshape(mask, (-1, np.shape(x)[-1]))[0] / (1 - p)


def dropout_wrong_21(x, mask, p):
    """Multiplies by 1 + p, which is near to 1 / (1 - p) for a small p only."""
    return x * mask * (1 + p)


def dropout_wrong_22(x, mask, p):
    """As if the network were in use: everything goes on as it is."""
    return x * np.ones_like(mask)


def dropout_wrong_23(x, mask, p):
    """Looks at the first places only: a square as large as x has rows."""
    out = np.zeros(x.shape)
    if x.ndim != 2:
        return x * mask / (1 - p)
    for i in range(len(x)):
        for j in range(min(len(x), x.shape[1])):
            out[i, j] = x[i, j] * mask[i, j] / (1 - p)
    return out


def dropout_wrong_24(x, mask, p):
    """Nothing goes on if p is 0."""
    return x * mask / (1 - p) if p else np.zeros(np.shape(x))


def dropout_wrong_25(x, mask, p):
    """Takes the smallest numbers as silenced, and not those that the mask says."""
    count = int(np.sum(mask))
    flat = np.zeros(np.size(x))
    first = np.argsort(-np.ravel(x), kind="stable")[:count]
    flat[first] = np.ravel(x)[first] / (1 - p)
    return flat.reshape(np.shape(x))


def dropout_wrong_26(x, mask, p):
    """Divides by 1 - p what is silenced, too: only the mask's zeros are replaced by p."""
    return np.where(mask, x, x * p) / (1 - p)


def dropout_wrong_27(x, mask, p):
    """Takes p for the probability of being kept."""
    return np.where(mask, x / p if p else x, 0)


def dropout_wrong_28(x, mask, p):
    """Uses the mask of ones and zeros as places to look up."""
    out = np.zeros(np.shape(x))
    out[np.asarray(mask, int)] = x[np.asarray(mask, int)] / (1 - p)
    return out


def best_epoch_right_1(losses, patience):
    best, found, waited = math.inf, 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, found, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return found


def best_epoch_right_2(losses, patience):
    best = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        elif epoch - best >= patience:
            return best
    return best


def best_epoch_right_3(losses, patience):
    lowest = np.minimum.accumulate(losses)
    records = [0] + [k for k in range(1, len(losses)) if losses[k] < lowest[k - 1]]
    for k in range(len(records) - 1):
        if records[k + 1] - records[k] > patience:
            return records[k]
    return records[-1]


def best_epoch_right_4(losses, patience):
    for stop in range(1, len(losses) + 1):
        best = np.argmin(losses[:stop])
        if stop - 1 - best >= patience:
            break
    return best


def best_epoch_right_5(losses, patience):
    def go(best):
        for epoch in range(best + 1, min(best + patience, len(losses) - 1) + 1):
            if losses[epoch] < losses[best]:
                return go(epoch)
        return best

    return go(0)


def best_epoch_right_6(losses, patience):
    best = 0
    while True:
        window = losses[best + 1 : best + 1 + patience]
        lower = [k for k, loss in enumerate(window) if loss < losses[best]]
        if not lower:
            return best
        best += 1 + lower[0]


def best_epoch_right_7(losses, patience):
    seen = []
    while len(seen) < len(losses):
        seen.append(losses[len(seen)])
        first = seen.index(min(seen))
        if len(seen) - first > patience:
            break
    return first


def best_epoch_wrong_1(losses, patience):
    """The best of all epochs: never stops."""
    return int(np.argmin(losses))


def best_epoch_wrong_2(losses, patience):
    """An equal loss counts as better."""
    best, found, waited = math.inf, 0, 0
    for epoch, loss in enumerate(losses):
        if loss <= best:
            best, found, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return found


def best_epoch_wrong_3(losses, patience):
    """Waits one epoch too long."""
    best, found, waited = math.inf, 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, found, waited = loss, epoch, 0
        else:
            waited += 1
            if waited > patience:
                break
    return found


def best_epoch_wrong_4(losses, patience):
    """Returns the epoch in which it stops."""
    best, waited = math.inf, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, waited = loss, 0
        else:
            waited += 1
        if waited == patience or epoch == len(losses) - 1:
            return epoch


def best_epoch_wrong_5(losses, patience):
    """Counts epochs from 1."""
    best, found, waited = math.inf, 0, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < best:
            best, found, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return found


def best_epoch_wrong_6(losses, patience):
    """Compares with the epoch before, and not with the best."""
    found, waited = 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[epoch - 1]:
            waited = 0
            if losses[epoch] < losses[found]:
                found = epoch
        else:
            waited += 1
            if waited == patience:
                break
    return found


def best_epoch_wrong_7(losses, patience):
    """Counts all epochs without a better loss, and not those in a row."""
    best, found, waited = math.inf, 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, found = loss, epoch
        else:
            waited += 1
            if waited == patience:
                break
    return found


def best_epoch_wrong_8(losses, patience):
    """Begins with a best loss of 1, which not all losses are below."""
    best, found, waited = 1.0, 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, found, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return found


def best_epoch_wrong_9(losses, patience):
    """Begins with a best loss of 1000: larger ones are never better."""
    best, found, waited = 1000, 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, found, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return found


def best_epoch_wrong_10(losses, patience):
    """Returns nothing if it never stops."""
    best, found, waited = math.inf, 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, found, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                return found


def best_epoch_wrong_11(losses, patience):
    """Returns the last epoch if it never stops."""
    best, found, waited = math.inf, 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, found, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                return found
    return len(losses) - 1


def best_epoch_wrong_12(losses, patience):
    """Returns the best loss, not its epoch."""
    best, waited = math.inf, 0
    for loss in losses:
        if loss < best:
            best, waited = loss, 0
        else:
            waited += 1
            if waited == patience:
                break
    return best


def best_epoch_wrong_13(losses, patience):
    """Takes a best loss of 0 for none at all."""
    best, found, waited = None, 0, 0
    for epoch, loss in enumerate(losses):
        if not best or loss < best:
            best, found, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return found


def best_epoch_wrong_14(losses, patience):
    """An equal loss ends the waiting, though it is not below the best."""
    best, found, waited = math.inf, 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, found, waited = loss, epoch, 0
        elif loss == best:
            waited = 0
        else:
            waited += 1
            if waited == patience:
                break
    return found


def best_epoch_wrong_15(losses, patience):
    """Stops at the first rise, whatever the patience."""
    for epoch in range(1, len(losses)):
        if losses[epoch] >= losses[epoch - 1]:
            return epoch - 1
    return len(losses) - 1


def best_epoch_wrong_16(losses, patience):
    """Goes back by patience from where it ends, at the end of the list, too."""
    best, waited = math.inf, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, waited = loss, 0
        else:
            waited += 1
        if waited == patience or epoch == len(losses) - 1:
            return max(epoch - patience, 0)


def best_epoch_wrong_17(losses, patience):
    """Rounds losses to two decimals: a little better is not better."""
    best, found, waited = math.inf, 0, 0
    for epoch, loss in enumerate(losses):
        if round(loss, 2) < best:
            best, found, waited = round(loss, 2), epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return found


def best_epoch_wrong_18(losses, patience):
    """Waits one epoch too few (but for at least one)."""
    best, found, waited = math.inf, 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, found, waited = loss, epoch, 0
        else:
            waited += 1
            if waited >= max(patience - 1, 1):
                break
    return found


def best_epoch_wrong_19(losses, patience):
    """Looks for the highest."""
    best, found, waited = -math.inf, 0, 0
    for epoch, loss in enumerate(losses):
        if loss > best:
            best, found, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return found


def best_epoch_wrong_20(losses, patience):
    """Looks at the first patience epochs only."""
    return int(np.argmin(losses[: patience + 1]))


def best_epoch_wrong_21(losses, patience):
    """Cuts losses to whole numbers."""
    losses = np.array(losses).astype(int)
    best = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        elif epoch - best >= patience:
            break
    return best


def best_epoch_wrong_22(losses, patience):
    """Takes losses from the list while it reads them."""
    best, found, waited, epoch = math.inf, 0, 0, 0
    while losses:
        loss = losses.pop(0)
        if loss < best:
            best, found, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
        epoch += 1
    return found


def best_epoch_wrong_23(losses, patience):
    """Fails if there is one epoch only."""
    best = 0 if losses[0] <= losses[1] else 1
    waited = 1 - best
    if waited == patience:
        return best
    for epoch in range(2, len(losses)):
        if losses[epoch] < losses[best]:
            best, waited = epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return best


def best_epoch_wrong_24(losses, patience):
    """Stops when the loss has risen patience times in a row; a loss that stays high does not count."""
    found, risen = 0, 0
    for epoch in range(1, len(losses)):
        risen = risen + 1 if losses[epoch] > losses[epoch - 1] else 0
        if losses[epoch] < losses[found]:
            found = epoch
        if risen == patience:
            break
    return found


def best_epoch_wrong_25(losses, patience):
    """Asks for a loss lower by a thousandth at least."""
    best, found, waited = math.inf, 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best - 1e-3:
            best, found, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return found


def best_epoch_wrong_26(losses, patience):
    """Stops before the epoch that would have saved it: looks at fewer than patience epochs after the best."""
    best = 0
    while True:
        window = losses[best + 1 : best + patience]
        lower = [k for k, loss in enumerate(window) if loss < losses[best]]
        if not lower:
            return best
        best += 1 + lower[0]


def best_epoch_wrong_27(losses, patience):
    """Never returns the first epoch: begins to compare with the second."""
    best, found, waited = math.inf, 0, 0
    for epoch, loss in enumerate(losses[1:], start=1):
        if loss < best:
            best, found, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return found


def best_epoch_wrong_28(losses, patience):
    """Stops only if the mean of the last patience losses is above the best."""
    found = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[found]:
            found = epoch
        elif epoch - found >= patience and np.mean(losses[epoch - patience + 1 : epoch + 1]) > losses[found]:
            break
    return found
