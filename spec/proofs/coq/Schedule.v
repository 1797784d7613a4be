(** ISS-001, ISS-002, ISS-004, DAO-002: what is issued over the life of the chain. *)

From Coq Require Import ZArith Lia.
Require Import Shares.
Open Scope Z_scope.

Definition initial_primary : Z := 191780821917808.
Definition halving_interval : Z := 8760.
Definition secondary : Z := 61369863013698.

(** The capacity of the cells of mainnet's genesis. *)
Definition genesis_cells : Z := 3360000000000000000.

(** The primary issuance of an epoch. *)
Definition primary (epoch : Z) : Z := Z.shiftr initial_primary (epoch / halving_interval).

Lemma primary_div : forall e,
  0 <= e -> primary e = initial_primary / 2 ^ (e / halving_interval).
Proof.
  intros e H. unfold primary. apply Z.shiftr_div_pow2. apply Z.div_pos; unfold halving_interval; lia.
Qed.

Theorem primary_bounds : forall e, 0 <= e -> 0 <= primary e <= initial_primary.
Proof.
  intros e H. rewrite primary_div by assumption.
  assert (0 <= e / halving_interval) by (apply Z.div_pos; unfold halving_interval; lia).
  assert (1 <= 2 ^ (e / halving_interval)) by (pose proof (Z.pow_pos_nonneg 2 (e / halving_interval)); lia).
  unfold initial_primary. split; [apply Z.div_pos; lia|]. apply Z.div_le_upper_bound; nia.
Qed.

(** It never rises. *)
Theorem primary_falls : forall a b, 0 <= a <= b -> primary b <= primary a.
Proof.
  intros a b H. rewrite !primary_div by lia.
  assert (0 <= a / halving_interval) by (apply Z.div_pos; unfold halving_interval; lia).
  assert (a / halving_interval <= b / halving_interval) by (apply Z.div_le_mono; unfold halving_interval; lia).
  apply Z.div_le_compat_l; [unfold initial_primary; lia|]. split.
  - apply Z.pow_pos_nonneg; lia.
  - apply Z.pow_le_mono_r; lia.
Qed.

(** It ends with the 48th halving, in epoch 420,480. *)
Theorem primary_ends : forall e, 420480 <= e -> primary e = 0.
Proof.
  intros e H. rewrite primary_div by lia.
  assert (48 <= e / halving_interval) by (apply Z.div_le_lower_bound; unfold halving_interval; lia).
  apply Z.div_small. split; [unfold initial_primary; lia|].
  apply Z.lt_le_trans with (2 ^ 48); [vm_compute; reflexivity|]. apply Z.pow_le_mono_r; lia.
Qed.

Theorem primary_of_the_last_epoch : primary 420479 = 1.
Proof. vm_compute. reflexivity. Qed.

(** What the epochs up to one have issued, as a chain adds it up: number of the epoch, and C. *)
Definition epoch_step (state : Z * Z) : Z * Z :=
  let (e, c) := state in (e + 1, c + (primary e + secondary)).

Definition after (n : nat) : Z * Z := Nat.iter n epoch_step (0, genesis_cells).

(** C when [n] epochs are over. *)
Definition issued (n : nat) : Z := snd (after n).

Lemma after_epoch : forall n, fst (after n) = Z.of_nat n.
Proof.
  induction n as [|n IH]; [reflexivity|]. unfold after in *.
  change (Nat.iter (S n) epoch_step (0, genesis_cells))
    with (epoch_step (Nat.iter n epoch_step (0, genesis_cells))).
  unfold epoch_step at 1. destruct (Nat.iter n epoch_step (0, genesis_cells)). cbn [fst] in *. lia.
Qed.

(** C is conserved: it grows by what the epoch issues, and by nothing else. *)
Theorem issued_step : forall n,
  issued (S n) = issued n + primary (Z.of_nat n) + secondary.
Proof.
  intro n. pose proof (after_epoch n) as E. unfold issued, after in *.
  change (Nat.iter (S n) epoch_step (0, genesis_cells))
    with (epoch_step (Nat.iter n epoch_step (0, genesis_cells))).
  unfold epoch_step at 1. destruct (Nat.iter n epoch_step (0, genesis_cells)) as [e c].
  cbn [fst snd] in *. subst e. lia.
Qed.

(** And that is what the blocks of the epoch issue, whatever its length. *)
Theorem issued_by_blocks : forall n L,
  0 < L ->
  issued (S n) = issued n + sum (Z.to_nat L) (share (primary (Z.of_nat n)) L)
                 + sum (Z.to_nat L) (share secondary L).
Proof. intros n L H. rewrite !epoch_conserves by assumption. apply issued_step. Qed.

Lemma issued_mono : forall m n, (m <= n)%nat -> issued m <= issued n.
Proof.
  intros m n H. induction H as [|n H IH]; [lia|]. rewrite issued_step.
  pose proof (primary_bounds (Z.of_nat n) ltac:(lia)). unfold secondary. lia.
Qed.

Lemma issued_at : forall p : positive,
  issued (Pos.to_nat p) = snd (Pos.iter epoch_step (0, genesis_cells) p).
Proof. intro p. unfold issued, after. rewrite Pos2Nat.inj_iter. reflexivity. Qed.

(** All primary issuance: 33.6 billion CKB less 214,080 shannons, which rounding down takes. *)
Theorem primary_total :
  issued (Pos.to_nat 420480) - genesis_cells - 420480 * secondary = 3359999999999785920
  /\ 3360000000000000000 - 3359999999999785920 = 214080.
Proof. rewrite issued_at. split; vm_compute; reflexivity. Qed.

(** C fits into 64 bits for as long as 191,083 epochs are not over, some 87 years, and no longer. *)
Theorem horizon : forall n, (n <= Pos.to_nat 191083)%nat -> issued n < 2 ^ 64.
Proof.
  intros n H. apply Z.le_lt_trans with (issued (Pos.to_nat 191083)).
  - apply issued_mono; assumption.
  - rewrite issued_at. vm_compute. reflexivity.
Qed.

Theorem beyond_the_horizon : forall n, (Pos.to_nat 191084 <= n)%nat -> 2 ^ 64 <= issued n.
Proof.
  intros n H. apply Z.le_trans with (issued (Pos.to_nat 191084)).
  - rewrite issued_at. vm_compute. discriminate.
  - apply issued_mono; assumption.
Qed.

(** ISS-002: a shift of 64 bits that takes the distance modulo 64 agrees up to epoch 560,639, and
    then begins anew. *)
Definition masked (epoch : Z) : Z := Z.shiftr initial_primary ((epoch / halving_interval) mod 64).

Theorem masked_agrees : forall e, 0 <= e < 560640 -> masked e = primary e.
Proof.
  intros e H. unfold masked, primary, halving_interval in *. rewrite Z.mod_small; [reflexivity|].
  split; [apply Z.div_pos; lia|apply Z.div_lt_upper_bound; lia].
Qed.

Theorem masked_begins_anew : masked 560640 = initial_primary /\ primary 560640 = 0.
Proof. split; vm_compute; reflexivity. Qed.
