"""Compact targets, difficulties, epoch fields and tree indices, proved for all inputs by z3.

The model is the chapters' formulas: compact targets (POW-009 to POW-011) over vectors of 256 bits,
difficulties (POW-012) and epochs (EPOCH-006) over integers, indices (HASH-013) over vectors of 32
bits. A claim is negated and given to z3, and `unsat` means that it holds for every input. A witness
shows that something that client authors believe is not so. The same model then answers the
vectors, so that model, reference and clients answer to the same files.
"""
import sys
import time
from itertools import chain

import yaml
from z3 import (And, BitVec, BitVecVal, BitVecs, BVMulNoOverflow, Extract, If, Implies, Int, Ints,
                IntVal, LShR, Not, Or, Solver, ToReal, UGE, UGT, ULE, ULT, ZeroExt, is_true, sat,
                simplify, unsat)

BITS = 256
# No claim takes z3 more than a few seconds; one that takes longer is not proved.
TIMEOUT_MS = 60_000


# Compact targets.

def number(value):
    return BitVecVal(value, BITS)


def encode_parts(target):
    """POW-011: exponent and mantissa, in 256 bits each."""
    e = number(0)
    for raw in range(1, 33):
        e = If(UGE(target, number(1 << 8 * (raw - 1))), number(raw), e)
    return e, If(ULE(e, 3), target << 8 * (3 - e), LShR(target, 8 * (e - 3)))


def encode(target):
    """POW-011: a compact target of 32 bits."""
    e, m = encode_parts(target)
    return Extract(31, 0, e << 24 | m)


def decode_parts(compact):
    """Exponent and mantissa, in 256 bits each."""
    e = ZeroExt(BITS - 8, Extract(31, 24, compact))
    return e, ZeroExt(BITS - 24, Extract(23, 0, compact))


def decode(compact):
    """POW-009, POW-010: the target modulo 2^256, and the overflow flag."""
    e, m = decode_parts(compact)
    # A shift of a vector by its width or more leaves zero.
    target = If(ULE(e, 3), LShR(m, 8 * (3 - e)), m << 8 * (e - 3))
    return target, And(UGT(e, 32), m != 0)


def is_canonical(compact):
    """Zero, or an exponent up to 32 and a mantissa that begins at once and ends in time."""
    e, m = decode_parts(compact)
    return Or(compact == 0, And(
        UGE(e, 1), ULE(e, 32), UGE(m, 1 << 16),
        Implies(e == 1, Extract(15, 0, m) == 0), Implies(e == 2, Extract(7, 0, m) == 0)))


def exact(compact):
    """m · 256^(e − 3) for e > 3, so wide that no exponent shifts anything out."""
    e, m = (ZeroExt(2048 - BITS, part) for part in decode_parts(compact))
    return m << 8 * (e - 3)


# Difficulties. The quotients need 257 bits, and integers divide where vectors are too hard.

SPACE = IntVal(1 << BITS)


def reciprocal(x):
    """POW-012: the difficulty of a target above 0, and the target of a difficulty above 0."""
    return If(x == 1, SPACE - 1, SPACE / x)


def in_range(*numbers):
    return And(*(And(x >= 1, x < SPACE) for x in numbers))


# Epoch fields: (number, index, length), as integers.

def epoch(field):
    """EPOCH-001."""
    return tuple(map(IntVal, (field & 0xffffff, field >> 24 & 0xffff, field >> 40 & 0xffff)))


def is_well_formed(field):
    """EPOCH-002."""
    _, index, length = field
    return index < length


def is_epoch(field):
    """Well formed, or zero; the widths are not needed."""
    zero = And(*(part == 0 for part in field))
    return And(*(part >= 0 for part in field), Or(is_well_formed(field), zero))


def products(a, b):
    """EPOCH-006: what compares the fractions; a length of 0 counts as 1."""
    (_, a_index, a_length), (_, b_index, b_length) = a, b
    return a_index * If(b_length == 0, 1, b_length), b_index * If(a_length == 0, 1, a_length)


