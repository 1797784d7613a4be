(** EPOCH-013, EPOCH-014, EPOCH-017: what bounds the next epoch. *)

From Coq Require Import ZArith Lia.
Open Scope Z_scope.

Definition length_max (blocks : Z) : Z := Z.min 1800 (2 * blocks).
Definition length_min (blocks : Z) : Z := Z.max 300 (blocks / 2).

(** The upper bound is tried first. *)
Definition bounded_length (blocks raw : Z) : Z :=
  if length_max blocks <? raw then length_max blocks
  else if raw <? length_min blocks then length_min blocks
  else raw.

(** From 150 to 3,601 blocks the bounds are in order, and hold. *)
Theorem length_is_bounded : forall blocks raw,
  150 <= blocks <= 3601 ->
  length_min blocks <= bounded_length blocks raw <= length_max blocks.
Proof.
  intros b r H. unfold bounded_length, length_min, length_max.
  pose proof (Z.mul_div_le b 2 ltac:(lia)).
  assert (b / 2 < 1801) by (apply Z.div_lt_upper_bound; lia).
  destruct (Z.ltb_spec (Z.min 1800 (2 * b)) r); [lia|].
  destruct (Z.ltb_spec r (Z.max 300 (b / 2))); lia.
Qed.

(** Every epoch after one of those has 300 to 1,800 blocks again: the bounds stay in order. *)
Theorem length_goes_on : forall blocks raw,
  150 <= blocks <= 3601 -> 300 <= bounded_length blocks raw <= 1800.
Proof.
  intros b r H. pose proof (length_is_bounded b r H). unfold length_min, length_max in *. lia.
Qed.

(** Outside they are not: below 150 blocks the least length exceeds the greatest. *)
Theorem bounds_cross :
  length_max 149 < length_min 149 /\ length_max 3602 < length_min 3602
  /\ bounded_length 10 21 = 20 /\ bounded_length 10 20 = 300.
Proof. repeat split; vm_compute; reflexivity. Qed.

Definition dampened (estimate previous : Z) : Z :=
  Z.max 1 (if previous =? 0 then estimate
           else Z.min (Z.max estimate (previous / 2)) (2 * previous)).

(** The hash rate that is carried on is at least half of the one before, and at most its double. *)
Theorem hash_rate_is_dampened : forall estimate previous,
  0 <= estimate -> 1 <= previous ->
  previous / 2 <= dampened estimate previous <= 2 * previous /\ 1 <= dampened estimate previous.
Proof.
  intros e p He Hp. unfold dampened. destruct (Z.eqb_spec p 0); [lia|].
  pose proof (Z.mul_div_le p 2 ltac:(lia)). lia.
Qed.

(** EPOCH-015 … EPOCH-017: the next length, with the orphan rate [a / b] that there should be. *)
Definition next_length (a b target blocks uncles duration : Z) : Z :=
  if uncles =? 0 then length_max blocks
  else bounded_length blocks
         (a * (blocks + uncles) * target * blocks / ((a + b) * uncles * duration) mod 2 ^ 64).

(** Whatever uncles and times: from 150 to 3,601 blocks, the next epoch has 300 to 1,800. *)
Theorem next_length_is_bounded : forall a b target blocks uncles duration,
  150 <= blocks <= 3601 -> 300 <= next_length a b target blocks uncles duration <= 1800.
Proof.
  intros. unfold next_length. destruct (_ =? _).
  - unfold length_max. lia.
  - apply length_goes_on. assumption.
Qed.
