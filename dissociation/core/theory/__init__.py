"""Theory beside the measurement: errors expected over all draws of noise, and their causes."""

from __future__ import annotations

from dissociation.core.theory.methods import METHODS, predictable
from dissociation.core.theory.prediction import (
    CHUNK,
    Prediction,
    SeedPrediction,
    predicted_curve,
    prediction_of,
    prediction_studies,
    stream_network,
    total_images,
)

__all__ = [
    "CHUNK",
    "METHODS",
    "Prediction",
    "SeedPrediction",
    "predictable",
    "predicted_curve",
    "prediction_of",
    "prediction_studies",
    "stream_network",
    "total_images",
]
