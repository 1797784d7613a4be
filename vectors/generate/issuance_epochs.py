"""The adjustment of epochs: difficulty, length and reward of the next."""

from fractions import Fraction

from issuance_epoch_notes import NOTES
from issuance_model import HALVING, P, compact_of, difficulty_of, genesis_epoch, next_epoch, primary, record
from issuance_replay import HEADERS
from issuance_tools import File, set_path

L_IDEAL = 14_400
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


# The hash rate of mainnet's genesis, and when it was made, in milliseconds.
GENESIS_HASH_RATE, GENESIS_MS = 1_031_755_010_274_455, 1_573_852_190_812


def genesis_epochs():
    file = File(
        "genesis-epoch-",
        "The record of epoch 0",
        "pow.genesis_epoch",
        ["Epoch 0 has no epoch before it: its hash rate is derived from the difficulty that the chain starts with."],
        genesis_epoch,
        {
            "unrounded-uncles": (
                "rounding",
                "fractions of an uncle counted, which gives mainnet another first hash rate",
            ),
            "no-uncles": ("arithmetic", "the expected uncles left out of the first hash rate"),
        },
    )
    ask = lambda parameters, length, compact: {"parameters": parameters, "length": length, "compact_target": compact}
    rules = "EPOCH-022 EPOCH-021"
    file.add(
        "mainnet",
        "1743 blocks and floor(1743 / 40) = 43 uncles, not 43.575",
        rules,
        ask(MAINNET, 1743, 0x1A08A97E),
        "unrounded-uncles",
    )
    file.add("testnet", "1000 blocks and 25 uncles", rules, ask(TESTNET, 1000, 0x1E015555), "no-uncles")
    file.add("dev", "10 blocks are too few for an uncle: floor(10 / 40) = 0", rules, ask(DEV, 10, 0x20010000))
    file.twin("one-block", "one block gets the whole reward, and nothing remains", rules, {"length": 1}, of="mainnet")
    file.twin(
        "no-target",
        "a target of zero has difficulty 0, so the hash rate is 0 as well",
        "EPOCH-022 POW-012",
        {"compact_target": 0},
        of="mainnet",
    )
    return file


def ended(number_, start, length, compact, rate, uncles, previous, last):
    """A question about an epoch of mainnet that has ended, with these uncles and timestamps."""
    return {
        "parameters": MAINNET,
        "epoch": record(number_, start, length, compact, primary(number_), rate),
        "uncles": uncles,
        "previous_timestamp": previous,
        "last_timestamp": last,
    }


def like_the_first(length, uncles, milliseconds):
    """An epoch 0 with the difficulty and the hash rate of mainnet's, and with other blocks, uncles and time."""
    return ended(0, 0, length, 0x1A08A97E, GENESIS_HASH_RATE, uncles, 0, milliseconds)


def next_epochs():
    file = File(
        "next-epoch-",
        "From one epoch to the next",
        "pow.next_epoch",
        [
            "Every branch, bound and rounding of the adjustment, from two real epoch changes and around an epoch like",
            "mainnet's first. A client that gets one of them wrong waits for blocks of a difficulty that nobody mines.",
        ],
        lambda question: {"epoch": next_epoch(question)},
        NOTES,
    )
    real_changes(file)
    durations(file)
    uncle_counts(file)
    hash_rates(file)
    lengths_without_uncles(file)
    lengths_at_their_bounds(file)
    expected_rates(file)
    small_difficulties(file)
    other_parameters(file)
    rewards(file)
    permanent_difficulty(file)
    return file


