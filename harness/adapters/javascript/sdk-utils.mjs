// `@nervosnetwork/ckb-sdk-utils` encodes and does not decode: of octets it can only take the hash.
import { PERSONAL, blake2b, hexToBytes } from "@nervosnetwork/ckb-sdk-utils";

export const client = {
  package: "@nervosnetwork/ckb-sdk-utils",
  parts: {
    "encoding.hash/ckb": {
      read: (octets) => hexToBytes(octets),
      out: (octets) => ({ hash: `0x${blake2b(32, null, null, PERSONAL).update(octets).digest("hex")}` }),
    },
  },
  classOf: () => undefined,
};
