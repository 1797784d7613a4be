(** What is issued: by epoch, and of that by block (ISS-001 to ISS-004, EPOCH-021). *)
From Coq Require Import ZArith Lia.
Open Scope Z_scope.

(** [f 0 + ... + f (n - 1)] *)
Fixpoint sum (n : nat) (f : Z -> Z) : Z :=
  match n with
  | O => 0
  | S n => sum n f + f (Z.of_nat n)
  end.

(** * The blocks of an epoch *)

(** ISS-003, ISS-004: what block [i] of an epoch of [L] blocks has of [R] shannons. *)
Definition share (R L i : Z) : Z := R / L + if i <? R mod L then 1 else 0.

(** What the first [n] blocks have together. *)
Definition prefix (R L n : Z) : Z := n * (R / L) + Z.min n (R mod L).

Lemma prefix_step : forall R L i, prefix R L (i + 1) = prefix R L i + share R L i.
Proof. intros. unfold prefix, share. destruct (Z.ltb_spec i (R mod L)); lia. Qed.

Lemma prefix_first : forall R L, 0 < L -> prefix R L 0 = 0.
Proof. intros. unfold prefix. pose proof (Z.mod_pos_bound R L). lia. Qed.

Lemma prefix_all : forall R L, 0 < L -> prefix R L L = R.
Proof.
  intros. unfold prefix.
  pose proof (Z.mod_pos_bound R L). pose proof (Z.div_mod R L). lia.
Qed.

Theorem shares_so_far : forall R L n,
  0 < L -> sum n (share R L) = prefix R L (Z.of_nat n).
Proof.
  intros R L n HL. induction n as [|n IH].
  - symmetry. now apply prefix_first.
  - cbn [sum]. rewrite IH, Nat2Z.inj_succ, <- prefix_step. f_equal; lia.
Qed.

(** The blocks of an epoch issue what the epoch issues, to the shannon, however many they are. *)
Theorem epoch_conserves : forall R L,
  0 < L -> sum (Z.to_nat L) (share R L) = R.
Proof.
  intros R L HL. rewrite shares_so_far by assumption.
  rewrite Z2Nat.id by lia. now apply prefix_all.
Qed.

(** No block has more than one shannon more than another. *)
Theorem share_fair : forall R L i j, Z.abs (share R L i - share R L j) <= 1.
Proof. intros. unfold share. destruct (_ <? _), (_ <? _); lia. Qed.

Lemma share_nonneg : forall R L i, 0 <= R -> 0 < L -> 0 <= share R L i.
Proof.
  intros R L i HR HL. unfold share. pose proof (Z.div_pos R L HR HL). destruct (_ <? _); lia.
Qed.

Lemma prefix_between : forall R L n, 0 <= R -> 0 < L -> 0 <= n <= L -> 0 <= prefix R L n <= R.
Proof.
  intros R L n HR HL Hn. unfold prefix.
  pose proof (Z.mod_pos_bound R L). pose proof (Z.div_mod R L). pose proof (Z.div_pos R L HR HL).
  nia.
Qed.

(** * Primary issuance *)

Definition first_reward : Z := 191780821917808.
Definition halving_interval : Z := 8760.

(** ISS-001, ISS-002: a plain shift, however far. *)
Definition scheduled (first interval epoch : Z) : Z := Z.shiftr first (epoch / interval).

Definition primary (epoch : Z) : Z := scheduled first_reward halving_interval epoch.

(** ISS-004 *)
Definition secondary : Z := 61369863013698.

(** The node does not ask the schedule in every epoch. It carries base and remainder on, and shifts
    anew at each multiple of the interval. [lengths e] is the length of epoch [e]. *)
Fixpoint carried (lengths : nat -> Z) (epoch : nat) : Z :=
  match epoch with
  | O => first_reward
  | S before =>
      if Z.of_nat epoch mod halving_interval =? 0 then primary (Z.of_nat epoch)
      else let R := carried lengths before in
           let L := lengths before in
           R / L * L + R mod L
  end.

Lemma same_era : forall e,
  0 <= e -> (e + 1) mod halving_interval <> 0 ->
  (e + 1) / halving_interval = e / halving_interval.
