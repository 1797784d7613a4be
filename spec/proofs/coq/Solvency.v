(** The Nervos DAO can always pay: S is never less than the compensation that deposits have earned.

    A state is the DAO field of a block with what the field does not say: the capacity of all live
    cells, what cellbases have not paid yet, and the deposits with what they are worth. Amounts of
    the field are integers with their floors; the worth of deposits is exact. *)

From Coq Require Import ZArith QArith Qround Lia Lqa.
Require Import DaoField.
Open Scope Q_scope.

Record state := State {
  dao : field;
  cells : Z;        (* the capacity of all live cells *)
  unpaid : Z;       (* issued to miners and not paid by a cellbase *)
  principal : Z;    (* what deposits do not occupy: this earns *)
  worth : Q         (* the same with its compensation, exactly *)
}.

Notation "! z" := (inject_Z z) (at level 35).

(** What holds in every block. *)
Definition sound (st : state) : Prop :=
  valid (dao st)
  /\ (0 <= unpaid st)%Z
  /\ (0 <= principal st)%Z
  /\ ! principal st <= worth st
  /\ worth st - ! principal st <= ! S (dao st)             (* solvent *)
  /\ (U (dao st) + principal st <= cells st)%Z             (* both are parts of cells *)
  /\ (cells st + S (dao st) + unpaid st <= C (dao st))%Z.  (* nothing is made but by issuance *)

(** What a block does. [paid] is what its cellbase pays of [unpaid], [lost] what nobody gets.
    [grown] is what deposits are worth after the block, before withdrawals: no more than AR has
    grown, and less where a withdrawal has begun. [out] and [gone] are the worth and the principal
    of what is withdrawn, and [interest] the compensation that is paid, which floors make less. *)
