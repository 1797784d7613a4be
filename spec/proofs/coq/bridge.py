"""Writes examples in Coq from the vectors. They show that the definitions that the proofs are about
give the values of the real chain, and the answers that the vectors expect from clients.

`bridge.py` writes Headers.v and Vectors.v beside itself, and `bridge.py --check` tells whether they
are current. An example has the name of its vector; a wrong example does not compile.
"""
import sys
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
VECTORS = HERE.parents[2] / "vectors"
SATOSHI_ARGS = "0x62e907b15cbf27d5425399ebf6f0fb50ebb88f18"
HEAD = """(** Written by bridge.py from {}. *)
From Coq Require Import ZArith.
Require Import Bridge.
Open Scope Z_scope.
"""
# Rules that the model leaves out: it has no block numbers, which DAO-013 compares.
UNMODELLED = {"DAO-013"}


# Reading.

def vectors(path):
    """The vectors of a file: of each the id, the input and the entry. A twin's changes are applied."""
    known = {}
    for vector in yaml.safe_load((VECTORS / path).read_text())["vectors"]:
        question = vector.get("in")
        if question is None:
            question = known[vector["twin"]]
            for place, value in vector["change"].items():
                question = changed(question, place.split("."), value)
        known[vector["id"]] = question
        yield vector["id"], question, vector


def changed(value, place, new):
    """A copy with one place replaced."""
    if not place:
        return new
    return {**value, place[0]: changed(value[place[0]], place[1:], new)}


def number(value):
    return value if isinstance(value, int) else int(value, 16)


def raw(value):
    return bytes.fromhex(value.removeprefix("0x"))


def field(dao):
    """C, AR, S and U of a DAO field."""
    return [int.from_bytes(dao[i:i + 8], "little") for i in range(0, 32, 8)]


def occupied(output, data_size):
    """What a cell occupies, in shannons (TX-012, a rule of the area `ledger`)."""
    scripts = [script for script in (output["lock"], output["type"]) if script]
    size = 8 + number(data_size) + sum(33 + len(raw(script["args"])) for script in scripts)
    return size * 10 ** 8


# Writing.

def in_coq(value):
    return f"({value})" if isinstance(value, int) and value < 0 else str(value)


def record(name, values):
    return f"({name} {' '.join(map(in_coq, values))})"


def some(value):
    return "None" if value is None else f"(Some {value})"


def example(name, claim):
    name = name.replace("-", "_")
    return f"Example {name} :\n  {claim}.\nProof. vm_compute. repeat split. Qed.\n"


# Headers.

class Header:
    """The parts of a header that the model uses."""

    def __init__(self, name, data, block_hash):
        epoch = int.from_bytes(data[24:32], "little")
        self.name, self.hash, self.parent = name, block_hash, "0x" + data[32:64].hex()
        # Number, length and index of the epoch field; in genesis all three are 0.
        self.place = [epoch & 0xffffff, epoch >> 40 & 0xffff, epoch >> 24 & 0xffff]
        self.dao = field(data[160:192])


def headers(path):
    for name, question, vector in vectors(path):
        if question.get("kind") == "header" and "change" not in vector:
            yield Header(name, raw(question["bytes"]), vector["accept"]["hash"])


def implied(parent, header):
    """The movement of a block: what it adds to U, frees from U, and pays as interest. It is worked out
    from the header and its parent's; of added and freed they show only the difference."""
    _, length, index = header.place
    second = SECONDARY // length + (index < SECONDARY % length)
    c, _, s, u = parent.dao
    interest = s + second - second * u // c - header.dao[2]
    change = header.dao[3] - u
    return [max(change, 0), max(-change, 0), interest]


# The secondary issuance of an epoch, in shannons.
SECONDARY = 61369863013698


def of_headers():
    """Real headers: C of each, and the whole field where the header of the parent is known.

    Of most blocks only the header is known. There U and the interest are taken from the field itself,
    so U is not checked, and S only because the interest comes out as 0 in all of these blocks. Where
    the movement is `0 0 0`, the example checks the whole field.
    """
    issued_by_genesis = {"mainnet": 33_600_000_000 * 10 ** 8, "testnet": 33_599_999_938 * 10 ** 8}
    chain = [*headers("encoding/genesis.yaml"), *headers("encoding/headers-mainnet.yaml"),
             *headers("encoding/headers-testnet.yaml")]
    known = {header.hash: header for header in chain}
    lines, counts = [], {"C": 0, "fields": 0, "without movement": 0, "without interest": 0}
    for header in chain:
        if header.place[1] == 0:
            continue
        place = " ".join(map(str, header.place))
        genesis = issued_by_genesis[header.name.partition("-")[0]]
        lines.append(example(f"{header.name}-c", f"c_at {genesis} {place} {header.dao[0]}"))
        counts["C"] += 1
        if parent := known.get(header.parent):
            movement = implied(parent, header)
            claim = (f"follows {place} {record('Field', parent.dao)} {record('Movement', movement)}"
                     f"\n    {record('Field', header.dao)}")
            lines.append(example(header.name, claim))
            counts["fields"] += 1
            counts["without movement"] += movement == [0, 0, 0]
            counts["without interest"] += movement[2] == 0
    return lines, counts


# Vectors.

def epoch_of(question, block):
    """The epoch of a vector as the model takes it: base, remainder, secondary issuance, length, and the
    index of the block."""
    epoch = question["epoch"]
    names = "base_block_reward", "remainder_reward", "secondary_epoch_reward", "length"
    values = [number(epoch[name]) for name in names]
    return " ".join(map(str, [*values, number(question[block]) - number(epoch["start_number"])]))