Proof.
  unfold halving_interval. intros e He Hm.
  apply (Z.div_unique_pos _ _ _ ((e + 1) mod 8760 - 1)).
  - pose proof (Z.mod_pos_bound (e + 1) 8760). lia.
  - pose proof (Z.div_mod (e + 1) 8760). pose proof (Z.div_mod e 8760).
    pose proof (Z.mod_pos_bound (e + 1) 8760). pose proof (Z.mod_pos_bound e 8760). lia.
Qed.

(** What is carried on is what the schedule says, whatever the lengths are. *)
Theorem carried_is_scheduled : forall lengths epoch,
  (forall e, 0 < lengths e) -> carried lengths epoch = primary (Z.of_nat epoch).
Proof.
  intros lengths epoch HL. induction epoch as [|e IH]; [reflexivity|].
  cbn [carried]. destruct (Z.eqb_spec (Z.of_nat (S e) mod halving_interval) 0) as [|Hm]; [reflexivity|].
  rewrite IH. specialize (HL e). cbv zeta.
  rewrite (Z.mul_comm (_ / _)), <- Z.div_mod by lia.
  unfold primary, scheduled. rewrite Nat2Z.inj_succ in *.
  unfold Z.succ in *. rewrite same_era by (assumption || lia). reflexivity.
Qed.

Lemma era_nonneg : forall e, 0 <= e -> 0 <= e / halving_interval.
Proof. intros. apply Z.div_pos; unfold halving_interval; lia. Qed.

Theorem primary_bounds : forall e, 0 <= e -> 0 <= primary e <= first_reward.
Proof.
  intros e He. pose proof (era_nonneg e He) as Hh. unfold primary, scheduled, first_reward.
  rewrite Z.shiftr_div_pow2 by assumption.
  assert (1 <= 2 ^ (e / halving_interval)) by (pose proof (Z.pow_pos_nonneg 2 _ ltac:(lia) Hh); lia).
  split; [apply Z.div_pos; lia|]. apply Z.div_le_upper_bound; nia.
Qed.

(** The last shannon of an epoch is issued in era 47, and nothing from epoch 420,480 on. *)
Theorem primary_ends : forall e, 420480 <= e -> primary e = 0.
Proof.
  intros e He. unfold primary, scheduled, halving_interval.
  assert (48 <= e / 8760) by (apply Z.div_le_lower_bound; lia).
  rewrite Z.shiftr_div_pow2 by lia.
  apply Z.div_small. split; [unfold first_reward; lia|].
  apply Z.lt_le_trans with (2 ^ 48); [reflexivity|]. apply Z.pow_le_mono_r; lia.
Qed.

Theorem primary_lasts : forall e, 0 <= e < 420480 -> 1 <= primary e.
Proof.
  intros e He. unfold primary, scheduled, halving_interval.
  assert (0 <= e / 8760) by (apply Z.div_pos; lia).
  assert (e / 8760 < 48) by (apply Z.div_lt_upper_bound; lia).
  rewrite Z.shiftr_div_pow2 by assumption.
  apply Z.div_le_lower_bound; [apply Z.pow_pos_nonneg; lia|].
  apply Z.le_trans with (2 ^ 47 * 1); [|vm_compute; discriminate].
  apply Z.mul_le_mono_nonneg_r; [lia|]. apply Z.pow_le_mono_r; lia.
Qed.

(** * All of it *)

(** The primary issuance of [h] eras. *)
Definition eras (h : Z) : Z :=
  sum (Z.to_nat h) (fun era => halving_interval * Z.shiftr first_reward era).

(** The primary issuance of the epochs before [e]. *)
Definition primary_before (e : Z) : Z :=
  eras (e / halving_interval) + e mod halving_interval * primary e.

Lemma eras_step : forall h,
  0 <= h -> eras (h + 1) = eras h + halving_interval * Z.shiftr first_reward h.
Proof.
  intros h Hh. unfold eras. replace (Z.to_nat (h + 1)) with (S (Z.to_nat h)) by lia.
  cbn [sum]. rewrite Z2Nat.id by assumption. reflexivity.
Qed.

Theorem primary_before_first : primary_before 0 = 0.
Proof. reflexivity. Qed.

(** So it is the sum of the schedule. *)
Theorem primary_before_step : forall e,
  0 <= e -> primary_before (e + 1) = primary_before e + primary e.
