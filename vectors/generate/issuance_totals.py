"""The four totals of a header: the field `dao`, and the capacity that spent cells free."""

from issuance_model import CKB, P, S, SATOSHI, field, field_out, freed, genesis_field, issued, next_field, parts
from issuance_replay import BLOCKS, HEADERS, mainnet_header
from issuance_tools import DAO_SCRIPT, MOST, TWO, ZERO, File, cell, issuing


def dao_fields(replay):
    file = File(
        "dao-field-",
        "From one DAO field to the next",
        "issuance.dao_field",
        [
            "The totals of a header from those of its parent: on real blocks, and at both ends of 64 bits.",
            "The first case, block 1 of mainnet, has no transaction but the cellbase: it can be followed by hand.",
        ],
        lambda question: field_out(*next_field(question)),
        {
            "order": ("encoding", "AR written first, in the order in which the node's function returns the parts"),
            "own-c": ("arithmetic", "the block's own C used for its AR or S"),
            "cellbase-amount": ("arithmetic", "C raised by what the cellbase pays out"),
            "depositors-rounded": ("rounding", "the depositors' part rounded down instead of the miners'"),
            "freed-first": (
                "boundary",
                "freed capacity subtracted before the added is added, so that a step is negative",
            ),
            "interest-first": ("boundary", "interest subtracted from S before the block's share is added"),
            "no-remainder": ("arithmetic", "the extra shannon of the secondary issuance left out"),
            "narrow-product": ("overflow", "AR times the issuance computed in 64 bits"),
            "old-epoch": ("arithmetic", "the first block of an epoch computed with the length of the epoch before"),
            "wraps": ("overflow", "a total that leaves 64 bits wraps around"),
            "saturates": ("overflow", "a total that would be negative kept at 0"),
            "floating-point": ("rounding", "the miners' part computed with U / C in floating point"),
            "net-interest": ("overflow", "S held to 64 bits only after the interest is subtracted"),
        },
    )
    real_fields(file, replay)
    withdrawing_fields(file, replay)
    miners_parts(file)
    fields_at_the_ends(file)
    return file


def real_fields(file, replay):
    all_ = "DAO-001 DAO-002 DAO-003 DAO-004 DAO-005"
    file.add(
        "mainnet-1",
        "block 1: an empty block",
        all_,
        replay.moved[1],
        "order own-c no-remainder narrow-product",
        provenance=BLOCKS,
    )
    file.add(
        "mainnet-12",
        "block 12 has the first cellbase with an output, of 61 CKB",
        "DAO-002 DAO-005",
        replay.moved[12],
        "cellbase-amount",
        provenance=BLOCKS,
    )
    busy = max(range(13, 61), key=lambda n: len(replay.facts[n]["transactions"]))
    file.add(f"mainnet-{busy}", "cells are created and spent", "DAO-005", replay.moved[busy], provenance=BLOCKS)
    before, parent, block = (mainnet_header(height)["dao"] for height in (3541, 3542, 3543))
    added = parts(block)[3] - parts(parent)[3]
    first = {"parent": parent, "epoch": TWO, "block_number": 3543, "added": added, "freed": 0, "interest": 0}
    assert field(*next_field(first)) == block
    file.add(
        "mainnet-3543",
        "the first block of epoch 2 (what it adds to U is taken from the headers)",
        "DAO-002 DAO-003 DAO-004",
        first,
        "old-epoch",
        provenance=HEADERS,
    )
    last = {"parent": before, "epoch": issuing(1, 1743, 1800), "block_number": 3542, "freed": 0, "interest": 0}
    last["added"] = parts(parent)[3] - parts(last["parent"])[3]
    assert field(*next_field(last)) == parent
    file.add(
        "mainnet-3542",
        "the last block of epoch 1 gets no extra shannon (what it adds to U is taken from the headers)",
        "DAO-002 DAO-003 DAO-004",
        last,
        provenance=HEADERS,
    )


