//! `ckbspec audit issuance`: against the article, against real headers, and against bad input.

use crate::common::{ckbspec, code, root, text};
use ckbspec_harness::audit::issuance::calendar::ANCHORS;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

fn audit(arguments: &[&str]) -> String {
    let output = ckbspec(&[&["audit", "issuance"], arguments].concat());
    let (out, err) = text(&output);
    assert_eq!((code(&output), err.as_str()), (0, ""), "{arguments:?}");
    out
}

#[test]
fn the_articles_tables_come_out_figure_by_figure() {
    let tables = [
        ("primary", "primary-issuance"),
        ("circulation", "circulation"),
        ("inflation", "inflation"),
        ("genesis", "genesis-distribution"),
    ];
    for (name, file) in tables {
        let file = root().join(format!("harness/tests/it/article/article-{file}.csv"));
        let printed = fs::read_to_string(file).unwrap();
        let ours = audit(&[&format!("--nominal={name}"), "--format", "csv"]);
        for (ours, printed) in ours.lines().zip(printed.lines()) {
            let (basis, figures) = ours.split_once(',').unwrap();
            assert_eq!(figures, printed);
            // Nobody can take a row for the chain.
            assert!(matches!(basis, "basis" | "nominal-not-the-chain"), "{ours}");
        }
        assert_eq!(ours.lines().count(), printed.lines().count());
    }
}

#[test]
fn the_articles_slips_are_named() {
    insta::assert_snapshot!(audit(&["--nominal"]));
}

#[test]
fn a_stranger_sees_how_many_there_are_and_where() {
    insta::assert_snapshot!(audit(&["--until", "2031"]));
}

#[test]
fn eras_are_exact_and_their_ends_are_bands() {
    insta::assert_snapshot!(audit(&["--by", "era", "--until", "2060", "--unit", "shannons"]));
}

#[test]
fn other_coins_stand_beside_it() {
    insta::assert_snapshot!(audit(&["--compare", "bitcoin,monero", "--until", "2034"]));
}

/// What the dates and the shares are measured by is what the vectors have.
#[test]
fn the_anchors_are_headers_of_the_vectors() {
    let vectors = fs::read_to_string(root().join("vectors/encoding/headers-mainnet.yaml")).unwrap();
    for anchor in ANCHORS.iter().skip(1) {
        let epoch = anchor.epoch | anchor.index << 24 | anchor.length << 40;
        let numbers = [anchor.timestamp, anchor.block, epoch].map(u64::to_le_bytes).concat();
        let dao = anchor.dao.to_octets();
        let hex = |octets: &[u8]| octets.iter().map(|o| format!("{o:02x}")).collect::<String>();
        let found = vectors.lines().any(|line| {
            line.split_once(&hex(&numbers)).is_some_and(|(_, rest)| rest.contains(&hex(&dao)))
        });
        assert!(found, "block {}", anchor.block);
    }
}

/// Rows by epoch, era and year end with the same figures, and add up.
#[test]
fn the_cuts_agree() {
    let mut ends = vec![];
    for by in ["epoch", "era", "year"] {
        let out = audit(&["--by", by, "--until", "epoch:20000", "--format", "csv"]);
        let mut lines = out.lines();
        let keys: Vec<&str> = lines.next().unwrap().split(',').collect();
        let distinct: std::collections::BTreeSet<&str> = keys.iter().copied().collect();
        assert_eq!(distinct.len(), keys.len());
        let mut sums: BTreeMap<&str, u128> = BTreeMap::new();
        let mut last = BTreeMap::new();
        for line in lines {
            last = keys.iter().copied().zip(line.split(',')).collect::<BTreeMap<_, _>>();
            for key in ["primary", "secondary", "to_miners", "to_depositors", "to_treasury"] {
                *sums.entry(key).or_default() += last[key].parse::<u128>().unwrap();
            }
        }
        let number = |key: &str| last[key].parse::<u128>().unwrap();
        assert_eq!(number("c"), 3_360_000_000_000_000_000 + sums["primary"] + sums["secondary"]);
        let terms = ["spendable", "locked", "owed", "treasury", "burnt", "system", "lost"];
        assert_eq!(number("c"), terms.into_iter().map(number).sum::<u128>());
        assert_eq!(number("s"), number("owed") + number("treasury"));
        assert_eq!(last["epochs_over"], "20001");
        ends.push((sums.clone(), number("c"), number("s"), number("spendable")));
    }
    assert_eq!(ends[0], ends[1]);
    assert_eq!(ends[0], ends[2]);
}

