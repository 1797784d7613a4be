(** From one epoch to the next: length, hash rate and difficulty (EPOCH-010 to EPOCH-019).

    Over numbers of any size; that they fit 256 bits is EPOCH-020. [a / b] is the orphan rate that is
    aimed at, [T] the duration that is. [C] blocks with [U] uncles took [D] seconds. *)
From Coq Require Import ZArith Lia.
Open Scope Z_scope.

(** EPOCH-010 *)
Definition duration (last previous : Z) : Z := Z.max 1 (Z.max 0 (last - previous) / 1000).

(** EPOCH-012 *)
Definition estimate (difficulty C U D : Z) : Z := difficulty * (C + U) / D.

(** EPOCH-013, EPOCH-014 *)
Definition dampen (now before : Z) : Z :=
  Z.max 1 (if before =? 0 then now
           else if now <? before / 2 then before / 2 else Z.min now (2 * before)).

(** EPOCH-017: 300 and 1,800 on every chain. *)
Definition length_max (C : Z) : Z := Z.min (2 * C) 1800.
Definition length_min (C : Z) : Z := Z.max (C / 2) 300.

(** EPOCH-016, of which 64 bits are kept. *)
Definition raw (a b T C U D : Z) : Z := (a * (C + U) * T * C) / ((a + b) * U * D) mod 2 ^ 64.

(** EPOCH-015, EPOCH-017: the next length, and whether a bound has made it. *)
Definition next_length (a b T C U D : Z) : Z * bool :=
  if U =? 0 then (length_max C, true)
  else let r := raw a b T C U D in
       if length_max C <? r then (length_max C, true)
       else if r <? length_min C then (length_min C, true)
       else (r, false).

(** EPOCH-018: by what the hashes of the next epoch are divided, as a fraction. *)
Definition denominator (a b T C U D : Z) : Z * Z :=
  let (n, bounded) := next_length a b T C U D in
  let planned := (n * (a + b), b) in
  if negb bounded then planned
  else if U =? 0 then (n, 1)
  else let above := (C + U) * T * C in
       let below := U * D * n in
       if below <? above then (n * above, above - below) else planned.

(** EPOCH-019 *)
Definition next_difficulty (hash_rate T : Z) (divisor : Z * Z) : Z :=
  Z.max 1 (hash_rate * T * snd divisor / fst divisor).

(** * Bounds *)

(** The hash rate that counts is never above twice, and never below half, of the one before. *)
Theorem dampen_bounds : forall now before, 0 < before ->
  before / 2 <= dampen now before <= 2 * before /\ 1 <= dampen now before.
Proof.
  intros now before H. unfold dampen.
  assert (before / 2 <= before) by (apply Z.div_le_upper_bound; lia).
  destruct (Z.eqb_spec before 0); [lia|]. destruct (Z.ltb_spec now (before / 2)); lia.
Qed.

(** Between them it is the estimate itself. *)
Theorem dampen_within : forall now before, 0 < before ->
  1 <= now -> before / 2 <= now <= 2 * before -> dampen now before = now.
Proof.
  intros now before H H1 H2. unfold dampen.
  destruct (Z.eqb_spec before 0); [lia|]. destruct (Z.ltb_spec now (before / 2)); lia.
Qed.

(** After 150 to 3,601 blocks the next length is within its bounds ... *)
Theorem length_bounds : forall a b T C U D, 150 <= C <= 3601 ->
  length_min C <= fst (next_length a b T C U D) <= length_max C.
Proof.
  intros a b T C U D HC. unfold next_length.
  assert (length_min C <= length_max C).
  { unfold length_min, length_max.
    assert (C / 2 <= C) by (apply Z.div_le_upper_bound; lia).
    assert (C / 2 < 1801) by (apply Z.div_lt_upper_bound; lia). lia. }
  destruct (U =? 0); cbn [fst]; [lia|].
  destruct (Z.ltb_spec (length_max C) (raw a b T C U D)); cbn [fst]; [lia|].
  destruct (Z.ltb_spec (raw a b T C U D) (length_min C)); cbn [fst]; lia.
Qed.

(** ... and so is every length of a chain that begins with one from 300 to 1,800. *)
Theorem lengths_stay : forall a b T C U D,
  300 <= C <= 1800 -> 300 <= fst (next_length a b T C U D) <= 1800.
Proof.
  intros a b T C U D H. pose proof (length_bounds a b T C U D ltac:(lia)) as B.
  unfold length_min, length_max in B. lia.
Qed.