def real_changes(file):
    end_0 = GENESIS_MS + 181_713_000
    zero = ended(0, 0, 1743, 0x1A08A97E, GENESIS_HASH_RATE, 2, GENESIS_MS, end_0)
    one = ended(1, 1743, 1800, 0x1A11B985, next_epoch(zero)["previous_hash_rate"], 11, end_0, 1_574_095_942_341)
    assert next_epoch(zero)["compact_target"] == 0x1A11B985 and next_epoch(zero)["length"] == 1800
    assert next_epoch(one)["compact_target"] == 0x1A2158D9 and next_epoch(one)["length"] == 1677
    file.add(
        "mainnet-1",
        "mainnet, epoch 0 to 1: length bounded, hash rate dampened (uncles and time deduced from the target)",
        "EPOCH-013 EPOCH-017 EPOCH-018 EPOCH-019",
        zero,
        "dampening-off",
        provenance=HEADERS,
    )
    file.add(
        "mainnet-2",
        "mainnet, epoch 1 to 2: the hash rate is dampened again, which shows what epoch 1 carried on",
        "EPOCH-013 EPOCH-014 EPOCH-016 EPOCH-019 EPOCH-021",
        one,
        "undampened",
        provenance=HEADERS,
    )


def durations(file):
    plan = like_the_first(1743, 43, 14_400_000)
    file.add(
        "planned", "4 hours and floor(1743 / 40) uncles: nothing is bounded", "EPOCH-010 EPOCH-012 EPOCH-016", plan
    )

    last = lambda ms: {"last_timestamp": ms}
    file.twin("999-ms-more", "14400.999 s are 14400 s", "EPOCH-010", last(14_400_999), "milliseconds")
    file.twin("second-more", "one second more changes the hash rate", "EPOCH-010 EPOCH-012", last(14_401_000))
    file.twin(
        "odd-ms",
        "from 0.5 s to 14400.499 s are 14399 s, although the whole seconds differ by 14400",
        "EPOCH-010",
        {"previous_timestamp": 500} | last(14_400_499),
        "seconds-apart",
    )
    file.twin(
        "4-hours-back",
        "timestamps that go back 4 hours count as no time",
        "EPOCH-010",
        {"previous_timestamp": 14_400_000} | last(0),
        "unsigned-difference",
        divergent="Releases of the node up to 0.206 panic here.",
    )
    file.add(
        "trace",
        "the trace is asked for as well; a client without traces answers without one",
        "EPOCH-016",
        plan | {"trace": True},
    )
    # Without a hash rate before, so that nothing but the time decides.
    file.base = "planned"
    free = {"epoch.previous_hash_rate": 0}
    file.twin("999-ms", "less than a second counts as one", "EPOCH-010", last(999) | free, "zero-duration")
    file.twin("1999-ms", "less than two seconds count as one", "EPOCH-010", last(1_999) | free, "milliseconds")
    file.twin("no-time", "no time at all counts as one second", "EPOCH-010", last(0) | free, "zero-duration")
    file.twin(
        "time-backwards",
        "timestamps that go back count as no time",
        "EPOCH-010",
        {"previous_timestamp": 1, "last_timestamp": 0, "epoch.previous_hash_rate": 0},
        "negative-duration",
        divergent="Releases of the node up to 0.206 panic here.",
    )


def uncle_counts(file):
    file.base = "planned"
    file.twin(
        "one-uncle",
        "one uncle: the length is bounded, and the expected orphan rate is small",
        "EPOCH-011 EPOCH-018",
        {"uncles": 1},
    )
    file.twin("uncle-more", "44 uncles instead of 43", "EPOCH-011 EPOCH-012", {"uncles": 44}, "uncles-left-out")
    file.twin(
        "uncles-60",
        "60 uncles: the next epoch is shorter, and not bounded",
        "EPOCH-016",
        {"uncles": 60},
        "double-rounding",
    )
    file.twin(
        "uncles-20",
        "20 uncles in 12000 s: bounded above",
        "EPOCH-017 EPOCH-018",
        {"uncles": 20, "last_timestamp": 12_000_000},
        "double-rounding",
    )
    file.twin(
        "uncles-200",
        "200 uncles in 10000 s: bounded below, at floor(1743 / 2)",
        "EPOCH-017 EPOCH-018",
        {"uncles": 200, "last_timestamp": 10_000_000},
        "fixed-lengths",
    )


