"""Fees of transactions, and withdrawals from the Nervos DAO."""

from issuance_model import CKB, fee, field
from issuance_published import OCCUPIED, RFC0023
from issuance_tools import DAO_SCRIPT, DAO_TYPE, MOST, SIGHASH, File, cell
from molecule import hexed, table, u32, u64


def witness_args(lock=None, input_type=None, output_type=None):
    """A `WitnessArgs`; a field that is None is absent."""
    parts = (lock, input_type, output_type)
    return hexed(table([b"" if part is None else u32(len(part)) + part for part in parts]))


def named(hash_, number, dao):
    return {"hash": hash_, "number": number, "dao": dao}


NAMES = ["0x" + f"{n:02x}" * 32 for n in range(1, 4)]
RECORDED = hexed(u64(5))


def spent(extra, data=RECORDED, type_=DAO_SCRIPT):
    """A cell that is spent, by default by a withdrawal of a deposit in block 5."""
    return {"output": cell(OCCUPIED + extra, type_=type_), "data": data, "block_hash": NAMES[1]}


def inputs(*cells):
    return {"inputs": list(cells)}


def index(n):
    """A witness that says which header dep is the deposit's."""
    return witness_args(input_type=u64(n))


def witnesses(*items):
    return {"witnesses": list(items)}


def transaction_fees():
    file = File(
        "fee-",
        "Fees, with and without the Nervos DAO",
        "issuance.transaction_fee",
        ["What the inputs are worth minus the outputs, and every way in which a withdrawal can lack its headers."],
        fee,
        {
            "any-dao-script": (
                "boundary",
                "a cell taken for a DAO cell by its code hash alone, or only if its type has no args",
            ),
            "any-data": ("boundary", "data of another length, or zeros, taken for those of a withdrawal"),
            "first-bytes": ("boundary", "only the first byte, or the first four, of the height read"),
            "sum-rounded": ("rounding", "the interest of all inputs rounded once, instead of for each input"),
            "witness-by-group": ("arithmetic", "the first witness read for every input"),
            "last-witness": ("arithmetic", "the last witness read for every input"),
            "lazy-witness": ("encoding", "only the input_type of the witness decoded, and the rest not checked"),
            "index-byte": ("overflow", "the index cut to its lowest byte, as the script of the DAO does"),
            "any-header": ("boundary", "a header used that is not among the header deps"),
            "lenient-witness": (
                "encoding",
                "a witness accepted that is no WitnessArgs, or whose input_type has not 8 bytes",
            ),
            "number-unchecked": ("boundary", "any header accepted as the deposit's, as nodes up to 0.206 do"),
            "negative-fee": ("overflow", "outputs accepted that exceed what the inputs are worth"),
            "wraps": ("overflow", "a sum of capacities that wraps around"),
            "wide-inputs": ("overflow", "the worth of the inputs summed in more than 64 bits"),
        },
    )
    published_withdrawal(file)
    other_cells(file)
    heights(file)
    readable_witnesses(file)
    missing_headers(file)
    unreadable_witnesses(file)
    wrong_deposits(file)
    sums(file)
    return file


def published_withdrawal(file):
    deposit, withdraw = RFC0023["deposit"], RFC0023["withdraw"]
    real = {
        "dao_type_hash": DAO_TYPE,
        "inputs": [{"output": RFC0023["output"], "data": RFC0023["data"], "block_hash": withdraw["hash"]}],
        "outputs": [RFC0023["paid_out"]],
        "header_deps": [deposit["hash"], withdraw["hash"]],
        "witnesses": [RFC0023["witness"]],
        "headers": [deposit, withdraw],
    }
    rules = "ISS-018 DAO-009 DAO-010 DAO-011 DAO-012 DAO-014"
    file.add("rfc0023", "RFC 0023: the withdrawal of its example", rules, real, provenance=RFC0023["provenance"])


