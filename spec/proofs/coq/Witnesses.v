(** That the theorems are not about nothing, and where they would fail. *)
From Coq Require Import ZArith List.
Require Import Schedule DaoField Ledger Chain.
Import ListNotations.
Open Scope Z_scope.

(** Blocks of epoch 0 from block [i] on. *)
Fixpoint run (l : ledger) (L i : Z) (blocks : list (list event)) : option ledger :=
  match blocks with
  | [] => Some l
  | events :: blocks =>
      let* after := block l (share first_reward L i) (share secondary L i) events in
      run (fst after) L (i + 1) blocks
  end.

Definition paid (l : option ledger) : option (Z * Z) :=
  option_map (fun l => (payable (ar (dao l)) (claims l), s (dao l))) l.

Definition mainnet : ledger := genesis 1743 nominal 504120308900000000.

(** The genesis of mainnet is block 0's field. *)
Example mainnet_genesis :
  dao mainnet = Field 3360000145238488200 (10 ^ 16) 35209330473 504120308900000000.
Proof. reflexivity. Qed.

(** A million CKB, deposited in block 1 and withdrawn in block 4. What is left over in S is the
    treasury's. *)
Definition deposited : list (list event) :=
  [[Occupy 10200000000; Deposit (10 ^ 14)]; []; [Prepare 0]; []].

Example a_deposit_gains :
  paid (run mainnet 1743 1 deposited) = Some (2095793, 154916013194).
Proof. vm_compute. reflexivity. Qed.

Example a_deposit_is_paid :
  option_map (fun l => (claims l, s (dao l)))
    (run mainnet 1743 1 (deposited ++ [[Withdraw 0; Release 10200000000]]))
  = Some ([], 184840588625).
Proof. vm_compute. reflexivity. Qed.

(** * The shorter lock (DAO-023)

    [Prepare] keeps what the claim grows on. Without that rule, a withdrawing cell with a shorter lock
    than its deposit's grows on capacity that counted as occupied until then, and whose part of the
    issuance the miners had. *)
Definition shortened (l : ledger) (n : nat) (x : Z) : option ledger :=
  match nth_error (claims l) n with
  | Some (Claim y d None) =>
      let f := dao l in
      Some (Ledger (Field (c f) (ar f) (s f) (u f - x)) (rest l)
              (Claim (y + x) d (Some (ar f)) :: remove n (claims l)) (lost l))
  | _ => None
  end.

(** A chain of a million CKB, nearly all of it in the lock of one deposit. Four blocks later the lock
    is given up for an empty one: the claim is more than S. *)
Definition occupying : option ledger :=
  run (genesis 1743 (10 ^ 14) 0) 1743 1 [[Occupy (10 ^ 14 - 1); Deposit 1]; []; []; []; []].

Example before_shortening : paid occupying = Some (0, 71130599296).
Proof. vm_compute. reflexivity. Qed.

Example a_shorter_lock_breaks_it :
  paid (let* l := occupying in shortened l 0 (10 ^ 14 - 1)) = Some (140199032388, 71130599296).
Proof. vm_compute. reflexivity. Qed.