Proof.
  intros e He. unfold primary_before.
  pose proof (Z.div_mod e halving_interval) as D.
  pose proof (Z.div_mod (e + 1) halving_interval) as D1.
  pose proof (Z.mod_pos_bound e halving_interval) as B.
  pose proof (Z.mod_pos_bound (e + 1) halving_interval) as B1.
  destruct (Z.eq_dec ((e + 1) mod halving_interval) 0) as [Hm|Hm].
  - assert (E : (e + 1) / halving_interval = e / halving_interval + 1)
      by (unfold halving_interval in *; lia).
    rewrite Hm, E, eras_step by (now apply era_nonneg).
    assert (e mod halving_interval = halving_interval - 1) by (unfold halving_interval in *; lia).
    replace (Z.shiftr first_reward (e / halving_interval)) with (primary e) by reflexivity. nia.
  - pose proof (same_era e He Hm) as E.
    assert ((e + 1) mod halving_interval = e mod halving_interval + 1)
      by (unfold halving_interval in *; lia).
    assert (primary (e + 1) = primary e) as P by (unfold primary, scheduled; now rewrite E).
    rewrite E, P. nia.
Qed.

(** Every shannon of primary issuance that there will ever be: 214,080 fewer than 33.6 billion CKB. *)
Theorem primary_total : forall e, 420480 <= e -> primary_before e = 3359999999999785920.
Proof.
  assert (forall n, primary_before (420480 + Z.of_nat n) = 3359999999999785920) as H.
  { induction n as [|n IH]; [vm_compute; reflexivity|].
    rewrite Nat2Z.inj_succ. replace (420480 + Z.succ (Z.of_nat n)) with (420480 + Z.of_nat n + 1) by lia.
    rewrite primary_before_step, IH, primary_ends by lia. reflexivity. }
  intros e He. rewrite <- (H (Z.to_nat (e - 420480))). f_equal. lia.
Qed.

Definition nominal : Z := 33600000000 * 10 ^ 8.

(** Of the shortfall, 3,840 shannons come of an epoch's reward being whole, and the rest of halving it:
    24 shannons in each of the 8,760 epochs of an era. *)
Theorem shortfall : nominal - 3359999999999785920 = 214080
  /\ nominal - 2 * halving_interval * first_reward = 3840
  /\ 214080 - 3840 = halving_interval * 24.
Proof. repeat split. Qed.

(** * Shifts by 64 and more (ISS-002) *)

(** Up to 0.206 a node stops, because the shift is checked. *)
Definition primary_checked (epoch : Z) : option Z :=
  let halvings := epoch / halving_interval in
  if halvings <? 64 then Some (Z.shiftr first_reward halvings) else None.

(** From 0.210 on it is 0. *)
Definition cut (first interval epoch : Z) : Z :=
  let halvings := epoch / interval in
  if halvings <? 64 then Z.shiftr first halvings else 0.

(** Where only the low six bits of a shift count. *)
Definition primary_masked (epoch : Z) : Z :=
  Z.shiftr first_reward (epoch / halving_interval mod 64).

Lemma below_64 : forall e, 0 <= e < 560640 -> 0 <= e / halving_interval < 64.
Proof.
  unfold halving_interval. intros. split; [apply Z.div_pos; lia|apply Z.div_lt_upper_bound; lia].
Qed.

Theorem releases_agree : forall e, 0 <= e < 560640 ->
  primary_checked e = Some (primary e) /\ primary_masked e = primary e.
Proof.
  intros e He. pose proof (below_64 e He). unfold primary_checked, primary_masked, primary, scheduled.
  rewrite Z.mod_small by assumption. now destruct (Z.ltb_spec (e / halving_interval) 64); [|lia].
Qed.

(** That is the rule, for any first amount of 64 bits and any interval. *)
Theorem cut_is_scheduled : forall first interval epoch,
  0 <= first < 2 ^ 64 -> 0 < interval -> 0 <= epoch ->
  cut first interval epoch = scheduled first interval epoch.
Proof.
  intros first interval e Hf Hi He. unfold cut, scheduled. cbv zeta.
  destruct (Z.ltb_spec (e / interval) 64) as [|H]; [reflexivity|].
  rewrite Z.shiftr_div_pow2 by lia. symmetry. apply Z.div_small. split; [lia|].
  apply Z.lt_le_trans with (2 ^ 64); [lia|]. apply Z.pow_le_mono_r; lia.
Qed.

Theorem releases_part : primary_checked 560640 = None
  /\ primary_masked 560640 = first_reward /\ primary 560640 = 0.
Proof. repeat split. Qed.
