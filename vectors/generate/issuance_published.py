"""Two deposits whose worth others have published, with all that a question needs of them."""

from issuance_model import CKB
from issuance_tools import DAO_SCRIPT, cell

# What a deposit under the usual lock occupies: 8 + 8 + 53 + 33 bytes.
OCCUPIED = 102 * CKB
RFC0023 = {
    "provenance": {
        "kind": "published",
        "source": "RFC 0023, nervosnetwork/rfcs@4b502ffcb02fc7019e0dd4b5f866b5f09819cfbe "
        "rfcs/0023-dao-deposit-withdraw/0023-dao-deposit-withdraw.md",
    },
    "output": cell(200_000_000_000, DAO_SCRIPT, "0xe5f99902495d04d9dcb013aefc96093d365b77dc"),
    "deposit": {
        "hash": "0x37ef8cf2407044d74a71f927a7e3dcd3be7fc5e7af0925c0b685ae3bedeec3bc",
        "number": 4191,
        "dao": "0x8268d571c743a32ee1e547ea57872300989ceafa3e710000005d6a650b53ff06",
    },
    "withdraw": {
        "hash": "0xba6eaa7e0acd0dc78072c5597ed464812391161f0560c35992ae0c96cd1d6073",
        "number": 73380,
        "dao": "0x77a7c6ea619acb2e4b841a96c88e2300b6b274a096c1080000ea07db0efaff06",
    },
    # The second phase: its only output and witness; the cell that it spends has the deposit's height as its data.
    "data": "0x5f10000000000000",
    "paid_out": 200_155_256_323,
    "witness": "0x61000000100000005500000061000000410000006114fee94f91ed089a32df9c3b0cda0ca1e1e97879d0aae253d0785fc6f7"
    "019b20cccbc7ea338ea96e64172f4a810ef531ab5ca1570a9742f0fb23378e260d9f01080000000000000000000000",
    "worth": 200_155_259_131,
}
LUMOS = {
    "provenance": {
        "kind": "published",
        "source": "ckb-js/lumos@4edfce46a112059f4020c7e00ebb9082ada89f3f "
        "packages/common-scripts/tests/dao-bigint.test.ts",
    },
    "output": cell(100_000_000_000, DAO_SCRIPT, "0xe2193df51d78411601796b35b17b4f8f2cd85bd0"),
    "deposit": {"number": 102_985, "dao": "0x8eedf002d7c88852433518952edc28002dd416364532c50800d096d05aac0200"},
    "withdraw": {"number": 103_068, "dao": "0x39d32247d33f90523d37dae613dd280037e9cc1d7b01c708003d8849d8ac0200"},
    "worth": 100_007_690_204,
}