(** After fewer than 150 blocks the bounds cross, and the length is one of them. *)
Theorem short_lengths : forall a b T C U D, 0 < C < 150 ->
  fst (next_length a b T C U D) = 2 * C \/ fst (next_length a b T C U D) = 300.
Proof.
  intros a b T C U D H. unfold next_length.
  assert (C / 2 <= C) by (apply Z.div_le_upper_bound; lia).
  assert (length_max C = 2 * C) as -> by (unfold length_max; lia).
  assert (length_min C = 300) as -> by (unfold length_min; lia).
  destruct (U =? 0); cbn [fst]; [now left|].
  destruct (Z.ltb_spec (2 * C) (raw a b T C U D)); cbn [fst]; [now left|].
  destruct (Z.ltb_spec (raw a b T C U D) 300); cbn [fst]; [now right|lia].
Qed.

Lemma next_length_pos : forall a b T C U D, 0 < C -> 0 < fst (next_length a b T C U D).
Proof.
  intros a b T C U D H. unfold next_length.
  assert (0 < length_max C) by (unfold length_max; lia).
  assert (0 < length_min C) by (unfold length_min; lia).
  destruct (U =? 0); cbn [fst]; [lia|].
  destruct (Z.ltb_spec (length_max C) (raw a b T C U D)); cbn [fst]; [lia|].
  destruct (Z.ltb_spec (raw a b T C U D) (length_min C)); cbn [fst]; lia.
Qed.

(** The hashes are never divided by less than the blocks: uncles make an epoch easier, never harder. *)
Theorem difficulty_above : forall h a b T C U D,
  0 <= h -> 0 <= a -> 0 < b -> 0 < T -> 0 < C -> 0 <= U -> 0 < D ->
  let n := fst (next_length a b T C U D) in
  1 <= next_difficulty h T (denominator a b T C U D) <= Z.max 1 (h * T / n).
Proof.
  intros h a b T C U D Hh Ha Hb HT HC HU HD n.
  pose proof (next_length_pos a b T C U D HC) as Hn. fold n in Hn.
  assert (forall x y, 0 < x -> 0 <= y -> y * n <= x -> h * T * y / x <= h * T / n) as K.
  { intros x y Hx Hy Hxy. apply Z.div_le_lower_bound; [assumption|].
    assert (n * (h * T * y / x) * x <= h * T * x); [|nia].
    pose proof (Z.mul_div_le (h * T * y) x Hx).
    assert (0 <= h * T * y / x) by (apply Z.div_pos; nia).
    assert (h * T * (y * n) <= h * T * x) by (apply Z.mul_le_mono_nonneg_l; nia). nia. }
  unfold next_difficulty, denominator. unfold n in *.
  destruct (next_length a b T C U D) as [k bounded]. cbn [fst] in *.
  destruct bounded; cbn [negb].
  - destruct (Z.eqb_spec U 0).
    + cbn [fst snd]. rewrite Z.mul_1_r. lia.
    + cbv zeta. destruct (Z.ltb_spec (U * D * k) ((C + U) * T * C)); cbn [fst snd].
      * specialize (K (k * ((C + U) * T * C)) ((C + U) * T * C - U * D * k)).
        assert (0 < U * D * k) by nia. assert (0 < (C + U) * T * C) by nia. 
        assert (h * T * ((C + U) * T * C - U * D * k) / (k * ((C + U) * T * C)) <= h * T / k)
          by (apply K; nia). lia.
      * specialize (K (k * (a + b)) b).
        assert (h * T * b / (k * (a + b)) <= h * T / k) by (apply K; nia). lia.
  - cbn [fst snd]. specialize (K (k * (a + b)) b).
    assert (h * T * b / (k * (a + b)) <= h * T / k) by (apply K; nia). lia.
Qed.

(** * A cliff

    There is no bound of that kind from below. Where the lower bound makes the length, the expected
    orphan rate is 1 / r, and r is a difference that can be as small as one second makes it; where it
    is 0 or negative the rate aimed at is taken instead. After an epoch of 1,800 blocks with two uncles
    each, 43,199 seconds lead to a difficulty 42,146 times below that of 43,200 seconds. *)
Example cliff :
  denominator 1 40 14400 1800 3600 43199 = (900 * (5400 * 14400 * 1800), 3240000)
  /\ denominator 1 40 14400 1800 3600 43200 = (900 * 41, 40)
  /\ next_difficulty (10 ^ 15) 14400 (denominator 1 40 14400 1800 3600 43199) = 370370370370
  /\ next_difficulty (10 ^ 15) 14400 (denominator 1 40 14400 1800 3600 43200) = 15609756097560975.
Proof. vm_compute. repeat split. Qed.