def primary_reward(question, answer):
    names = "initial_primary_epoch_reward", "halving_interval", "epoch"
    first, interval, epoch = (number(question[name]) for name in names)
    claim = f"cut {first} {interval} {epoch} = {number(answer['reward'])}"
    # Coq shifts one bit at a time, so `scheduled` is slow in a late era. `cut_is_scheduled` proves that
    # the two are equal in every era.
    if epoch // interval < 1000:
        claim += f" /\\ scheduled {first} {interval} {epoch} = {number(answer['reward'])}"
    return claim


def secondary_reward(question, answer):
    if number(question["secondary_epoch_reward"]) != SECONDARY:
        return None
    return f"secondary = {number(answer['reward'])}"


def block_issuance(question, answer):
    pair = f"({number(answer['primary'])}, {number(answer['secondary'])})"
    return f"issues {epoch_of(question, 'block_number')} {pair}"


def dao_field(question, answer):
    movement = [number(question[name]) for name in ("added", "freed", "interest")]
    child = answer and record("Field", [number(answer[name]) for name in ("c", "ar", "s", "u")])
    return (f"dao_after {epoch_of(question, 'block_number')} "
            f"{record('Field', field(raw(question['parent'])))} {record('Movement', movement)}"
            f"\n    {some(child)}")


def block_reward(question, answer):
    target = number(question["target"])
    blocks = [block for block in question["blocks"] if number(block["number"]) == target]
    fees = [number(transaction["fee"]) for block in blocks for transaction in block["transactions"]]
    # The model has no proposals: their reward is taken from the answer. Without an answer it is only
    # known if no other block has transactions.
    if answer is None and any(block["transactions"] for block in question["blocks"] if block not in blocks):
        return None
    return (f"rewards {epoch_of(question, 'target')} "
            f"{record('Field', field(raw(question['parent_dao'])))}"
            f"\n    [{'; '.join(map(str, fees))}] {number(answer['proposal']) if answer else 0} "
            f"{some(answer and number(answer['total']))}")


def genesis(question, answer):
    if answer is None:
        return None
    capacity = used = 0
    for cell in question["cells"]:
        output = cell["output"]
        capacity += number(output["capacity"])
        if cell["origin"] == "genesis_cellbase" and output["lock"]["args"] == SATOSHI_ARGS:
            used += number(output["capacity"]) * 6 // 10
        else:
            used += occupied(output, cell["data_size"])
    length = number(question["epoch_length"])
    shares = " ".join(f"(share {number(question[name])} {length} 0)"
                      for name in ("primary_epoch_reward", "secondary_epoch_reward"))
    child = record("Field", [number(answer[name]) for name in ("c", "ar", "s", "u")])
    return f"genesis_field {shares} {capacity} {used}\n    = {child}"


def withdrawal(question, answer):
    output = question["output"]
    rates = [field(raw(question[side]["dao"]))[1] for side in ("deposit", "withdraw")]
    values = number(output["capacity"]), occupied(output, question["data_size"]), *rates
    return (f"worth {' '.join(map(str, values))}"
            f"\n    = {some(answer and number(answer['capacity']))}")


def next_epoch(question, answer):
    parameters, epoch = question["parameters"], question["epoch"]
    permanent = parameters["permanent_difficulty_in_dummy"] and parameters["engine"] == "dummy"
    if answer is None or permanent:
        return None
    rate = parameters["orphan_rate_target"]
    old = "number", "length", "compact_target", "base_block_reward", "remainder_reward"
    new = "length", "compact_target", "base_block_reward", "remainder_reward", "previous_hash_rate"
    chain = "epoch_duration_target", "initial_primary_epoch_reward", "halving_interval"
    values = [rate["numerator"], rate["denominator"], *(parameters[name] for name in chain),
              *(epoch[name] for name in (*old, "previous_hash_rate")),
              *(question[name] for name in ("uncles", "last_timestamp", "previous_timestamp"))]
    after = ", ".join(str(number(answer["epoch"][name])) for name in new)
    return f"adjusts {' '.join(str(number(value)) for value in values)}\n    ({after})"


FILES = {
    "pow/next-epochs.yaml": next_epoch,
    "issuance/primary-rewards.yaml": primary_reward,
    "issuance/secondary-rewards.yaml": secondary_reward,
    "issuance/block-issuances.yaml": block_issuance,
    "issuance/genesis-dao-fields.yaml": genesis,
    "issuance/dao-fields.yaml": dao_field,
    "issuance/block-rewards-mainnet.yaml": block_reward,
    "issuance/block-rewards.yaml": block_reward,
    "issuance/withdrawals.yaml": withdrawal,
}


def of_vectors():
    """An example for each vector that the model covers; the other vectors of FILES are only counted."""
    lines, counts = [], {"vectors": 0, "not modelled": 0}
    for path, claim in FILES.items():
        for name, question, vector in vectors(path):
            said = None
            if vector.get("reject") not in UNMODELLED:
                said = claim(question, vector.get("accept"))
            counts["vectors" if said else "not modelled"] += 1
            if said:
                lines.append(example(name, said))
    return lines, counts


def main(check):
    stale = False
    for file, source, write in (("Headers.v", "the real headers of vectors/encoding", of_headers),
                                ("Vectors.v", "vectors/issuance and vectors/pow", of_vectors)):
        lines, counts = write()
        text = "\n".join([HEAD.format(source), *lines])
        path = HERE / file
        if check and (not path.exists() or path.read_text() != text):
            print(f"WRONG {file} is not current: run spec/proofs/coq/bridge.py")
            stale = True
        elif not check:
            path.write_text(text)
        print(f"{'' if check else 'wrote '}{file}: "
              + ", ".join(f"{count} {what}" for what, count in counts.items()))
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] == ["--check"]))
