"""From eye features to a point on the screen, and how far off it may be.

Bayesian linear regression (Bishop 2006, section 3.3): each weight has a mean and a doubt before
anything is measured, and calibration moves it as far as the samples warrant. So nine dots suffice
where ordinary regression would need hundreds, and a direction in which the calibration never saw
the features vary keeps its doubt: gaze is less certain once the head has moved.

How noisy a person's eyes are is chosen by the evidence (ibid., section 3.5): good light gets a
close fit, and who cannot be told from noise is predicted in the middle rather than wildly.

How large errors are is measured, not believed: each look is predicted by the fit to all others,
and the covariance is scaled to the errors found. A look that others contradict counts for little,
as under Student's t with four degrees of freedom (Lange, Little and Taylor 1989).
"""

import itertools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from calibration.errors import DegenerateTargetsError, NotEnoughSamplesError
from calibration.geometry import Array, Screen

MIN_LOOKS = 4
MIN_SPREAD = 0.1  # of the screen, from the first to the last target along each axis
MIRRORED = 0.05  # share of cameras
FREEDOM = 4.0  # of Student's t
REWEIGHTINGS = 3  # after which a look at the wrong corner moves the map by some pixels only
# What is taken of the measured errors before any is measured, worth this many looks: a still of
# a person at a desk is about as certain as noise and doubts say.
EXPECTED_LOOKS, EXPECTED_RATIO = 4.0, 0.5
# Looks left out of a fit err by less than later ones, when people have sat down anew and the light
# has changed. Set so that 68% regions hold on later sessions of one real person, the first of
# `tests.benchmarks.gaze_ablation`.
LATER_RATIO = 1.42
# Where there are held-out looks, those left out of the fit stand for no more than this many: they
# lie beyond its other targets or within its moment, and the held-out ones do not.
LEFT_OUT_LOOKS = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """What is known of the weights before calibrating, in screen widths and heights.

    Attributes:
        mean: shape (d, 2), expected weight of each feature along x and y, shares per unit.
        doubt: shape (d, 2), its standard deviation.
        flips: shape (d,), which features turn round where a camera mirrors its picture.
        lasting: shape (d,), doubt of each weight that no calibration removes, since the true map
            is not quite linear; along both axes.
        place_doubt: standard deviation of gaze about the screen's middle at average features.
        noises: standard deviations to choose from, of the part of a look no feature explains.
    """

    mean: Array
    doubt: Array
    flips: NDArray[np.bool_]
    lasting: Array
    place_doubt: float = 0.3
    noises: tuple[float, ...] = (0.03, 0.06, 0.12, 0.24)

    def of(self, columns: NDArray[np.int_]) -> "Prior":
        """The prior of some of the features."""
        return replace(
            self,
            mean=self.mean[columns],
            doubt=self.doubt[columns],
            flips=self.flips[columns],
            lasting=self.lasting[columns],
        )


@dataclass(frozen=True, slots=True, eq=False)
class GazeModel:
    """A fitted map. Prediction is `intercept + (f - centre) @ weights`, in physical pixels."""

    centre: Array  # (d,), average features of the calibration
    weights: Array  # (d, 2), physical pixels per unit of each feature
    intercept: Array  # (2,), physical pixels
    doubt: Array  # (2, d + 1, d + 1), covariance of intercept and weights along x and y, px^2
    noise_px: Array  # (2,), standard deviation of one look
    ratio: Array  # (2,), squared errors found over those expected
    looks: float  # how many looks `ratio` rests on
    correlation: float  # of the errors along x and y
    low: Array  # (d,), range of the features while calibrating
    high: Array  # (d,)
    is_mirrored: bool  # the camera turns left and right round

    @property
    def least_sd_px(self) -> Array:
        """The standard deviation of the most certain estimate there can be, shape (2,)."""
        return self.noise_px * np.sqrt(self.ratio)

    def predict(self, features: Array) -> Array:
        """Points in physical pixels, shape (..., 2), for features of shape (..., d)."""
        return self.intercept + (features - self.centre) @ self.weights

    def covariance(self, features: Array) -> Array:
        """Covariance of the errors of `predict`, px^2, shape (..., 2, 2)."""
        variance = self._believed(features) * self.ratio
        cross = self.correlation * np.sqrt(variance[..., 0] * variance[..., 1])
        rows = [[variance[..., 0], cross], [cross, variance[..., 1]]]
        return np.moveaxis(np.array(rows), (0, 1), (-2, -1))

    def measured(self, features: Array, targets_px: Array, looks: NDArray[np.int_]) -> "GazeModel":
        """The same map, its errors measured on held-out looks too.

        Args:
            features: shape (n, d), of looks the model was not fitted to.
            targets_px: shape (n, 2).
            looks: which look each sample belongs to, shape (n,).
        """
        squares = (self.predict(features) - targets_px) ** 2 / self._believed(features)
        found = _mean_by(looks, squares)
        known = min(self.looks, LEFT_OUT_LOOKS)
        total = known + len(found)
        ratio = (self.ratio * known + found.sum(axis=0)) / total
        return replace(self, ratio=ratio, looks=total)

    def _believed(self, features: Array) -> Array:
        """Variances along x and y before they are scaled to the errors found, (..., 2)."""
        offset = features - self.centre
        one = np.concatenate([np.ones((*offset.shape[:-1], 1)), offset], axis=-1)
        spread = [((one @ doubt) * one).sum(axis=-1) for doubt in self.doubt]
        return np.stack(spread, axis=-1) + self.noise_px**2


