from dataclasses import replace

import numpy as np
import pytest
import torch

from galaxyzoo.dataset.batches import in_order
from galaxyzoo.devices import Compute
from galaxyzoo.predict.augmentation import RegularViews
from galaxyzoo.predict.inference import predict
from galaxyzoo.training.losses import mean_squared_error
from tests.conftest import build
from tests.training.test_training import make_dataset

CPU = torch.device("cpu")


def test_predictions_do_not_depend_on_the_batches() -> None:
    model, dataset = build("cnn"), make_dataset(50)
    together = predict(model, dataset, 50, CPU)
    assert together.shape == (50, 37)
    assert together.dtype == np.float32
    assert np.allclose(predict(model, dataset, 7, CPU), together, atol=1e-6)


def test_predictions_are_those_of_the_model_in_evaluation_mode() -> None:
    model, dataset = build("cnn").train(), make_dataset(3)
    predicted = predict(model, dataset, 8, CPU)
    images = torch.from_numpy(np.array(dataset.images)).permute(0, 3, 1, 2) / 255
    assert np.allclose(predicted, model.eval()(images).detach().numpy(), atol=1e-6)


def test_the_mean_weighs_galaxies_and_not_batches() -> None:
    model, dataset = build("cnn"), make_dataset(10)
    error = predict(model, dataset, 10, CPU) - dataset.votes.numpy()
    mse = mean_squared_error(model, in_order(dataset, 8), Compute(CPU))
    assert mse == pytest.approx(float((error**2).mean()), rel=1e-5)


def test_more_views_give_the_mean_of_their_predictions() -> None:
    model, dataset = build("cnn"), make_dataset(5)
    views = [
        predict(model, replace(dataset, images=np.rot90(images, turns, axes=(1, 2)).copy()), 5, CPU)
        for images in (dataset.images, np.flip(dataset.images, axis=2))
        for turns in range(4)
    ]
    assert not np.allclose(views[0], views[1], atol=1e-5)
    mean = predict(model, dataset, 5, CPU, RegularViews(8))
    assert np.allclose(mean, np.mean(views, axis=0), atol=1e-5)
