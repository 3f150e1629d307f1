"""The goods of the shop: what they are called and what they cost. Who buys them is decided in basket.py."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample.texts import joined, money, numbered

# category: subcategories, cheapest and dearest list price in CNY
CATEGORIES: dict[str, tuple[tuple[str, ...], int, int]] = {
    "Food": (("Tea", "Snacks", "Dried Fruit", "Noodles"), 8, 400),
    "Books": (("Fiction", "Cooking", "Travel", "Children"), 10, 300),
    "Toys": (("Blocks", "Puzzles", "Dolls", "Models"), 10, 1500),
    "Beauty": (("Skin Care", "Make-up", "Hair Care", "Fragrance"), 20, 1500),
    "Clothing": (("Shirts", "Trousers", "Coats", "Dresses"), 30, 2500),
    "Shoes": (("Sneakers", "Boots", "Sandals", "Slippers"), 60, 3000),
    "Home": (("Bedding", "Lamps", "Storage", "Furniture"), 15, 5000),
    "Kitchen": (("Cookware", "Tableware", "Kettles", "Ovens"), 15, 4000),
    "Sports": (("Cycling", "Camping", "Fitness", "Swimming"), 20, 6000),
    "Electronics": (("Headphones", "Cameras", "Tablets", "Laptops"), 30, 12000),
}
DEAREST = len(CATEGORIES) - 1
BRANDS = ("Orvia", "Tolmek", "Lunareth", "Quillo", "Brunsta", "Vexmoor", "Zenquay", "Halvora", "Mirrowen", "Pelluca")
STYLES = ("Classic", "Light", "Urban", "Pure", "Bold", "Soft", "Prime", "Simple", "Bright", "Quiet", "Grand", "Swift")
PRODUCTS_A_CATEGORY = 120


@dataclass(frozen=True)
class Catalogue:
    """Products by category, then by price. `list_price` is in cents, shape (categories, products a category)."""

    list_price: np.ndarray
    product_id: pa.Array  # of the flattened list_price
    search_terms: tuple[pa.Array, ...]  # of the same: words for the product, the widest first
    table: pa.Table  # the products feed

    def at_price(self, category: np.ndarray, price: np.ndarray, steps_up: np.ndarray) -> np.ndarray:
        """Flat index of the product `steps_up` above the cheapest of the category that costs `price` cents or more."""
        # One sorted axis for all categories: 100 lies far above any logarithm of a price.
        axis = (np.log(self.list_price) + 100.0 * np.arange(len(self.list_price))[:, None]).ravel()
        found = np.searchsorted(axis, np.log(price) + 100.0 * category) + steps_up
        return np.minimum(found, (category + 1) * PRODUCTS_A_CATEGORY - 1)


def draw_catalogue(rng: np.random.Generator) -> Catalogue:
    """A catalogue of 1,200 invented products in ten categories."""
    count = len(CATEGORIES) * PRODUCTS_A_CATEGORY
    bounds = np.log([[low, high] for _, low, high in CATEGORIES.values()])
    position = rng.random((len(CATEGORIES), PRODUCTS_A_CATEGORY))
    position[:, -1] = 1.0  # the dearest price is always offered, so that every basket can be filled
    price = np.exp(bounds[:, :1] + position * (bounds[:, 1:] - bounds[:, :1]))
    cents = np.sort(np.round(price * 10).astype(np.int64) * 10, axis=1)
    product_id = numbered("P", rng.permutation(count) + 1, 5)
    table = _table(rng, cents.ravel(), product_id)
    category, kind, brand = (
        pc.utf8_lower(table[name].combine_chunks()) for name in ("category", "subcategory", "brand")
    )
    terms = (category, kind, joined(brand, " ", kind))
    return Catalogue(cents, product_id, terms, table.sort_by("product_id"))


def _table(rng: np.random.Generator, cents: np.ndarray, product_id: pa.Array) -> pa.Table:
    category = pa.array(CATEGORIES).take(pa.array(np.arange(len(cents)) // PRODUCTS_A_CATEGORY))
    subcategories = [name for names, _, _ in CATEGORIES.values() for name in names]
    drawn = rng.integers(0, 4, len(cents)) + 4 * (np.arange(len(cents)) // PRODUCTS_A_CATEGORY)
    subcategory = pa.array(subcategories).take(pa.array(drawn))
    brand = pa.array(BRANDS).take(pa.array(rng.integers(0, len(BRANDS), len(cents))))
    style = pa.array(STYLES).take(pa.array(rng.integers(0, len(STYLES), len(cents))))
    return pa.table(
        {
            "product_id": product_id,
            "name": joined(brand, " ", style, " ", subcategory),
            "category": category,
            "subcategory": subcategory,
            "brand": brand,
            "list_price": money(cents),
        }
    )
