"""Multinomial logistic regression in single precision.

Scikit-learn's, with the same penalty and optimizer (L-BFGS: Liu and Nocedal 1989,
doi:10.1007/BF01589116), computes in double precision and takes twice as long. Training is
what an editor waits for; the evaluation sets' figures are the same (docs/decisions/serving.md).
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

# The limit on the largest part of the gradient; the classifier has always used this one.
_TOLERANCE = 1e-3


def fit_regression(
    features: np.ndarray, labels: np.ndarray, strength: float, iterations: int
) -> tuple[np.ndarray, np.ndarray]:
    """Fits softmax regression with every class weighing the same.

    Args:
        features: (n, d).
        labels: (n,) classes, counted from 0.
        strength: the inverse of the ridge penalty (scikit-learn's `C`).
        iterations: at most so many steps; it need not converge: fewer steps are a little
            more regularization.

    Returns:
        Coefficients (k, d) and intercepts (k,), as float32.
    """
    features = np.ascontiguousarray(features, np.float32)
    counts = np.bincount(labels)
    rows, shape = np.arange(len(labels)), (features.shape[1] + 1, len(counts))
    weights = (len(labels) / (len(counts) * counts[labels])).astype(np.float32)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        parameters = flat.astype(np.float32).reshape(shape)
        coefficients, intercepts = parameters[:-1], parameters[-1]
        scores = features @ coefficients + intercepts
        scores -= scores.max(axis=1, keepdims=True)
        own = scores[rows, labels]
        chances = np.exp(scores, out=scores)
        sums = chances.sum(axis=1)
        value = weights @ (np.log(sums) - own) + (coefficients**2).sum() / (2 * strength)
        chances *= (weights / sums)[:, None]
        chances[rows, labels] -= weights
        slopes = features.T @ chances + coefficients / strength
        gradient = np.vstack([slopes, chances.sum(axis=0)])
        return float(value), gradient.ravel().astype(np.float64)

    options = {"maxiter": iterations, "gtol": _TOLERANCE, "ftol": 64 * np.finfo(float).eps}
    found = minimize(loss, np.zeros(np.prod(shape)), jac=True, method="L-BFGS-B", options=options)
    parameters = found.x.astype(np.float32).reshape(shape)
    return np.ascontiguousarray(parameters[:-1].T), parameters[-1]
