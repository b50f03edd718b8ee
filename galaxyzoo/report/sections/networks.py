"""The networks and their training."""

from typing import Any

from galaxyzoo.networks.common.ensemble import one_of
from galaxyzoo.networks.common.network import count_parameters
from galaxyzoo.report.chart_parts import symbols
from galaxyzoo.report.citations import cited
from galaxyzoo.report.courses import curve
from galaxyzoo.report.facts import Facts
from galaxyzoo.report.layers import list_layers
from galaxyzoo.report.words import listed
from galaxyzoo.training.params import TrainParams

NO_AUGMENTATION = "none"
_PRECISIONS = {"auto": "bfloat16 where the processor computes with it, else float32"}


def about_networks(facts: Facts) -> dict[str, Any]:
    networks, size = facts.networks, facts.preparation.size
    options = {network.label: network.options for network in networks}
    return {
        "networks": networks,
        "symbols": symbols(facts),
        "about": {n.name: cited(n.network.about) for n in networks},
        "refined": [n for n in networks if n.residuals is not None],
        "symmetric": [n.label for n in networks if n.network.quarter_turns_alike(size)],
        "parameters": {n.name: count_parameters(n.module) for n in networks},
        "layers": {n.name: list_layers(n.network, one_of(n.module), size) for n in networks},
        "recipe": _recipe(facts),
        "curves": [curve(network) for network in networks],
        "started": [label for label, own in options.items() if own.start],
        "one_cycle": [label for label, own in options.items() if own.schedule == "one_cycle"],
        "averaged": [label for label, own in options.items() if own.ema_decay],
        "augmented": [
            label for label, own in options.items() if augmentation(own) != NO_AUGMENTATION
        ],
        "versions": sorted(networks[-1].info.versions.items()),
        "data_digest": networks[-1].info.data_digest,
    }


def _recipe(facts: Facts) -> list[dict[str, Any]]:
    """The table of how each network was trained."""
    options = [network.options for network in facts.networks]
    known = ", where known" if facts.galaxies.masked else ""
    rows: dict[str, list[str]] = {
        "Objective": [f"MSE over all {len(facts.tree.columns)} fractions{known}" for _ in options],
        "First weights": [f"of {own.start.name}" if own.start else "random" for own in options],
        "Optimiser": ["AdamW" if own.weight_decay else "Adam" for own in options],
        "Weight decay": [
            f"{own.weight_decay:g}" if own.weight_decay else "none" for own in options
        ],
        "Learning rate": [f"{own.learning_rate:g}" for own in options],
        "Schedule": [own.schedule.replace("_", " ") for own in options],
        "Epochs": [str(own.epochs) for own in options],
        "Images in a batch": [str(own.batch_size) for own in options],
        "Moving average of weights (EMA)": [
            f"{own.ema_decay:g}" if own.ema_decay else "none" for own in options
        ],
        "Statistics of batch norm": [_batch_norm(own) for own in options],
        "Augmentation": [augmentation(own) for own in options],
        "Numbers": [_PRECISIONS.get(own.precision, own.precision) for own in options],
        "Views at prediction (test-time augmentation)": [
            str(network.views) for network in facts.networks
        ],
    }
    if any(own.members > 1 for own in options):
        rows["Networks whose predictions are averaged (ensemble)"] = [
            str(own.members) for own in options
        ]
    return [{"name": name, "cells": cells} for name, cells in rows.items()]


def _batch_norm(own: TrainParams) -> str:
    if own.ema_decay:
        return "moving average"
    return "precise" if own.precise_bn else "running"


def augmentation(own: TrainParams) -> str:
    """How the images of a training are changed at random."""
    parts = {
        f"turned by up to {own.rotation:g}°": own.rotation > 0,
        "every other one mirrored": own.flip,
        f"zoomed by up to {own.zoom:g}": own.zoom > 1,
        f"shifted by up to {own.shift:g} pixels": own.shift > 0,
        f"lit by up to {own.brightness:.0%} more or less": own.brightness > 0,
    }
    return listed([part for part, holds in parts.items() if holds] or [NO_AUGMENTATION])
