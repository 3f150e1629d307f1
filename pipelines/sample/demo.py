"""The sample shop that a first evening runs on. How a shop is generated is generator's business."""

from pipelines.problems import BadInput
from pipelines.shop import Shop

CUSTOMERS = 4_000
DAYS = 730
SEED = 42


def ensure_sample(shop: Shop) -> bool:
    """Generate the sample shop into its own landing folder when that is empty; True when it did.

    Only the built-in source in its own place is filled: a folder that the user named is the user's.
    """
    for landed in shop.sources:
        is_own = landed.source.name == "sample" and landed.folder == shop.folder.landing / "sample"
        if is_own and not (landed.folder.is_dir() and any(landed.folder.iterdir())):
            from pipelines.sample.generator import generate

            try:
                generate(landed.folder, CUSTOMERS, DAYS, SEED)
            except OSError as problem:
                raise BadInput(
                    f"{landed.folder} cannot be written ({problem.strerror}): mend that, then run again"
                ) from problem
            return True
    return False
