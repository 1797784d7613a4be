(** Written by bridge.py from vectors/issuance. *)
From Coq Require Import ZArith.
Require Import Bridge.
Open Scope Z_scope.

Example primary_epoch_0 :
  cut 191780821917808 8760 0 = 191780821917808.
Proof. vm_compute. repeat split. Qed.

Example primary_epoch_8759 :
  cut 191780821917808 8760 8759 = 191780821917808.
Proof. vm_compute. repeat split. Qed.

Example primary_epoch_8760 :
  cut 191780821917808 8760 8760 = 95890410958904.
Proof. vm_compute. repeat split. Qed.

Example primary_epoch_17520 :
  cut 191780821917808 8760 17520 = 47945205479452.
Proof. vm_compute. repeat split. Qed.

Example primary_epoch_43800 :
  cut 191780821917808 8760 43800 = 5993150684931.
Proof. vm_compute. repeat split. Qed.

Example primary_epoch_411720 :
  cut 191780821917808 8760 411720 = 1.
Proof. vm_compute. repeat split. Qed.

Example primary_epoch_420480 :
  cut 191780821917808 8760 420480 = 0.
Proof. vm_compute. repeat split. Qed.

Example primary_epoch_560639 :
  cut 191780821917808 8760 560639 = 0.
Proof. vm_compute. repeat split. Qed.

Example primary_epoch_560640 :
  cut 191780821917808 8760 560640 = 0.
Proof. vm_compute. repeat split. Qed.

Example primary_epoch_halvings_2_32 :
  cut 191780821917808 8760 37623913512960 = 0.
Proof. vm_compute. repeat split. Qed.

Example primary_epoch_largest_63 :
  cut 18446744073709551615 8760 551880 = 1.
Proof. vm_compute. repeat split. Qed.

Example primary_epoch_largest_64 :
  cut 18446744073709551615 8760 560640 = 0.
Proof. vm_compute. repeat split. Qed.

Example primary_epoch_interval_1 :
  cut 191780821917808 1 1 = 95890410958904.
Proof. vm_compute. repeat split. Qed.

Example secondary_epoch_0 :
  secondary = 61369863013698.
Proof. vm_compute. repeat split. Qed.

Example secondary_epoch_8760 :
  secondary = 61369863013698.
Proof. vm_compute. repeat split. Qed.

Example block_issuance_0 :
  issues 110029157726 1390 61369863013698 1743 0 (110029157727, 35209330473).
Proof. vm_compute. repeat split. Qed.

Example block_issuance_1001 :
  issues 110029157726 1390 61369863013698 1743 1001 (110029157727, 35209330473).
Proof. vm_compute. repeat split. Qed.

Example block_issuance_1002 :
  issues 110029157726 1390 61369863013698 1743 1002 (110029157727, 35209330472).
Proof. vm_compute. repeat split. Qed.

Example block_issuance_1389 :
  issues 110029157726 1390 61369863013698 1743 1389 (110029157727, 35209330472).
Proof. vm_compute. repeat split. Qed.

Example block_issuance_1390 :
  issues 110029157726 1390 61369863013698 1743 1390 (110029157726, 35209330472).
Proof. vm_compute. repeat split. Qed.

Example block_issuance_1742 :
  issues 110029157726 1390 61369863013698 1743 1742 (110029157726, 35209330472).
Proof. vm_compute. repeat split. Qed.

Example block_issuance_3543 :
  issues 114359464470 1618 61369863013698 1677 0 (114359464471, 36595028631).
Proof. vm_compute. repeat split. Qed.

Example block_issuance_even :
  issues 5 0 8 4 0 (5, 2).
Proof. vm_compute. repeat split. Qed.

Example block_issuance_no_primary :
  issues 0 0 61369863013698 1743 0 (0, 35209330473).
Proof. vm_compute. repeat split. Qed.

