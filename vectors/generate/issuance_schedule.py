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
            "shift-by-64": ("overflow", "a shift by 64 bits taken modulo 64, which gives the first reward again"),
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
    twin(560_639, "63 halvings: the largest shift of a 64-bit number")
    twin(560_640, "64 halvings leave nothing", "shift-by-64", "ISS-001 ISS-002")
    twin(2**32 * 8760, "2^32 halvings leave nothing", "narrow-epoch", "ISS-002", "halvings-2-32")
    change = {"initial_primary_epoch_reward": 2**64 - 1}
    twin(
        63 * 8760,
        "63 halvings of the greatest amount leave one shannon",
        "shift-by-64",
        "ISS-001",
        "largest-63",
        **change,
    )
    twin(
        64 * 8760, "64 halvings of the greatest amount leave nothing", "shift-by-64", "ISS-002", "largest-64", **change
    )
    twin(1, "an interval of 1: the reward is halved in every epoch", "", "ISS-001", "interval-1", halving_interval=1)
    return file


def secondary_rewards():
    file = File(
        "secondary-epoch-",
        "Secondary issuance by epoch",
        "issuance.secondary_epoch_reward",
        ["The same amount in every epoch: it is never halved, and does not end."],
        lambda q: {"reward": q["secondary_epoch_reward"]},
        {"halved": ("arithmetic", "the secondary issuance halved like the primary")},
    )
    file.add("0", "1.344 billion CKB a year", "ISS-004", {"secondary_epoch_reward": S, "epoch": 0})
    file.twin("8760", "epoch 8760 halves nothing", "ISS-004", {"epoch": 8760}, "halved")
    return file


def block_issuances():
    def answer(question):
        g1, g2 = issued(question["epoch"], question["block_number"])
        return {"primary": g1, "secondary": g2}

    file = File(
        "block-issuance-",
        "What a block issues",
        "issuance.block_issuance",
        ["What remains of the division goes to the first blocks of the epoch, a shannon each."],
        answer,
        {
            "one-block-more": ("boundary", "`<=` for `<`: one block too many gets the extra shannon"),
            "last-blocks": ("boundary", "the remainder given to the last blocks"),
            "from-zero": ("arithmetic", "the height, not the index in the epoch, compared with the remainder"),
            "one-remainder": ("arithmetic", "one remainder used for both schedules"),
        },
    )
    file.add(
        "0",
        "genesis gets the extra shannon of both schedules",
        "ISS-003 ISS-004",
        {"epoch": ZERO, "block_number": 0},
        "last-blocks",
    )

    file.twin(
        "1001",
        "index 1001 is the last to get the extra shannon of the secondary issuance",
        "ISS-004",
        {"block_number": 1001},
    )
    file.twin(
        "1002",
        "index 1002 equals the remainder of the secondary issuance: no extra shannon",
        "ISS-004",
        {"block_number": 1002},
        "one-block-more one-remainder",
    )
    file.twin(
        "1389",
        "index 1389 is the last to get the extra shannon of the primary issuance",
        "ISS-003",
        {"block_number": 1389},
    )
    file.twin(
        "1390",
        "index 1390 equals the remainder of the primary issuance: no extra shannon",
        "ISS-003",
        {"block_number": 1390},
        "one-block-more",
    )
    file.twin("1742", "the last block of the epoch", "ISS-003 ISS-004", {"block_number": 1742}, "last-blocks")
    file.twin(
        "3543",
        "the first block of epoch 2: its height is above the remainder, its index is 0",
        "ISS-003 ISS-004",
        {"epoch": TWO, "block_number": 3543},
        "from-zero",
    )
    even = {"start_number": 0, "length": 4, "base_block_reward": 5, "remainder_reward": 0, "secondary_epoch_reward": 8}
    file.twin(
        "even", "no remainders: no block gets an extra shannon", "ISS-003 ISS-004", {"epoch": even}, "one-block-more"
    )
    file.twin(
        "no-primary",
        "after the last halving only the secondary issuance is left",
        "ISS-003",
        {"epoch": issuing(420_480, 0, 1743)},
    )
    return file