def hash_rates(file):
    file.base = "planned"
    estimate = difficulty_of(0x1A08A97E) * 1786 // 14400
    assert estimate % 2 == 1
    rate = lambda value: {"epoch.previous_hash_rate": value}
    rules = "EPOCH-013 EPOCH-014"
    file.twin(
        "lower-bound-odd",
        "half the previous hash rate, which is odd, rounds down to the estimate",
        rules,
        rate(2 * estimate + 1),
        "dampening-rounded-up",
    )
    file.twin(
        "below-lower-bound",
        "the estimate is one below half the previous hash rate",
        rules,
        rate(2 * estimate + 2),
        "dampening-off",
    )
    file.twin(
        "above-lower-bound", "the estimate is one above half the previous hash rate", rules, rate(2 * estimate - 1)
    )
    file.twin(
        "below-upper-bound", "the estimate is one below twice the previous hash rate", rules, rate((estimate + 1) // 2)
    )
    file.twin(
        "above-upper-bound",
        "the estimate is one above twice the previous hash rate",
        rules,
        rate((estimate - 1) // 2),
        "dampening-off",
    )
    file.twin("hash-rate-before-0", "a previous hash rate of 0 bounds nothing", rules, rate(0), "first-hash-rate")
    file.twin("hash-rate-before-1", "a previous hash rate of 1: half of it is 0, twice is 2", rules, rate(1))
    large = lambda power: {"epoch.compact_target": compact_of(2**power), "epoch.previous_hash_rate": 2 ** (power - 4)}
    rules = "EPOCH-012 EPOCH-019"
    file.twin(
        "difficulty-2-78", "a difficulty of 2^78: the hash rate has 75 bits", rules, large(78), "narrow-hash-rate"
    )
    file.twin(
        "difficulty-2-120", "a difficulty of 2^120: times 1786 it has 131 bits", rules, large(120), "narrow-hashes"
    )
    file.twin(
        "no-target",
        "a target of zero has difficulty 0: the estimate of 0 is raised to half the previous hash rate",
        "EPOCH-012 EPOCH-013",
        {"epoch.compact_target": 0},
        "zero-estimate",
    )
    file.twin(
        "hash-rate-31",
        "31.75 hashes a second round down to 31: the difficulty is 246, not 252",
        rules,
        {"epoch.compact_target": 0x20010000, "epoch.previous_hash_rate": 31},
        "hash-rate-unrounded",
    )


def lengths_without_uncles(file):
    none = like_the_first(1743, 0, 14_400_000)
    file.add(
        "no-uncles",
        "without uncles the next epoch has 1800 blocks, and no uncles are expected",
        "EPOCH-015 EPOCH-018",
        none,
        "no-uncles-unbounded",
    )
    rules = "EPOCH-015 EPOCH-018"
    file.twin(
        "no-uncles-900",
        "twice 900 is 1800",
        rules,
        {"epoch.length": 900, "epoch.base_block_reward": P // 900, "epoch.remainder_reward": P % 900},
    )
    file.twin(
        "no-uncles-899",
        "twice 899 is 1798",
        rules,
        {"epoch.length": 899, "epoch.base_block_reward": P // 899, "epoch.remainder_reward": P % 899},
        "fixed-lengths",
    )
    file.twin(
        "no-uncles-10",
        "twice 10 is 20, and the lower bound of 300 does not apply",
        rules,
        {"epoch.length": 10, "epoch.base_block_reward": P // 10, "epoch.remainder_reward": P % 10},
        "no-uncles-unbounded",
    )


def lengths_at_their_bounds(file):
    def timed(id_, why, flags, blocks, uncles, wanted):
        """An epoch that takes as long as makes the raw length of the next the one that is wanted."""
        times = [L for L in range(1, 400_000) if L_IDEAL * (blocks + uncles) * blocks // (41 * uncles * L) == wanted]
        question = like_the_first(blocks, uncles, times[len(times) // 2] * 1000)
        rules = "EPOCH-016 EPOCH-017 EPOCH-018"
        file.add(id_, why, rules, question, flags)

    timed("raw-1800", "1800 blocks are not more than 1800: not bounded", "bound-as-bounded", 1743, 60, 1800)
    timed("raw-1801", "1801 blocks are bounded to 1800", "", 1743, 60, 1801)
    timed("raw-871", "871 blocks are not fewer than half of 1743: not bounded", "bound-as-bounded", 1743, 60, 871)
    timed("raw-870", "870 blocks are fewer than half of 1743", "fixed-lengths", 1743, 60, 870)
    timed("raw-800", "800 blocks are not more than twice 400", "bound-as-bounded", 400, 10, 800)
    timed("raw-801", "801 blocks are more than twice 400", "fixed-lengths", 400, 10, 801)
    timed("raw-300", "300 blocks are not fewer than 300", "bound-as-bounded", 500, 30, 300)
    timed("raw-299", "299 blocks are fewer than 300, though not than half of 500", "fixed-lengths", 500, 30, 299)
    timed("raw-21-after-10", "after 10 blocks the upper bound is 20", "", 10, 1, 21)
    timed(
        "raw-20-after-10",
        "after 10 blocks, 20 is not above the upper bound, so the lower one raises it to 300",
        "lower-bound-first",
        10,
        1,
        20,
    )
    timed(
        "raw-1801-after-4000",
        "after 4000 blocks the lower bound is 2000, but 1801 is above the upper one and cut to 1800",
        "long-epochs",
        4000,
        100,
        1801,
    )
    timed(
        "raw-1800-after-4000",
        "after 4000 blocks, 1800 is not above the upper bound, so the lower one raises it to 2000",
        "long-epochs",
        4000,
        100,
        1800,
    )
    exact = like_the_first(1800, 4, 240_000_000)
    file.add(
        "raw-exactly-1188",
        "a quotient without remainder: 1188, but 1187.99… in floating point",
        "EPOCH-016",
        exact,
        "floating-point",
    )


def expected_rates(file):
    """Orphan rates that are expected in a bounded epoch."""
    many = like_the_first(1743, 3486, 43_000_000)
    file.add(
        "two-uncles-a-block",
        "two uncles a block: r is small, and 192 uncles a block are expected",
        "EPOCH-018",
        many,
        "double-rounding",
    )
    rules = "EPOCH-018"
    file.twin(
        "rate-0",
        "with more time r would be negative, so the ideal rate is used",
        rules,
        {"last_timestamp": 50_000_000},
        "negative-rate",
    )
    even = like_the_first(1742, 3484, 43_200_000)
    assert Fraction(3, 2) * 14400 * 1742 / (43200 * 871) == 1
    file.add(
        "rate-exactly-0",
        "r is exactly 0, so 1 / r does not exist and the ideal rate is used",
        rules,
        even,
        "negative-rate",
    )
    least = like_the_first(1800, 3600, 43_199_000)
    file.add(
        "rate-43199",
        "r is 1/43199, a second short of 0: 43199 uncles a block, and 1/42145 of the difficulty at r = 0",
        rules,
        least,
        "fixed-point",
    )


def small_difficulties(file):
    easy = ended(0, 0, 10, 0x20FFFFFF, 0, 0, 0, 20_000)
    file.add(
        "no-hash-rate",
        "10 blocks of difficulty 1 in 20 s: floor(10 / 20) = 0 is raised to 1",
        "EPOCH-014",
        easy,
        "zero-hash-rate",
    )
    rules = "EPOCH-019"
    target = lambda value: {"parameters.epoch_duration_target": value}
    file.twin(
        "difficulty-below-1",
        "10 hashes for 20 blocks: the difficulty is 1, not 0",
        rules,
        target(10),
        "zero-difficulty",
    )
    file.twin("difficulty-1", "20 hashes for 20 blocks", rules, target(20))
    file.twin("difficulty-1-rounded", "39 hashes for 20 blocks, rounded down", rules, target(39), "double-rounding")
    file.twin("difficulty-2", "40 hashes for 20 blocks", rules, target(40))


def other_parameters(file):
    file.base = "planned"
    file.twin(
        "ratio-not-lowest",
        "2/80 is 1/40",
        "EPOCH-016",
        {"parameters.orphan_rate_target": {"numerator": 2, "denominator": 80}},
    )
    file.twin(
        "other-ratio",
        "a target of one uncle for 20 blocks",
        "EPOCH-016 EPOCH-018",
        {"parameters.orphan_rate_target": {"numerator": 1, "denominator": 20}},
    )
    file.twin(
        "other-duration",
        "epochs of 8 hours have at most 1800 blocks as well",
        "EPOCH-017",
        {"parameters.epoch_duration_target": 28_800},
        "own-bounds",
    )
    wide = like_the_first(1000, 1000, 1000)
    wide = set_path(wide, "parameters.epoch_duration_target", 2**63)
    wide = set_path(wide, "parameters.orphan_rate_target", {"numerator": 1, "denominator": 1})
    file.add(
        "raw-beyond-64-bits",
        "a raw length of 500 · 2^64 is cut to 0, and bounded below",
        "EPOCH-016",
        wide,
        "wide-length",
    )
    narrow = set_path(wide, "parameters.epoch_duration_target", 2**29)
    file.add(
        "raw-beyond-32-bits",
        "a raw length of 125 · 2^32 is bounded above",
        "EPOCH-016 EPOCH-017",
        narrow,
        "narrow-length",
    )


def rewards(file):
    def at(id_, number_, why, flags=""):
        question = ended(number_, 10**7, 1743, 0x1A08A97E, GENESIS_HASH_RATE, 43, 0, 14_400_000)
        rules = "EPOCH-021 ISS-001" + (" ISS-002" if number_ > 500_000 else "")
        file.add(id_, why, rules, question, flags)

    at("8759", 8758, "the last epoch before the first halving", "halving-early")
    at("8760", 8759, "the first halving", "halving-early")
    at("8761", 8760, "the halved reward is carried on")
    at("17520", 17519, "the second halving shifts the first reward by two, not the halved reward", "shift-shifted")
    at("560640", 560_639, "64 halvings: a shift by 64 bits, which many machines take for a shift by 0")
    file.base = "planned"
    file.twin(
        "reward-carried",
        "a reward that is not the schedule's is carried on",
        "EPOCH-021 ISS-001",
        {"epoch.base_block_reward": 1000, "epoch.remainder_reward": 7},
        "recomputed-reward",
    )
    file.twin(
        "8760-carried",
        "a halving shifts the first amount, whatever reward was carried on until then",
        "EPOCH-021 ISS-001",
        {"epoch.number": 8759, "epoch.base_block_reward": 1000, "epoch.remainder_reward": 0},
        "carried-halved",
    )


def permanent_difficulty(file):
    dev = {
        "parameters": DEV,
        "epoch": record(0, 0, 10, 0x20010000, P, 32),
        "uncles": 0,
        "previous_timestamp": 0,
        "last_timestamp": 1000,
    }
    rules = "EPOCH-023"
    file.add("dev", "a dev chain: length and difficulty stay the same", rules, dev)
    file.twin(
        "dev-81-s",
        "81 s are 11 blocks of 8 s, rounded up",
        rules,
        {"parameters.epoch_duration_target": 81},
        "old-shares",
    )
    file.twin(
        "dev-14408-s",
        "14408 s are 1801 blocks: no bound holds",
        rules,
        {"parameters.epoch_duration_target": 14408},
        "permanent-bounded",
    )
    file.twin(
        "dev-8760",
        "a dev chain halves its reward as well",
        rules + " ISS-001",
        {"epoch.number": 8759},
        "permanent-no-halving",
    )
    file.twin(
        "dev-target-1",
        "0x3000001 stays, although its difficulty converts to another compact target",
        rules,
        {"epoch.compact_target": 0x3000001},
        "permanent-target",
    )
    file.twin(
        "dev-no-hash-rate", "a hash rate of 0 stays", rules, {"epoch.previous_hash_rate": 0}, "permanent-hash-rate"
    )
    file.twin(
        "dev-not-permanent",
        "with the setting off, a dev chain adjusts its difficulty",
        rules,
        {"parameters.permanent_difficulty_in_dummy": False},
        "permanent-anywhere",
    )
    file.twin(
        "permanent-eaglesong",
        "the setting has no effect with Eaglesong",
        rules,
        {"parameters.engine": "eaglesong"},
        "permanent-anywhere",
    )