Example genesis_dao_field :
  genesis_field (share 191780821917808 1743 0) (share 61369863013698 1743 0) 840001010000000000 504000016900000000
    = (Field 840001155238488200 10000000000000000 35209330473 504000016900000000).
Proof. vm_compute. repeat split. Qed.

Example genesis_dao_field_even :
  genesis_field (share 191780821917808 1 0) (share 61369863013698 1 0) 840001010000000000 504000016900000000
    = (Field 840254160684931506 10000000000000000 61369863013698 504000016900000000).
Proof. vm_compute. repeat split. Qed.

Example genesis_dao_field_second_transaction :
  genesis_field (share 191780821917808 1743 0) (share 61369863013698 1743 0) 840000000000000000 6100000000
    = (Field 840000145238488200 10000000000000000 35209330473 6100000000).
Proof. vm_compute. repeat split. Qed.

Example genesis_dao_field_no_cells :
  genesis_field (share 191780821917808 1743 0) (share 61369863013698 1743 0) 0 0
    = (Field 145238488200 10000000000000000 35209330473 0).
Proof. vm_compute. repeat split. Qed.

Example genesis_dao_field_one_shannon :
  genesis_field (share 0 1743 0) (share 1 1743 0) 0 0
    = (Field 1 10000000000000000 1 0).
Proof. vm_compute. repeat split. Qed.

Example genesis_dao_field_largest :
  genesis_field (share 0 1743 0) (share 0 1743 0) 18446744073709551615 6100000000
    = (Field 18446744073709551615 10000000000000000 0 6100000000).
Proof. vm_compute. repeat split. Qed.

Example dao_field_mainnet_1 :
  dao_after 110029157726 1390 61369863013698 1743 1 (Field 3360000145238488200 10000000000000000 35209330473 504120308900000000) (Movement 0 0 0)
    (Some (Field 3360000290476976400 10000000104789669 65136000891 504120308900000000)).
Proof. vm_compute. repeat split. Qed.

Example dao_field_mainnet_12 :
  dao_after 110029157726 1390 61369863013698 1743 12 (Field 3360001742861858400 10000001152686171 364402717629 504120308900000000) (Movement 24400000000 18300000000 0)
    (Some (Field 3360001888100346600 10000001257475802 394329390559 504120315000000000)).
Proof. vm_compute. repeat split. Qed.

Example dao_field_mainnet_13 :
  dao_after 110029157726 1390 61369863013698 1743 13 (Field 3360001888100346600 10000001257475802 394329390559 504120315000000000) (Movement 18300000000 12200000000 0)
    (Some (Field 3360002033338834800 10000001362265430 424256063653 504120321100000000)).
Proof. vm_compute. repeat split. Qed.

Example dao_field_mainnet_3543 :
  dao_after 114359464470 1618 61369863013698 1677 0 (Field 3360506301369863012 10000365171165835 104328563771278 504208217300000000) (Movement 16300000000 0 0)
    (Some (Field 3360506452324356114 10000365280067178 104359668105207 504208233600000000)).
Proof. vm_compute. repeat split. Qed.

Example dao_field_mainnet_3542 :
  dao_after 106544901065 808 61369863013698 1800 1799 (Field 3360506160730593607 10000365069706081 104299584900321 504208211200000000) (Movement 6100000000 0 0)
    (Some (Field 3360506301369863012 10000365171165835 104328563771278 504208217300000000)).
Proof. vm_compute. repeat split. Qed.

Example dao_field_interest :
  dao_after 110029157726 1390 61369863013698 1743 1 (Field 3360000145238488200 10000000000000000 1000000 504120308900000000) (Movement 8200000000 6100000000 1000000)
    (Some (Field 3360000290476976400 10000000104789669 29926670418 504120311000000000)).
Proof. vm_compute. repeat split. Qed.

