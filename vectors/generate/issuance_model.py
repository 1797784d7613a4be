"""The adjustment of epochs and the issuance, a second time: what `issuance.py` takes its expectations from.

Written from RFC 0015, 0020 and 0023 and from the chapters, the adjustment with fractions as RFC 0020 has it; none of
it is shared with the reference. A question is a dictionary as the operation takes it, with integers for its numbers.
"""

import struct
from fractions import Fraction

from hashes import compact_to_target
from molecule import fields, number, unhex

# Primary and secondary issuance of an epoch on mainnet, at first; epochs between two halvings.
P, S = 191_780_821_917_808, 61_369_863_013_698
HALVING = 8_760
# The pubkey hash of the lock on the CKB that genesis burnt.
SATOSHI = "0x62e907b15cbf27d5425399ebf6f0fb50ebb88f18"
CKB = 10**8


# --- Epochs -----------------------------------------------------------------------------------


def difficulty_of(compact):
    target = compact_to_target(compact)
    return 2**256 - 1 if target == 1 else 2**256 // target if target else 0


def compact_of(difficulty):
    target = 2**256 - 1 if difficulty == 1 else 2**256 // difficulty
    size = (target.bit_length() + 7) // 8
    mantissa = target >> 8 * (size - 3) if size > 3 else target << 8 * (3 - size)
    return size << 24 | mantissa


def primary(epoch, initial=P, interval=HALVING):
    """The primary issuance of a whole epoch."""
    return initial >> epoch // interval


