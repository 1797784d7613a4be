"""What the miner of a block gets."""

from issuance_model import CKB, block_reward
from issuance_replay import BLOCKS
from issuance_tools import SIGHASH, ZERO, File

REWARD_NOTES = {
    "sixty-per-cent": ("rounding", "the share for committing computed as six tenths, rounded down"),
    "split-sum": ("rounding", "the sum of the fees split, instead of each fee"),
    "latest-proposer": ("boundary", "the latest proposal paid, or each of them, instead of the first"),
    "window": ("boundary", "commitments or proposals counted that are one block too near or too far"),
    "block-1": ("boundary", "block 1 paid for commitments in blocks 3 to 10, which the node leaves out"),
    "uncle-proposals": ("arithmetic", "the proposals of uncles left out"),
    "paid-twice": ("arithmetic", "an id paid twice because block and uncle both propose it"),
    "cell-anyway": ("boundary", "a reward paid that is too small for a cell, or one not paid that is just enough"),
    "same-block-id": ("boundary", "an id that one block commits twice paid twice, or paid for the second"),
    "genesis-proposes": ("boundary", "the proposals of block 0 taken into account"),
    "all-fees": ("overflow", "a fee found too large to split, although its share for proposing is another block's"),
    "wraps": ("overflow", "four times a fee, or a sum, wraps around"),
}


def mainnet_rewards(replay):
    file = File(
        "reward-",
        "Real rewards",
        "issuance.block_reward",
        [
            "Blocks of mainnet. The cellbase eleven blocks later pays the reward: the total is its output's capacity.",
            "Fees follow from the real genesis and all transactions since.",
        ],
        block_reward,
        {"own-totals": ("arithmetic", "U and C of the block itself instead of its parent's")},
        BLOCKS,
    )
    asked = {target: replay.reward_question(target) for target in range(1, 50)}
    first = {}
    for target, question in asked.items():
        reward = block_reward(question)
        first.setdefault((reward["commit"] > 0, reward["proposal"] > 0), target)
    for kind, why, rules, flags in (
        ((False, False), "no fees", "ISS-007", "own-totals"),
        ((True, False), "a share for committing alone", "ISS-007 ISS-008", ""),
        ((False, True), "a share for proposing alone", "ISS-007 ISS-008", ""),
        ((True, True), "both shares", "ISS-007 ISS-008", ""),
    ):
        target = first[kind]
        why = f"block {target}, paid in block {target + 11}: {why}"
        file.add(f"mainnet-{target}", why, rules, asked[target], flags)
    return file


IDS = ["0x" + f"{n:02x}" * 10 for n in range(1, 10)]
A, B, C = IDS[:3]


def block(n, proposals=(), fees=(), uncles=()):
    """A block as the question has it; `fees` are those of its transactions, each with the transaction's id."""
    transactions = [{"id": id_, "fee": fee} for id_, fee in fees]
    return {"number": n, "proposals": list(proposals), "uncle_proposals": list(uncles), "transactions": transactions}


def commits(n):
    """A block with one transaction, A, whose fee is 1000."""
    return block(n, fees=[(A, 1000)])


def block_rewards(replay):
    file = File(
        "reward-",
        "The reward of a block in parts",
        "issuance.block_reward",
        ["A block, those around it, and small fees: who is paid for what, at every edge of the proposal window."],
        block_reward,
        REWARD_NOTES,
    )
    lock = {"code_hash": SIGHASH, "hash_type": "type", "args": "0x" + "11" * 20}
    asked = {"target": 20, "epoch": ZERO, "parent_dao": replay.moved[20]["parent"], "lock": lock}

    def add(id_, why, rules, flags, *blocks, rev=None, **change):
        file.add(id_, why, rules, asked | {"blocks": list(blocks)} | change, flags, rev=rev)

    shares(add)
    windows(add)
    proposers(add)
    ids_used_up(add)
    first_blocks(add, replay)
    small_rewards(add, file)
    rewards_at_the_ends(add, file)
    return file


