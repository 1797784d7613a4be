"""Compact targets and epoch fields, proved for all inputs by z3.

The model is the chapters' formulas over bit vectors: POW-009 to POW-011 and EPOCH-006. A claim is
negated and given to z3, and `unsat` means that it holds for every input. A witness shows that
something that client authors believe is not so. The same model then answers the vectors, so that
model, reference and clients answer to the same files.
"""
import sys
import time

import yaml
from z3 import (And, BitVec, BitVecs, BitVecVal, BVMulNoOverflow, Concat, Extract, If, Implies,
                Ints, LShR, Not, Or, Reals, Solver, UDiv, UGE, UGT, ULE, ULT, ZeroExt, simplify,
                unsat)

BITS = 256


def number(value):
    return BitVecVal(value, BITS)


def encode(target):
    """POW-011: a compact target of 32 bits."""
    e = number(0)
    for octets in range(1, 33):
        e = If(UGE(target, number(1 << 8 * (octets - 1))), number(octets), e)
    m = If(ULE(e, 3), target << 8 * (3 - e), LShR(target, 8 * (e - 3)))
    return Extract(31, 0, m | e << 24)


def decode(compact):
    """POW-009, POW-010: the target modulo 2^256, and the overflow flag."""
    e, m = parts(compact)
    target = If(ULE(e, 3), LShR(m, 8 * (3 - e)), m << 8 * (e - 3))
    return target, And(UGT(e, 32), m != 0)


def parts(compact):
    e = ZeroExt(BITS - 8, Extract(31, 24, compact))
    return e, ZeroExt(BITS - 24, Extract(23, 0, compact))


def is_canonical(compact):
    """Zero, or an exponent up to 32 and a mantissa that begins and does not end too late."""
    e, m = Extract(31, 24, compact), Extract(23, 0, compact)
    return Or(compact == 0, And(
        UGE(e, 1), ULE(e, 32), Extract(23, 16, compact) != 0,
        Implies(e == 1, Extract(15, 0, m) == 0), Implies(e == 2, Extract(7, 0, m) == 0)))


t, u = BitVecs("t u", BITS)
c = BitVec("c", 32)
of_c, c_overflows = decode(c)
of_t, t_overflows = decode(encode(t))
i = BitVec("i", 32)
number_a, number_b = Ints("number_a number_b")
part_a, part_b = Reals("part_a part_b")     # index / length
index, length = BitVecs("index length", 16)

CLAIMS = {
    "POW-011: an encoded target does not overflow": Not(t_overflows),
    "POW-011: encoding rounds down": ULE(of_t, t),
    "POW-011: what is lost is at most 2^-16 of the target": ULE(t - of_t, LShR(t, 16)),
    "POW-011: a second trip changes nothing": encode(of_t) == encode(t),
    "POW-011: encoding keeps the order": Implies(ULE(t, u), ULE(encode(t), encode(u))),
    "POW-011: what is encoded is canonical": is_canonical(encode(t)),
    "POW-011: of compact targets, the canonical survive the trip, and no others":
        (And(encode(of_c) == c, Not(c_overflows))) == is_canonical(c),
    "POW-009: without overflow nothing is shifted out above": Implies(
        And(Not(c_overflows), UGT(parts(c)[0], 3)),
        LShR(of_c, 8 * (parts(c)[0] - 3)) == parts(c)[1]),
    "POW-010: with overflow the exponent is above 32":
        Implies(c_overflows, UGE(c, 0x21000001)),
    "EPOCH-006: numbers decide before fractions, whose value is below 1": Implies(
        And(part_a >= 0, part_a < 1, part_b >= 0, part_b < 1),
        (number_a + part_a < number_b + part_b)
        == Or(number_a < number_b, And(number_a == number_b, part_a < part_b))),
    "EPOCH-006: an index times a length has 32 bits":
        BVMulNoOverflow(ZeroExt(16, index), ZeroExt(16, length), False),
    "HASH-013: below 2^32 - 1, a sibling and a parent have 32 bits": Implies(
        And(UGE(i, 1), ULT(i, 0xffffffff)),
        And(UGE(i + 1, i), ULE(LShR(i - 1, 1), i))),
}

# What is not so: each condition, and the compact target that shows it.
WITNESSES = {
    "POW-010: overflow does not go by the value": (
        0x21000004, lambda e, m, target, overflow: And(overflow, target == m << 240)),
    "POW-013: another compact target has the same target": (
        0x0284e173, lambda e, m, target, overflow: And(
            Not(overflow), target != 0, encode(target) != Concat(Extract(7, 0, e), Extract(23, 0, m)))),
    "POW-008: a mantissa that is not zero can be the target zero": (
        0x0100a991, lambda e, m, target, overflow: And(Not(overflow), m != 0, target == 0)),
    "POW-010: a target can overflow and be zero": (
        0x80ff13b4, lambda e, m, target, overflow: And(overflow, target == 0)),
}


def value(term):
    return simplify(term).as_long()


def difficulty(target):
    """POW-012, in 512 bits."""
    if target == 0:
        return 0
    wide = UDiv(BitVecVal(1 << BITS, 2 * BITS), BitVecVal(target, 2 * BITS))
    return min(value(wide), (1 << BITS) - 1)


def answer(operation, question):
    """The model's answer to a question of the vectors."""
    read = lambda name: int(question[name], 0) if isinstance(question[name], str) else question[name]
    if operation == "pow.target_to_compact":
        return {"compact_target": value(encode(number(read("target"))))}
    if operation == "pow.difficulty_to_compact":
        return {"compact_target": value(encode(number(difficulty(read("difficulty")))))}
    target, overflow = decode(BitVecVal(read("compact_target"), 32))
    overflow = str(simplify(overflow)) == "True"
    if operation == "pow.compact_to_target":
        return {"target": value(target), "overflow": overflow}
    return {"difficulty": 0 if overflow else difficulty(value(target))}


def prove():
    for name, claim in CLAIMS.items():
        solver, start = Solver(), time.time()
        solver.add(Not(claim))
        result = solver.check()
        report(result == unsat, name, f"{result}, {time.time() - start:.1f} s")
        if result != unsat:
            print(f"      {solver.model()}" if str(result) == "sat" else "      z3 gave up")
    for name, (compact, condition) in WITNESSES.items():
        e, m = parts(BitVecVal(compact, 32))
        holds = simplify(condition(e, m, *decode(BitVecVal(compact, 32))))
        report(str(holds) == "True", name, f"{compact:#010x}")


def bridge(folder):
    """Holds the model against the vectors."""
    for name in ("compact-to-target", "target-to-compact", "compact-to-difficulty",
                 "difficulty-to-compact"):
        with open(f"{folder}/{name}.yaml") as text:
            file = yaml.safe_load(text)
        inputs, wrong = {}, []
        for vector in file["vectors"]:
            question = vector.get("in") or {**inputs[vector["twin"]], **vector["change"]}
            inputs[vector["id"]] = question
            got = answer(file["operation"], question)
            expected = vector.get("accept", {})
            if any(got[key] != (int(want, 0) if isinstance(want, str) else want)
                   for key, want in expected.items()):
                wrong.append(f"{vector['id']}: the model says {got}")
        report(not wrong, f"the model answers {name}.yaml", f"{len(inputs)} cases")
        print("".join(f"      {line}\n" for line in wrong), end="")


failures = 0


def report(holds, name, detail):
    global failures
    failures += not holds
    print(f"{'ok   ' if holds else 'WRONG'} {name} ({detail})", flush=True)


if __name__ == "__main__":
    bridge(sys.argv[1])
    prove()
    sys.exit(failures != 0)