def next_epoch(question):
    """The record of the next epoch: RFC 0020 with the node's roundings, in fractions."""
    parameters, epoch = question["parameters"], question["epoch"]
    seconds, blocks = parameters["epoch_duration_target"], epoch["length"]
    if parameters["engine"] == "dummy" and parameters["permanent_difficulty_in_dummy"]:
        length, compact, rate = -(-seconds // 8), epoch["compact_target"], epoch["previous_hash_rate"]
    else:
        length, compact, rate = adjusted(question)
    after = epoch["number"] + 1
    reward = epoch["base_block_reward"] * blocks + epoch["remainder_reward"]
    if after % parameters["halving_interval"] == 0:
        reward = primary(after, parameters["initial_primary_epoch_reward"], parameters["halving_interval"])
    return record(after, epoch["start_number"] + blocks, length, compact, reward, rate)


def adjusted(question):
    """Length and compact target of the next epoch, and the dampened hash rate of the last."""
    parameters, epoch, uncles = question["parameters"], question["epoch"], question["uncles"]
    ideal = Fraction(parameters["orphan_rate_target"]["numerator"], parameters["orphan_rate_target"]["denominator"])
    seconds, blocks = parameters["epoch_duration_target"], epoch["length"]
    duration = max(1, (question["last_timestamp"] - question["previous_timestamp"]) // 1000)
    estimate = difficulty_of(epoch["compact_target"]) * (blocks + uncles) // duration
    rate = epoch["previous_hash_rate"]
    rate = max(1, min(max(estimate, rate // 2), rate * 2) if rate else estimate)
    most, least = min(1800, 2 * blocks), max(300, blocks // 2)
    orphans = Fraction(uncles, blocks)
    # The denominator is how many blocks and uncles the next epoch is expected to have.
    if uncles == 0:
        length = most
        denominator = Fraction(length)
    else:
        raw = int(ideal * (1 + orphans) * seconds * blocks / (orphans * (1 + ideal) * duration)) % 2**64
        length = most if raw > most else least if raw < least else raw
        expected = ideal
        if length != raw:
            r = (1 + orphans) * seconds * blocks / (orphans * duration * length) - 1
            expected = 1 / r if r > 0 else ideal
        denominator = length * (1 + expected)
    return length, compact_of(max(1, int(rate * seconds / denominator))), rate


def record(number_, start, length, compact, reward, rate):
    return {
        "number": number_,
        "start_number": start,
        "length": length,
        "compact_target": compact,
        "base_block_reward": reward // length,
        "remainder_reward": reward % length,
        "previous_hash_rate": rate,
    }


def genesis_epoch(question):
    parameters = question["parameters"]
    rate = parameters["orphan_rate_target"]
    uncles = question["length"] * rate["numerator"] // rate["denominator"]
    hashes = difficulty_of(question["compact_target"]) * (question["length"] + uncles)
    reward = parameters["initial_primary_epoch_reward"]
    hash_rate = hashes // parameters["epoch_duration_target"]
    return {"epoch": record(0, 0, question["length"], question["compact_target"], reward, hash_rate)}


# --- Issuance ---------------------------------------------------------------------------------


def share(base, remainder, index):
    return base + 1 if index < remainder else base


def issued(epoch, block):
    """What a block issues: primary and secondary."""
    index, length = block - epoch["start_number"], epoch["length"]
    secondary = divmod(epoch["secondary_epoch_reward"], length)
    return share(epoch["base_block_reward"], epoch["remainder_reward"], index), share(*secondary, index)


def field(c, ar, s, u):
    """The field `dao` of a header."""
    return "0x" + struct.pack("<QQQQ", c, ar, s, u).hex()


def parts(raw):
    return struct.unpack("<QQQQ", unhex(raw))


def next_field(question):
    """C, AR, S and U of a block, from those of its parent."""
    c, ar, s, u = parts(question["parent"])
    g1, g2 = issued(question["epoch"], question["block_number"])
    c2, ar2 = c + g1 + g2, ar + ar * g2 // c
    s2 = s + g2 - g2 * u // c - question["interest"]
    return c2, ar2, s2, u + question["added"] - question["freed"]


def field_out(c, ar, s, u):
    return {"dao": field(c, ar, s, u), "c": hex(c), "ar": hex(ar), "s": hex(s), "u": hex(u)}


def occupied(output, size):
    """The capacity that a cell with so many bytes of data occupies."""
    count = 8 + size + 33 + len(unhex(output["lock"]["args"]))
    if output.get("type"):
        count += 33 + len(unhex(output["type"]["args"]))
    return count * CKB


def freed(cell):
    """What a cell counts for in U, which its spending takes off again."""
    output = cell["output"]
    if cell["origin"] == "genesis_cellbase" and output["lock"]["args"] == SATOSHI:
        return number(output["capacity"]) * 6 // 10
    return occupied(output, cell["data_size"])


def genesis_field(question):
    up = lambda total: -(-total // question["epoch_length"])
    s = up(question["secondary_epoch_reward"])
    c = up(question["primary_epoch_reward"]) + s + sum(number(x["output"]["capacity"]) for x in question["cells"])
    return field_out(c, 10**16, s, sum(map(freed, question["cells"])))


def block_reward(question):
    """Goes through the commitments in reach from the highest block down, and finds who first proposed each."""
    target = question["target"]
    blocks = {b["number"]: b for b in question["blocks"]}
    proposed = {n: set(b["proposals"]) | set(b["uncle_proposals"]) for n, b in blocks.items()}
    g1, g2 = issued(question["epoch"], target)
    c, _, _, u = parts(question["parent_dao"])
    secondary = g2 * u // c
    fees = lambda n: [(t["id"], t["fee"]) for t in blocks.get(n, {}).get("transactions", [])]
    commit = sum(fee - fee * 4 // 10 for _, fee in fees(target))
    proposal, left = 0, set(proposed.get(target, ()))
    for height in range(target + 10, target + 1, -1):
        for id_, fee in fees(height):
            if id_ not in left:
                continue
            left.discard(id_)
            first = min(n for n, ids in proposed.items() if max(height - 10, 1) <= n <= target and id_ in ids)
            # What block 1 proposes counts as proposed before it, until block 11.
            if first == target and not (target == 1 and height < 11):
                proposal += fee * 4 // 10
    total = g1 + secondary + commit + proposal
    pays = total >= (41 + len(unhex(question["lock"]["args"]))) * CKB
    return {"primary": g1, "secondary": secondary, "commit": commit, "proposal": proposal, "total": total, "pays": pays}


def worth(output, size, deposit, withdraw):
    """What a deposit is worth, by the two headers."""
    o, c = occupied(output, size), number(output["capacity"])
    return (c - o) * parts(withdraw["dao"])[1] // parts(deposit["dao"])[1] + o


def fee(question):
    total = 0
    headers = {h["hash"]: h for h in question["headers"]}
    for index, spent in enumerate(question["inputs"]):
        output, raw = spent["output"], unhex(spent["data"])
        script = output.get("type")
        is_dao = script and script["hash_type"] == "type" and script["code_hash"] == question["dao_type_hash"]
        if not is_dao or len(raw) != 8 or not any(raw):
            total += number(output["capacity"])
            continue
        _, input_type, _ = fields(unhex(question["witnesses"][index]))
        place = int.from_bytes(input_type[4:], "little")
        deposit = headers[question["header_deps"][place]]
        total += worth(output, len(raw), deposit, headers[spent["block_hash"]])
    return {"fee": total - sum(question["outputs"])}
