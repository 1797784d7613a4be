(** The DAO field of a block from that of its parent (DAO-002 to DAO-005), the reward of a block
    (ISS-007, ISS-008) and the worth of a deposit (DAO-012): as the reference computes them, with
    the range of each intermediate value checked. [None] is a number that leaves 64 bits, or a
    division by a C of 0. *)
From Coq Require Import ZArith Lia List Bool.
Import ListNotations.
Open Scope Z_scope.

Record field := Field { c : Z; ar : Z; s : Z; u : Z }.

(** What the transactions of a block change. *)
Record movement := Movement { added : Z; freed : Z; interest : Z }.

Definition bind {A B} (x : option A) (f : A -> option B) : option B :=
  match x with Some a => f a | None => None end.

Notation "'let*' x ':=' a 'in' b" :=
  (bind a (fun x => b)) (at level 200, x name, a at level 100, b at level 200).

Definition limit : Z := 2 ^ 64.
Arguments limit : simpl never.

Definition checked (x : Z) : option Z := if (0 <=? x) && (x <? limit) then Some x else None.

Lemma checked_fits : forall x, 0 <= x < limit -> checked x = Some x.
Proof.
  intros x Hx. unfold checked.
  destruct (Z.leb_spec 0 x), (Z.ltb_spec x limit); try lia. reflexivity.
Qed.

Lemma checked_only : forall x y, checked x = Some y -> y = x /\ 0 <= x < limit.
Proof.
  intros x y. unfold checked.
  destruct (Z.leb_spec 0 x), (Z.ltb_spec x limit); cbn [andb]; intro E; inversion E; subst; auto.
Qed.

(** * From one field to the next *)

