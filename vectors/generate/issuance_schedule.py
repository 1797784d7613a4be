"""What is issued, by epoch and by block."""

from issuance_model import HALVING, P, S, issued, primary
from issuance_tools import TWO, ZERO, File, issuing


def primary_rewards():
    file = File(
        "primary-epoch-",
        "Primary issuance by epoch",
        "issuance.primary_epoch_reward",
        ["The first amount is halved every 8760 epochs and rounded down, until nothing is left."],
        lambda q: {"reward": primary(q["epoch"], q["initial_primary_epoch_reward"], q["halving_interval"])},
        {
            "halving-early": ("boundary", "the halving one epoch early or late"),
            "rounded-halving": ("rounding", "half a shannon rounded up"),
            "floating-point": ("rounding", "the first amount, which has 48 bits, halved in single precision"),
            "shift-by-64": ("overflow", "a shift by 64 bits taken modulo 64: the first reward is back"),
            "narrow-epoch": ("overflow", "the number of halvings cut to 32 or 8 bits"),
        },
    )
    ask = {"initial_primary_epoch_reward": P, "halving_interval": HALVING, "epoch": 0}
    file.add("0", "4.2 billion CKB a year", "ISS-001", ask)

    def twin(epoch, why, flags="", rules="ISS-001", id_=None, **change):
        file.twin(id_ or str(epoch), why, rules, {"epoch": epoch} | change, flags)

    twin(8759, "the last epoch before the first halving", "halving-early")
    twin(8760, "the first halving", "halving-early")
    twin(17_520, "the second halving")
    twin(43_800, "the fifth halving is the first that loses half a shannon", "rounded-halving")
    twin(411_720, "47 halvings leave one shannon", "floating-point")
    twin(420_480, "48 halvings leave nothing")
    twin(560_639, "63 halvings, the most that fit a shift")
    twin(560_640, "64 halvings are not none", "shift-by-64", "ISS-001 ISS-002")
    twin(2**32 * 8760, "2^32 halvings are not none", "narrow-epoch", "ISS-002", "halvings-2-32")
    change = {"initial_primary_epoch_reward": 2**64 - 1}
    twin(
        63 * 8760,
        "63 halvings of the greatest amount leave one shannon",
        "shift-by-64",
        "ISS-001",
        "largest-63",
        **change,
    )
    twin(64 * 8760, "64 halvings of it leave nothing", "shift-by-64", "ISS-002", "largest-64", **change)
    twin(1, "another interval: halved in every epoch", "", "ISS-001", "interval-1", halving_interval=1)
    return file


def secondary_rewards():
    file = File(
        "secondary-epoch-",
        "Secondary issuance by epoch",
        "issuance.secondary_epoch_reward",
        ["The same in every epoch: it is not halved, and does not end."],
        lambda q: {"reward": q["secondary_epoch_reward"]},
        {"halved": ("arithmetic", "the secondary issuance halved like the primary")},
    )
    file.add("0", "1.344 billion CKB a year", "ISS-004", {"secondary_epoch_reward": S, "epoch": 0})
    file.twin("8760", "no halving", "ISS-004", {"epoch": 8760}, "halved")
    return file


def block_issuances():
    def answer(question):
        g1, g2 = issued(question["epoch"], question["block_number"])
        return {"primary": g1, "secondary": g2}

    file = File(
        "block-issuance-",
        "What a block issues",
        "issuance.block_issuance",
        ["What does not divide evenly goes to the first blocks of the epoch, a shannon each."],
        answer,
        {
            "one-block-more": ("boundary", "`<=` for `<`: one block too many has the extra shannon"),
            "last-blocks": ("boundary", "the remainder given to the last blocks"),
            "from-zero": ("arithmetic", "the height compared with the remainder, not the index in the epoch"),
            "one-remainder": ("arithmetic", "one remainder used for both schedules"),
        },
    )
    file.add(
        "0", "genesis has both extra shannons", "ISS-003 ISS-004", {"epoch": ZERO, "block_number": 0}, "last-blocks"
    )

    file.twin(
        "1001",
        "index 1001: the last with the extra shannon of the secondary issuance",
        "ISS-004",
        {"block_number": 1001},
    )
    file.twin(
        "1002",
        "index 1002 is the remainder of the secondary issuance",
        "ISS-004",
        {"block_number": 1002},
        "one-block-more one-remainder",
    )
    file.twin(
        "1389", "index 1389: the last with the extra shannon of the primary issuance", "ISS-003", {"block_number": 1389}
    )
    file.twin(
        "1390",
        "index 1390 is the remainder of the primary issuance",
        "ISS-003",
        {"block_number": 1390},
        "one-block-more",
    )
    file.twin("1742", "the last block of the epoch", "ISS-003 ISS-004", {"block_number": 1742}, "last-blocks")
    file.twin(
        "3543",
        "the first block of epoch 2, whose height is above the remainder",
        "ISS-003 ISS-004",
        {"epoch": TWO, "block_number": 3543},
        "from-zero",
    )
    even = {"start_number": 0, "length": 4, "base_block_reward": 5, "remainder_reward": 0, "secondary_epoch_reward": 8}
    file.twin("even", "no remainders: nobody has more", "ISS-003 ISS-004", {"epoch": even}, "one-block-more")
    file.twin(
        "no-primary",
        "after the last halving only the secondary issuance is left",
        "ISS-003",
        {"epoch": issuing(420_480, 0, 1743)},
    )
    return file