def is_less(a, b):
    """EPOCH-006, by cross-multiplication."""
    left, right = products(a, b)
    return Or(a[0] < b[0], And(a[0] == b[0], left < right))


def rational(field):
    """EPOCH-006: the value itself."""
    n, index, length = map(ToReal, field)
    return If(And(*(part == 0 for part in field)), 0, n + index / length)


# Nodes of a Merkle tree: HASH-013.

def sibling(i):
    return If(Extract(0, 0, i) == 1, i + 1, i - 1)


def parent(i):
    return LShR(i - 1, 1)


c = BitVec("c", 32)
c_e, c_m = decode_parts(c)
of_c, c_overflows = decode(c)
t, u = BitVecs("t u", BITS)
t_e, t_m = encode_parts(t)
of_t, t_overflows = decode(encode(t))
lost = t - of_t

x, y = Ints("x y")

a, b, z = ((Int(f"{name}_number"), Int(f"{name}_index"), Int(f"{name}_length")) for name in "abz")
index, length = BitVecs("index length", 16)

i = BitVec("i", 32)
i_is_below_root = And(UGE(i, 1), ULT(i, 0xffffffff))
wide_i, wide_parent = ZeroExt(1, i), ZeroExt(1, parent(i))

# What holds, each as (premise, conclusion).
CLAIMS = {
    "POW-008: without overflow the target is zero when all bytes of the mantissa are cut off": (
        Not(c_overflows),
        (of_c == 0) == Or(c_m == 0, c_e == 0, And(c_e == 1, ULT(c_m, 1 << 16)),
                          And(c_e == 2, ULT(c_m, 1 << 8)))),
    "POW-009: without overflow the target is below 2^256 before the modulus": (
        And(Not(c_overflows), UGT(c_e, 3)), exact(c) == ZeroExt(2048 - BITS, of_c)),
    "POW-009: a target is m * 256^(e - 3) modulo 2^256, whatever is shifted out": (
        UGT(c_e, 3), of_c == Extract(BITS - 1, 0, exact(c))),
    "POW-009: bit 23 counts, with every exponent from 1 to 32": (
        And(UGE(c_e, 1), ULE(c_e, 32)), decode(c ^ 0x800000)[0] != of_c),
    "POW-010: overflow is a value from 2^256, or e = 33 and m < 2^16, or e = 34 and m < 2^8": (
        UGT(c_e, 3),
        c_overflows == Or(UGE(exact(c), BitVecVal(1 << BITS, 2048)),
                          And(c_e == 33, c_m != 0, ULT(c_m, 1 << 16)),
                          And(c_e == 34, c_m != 0, ULT(c_m, 1 << 8)))),
    "POW-010: exponents up to 3 do not overflow": (ULE(c_e, 3), Not(c_overflows)),
    "POW-011: exponent and mantissa fit in 8 and 24 bits": (
        True, And(ULE(t_e, 32), ULT(t_m, 1 << 24))),
    "POW-011: an encoded target does not overflow": (True, Not(t_overflows)),
    "POW-011: encoding rounds down": (True, ULE(of_t, t)),
    "POW-011: what is lost is nothing, or less than 2^-16 of what is kept": (
        lost != 0, ULT(ZeroExt(16, lost) << 16, ZeroExt(16, of_t))),
    "POW-011: no compact target without overflow comes closer from below": (
        And(Not(c_overflows), ULE(of_c, t)), ULE(of_c, of_t)),
    "POW-011: a second trip changes nothing": (True, encode(of_t) == encode(t)),
    "POW-011: encoding keeps the order": (ULE(t, u), ULE(encode(t), encode(u))),
    "POW-011: what is encoded is canonical": (True, is_canonical(encode(t))),
    "POW-011: of compact targets, the canonical survive the trip, and no others": (
        True, (And(encode(of_c) == c, Not(c_overflows))) == is_canonical(c)),
    "POW-012: a difficulty and a target have 256 bits, and are not 0": (
        in_range(x), in_range(reciprocal(x))),
    "POW-012: a smaller target never has a smaller difficulty": (
        And(in_range(x, y), x <= y), reciprocal(y) <= reciprocal(x)),
    "POW-012: there and back never loses": (in_range(x), reciprocal(reciprocal(x)) >= x),
    "POW-012: all between a target and that of its difficulty have this difficulty": (
        And(in_range(x, y), x <= y, y <= reciprocal(reciprocal(x))),
        reciprocal(y) == reciprocal(x)),
    "POW-012: above 1, (2^256 - 1) / t is one less when t divides 2^256, and else the same": (
        And(in_range(x), x > 1),
        (SPACE - 1) / x == If(SPACE % x == 0, reciprocal(x) - 1, reciprocal(x))),
    "POW-013: with its target rounded down, a difficulty never gets smaller": (
        And(in_range(x, y), y <= reciprocal(x)), reciprocal(y) >= x),
    "EPOCH-006: cross-multiplication orders as the values do": (
        And(is_epoch(a), is_epoch(b)), is_less(a, b) == (rational(a) < rational(b))),
    "EPOCH-006: neither of two is less exactly when their values are equal": (
        And(is_epoch(a), is_epoch(b)),
        Not(Or(is_less(a, b), is_less(b, a))) == (rational(a) == rational(b))),
    "EPOCH-006: the order is transitive": (
        And(is_epoch(a), is_epoch(b), is_epoch(z), is_less(a, b), is_less(b, z)), is_less(a, z)),
    "EPOCH-006: an index times a length has 32 bits": (
        True, BVMulNoOverflow(ZeroExt(16, index), ZeroExt(16, length), False)),
    "HASH-013: below 2^32 - 1, siblings and parents are nodes again, within 32 bits": (
        i_is_below_root,
        And(UGE(sibling(i), 1), ULT(sibling(i), 0xffffffff), ULT(parent(i), i),
            Or(wide_i == 2 * wide_parent + 1, wide_i == 2 * wide_parent + 2))),
    "HASH-013: siblings are each other's, and have one parent": (
        i_is_below_root,
        And(sibling(i) != i, sibling(sibling(i)) == i, parent(sibling(i)) == parent(i))),
}


