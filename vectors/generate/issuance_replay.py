"""Blocks 0 to 60 of mainnet, replayed: what they move, what their fees are, and what their miners get.

The blocks are the files in `encoding/blocks/`. Every DAO field and every cellbase has to come out.
"""

import re

from hashes import check_block, ckbhash, header_hash, transaction_hash
from issuance_model import block_reward, field, freed, next_field
from issuance_tools import ZERO
from molecule import decode_block, decode_header, decode_script, fields, hexed, number, unhex
from vector_files import OUT

# Where `real_data.py` has these blocks and headers from.
BLOCKS = {
    "kind": "chain",
    "source": "ckb-js/lumos@4edfce46a112059f4020c7e00ebb9082ada89f3f packages/ckb-indexer/tests/blocks_data.json",
}
HEADERS = {
    "kind": "chain",
    "source": "nervosnetwork/force-bridge-eth@a9ec7ceeae1fdc9cc20afe23aa758ea3a0a80675 "
    "eth-contracts/scripts/benchmark/data/testHeaderHashes.json",
}


def mainnet_block(height):
    """A block in the form of the node's JSON; the file's name ends with the hash of its bytes."""
    (path,) = (OUT / "encoding/blocks").glob(f"mainnet-{height}.*.bin")
    encoded = path.read_bytes()
    assert path.name.split(".")[1] == ckbhash(encoded).hex(), path
    block = decode_block(encoded)
    assert number(block["header"]["number"]) == height
    check_block(block, hexed(header_hash(block["header"])))
    return block


def mainnet_header(height):
    """A header of `encoding/headers-mainnet.yaml`, whose hash stands beside it."""
    text = (OUT / "encoding/headers-mainnet.yaml").read_text()
    found = re.search(
        rf'- id: mainnet-header-{height}\n(?:    .*\n)*?.*bytes: "(\w+)"\n    accept: {{hash: "(\w+)"}}', text
    )
    header = decode_header(unhex(found[1]))
    assert number(header["number"]) == height and hexed(header_hash(header)) == found[2]
    return header


class Replay:
    """Blocks 1 to 60 of mainnet on the real genesis, every total and every reward checked.

    `moved` has the question about the DAO field of each block, `facts` what rewards depend on.
    """

    def __init__(self):
        self.blocks = [mainnet_block(n) for n in range(61)]
        self.live = {}
        for index, transaction in enumerate(self.blocks[0]["transactions"]):
            self.create(transaction, "other" if index else "genesis_cellbase")
        self.moved, self.facts = {}, {}
        for n in range(1, 61):
            self.block(n)
        for n in range(12, 61):
            self.check_cellbase(n)

    def spend(self, transaction):
        """Takes away the cells that a transaction spends: gives the capacity of each, and what it counts for in U."""
        places = [cell["previous_output"] for cell in transaction["inputs"]]
        return [self.live.pop((place["tx_hash"], number(place["index"]))) for place in places]

    def create(self, transaction, origin="other"):
        """Adds the cells that a transaction creates: gives its hash, and what they count for in U."""
        hash_, added = hexed(transaction_hash(transaction)), 0
        for index, (output, data) in enumerate(zip(transaction["outputs"], transaction["outputs_data"])):
            counted = freed({"output": output, "data_size": len(unhex(data)), "origin": origin})
            self.live[hash_, index] = (number(output["capacity"]), counted)
            added += counted
        return hash_, added

    def block(self, n):
        """Applies a block, and checks the DAO field of its header."""
        block = self.blocks[n]
        assert block["header"]["parent_hash"] == hexed(header_hash(self.blocks[n - 1]["header"])), n
        added = gone = 0
        transactions = []
        for index, transaction in enumerate(block["transactions"]):
            spent = self.spend(transaction) if index else []
            gone += sum(counted for _, counted in spent)
            hash_, more = self.create(transaction)
            added += more
            if index:
                fee = sum(c for c, _ in spent) - sum(number(o["capacity"]) for o in transaction["outputs"])
                transactions.append({"id": hash_[:22], "fee": fee})
        uncles = [id_ for uncle in block["uncles"] for id_ in uncle["proposals"]]
        self.facts[n] = {
            "number": n,
            "proposals": block["proposals"],
            "uncle_proposals": uncles,
            "transactions": transactions,
        }
        self.moved[n] = question = {
            "parent": self.blocks[n - 1]["header"]["dao"],
            "epoch": ZERO,
            "block_number": n,
            "added": added,
            "freed": gone,
            "interest": 0,
        }
        assert field(*next_field(question)) == block["header"]["dao"], n

    def reward_question(self, target):
        """A question about the reward of a block; the lock is the one that its cellbase's witness names."""
        lock, _ = fields(unhex(self.blocks[target]["transactions"][0]["witnesses"][0]))
        around = [self.facts[n] for n in range(max(1, target - 8), target + 11)]
        return {
            "target": target,
            "epoch": ZERO,
            "parent_dao": self.blocks[target - 1]["header"]["dao"],
            "lock": decode_script(lock),
            "blocks": [b for b in around if b["proposals"] or b["uncle_proposals"] or b["transactions"]],
        }

    def check_cellbase(self, n):
        """The cellbase pays the block eleven below it."""
        question = self.reward_question(n - 11)
        outputs = self.blocks[n]["transactions"][0]["outputs"]
        assert [number(o["capacity"]) for o in outputs] == [block_reward(question)["total"]], n
        assert outputs[0]["lock"] == question["lock"], n
