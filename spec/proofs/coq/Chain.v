(** Whole chains: blocks with the issuance of their place in the epoch, from a genesis on. *)
From Coq Require Import ZArith QArith Lia Lqa List.
Require Import Schedule DaoField Ledger.
Import ListNotations.
Open Scope Z_scope.

(** A genesis: the length of epoch 0, the capacity of its live cells and what they occupy. DAO-008:
    C and S have the shares of block 0, rounded up, which are those of [share]. *)
Definition genesis_field (g1 g2 capacity occupied : Z) : field :=
  Field (capacity + g1 + g2) (10 ^ 16) g2 occupied.

(** The primary issuance of block 0 is never paid (ISS-017). *)
Definition genesis (L capacity occupied : Z) : ledger :=
  let g1 := share first_reward L 0 in
  let g2 := share secondary L 0 in
  Ledger (genesis_field g1 g2 capacity occupied) (capacity - occupied) [] g1.

(** DAO-008 says it with a division that rounds up. *)
Theorem first_share_is_ceiling : forall R L, 0 <= R -> 0 < L -> share R L 0 = (R + L - 1) / L.
Proof.
  intros R L HR HL. unfold share.
  pose proof (Z.div_mod R L). pose proof (Z.mod_pos_bound R L HL).
  destruct (Z.ltb_spec 0 (R mod L)).
  - apply (Z.div_unique_pos _ _ _ (R mod L - 1)); lia.
  - apply (Z.div_unique_pos _ _ _ (L - 1)); lia.
Qed.

Section Chain.

Variables first_length capacity occupied : Z.
Hypothesis length_pos : 0 < first_length.
Hypothesis capacity_pos : 0 < capacity.
Hypothesis occupied_fits : 0 <= occupied <= capacity.

(** [chain e L i l]: [l] is a ledger after block [i] of epoch [e], which has [L] blocks. Epochs have
    any lengths above 0, and transactions do what they can. *)
