(** ISS-003, ISS-004, EPOCH-021: an amount that belongs to an epoch, dealt out over its blocks. *)

From Coq Require Import ZArith Lia.
Open Scope Z_scope.

(** Block [i] of an epoch of [L] blocks, which issues [R] in all: the first [R mod L] blocks have
    one shannon more. *)
Definition share (R L i : Z) : Z := R / L + if i <? R mod L then 1 else 0.

(** [f 0 + … + f (n - 1)]. *)
Fixpoint sum (n : nat) (f : Z -> Z) : Z :=
  match n with
  | O => 0
  | S k => sum k f + f (Z.of_nat k)
  end.

(** What the first [n] blocks have issued. *)
Lemma sum_share : forall R L n,
  0 < L -> sum n (share R L) = Z.of_nat n * (R / L) + Z.min (Z.of_nat n) (R mod L).
Proof.
  intros R L n HL. induction n as [|n IH].
  - cbn. pose proof (Z.mod_pos_bound R L HL). lia.
  - cbn [sum]. rewrite IH. unfold share. rewrite Nat2Z.inj_succ.
    pose proof (Z.mod_pos_bound R L HL).
    destruct (Z.ltb_spec (Z.of_nat n) (R mod L)); lia.
Qed.

(** The blocks of an epoch issue what the epoch issues, whatever its length. *)
Theorem epoch_conserves : forall R L, 0 < L -> sum (Z.to_nat L) (share R L) = R.
Proof.
  intros R L HL. rewrite sum_share by assumption. rewrite Z2Nat.id by lia.
  pose proof (Z.mod_pos_bound R L HL). pose proof (Z.div_mod R L ltac:(lia)). lia.
Qed.

(** Two blocks of one epoch differ by a shannon at most. *)
Theorem share_fair : forall R L i j, Z.abs (share R L i - share R L j) <= 1.
Proof. intros. unfold share. destruct (_ <? _), (_ <? _); lia. Qed.

(** A share is no more than the whole, and not negative. *)
Theorem share_bounds : forall R L i, 0 < L -> 0 <= R -> 0 <= i -> 0 <= share R L i <= R.
Proof.
  intros R L i HL HR Hi. unfold share.
  pose proof (Z.mod_pos_bound R L HL) as M. pose proof (Z.div_mod R L ltac:(lia)) as D.
  pose proof (Z.div_pos R L HR HL) as Q.
  destruct (Z.ltb_spec i (R mod L)); nia.
Qed.

(** ISS-008: the two shares of a fee are the fee. *)
Definition proposal_share (fee : Z) : Z := 4 * fee / 10.
Definition commit_share (fee : Z) : Z := fee - proposal_share fee.

Theorem fee_conserves : forall fee,
  0 <= fee -> proposal_share fee + commit_share fee = fee
              /\ 0 <= proposal_share fee <= commit_share fee.
Proof.
  intros fee H. unfold commit_share, proposal_share.
  assert (0 <= 4 * fee / 10) by (apply Z.div_pos; lia).
  assert (4 * fee / 10 <= fee / 2) by (apply Z.div_le_lower_bound; [lia|];
    pose proof (Z.mul_div_le (4 * fee) 10 ltac:(lia)); lia).
  pose proof (Z.mul_div_le fee 2 ltac:(lia)). lia.
Qed.
