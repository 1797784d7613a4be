(** DAO-001 … DAO-005, ISS-007: from the DAO field of a block to the next, with all floors. *)

From Coq Require Import ZArith Lia.
Open Scope Z_scope.

Record field := Field { C : Z; AR : Z; S : Z; U : Z }.

(** The miner's part of a secondary issuance, by the parent's field. *)
Definition miner_part (f : field) (g2 : Z) : Z := g2 * U f / C f.

(** By how much the rate grows. *)
Definition rate_growth (f : field) (g2 : Z) : Z := AR f * g2 / C f.

Definition next (f : field) (g1 g2 added freed interest : Z) : field :=
  Field (C f + g1 + g2)
        (AR f + rate_growth f g2)
        (S f + (g2 - miner_part f g2) - interest)
        (U f + added - freed).

Definition valid (f : field) : Prop := 0 < C f /\ 0 < AR f /\ 0 <= S f /\ 0 <= U f.

(** AR never falls. *)
Theorem rate_never_falls : forall f g1 g2 a d i,
  valid f -> 0 <= g2 -> AR f <= AR (next f g1 g2 a d i).
Proof.
  intros f g1 g2 a d i [HC [HA _]] H. cbn. unfold rate_growth.
  pose proof (Z.div_pos (AR f * g2) (C f) ltac:(nia) HC). lia.
Qed.

(** C grows by what the block issues: nothing that is paid or withdrawn changes it. *)
Theorem c_is_conserved : forall f g1 g2 a d i a' d' i',
  C (next f g1 g2 a d i) = C f + g1 + g2
  /\ C (next f g1 g2 a d i) = C (next f g1 g2 a' d' i').
Proof. intros. cbn. lia. Qed.

(** The miner has no more than the secondary issuance while no more is occupied than issued. *)
Theorem miner_part_bounds : forall f g2,
  valid f -> U f <= C f -> 0 <= g2 -> 0 <= miner_part f g2 <= g2.
Proof.
  intros f g2 [HC [_ [_ HU]]] H Hg. unfold miner_part. split.
  - apply Z.div_pos; nia.
  - apply Z.div_le_upper_bound; nia.
Qed.

(** AR over C never rises: what AR grows by, C grows by at least in proportion. *)
Theorem rate_over_c_never_rises : forall f g1 g2 a d i,
  valid f -> 0 <= g1 -> 0 <= g2 ->
  AR (next f g1 g2 a d i) * C f <= AR f * C (next f g1 g2 a d i).
Proof.
  intros f g1 g2 a d i [HC [HA _]] H1 H2. cbn. unfold rate_growth.
  pose proof (Z.mul_div_le (AR f * g2) (C f) HC). nia.
Qed.

(** Genesis of mainnet: AR is 10^16 and C is 3,360,000,145,238,488,200. *)
Definition ar_genesis : Z := 10 ^ 16.
Definition c_genesis : Z := 3360000145238488200.

(** The invariant that holds AR within 64 bits. *)
Definition bounded (f : field) : Prop := AR f * c_genesis <= ar_genesis * C f.

Theorem bounded_next : forall f g1 g2 a d i,
  valid f -> 0 <= g1 -> 0 <= g2 -> bounded f -> bounded (next f g1 g2 a d i).
Proof.
  intros f g1 g2 a d i V H1 H2 B. unfold bounded in *.
  pose proof (rate_over_c_never_rises f g1 g2 a d i V H1 H2) as R.
  destruct V as [HC [HA _]].
  assert (HC' : C f <= C (next f g1 g2 a d i)) by (cbn; lia).
  set (c' := C (next f g1 g2 a d i)) in *. set (ar' := AR (next f g1 g2 a d i)) in *.
  assert (E : ar' * c_genesis * C f <= ar_genesis * c' * C f).
  { apply Z.le_trans with (AR f * c' * c_genesis).
    - replace (ar' * c_genesis * C f) with (ar' * C f * c_genesis) by ring.
      apply Z.mul_le_mono_nonneg_r; [unfold c_genesis; lia|exact R].
    - replace (AR f * c' * c_genesis) with (AR f * c_genesis * c') by ring.
      replace (ar_genesis * c' * C f) with (ar_genesis * C f * c') by ring.
      apply Z.mul_le_mono_nonneg_r; [lia|exact B]. }
  apply Z.mul_le_mono_pos_r with (C f); assumption.
Qed.

(** While C fits into 64 bits, AR is below 2^56, and no product on the way exceeds 128 bits. *)
Theorem rate_fits : forall f g2,
  valid f -> bounded f -> C f < 2 ^ 64 -> 0 <= g2 < 2 ^ 64 -> U f <= C f ->
  AR f < 2 ^ 56 /\ AR f * g2 < 2 ^ 128 /\ g2 * U f < 2 ^ 128.
Proof.
  intros f g2 [HC [HA [_ HU]]] B H Hg HUC. unfold bounded, ar_genesis, c_genesis in B.
  assert (A : AR f < 2 ^ 56).
  { change (2 ^ 64) with 18446744073709551616 in H.
    change (2 ^ 56) with 72057594037927936. lia. }
  change (2 ^ 56) with 72057594037927936 in *. change (2 ^ 64) with 18446744073709551616 in *.
  change (2 ^ 128) with 340282366920938463463374607431768211456.
  repeat split; nia.
Qed.

(** DAO-012: what a withdrawing cell is worth. *)
Definition maximum_withdraw (capacity occupied ar_withdraw ar_deposit : Z) : Z :=
  (capacity - occupied) * ar_withdraw / ar_deposit + occupied.

(** Whoever deposits gets at least that back. *)
Theorem deposits_never_shrink : forall capacity occupied ar_w ar_d,
  0 <= occupied <= capacity -> 0 < ar_d <= ar_w ->
  capacity <= maximum_withdraw capacity occupied ar_w ar_d.
Proof.
  intros c o w d Ho Hd. unfold maximum_withdraw.
  assert (c - o <= (c - o) * w / d) by (apply Z.div_le_lower_bound; nia). lia.
Qed.

(** Whether every step of the next field stays within 64 bits. *)
Definition fits (f : field) (g1 g2 added freed interest : Z) : bool :=
  let n := next f g1 g2 added freed interest in
  let within z := ((0 <=? z) && (z <? 2 ^ 64))%bool in
  (within (C n) && within (AR n) && within (miner_part f g2) && within (g2 - miner_part f g2)
  && within (S f + (g2 - miner_part f g2)) && within (S n)
  && within (U f + added) && within (U n))%bool.
