"""Molecule, as RFC 0008 and CKB's schema have it: objects in the form of the node's JSON, and their bytes.

Written for the vectors; none of it is shared with the reference.
"""

import struct

HASH_TYPES = {"data": 0, "type": 1, "data1": 2, "data2": 4}
DEP_TYPES = {"code": 0, "dep_group": 1}


def hexed(value):
    return "0x" + value.hex()


def unhex(text):
    return bytes.fromhex(text.removeprefix("0x"))


def number(value):
    return value if isinstance(value, int) else int(value, 0)


def u32(value):
    return struct.pack("<I", number(value))


def u64(value):
    return struct.pack("<Q", number(value))


def fixvec(items):
    return u32(len(items)) + b"".join(items)


def raw(value):
    content = unhex(value)
    return u32(len(content)) + content


def dynvec(items):
    offset, offsets = 4 + 4 * len(items), []
    for item in items:
        offsets.append(offset)
        offset += len(item)
    return u32(offset) + b"".join(map(u32, offsets)) + b"".join(items)


# A table is laid out like a dynvec.
table = dynvec


def encode_script(s):
    return table([unhex(s["code_hash"]), bytes([HASH_TYPES[s["hash_type"]]]), raw(s["args"])])


def encode_out_point(o):
    return unhex(o["tx_hash"]) + u32(o["index"])


def encode_output(o):
    type_ = encode_script(o["type"]) if o.get("type") else b""
    return table([u64(o["capacity"]), encode_script(o["lock"]), type_])


def encode_raw_transaction(t):
    return table([
        u32(t["version"]),
        fixvec([encode_out_point(d["out_point"]) + bytes([DEP_TYPES[d["dep_type"]]]) for d in t["cell_deps"]]),
        fixvec([unhex(h) for h in t["header_deps"]]),
        fixvec([u64(i["since"]) + encode_out_point(i["previous_output"]) for i in t["inputs"]]),
        dynvec([encode_output(o) for o in t["outputs"]]),
        dynvec([raw(d) for d in t["outputs_data"]]),
    ])  # fmt: skip


def encode_transaction(t):
    return table([encode_raw_transaction(t), dynvec([raw(w) for w in t["witnesses"]])])


def encode_raw_header(h):
    roots = ("parent_hash", "transactions_root", "proposals_hash", "extra_hash", "dao")
    head = u32(h["version"]) + u32(h["compact_target"]) + u64(h["timestamp"]) + u64(h["number"]) + u64(h["epoch"])
    return head + b"".join(unhex(h[field]) for field in roots)


def encode_header(h):
    return encode_raw_header(h) + number(h["nonce"]).to_bytes(16, "little")


def encode_proposals(ids):
    return fixvec([unhex(i) for i in ids])


def encode_uncle(u):
    return table([encode_header(u["header"]), encode_proposals(u["proposals"])])


def encode_block(b):
    fields = [
        encode_header(b["header"]),
        dynvec([encode_uncle(u) for u in b["uncles"]]),
        dynvec([encode_transaction(t) for t in b["transactions"]]),
        encode_proposals(b["proposals"]),
    ]
    if b.get("extension") is not None:
        fields.append(raw(b["extension"]))
    return table(fields)


# --- Decoding ---------------------------------------------------------------------------------


def fields(encoded):
    """The items of a dynvec, or the fields of a table."""
    if len(encoded) == 4:
        return []
    first = int.from_bytes(encoded[4:8], "little")
    offsets = [*struct.unpack_from(f"<{first // 4 - 1}I", encoded, 4), len(encoded)]
    return [encoded[start:end] for start, end in zip(offsets, offsets[1:])]


def items(encoded, size):
    """The items of a fixvec, each of `size` bytes."""
    return [encoded[start : start + size] for start in range(4, len(encoded), size)]


def decode_number(encoded):
    return hex(int.from_bytes(encoded, "little"))


def decode_bytes(encoded):
    return hexed(encoded[4:])


def name_of(names, value):
    return next(name for name, number_ in names.items() if number_ == value)


def decode_script(encoded):
    code_hash, hash_type, args = fields(encoded)
    return {"code_hash": hexed(code_hash), "hash_type": name_of(HASH_TYPES, hash_type[0]), "args": decode_bytes(args)}


def decode_out_point(encoded):
    return {"tx_hash": hexed(encoded[:32]), "index": decode_number(encoded[32:])}


def decode_cell_dep(encoded):
    return {"out_point": decode_out_point(encoded[:36]), "dep_type": name_of(DEP_TYPES, encoded[36])}


def decode_input(encoded):
    return {"since": decode_number(encoded[:8]), "previous_output": decode_out_point(encoded[8:])}


def decode_output(encoded):
    capacity, lock, type_ = fields(encoded)
    type_ = decode_script(type_) if type_ else None
    return {"capacity": decode_number(capacity), "lock": decode_script(lock), "type": type_}


def decode_transaction(encoded):
    raw_transaction, witnesses = fields(encoded)
    version, cell_deps, header_deps, inputs, outputs, outputs_data = fields(raw_transaction)
    return {
        "version": decode_number(version),
        "cell_deps": [decode_cell_dep(d) for d in items(cell_deps, 37)],
        "header_deps": [hexed(h) for h in items(header_deps, 32)],
        "inputs": [decode_input(i) for i in items(inputs, 44)],
        "outputs": [decode_output(o) for o in fields(outputs)],
        "outputs_data": [decode_bytes(d) for d in fields(outputs_data)],
        "witnesses": [decode_bytes(w) for w in fields(witnesses)],
    }


def decode_header(encoded):
    numbers = struct.unpack_from("<IIQQQ", encoded)
    header = dict(zip(("version", "compact_target", "timestamp", "number", "epoch"), map(hex, numbers)))
    roots = ("parent_hash", "transactions_root", "proposals_hash", "extra_hash", "dao")
    header |= {name: hexed(encoded[32 + 32 * n : 64 + 32 * n]) for n, name in enumerate(roots)}
    return header | {"nonce": decode_number(encoded[192:])}


def decode_proposals(encoded):
    return [hexed(id_) for id_ in items(encoded, 10)]


def decode_uncle(encoded):
    header, proposals = fields(encoded)
    return {"header": decode_header(header), "proposals": decode_proposals(proposals)}


def decode_block(encoded):
    header, uncles, transactions, proposals, *extension = fields(encoded)
    return {
        "header": decode_header(header),
        "uncles": [decode_uncle(u) for u in fields(uncles)],
        "transactions": [decode_transaction(t) for t in fields(transactions)],
        "proposals": decode_proposals(proposals),
        "extension": decode_bytes(extension[0]) if extension else None,
    }
