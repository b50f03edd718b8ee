"""A network is trained in as many processes as the environment says."""

import sys

import torch

from galaxyzoo.dataset.galaxies import DataFiles
from galaxyzoo.networks.common.network import Network
from galaxyzoo.training.joining import joined
from galaxyzoo.training.launch import launch, processes_to_start
from galaxyzoo.training.params import TrainParams
from galaxyzoo.training.run import train_network


def train_together(network: Network, data: DataFiles, options: TrainParams) -> None:
    """Train a network and write its weights and its history.

    In this process, or, where torchrun started several, as one of them. Where the environment asks
    for several by GALAXYZOO_TRAIN_PROCESSES, so many run the command that this process was given,
    and this one waits.
    """
    several = processes_to_start()
    if several > 1:
        threads = max(torch.get_num_threads() // several, 1)
        launch([sys.executable, *sys.orig_argv[1:]], several, threads)
        return
    with joined(options.device):
        train_network(network, data, options).write()
