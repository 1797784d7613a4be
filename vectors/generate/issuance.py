#!/usr/bin/env python3
"""Writes the vector files about the adjustment of epochs and about issuance.

    python3 vectors/generate/issuance.py DATA [--check]

DATA is the folder of collected chain data that `real_data.py` describes, and `dao/withdraw_vectors.json`.
The script writes `pow/next-epochs.yaml`, `pow/genesis-epochs.yaml` and all of `issuance/`, the same bytes at
every run.  With `--check` it writes nothing and fails when a file differs from what it would write.

It needs Python's standard library and nothing else.  The formulas are written from RFC 0015, 0020 and 0023 and
from the chapters, the adjustment with fractions as RFC 0020 has it; none of it is shared with the reference.
Blocks 1 to 60 of mainnet are replayed: every DAO field and every cellbase has to come out, or nothing is written.
"""

import json
import struct
import sys
from fractions import Fraction
from pathlib import Path

import real_data as data
from real_data import OUT, chain_provenance, document, entry, number, unhex

DERIVED = {"kind": "derived", "source": "Python's integers and fractions: vectors/generate/issuance.py"}
P, S = 191_780_821_917_808, 61_369_863_013_698
HALVING, L_IDEAL = 8_760, 14_400
GENESIS_MS = 1_573_852_190_812
DAO_TYPE = "0x82d76d1b75fe2fd9a27dfbaa65a039221a380d76c926f378d3f81cf3e7e13f2e"
SATOSHI = "0x62e907b15cbf27d5425399ebf6f0fb50ebb88f18"
SIGHASH = "0x9bd7e06f3ecf4be0f2fcd2188b23f1b9fcc88e5d4b65a8637b17723bbda3cce8"
CKB = 10**8


# --- The law, a second time -------------------------------------------------------------------


def difficulty_of(compact):
    target = data.compact_to_target(compact)
    target = target[0] if isinstance(target, tuple) else target
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


# --- Writing ----------------------------------------------------------------------------------


def hexes(value):
    """Integers as the wire has them."""
    if isinstance(value, dict):
        return {k: hexes(v) for k, v in value.items()}
    if isinstance(value, list):
        return [hexes(v) for v in value]
    return hex(value) if isinstance(value, int) and not isinstance(value, bool) else value


def set_path(question, path, value):
    question = json.loads(json.dumps(question))
    *keys, last = path.split(".")
    place = question
    for key in keys:
        place = place[key]
    place[last] = value
    return question


class File:
    """A vector file in the making; each vector's answer is worked out by one function."""

    def __init__(self, title, operation, comment, answer, notes, provenance=DERIVED):
        self.head = (title, operation, comment)
        self.answer, self.notes, self.provenance = answer, notes, provenance
        self.vectors, self.questions = [], {}

    def add(self, id_, why, rules, question, **rest):
        self.questions[id_] = question
        accept = rest.pop("accept", None) or hexes(self.answer(question))
        self.put(id_, why, rules, rest, {"in": hexes(question), "accept": accept})

    def twin(self, id_, of, why, rules, change, **rest):
        question = self.questions[of]
        for path, value in change.items():
            question = set_path(question, path, value)
        self.questions[id_] = question
        changed = {"twin": of, "change": hexes(change)}
        if "reject" in rest:
            reject = rest.pop("reject")
            self.put(id_, why, rules, rest, changed | {"reject": reject})
        else:
            accept = rest.pop("accept", None) or hexes(self.answer(question))
            self.put(id_, why, rules, rest, changed | {"accept": accept})

    def put(self, id_, why, rules, rest, content):
        head = {"id": id_} | ({"rev": rest.pop("rev")} if "rev" in rest else {}) | {"why": why, "rules": rules}
        for key in ("flags", "provenance", "divergent"):
            if key in rest:
                head[key] = rest.pop(key)
        self.vectors.append(head | content | rest)

    def raw(self):
        text = document(*self.head, self.provenance, self.vectors).decode()
        used = {flag for vector in self.vectors for flag in vector.get("flags", [])}
        assert used == set(self.notes), (self.head[0], used ^ set(self.notes))
        notes = [line for name, note in self.notes.items() for line in entry(2, name, dict(zip(("bug", "effect"), note)))]
        if notes:
            text = text.replace("\nvectors:\n", "\nnotes:\n" + "\n".join(notes) + "\nvectors:\n", 1)
        return text.encode()


# --- pow --------------------------------------------------------------------------------------

MAINNET = {
    "engine": "eaglesong",
    "permanent_difficulty_in_dummy": False,
    "epoch_duration_target": L_IDEAL,
    "orphan_rate_target": {"numerator": 1, "denominator": 40},
    "initial_primary_epoch_reward": P,
    "halving_interval": HALVING,
}
TESTNET = MAINNET | {"engine": "eaglesong-blake2b"}
DEV = MAINNET | {"engine": "dummy", "permanent_difficulty_in_dummy": True, "epoch_duration_target": 80}
FORCE_BRIDGE = (
    "nervosnetwork/force-bridge-eth@a9ec7ceeae1fdc9cc20afe23aa758ea3a0a80675 "
    "eth-contracts/scripts/benchmark/data/testHeaderHashes.json"
)
BLOCKS = "ckb-js/lumos@4edfce46a112059f4020c7e00ebb9082ada89f3f packages/ckb-indexer/tests/blocks_data.json"
H_GENESIS = 1_031_755_010_274_455


def genesis_epoch(question):
    parameters = question["parameters"]
    rate = parameters["orphan_rate_target"]
    uncles = question["length"] * rate["numerator"] // rate["denominator"]
    hashes = difficulty_of(question["compact_target"]) * (question["length"] + uncles)
    reward = parameters["initial_primary_epoch_reward"]
    hash_rate = hashes // parameters["epoch_duration_target"]
    return {"epoch": record(0, 0, question["length"], question["compact_target"], reward, hash_rate)}


def genesis_epochs():
    file = File(
        "The record of epoch 0",
        "pow.genesis_epoch",
        ["Epoch 0 has no epoch before it: its hash rate is guessed from the difficulty that the chain begins with."],
        genesis_epoch,
        {
            "unrounded-uncles": ("rounding", "40ths of an uncle counted, so that mainnet begins with another hash rate"),
            "no-uncles": ("arithmetic", "the uncles that there should be left out of the first hash rate"),
        },
    )
    ask = lambda parameters, length, compact: {"parameters": parameters, "length": length, "compact_target": compact}
    rules = ["EPOCH-022", "EPOCH-021"]
    file.add(
        "genesis-epoch-mainnet",
        "1743 blocks and floor(1743 / 40) = 43 uncles, not 43.575",
        rules,
        ask(MAINNET, 1743, 0x1A08A97E),
        flags=["unrounded-uncles"],
    )
    file.add("genesis-epoch-testnet", "1000 blocks and 25 uncles", rules, ask(TESTNET, 1000, 0x1E015555), flags=["no-uncles"])
    file.add("genesis-epoch-dev", "10 blocks are too few for an uncle: floor(10 / 40) = 0", rules, ask(DEV, 10, 0x20010000))
    file.twin(
        "genesis-epoch-one-block",
        "genesis-epoch-mainnet",
        "one block has the whole reward, and no remainder",
        rules,
        {"length": 1},
    )
    file.twin(
        "genesis-epoch-no-target",
        "genesis-epoch-mainnet",
        "a target of zero has the difficulty 0, and so the hash rate",
        ["EPOCH-022", "POW-012"],
        {"compact_target": 0},
    )
    return file


def epoch_after(number_, start, length, compact, hash_rate):
    return record(number_, start, length, compact, primary(number_), hash_rate)


