(** What the generated files say of the definitions that the theorems are about. *)
From Coq Require Import ZArith List.
Require Export Schedule DaoField Ledger Chain.
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