#[test]
fn shares_are_what_is_given() {
    let arguments = ["--occupied-share", "8%", "--dao-share", "0.2", "--until", "epoch:99"];
    let out = audit(&[&arguments[..], &["--by", "epoch", "--format", "json"]].concat());
    let sheets: Value = serde_json::from_str(&out).unwrap();
    let rows = sheets["sheets"][0]["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 100);
    let last = &rows[99];
    assert_eq!(last["secondary"], "61369863013698");
    assert_eq!(last["to_miners"], "4909589041095");
    assert_eq!(last["to_depositors"], "12273972602739");
    assert_eq!(last["to_treasury"], "44186301369864");
    assert_eq!(sheets["sheets"][1]["name"], "whereabouts");
    assert_eq!(sheets["sheets"][0]["basis"], "chain");
}

#[test]
fn charts_are_whole_documents_of_finite_size() {
    for chart in ["supply", "issuance", "inflation", "split"] {
        let out = audit(&["--format", "svg", "--chart", chart, "--until", "2100"]);
        assert!(out.starts_with("<svg ") && out.ends_with("</svg>\n"), "{chart}");
        assert!(out.len() < 500_000, "{chart}: {}", out.len());
    }
    let out = audit(&["--compare", "monero", "--format", "svg"]);
    assert!(out.contains(">XMR<") && !out.contains(">BTC<"));
}

#[test]
fn bad_input_is_refused_in_a_sentence() {
    let cases: [(&[&str], &str); 16] = [
        (&["--dao-share", "1.01"], "a share of 1.01 is above the whole"),
        (&["--occupied-share", "-1"], "`-1` is no share"),
        (&["--dao-share", "much"], "`much` is no share"),
        (&["--dao-share", "0.9"], "exceed the whole"),
        (&["--occupied-share", "0.6", "--dao-share", "0.5"], "exceed the whole"),
        (&["--until", "2107"], "2107 is beyond the horizon"),
        (&["--until", "9999"], "9999 is beyond any chain"),
        (&["--until", "2018"], "`2018` is before genesis"),
        (&["--until", "2031-02-30"], "is no year, day or epoch"),
        (&["--until", "epoch:16777216"], "24 bits"),
        (&["--from", "2032", "--until", "2031"], "--from is not before"),
        (&["--format", "xlsx"], "possible values: table, csv, json, svg"),
        (&["--compare", "dogecoin"], "possible values: bitcoin, monero"),
        (&["--compare", "bitcoin", "--until", "epoch:5"], "epoch 5 is no year"),
        (&["--compare", "bitcoin", "--until", "2019"], "2020 is the first whole year"),
        (&["--nominal", "--format", "csv"], "CSV holds one table"),
    ];
    for (arguments, message) in cases {
        let output = ckbspec(&[&["audit", "issuance"], arguments].concat());
        let (out, err) = text(&output);
        assert_eq!((code(&output), out.as_str()), (2, ""), "{arguments:?}\n{err}");
        assert!(err.contains(message), "{arguments:?}\n{err}");
    }
}

#[test]
fn what_is_past_the_end_is_labelled() {
    let out = audit(&["--until", "2119", "--past-the-end", "--by", "era", "--format", "csv"]);
    assert!(out.lines().skip(1).all(|line| line.starts_with("past-the-end-no-chain,")), "{out}");
    let out = audit(&["--until", "2119", "--past-the-end", "--by", "era"]);
    assert!(out.contains("C exceeds the 64 bits of the DAO field in epoch 191,083"), "{out}");
}

#[test]
fn the_charts_of_the_chapter_are_drawn_from_the_reference() {
    for chart in ["supply", "issuance", "inflation", "split"] {
        let drawn = audit(&["--format", "svg", "--chart", chart]);
        let file = root().join(format!("spec/issuance/charts/{chart}.svg"));
        let committed = fs::read_to_string(file).unwrap();
        assert!(drawn == committed, "`audit issuance --format svg --chart {chart}` draws it anew");
    }
}
