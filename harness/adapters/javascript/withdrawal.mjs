// What the clients' functions for the Nervos DAO have in common.
import { Unasked } from "./unasked.mjs";

/** Data of a size, whatever they hold. */
export const data = (size) => `0x${"00".repeat(Number(size))}`;

/** For a function that takes two DAO fields, and is not told which block is the earlier. */
export function demandOrder(deposit, withdraw) {
  if (BigInt(withdraw.number) <= BigInt(deposit.number)) {
    throw new Unasked("the client is not told the heights, of which the withdrawal has the lower");
  }
}