Example dao_field_interest_all :
  dao_after 110029157726 1390 61369863013698 1743 1 (Field 3360000145238488200 10000000000000000 1000000 504120308900000000) (Movement 8200000000 6100000000 29927670418)
    (Some (Field 3360000290476976400 10000000104789669 0 504120311000000000)).
Proof. vm_compute. repeat split. Qed.

Example dao_field_interest_too_much :
  dao_after 110029157726 1390 61369863013698 1743 1 (Field 3360000145238488200 10000000000000000 1000000 504120308900000000) (Movement 8200000000 6100000000 29927670419)
    None.
Proof. vm_compute. repeat split. Qed.

Example dao_field_small :
  dao_after 7 0 10 1 0 (Field 1000 10000000000000000 5 550) (Movement 0 0 0)
    (Some (Field 1017 10100000000000000 10 550)).
Proof. vm_compute. repeat split. Qed.

Example dao_field_miners_rounded :
  dao_after 7 0 10 1 0 (Field 1000 10000000000000000 5 999) (Movement 0 0 0)
    (Some (Field 1017 10100000000000000 6 999)).
Proof. vm_compute. repeat split. Qed.

Example dao_field_all_occupied :
  dao_after 7 0 10 1 0 (Field 1000 10000000000000000 5 1000) (Movement 0 0 0)
    (Some (Field 1017 10100000000000000 5 1000)).
Proof. vm_compute. repeat split. Qed.

Example dao_field_u_above_c :
  dao_after 7 0 10 1 0 (Field 1000 10000000000000000 5 1100) (Movement 0 0 0)
    None.
Proof. vm_compute. repeat split. Qed.

Example dao_field_c_largest :
  dao_after 7 0 10 1 0 (Field 18446744073709551598 10000000000000000 5 0) (Movement 0 0 0)
    (Some (Field 18446744073709551615 10000000000000000 15 0)).
Proof. vm_compute. repeat split. Qed.

Example dao_field_c_too_large :
  dao_after 7 0 10 1 0 (Field 18446744073709551599 10000000000000000 5 0) (Movement 0 0 0)
    None.
Proof. vm_compute. repeat split. Qed.

Example dao_field_ar_largest :
  dao_after 7 0 10 1 0 (Field 1000 18264103043276783778 5 0) (Movement 0 0 0)
    (Some (Field 1017 18446744073709551615 15 0)).
Proof. vm_compute. repeat split. Qed.

Example dao_field_ar_too_large :
  dao_after 7 0 10 1 0 (Field 1000 18264103043276783779 5 0) (Movement 0 0 0)
    None.
Proof. vm_compute. repeat split. Qed.

Example dao_field_s_largest :
  dao_after 7 0 10 1 0 (Field 1000 10000000000000000 18446744073709551605 0) (Movement 0 0 0)
    (Some (Field 1017 10100000000000000 18446744073709551615 0)).
Proof. vm_compute. repeat split. Qed.

Example dao_field_s_too_large :
  dao_after 7 0 10 1 0 (Field 1000 10000000000000000 18446744073709551606 0) (Movement 0 0 0)
    None.
Proof. vm_compute. repeat split. Qed.

Example dao_field_u_all_freed :
  dao_after 7 0 10 1 0 (Field 1000 10000000000000000 5 100) (Movement 4100000000 4100000100 0)
    (Some (Field 1017 10100000000000000 14 0)).
Proof. vm_compute. repeat split. Qed.

Example dao_field_u_too_much_freed :
  dao_after 7 0 10 1 0 (Field 1000 10000000000000000 5 100) (Movement 4100000000 4100000101 0)
    None.
Proof. vm_compute. repeat split. Qed.

Example dao_field_u_largest :
  dao_after 7 0 10 1 0 (Field 18446744073709551598 10000000000000000 5 18446744069609551615) (Movement 4100000000 4100000000 0)
    (Some (Field 18446744073709551615 10000000000000000 6 18446744069609551615)).
Proof. vm_compute. repeat split. Qed.

