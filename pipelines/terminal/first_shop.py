"""The shop of a first evening: invented files, written by a door of the house where nobody has a shop yet.

How a shop is generated stands in sample/, whose a data directory is stands in night/; nothing behind the doors invents.
"""

from pipelines.folders import DataFolder, private_files
from pipelines.night.moments import Listener, Moment
from pipelines.night.shop import FIRST_SHOP, Shop, at_work, holds_anything, open_shop
from pipelines.problems import BadInput
from pipelines.settings.model import Settings

STAGE = "inventing a shop"


def invent_first_shop(folder: DataFolder, settings: Settings, on_moment: Listener) -> bool:
    """Write the sample shop's files into landing/sample, when that is the shop and it has none; True when it did.

    Only a data directory that is nobody's yet is filled, and only when no other shop is named: a folder that the user
    named is the user's, and so is a landing folder that the user emptied. BadInput when the files cannot be written.
    """
    if not _awaits_files(open_shop(folder, settings)):
        return False
    with private_files(), at_work(folder):
        if not _awaits_files(open_shop(folder, settings)):  # somebody was quicker
            return False
        on_moment(Moment(STAGE, "landing files", "start"))
        _write_files(folder)
        on_moment(Moment(STAGE, "landing files", "success"))
    return True


def _awaits_files(shop: Shop) -> bool:
    [landed, *others] = shop.sources
    is_first = landed.source.name == FIRST_SHOP and landed.folder == shop.folder.landing / FIRST_SHOP and not others
    return is_first and shop.is_new and not holds_anything(landed.folder)


def _write_files(folder: DataFolder) -> None:
    from pipelines.sample.defaults import CUSTOMERS, DAYS, SEED
    from pipelines.sample.generator import generate

    try:
        generate(folder.landing / FIRST_SHOP, CUSTOMERS, DAYS, SEED)
    except OSError as problem:
        raise BadInput(f"{folder.landing} cannot be written ({problem.strerror}): mend that, then run again") from None