Inductive chain : Z -> Z -> Z -> ledger -> Prop :=
  | Genesis : chain 0 first_length 0 (genesis first_length capacity occupied)
  | Same : forall e L i l events l' m,
      chain e L i l -> i + 1 < L ->
      block l (share (primary e) L (i + 1)) (share secondary L (i + 1)) events = Some (l', m) ->
      chain e L (i + 1) l'
  | Next : forall e L l L' events l' m,
      chain e L (L - 1) l -> 0 < L' ->
      block l (share (primary (e + 1)) L' 0) (share secondary L' 0) events = Some (l', m) ->
      chain (e + 1) L' 0 l'.

Lemma chain_place : forall e L i l, chain e L i l -> 0 <= e /\ 0 <= i < L.
Proof. intros e L i l H. induction H; lia. Qed.

Lemma secondary_nonneg : 0 <= secondary.
Proof. discriminate. Qed.

Lemma shares_nonneg : forall e L i, 0 <= e -> 0 < L ->
  0 <= share (primary e) L i /\ 0 <= share secondary L i.
Proof.
  intros e L i He HL. split; apply share_nonneg; try assumption; try apply secondary_nonneg.
  now apply primary_bounds.
Qed.

Lemma genesis_inv : inv (genesis first_length capacity occupied).
Proof.
  assert (0 <= share first_reward first_length 0)
    by (apply share_nonneg; [discriminate|assumption]).
  assert (0 <= share secondary first_length 0) as H2
    by (apply share_nonneg; [discriminate|assumption]).
  constructor; cbn [genesis genesis_field dao rest claims lost c ar s u principal owed]; try lia.
  - constructor.
  - now apply zq_nonneg.
Qed.

(** Every theorem about a ledger for which [inv] holds is one about every block of every chain. *)
Theorem chain_inv : forall e L i l, chain e L i l -> inv l.
Proof.
  intros e L i l H. induction H as [|e L i l ev l' m H IH Hi B|e L l L' ev l' m H IH HL B].
  - apply genesis_inv.
  - pose proof (chain_place _ _ _ _ H).
    destruct (shares_nonneg e L (i + 1)); try lia. eapply block_inv; [| | |exact B]; assumption.
  - pose proof (chain_place _ _ _ _ H).
    destruct (shares_nonneg (e + 1) L' 0); try lia. eapply block_inv; [| | |exact B]; assumption.
Qed.

(** The Nervos DAO pays all depositors, in every block of every chain. *)
Theorem chain_solvent : forall e L i l,
  chain e L i l -> 0 <= payable (ar (dao l)) (claims l) <= s (dao l).
Proof.
  intros e L i l H. pose proof (chain_inv _ _ _ _ H) as I. split; [|now apply solvent].
  pose proof (inv_claims l I) as F. induction F as [|x cs (Hf & Hd & _) F IH]; cbn; [lia|].
  pose proof (interest_nonneg (free x) (ar_d x) (ar_of (ar (dao l)) x) Hf Hd). lia.
Qed.

(** * C *)

(** C after all blocks of the epochs before [e]. *)
Definition issued_before (e : Z) : Z := capacity + primary_before e + e * secondary.

Lemma block_c : forall l g1 g2 events l' m,
  block l g1 g2 events = Some (l', m) -> c (dao l') = c (dao l) + g1 + g2.
Proof. intros l g1 g2 events l' m B. apply block_field in B. now rewrite B. Qed.

(** C is genesis and the two schedules, and nothing else, in every block of every chain: whatever
    the lengths of epochs and whatever transactions do. *)
Theorem c_exact : forall e L i l, chain e L i l ->
  c (dao l) = issued_before e + prefix (primary e) L (i + 1) + prefix secondary L (i + 1).
Proof.
  intros e L i l H. induction H as [|e L i l ev l' m H IH Hi B|e L l L' ev l' m H IH HL B].
  - rewrite !prefix_step, !prefix_first by assumption.
    change (primary 0) with first_reward. unfold issued_before.
    rewrite primary_before_first. cbn [genesis genesis_field dao c]. lia.
  - rewrite (block_c _ _ _ _ _ _ B), IH. rewrite !(prefix_step _ _ (i + 1)). lia.
  - pose proof (chain_place _ _ _ _ H) as P.
    rewrite (block_c _ _ _ _ _ _ B), IH.
    replace (L - 1 + 1) with L by lia. rewrite !prefix_all by lia.
    rewrite !prefix_step, !prefix_first by assumption. unfold issued_before.
    rewrite primary_before_step by lia. lia.
Qed.

Lemma c_between : forall e L i l, chain e L i l ->
  issued_before e <= c (dao l) <= issued_before (e + 1).
Proof.
  intros e L i l H. rewrite (c_exact _ _ _ _ H). pose proof (chain_place _ _ _ _ H) as P.
  pose proof (prefix_between (primary e) L (i + 1)) as B1.
  pose proof (prefix_between secondary L (i + 1)) as B2.
  pose proof (primary_bounds e). pose proof secondary_nonneg.
  unfold issued_before. rewrite primary_before_step by lia. lia.
Qed.

Lemma issued_grows : forall a b, 0 <= a <= b -> issued_before a <= issued_before b.
Proof.
  intros a b H. replace b with (a + Z.of_nat (Z.to_nat (b - a))) by lia.
  induction (Z.to_nat (b - a)) as [|n IH]; [rewrite Z.add_0_r; lia|].
  rewrite Nat2Z.inj_succ. replace (a + Z.succ (Z.of_nat n)) with (a + Z.of_nat n + 1) by lia.
  unfold issued_before in *. rewrite primary_before_step by lia.
  pose proof (primary_bounds (a + Z.of_nat n)). pose proof secondary_nonneg. lia.
Qed.

(** * AR *)

(** AR / C never rises, from genesis on: AR grows at most as C has grown. *)
Theorem ar_below_c : forall e L i l, chain e L i l ->
  10 ^ 16 <= ar (dao l)
  /\ ar (dao l) * c (dao (genesis first_length capacity occupied)) <= 10 ^ 16 * c (dao l).
Proof.
  assert (forall l g1 g2 ev l' m C0,
    inv l -> 0 <= g1 -> 0 <= g2 -> 0 < C0 -> block l g1 g2 ev = Some (l', m) ->
    10 ^ 16 <= ar (dao l) -> ar (dao l) * C0 <= 10 ^ 16 * c (dao l) ->
    10 ^ 16 <= ar (dao l') /\ ar (dao l') * C0 <= 10 ^ 16 * c (dao l')) as step.
  { intros l g1 g2 ev l' m C0 I H1 H2 HC B Ha H. apply block_field in B. rewrite B.
    cbn [following c ar]. pose proof (inv_c l I).
    destruct (growth_bounds (dao l) g2) as [G1 G2]; try lia. split; [lia|].
    set (A := ar (dao l)) in *. set (C := c (dao l)) in *. set (g := rate_growth (dao l) g2) in *.
    (* g C <= A g2 and A C0 <= 10^16 C, so g C0 <= 10^16 g2 *)
    assert (g * C0 * C <= 10 ^ 16 * g2 * C) by nia.
    assert (g * C0 <= 10 ^ 16 * g2) by nia. nia. }
  intros e L i l H. pose proof (inv_c _ genesis_inv) as HC.
  set (C0 := c (dao (genesis first_length capacity occupied))) in *.
  induction H as [|e L i l ev l' m H IH Hi B|e L l L' ev l' m H IH HL B].
  - cbn [genesis genesis_field dao ar]. fold C0. unfold C0. cbn [genesis genesis_field dao c]. lia.
  - pose proof (chain_place _ _ _ _ H). destruct (shares_nonneg e L (i + 1)) as [S1 S2]; try lia.
    apply (step _ _ _ _ _ _ _ (chain_inv _ _ _ _ H) S1 S2 HC B); apply IH.
  - pose proof (chain_place _ _ _ _ H). destruct (shares_nonneg (e + 1) L' 0) as [S1 S2]; try lia.
    apply (step _ _ _ _ _ _ _ (chain_inv _ _ _ _ H) S1 S2 HC B); apply IH.
Qed.

(** * The horizon *)

(** What the cells of one block can occupy: every byte that counts is one of the block's, and a
    block has 597,000 at most. *)
Definition block_occupies : Z := 597000 * 10 ^ 8.

(** Mainnet's genesis has 33.6 billion CKB; testnet's spends 62 of them. *)
Hypothesis capacity_is : nominal - 62 * 10 ^ 8 <= capacity <= nominal.

Lemma ledger_fits : forall e L i l, chain e L i l -> c (dao l) < limit -> fits (dao l).
Proof.
  intros e L i l H Hc. pose proof (chain_inv _ _ _ _ H) as I.
  pose proof (s_never_negative l I). pose proof (principal_nonneg _ _ (inv_claims l I)).
  destruct (ar_below_c _ _ _ _ H) as [A1 A2].
  pose proof (inv_whole l I). pose proof (inv_rest l I). pose proof (inv_lost l I).
  pose proof (inv_u l I). pose proof (inv_c l I).
  assert (nominal - 62 * 10 ^ 8 <= c (dao (genesis first_length capacity occupied))).
  { cbn [genesis genesis_field dao c]. destruct (shares_nonneg 0 first_length 0) as [S1 S2];
    try lia.
    change (primary 0) with first_reward in S1. lia. }
  assert (ar (dao l) < limit).
  { unfold limit in *. unfold nominal in *. nia. }
  constructor; lia.
Qed.

Lemma added_nonneg : forall events l m l' m',
  inv l -> 0 <= added m /\ 0 <= freed m /\ 0 <= interest m ->
  apply_all (l, m) events = Some (l', m') ->
  0 <= added m' /\ 0 <= freed m' /\ 0 <= interest m'.
Proof.
  induction events as [|e events IH]; intros l m l' m' I H A; cbn [apply_all] in A.
  - inversion A. now subst.
  - destruct (apply (l, m) e) as [[l1 m1]|] eqn:E; cbn [bind] in A; [|discriminate].
    apply (IH l1 m1 l' m'); [eapply apply_inv; eassumption| |exact A].
    destruct l as [f r cs lo]. pose proof (inv_claims _ I) as F. cbn in F.
    destruct e as [x|x|x|n|n|x]; cbn in E.
    1, 2, 3, 6: destruct (Z.leb_spec 0 x); cbn in E; [|discriminate];
      destruct (_ <=? _); inversion E; subst; cbn; lia.
    + destruct (nth_error cs n) as [[x d [w|]]|]; inversion E; now subst.
    + destruct (nth_error cs n) as [[x d [w|]]|] eqn:N; inversion E; subst. cbn.
      destruct (nth_split _ _ _ N) as (_ & _ & HP). destruct (HP _ F) as [(Hx & Hd & _) _].
      pose proof (interest_nonneg x d w Hx Hd). lia.
Qed.

Lemma block_has_field : forall l g1 g2 events l' m,
  inv l -> fits (dao l) -> fits (dao l') -> 0 <= g1 -> 0 <= g2 ->
  block l g1 g2 events = Some (l', m) -> u (dao l) + added m < limit ->
  next (dao l) g1 g2 m = Some (dao l').
Proof.
  intros l g1 g2 events l' m I F F' H1 H2 B Hu.
  pose proof (added_nonneg events _ (Movement 0 0 0) _ _ (issue_inv l g1 g2 H1 H2 I)
    ltac:(cbn; lia) B) as (Ha & Hf & Hi).
  pose proof (block_field _ _ _ _ _ _ B) as E. rewrite E in *.
  pose proof (inv_whole l I). pose proof (inv_rest l I). pose proof (inv_lost l I).
  pose proof (inv_u l I). pose proof (principal_nonneg _ _ (inv_claims l I)).
  pose proof (s_never_negative l I).
  pose proof (c_fits _ F') as Fc. cbn [following c] in Fc.
  apply next_total; try assumption; lia.
Qed.

(** 87 years: no number of a DAO field leaves 64 bits in the epochs 0 to 191,081, whatever the
    lengths of epochs are and whatever transactions do. Every block has the field that the rules
    say. *)
Theorem no_overflow_same : forall e L i l events l' m,
  chain e L i l -> i + 1 < L -> e <= 191081 ->
  block l (share (primary e) L (i + 1)) (share secondary L (i + 1)) events = Some (l', m) ->
  added m <= block_occupies ->
  next (dao l) (share (primary e) L (i + 1)) (share secondary L (i + 1)) m = Some (dao l').
Proof.
  intros e L i l events l' m H Hi He B Ha.
  pose proof (Same _ _ _ _ _ _ _ H Hi B) as H'.
  pose proof (chain_place _ _ _ _ H) as P. destruct (shares_nonneg e L (i + 1)); try lia.
  pose proof (chain_inv _ _ _ _ H) as I.
  assert (issued_before 191082 + block_occupies < limit) as Hl.
  { assert (nominal + primary_before 191082 + 191082 * secondary + block_occupies < limit)
      by (vm_compute; reflexivity). unfold issued_before. lia. }
  pose proof (c_between _ _ _ _ H). pose proof (c_between _ _ _ _ H').
  pose proof (issued_grows (e + 1) 191082 ltac:(lia)).
  assert (0 <= block_occupies) by discriminate.
  pose proof (inv_whole l I). pose proof (inv_rest l I). pose proof (inv_lost l I).
  pose proof (principal_nonneg _ _ (inv_claims l I)). pose proof (s_never_negative l I).
  eapply block_has_field; [| | | | |exact B|]; try assumption; try lia;
    eapply ledger_fits; (eassumption || lia).
Qed.

Theorem no_overflow_next : forall e L l L' events l' m,
  chain e L (L - 1) l -> 0 < L' -> e + 1 <= 191081 ->
  block l (share (primary (e + 1)) L' 0) (share secondary L' 0) events = Some (l', m) ->
  added m <= block_occupies ->
  next (dao l) (share (primary (e + 1)) L' 0) (share secondary L' 0) m = Some (dao l').
Proof.
  intros e L l L' events l' m H HL He B Ha.
  pose proof (Next _ _ _ _ _ _ _ H HL B) as H'.
  pose proof (chain_place _ _ _ _ H) as P. destruct (shares_nonneg (e + 1) L' 0); try lia.
  pose proof (chain_inv _ _ _ _ H) as I.
  assert (issued_before 191082 + block_occupies < limit) as Hl.
  { assert (nominal + primary_before 191082 + 191082 * secondary + block_occupies < limit)
      by (vm_compute; reflexivity). unfold issued_before. lia. }
  pose proof (c_between _ _ _ _ H). pose proof (c_between _ _ _ _ H').
  pose proof (issued_grows (e + 1) 191082 ltac:(lia)).
  pose proof (issued_grows (e + 1 + 1) 191082 ltac:(lia)).
  assert (0 <= block_occupies) by discriminate.
  pose proof (inv_whole l I). pose proof (inv_rest l I). pose proof (inv_lost l I).
  pose proof (principal_nonneg _ _ (inv_claims l I)). pose proof (s_never_negative l I).
  eapply block_has_field; [| | | | |exact B|]; try assumption; try lia;
    eapply ledger_fits; (eassumption || lia).
Qed.

(** C itself has room until the end of epoch 191,082, with 7,490,250,334,736 shannons to spare. *)
Theorem c_horizon : forall e L i l, chain e L i l -> e <= 191082 ->
  c (dao l) + 7490250334736 <= limit.
Proof.
  intros e L i l H He. pose proof (chain_place _ _ _ _ H). pose proof (c_between _ _ _ _ H).
  pose proof (issued_grows (e + 1) 191083 ltac:(lia)).
  assert (nominal + primary_before 191083 + 191083 * secondary + 7490250334736 = limit)
    by (vm_compute; reflexivity). unfold issued_before in *. lia.
Qed.

(** At the end of epoch 191,083, at the latest, C leaves 64 bits for good. *)
Theorem c_leaves : forall e L i l,
  chain e L i l -> 191083 < e \/ e = 191083 /\ i = L - 1 -> limit <= c (dao l).
Proof.
  intros e L i l H P. assert (limit <= issued_before 191084) as Hl.
  { assert (limit <= nominal - 62 * 10 ^ 8 + primary_before 191084 + 191084 * secondary)
      by (vm_compute; discriminate). unfold issued_before. lia. }
  destruct P as [P|[-> ->]].
  - pose proof (c_between _ _ _ _ H). pose proof (issued_grows 191084 e ltac:(lia)). lia.
  - pose proof (chain_place _ _ _ _ H). rewrite (c_exact _ _ _ _ H).
    replace (L - 1 + 1) with L by lia. rewrite !prefix_all by lia.
    unfold issued_before in *. replace 191084 with (191083 + 1) in Hl by lia.
    rewrite primary_before_step in Hl by lia. lia.
Qed.

(** A block whose C leaves 64 bits has no DAO field, so that there is no such block. *)
Theorem chain_ends : forall l g1 g2 events l' m,
  block l g1 g2 events = Some (l', m) -> limit <= c (dao l') -> next (dao l) g1 g2 m = None.
Proof.
  intros l g1 g2 events l' m B Hl. apply next_ends. now rewrite <- (block_c _ _ _ _ _ _ B).
Qed.

(** Until then 3,359,999,049,212,761,946 shannons of primary issuance are out, and the reward has
    not become 0; the end of primary issuance, and the shift by 64, lie beyond. *)
Theorem primary_at_the_end : primary_before 191083 = 3359999049212761946
  /\ primary 191083 = 91448222 /\ 191083 < 420480 < 560640.
Proof. repeat split; vm_compute; reflexivity. Qed.

(** AR stays below 2^56. *)
Theorem ar_horizon : forall e L i l, chain e L i l -> e <= 191082 -> 10 ^ 16 <= ar (dao l) < 2 ^ 56.
Proof.
  intros e L i l H He. destruct (ar_below_c _ _ _ _ H) as [A1 A2].
  pose proof (c_horizon _ _ _ _ H He) as B.
  assert (nominal - 62 * 10 ^ 8 <= c (dao (genesis first_length capacity occupied))).
  { cbn [genesis genesis_field dao c]. destruct (shares_nonneg 0 first_length 0) as [S1 S2];
    try lia.
    change (primary 0) with first_reward in S1. lia. }
  unfold limit in *. unfold nominal in *. nia.
Qed.

(** DAO-012: what a deposit is worth fits, with what its cell occupies. *)
Theorem worth_fits : forall e L i l n x o,
  chain e L i l -> e <= 191082 -> nth_error (claims l) n = Some x -> 0 <= o <= u (dao l) ->
  worth (free x + o) o (ar_d x) (ar_of (ar (dao l)) x)
  = Some (free x * ar_of (ar (dao l)) x / ar_d x + o).
Proof.
  intros e L i l n x o H He E Ho. pose proof (chain_inv _ _ _ _ H) as I.
  pose proof (worth_within_c l n x I E). pose proof (c_horizon _ _ _ _ H He).
  destruct (nth_split _ _ _ E) as (Hp & _ & HP). destruct (HP _ (inv_claims l I)) as [Hx Hr].
  destruct Hx as (Hf & Hd & Ha). pose proof (principal_nonneg _ _ Hr).
  pose proof (interest_nonneg (free x) (ar_d x) (ar_of (ar (dao l)) x) Hf Hd) as Hi.
  unfold interest_of in Hi. unfold worth.
  replace (free x + o - o) with (free x) by lia.
  rewrite checked_fits by lia. cbn [bind]. destruct (Z.eqb_spec (ar_d x) 0); [lia|].
  rewrite checked_fits by lia. cbn [bind]. apply checked_fits. lia.
Qed.

(** ISS-007: the reward of a block fits when its C does, as long as its fees come out of what there
    is and none of them is 2^62 or more. *)
Theorem reward_horizon : forall e L i l g1 g2 events l' m commits proposals,
  chain e L i l -> 0 <= g1 -> 0 <= g2 ->
  block l g1 g2 events = Some (l', m) -> c (dao l') < limit ->
  Forall is_fee commits -> Forall is_fee proposals ->
  sum_of commits + sum_of proposals <= c (dao l) ->
  exists r, reward (dao l) g1 g2 commits proposals = Some r /\ r <= c (dao l').
Proof.
  intros e L i l g1 g2 ev l' m cs ps H H1 H2 B Hl HC HP Hs.
  rewrite (block_c _ _ _ _ _ _ B) in *. pose proof (chain_inv _ _ _ _ H) as I.
  pose proof (inv_whole l I). pose proof (inv_rest l I). pose proof (inv_lost l I).
  pose proof (principal_nonneg _ _ (inv_claims l I)). pose proof (s_never_negative l I).
  destruct (reward_fits (dao l) g1 g2 cs ps) as [r [E R]]; try assumption; try lia.
  - eapply ledger_fits; [eassumption|lia].
  - exists r. split; [exact E|lia].
Qed.

(** Four times a fee fits as long as there are fewer than 2^62 shannons: no fee at all is too great
    before epoch 4,944. From then on there is a limit, of 46.1 billion CKB for one transaction. *)
Theorem fee_horizon : forall e L i l fee,
  chain e L i l -> e <= 4943 -> 0 <= fee <= c (dao l) ->
  proposal_share fee = Some (fee * 4 / 10).
Proof.
  intros e L i l fee H He Hf. pose proof (chain_place _ _ _ _ H).
  pose proof (c_between _ _ _ _ H). pose proof (issued_grows (e + 1) 4944 ltac:(lia)).
  assert (issued_before 4944 < 2 ^ 62).
  { assert (nominal + primary_before 4944 + 4944 * secondary < 2 ^ 62)
      by (vm_compute; reflexivity). unfold issued_before. lia. }
  apply fee_split. lia.
Qed.

Theorem fee_horizon_is_sharp : 2 ^ 62 <= issued_before 4945.
Proof.
  assert (2 ^ 62 <= nominal - 62 * 10 ^ 8 + primary_before 4945 + 4945 * secondary)
    by (vm_compute; discriminate). unfold issued_before. lia.
Qed.

End Chain.
