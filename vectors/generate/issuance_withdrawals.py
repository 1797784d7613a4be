"""What deposits in the Nervos DAO are worth when they are withdrawn."""

from issuance_model import field, worth
from issuance_published import LUMOS, OCCUPIED, RFC0023
from issuance_tools import DAO_SCRIPT, MOST, File, cell


def dated(header):
    return {"number": header["number"], "dao": header["dao"]}


def maximum_withdraws():
    file = File(
        "withdraw-",
        "What a deposit is worth",
        "issuance.maximum_withdraw",
        ["The capacity that a cell does not occupy grows with AR, rounded down; what it occupies is added."],
        lambda q: {"capacity": worth(q["output"], q["data_size"], q["deposit"], q["withdraw"])},
        {
            "whole-capacity": ("arithmetic", "the rate applied to the whole capacity"),
            "floating-point": ("rounding", "a product of 100 bits computed in double precision"),
            "rounded-up": ("rounding", "the result rounded up or to the nearest"),
            "data-left-out": ("arithmetic", "the 8 bytes of data not counted among what is occupied"),
            "from-heights": ("boundary", "a withdrawal in the deposit's own block, or before it, accepted"),
            "wraps": ("overflow", "a quotient above 64 bits cut to its low bits, as nodes up to 0.209 do"),
            "negative": ("overflow", "a capacity below what the cell occupies accepted, or wrapped around"),
        },
    )
    published_deposits(file)
    small_deposits(file)
    return file


def published_deposits(file):
    for id_, why, real, flags in (
        (
            "rfc0023",
            "RFC 0023: 2000 CKB from block 4191 to block 73380 of mainnet",
            RFC0023,
            "floating-point whole-capacity data-left-out",
        ),
        ("lumos", "1000 CKB on a dev chain of lumos", LUMOS, ""),
    ):
        question = {"output": real["output"], "data_size": 8} | {k: dated(real[k]) for k in ("deposit", "withdraw")}
        assert file.answer(question) == {"capacity": real["worth"]}
        file.add(id_, why, "DAO-012", question, flags, provenance=real["provenance"])


def small_deposits(file):
    at = lambda n, ar: {"number": n, "dao": field(1, ar, 0, 0)}
    plain = {
        "output": cell(OCCUPIED + 10, type_=DAO_SCRIPT),
        "data_size": 8,
        "deposit": at(1, 7),
        "withdraw": at(2, 10),
    }
    file.add(
        "small",
        "10 shannons grow by 10/7, from one block to the next: floor(14.28) = 14",
        "DAO-012 DAO-013",
        plain,
        "rounded-up",
    )

    file.twin(
        "same-rate", "AR has not grown, and neither has the deposit", "DAO-012", {"withdraw.dao": field(1, 7, 0, 0)}
    )
    file.twin(
        "only-occupied",
        "a deposit that occupies all of its capacity earns nothing",
        "DAO-012",
        {"output.capacity": OCCUPIED},
        "whole-capacity",
    )
    file.reject(
        "less-than-occupied",
        "a cell with less capacity than it occupies is no deposit",
        "DAO-012",
        {"output.capacity": OCCUPIED - 1},
        "negative",
        of="only-occupied",
    )
    file.twin("rounded-13", "9 shannons: floor(12.86) = 12", "DAO-012", {"output.capacity": OCCUPIED + 9}, "rounded-up")
    file.twin(
        "largest",
        "worth 2^64 - 1",
        "DAO-012",
        {
            "output.capacity": OCCUPIED + 1,
            "deposit.dao": field(1, 1, 0, 0),
            "withdraw.dao": field(1, MOST - OCCUPIED, 0, 0),
        },
    )
    file.reject(
        "sum-too-large",
        "the quotient fits 64 bits, but its sum with what the cell occupies does not",
        "DAO-012",
        {"withdraw.dao": field(1, MOST - OCCUPIED + 1, 0, 0)},
        "wraps",
        of="largest",
    )
    file.reject(
        "quotient-too-large",
        "the quotient is 2^64 + 4",
        "DAO-012",
        {"output.capacity": OCCUPIED + 10, "withdraw.dao": field(1, 2**64 // 10 + 1, 0, 0)},
        "wraps",
        of="largest",
    )
    file.reject("same-block", "deposited and withdrawn in one block", "DAO-013", {"deposit.number": 2}, "from-heights")
    file.reject("before-deposit", "withdrawn before it was deposited", "DAO-013", {"deposit.number": 3}, "from-heights")
