(** Where the issued shannons are, and that the Nervos DAO can always pay (DAO-002 to DAO-005,
    DAO-012, ISS-019).

    The ledger has what the chain does not write down: every deposit by itself. S of the DAO field is
    one number that depositors are paid out of, and no rule of the field says that it suffices. *)
From Coq Require Import ZArith QArith Lia Lqa List Bool.
Require Import DaoField.
Import ListNotations.
Open Scope Z_scope.

(** A deposit: what of its capacity the cell does not occupy, AR of the deposit's block, and AR of the
    withdrawing cell's block once there is one. *)
Record claim := Claim { free : Z; ar_d : Z; ar_w : option Z }.

Record ledger := Ledger {
  dao : field;
  (** All else that may be spent: capacity that cells do not occupy, and what miners are owed. *)
  rest : Z;
  claims : list claim;
  (** What is never paid: a reward too small for a cell, fees that are nobody's. *)
  lost : Z
}.

Inductive event :=
  | Occupy (x : Z)        (** cells are created that occupy [x] *)
  | Release (x : Z)       (** cells are spent that occupied [x] *)
  | Deposit (x : Z)       (** [x] beyond what the cell occupies *)
  | Prepare (n : nat)     (** deposit [n] becomes a withdrawing cell *)
  | Withdraw (n : nat)    (** withdrawing cell [n] is spent *)
  | Lose (x : Z).

(** DAO-012: what a claim is paid beyond its capacity. *)
Definition interest_of (free ar_d ar_w : Z) : Z := free * ar_w / ar_d - free.

Fixpoint remove (n : nat) (l : list claim) : list claim :=
  match n, l with
  | _, [] => []
  | O, _ :: l => l
  | S n, x :: l => x :: remove n l
  end.

(** One event, with the movement of the block so far. [None] is an event that cannot be: cells that
    hold more than there is, or a claim that is not there. S is not looked at. *)
Definition apply (state : ledger * movement) (e : event) : option (ledger * movement) :=
  let '(Ledger f rest claims lost, m) := state in
  match e with
  | Occupy x =>
      if (0 <=? x) && (x <=? rest) then
        Some (Ledger (Field (c f) (ar f) (s f) (u f + x)) (rest - x) claims lost,
              Movement (added m + x) (freed m) (interest m))
      else None
  | Release x =>
      if (0 <=? x) && (x <=? u f) then
        Some (Ledger (Field (c f) (ar f) (s f) (u f - x)) (rest + x) claims lost,
              Movement (added m) (freed m + x) (interest m))
      else None
  | Deposit x =>
      if (0 <=? x) && (x <=? rest) then
        Some (Ledger f (rest - x) (Claim x (ar f) None :: claims) lost, m)
      else None
  | Prepare n =>
      match nth_error claims n with
      | Some (Claim x d None) => Some (Ledger f rest (Claim x d (Some (ar f)) :: remove n claims) lost, m)
      | _ => None
      end
  | Withdraw n =>
      match nth_error claims n with
      | Some (Claim x d (Some w)) =>
          let i := interest_of x d w in
          Some (Ledger (Field (c f) (ar f) (s f - i) (u f)) (rest + x + i) (remove n claims) lost,
                Movement (added m) (freed m) (interest m + i))
      | _ => None
      end
  | Lose x =>
      if (0 <=? x) && (x <=? rest) then Some (Ledger f (rest - x) claims (lost + x), m) else None
  end.

Fixpoint apply_all (state : ledger * movement) (events : list event) : option (ledger * movement) :=
  match events with
  | [] => Some state
  | e :: events => let* state := apply state e in apply_all state events
  end.

(** What a block issues, before its transactions: the miner's part goes to the rest, and what is not
    the miner's to S. *)
Definition issue (l : ledger) (g1 g2 : Z) : ledger :=
  let f := dao l in
  Ledger (following f g1 g2 (Movement 0 0 0)) (rest l + g1 + miner f g2) (claims l) (lost l).

Definition block (l : ledger) (g1 g2 : Z) (events : list event) : option (ledger * movement) :=
  apply_all (issue l g1 g2, Movement 0 0 0) events.

(** * The field of the ledger is the field of the chain *)

Lemma apply_field : forall f0 g1 g2 l m e l' m',
  dao l = following f0 g1 g2 m -> apply (l, m) e = Some (l', m') -> dao l' = following f0 g1 g2 m'.
Proof.
  intros f0 g1 g2 [f r cs lo] m e l' m' E. cbn in E. subst f.
  destruct e; cbn;
    repeat match goal with
    | |- context [if ?b then _ else _] => destruct b
    | |- context [match nth_error ?a ?b with _ => _ end] => destruct (nth_error a b) as [[x d [w|]]|]
    end; intro A; inversion A; subst; clear A; cbn; unfold following; f_equal; cbn; lia.
Qed.

Theorem block_field : forall l g1 g2 events l' m,
  block l g1 g2 events = Some (l', m) -> dao l' = following (dao l) g1 g2 m.
Proof.
  intros l g1 g2 events l' m. unfold block.
  assert (dao (issue l g1 g2) = following (dao l) g1 g2 (Movement 0 0 0)) as E by reflexivity.
  revert E. generalize (issue l g1 g2), (Movement 0 0 0).
  induction events as [|e events IH]; intros l0 m0 E; cbn [apply_all].
  - intro A. inversion A. now subst.
  - destruct (apply (l0, m0) e) as [[l1 m1]|] eqn:A; cbn [bind]; [|discriminate].
    apply IH. eapply apply_field; eassumption.
Qed.

(** * What holds in every block *)

Fixpoint principal (l : list claim) : Z :=
  match l with [] => 0 | x :: l => free x + principal l end.

(** AR that a claim grows by: it stops with the withdrawing cell's block. *)
Definition ar_of (now : Z) (x : claim) : Z := match ar_w x with Some w => w | None => now end.

(** The interest of a claim without its floor. *)
Definition gain (now : Z) (x : claim) : Q :=
  (inject_Z (free x) * inject_Z (ar_of now x - ar_d x) / inject_Z (ar_d x))%Q.

Fixpoint owed (now : Z) (l : list claim) : Q :=
  match l with [] => 0%Q | x :: l => (gain now x + owed now l)%Q end.

Definition sound (now : Z) (x : claim) : Prop :=
  0 <= free x /\ 0 < ar_d x <= ar_of now x /\ ar_of now x <= now.

Record inv (l : ledger) : Prop := Inv {
  inv_c : 0 < c (dao l);
  inv_ar : 0 < ar (dao l);
  inv_u : 0 <= u (dao l);
  inv_rest : 0 <= rest l;
  inv_lost : 0 <= lost l;
  inv_claims : Forall (sound (ar (dao l))) (claims l);
  (** Every shannon issued is in one place. *)
  inv_whole : c (dao l) = u (dao l) + rest l + principal (claims l) + s (dao l) + lost l;
  (** What depositors have gained is there. *)
  inv_owed : (owed (ar (dao l)) (claims l) <= inject_Z (s (dao l)))%Q
}.

(** ** Small facts *)

Lemma zq : forall a b, a <= b -> (inject_Z a <= inject_Z b)%Q.
Proof. intros. now rewrite <- Zle_Qle. Qed.

Lemma zq_pos : forall a, 0 < a -> (0 < inject_Z a)%Q.
Proof. intros. change 0%Q with (inject_Z 0). now rewrite <- Zlt_Qlt. Qed.

Lemma zq_nonneg : forall a, 0 <= a -> (0 <= inject_Z a)%Q.
Proof. intros. change 0%Q with (inject_Z 0). now apply zq. Qed.

Lemma qdiv_nonneg : forall a b : Q, (0 <= a -> 0 < b -> 0 <= a / b)%Q.
Proof. intros a b Ha Hb. apply Qle_shift_div_l; lra. Qed.

Lemma floor_below : forall a b, 0 < b -> (inject_Z (a / b) <= inject_Z a / inject_Z b)%Q.
Proof.
  intros a b Hb. apply Qle_shift_div_l; [now apply zq_pos|].
  rewrite <- inject_Z_mult. apply zq. rewrite Z.mul_comm. now apply Z.mul_div_le.
Qed.

Lemma gain_nonneg : forall now x, sound now x -> (0 <= gain now x)%Q.
Proof.
  intros now x (Hf & Hd & Hn). unfold gain. apply qdiv_nonneg.
  - apply Qmult_le_0_compat; apply zq_nonneg; lia.
  - apply zq_pos; lia.
Qed.

Lemma owed_nonneg : forall now l, Forall (sound now) l -> (0 <= owed now l)%Q.
Proof.
  intros now l H. induction H as [|x l Hx Hl IH]; cbn; [lra|]. pose proof (gain_nonneg now x Hx). lra.
Qed.

Lemma principal_nonneg : forall now l, Forall (sound now) l -> 0 <= principal l.
Proof. intros now l H. induction H as [|x l [Hx _] Hl IH]; cbn; lia. Qed.

Lemma interest_nonneg : forall x d w, 0 <= x -> 0 < d <= w -> 0 <= interest_of x d w.
Proof.
  intros x d w Hx Hd. unfold interest_of.
  assert (x <= x * w / d) by (apply Z.div_le_lower_bound; nia). lia.
Qed.

(** The floor of a withdrawal is in the DAO's favour. *)
Lemma interest_below_gain : forall now x d w,
  0 < d -> (inject_Z (interest_of x d w) <= gain now (Claim x d (Some w)))%Q.
Proof.
  intros now x d w Hd. unfold interest_of, gain, ar_of. cbn.
  pose proof (floor_below (x * w) d Hd) as F. pose proof (zq_pos d Hd) as P.
  replace (x * w / d - x) with (x * w / d + - x) by lia.
  replace (w - d) with (w + - d) by lia.
  rewrite !inject_Z_plus, !inject_Z_opp in *. rewrite inject_Z_mult in F.
  assert (E : (inject_Z x * (inject_Z w + - inject_Z d) / inject_Z d
               == inject_Z x * inject_Z w / inject_Z d - inject_Z x)%Q) by (field; lra).
  rewrite E. lra.
Qed.

Lemma nth_split : forall n l x, nth_error l n = Some x ->
  principal l = free x + principal (remove n l)
  /\ (forall now, owed now l == gain now x + owed now (remove n l))%Q
  /\ (forall P : claim -> Prop, Forall P l -> P x /\ Forall P (remove n l)).
Proof.
  induction n as [|n IH]; intros [|y l] x E; cbn in *; try discriminate.
  - inversion E. subst. split; [reflexivity|]. split; [intro; lra|].
    intros P H. inversion H. now split.
  - destruct (IH l x E) as (Hp & Ho & HP). split; [lia|]. split.
    + intro now. rewrite (Ho now). lra.
    + intros P H. inversion H. subst. destruct (HP P) as [Hx Hr]; [assumption|].
      split; [assumption|]. now constructor.
Qed.

(** ** Transactions *)

Lemma apply_inv : forall l m e l' m', inv l -> apply (l, m) e = Some (l', m') -> inv l'.
Proof.
  intros [f r cs lo] m e l' m' [Ic Ia Iu Ir Il Ik Iw Io] A. cbn in Ic, Ia, Iu, Ir, Il, Ik, Iw, Io.
  destruct e as [x|x|x|n|n|x]; cbn in A.
  - destruct (Z.leb_spec 0 x), (Z.leb_spec x r); inversion A; subst.
    constructor; cbn; try assumption; lia.
  - destruct (Z.leb_spec 0 x), (Z.leb_spec x (u f)); inversion A; subst.
    constructor; cbn; try assumption; lia.
  - destruct (Z.leb_spec 0 x), (Z.leb_spec x r); inversion A; subst.
    constructor; cbn; try assumption; try lia.
    + constructor; [|assumption]. unfold sound, ar_of. cbn. lia.
    + unfold gain at 1, ar_of at 1. cbn. rewrite Z.sub_diag.
      setoid_replace (inject_Z x * inject_Z 0 / inject_Z (ar f))%Q with 0%Q; [lra|].
      unfold inject_Z at 2. field. pose proof (zq_pos _ Ia). lra.
  - destruct (nth_error cs n) as [[x d [w|]]|] eqn:E; inversion A; subst.
    destruct (nth_split _ _ _ E) as (Hp & Ho & HP). destruct (HP _ Ik) as [Hx Hr]. cbn in Hp.
    constructor; cbn; try assumption; try lia.
    + constructor; [|assumption]. unfold sound, ar_of in *. cbn in *. lia.
    + rewrite (Ho (ar f)) in Io. exact Io.
  - destruct (nth_error cs n) as [[x d [w|]]|] eqn:E; inversion A; subst.
    destruct (nth_split _ _ _ E) as (Hp & Ho & HP). destruct (HP _ Ik) as [Hx Hr]. cbn in Hp.
    destruct Hx as (Hx & Hd & Hn). cbn in Hx, Hd, Hn.
    pose proof (interest_nonneg x d w Hx Hd).
    constructor; cbn; try assumption; try lia.
    rewrite (Ho (ar f)) in Io.
    pose proof (interest_below_gain (ar f) x d w (proj1 Hd)) as B.
    replace (s f - interest_of x d w) with (s f + - interest_of x d w) by lia.
    rewrite inject_Z_plus, inject_Z_opp. lra.
  - destruct (Z.leb_spec 0 x), (Z.leb_spec x r); inversion A; subst.
    constructor; cbn; try assumption; lia.
Qed.

(** ** Issuance *)

Lemma gain_grows : forall now now' x C g2,
  sound now x -> now <= now' -> 0 < C -> 0 <= g2 -> (now' - now) * C <= now * g2 ->
  (gain now' x <= gain now x + (inject_Z (free x) + gain now x) * inject_Z g2 / inject_Z C)%Q.
Proof.
  intros now now' x C g2 Hx Hn HC Hg H.
  pose proof (gain_nonneg now x Hx) as G.
  pose proof (zq_pos C HC) as QC. pose proof (zq_nonneg g2 Hg) as Qg.
  destruct Hx as (Hf & Hd & Ha). pose proof (zq_nonneg _ Hf) as Qf.
  pose proof (zq_pos (ar_d x) ltac:(lia)) as Qd.
  destruct x as [y d [w|]]; unfold gain, ar_of in *; cbn in *.
  - (* A claim with a withdrawing cell does not grow. *)
    assert (0 <= (inject_Z y + inject_Z y * inject_Z (w - d) / inject_Z d) * inject_Z g2 / inject_Z C)%Q.
    { apply qdiv_nonneg; [|assumption]. apply Qmult_le_0_compat; lra. }
    lra.
  - apply zq in H. unfold Z.sub in *.
    rewrite !inject_Z_mult, !inject_Z_plus, !inject_Z_opp in *.
    set (F := inject_Z y) in *. set (D := inject_Z d) in *. set (A := inject_Z now) in *.
    set (A' := inject_Z now') in *. set (W := inject_Z C) in *. set (g := inject_Z g2) in *.
    assert (E1 : (F * (A' + - D) / D == F * (A + - D) / D + (F / D) * (A' - A))%Q) by (field; lra).
    assert (E2 : ((F + F * (A + - D) / D) * g / W == (F / D) * (A * g / W))%Q) by (field; lra).
    rewrite E1, E2.
    assert (K : (A' - A <= A * g / W)%Q) by (apply Qle_shift_div_l; lra).
    assert (0 <= F / D)%Q by (now apply qdiv_nonneg).
    assert ((F / D) * (A' - A) <= (F / D) * (A * g / W))%Q.
    { rewrite !(Qmult_comm (F / D)). now apply Qmult_le_compat_r. }
    lra.
Qed.

Lemma owed_grows : forall now now' l C g2,
  Forall (sound now) l -> now <= now' -> 0 < C -> 0 <= g2 -> (now' - now) * C <= now * g2 ->
  (owed now' l <= owed now l + (inject_Z (principal l) + owed now l) * inject_Z g2 / inject_Z C)%Q.
Proof.
  intros now now' l C g2 Hl Hn HC Hg H. pose proof (zq_pos C HC) as QC.
  induction Hl as [|x l Hx Hl IH]; cbn.
  - setoid_replace ((inject_Z 0 + 0) * inject_Z g2 / inject_Z C)%Q with 0%Q; [lra|].
    unfold inject_Z at 1. field. lra.
  - pose proof (gain_grows now now' x C g2 Hx Hn HC Hg H) as G. rewrite inject_Z_plus.
    assert (E : ((inject_Z (free x) + inject_Z (principal l) + (gain now x + owed now l))
                  * inject_Z g2 / inject_Z C
                == (inject_Z (free x) + gain now x) * inject_Z g2 / inject_Z C
                   + (inject_Z (principal l) + owed now l) * inject_Z g2 / inject_Z C)%Q)
      by (field; lra).
    rewrite E. lra.
Qed.

Lemma issue_inv : forall l g1 g2, 0 <= g1 -> 0 <= g2 -> inv l -> inv (issue l g1 g2).
Proof.
  intros [f r cs lo] g1 g2 H1 H2 [Ic Ia Iu Ir Il Ik Iw Io]. cbn in Ic, Ia, Iu, Ir, Il, Ik, Iw, Io.
  pose proof (principal_nonneg _ _ Ik) as Hp.
  pose proof (owed_nonneg _ _ Ik) as Ho.
  assert (Hs : 0 <= s f).
  { rewrite Zle_Qle. change (inject_Z 0) with 0%Q. lra. }
  pose proof (miner_bounds f g2 Ic ltac:(lia) H2) as Hm.
  pose proof (growth_bounds f g2 Ic ltac:(lia) H2) as [Hg Hgc].
  constructor; cbn; try lia.
  - revert Ik. apply Forall_impl. intros [y d [w|]]; unfold sound, ar_of; cbn; lia.
  - pose proof (owed_grows (ar f) (ar f + rate_growth f g2) cs (c f) g2 Ik ltac:(lia) Ic H2 ltac:(nia)) as G.
    eapply Qle_trans; [exact G|].
    pose proof (zq_pos _ Ic) as QC. pose proof (zq_nonneg _ H2) as Qg.
    assert (K : (inject_Z (principal cs) + owed (ar f) cs <= inject_Z (c f) - inject_Z (u f))%Q).
    { assert (Z : principal cs + s f <= c f + - u f) by lia.
      apply zq in Z. rewrite !inject_Z_plus, inject_Z_opp in Z. lra. }
    assert (L : ((inject_Z (principal cs) + owed (ar f) cs) * inject_Z g2 / inject_Z (c f)
                 <= inject_Z g2 - inject_Z (u f * g2) / inject_Z (c f))%Q).
    { apply Qle_shift_div_r; [assumption|]. rewrite inject_Z_mult.
      assert (E : ((inject_Z g2 - inject_Z (u f) * inject_Z g2 / inject_Z (c f)) * inject_Z (c f)
                   == (inject_Z (c f) - inject_Z (u f)) * inject_Z g2)%Q) by (field; lra).
      rewrite E. now apply Qmult_le_compat_r. }
    pose proof (floor_below (u f * g2) (c f) Ic) as F.
    unfold miner. rewrite (Z.mul_comm g2 (u f)).
    replace (s f + (g2 - u f * g2 / c f) - 0) with (s f + (g2 + - (u f * g2 / c f))) by lia.
    rewrite !inject_Z_plus, inject_Z_opp. lra.
Qed.

Lemma apply_all_inv : forall events l m l' m',
  inv l -> apply_all (l, m) events = Some (l', m') -> inv l'.
Proof.
  induction events as [|e events IH]; intros l m l' m' I A; cbn [apply_all] in A.
  - inversion A. now subst.
  - destruct (apply (l, m) e) as [[l1 m1]|] eqn:E; cbn [bind] in A; [|discriminate].
    eapply IH; [|exact A]. eapply apply_inv; eassumption.
Qed.

Theorem block_inv : forall l g1 g2 events l' m,
  0 <= g1 -> 0 <= g2 -> inv l -> block l g1 g2 events = Some (l', m) -> inv l'.
Proof.
  intros l g1 g2 events l' m H1 H2 I B. eapply apply_all_inv; [|exact B]. now apply issue_inv.
Qed.

(** * What follows for depositors *)

(** What all would be paid today, each with its own floor. *)
Fixpoint payable (now : Z) (l : list claim) : Z :=
  match l with
  | [] => 0
  | x :: l => interest_of (free x) (ar_d x) (ar_of now x) + payable now l
  end.

Lemma payable_below_owed : forall now l,
  Forall (sound now) l -> (inject_Z (payable now l) <= owed now l)%Q.
Proof.
  intros now l H. induction H as [|x l Hx Hl IH]; cbn; [apply Qle_refl|]. rewrite inject_Z_plus.
  destruct Hx as (_ & Hd & _).
  pose proof (interest_below_gain now (free x) (ar_d x) (ar_of now x) (proj1 Hd)) as B.
  unfold gain in *. cbn in B. lra.
Qed.

(** The Nervos DAO is solvent: S pays all depositors, at any time, all at once. *)
Theorem solvent : forall l, inv l -> payable (ar (dao l)) (claims l) <= s (dao l).
Proof.
  intros l I. rewrite Zle_Qle. pose proof (payable_below_owed _ _ (inv_claims l I)).
  pose proof (inv_owed l I). lra.
Qed.

(** So S is never negative, and a withdrawal never takes more than there is. *)
Theorem s_never_negative : forall l, inv l -> 0 <= s (dao l).
Proof.
  intros l I. rewrite Zle_Qle. change (inject_Z 0) with 0%Q.
  pose proof (owed_nonneg _ _ (inv_claims l I)). pose proof (inv_owed l I). lra.
Qed.

(** No deposit is ever worth more than there is, with what its cell occupies: DAO-012 fits. *)
Theorem worth_within_c : forall l n x,
  inv l -> nth_error (claims l) n = Some x ->
  free x * ar_of (ar (dao l)) x / ar_d x + u (dao l) <= c (dao l).
Proof.
  intros l n x I E.
  destruct (nth_split _ _ _ E) as (Hp & Ho & HP). destruct (HP _ (inv_claims l I)) as [Hx Hr].
  pose proof (principal_nonneg _ _ Hr). pose proof (owed_nonneg _ _ Hr) as Hn.
  pose proof (inv_owed l I) as Io. rewrite (Ho (ar (dao l))) in Io.
  destruct Hx as (Hf & Hd & Ha).
  pose proof (interest_below_gain (ar (dao l)) (free x) (ar_d x) (ar_of (ar (dao l)) x) (proj1 Hd)) as B.
  assert (B' : (inject_Z (interest_of (free x) (ar_d x) (ar_of (ar (dao l)) x)) <= inject_Z (s (dao l)))%Q).
  { unfold gain in *. cbn in B. lra. }
  rewrite <- Zle_Qle in B'. unfold interest_of in B'.
  pose proof (inv_whole l I). pose proof (inv_rest l I). pose proof (inv_lost l I). lia.
Qed.