def other_cells(file):
    headers = [
        named(NAMES[0], 5, field(1, 7, 0, 0)),
        named(NAMES[1], 9, field(1, 10, 0, 0)),
        named(NAMES[2], 6, field(1, 7, 0, 0)),
    ]
    small = {
        "dao_type_hash": DAO_TYPE,
        "inputs": [spent(10)],
        "outputs": [OCCUPIED + 10],
        "header_deps": NAMES[:2],
        "witnesses": [index(0)],
        "headers": headers,
    }
    file.add("withdrawal", "10 shannons have become 14, and 10 are taken out: a fee of 4", "ISS-018 DAO-012", small)

    file.twin("zero", "all of it is taken out: no fee", "ISS-018", {"outputs": [OCCUPIED + 14]})
    file.reject(
        "negative",
        "one shannon more than the inputs are worth is taken out",
        "ISS-018",
        {"outputs": [OCCUPIED + 15]},
        "negative-fee",
    )
    file.twin(
        "type-args",
        "args of the type script change nothing, except that they occupy a byte",
        "DAO-009",
        inputs(spent(CKB + 10, type_=DAO_SCRIPT | {"args": "0x00"})),
        "any-dao-script",
    )
    file.twin(
        "type-by-data",
        "the same code hash with hash_type data is another script: worth its capacity",
        "DAO-009",
        inputs(spent(10, type_=DAO_SCRIPT | {"hash_type": "data"})),
        "any-dao-script",
    )
    file.twin(
        "other-code",
        "another code hash: worth its capacity",
        "DAO-009",
        inputs(spent(10, type_=DAO_SCRIPT | {"code_hash": SIGHASH})),
        "any-dao-script",
    )
    file.twin("no-type", "no type script: worth its capacity", "DAO-009", inputs(spent(10, type_=None)))
    file.twin(
        "deposit",
        "8 zero bytes of data: a deposit, worth its capacity",
        "DAO-010",
        inputs(spent(10, "0x" + "00" * 8)),
        "any-data",
    )
    file.twin(
        "data-9", "9 bytes of data: worth its capacity", "DAO-010", inputs(spent(10, RECORDED + "00")), "any-data"
    )
    file.twin("data-7", "7 bytes of data: worth its capacity", "DAO-010", inputs(spent(10, RECORDED[:-2])), "any-data")


def heights(file):
    file.base = "withdrawal"
    high = lambda n: {"headers": [named(NAMES[0], n, field(1, 7, 0, 0)), named(NAMES[1], n + 4, field(1, 10, 0, 0))]}
    deep = lambda n: high(n) | inputs(spent(10, hexed(u64(n))))
    file.twin(
        "height-256", "a deposit in block 256: the first byte of its height is 0", "DAO-010", deep(256), "first-bytes"
    )
    file.twin(
        "height-2-32", "a deposit in block 2^32: the first four bytes are 0", "DAO-010", deep(2**32), "first-bytes"
    )
    file.reject("wrong-height-2-32", "block 2^32 + 5 is not block 5", "DAO-014", high(2**32 + 5), "first-bytes")


def readable_witnesses(file):
    file.base = "withdrawal"
    two = {"inputs": [spent(10), spent(10)], "outputs": [2 * OCCUPIED + 20], "witnesses": [index(0), index(0)]}
    file.twin("two", "two withdrawals, each rounded down: 2 · floor(14.28) = 28", "ISS-018 DAO-012", two)
    file.twin(
        "two-rounded",
        "two withdrawals, each rounded down: 2 · floor(12.86) = 24, not floor(25.71) = 25",
        "ISS-018 DAO-012",
        {"inputs": [spent(9), spent(9)], "outputs": [2 * OCCUPIED + 18]},
        "sum-rounded",
        of="two",
    )
    file.twin(
        "second-witness",
        "the second input has its own witness",
        "DAO-011",
        {"inputs": [spent(0, "0x", None), spent(10)], "outputs": [2 * OCCUPIED], "witnesses": ["0x", index(0)]},
        "witness-by-group",
    )
    file.twin(
        "witness-too-many",
        "a witness without an input is not read",
        "DAO-011",
        witnesses(index(0), "0x"),
        "last-witness",
    )
    file.twin(
        "headers-swapped",
        "the header deps in another order, and another index",
        "DAO-011",
        {"header_deps": NAMES[1::-1], "witnesses": [index(1)]},
    )
    lock = witness_args(lock=bytes(65), input_type=u64(0), output_type=b"")
    file.twin("whole-witness", "a signature and an output_type beside the index", "DAO-011", witnesses(lock))