def next_epochs():
    file = File(
        "From one epoch to the next",
        "pow.next_epoch",
        [
            "Every branch, bound and rounding of the adjustment, from two real epoch changes and around an epoch like",
            "mainnet's first. A chain that gets one of them wrong waits for blocks of a difficulty that nobody mines.",
        ],
        lambda question: {"epoch": next_epoch(question)},
        {
            "milliseconds": ("rounding", "the duration taken in milliseconds, or rounded to the nearest second"),
            "seconds-apart": ("rounding", "the seconds of either timestamp rounded down, and subtracted then"),
            "zero-duration": ("boundary", "a division by zero after an epoch of less than a second"),
            "negative-duration": ("overflow", "timestamps that go back wrap around, or crash the node"),
            "unsigned-difference": ("overflow", "timestamps that go back taken for as much time forth"),
            "uncles-left-out": ("arithmetic", "the hash rate without the work of uncles"),
            "undampened": ("arithmetic", "the estimate itself carried on to the next record, not what came of it"),
            "dampening-rounded-up": ("rounding", "half an odd hash rate rounded up"),
            "dampening-off": ("arithmetic", "a hash rate beyond its bounds accepted"),
            "first-hash-rate": ("boundary", "a hash rate of 0 before taken for a bound, so that it stays 0"),
            "zero-estimate": ("boundary", "a difficulty of 0, which no proof meets, refused"),
            "zero-hash-rate": ("boundary", "a hash rate of 0, and a difficulty of 0 or a division by it"),
            "no-uncles-unbounded": ("arithmetic", "an epoch without uncles divided by zero, or expected to be followed by uncles"),
            "fixed-lengths": ("boundary", "300 and 1800 used as bounds without half and twice the past length"),
            "own-bounds": ("boundary", "the bounds of the length worked out from the chain's own target of duration"),
            "bound-as-bounded": ("boundary", "a length that equals a bound taken for a bounded one: the other denominator"),
            "lower-bound-first": ("boundary", "the lower bound tried first, which matters after fewer than 150 blocks"),
            "long-epochs": ("boundary", "after more than 3601 blocks the lower bound cut to 1800, or the upper raised to half"),
            "double-rounding": ("rounding", "the next length or the rate rounded twice"),
            "negative-rate": ("boundary", "an expected orphan rate that is negative or infinite, where the ideal one is used"),
            "wide-length": ("overflow", "the raw length saturated instead of cut to its low 64 bits"),
            "narrow-length": ("overflow", "the raw length cut to its low 32 bits"),
            "narrow-hash-rate": ("overflow", "a hash rate of 64 bits, which mainnet's nearly has"),
            "narrow-hashes": ("overflow", "the hashes of an epoch in 128 bits"),
            "hash-rate-unrounded": ("rounding", "the fraction of a hash carried on into the difficulty"),
            "floating-point": ("rounding", "the raw length worked out in floating point"),
            "fixed-point": ("rounding", "`r` kept to a few decimals, or a small one taken for 0"),
            "zero-difficulty": ("boundary", "a difficulty of 0, which no target has"),
            "shift-shifted": ("arithmetic", "the halved reward shifted again, by all halvings"),
            "halving-early": ("boundary", "the halving one epoch early or late"),
            "recomputed-reward": ("arithmetic", "the reward taken from the schedule in every epoch, not carried on"),
            "carried-halved": ("arithmetic", "what is carried on halved, not the first amount shifted"),
            "permanent-anywhere": ("boundary", "the setting of dev chains obeyed with a real engine, or without being set"),
            "old-shares": ("arithmetic", "base and remainder of a dev chain kept for another length, as nodes before 0.108 did"),
            "permanent-no-halving": ("boundary", "no halving on a chain of permanent difficulty"),
            "permanent-bounded": ("boundary", "1800 blocks taken for a bound on a chain of permanent difficulty"),
            "permanent-target": ("encoding", "a compact target made anew from its difficulty, instead of kept"),
            "permanent-hash-rate": ("boundary", "a hash rate of 0 raised to 1, where it is to stay"),
        },
    )
    real = lambda number_, start, length, compact, rate, uncles, previous, last: {
        "parameters": MAINNET,
        "epoch": epoch_after(number_, start, length, compact, rate),
        "uncles": uncles,
        "previous_timestamp": previous,
        "last_timestamp": last,
    }
    chain = {"kind": "chain", "source": FORCE_BRIDGE}
    end_0 = GENESIS_MS + 181_713_000
    zero = real(0, 0, 1743, 0x1A08A97E, H_GENESIS, 2, GENESIS_MS, end_0)
    one = real(1, 1743, 1800, 0x1A11B985, next_epoch(zero)["previous_hash_rate"], 11, end_0, 1_574_095_942_341)
    assert next_epoch(zero)["compact_target"] == 0x1A11B985 and next_epoch(zero)["length"] == 1800
    assert next_epoch(one)["compact_target"] == 0x1A2158D9 and next_epoch(one)["length"] == 1677
    file.add(
        "next-epoch-mainnet-1",
        "mainnet from epoch 0 to 1: the length is bounded, the hash rate is dampened (uncles and time follow from the target)",
        ["EPOCH-013", "EPOCH-017", "EPOCH-018", "EPOCH-019"],
        zero,
        provenance=chain,
        flags=["dampening-off"],
    )
    file.add(
        "next-epoch-mainnet-2",
        "mainnet from epoch 1 to 2: the hash rate is dampened again, which shows what epoch 1 has carried on",
        ["EPOCH-013", "EPOCH-014", "EPOCH-016", "EPOCH-019", "EPOCH-021"],
        one,
        provenance=chain,
        flags=["undampened"],
    )
    plan = real(0, 0, 1743, 0x1A08A97E, H_GENESIS, 43, 0, 14_400_000)
    base = "next-epoch-planned"
    file.add(base, "4 hours and floor(1743 / 40) uncles: nothing is bounded", ["EPOCH-010", "EPOCH-012", "EPOCH-016"], plan)

    def twin(id_, why, rules, flags=None, **change):
        paths = {k.replace("__", "."): v for k, v in change.items()}
        rest = {"divergent": paths.pop("divergent")} if "divergent" in paths else {}
        file.twin("next-epoch-" + id_, base, why, rules, paths, **({"flags": flags} if flags else {}), **rest)

    last = lambda ms: {"last_timestamp": ms}
    twin("999-ms-more", "14400.999 s are 14400 s", ["EPOCH-010"], ["milliseconds"], **last(14_400_999))
    twin("second-more", "one second more is another hash rate", ["EPOCH-010", "EPOCH-012"], None, **last(14_401_000))
    twin("odd-ms", "from 0.5 s to 14400.499 s are 14399 s, though the seconds differ by 14400", ["EPOCH-010"], ["seconds-apart"], previous_timestamp=500, **last(14_400_499))
    twin("4-hours-back", "4 hours back count as no time", ["EPOCH-010"], ["unsigned-difference"], previous_timestamp=14_400_000, divergent="Releases of the node up to 0.206 panic here.", **last(0))
    file.add("next-epoch-trace", "the steps are asked for as well, and who has none answers without", ["EPOCH-016"], plan | {"trace": True})
    # Without a hash rate before, so that nothing but the time decides.
    free = {"epoch__previous_hash_rate": 0}
    twin("999-ms", "less than a second counts as one", ["EPOCH-010"], ["zero-duration"], **last(999), **free)
    twin("1999-ms", "less than two seconds count as one", ["EPOCH-010"], ["milliseconds"], **last(1_999), **free)
    twin("no-time", "no time at all counts as one second", ["EPOCH-010"], ["zero-duration"], **last(0), **free)
    file.twin(
        "next-epoch-time-backwards",
        base,
        "timestamps that go back count as no time",
        ["EPOCH-010"],
        {"previous_timestamp": 1, "last_timestamp": 0, "epoch.previous_hash_rate": 0},
        flags=["negative-duration"],
        divergent="Releases of the node up to 0.206 panic here.",
    )
    twin("one-uncle", "one uncle in a short epoch: the length is bounded, and the rate expected small", ["EPOCH-011", "EPOCH-018"], None, uncles=1)
    twin("uncle-more", "44 uncles instead of 43", ["EPOCH-011", "EPOCH-012"], ["uncles-left-out"], uncles=44)
    twin("uncles-60", "many uncles: a shorter epoch, not bounded", ["EPOCH-016"], ["double-rounding"], uncles=60)
    twin("uncles-20", "few uncles in short time: bounded above", ["EPOCH-017", "EPOCH-018"], ["double-rounding"], uncles=20, last_timestamp=12_000_000)
    twin("uncles-200", "five times the uncles: bounded below, at floor(1743 / 2)", ["EPOCH-017", "EPOCH-018"], ["fixed-lengths"], uncles=200, last_timestamp=10_000_000)

    # Hash rates around the bounds.
    estimate = difficulty_of(0x1A08A97E) * 1786 // 14400
    assert estimate % 2 == 1
    rate = lambda value: {"epoch__previous_hash_rate": value}
    rules = ["EPOCH-013", "EPOCH-014"]
    twin("lower-bound-odd", "half an odd hash rate, rounded down, is the estimate", rules, ["dampening-rounded-up"], **rate(2 * estimate + 1))
    twin("below-lower-bound", "one below half the hash rate before", rules, ["dampening-off"], **rate(2 * estimate + 2))
    twin("above-lower-bound", "one above half the hash rate before", rules, None, **rate(2 * estimate - 1))
    twin("below-upper-bound", "one below twice the hash rate before", rules, None, **rate((estimate + 1) // 2))
    twin("above-upper-bound", "one above twice the hash rate before", rules, ["dampening-off"], **rate((estimate - 1) // 2))
    twin("hash-rate-before-0", "a hash rate of 0 before bounds nothing", rules, ["first-hash-rate"], **rate(0))
    twin("hash-rate-before-1", "a hash rate of 1 before: half of it is 0, twice is 2", rules, None, **rate(1))
    large = lambda power: {"epoch__compact_target": compact_of(2**power), "epoch__previous_hash_rate": 2 ** (power - 4)}
    rules = ["EPOCH-012", "EPOCH-019"]
    twin("difficulty-2-78", "a difficulty of 2^78: the hash rate has 75 bits", rules, ["narrow-hash-rate"], **large(78))
    twin("difficulty-2-120", "a difficulty of 2^120: times 1786 it has 131 bits", rules, ["narrow-hashes"], **large(120))
    twin("no-target", "a target of zero has the difficulty 0: the estimate is 0, and half the hash rate before holds", ["EPOCH-012", "EPOCH-013"], ["zero-estimate"], epoch__compact_target=0)
    twin("hash-rate-31", "31.75 hashes a second are 31: the difficulty is 246, and not 252", rules, ["hash-rate-unrounded"], epoch__compact_target=0x20010000, epoch__previous_hash_rate=31)

    # Lengths without uncles.
    none = real(0, 0, 1743, 0x1A08A97E, H_GENESIS, 0, 0, 14_400_000)
    base = "next-epoch-no-uncles"
    file.add(base, "without uncles 1800 blocks, and all hashes for them", ["EPOCH-015", "EPOCH-018"], none, flags=["no-uncles-unbounded"])
    rules = ["EPOCH-015", "EPOCH-018"]
    twin("no-uncles-900", "twice 900 is 1800", rules, None, epoch__length=900, epoch__base_block_reward=P // 900, epoch__remainder_reward=P % 900)
    twin("no-uncles-899", "twice 899 is 1798", rules, ["fixed-lengths"], epoch__length=899, epoch__base_block_reward=P // 899, epoch__remainder_reward=P % 899)
    twin("no-uncles-10", "twice 10 is 20, which counts as bounded and has no least length", rules, ["no-uncles-unbounded"], epoch__length=10, epoch__base_block_reward=P // 10, epoch__remainder_reward=P % 10)

    # Lengths around their bounds: the time that makes the raw length what it says.
    def timed(id_, why, flags, blocks, uncles, wanted):
        times = [L for L in range(1, 400_000) if L_IDEAL * (blocks + uncles) * blocks // (41 * uncles * L) == wanted]
        question = real(0, 0, blocks, 0x1A08A97E, H_GENESIS, uncles, 0, times[len(times) // 2] * 1000)
        rules = ["EPOCH-016", "EPOCH-017", "EPOCH-018"]
        file.add("next-epoch-" + id_, why, rules, question, **({"flags": flags} if flags else {}))

    timed("raw-1800", "1800 blocks are not more than 1800: not bounded", ["bound-as-bounded"], 1743, 60, 1800)
    timed("raw-1801", "1801 blocks are bounded to 1800", None, 1743, 60, 1801)
    timed("raw-871", "871 blocks are not fewer than half of 1743: not bounded", ["bound-as-bounded"], 1743, 60, 871)
    timed("raw-870", "870 blocks are fewer than half of 1743", ["fixed-lengths"], 1743, 60, 870)
    timed("raw-800", "800 blocks are not more than twice 400", ["bound-as-bounded"], 400, 10, 800)
    timed("raw-801", "801 blocks are more than twice 400", ["fixed-lengths"], 400, 10, 801)
    timed("raw-300", "300 blocks are not fewer than 300", ["bound-as-bounded"], 500, 30, 300)
    timed("raw-299", "299 blocks are fewer than 300, though not than half of 500", ["fixed-lengths"], 500, 30, 299)
    timed("raw-21-after-10", "after 10 blocks the upper bound is 20", None, 10, 1, 21)
    timed("raw-20-after-10", "after 10 blocks 20 is not above the upper bound, and so is raised to 300", ["lower-bound-first"], 10, 1, 20)
    timed("raw-1801-after-4000", "after 4000 blocks the lower bound is 2000, and 1801 is above the upper one", ["long-epochs"], 4000, 100, 1801)
    timed("raw-1800-after-4000", "after 4000 blocks 1800 is not above the upper bound, and so is raised to 2000", ["long-epochs"], 4000, 100, 1800)
    exact = real(0, 0, 1800, 0x1A08A97E, H_GENESIS, 4, 0, 240_000_000)
    file.add("next-epoch-raw-exactly-1188", "a quotient without remainder: 1188, and 1187.99… in floating point", ["EPOCH-016"], exact, flags=["floating-point"])

    # The rate that is expected in a bounded epoch.
    many = real(0, 0, 1743, 0x1A08A97E, H_GENESIS, 3486, 0, 43_000_000)
    base = "next-epoch-two-uncles-a-block"
    file.add(base, "two uncles a block: r is small, and the rate expected 192 uncles a block", ["EPOCH-018"], many, flags=["double-rounding"])
    rules = ["EPOCH-018"]
    twin("rate-0", "still more time: r would be negative, and the ideal rate is used", rules, ["negative-rate"], last_timestamp=50_000_000)
    even = real(0, 0, 1742, 0x1A08A97E, H_GENESIS, 3484, 0, 43_200_000)
    assert Fraction(3, 2) * 14400 * 1742 / (43200 * 871) == 1
    file.add("next-epoch-rate-exactly-0", "r is exactly 0, and 1 / r does not exist", rules, even, flags=["negative-rate"])
    least = real(0, 0, 1800, 0x1A08A97E, H_GENESIS, 3600, 0, 43_199_000)
    file.add("next-epoch-rate-43199", "r is 1/43199, a second short of 0: 43199 uncles a block, and a difficulty 42145 times lower than at 0", rules, least, flags=["fixed-point"])

    # Small difficulties.
    easy = real(0, 0, 10, 0x20FFFFFF, 0, 0, 0, 20_000)
    base = "next-epoch-no-hash-rate"
    file.add(base, "10 blocks of difficulty 1 in 20 s: floor(10 / 20) = 0 is raised to 1", ["EPOCH-014"], easy, flags=["zero-hash-rate"])
    rules = ["EPOCH-019"]
    target = lambda value: {"parameters__epoch_duration_target": value}
    twin("difficulty-below-1", "10 hashes for 20 blocks: the difficulty is 1, not 0", rules, ["zero-difficulty"], **target(10))
    twin("difficulty-1", "20 hashes for 20 blocks", rules, None, **target(20))
    twin("difficulty-1-rounded", "39 hashes for 20 blocks, rounded down", rules, ["double-rounding"], **target(39))
    twin("difficulty-2", "40 hashes for 20 blocks", rules, None, **target(40))

    # Other parameters.
    base = "next-epoch-planned"
    twin("ratio-not-lowest", "2/80 is 1/40", ["EPOCH-016"], None, parameters__orphan_rate_target={"numerator": 2, "denominator": 80})
    twin("other-ratio", "one uncle for 20 blocks wanted", ["EPOCH-016", "EPOCH-018"], None, parameters__orphan_rate_target={"numerator": 1, "denominator": 20})
    twin("other-duration", "epochs of 8 hours, and 1800 blocks at most all the same", ["EPOCH-017"], ["own-bounds"], parameters__epoch_duration_target=28_800)
    wide = real(0, 0, 1000, 0x1A08A97E, H_GENESIS, 1000, 0, 1000)
    wide = set_path(wide, "parameters.epoch_duration_target", 2**63)
    wide = set_path(wide, "parameters.orphan_rate_target", {"numerator": 1, "denominator": 1})
    file.add("next-epoch-raw-beyond-64-bits", "a raw length of 500 · 2^64 counts as 0, and is bounded below", ["EPOCH-016"], wide, flags=["wide-length"])
    narrow = set_path(wide, "parameters.epoch_duration_target", 2**29)
    file.add("next-epoch-raw-beyond-32-bits", "a raw length of 125 · 2^32 is bounded above", ["EPOCH-016", "EPOCH-017"], narrow, flags=["narrow-length"])

    # Rewards.
    def at(id_, number_, why, flags=None):
        question = real(number_, 10**7, 1743, 0x1A08A97E, H_GENESIS, 43, 0, 14_400_000)
        rules = ["EPOCH-021", "ISS-001"] + (["ISS-002"] if number_ > 500_000 else [])
        file.add("next-epoch-" + id_, why, rules, question, **({"flags": flags} if flags else {}))

    at("8759", 8758, "the last epoch before the first halving", ["halving-early"])
    at("8760", 8759, "the first halving", ["halving-early"])
    at("8761", 8760, "the halved reward is carried on")
    at("17520", 17519, "the second halving shifts the first reward by two, not the halved one", ["shift-shifted"])
    at("560640", 560_639, "64 halvings: a shift by 64 bits, which is none on many machines")
    base = "next-epoch-planned"
    twin("reward-carried", "a record with another reward hands that on", ["EPOCH-021", "ISS-001"], ["recomputed-reward"], epoch__base_block_reward=1000, epoch__remainder_reward=7)
    file.twin("next-epoch-8760-carried", base, "a halving shifts the first amount, whatever was carried on until then", ["EPOCH-021", "ISS-001"], {"epoch.number": 8759, "epoch.base_block_reward": 1000, "epoch.remainder_reward": 0}, flags=["carried-halved"])

    # Permanent difficulty.
    dev = {
        "parameters": DEV,
        "epoch": record(0, 0, 10, 0x20010000, P, 32),
        "uncles": 0,
        "previous_timestamp": 0,
        "last_timestamp": 1000,
    }
    base = "next-epoch-dev"
    rules = ["EPOCH-023"]
    file.add(base, "a dev chain: the same again", rules, dev)
    twin("dev-81-s", "81 s are 11 blocks of 8 s, rounded up", rules, ["old-shares"], parameters__epoch_duration_target=81)
    twin("dev-14408-s", "14408 s are 1801 blocks: no bound holds", rules, ["permanent-bounded"], parameters__epoch_duration_target=14408)
    twin("dev-8760", "the first halving is due on a dev chain too", rules + ["ISS-001"], ["permanent-no-halving"], epoch__number=8759)
    twin("dev-target-1", "0x3000001 is not what the difficulty of its target is written as, and stays", rules, ["permanent-target"], epoch__compact_target=0x3000001)
    twin("dev-no-hash-rate", "a hash rate of 0 stays", rules, ["permanent-hash-rate"], epoch__previous_hash_rate=0)
    twin("dev-not-permanent", "a dev chain that adjusts", rules, ["permanent-anywhere"], parameters__permanent_difficulty_in_dummy=False)
    twin("permanent-eaglesong", "the setting has no effect with Eaglesong", rules, ["permanent-anywhere"], parameters__engine="eaglesong")
    return file


# --- issuance: the schedule -------------------------------------------------------------------


def primary_rewards():
    file = File(
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
    base = "primary-epoch-0"
    file.add(base, "4.2 billion CKB a year", ["ISS-001"], ask)

    def twin(epoch, why, flags=None, rules=("ISS-001",), id_=None, **change):
        rest = {"flags": flags} if flags else {}
        file.twin(f"primary-epoch-{id_ or epoch}", base, why, list(rules), {"epoch": epoch} | change, **rest)

    twin(8759, "the last epoch before the first halving", ["halving-early"])
    twin(8760, "the first halving", ["halving-early"])
    twin(17_520, "the second halving")
    twin(43_800, "the fifth halving is the first that loses half a shannon", ["rounded-halving"])
    twin(411_720, "47 halvings leave one shannon", ["floating-point"])
    twin(420_480, "48 halvings leave nothing")
    twin(560_639, "63 halvings, the most that fit a shift")
    twin(560_640, "64 halvings are not none", ["shift-by-64"], ["ISS-001", "ISS-002"])
    twin(2**32 * 8760, "2^32 halvings are not none", ["narrow-epoch"], ["ISS-002"], "halvings-2-32")
    change = {"initial_primary_epoch_reward": 2**64 - 1}
    twin(63 * 8760, "63 halvings of the greatest amount leave one shannon", ["shift-by-64"], ["ISS-001"], "largest-63", **change)
    twin(64 * 8760, "64 halvings of it leave nothing", ["shift-by-64"], ["ISS-002"], "largest-64", **change)
    twin(1, "another interval: halved in every epoch", None, ["ISS-001"], "interval-1", halving_interval=1)
    return file


def secondary_rewards():
    file = File(
        "Secondary issuance by epoch",
        "issuance.secondary_epoch_reward",
        ["The same in every epoch: it is not halved, and does not end."],
        lambda q: {"reward": q["secondary_epoch_reward"]},
        {"halved": ("arithmetic", "the secondary issuance halved like the primary")},
    )
    file.add("secondary-epoch-0", "1.344 billion CKB a year", ["ISS-004"], {"secondary_epoch_reward": S, "epoch": 0})
    change = {"epoch": 8760}
    file.twin("secondary-epoch-8760", "secondary-epoch-0", "no halving", ["ISS-004"], change, flags=["halved"])
    return file


def issuing(number_, start, length):
    reward = divmod(primary(number_), length)
    return {
        "start_number": start,
        "length": length,
        "base_block_reward": reward[0],
        "remainder_reward": reward[1],
        "secondary_epoch_reward": S,
    }


ZERO = issuing(0, 0, 1743)
TWO = issuing(2, 3543, 1677)


def block_issuances():
    def answer(question):
        g1, g2 = issued(question["epoch"], question["block_number"])
        return {"primary": g1, "secondary": g2}

    file = File(
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
    base = "block-issuance-0"
    file.add(base, "genesis has both extra shannons", ["ISS-003", "ISS-004"], {"epoch": ZERO, "block_number": 0}, flags=["last-blocks"])

    def twin(id_, why, rules, flags=None, **change):
        file.twin("block-issuance-" + id_, base, why, rules, change, **({"flags": flags} if flags else {}))

    twin("1001", "index 1001: the last with the extra shannon of the secondary issuance", ["ISS-004"], block_number=1001)
    twin("1002", "index 1002 is the remainder of the secondary issuance", ["ISS-004"], ["one-block-more", "one-remainder"], block_number=1002)
    twin("1389", "index 1389: the last with the extra shannon of the primary issuance", ["ISS-003"], block_number=1389)
    twin("1390", "index 1390 is the remainder of the primary issuance", ["ISS-003"], ["one-block-more"], block_number=1390)
    twin("1742", "the last block of the epoch", ["ISS-003", "ISS-004"], ["last-blocks"], block_number=1742)
    twin("3543", "the first block of epoch 2, whose height is above the remainder", ["ISS-003", "ISS-004"], ["from-zero"], epoch=TWO, block_number=3543)
    even = {"start_number": 0, "length": 4, "base_block_reward": 5, "remainder_reward": 0, "secondary_epoch_reward": 8}
    twin("even", "no remainders: nobody has more", ["ISS-003", "ISS-004"], ["one-block-more"], epoch=even)
    twin("no-primary", "after the last halving only the secondary issuance is left", ["ISS-003"], None, epoch=issuing(420_480, 0, 1743))
    return file


# --- issuance: totals -------------------------------------------------------------------------


class Replay:
    """Blocks 1 to 60 of mainnet on the real genesis, every total and every reward checked."""

    def __init__(self, folder):
        load = lambda path: data.load(folder / path)
        genesis = data.snake_case(load("genesis/mainnet_genesis_block.json"))
        genesis = genesis.get("result", genesis.get("block", genesis))
        rows = load("blocks/mainnet_blocks.json")
        self.rows = {number(row["block"]["header"]["number"]): row for row in rows}
        self.blocks = {0: genesis} | {n: row["block"] for n, row in self.rows.items()}
        self.live = {}
        for index, transaction in enumerate(genesis["transactions"]):
            self.spend(transaction)
            self.create(transaction, genesis_cellbase=index == 0)
        self.moved, self.facts = {}, {}
        for n in range(1, 61):
            self.block(n)
        for n in range(12, 61):
            self.check_cellbase(n)

    def spend(self, transaction):
        spent = []
        for cell in transaction["inputs"]:
            place = cell["previous_output"]
            spent.append(self.live.pop((place["tx_hash"], number(place["index"])), None))
        return spent

    def create(self, transaction, genesis_cellbase=False):
        hash_, added = data.hexed(data.transaction_hash(transaction)), 0
        for index, (output, raw) in enumerate(zip(transaction["outputs"], transaction["outputs_data"])):
            capacity, size = number(output["capacity"]), len(unhex(raw))
            gift = genesis_cellbase and output["lock"]["args"] == SATOSHI
            counted = capacity * 6 // 10 if gift else occupied(output, size)
            self.live[hash_, index] = (capacity, counted)
            added += counted
        return hash_, added

    def block(self, n):
        block = self.blocks[n]
        added = freed = 0
        transactions = []
        for index, transaction in enumerate(block["transactions"]):
            spent = self.spend(transaction) if index else []
            freed += sum(counted for _, counted in spent)
            hash_, more = self.create(transaction)
            added += more
            if index:
                fee = sum(c for c, _ in spent) - sum(number(o["capacity"]) for o in transaction["outputs"])
                transactions.append({"id": hash_[:22], "fee": fee})
        uncles = [id_ for uncle in block["uncles"] for id_ in uncle["proposals"]]
        self.facts[n] = {
            "number": n,
            "proposals": block["proposals"],
            "uncle_proposals": uncles,
            "transactions": transactions,
        }
        self.moved[n] = question = {
            "parent": self.blocks[n - 1]["header"]["dao"],
            "epoch": ZERO,
            "block_number": n,
            "added": added,
            "freed": freed,
            "interest": 0,
        }
        assert field(*next_field(question)) == block["header"]["dao"], n

    def reward_question(self, target):
        witness = unhex(self.blocks[target]["transactions"][0]["witnesses"][0])
        first, second = struct.unpack("<II", witness[4:12])
        lock = witness[first:second]
        code, kind, args = struct.unpack("<III", lock[4:16])
        around = [self.facts[n] for n in range(max(1, target - 8), target + 11)]
        return {
            "target": target,
            "epoch": ZERO,
            "parent_dao": self.blocks[target - 1]["header"]["dao"],
            "lock": {
                "code_hash": data.hexed(lock[code:kind]),
                "hash_type": {0: "data", 1: "type"}[lock[kind]],
                "args": data.hexed(lock[args + 4 :]),
            },
            "blocks": [b for b in around if b["proposals"] or b["uncle_proposals"] or b["transactions"]],
        }

    def check_cellbase(self, n):
        question = self.reward_question(n - 11)
        outputs = self.blocks[n]["transactions"][0]["outputs"]
        assert [number(o["capacity"]) for o in outputs] == [block_reward(question)["total"]], n
        assert outputs[0]["lock"] == question["lock"], n


def dao_fields(replay, folder):
    file = File(
        "From one DAO field to the next",
        "issuance.dao_field",
        [
            "The totals of a header from those of its parent: on real blocks, and at both ends of 64 bits.",
            "The first case is block 1 of mainnet, which needs no transaction to be followed by hand.",
        ],
        lambda question: field_out(*next_field(question)),
        {
            "order": ("encoding", "AR first, as the node's function returns them"),
            "own-c": ("arithmetic", "the block's own C used for its AR or S"),
            "cellbase-amount": ("arithmetic", "C raised by what the cellbase pays out"),
            "depositors-rounded": ("rounding", "the depositors' part rounded down instead of the miners'"),
            "freed-first": ("boundary", "what is freed subtracted first, so that a middle step is negative"),
            "interest-first": ("boundary", "interest subtracted from S before the block's share is added"),
            "no-remainder": ("arithmetic", "the secondary issuance of a block without its extra shannon"),
            "narrow-product": ("overflow", "AR times the issuance in 64 bits"),
            "old-epoch": ("arithmetic", "the first block of an epoch by the length of the epoch before"),
            "wraps": ("overflow", "a total that leaves 64 bits wraps around"),
            "saturates": ("overflow", "a total that would be negative kept at 0"),
            "floating-point": ("rounding", "the miners' part worked out with U / C in floating point"),
            "net-interest": ("overflow", "only what is left of S after the interest held to 64 bits"),
        },
    )
    chain = lambda source_: {"kind": "chain", "source": source_}
    at = lambda n: chain(data.source(replay.rows[n]))
    all_ = ["DAO-001", "DAO-002", "DAO-003", "DAO-004", "DAO-005"]
    base = "dao-field-mainnet-1"
    file.add(base, "block 1: an empty block", all_, replay.moved[1], provenance=at(1), flags=["order", "own-c", "no-remainder", "narrow-product"])
    file.add("dao-field-mainnet-12", "block 12 has the first cellbase with an output, of 61 CKB", ["DAO-002", "DAO-005"], replay.moved[12], provenance=at(12), flags=["cellbase-amount"])
    busy = max(range(13, 61), key=lambda n: len(replay.facts[n]["transactions"]))
    file.add(f"dao-field-mainnet-{busy}", "cells are created and spent", ["DAO-005"], replay.moved[busy], provenance=at(busy))
    headers = {row["number_dec"]: row for row in data.load(folder / "headers/mainnet_headers.json")}
    parent, block = headers[3542]["header"]["dao"], headers[3543]["header"]["dao"]
    added = parts(block)[3] - parts(parent)[3]
    first = {"parent": parent, "epoch": TWO, "block_number": 3543, "added": added, "freed": 0, "interest": 0}
    assert field(*next_field(first)) == block
    file.add("dao-field-mainnet-3543", "the first block of epoch 2 (what it adds to U is taken from the headers)", ["DAO-002", "DAO-003", "DAO-004"], first, provenance=chain(data.source(headers[3543])), flags=["old-epoch"])
    last = {"parent": headers[3541]["header"]["dao"], "epoch": issuing(1, 1743, 1800), "block_number": 3542, "freed": 0, "interest": 0}
    last["added"] = parts(parent)[3] - parts(last["parent"])[3]
    assert field(*next_field(last)) == parent
    file.add("dao-field-mainnet-3542", "the last block of epoch 1: no remainder is left (U as above)", ["DAO-002", "DAO-003", "DAO-004"], last, provenance=chain(data.source(headers[3542])))

    # With interest, and around the ends of 64 bits.
    c, ar, s, u = parts(replay.moved[1]["parent"])
    synthetic = dict(replay.moved[1], parent=field(c, ar, 10**6, u), added=8_200_000_000, freed=6_100_000_000)
    g1, g2 = issued(ZERO, 1)
    rest = g2 - g2 * u // c
    base = "dao-field-interest"
    file.add(base, "a withdrawal takes its interest out of S", ["DAO-004", "DAO-005"], synthetic | {"interest": 10**6})

    def twin(id_, why, rules, flags=None, **rest_):
        change = rest_.pop("change")
        file.twin("dao-field-" + id_, base, why, rules, change, **({"flags": flags} if flags else {}), **rest_)

    twin("interest-all", "interest takes all of S, with the share of the block itself", ["DAO-004"], ["interest-first"], change={"interest": 10**6 + rest})
    twin("interest-too-much", "one shannon more than there is", ["DAO-004"], ["saturates"], change={"interest": 10**6 + rest + 1}, reject="DAO-004")
    # A block that issues 10 shannons of the secondary kind, half of which is the miners'.
    small = {"start_number": 0, "length": 1, "base_block_reward": 7, "remainder_reward": 0, "secondary_epoch_reward": 10}
    tiny = {"parent": field(1000, 10**16, 5, 550), "epoch": small | {"start_number": 5}, "block_number": 5, "added": 0, "freed": 0, "interest": 0}
    base = "dao-field-small"
    file.add(base, "10 · 550 / 1000 = 5.5: the miners' part is rounded down to 5, the rest is 5", ["DAO-004"], tiny)
    twin("miners-rounded", "10 · 999 / 1000 = 9.99: the miners' part is 9, and 1 is left", ["DAO-004"], ["depositors-rounded"], change={"parent": field(1000, 10**16, 5, 999)})
    twin("all-occupied", "U = C: all of it is the miners'", ["DAO-004"], None, change={"parent": field(1000, 10**16, 5, 1000)})
    twin("exact-quotient", "49 · 1 / 49 = 1, and floor(0.99…) = 0 in floating point", ["DAO-004"], ["floating-point"], change={"parent": field(49, 10**16, 0, 1), "epoch.secondary_epoch_reward": 49})
    twin("ar-remainder", "3 shannons for two blocks: the first issues 2, and AR grows by 2", ["DAO-003", "ISS-004"], ["no-remainder"], change={"parent": field(10, 10, 0, 0), "epoch.length": 2, "epoch.secondary_epoch_reward": 3})
    twin("u-above-c", "U > C, which no chain has: the miners' part exceeds the whole", ["DAO-004"], ["wraps"], change={"parent": field(1000, 10**16, 5, 1100)}, reject="DAO-004")
    most = 2**64 - 1
    twin("c-largest", "C reaches 2^64 - 1", ["DAO-002"], None, change={"parent": field(most - 17, 10**16, 5, 0)})
    twin("c-too-large", "C would be 2^64: mainnet's is in epoch 191,083", ["DAO-002"], ["wraps"], change={"parent": field(most - 16, 10**16, 5, 0)}, reject="DAO-002")
    # AR + floor(AR · 10 / 1000)
    largest = next(ar for ar in range(most * 100 // 101 + 2, 0, -1) if ar + ar * 10 // 1000 <= most)
    twin("ar-largest", "AR reaches its greatest value", ["DAO-003"], None, change={"parent": field(1000, largest, 5, 0)})
    twin("ar-too-large", "AR exceeds 64 bits", ["DAO-003"], ["wraps"], change={"parent": field(1000, largest + 1, 5, 0)}, reject="DAO-003")
    twin("ar-growth-too-large", "AR of 2^63 grows by 2^64, whose low 64 bits are 0", ["DAO-003"], ["wraps"], change={"parent": field(5, 2**63, 0, 0)}, reject="DAO-003")
    twin("s-largest", "S reaches 2^64 - 1", ["DAO-004"], None, change={"parent": field(1000, 10**16, most - 10, 0)})
    twin("s-too-large", "S exceeds 64 bits", ["DAO-004"], ["wraps"], change={"parent": field(1000, 10**16, most - 9, 0)}, reject="DAO-004")
    twin("s-too-large-before-interest", "S is 2^64 until interest of 1 is taken off", ["DAO-004"], ["net-interest"], change={"parent": field(1000, 10**16, most - 9, 0), "interest": 1}, reject="DAO-004")
    twin("u-all-freed", "all that is occupied is freed, the cells of the block as well", ["DAO-005"], ["freed-first"], change={"parent": field(1000, 10**16, 5, 100), "added": 41 * CKB, "freed": 41 * CKB + 100})
    twin("u-too-much-freed", "one shannon more is freed than was occupied", ["DAO-005"], ["saturates"], change={"parent": field(1000, 10**16, 5, 100), "added": 41 * CKB, "freed": 41 * CKB + 101}, reject="DAO-005")
    wide = field(most - 17, 10**16, 5, most - 41 * CKB)
    # U > C would break DAO-004 as well, so C is as great.
    twin("u-largest", "U reaches 2^64 - 1 before cells are freed", ["DAO-005"], ["freed-first"], change={"parent": wide, "added": 41 * CKB, "freed": 41 * CKB})
    twin("u-too-large", "U exceeds 64 bits before cells are freed", ["DAO-005"], ["wraps"], change={"parent": wide, "added": 42 * CKB, "freed": 42 * CKB}, reject="DAO-005")
    return file


def cell(capacity, args=20, type_=None, args_=None):
    lock = {"code_hash": SIGHASH, "hash_type": "type", "args": args_ or "0x" + "11" * args}
    return {"capacity": capacity, "lock": lock, "type": type_}


DAO_SCRIPT = {"code_hash": DAO_TYPE, "hash_type": "type", "args": "0x"}


def freed(counted):
    gift = counted["origin"] == "genesis_cellbase" and counted["output"]["lock"]["args"] == SATOSHI
    capacity = number(counted["output"]["capacity"])
    return capacity * 6 // 10 if gift else occupied(counted["output"], counted["data_size"])


def freed_capacities():
    file = File(
        "What a spent cell takes off the occupied capacity",
        "issuance.freed_capacity",
        ["What it occupies, but for cells of genesis with one pubkey hash: the burnt CKB, and any other with that lock."],
        lambda question: {"capacity": freed(question["cell"])},
        {
            "anywhere": ("boundary", "the exception made for cells that genesis did not create"),
            "by-code-hash": ("boundary", "the exception made dependent on the program of the lock"),
            "type-left-out": ("arithmetic", "the type script not counted"),
            "data-left-out": ("arithmetic", "the data not counted"),
            "gift-rounded": ("rounding", "six tenths rounded up or to the nearest"),
            "gift-plain": ("boundary", "the exception made for cells without a type script and data only, or these added"),
            "wraps": ("overflow", "six times the capacity in 64 bits wraps around"),
        },
    )
    gift = cell(84 * 10**16, args_=SATOSHI)
    ask = {"cell": {"output": gift, "data_size": 0, "origin": "genesis_cellbase"}}
    base = "freed-burnt"
    file.add(base, "8.4 billion CKB count with six tenths", ["DAO-007"], ask)

    def twin(id_, why, rules, flags=None, of=base, **rest):
        change = rest.pop("change")
        file.twin("freed-" + id_, of, why, rules, change, **({"flags": flags} if flags else {}), **rest)

    twin("burnt-elsewhere", "the same cell from another transaction occupies 61 CKB", ["DAO-007", "DAO-005"], ["anywhere"], change={"cell.origin": "other"})
    twin("burnt-other-program", "no matter which program the lock names", ["DAO-007"], ["by-code-hash"], change={"cell.output.lock.code_hash": "0x" + "00" * 32, "cell.output.lock.hash_type": "data"})
    twin("burnt-other-args", "one byte more of arguments is another lock", ["DAO-007"], ["by-code-hash"], change={"cell.output.lock.args": SATOSHI + "00"})
    twin("burnt-rounded", "6 · 9 / 10 = 5.4", ["DAO-007"], ["gift-rounded"], change={"cell.output.capacity": 9})
    twin("burnt-type-and-data", "a type script and 100 bytes of data make no difference", ["DAO-007"], ["gift-plain"], change={"cell.output.type": DAO_SCRIPT, "cell.data_size": 100})
    most = (2**64 - 1) // 6
    twin("burnt-largest", "the greatest capacity of which six times fit", ["DAO-007"], None, change={"cell.output.capacity": most})
    twin("burnt-too-large", "one shannon more", ["DAO-007"], ["wraps"], of="freed-burnt-largest", change={"cell.output.capacity": most + 1}, reject="DAO-007")
    plain = {"cell": {"output": cell(10**12, type_=DAO_SCRIPT), "data_size": 8, "origin": "other"}}
    base = "freed-deposit"
    file.add(base, "a deposit occupies 8 + 8 + 53 + 33 bytes", ["DAO-005"], plain, flags=["type-left-out", "data-left-out"])
    size = (2**64 - 1) // CKB - 94
    twin("data-largest", "the most data that can be counted", ["DAO-005"], None, of=base, change={"cell.data_size": size})
    twin("data-too-large", "one byte more", ["DAO-005"], ["wraps"], of="freed-data-largest", change={"cell.data_size": size + 1}, reject="DAO-005")
    return file


def genesis_field(question):
    up = lambda total: -(-total // question["epoch_length"])
    s = up(question["secondary_epoch_reward"])
    c = up(question["primary_epoch_reward"]) + s + sum(number(x["output"]["capacity"]) for x in question["cells"])
    return field_out(c, 10**16, s, sum(map(freed, question["cells"])))


def genesis_dao_fields():
    file = File(
        "The DAO field of genesis",
        "issuance.genesis_dao_field",
        ["Small geneses. The real ones, with all their cells, are rebuilt elsewhere."],
        genesis_field,
        {
            "rounded-down": ("rounding", "the shares of block 0 rounded down: without the extra shannons"),
            "never-issued": ("arithmetic", "the issuance of block 0 left out, since nobody is paid it"),
            "gift-in-any-transaction": ("boundary", "the exception made for the second transaction as well"),
            "nothing-issued": ("boundary", "a chain with C = 0 accepted: its next block divides by it"),
            "wraps": ("overflow", "a sum of capacities that wraps around"),
        },
    )
    counted = lambda output, origin="genesis_cellbase", size=0: {"output": output, "data_size": size, "origin": origin}
    cells = [counted(cell(10**10), size=6), counted(cell(84 * 10**16, args_=SATOSHI)), counted(cell(10**12, type_=DAO_SCRIPT), "other", 8)]
    ask = {"epoch_length": 1743, "primary_epoch_reward": P, "secondary_epoch_reward": S, "cells": cells}
    base = "genesis-dao-field"
    rules = ["DAO-008", "DAO-001", "ISS-017"]
    file.add(base, "three cells, one of them burnt, and mainnet's rewards", rules + ["DAO-007"], ask, flags=["rounded-down", "never-issued"])
    file.twin("genesis-dao-field-even", base, "one block in epoch 0: the shares are whole, and not one shannon more", rules, {"epoch_length": 1})
    change = {"cells": [counted(cell(84 * 10**16, args_=SATOSHI), "other")]}
    file.twin("genesis-dao-field-second-transaction", base, "a burnt cell of the second transaction occupies 61 CKB", ["DAO-007", "DAO-008"], change, flags=["gift-in-any-transaction"])
    file.twin("genesis-dao-field-no-cells", base, "issuance alone", rules, {"cells": []})
    change = {"primary_epoch_reward": 0, "secondary_epoch_reward": 1}
    file.twin("genesis-dao-field-one-shannon", "genesis-dao-field-no-cells", "one shannon is enough", rules, change)
    file.twin("genesis-dao-field-nothing", "genesis-dao-field-one-shannon", "nothing is issued at all", ["DAO-008"], {"secondary_epoch_reward": 0}, flags=["nothing-issued"], reject="DAO-008")
    most = {"primary_epoch_reward": 0, "secondary_epoch_reward": 0, "cells": [counted(cell(2**64 - 1))]}
    file.twin("genesis-dao-field-largest", base, "C of 2^64 - 1", ["DAO-008", "DAO-002"], most)
    file.twin("genesis-dao-field-too-large", "genesis-dao-field-largest", "and one shannon more", ["DAO-002"], {"primary_epoch_reward": 1}, flags=["wraps"], reject="DAO-002")
    return file


# --- issuance: rewards ------------------------------------------------------------------------

REWARD_NOTES = {
    "own-totals": ("arithmetic", "U and C of the block itself instead of its parent's"),
    "sixty-per-cent": ("rounding", "the share for committing worked out as six tenths, rounded down"),
    "split-sum": ("rounding", "the split made of the sum of fees, not of each fee"),
    "latest-proposer": ("boundary", "the latest proposal paid, or each of them"),
    "window": ("boundary", "commitments or proposals one block too near or too far counted"),
    "block-1": ("boundary", "block 1 paid for commitments in blocks 3 to 10, which the node forgets"),
    "uncle-proposals": ("arithmetic", "the proposals of uncles left out"),
    "paid-twice": ("arithmetic", "an id paid twice because block and uncle both propose it"),
    "cell-anyway": ("boundary", "a reward paid that is too small for a cell, or one not paid that is just enough"),
    "same-block-id": ("boundary", "an id committed twice in one block paid twice, or for the second"),
    "genesis-proposes": ("boundary", "the proposals of block 0 looked at"),
    "all-fees": ("overflow", "a fee split, and found too large, whose share for proposing is another block's"),
    "wraps": ("overflow", "four times a fee, or a sum, that wraps around"),
}


def mainnet_rewards(replay):
    file = File(
        "Real rewards",
        "issuance.block_reward",
        [
            "Blocks of mainnet whose reward a cellbase eleven blocks later pays: the total is the capacity of its output.",
            "Fees are those of the transactions on the real genesis.",
        ],
        block_reward,
        {k: REWARD_NOTES[k] for k in ("own-totals",)},
        chain_provenance([data.source(replay.rows[12])])[0],
    )
    asked = {t: replay.reward_question(t) for t in range(1, 50)}
    answers = {t: block_reward(q) for t, q in asked.items()}
    kinds = {
        "no fees": lambda a: not a["commit"] and not a["proposal"],
        "a share for committing alone": lambda a: a["commit"] and not a["proposal"],
        "a share for proposing alone": lambda a: a["proposal"] and not a["commit"],
        "both shares": lambda a: a["commit"] and a["proposal"],
    }
    for why, is_kind in kinds.items():
        target = next((t for t in sorted(answers) if is_kind(answers[t])), None)
        if target is None:
            continue
        rest = {"flags": ["own-totals"]} if why == "no fees" else {}
        place = data.source(replay.rows[target + 11])
        if place != file.provenance["source"]:
            rest["provenance"] = {"kind": "chain", "source": place}
        file.add(f"reward-mainnet-{target}", f"block {target}, paid in block {target + 11}: {why}", ["ISS-007", "ISS-008"] if "alone" in why or "both" in why else ["ISS-007"], asked[target], **rest)
    return file


def block_rewards(replay):
    file = File(
        "The reward of a block in parts",
        "issuance.block_reward",
        ["A block, those around it, and small fees: who is paid for what, at every edge of the proposal window."],
        block_reward,
        {k: v for k, v in REWARD_NOTES.items() if k != "own-totals"},
    )
    ids = ["0x" + f"{n:02x}" * 10 for n in range(1, 10)]
    lock = {"code_hash": SIGHASH, "hash_type": "type", "args": "0x" + "11" * 20}
    dao = replay.moved[20]["parent"]

    def block(n, proposals=(), fees=(), uncles=()):
        transactions = [{"id": id_, "fee": fee} for id_, fee in fees]
        return {"number": n, "proposals": list(proposals), "uncle_proposals": list(uncles), "transactions": transactions}

    def ask(*blocks, target=20, **change):
        question = {"target": target, "epoch": ZERO, "parent_dao": dao, "lock": lock, "blocks": list(blocks)}
        return question | change

    def add(id_, why, rules, flags, *blocks, **change):
        file.add("reward-" + id_, why, rules, ask(*blocks, **change), **({"flags": flags} if flags else {}))

    a, b, c = ids[:3]
    add("alone", "no transactions, no proposals", ["ISS-007"], None)
    fees = list(zip(ids, (1, 4, 5, 9, 10)))
    add("commit", "fees of 1, 4, 5, 9 and 10: 1 + 3 + 3 + 6 + 6", ["ISS-008"], ["sixty-per-cent"], block(20, fees=fees))
    add("commit-ones", "three fees of 1: 3 for committing, and 0 for proposing", ["ISS-008"], ["split-sum"], block(18, ids[:3]), block(20, fees=[(i, 1) for i in ids[:3]]))
    add("propose-ones", "three fees of 2 were proposed here: floor(0.8) each, not floor(2.4)", ["ISS-008", "ISS-009"], ["split-sum"], block(20, ids[:3]), block(22, fees=[(i, 2) for i in ids[:3]]))
    add("first-commit", "committed two blocks later, the first that can", ["ISS-009"], ["window"], block(20, [a]), block(22, fees=[(a, 1000)]))
    add("last-commit", "committed ten blocks later, the last that can", ["ISS-009"], ["window"], block(20, [a]), block(30, fees=[(a, 1000)]))
    near = ask(block(20, [a]), block(21, fees=[(a, 1000)]))
    file.add("reward-too-near", "committed one block later, which no valid chain does: not looked at", ["ISS-009"], near, flags=["window"], rev=2)
    add("too-far", "committed eleven blocks later, for block 21 has proposed it too", ["ISS-009"], ["window"], block(20, [a]), block(21, [a]), block(31, fees=[(a, 1000)]))
    add("earlier", "block 19 proposes it too, and is ten before 29", ["ISS-010"], ["latest-proposer", "window"], block(19, [a]), block(20, [a]), block(29, fees=[(a, 1000)]))
    add("earlier-too-far", "block 19 is eleven before 30", ["ISS-010"], ["window"], block(19, [a]), block(20, [a]), block(30, fees=[(a, 1000)]))
    add("earlier-by-8", "block 12 is ten before 22", ["ISS-010"], ["window"], block(12, [a]), block(20, [a]), block(22, fees=[(a, 1000)]))
    add("earlier-by-8-too-far", "block 12 is eleven before 23", ["ISS-010"], ["window"], block(12, [a]), block(20, [a]), block(23, fees=[(a, 1000)]))
    add("later", "block 21 proposes it too, and is not the first", ["ISS-010"], ["latest-proposer"], block(20, [a]), block(21, [a]), block(23, fees=[(a, 1000)]))
    add("earlier-in-uncle", "an uncle in block 19 proposes it too", ["ISS-010", "ISS-012"], ["uncle-proposals"], block(19, uncles=[a]), block(20, [a]), block(25, fees=[(a, 1000)]))
    add("uncle", "an uncle of the block proposes it", ["ISS-012"], ["uncle-proposals"], block(20, uncles=[a]), block(22, fees=[(a, 1000)]))
    add("block-and-uncle", "the block and its uncle propose it", ["ISS-012"], ["paid-twice"], block(20, [a], uncles=[a]), block(22, fees=[(a, 1000)]))
    add("id-twice", "two transactions begin alike: the higher commitment uses the id up", ["ISS-012"], ["paid-twice"], block(20, [a]), block(22, fees=[(a, 1000)]), block(24, fees=[(a, 10)]))
    add("id-twice-elsewhere", "the higher commitment uses the id up, though the share of the id is block 19's", ["ISS-012"], ["paid-twice"], block(18, [b]), block(19, [a]), block(20, [a, b]), block(24, fees=[(a, 10)]), block(29, fees=[(b, 20)]))
    add("id-twice-in-block", "two transactions of one block begin alike: the first uses the id up", ["ISS-012"], ["same-block-id"], block(20, [a]), block(22, fees=[(a, 1000), (a, 5000)]))
    add("others", "proposed by others only", ["ISS-009"], ["latest-proposer"], block(20, [b]), block(21, [a]), block(23, fees=[(a, 1000), (c, 7)]))
    one = {"target": 1, "parent_dao": replay.moved[1]["parent"]}
    add("block-1-at-3", "block 1, committed in block 3", ["ISS-011"], ["block-1"], block(1, [a]), block(3, fees=[(a, 1000)]), **one)
    add("block-1-at-10", "block 1, committed in block 10", ["ISS-011"], ["block-1"], block(1, [a]), block(10, fees=[(a, 1000)]), **one)
    add("block-1-at-11", "block 1, committed in block 11: this one is paid", ["ISS-011"], ["block-1"], block(1, [a]), block(11, fees=[(a, 1000)]), **one)
    add("block-2-at-4", "block 2, committed in block 4: paid, since block 1 has not proposed it", ["ISS-011"], ["block-1"], block(2, [a]), block(4, fees=[(a, 1000)]), target=2)
    add("block-2-at-4-earlier", "block 2, committed in block 4, and block 1 has proposed it", ["ISS-010"], ["latest-proposer"], block(1, [a]), block(2, [a]), block(4, fees=[(a, 1000)]), target=2)
    add("block-2-genesis", "block 0 has proposed it too, which is not looked at", ["ISS-010"], ["genesis-proposes"], block(0, [a]), block(2, [a]), block(4, fees=[(a, 1000)]), target=2)

    # Too small for a cell. Nothing is issued but what it takes.
    small = {"start_number": 20, "length": 1, "base_block_reward": 61 * CKB, "remainder_reward": 0, "secondary_epoch_reward": 0}
    add("enough", "61 CKB are what a cell of 61 bytes occupies", ["ISS-015"], ["cell-anyway"], epoch=small)
    file.twin("reward-too-small", "reward-enough", "one shannon less is lost", ["ISS-015"], {"epoch.base_block_reward": 61 * CKB - 1}, flags=["cell-anyway"])
    file.twin("reward-longer-lock", "reward-enough", "one byte more of arguments", ["ISS-015"], {"lock.args": "0x" + "11" * 21}, flags=["cell-anyway"])
    file.twin("reward-nothing", "reward-enough", "no reward at all, and no arguments", ["ISS-015"], {"epoch.base_block_reward": 0, "lock.args": "0x"})

    # Ends of 64 bits.
    zero = {"start_number": 20, "length": 1, "base_block_reward": 0, "remainder_reward": 0, "secondary_epoch_reward": 0}
    add("largest-fee", "four times the fee is 2^64 - 4", ["ISS-020"], None, block(20, fees=[(a, 2**62 - 1)]), epoch=zero)
    change = {"blocks": [block(20, fees=[(a, 2**62)])]}
    file.twin("reward-fee-too-large", "reward-largest-fee", "four times the fee is 2^64", ["ISS-020"], change, flags=["wraps"], reject="ISS-020")
    split = block(22, fees=[(a, 2**62)])
    add("proposal-fee-others", "block 19 has proposed it too: of a fee of 2^62 nothing is split here", ["ISS-020"], ["all-fees"], block(19, [a]), block(20, [a]), split, epoch=zero)
    change = {"blocks": [block(20, [a]), split]}
    file.twin("reward-proposal-fee-too-large", "reward-proposal-fee-others", "four times the fee is 2^64, on the proposer's side", ["ISS-020"], change, flags=["wraps"], reject="ISS-020")
    file.twin("reward-largest-total", "reward-largest-fee", "the parts add up to 2^64 - 1", ["ISS-020"], {"epoch.base_block_reward": 2**64 - 1, "blocks": []})
    change = {"blocks": [block(20, fees=[(a, 1)])]}
    file.twin("reward-total-too-large", "reward-largest-total", "the parts add up to 2^64", ["ISS-020"], change, flags=["wraps"], reject="ISS-020")
    return file


# --- issuance: withdrawals --------------------------------------------------------------------


def maximum_withdraws(rows):
    rfc, lumos = rows
    file = File(
        "What a deposit is worth",
        "issuance.maximum_withdraw",
        ["The part of the capacity that the cell does not occupy grows with AR, rounded down, and the rest is added."],
        lambda q: {"capacity": worth(q["output"], q["data_size"], q["deposit"], q["withdraw"])},
        {
            "whole-capacity": ("arithmetic", "the rate applied to the whole capacity"),
            "floating-point": ("rounding", "a product of 100 bits in double precision"),
            "rounded-up": ("rounding", "the result rounded up or to the nearest"),
            "data-left-out": ("arithmetic", "the 8 bytes of data not counted among what is occupied"),
            "from-heights": ("boundary", "a withdrawal from the deposit's own block, or from before it"),
            "wraps": ("overflow", "a quotient above 64 bits cut to its low bits, as nodes up to 0.209 do"),
            "negative": ("overflow", "a capacity below what the cell occupies"),
        },
    )
    dated = lambda header: {"number": number(header["number"]), "dao": header["dao"]}

    def real(row):
        output = {"capacity": number(row["deposit_cell"]["output"]["capacity"])} | {
            k: row["deposit_cell"]["output"][k] for k in ("lock", "type")
        }
        return {"output": output, "data_size": 8, "deposit": dated(row["deposit_header"]), "withdraw": dated(row["withdraw_header"])}

    for id_, row, why, place in (
        ("withdraw-rfc0023", rfc, "RFC 0023: 2000 CKB from block 4191 to block 73380 of mainnet", "RFC 0023, nervosnetwork/rfcs@4b502ffcb02fc7019e0dd4b5f866b5f09819cfbe rfcs/0023-dao-deposit-withdraw/0023-dao-deposit-withdraw.md"),
        ("withdraw-lumos", lumos, "1000 CKB on a dev chain of lumos", "ckb-js/lumos@4edfce46a112059f4020c7e00ebb9082ada89f3f packages/common-scripts/tests/dao-bigint.test.ts"),
    ):
        question = real(row)
        assert worth(question["output"], 8, question["deposit"], question["withdraw"]) == row["expected_maximum_withdraw"]
        flags = ["floating-point", "whole-capacity", "data-left-out"] if id_ == "withdraw-rfc0023" else []
        file.add(id_, why, ["DAO-012"], question, provenance={"kind": "published", "source": place}, **({"flags": flags} if flags else {}))

    at = lambda n, ar: {"number": n, "dao": field(1, ar, 0, 0)}
    occupied_ = 102 * CKB
    plain = {"output": cell(occupied_ + 10, type_=DAO_SCRIPT), "data_size": 8, "deposit": at(1, 7), "withdraw": at(2, 10)}
    base = "withdraw-small"
    file.add(base, "10 shannons grow by 10/7, from one block to the next: floor(14.28) = 14", ["DAO-012", "DAO-013"], plain, flags=["rounded-up"])

    def twin(id_, why, rules, flags=None, of=base, **rest):
        change = rest.pop("change")
        file.twin("withdraw-" + id_, of, why, rules, change, **({"flags": flags} if flags else {}), **rest)

    twin("same-rate", "AR has not grown, and neither has the deposit", ["DAO-012"], None, change={"withdraw.dao": field(1, 7, 0, 0)})
    twin("only-occupied", "a deposit that occupies all of its capacity earns nothing", ["DAO-012"], ["whole-capacity"], change={"output.capacity": occupied_})
    twin("less-than-occupied", "and one with less capacity than that is none", ["DAO-012"], ["negative"], of="withdraw-only-occupied", change={"output.capacity": occupied_ - 1}, reject="DAO-012")
    twin("rounded-13", "9 shannons: floor(12.86) = 12", ["DAO-012"], ["rounded-up"], change={"output.capacity": occupied_ + 9})
    most = 2**64 - 1
    twin("largest", "worth 2^64 - 1", ["DAO-012"], None, change={"output.capacity": occupied_ + 1, "deposit.dao": field(1, 1, 0, 0), "withdraw.dao": field(1, most - occupied_, 0, 0)})
    twin("sum-too-large", "the quotient fits 64 bits, and with what is occupied it does not", ["DAO-012"], ["wraps"], of="withdraw-largest", change={"withdraw.dao": field(1, most - occupied_ + 1, 0, 0)}, reject="DAO-012")
    twin("quotient-too-large", "the quotient is 2^64 + 4", ["DAO-012"], ["wraps"], of="withdraw-largest", change={"output.capacity": occupied_ + 10, "withdraw.dao": field(1, 2**64 // 10 + 1, 0, 0)}, reject="DAO-012")
    twin("same-block", "deposited and withdrawn in one block", ["DAO-013"], ["from-heights"], change={"deposit.number": 2}, reject="DAO-013")
    twin("before-deposit", "withdrawn before it was deposited", ["DAO-013"], ["from-heights"], change={"deposit.number": 3}, reject="DAO-013")
    return file


def witness_args(lock=None, input_type=None, output_type=None):
    fields = [b"" if f is None else struct.pack("<I", len(f)) + f for f in (lock, input_type, output_type)]
    offsets, at = [], 16
    for raw in fields:
        offsets.append(at)
        at += len(raw)
    return "0x" + (struct.pack("<IIII", at, *offsets) + b"".join(fields)).hex()


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


def transaction_fees(rows):
    rfc = rows[0]
    file = File(
        "Fees, with and without the Nervos DAO",
        "issuance.transaction_fee",
        ["What the inputs are worth less the outputs, and every way in which a withdrawal can miss its headers."],
        fee,
        {
            "any-dao-script": ("boundary", "a cell taken for one of the DAO by the hash of the program, or only without arguments"),
            "any-data": ("boundary", "data of another length, or zeros, taken for a withdrawal"),
            "first-bytes": ("boundary", "only the first byte, or the first four, of the height looked at"),
            "sum-rounded": ("rounding", "the interest of all inputs rounded together"),
            "witness-by-group": ("arithmetic", "the first witness read for every input"),
            "last-witness": ("arithmetic", "the last witness read for every input"),
            "lazy-witness": ("encoding", "nothing of the witness decoded but its input_type"),
            "index-byte": ("overflow", "the index cut to its lowest byte, as the script of the DAO does"),
            "any-header": ("boundary", "a header used that the transaction does not name"),
            "lenient-witness": ("encoding", "a witness that is no WitnessArgs, or has no 8 bytes of input_type, read all the same"),
            "number-unchecked": ("boundary", "any header taken for the deposit's, as nodes up to 0.206 do"),
            "negative-fee": ("overflow", "outputs beyond what the inputs are worth"),
            "wraps": ("overflow", "a sum of capacities that wraps around"),
            "wide-inputs": ("overflow", "what the inputs are worth summed in more than 64 bits"),
        },
    )
    phase2 = rfc["txs"]["withdraw_phase2"]["tx"]
    cell_ = rfc["txs"]["withdraw_phase1"]["tx"]["outputs"][0]
    deposit, withdraw = rfc["deposit_header"], rfc["withdraw_header"]
    hashes = phase2["header_deps"]
    named = lambda hash_, number_, dao: {"hash": hash_, "number": number_, "dao": dao}
    real = {
        "dao_type_hash": DAO_TYPE,
        "inputs": [{
            "output": {"capacity": number(cell_["capacity"]), "lock": cell_["lock"], "type": cell_["type"]},
            "data": rfc["txs"]["withdraw_phase1"]["tx"]["outputs_data"][0],
            "block_hash": hashes[1],
        }],
        "outputs": [number(o["capacity"]) for o in phase2["outputs"]],
        "header_deps": hashes,
        "witnesses": phase2["witnesses"],
        "headers": [
            named(hashes[0], number(deposit["number"]), deposit["dao"]),
            named(hashes[1], number(withdraw["number"]), withdraw["dao"]),
        ],
    }  # fmt: skip
    place = "RFC 0023, nervosnetwork/rfcs@4b502ffcb02fc7019e0dd4b5f866b5f09819cfbe rfcs/0023-dao-deposit-withdraw/0023-dao-deposit-withdraw.md"
    rules = ["ISS-018", "DAO-009", "DAO-010", "DAO-011", "DAO-012", "DAO-014"]
    file.add("fee-rfc0023", "RFC 0023: the withdrawal of its example", rules, real, provenance={"kind": "published", "source": place})

    # A made-up withdrawal, and everything around it.
    names = ["0x" + f"{n:02x}" * 32 for n in range(1, 4)]
    headers = [named(names[0], 5, field(1, 7, 0, 0)), named(names[1], 9, field(1, 10, 0, 0)), named(names[2], 6, field(1, 7, 0, 0))]
    occupied_ = 102 * CKB
    recorded = "0x" + struct.pack("<Q", 5).hex()
    spent = lambda extra, data_=recorded, type_=DAO_SCRIPT: {"output": cell(occupied_ + extra, type_=type_), "data": data_, "block_hash": names[1]}
    index = lambda n: witness_args(input_type=struct.pack("<Q", n))
    small = {
        "dao_type_hash": DAO_TYPE,
        "inputs": [spent(10)],
        "outputs": [occupied_ + 10],
        "header_deps": names[:2],
        "witnesses": [index(0)],
        "headers": headers,
    }
    base = "fee-withdrawal"
    file.add(base, "10 shannons have become 14, and 10 are taken out: a fee of 4", ["ISS-018", "DAO-012"], small)

    def twin(id_, why, rules, flags=None, of=base, **rest):
        change = rest.pop("change")
        file.twin("fee-" + id_, of, why, rules, change, **({"flags": flags} if flags else {}), **rest)

    inputs = lambda *cells: {"inputs": list(cells)}
    twin("zero", "all of it is taken out: no fee", ["ISS-018"], None, change={"outputs": [occupied_ + 14]})
    twin("negative", "one shannon more", ["ISS-018"], ["negative-fee"], change={"outputs": [occupied_ + 15]}, reject="ISS-018")
    twin("type-args", "arguments of the type script make no difference, but occupy a byte", ["DAO-009"], ["any-dao-script"], change=inputs(spent(CKB + 10, type_=DAO_SCRIPT | {"args": "0x00"})))
    twin("type-by-data", "the same code hash by data is another script: worth its capacity", ["DAO-009"], ["any-dao-script"], change=inputs(spent(10, type_=DAO_SCRIPT | {"hash_type": "data"})))
    twin("other-code", "another code hash: worth its capacity", ["DAO-009"], ["any-dao-script"], change=inputs(spent(10, type_=DAO_SCRIPT | {"code_hash": SIGHASH})))
    twin("no-type", "no type script: worth its capacity", ["DAO-009"], None, change=inputs(spent(10, type_=None)))
    twin("deposit", "8 zero bytes: a deposit, worth its capacity", ["DAO-010"], ["any-data"], change=inputs(spent(10, "0x" + "00" * 8)))
    twin("data-9", "9 bytes: worth its capacity", ["DAO-010"], ["any-data"], change=inputs(spent(10, recorded + "00")))
    twin("data-7", "7 bytes: worth its capacity", ["DAO-010"], ["any-data"], change=inputs(spent(10, recorded[:-2])))
    high = lambda n: {"headers": [named(names[0], n, field(1, 7, 0, 0)), named(names[1], n + 4, field(1, 10, 0, 0))]}
    deep = lambda n: high(n) | inputs(spent(10, "0x" + struct.pack("<Q", n).hex()))
    twin("height-256", "a deposit in block 256: the first byte of its height is 0", ["DAO-010"], ["first-bytes"], change=deep(256))
    twin("height-2-32", "a deposit in block 2^32: the first four bytes are 0", ["DAO-010"], ["first-bytes"], change=deep(2**32))
    twin("wrong-height-2-32", "block 2^32 + 5 is not block 5", ["DAO-014"], ["first-bytes"], change=high(2**32 + 5), reject="DAO-014")
    two = {"inputs": [spent(10), spent(10)], "outputs": [2 * occupied_ + 20], "witnesses": [index(0), index(0)]}
    twin("two", "two withdrawals: 2 · floor(14.28) = 28, and not floor(28.57) = 28", ["ISS-018", "DAO-012"], None, change=two)
    file.twin("fee-two-rounded", "fee-two", "2 · floor(12.86) = 24, and not floor(25.71) = 25", ["ISS-018", "DAO-012"], {"inputs": [spent(9), spent(9)], "outputs": [2 * occupied_ + 18]}, flags=["sum-rounded"])
    twin("second-witness", "the second input has its own witness", ["DAO-011"], ["witness-by-group"], change={"inputs": [spent(0, "0x", None), spent(10)], "outputs": [2 * occupied_], "witnesses": ["0x", index(0)]})
    twin("witness-too-many", "a witness without an input is not read", ["DAO-011"], ["last-witness"], change={"witnesses": [index(0), "0x"]})
    twin("headers-swapped", "header deps in another order, with another index", ["DAO-011"], None, change={"header_deps": names[1::-1], "witnesses": [index(1)]})
    lock = witness_args(lock=bytes(65), input_type=struct.pack("<Q", 0), output_type=b"")
    twin("whole-witness", "a signature and an output_type beside the index", ["DAO-011"], None, change={"witnesses": [lock]})

    rules = ["DAO-011"]
    reject = lambda id_, why, flags, change: twin(id_, why, rules, flags, change=change, reject="DAO-011")
    reject("withdraw-header-missing", "the withdrawing cell's block is not named", ["any-header"], {"header_deps": names[:1]})
    reject("cell-in-no-block", "the withdrawing cell is in no block yet", ["any-header"], {"inputs": [spent(10) | {"block_hash": None}]})
    reject("no-witness", "no witness at all", ["lenient-witness"], {"witnesses": []})
    reject("empty-witness", "an empty witness", ["lenient-witness"], {"witnesses": ["0x"]})
    reject("no-input-type", "a witness without input_type", ["lenient-witness"], {"witnesses": [witness_args(lock=bytes(8))]})
    reject("index-7-octets", "an input_type of 7 bytes", ["lenient-witness"], {"witnesses": [witness_args(input_type=bytes(7))]})
    reject("index-9-octets", "an input_type of 9 bytes", ["lenient-witness"], {"witnesses": [witness_args(input_type=bytes(9))]})
    rest = {"witnesses": [index(0) + "00000000"]}
    twin("witness-with-rest", "four bytes after the witness, as an empty output_type has them", rules, ["lenient-witness"], change=rest, reject="DAO-011", rev=2)
    eight = bytes(8).hex()
    reject("witness-lock-count", "a lock that counts 2 bytes and has 3", ["lazy-witness"], {"witnesses": ["0x23000000100000001700000023000000" + "02000000010101" + "08000000" + eight]})
    reject("witness-four-fields", "a fourth, empty field", ["lazy-witness"], {"witnesses": ["0x2000000014000000140000002000000020000000" + "08000000" + eight]})
    reject("index-2", "an index as great as there are header deps", ["any-header"], {"witnesses": [index(2)]})
    reject("index-256", "256 is no index, though its lowest byte is", ["index-byte"], {"witnesses": [index(256)]})
    reject("index-2-63", "2^63 is no index either", ["index-byte"], {"witnesses": [index(2**63)]})
    twin("wrong-deposit", "a header of another block with the same AR", ["DAO-014"], ["number-unchecked"], change={"header_deps": [names[2], names[1]]}, reject="DAO-014")
    later = [named(names[0], 9, field(1, 7, 0, 0)), headers[1]]
    twin("same-height", "deposit and withdrawal at one height", ["DAO-013"], ["number-unchecked"], change={"headers": later, "inputs": [spent(10, "0x" + struct.pack("<Q", 9).hex())]}, reject="DAO-013")
    plain = lambda *amounts: {"inputs": [{"output": cell(n), "data": "0x", "block_hash": None} for n in amounts]}
    most = 2**64 - 1
    twin("plain", "no DAO at all: 5 less 3", ["ISS-018"], None, change=plain(5) | {"outputs": [3], "witnesses": []})
    twin("largest", "inputs of 2^64 - 1", ["ISS-018"], None, of="fee-plain", change=plain(most - 1, 1) | {"outputs": []})
    twin("inputs-too-large", "inputs of 2^64", ["ISS-018"], ["wraps"], of="fee-largest", change=plain(most, 1), reject="ISS-018")
    twin("inputs-too-large-spent", "inputs of 2^64, of which an output takes 1", ["ISS-018"], ["wide-inputs"], of="fee-largest", change=plain(most, 1) | {"outputs": [1]}, reject="ISS-018")
    twin("outputs-largest", "outputs of 2^64 - 1", ["ISS-018"], None, of="fee-largest", change={"outputs": [most, 0]})
    twin("outputs-too-large", "outputs of 2^64, which wraps to nothing", ["ISS-018"], ["wraps"], of="fee-outputs-largest", change={"outputs": [most, 1]}, reject="ISS-018")
    return file


def files(folder):
    replay = Replay(folder)
    withdrawals = data.load(folder / "dao/withdraw_vectors.json")
    yield "pow/genesis-epochs.yaml", genesis_epochs().raw()
    yield "pow/next-epochs.yaml", next_epochs().raw()
    yield "issuance/primary-rewards.yaml", primary_rewards().raw()
    yield "issuance/secondary-rewards.yaml", secondary_rewards().raw()
    yield "issuance/block-issuances.yaml", block_issuances().raw()
    yield "issuance/dao-fields.yaml", dao_fields(replay, folder).raw()
    yield "issuance/freed-capacities.yaml", freed_capacities().raw()
    yield "issuance/genesis-dao-fields.yaml", genesis_dao_fields().raw()
    yield "issuance/block-rewards-mainnet.yaml", mainnet_rewards(replay).raw()
    yield "issuance/block-rewards.yaml", block_rewards(replay).raw()
    yield "issuance/withdrawals.yaml", maximum_withdraws(withdrawals).raw()
    yield "issuance/transaction-fees.yaml", transaction_fees(withdrawals).raw()


if __name__ == "__main__":
    data.main(sys.argv[1:], files, __doc__)
