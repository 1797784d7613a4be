(** Every theorem rests on nothing but the logic: `.ci/proofs` fails on any other line. *)

Require Import Shares Schedule DaoField Solvency Adjustment Bridge.
Print Assumptions epoch_conserves.
Print Assumptions share_fair.
Print Assumptions share_bounds.
Print Assumptions fee_conserves.
Print Assumptions primary_bounds.
Print Assumptions primary_falls.
Print Assumptions primary_ends.
Print Assumptions primary_of_the_last_epoch.
Print Assumptions issued_step.
Print Assumptions issued_by_blocks.
Print Assumptions primary_total.
Print Assumptions horizon.
Print Assumptions beyond_the_horizon.
Print Assumptions masked_agrees.
Print Assumptions masked_begins_anew.
Print Assumptions rate_never_falls.
Print Assumptions c_is_conserved.
Print Assumptions miner_part_bounds.
Print Assumptions rate_over_c_never_rises.
Print Assumptions bounded_next.
Print Assumptions rate_fits.
Print Assumptions block_keeps_sound.
Print Assumptions solvent.
Print Assumptions floors_pay_less.
Print Assumptions genesis_is_sound.
Print Assumptions length_is_bounded.
Print Assumptions length_goes_on.
Print Assumptions bounds_cross.
Print Assumptions hash_rate_is_dampened.
Print Assumptions deposits_never_shrink.
Print Assumptions next_length_is_bounded.