def target(compact):
    return decode(BitVecVal(compact, 32))[0]


def overflows(compact):
    return decode(BitVecVal(compact, 32))[1]


# The target with the greatest loss: the smallest mantissa, and ones behind it.
WORST = (0x10001 << 232) - 1
WORST_LOST = ZeroExt(32, number(WORST) - decode(encode(number(WORST)))[0])

# What is not so, and the input that shows it.
WITNESSES = {
    "POW-009: bit 23 is no sign: 0x0284e173 is 0x84e1": target(0x0284e173) == 0x84e1,
    "POW-010: overflow does not go by the value: 0x21000004 is 2^242, and overflows":
        And(overflows(0x21000004), target(0x21000004) == number(1 << 242)),
    "POW-013: targets have twins: 0x0284e173 decodes as its canonical form, 0x0284e100":
        And(target(0x0284e173) == target(0x0284e100), Not(overflows(0x0284e173)),
            encode(target(0x0284e173)) == 0x0284e100),
    "POW-008: a mantissa that is not zero can be the target zero: 0x0100a991":
        And(target(0x0100a991) == 0, Not(overflows(0x0100a991))),
    "POW-010: a target can overflow and be zero: 0x80ff13b4":
        And(target(0x80ff13b4) == 0, overflows(0x80ff13b4)),
    "POW-011: compact targets do not order as their targets: 0x01020000 is 2, 0x03000001 is 1":
        And(target(0x01020000) == 2, target(0x03000001) == 1),
    "POW-011: 65,537 · 2^232 - 1 loses more than 1/65,538":
        UGT(WORST_LOST * 65_538, ZeroExt(32, number(WORST))),
    "EPOCH-006: fields do not order as their values: 0x7080707000001 before 0x68d0000000002":
        is_less(epoch(0x7080707000001), epoch(0x68d0000000002)),
}