def fit(
    features: Array,
    targets_px: Array,
    looks: NDArray[np.int_],
    screen: Screen,
    prior: Prior,
    weights: Array | None = None,
) -> GazeModel:
    """Fit a map from features to the targets looked at; deterministic.

    Args:
        features: shape (n, d), finite.
        targets_px: the target of each sample, shape (n, 2), physical pixels.
        looks: which look each sample belongs to, shape (n,).
        screen: what the prior's shares are of.
        prior: of the weights.
        weights: how many independent stills each sample is worth, shape (n,); default 1.

    Raises:
        NotEnoughSamplesError: with fewer than 4 looks.
        DegenerateTargetsError: if the targets lie in one place or on one line.
    """
    size, middle = np.array([screen.width_px, screen.height_px]), screen.place(np.array([0.5, 0.5]))
    worth = np.ones(len(features)) if weights is None else weights
    _require_targets(targets_px, looks, size)
    centre = worth @ features / worth.sum()
    samples = _Samples(
        np.column_stack([np.ones(len(features)), features - centre]),
        (targets_px - middle) / size,
        looks,
        worth,
    )
    view = _likeliest_view(samples, prior)
    axes = _solve(samples, view)
    for _ in range(REWEIGHTINGS):
        trust = (FREEDOM + 2) / (FREEDOM + axes.surprise())
        axes = _solve(replace(samples, worth=worth * trust[samples.look_index]), view)
    found = _mean_by(looks, axes.left_out_squares)
    total = EXPECTED_LOOKS + len(found)
    return GazeModel(
        centre=centre,
        weights=axes.weights[1:] * size,
        intercept=middle + axes.weights[0] * size,
        doubt=axes.doubt * (size**2)[:, None, None],
        noise_px=view.noise * size,
        ratio=LATER_RATIO * (EXPECTED_LOOKS * EXPECTED_RATIO + found.sum(axis=0)) / total,
        looks=total,
        correlation=axes.correlation(looks),
        low=features.min(axis=0),
        high=features.max(axis=0),
        is_mirrored=view.is_mirrored,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Samples:
    """Shares of the screen against features with a leading column of ones."""

    design: Array  # (n, d + 1)
    places: Array  # (n, 2)
    looks: NDArray[np.int_]  # (n,)
    worth: Array  # (n,)

    @property
    def look_index(self) -> NDArray[np.int_]:
        return np.unique(self.looks, return_inverse=True)[1]


@dataclass(frozen=True, slots=True, eq=False)
class _Axes:
    """A fit along both axes."""

    weights: Array  # (d + 1, 2)
    doubt: Array  # (2, d + 1, d + 1)
    left_out: Array  # (n, 2), errors of each sample under the fit to all other looks
    left_out_squares: Array  # (n, 2), squared and over their expected variance
    looks: NDArray[np.int_]

    def surprise(self) -> Array:
        """Squared left-out errors of each look, 2 where they are as usual for this person."""
        by_look = _mean_by(self.looks, self.left_out_squares)
        usual = np.maximum(np.median(by_look, axis=0) / 0.455, 1e-9)  # the median of chi square
        return np.asarray((by_look / usual).sum(axis=1))

    def correlation(self, looks: NDArray[np.int_]) -> float:
        """Of left-out errors along x and y, drawn towards 0 where there are few looks."""
        errors = _mean_by(looks, self.left_out)
        norms = np.sqrt((errors**2).mean(axis=0)).prod()
        if norms <= 0:
            return 0.0
        shrink = len(errors) / (len(errors) + EXPECTED_LOOKS)
        return float(shrink * (errors[:, 0] * errors[:, 1]).mean() / norms)


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """One way to see the samples: a prior with its intercept, a noise, and the camera's turn."""

    mean: Array  # (d + 1, 2)
    doubt: Array  # (d + 1, 2)
    lasting: Array  # (d + 1,)
    noise: float
    is_mirrored: bool

    def whitened(self, samples: _Samples, axis: int) -> tuple[Array, Array, Array]:
        """Design and rest with unknowns and noise of variance 1, and each row's factor."""
        root = np.sqrt(samples.worth) / self.noise
        rest = samples.places[:, axis] - samples.design @ self.mean[:, axis]
        return samples.design * self.doubt[:, axis] * root[:, None], rest * root, root

    def log_evidence(self, samples: _Samples) -> float:
        """Of the places and the camera's turn, up to a constant."""
        total = np.log(MIRRORED) if self.is_mirrored else 0.0
        for axis in (0, 1):
            a, rest, root = self.whitened(samples, axis)
            gram, back = a.T @ a + np.eye(a.shape[1]), a.T @ rest
            misfit = rest @ rest - back @ np.linalg.solve(gram, back)
            total += np.log(root).sum() - (misfit + np.linalg.slogdet(gram)[1]) / 2
        return float(total)


def _likeliest_view(samples: _Samples, prior: Prior) -> _View:
    doubt = np.vstack([np.full((1, 2), prior.place_doubt), prior.doubt])
    lasting = np.concatenate([[0.0], prior.lasting])
    views = []
    for noise, is_mirrored in itertools.product(prior.noises, (False, True)):
        turned = np.where(prior.flips & is_mirrored, -1.0, 1.0)
        # Mirrored, the same eyes move the gaze the other way across, and as before up and down.
        across, along = prior.mean[:, 0] * turned, prior.mean[:, 1]
        mean = np.vstack([np.zeros((1, 2)), np.stack([across, along], axis=1)])
        views.append(_View(mean, doubt, lasting, noise, is_mirrored))
    return max(views, key=lambda view: view.log_evidence(samples))


def _solve(samples: _Samples, view: _View) -> _Axes:
    parts = [_solve_axis(samples, view, axis) for axis in (0, 1)]
    weights, doubt, left_out, squares = zip(*parts, strict=True)
    return _Axes(
        np.stack(weights, 1),
        np.stack(doubt),
        np.stack(left_out, 1),
        np.stack(squares, 1),
        samples.looks,
    )


def _solve_axis(samples: _Samples, view: _View, axis: int) -> tuple[Array, Array, Array, Array]:
    a, rest, root = view.whitened(samples, axis)
    inverse = np.asarray(np.linalg.inv(a.T @ a + np.eye(a.shape[1])), np.float64)
    solution = inverse @ (a.T @ rest)
    left_out, variance = _leave_looks_out(a, rest - a @ solution, inverse, samples.looks)
    # A sample later is one still, however many stood in for each other here.
    spread = (variance - 1) / root**2 + view.noise**2 + samples.design**2 @ view.lasting**2
    sd = view.doubt[:, axis]
    return (
        view.mean[:, axis] + sd * solution,
        sd[:, None] * inverse * sd + np.diag(view.lasting**2),
        left_out / root,
        (left_out / root) ** 2 / spread,
    )


def _leave_looks_out(
    a: Array, residual: Array, inverse: Array, looks: NDArray[np.int_]
) -> tuple[Array, Array]:
    """Errors and their variances when each look is predicted by the fit to all others, (n,) each.

    Follows from the fit to all (Rasmussen and Williams 2006, eq. 5.12), a block for each look.
    """
    errors, variances = np.empty(len(a)), np.empty(len(a))
    for look in np.unique(looks):
        rows = looks == look
        block = np.linalg.inv(np.eye(rows.sum()) - a[rows] @ inverse @ a[rows].T)
        errors[rows], variances[rows] = block @ residual[rows], np.diag(block)
    return errors, variances


def _require_targets(targets_px: Array, looks: NDArray[np.int_], size: Array) -> None:
    if len(np.unique(looks)) < MIN_LOOKS:
        raise NotEnoughSamplesError(
            "Your eyes were seen at too few dots. Check the light and do the calibration again."
        )
    shares = (targets_px - targets_px.mean(axis=0)) / size
    # The narrower way across, whichever direction it has.
    narrow = np.linalg.svd(shares, full_matrices=False)[2][-1]
    if np.ptp(shares @ narrow) < MIN_SPREAD:
        raise DegenerateTargetsError(
            "The dots that were seen lie on one line. Do the calibration again."
        )


def _mean_by(looks: NDArray[np.int_], values: Array) -> Array:
    """Mean of the rows of each look, shape (looks, 2)."""
    _, index, counts = np.unique(looks, return_inverse=True, return_counts=True)
    sums = np.zeros((len(counts), values.shape[1]))
    np.add.at(sums, index, values)
    return np.asarray(sums / counts[:, None])
