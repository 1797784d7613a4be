"""CKB's hash functions, the hashes of its objects, and proofs of work.

Written from RFC 0010, 0022, 0027 and 0031 for the vectors; none of it is shared with the reference.
"""

import hashlib
import struct

from molecule import encode_header, encode_raw_header, encode_raw_transaction, encode_transaction, hexed, number, unhex

ZERO = bytes(32)


def ckbhash(raw):
    return hashlib.blake2b(raw, digest_size=32, person=b"ckb-default-hash").digest()


# The bit matrix of RFC 0010. Word j of the next state is the sum of the words k with MATRIX[k][j] = 1.
MATRIX = """
1111010111110001 0111101011111001 0011110101111101 0001111010111111
1111101010101110 1000100010100111 1011000110100010 1010110100100001
0101011010010001 0010101101001001 0001010110100101 0000101011010011
1111000010011000 0111100001001100 0011110000100110 1110101111100011
""".split()
TERMS = [[k for k in range(16) if MATRIX[k][j] == "1"] for j in range(16)]
ROTATIONS = [
    (2, 4), (13, 22), (4, 19), (3, 14), (27, 31), (3, 8), (17, 26), (3, 12),
    (18, 22), (12, 18), (4, 7), (4, 31), (12, 27), (7, 17), (7, 8), (1, 13),
]  # fmt: skip
# The injection constants are 688 little-endian words of SHAKE-256 over a sentence of Hayek's.
HAYEK = (
    "The various ways in which the knowledge on which people base their plan is communicated to "
    "them is the crucial problem for any theory explaining the economic process, and the problem "
    "of what is the best way to utilizing knowledge initially dispersed among all the people is at "
    "least one of the main problems of economic policy - or of designing an efficient economic system."
)
ROUNDS = 43


def injection_constants():
    raw = hashlib.shake_256(HAYEK.encode()).digest(4 * 16 * ROUNDS)
    for order in "<>":
        words = struct.unpack(f"{order}{16 * ROUNDS}I", raw)
        if words[0] == 0x6E9E40AE and words[-1] == 0xB7D8CE7F:
            return words
    raise AssertionError("the injection constants of RFC 0010 could not be derived")


INJECTION = injection_constants()


def rotate(word, count):
    return (word << count | word >> (32 - count)) & 0xFFFFFFFF


def eaglesong(message):
    """RFC 0010, with the orientation of the matrix and the padding that the network uses."""
    padded = message + b"\x06"
    state = [0] * 16
    for block in range(0, len(padded), 32):
        for j in range(8):
            # A word that ends early stays right-aligned: no zero bytes are appended to it.
            word = padded[block + 4 * j : min(block + 4 * j + 4, block + 32)]
            state[j] ^= int.from_bytes(word, "big")
        for round_ in range(ROUNDS):
            mixed = []
            for j in range(16):
                word = 0
                for k in TERMS[j]:
                    word ^= state[k]
                a, b = ROTATIONS[j]
                mixed.append(word ^ rotate(word, a) ^ rotate(word, b) ^ INJECTION[16 * round_ + j])
            for j in range(0, 16, 2):
                mixed[j] = rotate((mixed[j] + mixed[j + 1]) & 0xFFFFFFFF, 8)
                mixed[j + 1] = (rotate(mixed[j + 1], 24) + mixed[j]) & 0xFFFFFFFF
            state = mixed
    return struct.pack("<8I", *state[:8])


def compact_to_target(compact):
    exponent, mantissa = compact >> 24, compact & 0xFFFFFF
    return mantissa >> 8 * (3 - exponent) if exponent <= 3 else mantissa << 8 * (exponent - 3)


# --- Hashes of objects ------------------------------------------------------------------------


def header_hash(h):
    return ckbhash(encode_header(h))


def pow_hash(h):
    return ckbhash(encode_raw_header(h))


def transaction_hash(t):
    return ckbhash(encode_raw_transaction(t))


def witness_hash(t):
    return ckbhash(encode_transaction(t))


def merkle_root(leaves):
    """The complete binary Merkle tree: node i is the hash of nodes 2i + 1 and 2i + 2."""
    if not leaves:
        return ZERO
    nodes = [b""] * (len(leaves) - 1) + leaves
    for i in reversed(range(len(leaves) - 1)):
        nodes[i] = ckbhash(nodes[2 * i + 1] + nodes[2 * i + 2])
    return nodes[0]


def transactions_root(b):
    transactions = b["transactions"]
    return ckbhash(
        merkle_root([transaction_hash(t) for t in transactions]) + merkle_root([witness_hash(t) for t in transactions])
    )


def proposals_hash(ids):
    return ckbhash(b"".join(map(unhex, ids))) if ids else ZERO


def uncles_hash(uncles):
    return ckbhash(b"".join(header_hash(u["header"]) for u in uncles)) if uncles else ZERO


def extra_hash(b):
    if b.get("extension") is None:
        return uncles_hash(b["uncles"])
    return ckbhash(uncles_hash(b["uncles"]) + ckbhash(unhex(b["extension"])))


def proof(engine, header):
    """The 32 bytes that are compared with the target, and the target."""
    digest = eaglesong(pow_hash(header) + number(header["nonce"]).to_bytes(16, "little"))
    if engine == "eaglesong-blake2b":
        digest = ckbhash(digest)
    return digest, compact_to_target(number(header["compact_target"]))


def check_block(block, hash_):
    """Every hash that a block's header commits to, computed from the block, and the header's own."""
    header = block["header"]
    assert hexed(header_hash(header)) == hash_, hash_
    assert hexed(transactions_root(block)) == header["transactions_root"], hash_
    assert hexed(proposals_hash(block["proposals"])) == header["proposals_hash"], hash_
    assert hexed(extra_hash(block)) == header["extra_hash"], hash_
    for uncle in block["uncles"]:
        assert hexed(proposals_hash(uncle["proposals"])) == uncle["header"]["proposals_hash"], hash_