def withdrawing_fields(file, replay):
    c, ar, s, u = parts(replay.moved[1]["parent"])
    synthetic = dict(replay.moved[1], parent=field(c, ar, 10**6, u), added=8_200_000_000, freed=6_100_000_000)
    g1, g2 = issued(ZERO, 1)
    rest = g2 - g2 * u // c
    file.add("interest", "a withdrawal takes its interest out of S", "DAO-004 DAO-005", synthetic | {"interest": 10**6})

    file.twin(
        "interest-all",
        "interest takes all of S, including the block's own share",
        "DAO-004",
        {"interest": 10**6 + rest},
        "interest-first",
    )
    file.reject(
        "interest-too-much",
        "interest takes one shannon more than there is",
        "DAO-004",
        {"interest": 10**6 + rest + 1},
        "saturates",
    )


def miners_parts(file):
    # A block that issues 10 shannons of the secondary kind, half of which is the miners'.
    epoch = {
        "start_number": 5,
        "length": 1,
        "base_block_reward": 7,
        "remainder_reward": 0,
        "secondary_epoch_reward": 10,
    }
    tiny = {
        "parent": field(1000, 10**16, 5, 550),
        "epoch": epoch,
        "block_number": 5,
        "added": 0,
        "freed": 0,
        "interest": 0,
    }
    file.add("small", "10 · 550 / 1000 = 5.5: the miners' part is rounded down to 5, the rest is 5", "DAO-004", tiny)
    file.twin(
        "miners-rounded",
        "10 · 999 / 1000 = 9.99: the miners' part is 9, and 1 is left",
        "DAO-004",
        {"parent": field(1000, 10**16, 5, 999)},
        "depositors-rounded",
    )
    file.twin(
        "all-occupied",
        "U = C: all of the secondary issuance is the miners'",
        "DAO-004",
        {"parent": field(1000, 10**16, 5, 1000)},
    )
    file.twin(
        "exact-quotient",
        "49 · 1 / 49 = 1, but floor(0.99…) = 0 in floating point",
        "DAO-004",
        {"parent": field(49, 10**16, 0, 1), "epoch.secondary_epoch_reward": 49},
        "floating-point",
    )
    file.twin(
        "ar-remainder",
        "3 shannons for two blocks: the first issues 2, and AR grows by 2",
        "DAO-003 ISS-004",
        {"parent": field(10, 10, 0, 0), "epoch.length": 2, "epoch.secondary_epoch_reward": 3},
        "no-remainder",
    )
    file.reject(
        "u-above-c",
        "U > C, which no chain has: the miners' part exceeds the whole",
        "DAO-004",
        {"parent": field(1000, 10**16, 5, 1100)},
        "wraps",
    )