Example dao_field_u_too_large :
  dao_after 7 0 10 1 0 (Field 18446744073709551598 10000000000000000 5 18446744069609551615) (Movement 4200000000 4200000000 0)
    None.
Proof. vm_compute. repeat split. Qed.

Example reward_mainnet_1 :
  rewards 110029157726 1390 61369863013698 1743 1 (Field 3360000145238488200 10000000000000000 35209330473 504120308900000000)
    [] 0 (Some 115311817782).
Proof. vm_compute. repeat split. Qed.

Example reward_mainnet_13 :
  rewards 110029157726 1390 61369863013698 1743 13 (Field 3360001888100346600 10000001257475802 394329390559 504120315000000000)
    [6600000000; 6600000000] 0 (Some 123231815106).
Proof. vm_compute. repeat split. Qed.

Example reward_mainnet_9 :
  rewards 110029157726 1390 61369863013698 1743 9 (Field 3360001307146393800 10000000838317256 274622700210 504120308900000000)
    [] 10560000000 (Some 125871815955).
Proof. vm_compute. repeat split. Qed.

Example reward_mainnet_11 :
  rewards 110029157726 1390 61369863013698 1743 11 (Field 3360001597623370200 10000001047896536 334476044928 504120308900000000)
    [6600000000; 6600000000; 6600000000; 6600000000] 5280000000 (Some 136431815499).
Proof. vm_compute. repeat split. Qed.

Example reward_alone :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 0 (Some 115311813955).
Proof. vm_compute. repeat split. Qed.

Example reward_commit :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [1; 4; 5; 9; 10] 0 (Some 115311813974).
Proof. vm_compute. repeat split. Qed.

Example reward_commit_ones :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [1; 1; 1] 0 (Some 115311813958).
Proof. vm_compute. repeat split. Qed.

Example reward_propose_ones :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 0 (Some 115311813955).
Proof. vm_compute. repeat split. Qed.

Example reward_first_commit :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 400 (Some 115311814355).
Proof. vm_compute. repeat split. Qed.

Example reward_last_commit :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 400 (Some 115311814355).
Proof. vm_compute. repeat split. Qed.

Example reward_too_near :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 0 (Some 115311813955).
Proof. vm_compute. repeat split. Qed.

Example reward_earlier :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 0 (Some 115311813955).
Proof. vm_compute. repeat split. Qed.

Example reward_earlier_too_far :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 400 (Some 115311814355).
Proof. vm_compute. repeat split. Qed.

Example reward_earlier_by_8 :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 0 (Some 115311813955).
Proof. vm_compute. repeat split. Qed.

Example reward_earlier_by_8_too_far :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 400 (Some 115311814355).
Proof. vm_compute. repeat split. Qed.

Example reward_later :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 400 (Some 115311814355).
Proof. vm_compute. repeat split. Qed.

Example reward_earlier_in_uncle :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 0 (Some 115311813955).
Proof. vm_compute. repeat split. Qed.

Example reward_uncle :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 400 (Some 115311814355).
Proof. vm_compute. repeat split. Qed.

Example reward_block_and_uncle :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 400 (Some 115311814355).
Proof. vm_compute. repeat split. Qed.

Example reward_id_twice :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 4 (Some 115311813959).
Proof. vm_compute. repeat split. Qed.

Example reward_id_twice_elsewhere :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 8 (Some 115311813963).
Proof. vm_compute. repeat split. Qed.

Example reward_others :
  rewards 110029157726 1390 61369863013698 1743 20 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 0 (Some 115311813955).
Proof. vm_compute. repeat split. Qed.

Example reward_block_1_at_3 :
  rewards 110029157726 1390 61369863013698 1743 1 (Field 3360000145238488200 10000000000000000 35209330473 504120308900000000)
    [] 0 (Some 115311817782).
Proof. vm_compute. repeat split. Qed.

