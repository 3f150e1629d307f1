"""What every part of the generator needs to know of the shop as a whole: its rates, its window, its goods, its size."""

from dataclasses import dataclass

from pipelines.sample.catalogue import Catalogue
from pipelines.sample.clock import Window
from pipelines.sample.parameters import Parameters


@dataclass(frozen=True)
class InventedShop:
    """One shop: `customers` people over `window`, buying from `catalogue`."""

    customers: int
    window: Window
    shop: Parameters
    catalogue: Catalogue