def shares(add):
    add("alone", "no transactions, no proposals", "ISS-007", "")
    fees = list(zip(IDS, (1, 4, 5, 9, 10)))
    add(
        "commit",
        "fees of 1, 4, 5, 9 and 10: committing pays 1 + 3 + 3 + 6 + 6",
        "ISS-008",
        "sixty-per-cent",
        block(20, fees=fees),
    )
    add(
        "commit-ones",
        "three fees of 1: committing pays 3, and proposing 0",
        "ISS-008",
        "split-sum",
        block(18, IDS[:3]),
        block(20, fees=[(i, 1) for i in IDS[:3]]),
    )
    add(
        "propose-ones",
        "three fees of 2: proposing pays floor(0.8) for each, not floor(2.4) for all",
        "ISS-008 ISS-009",
        "split-sum",
        block(20, IDS[:3]),
        block(22, fees=[(i, 2) for i in IDS[:3]]),
    )


def windows(add):
    add(
        "first-commit",
        "committed two blocks later, in the first block that can",
        "ISS-009",
        "window",
        block(20, [A]),
        commits(22),
    )
    add(
        "last-commit",
        "committed ten blocks later, in the last block that can",
        "ISS-009",
        "window",
        block(20, [A]),
        commits(30),
    )
    add(
        "too-near",
        "committed one block later, which no valid chain does: not counted",
        "ISS-009",
        "window",
        block(20, [A]),
        commits(21),
        rev=2,
    )
    add(
        "too-far",
        "committed eleven blocks later, which the proposal in block 21 allows: not counted",
        "ISS-009",
        "window",
        block(20, [A]),
        block(21, [A]),
        commits(31),
    )


def proposers(add):
    add(
        "earlier",
        "block 19, ten blocks before block 29, proposed it first",
        "ISS-010",
        "latest-proposer window",
        block(19, [A]),
        block(20, [A]),
        commits(29),
    )
    add(
        "earlier-too-far",
        "block 19 proposed it too, but is eleven blocks before block 30",
        "ISS-010",
        "window",
        block(19, [A]),
        block(20, [A]),
        commits(30),
    )
    add(
        "earlier-by-8",
        "block 12, ten blocks before block 22, proposed it first",
        "ISS-010",
        "window",
        block(12, [A]),
        block(20, [A]),
        commits(22),
    )
    add(
        "earlier-by-8-too-far",
        "block 12 proposed it too, but is eleven blocks before block 23",
        "ISS-010",
        "window",
        block(12, [A]),
        block(20, [A]),
        commits(23),
    )
    add(
        "later",
        "block 21 proposed it too, but after this block",
        "ISS-010",
        "latest-proposer",
        block(20, [A]),
        block(21, [A]),
        commits(23),
    )
    add(
        "earlier-in-uncle",
        "an uncle in block 19 proposed it first",
        "ISS-010 ISS-012",
        "uncle-proposals",
        block(19, uncles=[A]),
        block(20, [A]),
        commits(25),
    )
    add("uncle", "an uncle of the block proposes it", "ISS-012", "uncle-proposals", block(20, uncles=[A]), commits(22))
    add(
        "block-and-uncle",
        "the block and its uncle propose it",
        "ISS-012",
        "paid-twice",
        block(20, [A], uncles=[A]),
        commits(22),
    )


def ids_used_up(add):
    add(
        "id-twice",
        "two transactions share an id: the one in the higher block is paid, the other is not",
        "ISS-012",
        "paid-twice",
        block(20, [A]),
        commits(22),
        block(24, fees=[(A, 10)]),
    )
    add(
        "id-twice-elsewhere",
        "block 19 proposed the first id before; block 18 is eleven blocks before the other is committed: it is paid",
        "ISS-012",
        "paid-twice",
        block(18, [B]),
        block(19, [A]),
        block(20, [A, B]),
        block(24, fees=[(A, 10)]),
        block(29, fees=[(B, 20)]),
    )
    add(
        "id-twice-in-block",
        "two transactions of one block share an id: the first is paid, the second is not",
        "ISS-012",
        "same-block-id",
        block(20, [A]),
        block(22, fees=[(A, 1000), (A, 5000)]),
    )
    add(
        "others",
        "proposed by other blocks only",
        "ISS-009",
        "latest-proposer",
        block(20, [B]),
        block(21, [A]),
        block(23, fees=[(A, 1000), (C, 7)]),
    )


