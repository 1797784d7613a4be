//! `ckbspec audit issuance`: against the article, against real headers, and against bad input.

use crate::common::{ckbspec, code, root, text};
use ckbspec_audit::issuance::calendar::ANCHORS;
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
        let dao = anchor.dao.to_bytes();
        let hex = |bytes: &[u8]| bytes.iter().map(|o| format!("{o:02x}")).collect::<String>();
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
    let arguments = ["--occupied-share", "8%", "--dao-share", "0.2", "--until", "epoch:15000"];
    let out = audit(&[&arguments[..], &["--by", "epoch", "--format", "json"]].concat());
    let sheets: Value = serde_json::from_str(&out).unwrap();
    let rows = sheets["sheets"][0]["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 15_001);
    let last = &rows[15_000];
    assert_eq!(last["shares"], "projected");
    assert_eq!(last["secondary"], "61369863013698");
    assert_eq!(last["to_miners"], "4909589041095");
    assert_eq!(last["to_depositors"], "12273972602739");
    assert_eq!(last["to_treasury"], "44186301369864");
    assert_eq!(sheets["sheets"][1]["name"], "whereabouts");
    assert_eq!(sheets["sheets"][0]["basis"], "chain");
}

/// The shares of the past are those of headers, whatever is taken for the future.
#[test]
fn no_share_rewrites_what_headers_have_measured() {
    let rows = |arguments: &[&str]| {
        let out = audit(&[&["--until", "2040", "--format", "csv"], arguments].concat());
        let rows: Vec<String> = out.lines().skip(1).map(str::to_owned).collect();
        let words = rows.iter().map(|row| row.split(',').nth(9).unwrap().to_owned());
        (words.collect::<Vec<_>>(), rows)
    };
    let (words, default) = rows(&[]);
    let all = [vec!["measured"; 7], vec!["both"], vec!["projected"; 14]].concat();
    assert_eq!(words, all);
    let extremes: [&[&str]; 3] = [
        &["--dao-share", "0"],
        &["--occupied-share", "0", "--dao-share", "1"],
        &["--occupied-share", "1", "--dao-share", "0"],
    ];
    for extreme in extremes {
        let (_, other) = rows(extreme);
        assert_eq!(default[..7], other[..7], "{extreme:?}");
        assert!(default.iter().zip(&other).skip(7).all(|(a, b)| a != b), "{extreme:?}");
    }
    // What no header says of the past can be said, within what headers say; S stays.
    let (_, other) = rows(&["--dao-share-past", "0.1"]);
    for (ours, theirs) in default.iter().zip(&other).take(7) {
        let pick = |row: &str, at: usize| row.split(',').nth(at).unwrap().to_owned();
        assert_ne!(pick(ours, 11), pick(theirs, 11));
        assert_eq!(pick(ours, 17), pick(theirs, 17));
    }
}

/// An arbitrary figure must not look like a finding.
#[test]
fn defaults_are_called_arbitrary_and_given_shares_are_not() {
    let out = audit(&["--until", "2031"]).replace("\n  ", " ");
    for option in ["--dao-share", "--dao-share-past"] {
        let words = format!("15 %, an arbitrary round default and no finding ({option})");
        assert!(out.contains(&words), "{out}");
    }
    let out = audit(&["--until", "2031", "--dao-share", "0.2", "--dao-share-past", "0.12"]);
    assert!(!out.contains("arbitrary"), "{out}");
    // Nothing is projected until 2025.
    assert!(!audit(&["--until", "2025"]).contains("--dao-share)"));
}

/// A row that is not all of its era or year says so, in every format.
#[test]
fn rows_that_are_not_whole_are_marked() {
    let words = |arguments: &[&str]| {
        let out = audit(&[arguments, &["--format", "csv"]].concat());
        let at = out.lines().next().unwrap().split(',').position(|key| key == "completeness");
        let word = |row: &str| row.split(',').nth(at.unwrap()).unwrap().to_owned();
        out.lines().skip(1).map(word).collect::<Vec<_>>()
    };
    assert_eq!(words(&["--by", "era", "--until", "epoch:17519"]), ["whole", "whole"]);
    assert_eq!(words(&["--by", "era", "--until", "epoch:17520"]), ["whole", "whole", "cut"]);
    assert_eq!(words(&["--until", "2020"]), ["since-genesis", "whole"]);
    assert_eq!(words(&["--until", "2020-06-30"]), ["since-genesis", "cut"]);
    assert_eq!(words(&["--by", "epoch", "--until", "epoch:1"]), ["whole", "whole"]);
    let out = audit(&["--by", "era", "--until", "epoch:17520"]).replace("\n  ", " ");
    let note = "* Not whole: era 3 is cut off where --until ends, after 1 of its 8,760 epochs.";
    assert!(out.contains(note) && out.contains(" 3* "), "{out}");
}

/// Other coins come to programs in their smallest units, exactly.
#[test]
fn programs_read_other_coins_without_rounding() {
    let arguments = ["--compare", "bitcoin,monero", "--until", "2020"];
    let out = audit(&[&arguments[..], &["--format", "csv"]].concat());
    let rows: Vec<&str> = out.lines().collect();
    let head = "basis,year,ckb_completeness,ckb_issued_shannons,ckb_percent,\
                bitcoin_issued_satoshis,bitcoin_percent,monero_issued_piconeros,monero_percent";
    assert_eq!(rows[0], head);
    // 260 epochs are over by then.
    let issued = 260_u64 * (191_780_821_917_808 + 61_369_863_013_698);
    let start = format!("chain,2019,since-genesis,{issued},");
    assert!(rows[1].starts_with(&start), "{}", rows[1]);
    assert_eq!(rows.len(), 3);
    let json = audit(&[&arguments[..], &["--format", "json"]].concat());
    let sheets: Value = serde_json::from_str(&json).unwrap();
    for (row, line) in sheets["sheets"][0]["rows"].as_array().unwrap().iter().zip(&rows[1..]) {
        for (key, cell) in head.split(',').zip(line.split(',')).skip(1) {
            assert_eq!(row[key], cell, "{key}");
            let is_exact = cell.chars().all(|c| c.is_ascii_digit());
            assert!(is_exact || key.ends_with("percent") || key == "ckb_completeness", "{key}");
        }
    }
    // The year of genesis alone has a row.
    assert!(audit(&["--compare", "bitcoin", "--until", "2019"]).contains("\n 2019*  "));
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
    let cases: [(&[&str], &str); 20] = [
        (&["--dao-share", "1.01"], "a share of 1.01 is above the whole"),
        (&["--occupied-share", "-1"], "`-1` is no share"),
        (&["--dao-share", "much"], "`much` is no share"),
        (&["--dao-share", "0.93"], "exceed the whole"),
        (&["--dao-share-past", "0.05"], "contradicts headers"),
        (&["--dao-share-past", "0.85"], "contradicts headers"),
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
        (&["--compare", "bitcoin", "--until", "2019", "--format", "svg"], "first whole year"),
        (&["--until", "2019-11-16"], "no epoch is over at the end of --until 2019-11-16"),
        (&["--pack", "/no/such.gz"], "`audit` reads no pack: leave --pack /no/such.gz out"),
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