(** ISS-007: the miner's part of the secondary issuance. *)
Definition miner (f : field) (g2 : Z) : Z := g2 * u f / c f.

(** DAO-003 *)
Definition rate_growth (f : field) (g2 : Z) : Z := ar f * g2 / c f.

(** The field that follows, in numbers of any size. *)
Definition following (f : field) (g1 g2 : Z) (m : movement) : field :=
  Field (c f + g1 + g2)
        (ar f + rate_growth f g2)
        (s f + (g2 - miner f g2) - interest m)
        (u f + added m - freed m).

(** The same in 64 bits. *)
Definition next (f : field) (g1 g2 : Z) (m : movement) : option field :=
  if c f =? 0 then None else
  let* issued := checked (g1 + g2) in
  let* c' := checked (c f + issued) in
  let* growth := checked (rate_growth f g2) in
  let* ar' := checked (ar f + growth) in
  let* mined := checked (miner f g2) in
  let* rest := checked (g2 - mined) in
  let* raised := checked (s f + rest) in
  let* s' := checked (raised - interest m) in
  let* occupied := checked (u f + added m) in
  let* u' := checked (occupied - freed m) in
  Some (Field c' ar' s' u').

(** Products are of two numbers of 64 bits: 128 bits have room for them. *)
Theorem product_fits : forall a b, 0 <= a < limit -> 0 <= b < limit -> 0 <= a * b < 2 ^ 128.
Proof. intros a b Ha Hb. change (2 ^ 128) with (limit * limit). nia. Qed.

(** Where 64 bits suffice, they change nothing. *)
Theorem next_is_following : forall f g1 g2 m f',
  next f g1 g2 m = Some f' -> f' = following f g1 g2 m.
Proof.
  intros f g1 g2 m f'. unfold next, following.
  destruct (c f =? 0); [discriminate|].
  repeat match goal with
  | |- context [bind (checked ?x) _] =>
      let E := fresh "E" in let y := fresh "y" in
      destruct (checked x) as [y|] eqn:E; cbn [bind]; [|discriminate];
      apply checked_only in E; destruct E as [-> _]
  end.
  intro E. inversion E. f_equal; lia.
Qed.

Record fits (f : field) : Prop := Fits {
  c_fits : 0 < c f < limit;
  ar_fits : 0 <= ar f < limit;
  s_fits : 0 <= s f < limit;
  u_fits : 0 <= u f < limit
}.

Lemma miner_bounds : forall f g2,
  0 < c f -> 0 <= u f <= c f -> 0 <= g2 -> 0 <= miner f g2 <= g2.
Proof.
  intros f g2 Hc Hu Hg. unfold miner. split.
  - apply Z.div_pos; nia.
  - apply Z.div_le_upper_bound; nia.
Qed.

Lemma growth_bounds : forall f g2,
  0 < c f -> 0 <= ar f -> 0 <= g2 -> 0 <= rate_growth f g2 /\ rate_growth f g2 * c f <= ar f * g2.
Proof.
  intros f g2 Hc Ha Hg. unfold rate_growth. split.
  - apply Z.div_pos; nia.
  - rewrite Z.mul_comm. now apply Z.mul_div_le.
Qed.

(** What has to be so for a block to have a field: nothing more than that the results fit, and what
    the block adds to S and U before it takes off. *)
Theorem next_total : forall f g1 g2 m,
  fits f -> u f <= c f -> 0 <= g1 -> 0 <= g2 ->
  0 <= added m -> 0 <= freed m -> 0 <= interest m ->
  fits (following f g1 g2 m) ->
  s f + g2 < limit -> u f + added m < limit ->
  next f g1 g2 m = Some (following f g1 g2 m).
Proof.
  intros f g1 g2 m F Huc H1 H2 Ha Hf Hi F' Hs Hu.
  destruct F as [Fc Fa Fs Fu], F' as [Fc' Fa' Fs' Fu'].
  cbn [c ar s u following] in Fc', Fa', Fs', Fu'.
  pose proof (miner_bounds f g2) as Hm. pose proof (growth_bounds f g2) as Hg.
  assert (0 <= miner f g2 <= g2) as Hm' by (apply Hm; lia).
  assert (0 <= rate_growth f g2) as Hg' by (apply Hg; lia).
  unfold next, following.
  destruct (Z.eqb_spec (c f) 0); [lia|].
  rewrite (checked_fits (g1 + g2)) by lia. cbn [bind].
  rewrite (checked_fits (c f + _)) by lia. cbn [bind].
  rewrite (checked_fits (rate_growth _ _)) by lia. cbn [bind].
  rewrite (checked_fits (ar f + _)) by lia. cbn [bind].
  rewrite (checked_fits (miner _ _)) by lia. cbn [bind].
  rewrite (checked_fits (g2 - _)) by lia. cbn [bind].
  rewrite (checked_fits (s f + _)) by lia. cbn [bind].
  rewrite (checked_fits (_ - interest m)) by lia. cbn [bind].
  rewrite (checked_fits (u f + _)) by lia. cbn [bind].
  rewrite (checked_fits (_ - freed m)) by lia. cbn [bind].
  do 2 f_equal; lia.
Qed.

(** Where C leaves 64 bits there is no next field. *)
Theorem next_ends : forall f g1 g2 m, limit <= c f + g1 + g2 -> next f g1 g2 m = None.
Proof.
  intros f g1 g2 m H. destruct (next f g1 g2 m) as [f'|] eqn:E; [|reflexivity].
  exfalso. revert E. unfold next. destruct (c f =? 0); [discriminate|].
  destruct (checked (g1 + g2)) eqn:E1; cbn [bind]; [|discriminate].
  apply checked_only in E1. destruct E1 as [-> _].
  destruct (checked (c f + _)) eqn:E2; cbn [bind]; [|discriminate].
  apply checked_only in E2. lia.
Qed.

(** DAO-002: C is conserved, and nothing that transactions do touches it. *)
Theorem c_conserved : forall f g1 g2 m f',
  next f g1 g2 m = Some f' -> c f' = c f + g1 + g2.
Proof. intros f g1 g2 m f' E. apply next_is_following in E. now subst. Qed.

(** DAO-003: AR never falls. *)
Theorem ar_never_falls : forall f g1 g2 m f',
  0 < c f -> 0 <= ar f -> 0 <= g2 -> next f g1 g2 m = Some f' -> ar f <= ar f'.
Proof.
  intros f g1 g2 m f' Hc Ha Hg E. apply next_is_following in E. subst. cbn.
  pose proof (growth_bounds f g2 Hc Ha Hg). lia.
Qed.

(** Its floor loses less than one unit of AR in a block. *)
Theorem ar_floor : forall f g1 g2 m f',
  0 < c f -> next f g1 g2 m = Some f' ->
  ar f * (c f + g2) - c f < ar f' * c f <= ar f * (c f + g2).
Proof.
  intros f g1 g2 m f' Hc E. apply next_is_following in E. subst. cbn. unfold rate_growth.
  pose proof (Z.div_mod (ar f * g2) (c f)). pose proof (Z.mod_pos_bound (ar f * g2) (c f)). nia.
Qed.

(** AR never grows faster than C: AR / C does not rise. *)
Theorem ar_within_c : forall f g1 g2 m f',
  0 < c f -> 0 <= ar f -> 0 <= g1 -> next f g1 g2 m = Some f' -> ar f' * c f <= ar f * c f'.
Proof.
  intros f g1 g2 m f' Hc Ha H1 E. pose proof (ar_floor f g1 g2 m f' Hc E).
  rewrite (c_conserved _ _ _ _ _ E). nia.
Qed.

(** * The reward of a block *)

(** ISS-008: four tenths of a fee, and the rest. *)
Definition proposal_share (fee : Z) : option Z :=
  let* product := checked (fee * 4) in Some (product / 10).

Definition commit_share (fee : Z) : option Z :=
  let* proposal := proposal_share fee in checked (fee - proposal).

Definition add_checked (total share : option Z) : option Z :=
  let* t := total in let* x := share in checked (t + x).

Definition total_of (shares : list (option Z)) : option Z :=
  fold_left add_checked shares (Some 0).

(** ISS-007: of the fees of transactions that the block commits, and of those it was the first to
    propose. *)
Definition reward (f : field) (g1 g2 : Z) (commits proposals : list Z) : option Z :=
  if c f =? 0 then None else
  let* mined := checked (miner f g2) in
  total_of [total_of (map commit_share commits); total_of (map proposal_share proposals);
            Some g1; Some mined].

Fixpoint sum_of (fees : list Z) : Z :=
  match fees with [] => 0 | fee :: fees => fee + sum_of fees end.

(** The product with 4 is the narrowest place: it fits for a fee below 2^62. *)
Theorem fee_split : forall fee, 0 <= fee < 2 ^ 62 ->
  proposal_share fee = Some (fee * 4 / 10) /\ commit_share fee = Some (fee - fee * 4 / 10)
  /\ 0 <= fee * 4 / 10 <= fee.
Proof.
  intros fee H. assert (0 <= fee * 4 < limit) as F by (unfold limit; lia).
  assert (0 <= fee * 4 / 10 <= fee)
    by (split; [apply Z.div_pos; lia|apply Z.div_le_upper_bound; lia]).
  unfold commit_share, proposal_share. rewrite (checked_fits _ F). cbn [bind].
  rewrite checked_fits by (unfold limit in *; lia). auto.
Qed.

Theorem fee_split_ends : forall fee, 2 ^ 62 <= fee -> proposal_share fee = None.
Proof.
  intros fee H. unfold proposal_share. destruct (checked (fee * 4)) eqn:E; [|reflexivity].
  apply checked_only in E. unfold limit in E. lia.
Qed.

Definition is_fee (fee : Z) : Prop := 0 <= fee < 2 ^ 62.

Lemma shares_fit : forall (share : Z -> option Z) fees acc,
  (forall fee, is_fee fee -> exists x, share fee = Some x /\ 0 <= x <= fee) ->
  Forall is_fee fees -> 0 <= acc -> acc + sum_of fees < limit ->
  exists x, fold_left add_checked (map share fees) (Some acc) = Some x
    /\ acc <= x <= acc + sum_of fees.
Proof.
  intros share fees acc Hs HF. revert acc.
  induction HF as [|fee fees Hfee HF IH]; intros acc Ha Hl; cbn in *.
  - exists acc. split; [reflexivity|lia].
  - destruct (Hs fee Hfee) as [x [-> Hx]]. cbn [bind add_checked].
    assert (0 <= sum_of fees).
    { clear -HF. induction HF as [|fee fees [H _] HF IH]; cbn; lia. }
    rewrite checked_fits by lia.
    destruct (IH (acc + x)) as [y [E Hy]]; [lia|lia|]. exists y. split; [exact E|lia].
Qed.

(** A reward fits when C does, given that the fees shared are no more than was there to be spent: it
    is no more than the C of its own block. *)
Theorem reward_fits : forall f g1 g2 commits proposals,
  fits f -> u f <= c f -> 0 <= g1 -> 0 <= g2 -> c f + g1 + g2 < limit ->
  Forall is_fee commits -> Forall is_fee proposals ->
  sum_of commits + sum_of proposals <= c f ->
  exists r, reward f g1 g2 commits proposals = Some r /\ g1 + miner f g2 <= r <= c f + g1 + g2.
Proof.
  intros f g1 g2 commits proposals F Hu H1 H2 Hl HC HP Hsum.
  assert (0 < c f) by apply F. assert (0 <= u f) by apply F.
  pose proof (miner_bounds f g2 ltac:(lia) ltac:(lia) ltac:(lia)) as Hm.
  assert (forall l, Forall is_fee l -> 0 <= sum_of l) as Hnn.
  { intros l Hl'. induction Hl' as [|fee fees [Hf _] _ IH]; cbn; lia. }
  pose proof (Hnn _ HC). pose proof (Hnn _ HP).
  destruct (shares_fit commit_share commits 0) as [x [Ex Hx]]; [|assumption|lia|lia|].
  { intros fee Hf. destruct (fee_split fee Hf) as [_ [E B]]. eexists. split; [exact E|lia]. }
  destruct (shares_fit proposal_share proposals 0) as [y [Ey Hy]]; [|assumption|lia|lia|].
  { intros fee Hf. destruct (fee_split fee Hf) as [E [_ B]]. eexists. split; [exact E|lia]. }
  unfold reward. destruct (Z.eqb_spec (c f) 0); [lia|].
  rewrite (checked_fits (miner f g2)) by lia. cbn [bind].
  unfold total_of at 1. cbn [fold_left].
  unfold total_of. rewrite Ex, Ey. unfold add_checked. cbn [bind].
  rewrite (checked_fits (0 + x)) by lia. cbn [bind].
  rewrite (checked_fits (0 + x + y)) by lia. cbn [bind].
  rewrite (checked_fits (0 + x + y + g1)) by lia. cbn [bind].
  rewrite checked_fits by lia. eexists. split; [reflexivity|lia].
Qed.

(** * The worth of a deposit *)

(** DAO-012, from the capacity, what the cell occupies and two rates. *)
Definition worth (capacity occupied ar_deposit ar_withdraw : Z) : option Z :=
  let* free := checked (capacity - occupied) in
  if ar_deposit =? 0 then None else
  let* grown := checked (free * ar_withdraw / ar_deposit) in
  checked (grown + occupied).