def first_blocks(add, replay):
    one = {"target": 1, "parent_dao": replay.moved[1]["parent"]}
    add(
        "block-1-at-3",
        "proposed in block 1, committed in block 3: not paid",
        "ISS-011",
        "block-1",
        block(1, [A]),
        commits(3),
        **one,
    )
    add(
        "block-1-at-10",
        "proposed in block 1, committed in block 10: not paid",
        "ISS-011",
        "block-1",
        block(1, [A]),
        commits(10),
        **one,
    )
    add(
        "block-1-at-11",
        "proposed in block 1, committed in block 11: paid",
        "ISS-011",
        "block-1",
        block(1, [A]),
        commits(11),
        **one,
    )
    add(
        "block-2-at-4",
        "proposed in block 2, committed in block 4: paid, because block 1 did not propose it",
        "ISS-011",
        "block-1",
        block(2, [A]),
        commits(4),
        target=2,
    )
    add(
        "block-2-at-4-earlier",
        "proposed in block 2, committed in block 4: not paid, because block 1 proposed it first",
        "ISS-010",
        "latest-proposer",
        block(1, [A]),
        block(2, [A]),
        commits(4),
        target=2,
    )
    add(
        "block-2-genesis",
        "block 0 proposed it too, which does not count",
        "ISS-010",
        "genesis-proposes",
        block(0, [A]),
        block(2, [A]),
        commits(4),
        target=2,
    )


def small_rewards(add, file):
    """Nothing is issued but what a cell takes."""
    small = {
        "start_number": 20,
        "length": 1,
        "base_block_reward": 61 * CKB,
        "remainder_reward": 0,
        "secondary_epoch_reward": 0,
    }
    add("enough", "61 CKB are exactly what the cell occupies: paid", "ISS-015", "cell-anyway", epoch=small)
    file.twin(
        "too-small",
        "one shannon less than the cell occupies: not paid",
        "ISS-015",
        {"epoch.base_block_reward": 61 * CKB - 1},
        "cell-anyway",
        of="enough",
    )
    file.twin(
        "longer-lock",
        "one more byte of args: the cell occupies 62 CKB, and 61 CKB are not paid",
        "ISS-015",
        {"lock.args": "0x" + "11" * 21},
        "cell-anyway",
        of="enough",
    )
    file.twin(
        "nothing",
        "no reward at all, and a lock without args: not paid",
        "ISS-015",
        {"epoch.base_block_reward": 0, "lock.args": "0x"},
        of="enough",
    )


def rewards_at_the_ends(add, file):
    zero = {"start_number": 20, "length": 1, "base_block_reward": 0, "remainder_reward": 0, "secondary_epoch_reward": 0}
    add("largest-fee", "four times the fee is 2^64 - 4", "ISS-020", "", block(20, fees=[(A, 2**62 - 1)]), epoch=zero)
    change = {"blocks": [block(20, fees=[(A, 2**62)])]}
    file.reject("fee-too-large", "four times the fee is 2^64", "ISS-020", change, "wraps", of="largest-fee")
    split = block(22, fees=[(A, 2**62)])
    add(
        "proposal-fee-others",
        "a fee of 2^62 that block 19 proposed first: nothing of it is split here",
        "ISS-020",
        "all-fees",
        block(19, [A]),
        block(20, [A]),
        split,
        epoch=zero,
    )
    change = {"blocks": [block(20, [A]), split]}
    file.reject(
        "proposal-fee-too-large",
        "four times the fee is 2^64, on the proposer's side",
        "ISS-020",
        change,
        "wraps",
        of="proposal-fee-others",
    )
    file.twin(
        "largest-total",
        "the parts add up to 2^64 - 1",
        "ISS-020",
        {"epoch.base_block_reward": 2**64 - 1, "blocks": []},
        of="largest-fee",
    )
    change = {"blocks": [block(20, fees=[(A, 1)])]}
    file.reject("total-too-large", "the parts add up to 2^64", "ISS-020", change, "wraps", of="largest-total")
