(** What the generated files say of the definitions that the theorems are about. *)
From Coq Require Import ZArith List.
Require Export Schedule DaoField Ledger Chain Adjustment.
Export ListNotations.
Open Scope Z_scope.

(** A header after its parent's: block [i] of [L] in epoch [e]. *)
Definition follows (e L i : Z) (parent : field) (m : movement) (child : field) : Prop :=
  next parent (share (primary e) L i) (share secondary L i) m = Some child.

(** A header by itself: its C is what [c_exact] says, from genesis and
    its place alone. *)
Definition c_at (capacity e L i C : Z) : Prop :=
  issued_before capacity e + prefix (primary e) L (i + 1) + prefix secondary L (i + 1) = C.

(** A vector's epoch: base and remainder of its primary issuance, which are those of a whole. *)
Definition issues (base remainder second L i : Z) (answer : Z * Z) : Prop :=
  let R := base * L + remainder in
  (R / L, R mod L) = (base, remainder) /\ (share R L i, share second L i) = answer.

Definition dao_after (base remainder second L i : Z) (parent : field) (m : movement)
  (answer : option field) : Prop :=
  next parent (share (base * L + remainder) L i) (share second L i) m = answer.

(** A vector's reward; what it has for proposals is taken as it is. *)
Definition rewards (base remainder second L i : Z) (parent : field) (fees : list Z) (proposals : Z)
  (answer : option Z) : Prop :=
  (let* mined := checked (miner parent (share second L i)) in
   total_of [total_of (map commit_share fees); Some proposals;
             Some (share (base * L + remainder) L i); Some mined]) = answer.

(** POW-009, POW-011, POW-012: only to read and write the difficulties of vectors; what is proved of
    compact targets is in compact_targets.py. *)
Definition difficulty_of (compact : Z) : Z :=
  let e := compact / 2 ^ 24 in
  let m := compact mod 2 ^ 24 in
  let t := if e <=? 3 then m / 2 ^ (8 * (3 - e)) else m * 2 ^ (8 * (e - 3)) in
  Z.min (2 ^ 256 - 1) (2 ^ 256 / t).

Definition compact_of (difficulty : Z) : Z :=
  let t := Z.min (2 ^ 256 - 1) (2 ^ 256 / difficulty) in
  let e := Z.log2 t / 8 + 1 in
  e * 2 ^ 24 + if e <=? 3 then t * 2 ^ (8 * (3 - e)) else t / 2 ^ (8 * (e - 3)).

(** A vector's epoch and how it went: length, target, base, remainder and hash rate of the next. *)
Definition adjusts (a b T first interval : Z) (number C compact base remainder before : Z)
  (U last previous : Z) (answer : Z * Z * Z * Z * Z) : Prop :=
  let D := duration last previous in
  let h := dampen (estimate (difficulty_of compact) C U D) before in
  let n := fst (next_length a b T C U D) in
  let R := if (number + 1) mod interval =? 0 then cut first interval (number + 1)
           else base * C + remainder in
  (n, compact_of (next_difficulty h T (denominator a b T C U D)), R / n, R mod n, h) = answer.
