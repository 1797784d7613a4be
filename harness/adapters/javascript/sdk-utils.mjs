// `@nervosnetwork/ckb-sdk-utils` encodes and hashes structures, and does not decode: where a question
// comes as bytes, they are read for it (molecule.mjs).
import * as sdk from "@nervosnetwork/ckb-sdk-utils";
import { readScript, readTransaction } from "./molecule.mjs";
import { data, demandOrder } from "./withdrawal.mjs";

const encoding = (serialize) => ({
  read: ({ value }) => serialize(camel(value)),
  out: (bytes) => ({ bytes }),
});

const hashing = (read, hash) => ({
  read: ({ bytes }) => hash(camel(read(bytes))),
  out: (hash) => ({ hash }),
});

export const client = {
  package: "@nervosnetwork/ckb-sdk-utils",
  parts: {
    "encoding.encode/Uint64": encoding(sdk.toUint64Le),
    "encoding.encode/Bytes": encoding(sdk.serializeFixVec),
    "encoding.encode/BytesVec": encoding(sdk.serializeWitnesses),
    "encoding.encode/Script": encoding(sdk.serializeScript),
    "encoding.encode/OutPoint": encoding(sdk.serializeOutPoint),
    "encoding.encode/CellInput": encoding(sdk.serializeInput),
    "encoding.encode/CellDep": encoding(sdk.serializeCellDep),
    "encoding.encode/CellOutput": encoding(sdk.serializeOutput),
    "encoding.encode/RawTransaction": encoding(sdk.serializeRawTransaction),
    "encoding.encode/Transaction": encoding(sdk.serializeTransaction),
    "encoding.encode/WitnessArgs": encoding(sdk.serializeWitnessArgs),
    "encoding.hash/ckb": {
      read: ({ bytes }) => sdk.hexToBytes(bytes),
      out: (bytes) => ({ hash: `0x${sdk.blake2b(32, null, null, sdk.PERSONAL).update(bytes).digest("hex")}` }),
    },
    "encoding.hash/script": hashing(readScript, sdk.scriptToHash),
    "encoding.hash/tx": hashing(readTransaction, sdk.rawTransactionToHash),
    "encoding.size/transaction": {
      read: ({ bytes }) => sdk.getTransactionSize(camel(readTransaction(bytes))),
      out: (size) => ({ size: `0x${size.toString(16)}` }),
    },
    "issuance.maximum_withdraw": {
      read({ output, data_size, deposit, withdraw }) {
        demandOrder(deposit, withdraw);
        return sdk.calculateMaximumWithdraw(camel(output), data(data_size), deposit.dao, withdraw.dao);
      },
      out: (capacity) => ({ capacity }),
    },
  },
  classOf: () => undefined,
};

// The same value under the names that the client uses.
function camel(value) {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [
    name.replace(/_[a-z]/g, (letter) => letter[1].toUpperCase()),
    name === "dep_type" && field === "dep_group" ? "depGroup" : camel(field),
  ]));
}
