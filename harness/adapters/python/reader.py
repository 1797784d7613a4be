"""Bytes into the structures of the JSON-RPC, for a client that has no decoder of its own.

It only brings a question into the form that the client takes.  What it cannot read the client was
never asked: that is a fault, and neither an answer of the client nor a refusal.  What it reads is
checked all the same, by what the client makes of it: a wrong reading has another hash.
"""


class Unreadable(Exception):
    """Bytes that are no object of the type asked for."""


def demand(condition, what):
    if not condition:
        raise Unreadable(f"not asked, for the client has no decoder: bytes that are no {what}")


def uint(raw):
    return hex(int.from_bytes(raw, "little"))


def text(raw):
    return "0x" + raw.hex()


def count(raw, at=0):
    demand(len(raw) >= at + 4, "vector or table")
    return int.from_bytes(raw[at : at + 4], "little")


def parts(raw, sizes):
    """The fields of a struct."""
    demand(len(raw) == sum(sizes), f"struct of {sum(sizes)} bytes")
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    return [raw[start : start + size] for start, size in zip(starts, sizes)]


def fixvec(raw, size):
    """The items of a vector of items of one size."""
    demand(len(raw) == 4 + count(raw) * size, "vector of items of one size")
    return [raw[at : at + size] for at in range(4, len(raw), size)]


def dynvec(raw):
    """The items of a vector of items of any size, or the fields of a table."""
    demand(count(raw) == len(raw), "vector or table")
    if len(raw) == 4:
        return []
    first = count(raw, 4)
    demand(first >= 8 and first % 4 == 0 and first <= len(raw), "vector or table")
    starts = [count(raw, at) for at in range(4, first, 4)]
    ends = starts[1:] + [len(raw)]
    demand(all(start <= end for start, end in zip(starts, ends)), "vector or table")
    return [raw[start:end] for start, end in zip(starts, ends)]


def table(raw, fields):
    found = dynvec(raw)
    demand(len(found) == fields, f"table of {fields} fields")
    return found


def raw_bytes(raw):
    demand(len(raw) == count(raw) + 4, "Bytes")
    return text(raw[4:])


def bytes_vec(raw):
    return [raw_bytes(item) for item in dynvec(raw)]


def byte32(raw):
    demand(len(raw) == 32, "hash")
    return text(raw)


def uint_of(raw, size):
    demand(len(raw) == size, f"number of {size} bytes")
    return uint(raw)


def hash_type(raw):
    """All that have a name in the JSON-RPC, whether the client knows them or not."""
    demand(len(raw) == 1 and (raw[0] == 1 or raw[0] % 2 == 0), "hash type")
    names = {0: "data", 1: "type"}
    return names.get(raw[0], f"data{raw[0] // 2}")


def dep_type(raw):
    demand(raw[0] < 2, "dep type")
    return "dep_group" if raw[0] else "code"


def script(raw):
    code_hash, of_type, args = table(raw, 3)
    return {
        "code_hash": byte32(code_hash),
        "hash_type": hash_type(of_type),
        "args": raw_bytes(args),
    }


def out_point(raw):
    tx_hash, index = parts(raw, [32, 4])
    return {"tx_hash": text(tx_hash), "index": uint(index)}


def cell_input(raw):
    since, previous = parts(raw, [8, 36])
    return {"since": uint(since), "previous_output": out_point(previous)}


def cell_dep(raw):
    cell, of_type = parts(raw, [36, 1])
    return {"out_point": out_point(cell), "dep_type": dep_type(of_type)}


def cell_output(raw):
    capacity, lock, type_script = table(raw, 3)
    return {
        "capacity": uint_of(capacity, 8),
        "lock": script(lock),
        "type": script(type_script) if type_script else None,
    }


def transaction(raw):
    raw, witnesses = table(raw, 2)
    version, cell_deps, header_deps, inputs, outputs, data = table(raw, 6)
    read = {
        "version": uint_of(version, 4),
        "cell_deps": [cell_dep(item) for item in fixvec(cell_deps, 37)],
        "header_deps": [text(item) for item in fixvec(header_deps, 32)],
        "inputs": [cell_input(item) for item in fixvec(inputs, 44)],
        "outputs": [cell_output(item) for item in dynvec(outputs)],
        "outputs_data": bytes_vec(data),
        "witnesses": bytes_vec(witnesses),
    }
    complete = len(read["outputs"]) == len(read["outputs_data"])
    demand(complete, "Transaction, as not every output has its data")
    return read


HEADER = {
    "version": (4, uint),
    "compact_target": (4, uint),
    "timestamp": (8, uint),
    "number": (8, uint),
    "epoch": (8, uint),
    "parent_hash": (32, text),
    "transactions_root": (32, text),
    "proposals_hash": (32, text),
    "extra_hash": (32, text),
    "dao": (32, text),
    "nonce": (16, uint),
}


def header(raw):
    found = parts(raw, [size for size, _ in HEADER.values()])
    return {name: read(part) for (name, (_, read)), part in zip(HEADER.items(), found)}


def proposals(raw):
    return [text(item) for item in fixvec(raw, 10)]


def uncle(raw):
    of_header, of_proposals = table(raw, 2)
    return {"header": header(of_header), "proposals": proposals(of_proposals)}


def block(raw):
    fields = dynvec(raw)
    demand(len(fields) in (4, 5), "Block")
    return {
        "header": header(fields[0]),
        "uncles": [uncle(item) for item in dynvec(fields[1])],
        "transactions": [transaction(item) for item in dynvec(fields[2])],
        "proposals": proposals(fields[3]),
        "extension": raw_bytes(fields[4]) if len(fields) == 5 else None,
    }
