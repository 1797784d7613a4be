#!/usr/bin/env python3
"""Writes the vector files about the adjustment of epochs and about issuance.

    python3 vectors/generate/issuance.py [--check]

The script writes `pow/next-epochs.yaml`, `pow/genesis-epochs.yaml` and all of `issuance/`, the same bytes at every
run. With `--check` it writes nothing and fails when a file differs from what it would write.

It needs Python's standard library and nothing else: blocks and headers of mainnet are read from `encoding/`. Every
expectation is the answer of `issuance_model.py`, which shares nothing with the reference. Blocks 1 to 60 of mainnet
are replayed: every DAO field and every cellbase has to come out, or nothing is written.
"""

import vector_files
from issuance_epochs import genesis_epochs, next_epochs
from issuance_fees import transaction_fees
from issuance_replay import Replay
from issuance_rewards import block_rewards, mainnet_rewards
from issuance_schedule import block_issuances, primary_rewards, secondary_rewards
from issuance_totals import dao_fields, freed_capacities, genesis_dao_fields
from issuance_withdrawals import maximum_withdraws


def files():
    replay = Replay()
    yield "pow/genesis-epochs.yaml", genesis_epochs().raw()
    yield "pow/next-epochs.yaml", next_epochs().raw()
    yield "issuance/primary-rewards.yaml", primary_rewards().raw()
    yield "issuance/secondary-rewards.yaml", secondary_rewards().raw()
    yield "issuance/block-issuances.yaml", block_issuances().raw()
    yield "issuance/dao-fields.yaml", dao_fields(replay).raw()
    yield "issuance/freed-capacities.yaml", freed_capacities().raw()
    yield "issuance/genesis-dao-fields.yaml", genesis_dao_fields().raw()
    yield "issuance/block-rewards-mainnet.yaml", mainnet_rewards(replay).raw()
    yield "issuance/block-rewards.yaml", block_rewards(replay).raw()
    yield "issuance/withdrawals.yaml", maximum_withdraws().raw()
    yield "issuance/transaction-fees.yaml", transaction_fees().raw()


if __name__ == "__main__":
    vector_files.main(files, __doc__, ["issuance/*.yaml"])
