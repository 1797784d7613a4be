/** Why a question cannot be put to a client: its functions have no argument for it. */
export class Unasked extends Error {
  constructor(why) {
    super(`not asked, for ${why}`);
  }
}