def fields_at_the_ends(file):
    file.base = "small"
    file.twin("c-largest", "C reaches 2^64 - 1", "DAO-002", {"parent": field(MOST - 17, 10**16, 5, 0)})
    file.reject(
        "c-too-large",
        "C would be 2^64, which mainnet's is in epoch 191,083",
        "DAO-002",
        {"parent": field(MOST - 16, 10**16, 5, 0)},
        "wraps",
    )
    # The largest AR whose sum with floor(AR · 10 / 1000) fits 64 bits.
    largest = next(ar for ar in range(MOST * 100 // 101 + 2, 0, -1) if ar + ar * 10 // 1000 <= MOST)
    file.twin("ar-largest", "AR reaches its greatest value", "DAO-003", {"parent": field(1000, largest, 5, 0)})
    file.reject("ar-too-large", "AR exceeds 64 bits", "DAO-003", {"parent": field(1000, largest + 1, 5, 0)}, "wraps")
    file.reject(
        "ar-growth-too-large",
        "AR of 2^63 grows by 2^64, whose low 64 bits are 0",
        "DAO-003",
        {"parent": field(5, 2**63, 0, 0)},
        "wraps",
    )
    file.twin("s-largest", "S reaches 2^64 - 1", "DAO-004", {"parent": field(1000, 10**16, MOST - 10, 0)})
    file.reject("s-too-large", "S exceeds 64 bits", "DAO-004", {"parent": field(1000, 10**16, MOST - 9, 0)}, "wraps")
    file.reject(
        "s-too-large-before-interest",
        "S would be 2^64 before an interest of 1 is subtracted",
        "DAO-004",
        {"parent": field(1000, 10**16, MOST - 9, 0), "interest": 1},
        "net-interest",
    )
    file.twin(
        "u-all-freed",
        "all occupied capacity is freed, also that of cells created in the block",
        "DAO-005",
        {"parent": field(1000, 10**16, 5, 100), "added": 41 * CKB, "freed": 41 * CKB + 100},
        "freed-first",
    )
    file.reject(
        "u-too-much-freed",
        "one shannon more is freed than was occupied",
        "DAO-005",
        {"parent": field(1000, 10**16, 5, 100), "added": 41 * CKB, "freed": 41 * CKB + 101},
        "saturates",
    )
    wide = field(MOST - 17, 10**16, 5, MOST - 41 * CKB)
    # U > C would break DAO-004 as well, so C is as great.
    file.twin(
        "u-largest",
        "U reaches 2^64 - 1 before cells are freed",
        "DAO-005",
        {"parent": wide, "added": 41 * CKB, "freed": 41 * CKB},
        "freed-first",
    )
    file.reject(
        "u-too-large",
        "U exceeds 64 bits before cells are freed",
        "DAO-005",
        {"parent": wide, "added": 42 * CKB, "freed": 42 * CKB},
        "wraps",
    )
    return file


def freed_capacities():
    file = File(
        "freed-",
        "What a spent cell takes off the occupied capacity",
        "issuance.freed_capacity",
        ["What it occupies; but six tenths of its capacity if the genesis cellbase made it with the burnt CKB's lock."],
        lambda question: {"capacity": freed(question["cell"])},
        {
            "anywhere": ("boundary", "the exception made for cells that genesis did not create"),
            "by-code-hash": ("boundary", "the exception made to depend on the program of the lock"),
            "type-left-out": ("arithmetic", "the type script not counted"),
            "data-left-out": ("arithmetic", "the data not counted"),
            "gift-rounded": ("rounding", "six tenths rounded up or to the nearest"),
            "gift-plain": (
                "boundary",
                "the exception made only for cells without type script and data, or these added to it",
            ),
            "wraps": ("overflow", "six times the capacity in 64 bits wraps around"),
        },
    )
    gift = cell(84 * 10**16, args=SATOSHI)
    ask = {"cell": {"output": gift, "data_size": 0, "origin": "genesis_cellbase"}}
    file.add("burnt", "six tenths of 8.4 billion CKB count as occupied", "DAO-007", ask)

    file.twin(
        "burnt-elsewhere",
        "the same cell from another transaction occupies 61 CKB",
        "DAO-007 DAO-005",
        {"cell.origin": "other"},
        "anywhere",
    )
    file.twin(
        "burnt-other-program",
        "the exception holds whichever program the lock names",
        "DAO-007",
        {"cell.output.lock.code_hash": "0x" + "00" * 32, "cell.output.lock.hash_type": "data"},
        "by-code-hash",
    )
    file.twin(
        "burnt-other-args",
        "with one more byte of args it is another lock",
        "DAO-007",
        {"cell.output.lock.args": SATOSHI + "00"},
        "by-code-hash",
    )
    file.twin("burnt-rounded", "6 · 9 / 10 = 5.4, rounded down", "DAO-007", {"cell.output.capacity": 9}, "gift-rounded")
    file.twin(
        "burnt-type-and-data",
        "a type script and 100 bytes of data make no difference",
        "DAO-007",
        {"cell.output.type": DAO_SCRIPT, "cell.data_size": 100},
        "gift-plain",
    )
    most = (2**64 - 1) // 6
    file.twin(
        "burnt-largest", "the greatest capacity whose sixfold fits 64 bits", "DAO-007", {"cell.output.capacity": most}
    )
    file.reject(
        "burnt-too-large",
        "one shannon more: the sixfold exceeds 64 bits",
        "DAO-007",
        {"cell.output.capacity": most + 1},
        "wraps",
        of="burnt-largest",
    )
    plain = {"cell": {"output": cell(10**12, type_=DAO_SCRIPT), "data_size": 8, "origin": "other"}}
    file.add("deposit", "a deposit occupies 8 + 8 + 53 + 33 bytes", "DAO-005", plain, "type-left-out data-left-out")
    size = (2**64 - 1) // CKB - 94
    file.twin("data-largest", "the most data whose capacity fits 64 bits", "DAO-005", {"cell.data_size": size})
    file.reject(
        "data-too-large", "one more byte of data", "DAO-005", {"cell.data_size": size + 1}, "wraps", of="data-largest"
    )
    return file


def genesis_dao_fields():
    file = File(
        "",
        "The DAO field of genesis",
        "issuance.genesis_dao_field",
        ["Small genesis blocks; `ckbspec audit genesis` rebuilds the real ones with all their cells."],
        genesis_field,
        {
            "rounded-down": ("rounding", "the shares of block 0 rounded down, without the extra shannons"),
            "never-issued": ("arithmetic", "the issuance of block 0 left out because nobody is paid it"),
            "gift-in-any-transaction": ("boundary", "the exception made for the second transaction as well"),
            "nothing-issued": ("boundary", "a chain with C = 0 accepted: its next block divides by it"),
            "wraps": ("overflow", "a sum of capacities that wraps around"),
        },
    )
    counted = lambda output, origin="genesis_cellbase", size=0: {"output": output, "data_size": size, "origin": origin}
    cells = [
        counted(cell(10**10), size=6),
        counted(cell(84 * 10**16, args=SATOSHI)),
        counted(cell(10**12, type_=DAO_SCRIPT), "other", 8),
    ]
    ask = {"epoch_length": 1743, "primary_epoch_reward": P, "secondary_epoch_reward": S, "cells": cells}
    rules = "DAO-008 DAO-001 ISS-017"
    file.add(
        "genesis-dao-field",
        "three cells, one of them burnt, and mainnet's rewards",
        rules + " DAO-007",
        ask,
        "rounded-down never-issued",
    )
    file.twin(
        "genesis-dao-field-even",
        "one block in epoch 0: nothing is rounded, so there is no extra shannon",
        rules,
        {"epoch_length": 1},
    )
    change = {"cells": [counted(cell(84 * 10**16, args=SATOSHI), "other")]}
    file.twin(
        "genesis-dao-field-second-transaction",
        "a burnt cell of the second transaction occupies 61 CKB",
        "DAO-007 DAO-008",
        change,
        "gift-in-any-transaction",
    )
    file.twin("genesis-dao-field-no-cells", "issuance alone", rules, {"cells": []})
    change = {"primary_epoch_reward": 0, "secondary_epoch_reward": 1}
    file.twin("genesis-dao-field-one-shannon", "one shannon is enough", rules, change, of="genesis-dao-field-no-cells")
    file.reject(
        "genesis-dao-field-nothing",
        "nothing is issued at all",
        "DAO-008",
        {"secondary_epoch_reward": 0},
        "nothing-issued",
        of="genesis-dao-field-one-shannon",
    )
    most = {"primary_epoch_reward": 0, "secondary_epoch_reward": 0, "cells": [counted(cell(2**64 - 1))]}
    file.twin("genesis-dao-field-largest", "C is 2^64 - 1", "DAO-008 DAO-002", most)
    file.reject(
        "genesis-dao-field-too-large",
        "C would be 2^64",
        "DAO-002",
        {"primary_epoch_reward": 1},
        "wraps",
        of="genesis-dao-field-largest",
    )
    return file