def value(term):
    """What a term without variables comes to."""
    term = simplify(term)
    return term.as_long() if hasattr(term, "as_long") else is_true(term)


def difficulty(t):
    """POW-012, for any target without overflow."""
    return value(reciprocal(IntVal(t))) if t else 0


def quantity(given):
    return int(given, 0) if isinstance(given, str) else given


def expected_value(want):
    """A quantity, or a word or flag as it is."""
    return quantity(want) if str(want).startswith("0x") else want


def compact_of_difficulty(question):
    return {"compact_target": value(encode(number(difficulty(quantity(question["difficulty"])))))}


def difficulty_of_compact(question):
    compact = quantity(question["compact_target"])
    return {"difficulty": 0 if value(overflows(compact)) else difficulty(value(target(compact)))}


def compact_to_target(question):
    compact = quantity(question["compact_target"])
    return {"target": value(target(compact)), "overflow": value(overflows(compact))}


def target_to_compact(question):
    return {"compact_target": value(encode(number(quantity(question["target"]))))}


def epoch_parts(question):
    field = epoch(quantity(question["epoch"]))
    parts = dict(zip(("number", "index", "length"), map(value, field)))
    return {**parts, "well_formed": value(is_well_formed(field))}


def compare_epochs(question):
    left, right = (epoch(quantity(question[side])) for side in ("left", "right"))
    less, greater = value(is_less(left, right)), value(is_less(right, left))
    return {"ordering": "less" if less else "greater" if greater else "equal"}


# The files of vectors, and what answers them.
ANSWERS = {
    "compact-to-target": compact_to_target,
    "target-to-compact": target_to_compact,
    "compact-to-difficulty": difficulty_of_compact,
    "difficulty-to-compact": compact_of_difficulty,
    "epoch-fractions": epoch_parts,
    "compare-epochs": compare_epochs,
}


def bridge(folder):
    """Holds the model against the vectors."""
    for name, answer in ANSWERS.items():
        with open(f"{folder}/{name}.yaml", encoding="utf-8") as text:
            vectors = yaml.safe_load(text)["vectors"]
        wrong = []
        for vector in vectors:
            # All of these only compute: what rejects, or has no input of its own, is no case here.
            if "in" not in vector or not vector.get("accept"):
                wrong.append(f"\n      {vector['id']}: not for this model")
                continue
            got, expected = answer(vector["in"]), vector["accept"]
            if any(got.get(key) != expected_value(want) for key, want in expected.items()):
                wrong.append(f"\n      {vector['id']}: the model says {got}, not {expected}")
        holds = bool(vectors) and not wrong
        yield holds, f"the model answers {name}.yaml", f"{len(vectors)} cases{''.join(wrong)}"


def prove():
    for name, (premise, conclusion) in CLAIMS.items():
        solver, start = Solver(), time.monotonic()
        solver.set("timeout", TIMEOUT_MS)
        solver.add(premise)
        # Anything follows from a premise that nothing meets.
        if solver.check() != sat:
            yield False, name, "no input is known to meet its premise"
            continue
        solver.add(Not(conclusion))
        result = solver.check()
        found = counterexample(solver.model()) if result == sat else ""
        yield result == unsat, name, f"{result}, {time.monotonic() - start:.1f} s{found}"


def counterexample(model):
    values = ((name, model[name]) for name in model)
    return "".join(f"\n      {name} = {found.as_long():#x}" for name, found in values
                   if hasattr(found, "as_long"))


def check_witnesses():
    for name, condition in WITNESSES.items():
        yield value(condition), name, "witness"


def main(folder):
    failures, start = 0, time.monotonic()
    for holds, name, detail in chain(bridge(folder), prove(), check_witnesses()):
        failures += not holds
        print(f"{'ok   ' if holds else 'WRONG'} {name} ({detail})", flush=True)
    print(f"{len(CLAIMS)} claims, {len(WITNESSES)} witnesses, {len(ANSWERS)} files of vectors: "
          f"{failures} wrong, {time.monotonic() - start:.0f} s")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
