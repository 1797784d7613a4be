"""The adjustment of epochs and the issuance, a second time: what `issuance.py` takes its expectations from.

Written from RFC 0015, 0020 and 0023 and from the chapters, the adjustment with fractions as RFC 0020 has it; none of
it is shared with the reference. A question is a dictionary as the operation takes it, with integers for its numbers.
"""

import struct
from fractions import Fraction

from hashes import compact_to_target
from molecule import number, unhex

P, S = 191_780_821_917_808, 61_369_863_013_698
HALVING = 8_760
SATOSHI = "0x62e907b15cbf27d5425399ebf6f0fb50ebb88f18"
CKB = 10**8


def difficulty_of(compact):
    target = compact_to_target(compact)
    return 2**256 - 1 if target == 1 else 2**256 // target if target else 0


def compact_of(difficulty):
    target = 2**256 - 1 if difficulty == 1 else 2**256 // difficulty
    size = (target.bit_length() + 7) // 8
    mantissa = target >> 8 * (size - 3) if size > 3 else target << 8 * (3 - size)
    return size << 24 | mantissa


def primary(epoch, initial=P, interval=HALVING):
    return initial >> epoch // interval


def next_epoch(question):
    """RFC 0020 with the node's roundings, in fractions."""
    parameters, epoch = question["parameters"], question["epoch"]
    ideal = Fraction(parameters["orphan_rate_target"]["numerator"], parameters["orphan_rate_target"]["denominator"])
    seconds, blocks, uncles = parameters["epoch_duration_target"], epoch["length"], question["uncles"]
    rate = epoch["previous_hash_rate"]
    if parameters["engine"] == "dummy" and parameters["permanent_difficulty_in_dummy"]:
        length, compact = -(-seconds // 8), epoch["compact_target"]
    else:
        duration = max(1, (question["last_timestamp"] - question["previous_timestamp"]) // 1000)
        estimate = difficulty_of(epoch["compact_target"]) * (blocks + uncles) // duration
        rate = max(1, min(max(estimate, rate // 2), rate * 2) if rate else estimate)
        orphans, bounded = Fraction(uncles, blocks), True
        if uncles == 0:
            length, denominator = min(1800, 2 * blocks), None
        else:
            raw = ideal * (1 + orphans) * seconds * blocks / (orphans * (1 + ideal) * duration)
            raw = int(raw) % 2**64
            most, least = min(1800, 2 * blocks), max(300, blocks // 2)
            length = most if raw > most else least if raw < least else raw
            bounded = length != raw
        if uncles == 0:
            denominator = Fraction(length)
        elif not bounded:
            denominator = length * (1 + ideal)
        else:
            r = max(Fraction(0), (1 + orphans) * seconds * blocks / (orphans * duration * length) - 1)
            denominator = length * (1 + (1 / r if r else ideal))
        difficulty = max(1, int(rate * seconds / denominator))
        compact = compact_of(difficulty)
    after = epoch["number"] + 1
    reward = epoch["base_block_reward"] * blocks + epoch["remainder_reward"]
    if after % parameters["halving_interval"] == 0:
        reward = primary(after, parameters["initial_primary_epoch_reward"], parameters["halving_interval"])
    return record(after, epoch["start_number"] + blocks, length, compact, reward, rate)


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


def share(base, remainder, index):
    return base + 1 if index < remainder else base


def issued(epoch, block):
    index, length = block - epoch["start_number"], epoch["length"]
    secondary = divmod(epoch["secondary_epoch_reward"], length)
    return share(epoch["base_block_reward"], epoch["remainder_reward"], index), share(*secondary, index)


def field(c, ar, s, u):
    return "0x" + struct.pack("<QQQQ", c, ar, s, u).hex()


def parts(raw):
    return struct.unpack("<QQQQ", unhex(raw))


def next_field(question):
    c, ar, s, u = parts(question["parent"])
    g1, g2 = issued(question["epoch"], question["block_number"])
    c2, ar2 = c + g1 + g2, ar + ar * g2 // c
    s2 = s + g2 - g2 * u // c - question["interest"]
    return c2, ar2, s2, u + question["added"] - question["freed"]


def field_out(c, ar, s, u):
    return {"dao": field(c, ar, s, u), "c": hex(c), "ar": hex(ar), "s": hex(s), "u": hex(u)}


def occupied(output, size):
    raw = 8 + size + 33 + len(unhex(output["lock"]["args"]))
    if output.get("type"):
        raw += 33 + len(unhex(output["type"]["args"]))
    return raw * CKB


def freed(counted):
    gift = counted["origin"] == "genesis_cellbase" and counted["output"]["lock"]["args"] == SATOSHI
    capacity = number(counted["output"]["capacity"])
    return capacity * 6 // 10 if gift else occupied(counted["output"], counted["data_size"])


def genesis_field(question):
    up = lambda total: -(-total // question["epoch_length"])
    s = up(question["secondary_epoch_reward"])
    c = up(question["primary_epoch_reward"]) + s + sum(number(x["output"]["capacity"]) for x in question["cells"])
    return field_out(c, 10**16, s, sum(map(freed, question["cells"])))


def block_reward(question):
    """Every commitment within reach is looked at from above, and the first who proposed it is sought."""
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
        witness = unhex(question["witnesses"][index])
        first, second = struct.unpack("<II", witness[8:16])
        place = struct.unpack("<Q", witness[first + 4 : second])[0]
        deposit = headers[question["header_deps"][place]]
        total += worth(output, len(raw), deposit, headers[spent["block_hash"]])
    return {"fee": total - sum(question["outputs"])}
