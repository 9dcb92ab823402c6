"""Every known data set by the name that params.yaml gives it. Cheap to import.

A new one is one constant beside its kin, and its name here.
"""

from archbench.download.cifar import CIFAR10, CIFAR100
from archbench.download.mnist import FASHION_MNIST, MNIST

DATASETS = {dataset.name: dataset for dataset in (CIFAR10, CIFAR100, MNIST, FASHION_MNIST)}