def missing_headers(file):
    file.base = "withdrawal"
    file.reject(
        "withdraw-header-missing",
        "the header deps do not name the withdrawing cell's block",
        "DAO-011",
        {"header_deps": NAMES[:1]},
        "any-header",
    )
    file.reject(
        "cell-in-no-block",
        "the withdrawing cell is in no block yet",
        "DAO-011",
        {"inputs": [spent(10) | {"block_hash": None}]},
        "any-header",
    )


def unreadable_witnesses(file):
    file.base = "withdrawal"
    file.reject("no-witness", "no witness at all", "DAO-011", witnesses(), "lenient-witness")
    file.reject("empty-witness", "an empty witness", "DAO-011", witnesses("0x"), "lenient-witness")
    file.reject(
        "no-input-type",
        "a witness without input_type",
        "DAO-011",
        witnesses(witness_args(lock=bytes(8))),
        "lenient-witness",
    )
    file.reject(
        "index-7-octets",
        "an input_type of 7 bytes",
        "DAO-011",
        witnesses(witness_args(input_type=bytes(7))),
        "lenient-witness",
    )
    file.reject(
        "index-9-octets",
        "an input_type of 9 bytes",
        "DAO-011",
        witnesses(witness_args(input_type=bytes(9))),
        "lenient-witness",
    )
    rest = witnesses(index(0) + "00000000")
    file.reject(
        "witness-with-rest",
        "four zero bytes after the WitnessArgs, as if they were an empty output_type",
        "DAO-011",
        rest,
        "lenient-witness",
        rev=2,
    )
    eight = bytes(8).hex()
    file.reject(
        "witness-lock-count",
        "a lock whose count says 2 bytes, but which has 3",
        "DAO-011",
        witnesses("0x23000000100000001700000023000000" + "02000000010101" + "08000000" + eight),
        "lazy-witness",
    )
    file.reject(
        "witness-four-fields",
        "a fourth, empty field",
        "DAO-011",
        witnesses("0x2000000014000000140000002000000020000000" + "08000000" + eight),
        "lazy-witness",
    )
    file.reject("index-2", "an index equal to the number of header deps", "DAO-011", witnesses(index(2)), "any-header")
    file.reject(
        "index-256",
        "256 is out of range, although its lowest byte is 0",
        "DAO-011",
        witnesses(index(256)),
        "index-byte",
    )
    file.reject("index-2-63", "2^63 is out of range", "DAO-011", witnesses(index(2**63)), "index-byte")


def wrong_deposits(file):
    file.base = "withdrawal"
    file.reject(
        "wrong-deposit",
        "the header of another block, with the same AR",
        "DAO-014",
        {"header_deps": [NAMES[2], NAMES[1]]},
        "number-unchecked",
    )
    later = [named(NAMES[0], 9, field(1, 7, 0, 0)), named(NAMES[1], 9, field(1, 10, 0, 0))]
    file.reject(
        "same-height",
        "deposit and withdrawal in blocks of one height",
        "DAO-013",
        {"headers": later, "inputs": [spent(10, hexed(u64(9)))]},
        "number-unchecked",
    )


def sums(file):
    file.base = "withdrawal"
    plain = lambda *amounts: {"inputs": [{"output": cell(n), "data": "0x", "block_hash": None} for n in amounts]}
    file.twin("plain", "no DAO cell: a fee of 5 - 3", "ISS-018", plain(5) | {"outputs": [3], "witnesses": []})
    file.twin("largest", "inputs of 2^64 - 1", "ISS-018", plain(MOST - 1, 1) | {"outputs": []}, of="plain")
    file.reject("inputs-too-large", "inputs of 2^64", "ISS-018", plain(MOST, 1), "wraps", of="largest")
    file.reject(
        "inputs-too-large-spent",
        "inputs of 2^64, and an output of 1",
        "ISS-018",
        plain(MOST, 1) | {"outputs": [1]},
        "wide-inputs",
        of="largest",
    )
    file.twin("outputs-largest", "outputs of 2^64 - 1", "ISS-018", {"outputs": [MOST, 0]}, of="largest")
    file.reject(
        "outputs-too-large",
        "outputs of 2^64, which would wrap around to 0",
        "ISS-018",
        {"outputs": [MOST, 1]},
        "wraps",
        of="outputs-largest",
    )