Example reward_block_1_at_10 :
  rewards 110029157726 1390 61369863013698 1743 1 (Field 3360000145238488200 10000000000000000 35209330473 504120308900000000)
    [] 0 (Some 115311817782).
Proof. vm_compute. repeat split. Qed.

Example reward_block_1_at_11 :
  rewards 110029157726 1390 61369863013698 1743 1 (Field 3360000145238488200 10000000000000000 35209330473 504120308900000000)
    [] 400 (Some 115311818182).
Proof. vm_compute. repeat split. Qed.

Example reward_block_2_at_4 :
  rewards 110029157726 1390 61369863013698 1743 2 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 400 (Some 115311814355).
Proof. vm_compute. repeat split. Qed.

Example reward_block_2_at_4_earlier :
  rewards 110029157726 1390 61369863013698 1743 2 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 0 (Some 115311813955).
Proof. vm_compute. repeat split. Qed.

Example reward_enough :
  rewards 6100000000 0 0 1 0 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 0 (Some 6100000000).
Proof. vm_compute. repeat split. Qed.

Example reward_too_small :
  rewards 6099999999 0 0 1 0 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 0 (Some 6099999999).
Proof. vm_compute. repeat split. Qed.

Example reward_longer_lock :
  rewards 6100000000 0 0 1 0 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 0 (Some 6100000000).
Proof. vm_compute. repeat split. Qed.

Example reward_nothing :
  rewards 0 0 0 1 0 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 0 (Some 0).
Proof. vm_compute. repeat split. Qed.

Example reward_largest_fee :
  rewards 0 0 0 1 0 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [4611686018427387903] 0 (Some 2767011611056432742).
Proof. vm_compute. repeat split. Qed.

Example reward_fee_too_large :
  rewards 0 0 0 1 0 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [4611686018427387904] 0 None.
Proof. vm_compute. repeat split. Qed.

Example reward_largest_total :
  rewards 18446744073709551615 0 0 1 0 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [] 0 (Some 18446744073709551615).
Proof. vm_compute. repeat split. Qed.

Example reward_total_too_large :
  rewards 18446744073709551615 0 0 1 0 (Field 3360002904769764000 10000001991003125 603816105671 504120357700000000)
    [1] 0 None.
Proof. vm_compute. repeat split. Qed.

Example withdraw_rfc0023 :
  worth 200000000000 10200000000 10000435847357921 10008616347796555
    = (Some 200155259131).
Proof. vm_compute. repeat split. Qed.

Example withdraw_lumos :
  worth 100000000000 10200000000 11501091696424259 11502076615604029
    = (Some 100007690204).
Proof. vm_compute. repeat split. Qed.

Example withdraw_small :
  worth 10200000010 10200000000 7 10
    = (Some 10200000014).
Proof. vm_compute. repeat split. Qed.

Example withdraw_same_rate :
  worth 10200000010 10200000000 7 7
    = (Some 10200000010).
Proof. vm_compute. repeat split. Qed.

Example withdraw_only_occupied :
  worth 10200000000 10200000000 7 10
    = (Some 10200000000).
Proof. vm_compute. repeat split. Qed.

Example withdraw_less_than_occupied :
  worth 10199999999 10200000000 7 10
    = None.
Proof. vm_compute. repeat split. Qed.

Example withdraw_rounded_13 :
  worth 10200000009 10200000000 7 10
    = (Some 10200000012).
Proof. vm_compute. repeat split. Qed.

Example withdraw_largest :
  worth 10200000001 10200000000 1 18446744063509551615
    = (Some 18446744073709551615).
Proof. vm_compute. repeat split. Qed.

Example withdraw_sum_too_large :
  worth 10200000001 10200000000 1 18446744063509551616
    = None.
Proof. vm_compute. repeat split. Qed.

Example withdraw_quotient_too_large :
  worth 10200000010 10200000000 1 1844674407370955162
    = None.
Proof. vm_compute. repeat split. Qed.
