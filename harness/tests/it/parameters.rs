//! `spec/parameters/` against the code: each constant stands in both, and is the same.

use crate::common::root;
use ckbspec_reference::issuance::{
    AR_GENESIS, DaoField, PROPOSAL_WINDOW_CLOSEST, PROPOSAL_WINDOW_FARTHEST, PROPOSER_REWARD_RATIO,
    SATOSHI_LOCK_ARGS, SATOSHI_OCCUPIED_RATIO, finalization_target, freed_capacity,
    occupied_capacity,
};
use ckbspec_reference::pow::{
    BLOCK_INTERVAL_MIN, DAMPENING, EPOCH_LENGTH_MAX, EPOCH_LENGTH_MIN, Epoch, PowEngine, U256,
};
use ckbspec_reference::{Parameters, Ratio};
use serde_json::Value;

const CHAINS: [(&str, &str, Parameters); 3] = [
    ("mainnet", "ckb", Parameters::MAINNET),
    ("testnet", "ckb_testnet", Parameters::TESTNET),
    ("dev", "ckb_dev", Parameters::DEV),
];

/// A file of `spec/parameters/`.
struct Page(Value);

impl Page {
    fn open(name: &str) -> Self {
        let path = root().join(format!("spec/parameters/{name}.yaml"));
        let text = std::fs::read_to_string(&path).unwrap();
        Self(serde_yaml::from_str(&text).unwrap())
    }

    fn at(&self, path: &str) -> &Value {
        path.split('.')
            .fold(&self.0, |value, key| value.get(key).unwrap_or_else(|| panic!("no `{path}`")))
    }

    /// A number, plain or quoted, decimal or hexadecimal, with or without underscores.
    fn number(&self, path: &str) -> u64 {
        number(self.at(path))
    }

    fn ratio(&self, path: &str) -> (u64, u64) {
        let parts = self.at(path).as_array().unwrap();
        (number(&parts[0]), number(&parts[1]))
    }

    fn text(&self, path: &str) -> &str {
        self.at(path).as_str().unwrap()
    }
}

fn number(value: &Value) -> u64 {
    let Some(text) = value.as_str() else { return value.as_u64().unwrap() };
    let digits = text.replace('_', "");
    digits
        .strip_prefix("0x")
        .map_or_else(|| digits.parse().unwrap(), |digits| u64::from_str_radix(digits, 16).unwrap())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("0x".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

fn parts(ratio: Ratio) -> (u64, u64) {
    (ratio.numerator.into(), ratio.denominator.get().into())
}

fn engine(engine: PowEngine) -> &'static str {
    match engine {
        PowEngine::Eaglesong => "eaglesong",
        PowEngine::EaglesongBlake2b => "eaglesong-blake2b",
        PowEngine::Dummy => "dummy",
    }
}

#[test]
fn each_chain_is_as_its_page_says() {
    for (name, chain, code) in CHAINS {
        let page = Page::open(name);
        assert_eq!(page.text("chain"), chain);
        assert_eq!(page.text("pow.engine"), engine(code.engine), "{name}");
        let permanent = page.at("pow.permanent_difficulty_in_dummy").as_bool();
        assert_eq!(permanent, Some(code.permanent_difficulty_in_dummy), "{name}");
        let numbers = [
            ("genesis.compact_target", code.genesis_compact_target.0.into()),
            ("genesis.epoch_length", code.genesis_epoch_length.get().into()),
            ("epochs.duration_target_s", code.epoch_duration_target.get()),
            ("issuance.initial_primary_epoch_reward_shannons", code.initial_primary_epoch_reward),
            ("issuance.secondary_epoch_reward_shannons", code.secondary_epoch_reward),
            ("issuance.halving_interval_epochs", code.halving_interval.get()),
        ];
        for (path, expected) in numbers {
            assert_eq!(page.number(path), expected, "{name}: {path}");
        }
        assert_eq!(page.ratio("epochs.orphan_rate_target"), parts(code.orphan_rate_target));
        assert_eq!(page.text("issuance.dao_type_hash"), hex(&code.dao_type_hash.0), "{name}");
    }
}

#[test]
fn what_genesis_begins_with_follows() {
    for (name, _, code) in CHAINS {
        let page = Page::open(name);
        let epoch = Epoch::genesis(&code).unwrap();
        assert_eq!(
            epoch.previous_hash_rate,
            U256::from(page.number("genesis.hash_rate")),
            "{name}"
        );
        let length = u64::from(code.genesis_epoch_length.get());
        let s = code.secondary_epoch_reward.div_ceil(length);
        let primary = code.initial_primary_epoch_reward.div_ceil(length);
        let field = DaoField {
            c: page.number("genesis.capacity_shannons") + primary + s,
            ar: AR_GENESIS,
            s,
            u: page.number("genesis.occupied_shannons"),
        };
        assert_eq!(page.text("genesis.dao"), hex(&field.to_bytes()), "{name}");
    }
}

#[test]
fn what_chains_share_is_as_its_page_says() {
    let page = Page::open("common");
    let numbers = [
        ("epochs.length_max", EPOCH_LENGTH_MAX),
        ("epochs.length_min", EPOCH_LENGTH_MIN),
        ("epochs.dampening", DAMPENING),
        ("epochs.block_interval_min_s", BLOCK_INTERVAL_MIN),
        ("issuance.genesis_accumulated_rate", AR_GENESIS),
        ("transactions.proposal_window_closest_blocks", PROPOSAL_WINDOW_CLOSEST),
        ("transactions.proposal_window_farthest_blocks", PROPOSAL_WINDOW_FARTHEST),
    ];
    for (path, expected) in numbers {
        assert_eq!(page.number(path), expected, "{path}");
    }
    assert_eq!(page.ratio("issuance.proposer_reward_ratio"), parts(PROPOSER_REWARD_RATIO));
    assert_eq!(page.ratio("issuance.satoshi_occupied_ratio"), parts(SATOSHI_OCCUPIED_RATIO));
    assert_eq!(page.text("issuance.satoshi_lock_args"), hex(&SATOSHI_LOCK_ARGS));
    let delay = page.number("issuance.finalization_delay_blocks");
    assert_eq!(finalization_target(100), Some(100 - delay));
    for (_, _, code) in CHAINS {
        let dao = page.at("system_cells").get("2").unwrap();
        assert_eq!(dao.get("type_hash").unwrap().as_str().unwrap(), hex(&code.dao_type_hash.0));
    }
}

#[test]
fn an_byte_costs_what_the_page_says() {
    use ckbspec_reference::encoding::Byte32;
    use ckbspec_reference::encoding::script::{HashType, Script};
    use ckbspec_reference::encoding::transaction::CellOutput;
    use ckbspec_reference::issuance::Origin;

    let page = Page::open("common");
    let bytes =
        page.number("cells.occupied_capacity_bytes") + page.number("cells.occupied_script_bytes");
    let lock = Script { code_hash: Byte32([0; 32]), hash_type: HashType::DATA, args: vec![] };
    let cell = CellOutput { capacity: 0, lock, type_script: None };
    let occupied = bytes * page.number("issuance.shannons_per_byte");
    assert_eq!(occupied_capacity(&cell, 0), Some(occupied));
    let freed = freed_capacity(&cell, 0, Origin::Other);
    assert_eq!(freed.unwrap(), occupied);
}
