"""Questions and answers of the vectors as Coq examples: the proved definitions answer them.

    ckbspec show "issuance/*" "pow/next-epoch*" | coq_bridge.py > Bridge.v

Where the answer is a rejection for a number that leaves 64 bits, the example is that it does.
"""
import json
import struct
import sys

# From here on `primary_ends` says that it is 0; a shift by a distance of 50 bits would not end.
PRIMARY_ENDS = 420_480


def number(text):
    return int(text, 16)


def field(octets):
    parts = struct.unpack("<4Q", bytes.fromhex(octets[2:]))
    return "(Field {} {} {} {})".format(*parts)


def shares(epoch, height):
    """What a block issues, as applications of the model."""
    length = number(epoch["length"])
    primary = number(epoch["base_block_reward"]) * length + number(epoch["remainder_reward"])
    index = number(height) - number(epoch["start_number"])
    secondary = number(epoch["secondary_epoch_reward"])
    return f"(share {primary} {length} {index})", f"(share {secondary} {length} {index})"


def dao_field(given, out, error):
    epoch = given["epoch"]
    index = number(given["block_number"]) - number(epoch["start_number"])
    if not 0 <= index < number(epoch["length"]) or error not in (None, "dao.overflow"):
        return
    steps = " ".join(shares(epoch, given["block_number"]))
    moves = " ".join(str(number(given[name])) for name in ("added", "freed", "interest"))
    step = f"{field(given['parent'])} {steps} {moves}"
    yield f"fits {step} = {'false' if error else 'true'}"
    if out:
        yield f"next {step} = {field(out['dao'])}"


def block_issuance(given, out, error):
    if out:
        primary, secondary = shares(given["epoch"], given["block_number"])
        yield f"{primary} = {number(out['primary'])}"
        yield f"{secondary} = {number(out['secondary'])}"


def primary_epoch_reward(given, out, error):
    if (number(given["initial_primary_epoch_reward"]), number(given["halving_interval"])) == (
            191780821917808, 8760) and number(given["epoch"]) < PRIMARY_ENDS:
        yield f"primary {number(given['epoch'])} = {number(out['reward'])}"


def maximum_withdraw(given, out, error):
    if not out:
        return
    cell = given["output"]
    scripts = [script for script in (cell["lock"], cell.get("type")) if script]
    octets = 8 + number(given["data_size"]) + sum(33 + len(s["args"]) // 2 - 1 for s in scripts)
    rates = (struct.unpack("<4Q", bytes.fromhex(given[name]["dao"][2:]))[1]
             for name in ("withdraw", "deposit"))
    numbers = [number(cell["capacity"]), octets * 10**8, *rates]
    yield f"maximum_withdraw {' '.join(map(str, numbers))} = {number(out['capacity'])}"


def next_epoch(given, out, error):
    parameters = given["parameters"]
    permanent = parameters["engine"] == "dummy" and parameters["permanent_difficulty_in_dummy"]
    if not out or permanent:
        return
    rate = parameters["orphan_rate_target"]
    elapsed = number(given["last_timestamp"]) - number(given["previous_timestamp"])
    numbers = [number(rate["numerator"]), number(rate["denominator"]),
               number(parameters["epoch_duration_target"]), number(given["epoch"]["length"]),
               number(given["uncles"]), max(1, max(0, elapsed) // 1000)]
    length = number(out["epoch"]["length"])
    yield f"next_length {' '.join(map(str, numbers))} = {length}"


BRIDGES = {
    "issuance.dao_field": dao_field,
    "issuance.block_issuance": block_issuance,
    "issuance.primary_epoch_reward": primary_epoch_reward,
    "issuance.maximum_withdraw": maximum_withdraw,
    "pow.next_epoch": next_epoch,
}


def main():
    print("From Coq Require Import ZArith.")
    print("Require Import Shares Schedule DaoField Adjustment.")
    print("Open Scope Z_scope.")
    count = 0
    for question, answer in zip(*[iter(sys.stdin)] * 2):
        question, answer = json.loads(question), json.loads(answer)["ok"]
        bridge = BRIDGES.get(question["op"])
        if not bridge:
            continue
        error = (answer.get("error") or {}).get("class")
        for claim in bridge(question["in"], answer.get("out"), error):
            count += 1
            print(f"(* {question['case']} *)")
            print(f"Example vector_{count} : {claim}.")
            print("Proof. vm_compute. reflexivity. Qed.")
    if count < 100:
        sys.exit(f"only {count} examples: where are the vectors?")
    print(f"{count} examples of vectors", file=sys.stderr)


main()
