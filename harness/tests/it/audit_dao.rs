//! `ckbspec audit dao` and `ckbspec audit genesis`.

use crate::common::{ckbspec, code, root, text};

/// The DAO fields of RFC 0023's example.
const DEPOSIT: &str = "0x8268d571c743a32ee1e547ea57872300989ceafa3e710000005d6a650b53ff06";
const WITHDRAW: &str = "0x77a7c6ea619acb2e4b841a96c88e2300b6b274a096c1080000ea07db0efaff06";

fn dao(capacity: &str, deposit: &str, withdraw: &str, more: &[&str]) -> (i32, String, String) {
    let arguments =
        ["audit", "dao", "--capacity", capacity, "--deposit", deposit, "--withdraw", withdraw];
    let output = ckbspec(&[&arguments, more].concat());
    let (out, err) = text(&output);
    (code(&output), out, err)
}

#[test]
fn the_example_of_the_rfc_comes_out_to_the_shannon() {
    let file = |name: &str| {
        root().join("harness/tests/data/chain").join(name).to_str().unwrap().to_owned()
    };
    let headers = (file("rfc0023-deposit.json"), file("rfc0023-withdraw.json"));
    let fields = (DEPOSIT.to_owned(), WITHDRAW.to_owned());
    for (deposit, withdraw) in [&headers, &fields] {
        let (code, out, err) = dao("2000", deposit, withdraw, &[]);
        assert_eq!(code, 0, "{err}");
        let worth = "worth         floor(189800000000 · 10008616347796555 / 10000435847357921) \
                     + 10200000000\n";
        assert!(out.contains(worth), "{out}");
        assert!(out.contains("= 200155259131 shannons\n"), "{out}");
        assert!(out.contains("compensation  155259131 shannons = 1.55259131 CKB\n"), "{out}");
        assert!(out.contains("time          44.8"), "{out}");
    }
    let (_, out, _) = dao("2000", &headers.0, &headers.1, &[]);
    assert!(out.contains("over 69,189 blocks of one floor each\n"), "{out}");
    // The `since` of the example: epoch 182 + 648/1677.
    assert!(out.contains("to take out   from epoch 182 + 648/1677 on"), "{out}");
}

#[test]
fn what_no_chain_has_is_refused() {
    let field = |c: u64, ar: u64, s: u64, u: u64| {
        let numbers = [c, ar, s, u].map(u64::to_le_bytes).concat();
        let digits = numbers.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        format!("0x{digits}")
    };
    let c = 3_400_000_000_000_000_000;
    let ar = 10_000_000_000_000_000;
    let later = field(c + 300_000_000_000, ar + 1, 1, 1);
    let cases = [
        (
            "2000",
            WITHDRAW.to_owned(),
            DEPOSIT.to_owned(),
            "the withdrawal is not after the deposit",
        ),
        ("2000", DEPOSIT.to_owned(), DEPOSIT.to_owned(), "the withdrawal is not after the deposit"),
        (
            "2000",
            field(0, ar, 0, 0),
            later.clone(),
            "no chain can have the DAO field of the deposit: C is 0",
        ),
        ("2000", field(c, 0, 0, 0), later.clone(), "AR is 0"),
        ("2000", field(c, ar, 0, c + 1), later.clone(), "U, what cells occupy, exceeds C"),
        ("2000", field(c, ar, c + 1, 0), later.clone(), "S, what the DAO holds, exceeds C"),
        ("2000", field(c, ar + 2, 1, 1), later, "the withdrawal is not after the deposit"),
        ("101", DEPOSIT.to_owned(), WITHDRAW.to_owned(), "a capacity below what the cell occupies"),
        ("2000", "0x12".into(), WITHDRAW.into(), "this is no DAO field"),
        ("2000", "no-such-file".into(), WITHDRAW.into(), "--deposit no-such-file: "),
        ("two", DEPOSIT.to_owned(), WITHDRAW.to_owned(), "`two` is no amount"),
    ];
    for (capacity, deposit, withdraw, message) in cases {
        let (code, out, err) = dao(capacity, &deposit, &withdraw, &[]);
        assert_eq!(code, 2, "{message}: {out}");
        assert!(err.contains(message), "{message}: {err}");
    }
    let (code, _, err) = dao("2000", DEPOSIT, WITHDRAW, &["--occupied", "81"]);
    assert_eq!(code, 2);
    assert!(err.contains("a deposit cell has 82 bytes at least"), "{err}");
}

#[test]
fn the_distribution_matches_where_the_chain_is_round() {
    let output = ckbspec(&["audit", "genesis"]);
    let (out, err) = text(&output);
    assert_eq!(code(&output), 0, "{err}");
    insta::assert_snapshot!("audit_genesis", out);
}