Record block (st st' : state) (g1 g2 added freed interest paid lost put gone : Z)
  (grown out : Q) : Prop := Block {
  b_field : dao st' = next (dao st) g1 g2 added freed interest;
  b_issues : (0 <= g1 /\ 0 <= g2)%Z;
  b_occupied : (0 <= U (dao st'))%Z;
  b_pays : (0 <= paid <= unpaid st + g1 + miner_part (dao st) g2 /\ 0 <= lost)%Z;
  b_unpaid : unpaid st' = (unpaid st + g1 + miner_part (dao st) g2 - paid)%Z;
  b_cells : cells st' = (cells st + interest + paid - lost)%Z;
  b_grows : worth st <= grown /\
            grown * ! AR (dao st) <= worth st * ! AR (dao st');
  b_withdraws : (0 <= interest)%Z /\ ! interest <= out - ! gone;
  b_worth : worth st' == grown - out + ! put;
  b_principal : principal st' = (principal st - gone + put)%Z /\ (0 <= principal st')%Z;
  b_remains : ! principal st' <= worth st';
  b_parts : (U (dao st') + principal st' <= cells st')%Z
}.

Lemma inject_le : forall a b, (a <= b)%Z -> ! a <= ! b.
Proof. intros. rewrite <- Zle_Qle. assumption. Qed.

Lemma inject_lt : forall a b, (a < b)%Z -> ! a < ! b.
Proof. intros. rewrite <- Zlt_Qlt. assumption. Qed.

Lemma Qmult_le_compat_nonneg_l' : forall x y z, 0 <= z -> x <= y -> z * x <= z * y.
Proof. intros. rewrite !(Qmult_comm z). apply Qmult_le_compat_r; assumption. Qed.

(** Deposits gain no more in a block than the block sets aside. *)
Lemma gain_is_set_aside : forall st st' g1 g2 added freed interest paid lost put gone grown out,
  sound st -> block st st' g1 g2 added freed interest paid lost put gone grown out ->
  grown - worth st <= ! (g2 - miner_part (dao st) g2).
Proof.
  intros st st' g1 g2 added freed interest paid lost put gone grown out
    [[HC [HA [HS HU]]] [HR [H0 [HP [HV [HK HT]]]]]] B.
  destruct B as [Hf [_ Hg] _ _ _ _ [_ Hgrow] _ _ _ _ _].
  rewrite Hf in Hgrow. cbn [AR next] in Hgrow.
  pose proof (Z.mul_div_le (AR (dao st) * g2) (C (dao st)) HC) as Fa.
  pose proof (Z.mul_div_le (g2 * U (dao st)) (C (dao st)) HC) as Fm.
  fold (rate_growth (dao st) g2) in Fa. fold (miner_part (dao st) g2) in Fm.
  apply inject_le in Fa, Fm, Hg, HU, HK, HT, HR, H0. apply inject_lt in HC, HA.
  rewrite !inject_Z_mult in Fa, Fm. repeat rewrite inject_Z_plus in HK, HT, Hgrow; rewrite inject_Z_plus in HT.
  unfold Z.sub. rewrite inject_Z_plus, inject_Z_opp.
  change (! 0) with 0 in *.
  set (ra := ! rate_growth (dao st) g2) in *. set (m := ! miner_part (dao st) g2) in *.
  set (c := ! C (dao st)) in *. set (ar := ! AR (dao st)) in *. set (u := ! U (dao st)) in *.
  set (g := ! g2) in *. set (w := worth st) in *. set (p := ! principal st) in *.
  (* What deposits are worth and what is occupied are parts of what was issued. *)
  assert (D : w + u <= c) by lra.
  assert (W : 0 <= w) by lra.
  assert (E1 : w * (c * ra) <= w * (ar * g)) by (apply Qmult_le_compat_nonneg_l'; assumption).
  assert (E2 : g * (w + u) <= g * c) by (apply Qmult_le_compat_nonneg_l'; assumption).
  assert (E3 : (grown - w) * ar <= w * ra) by lra.
  assert (E4 : c * ((grown - w) * ar) <= c * (w * ra))
    by (apply Qmult_le_compat_nonneg_l'; lra).
  assert (E5 : ar * (g * (w + u)) <= ar * (g * c)) by (apply Qmult_le_compat_nonneg_l'; lra).
  assert (E6 : ar * (c * m) <= ar * (g * u)) by (apply Qmult_le_compat_nonneg_l'; lra).
  apply Qmult_le_l with (ar * c).
  - apply Qmult_lt_0_compat; assumption.
  - assert (X1 : ar * c * (grown - w) == c * ((grown - w) * ar)) by ring.
    assert (X2 : ar * c * (g + - m) == ar * (g * c) - ar * (c * m)) by ring.
    assert (X3 : c * (w * ra) == w * (c * ra)) by ring.
    assert (X4 : w * (ar * g) == ar * (g * (w + u)) - ar * (g * u)) by ring.
    lra.
Qed.

(** Solvency goes on from block to block. *)
Theorem block_keeps_sound : forall st st' g1 g2 added freed interest paid lost put gone grown out,
  sound st -> block st st' g1 g2 added freed interest paid lost put gone grown out -> sound st'.
Proof.
  intros st st' g1 g2 added freed interest paid lost put gone grown out Hs B.
  pose proof (gain_is_set_aside _ _ _ _ _ _ _ _ _ _ _ _ _ Hs B) as G.
  destruct Hs as [[HC [HA [HS HU]]] [HR [H0 [HP [HV [HK HT]]]]]].
  destruct B as [Hf [Hg1 Hg2] HU' [[Hp0 Hp] Hl] Hun Hcells [Hg Hgrow] [Hi Hint] Hw [Hpr Hpr0] Hrem
    Hparts].
  assert (HAR : (0 <= rate_growth (dao st) g2)%Z) by (apply Z.div_pos; nia).
  assert (HV' : worth st' - ! principal st' <= ! S (dao st')).
  { rewrite Hf. cbn [S next]. rewrite Hpr. unfold Z.sub in *.
    rewrite !inject_Z_plus, !inject_Z_opp in *. lra. }
  assert (HS' : (0 <= S (dao st'))%Z).
  { rewrite Zle_Qle. change (! 0) with 0. lra. }
  unfold sound. rewrite Hf in *. unfold valid in *. cbn [C AR S U next] in *.
  repeat split; try lia; try lra.
Qed.

(** Chains of blocks. *)
Inductive chain : state -> state -> Prop :=
| chain_nil : forall st, chain st st
| chain_cons : forall st st' st'' g1 g2 added freed interest paid lost put gone grown out,
    chain st st' ->
    block st' st'' g1 g2 added freed interest paid lost put gone grown out ->
    chain st st''.

(** At every height, S is no less than what deposits have earned: all of it could be paid at once. *)
Theorem solvent : forall st st',
  sound st -> chain st st' -> worth st' - ! principal st' <= ! S (dao st') /\ (0 <= S (dao st'))%Z.
Proof.
  intros st st' H K. assert (sound st') as [[_ [_ [HS _]]] [_ [_ [_ [HV _]]]]].
  { induction K; [assumption|]. eapply block_keeps_sound; [apply IHK; assumption|eassumption]. }
  split; assumption.
Qed.

(** What is withdrawn is the floor of what was earned, so it is no more. *)
Theorem floors_pay_less : forall c ar_w ar_d : Z,
  (0 < ar_d)%Z ->
  ! (c * ar_w / ar_d - c) <= ! c * ! ar_w / ! ar_d - ! c.
Proof.
  intros c ar_w ar_d H. unfold Z.sub. rewrite inject_Z_plus, inject_Z_opp.
  apply Qplus_le_compat; [|apply Qle_refl].
  apply inject_lt in H as HQ. change (! 0) with 0 in HQ.
  apply Qle_shift_div_l; [assumption|].
  rewrite <- !inject_Z_mult. rewrite <- Zle_Qle.
  rewrite Z.mul_comm. apply Z.mul_div_le. assumption.
Qed.

(** Genesis has no deposits, and is sound where its cells and S are no more than C. *)
Theorem genesis_is_sound : forall f k,
  valid f -> (U f <= k)%Z -> (k + S f <= C f)%Z -> sound (State f k 0 0 0).
Proof.
  intros f k V HU HK. unfold sound. cbn. destruct V as [HC [HA [HS HU0]]].
  apply inject_le in HS as HSQ. change (! 0) with 0 in *.
  repeat split; try lia; try lra; try assumption.
Qed.
