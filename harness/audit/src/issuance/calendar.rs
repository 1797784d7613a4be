//! Converts epochs to dates and back. A known header gives an exact point; everything else is a
//! band.
//!
//! A position is a number of millionths of an epoch since genesis, and a time is in milliseconds
//! since 1970, as in headers.

use ckbspec_reference::issuance::DaoField;
use std::time::{Duration, UNIX_EPOCH};

/// How many positions an epoch has.
pub const MICRO: u64 = 1_000_000;

/// The shortest average duration of an epoch: the target of the adjustment, 4 hours. No long run of
/// epochs since November 2019 was shorter.
pub const EPOCH_SHORTEST_MS: u64 = 14_400_000;

/// The longest average duration of an epoch. In the slowest long run that headers show, 2,357
/// epochs from June 2025 to July 2026 took 4 hours and 29.6 seconds each.
pub const EPOCH_LONGEST_MS: u64 = 14_430_000;

/// A header of mainnet.
#[derive(Clone, Copy, Debug)]
pub struct Anchor {
    /// The block number.
    pub block: u64,
    /// The number of its epoch.
    pub epoch: u64,
    /// The block's index in the epoch.
    pub index: u64,
    /// The length of the epoch in blocks.
    pub length: u64,
    /// Milliseconds since 1970.
    pub timestamp: u64,
    /// The DAO field.
    pub dao: DaoField,
}

impl Anchor {
    /// How many epochs are over, in millionths.
    pub fn position(&self) -> u64 {
        self.epoch * MICRO + self.index * MICRO / self.length
    }
}

/// Anchors, in order: block number, epoch field, timestamp, DAO field.
macro_rules! anchors {
    ($($block:literal: $epoch:literal + $index:literal / $length:literal at $timestamp:literal
        C $c:literal AR $ar:literal S $s:literal U $u:literal;)*) => {
        [$(Anchor {
            block: $block,
            epoch: $epoch,
            index: $index,
            length: $length,
            timestamp: $timestamp,
            dao: DaoField { c: $c, ar: $ar, s: $s, u: $u },
        }),*]
    };
}

/// Headers of mainnet, whose hashes and proofs of work were checked (vectors/PROVENANCE.md).
pub const ANCHORS: [Anchor; 12] = anchors! {
    0: 0 + 0 / 1_743 at 1_573_852_190_812
        C 3_360_000_145_238_488_200 AR 10_000_000_000_000_000
        S 35_209_330_473 U 504_120_308_900_000_000;
    2_002: 1 + 259 / 1_800 at 1_574_042_872_484
        C 3_360_289_716_894_977_326 AR 10_000_208_919_332_470
        S 59_701_287_420_344 U 504_198_972_900_000_000;
    3_543: 2 + 0 / 1_677 at 1_574_095_946_881
        C 3_360_506_452_324_356_114 AR 10_000_365_280_067_178
        S 104_359_668_105_207 U 504_208_233_600_000_000;
    10_000: 5 + 1_180 / 1_800 at 1_574_175_892_078
        C 3_361_431_848_401_826_824 AR 10_001_032_808_149_428
        S 295_041_573_434_632 U 504_254_031_200_000_000;
    56_960: 36 + 590 / 1_329 at 1_574_613_356_633
        C 3_369_225_999_567_086_323 AR 10_006_649_548_280_152
        S 1_901_361_263_819_938 U 504_408_803_400_000_000;
    90_470: 57 + 1_273 / 1_800 at 1_574_920_477_874
        C 3_374_608_763_470_319_894 AR 10_010_522_813_886_421
        S 3_011_068_782_214_514 U 504_427_084_100_000_000;
    198_260: 122 + 693 / 1_521 at 1_575_852_252_669
        C 3_390_999_890_843_263_156 AR 10_022_288_593_436_980
        S 6_392_103_143_854_385 U 504_500_838_700_000_000;
    888_772: 562 + 250 / 1_343 at 1_582_190_737_054
        C 3_502_317_997_531_594_315 AR 10_101_074_704_238_792
        S 29_352_483_749_597_093 U 504_794_270_700_000_000;
    2_985_150: 1_988 + 78 / 300 at 1_602_744_027_243
        C 3_863_330_224_657_532_609 AR 10_344_187_225_823_009
        S 103_633_662_002_431_747 U 505_099_627_000_000_000;
    16_406_793: 12_161 + 514 / 1_800 at 1_749_459_397_415
        C 6_112_487_185_692_532_072 AR 11_718_708_876_892_753
        S 596_019_995_977_943_400 U 519_928_037_200_000_000;
    19_804_359: 14_518 + 607 / 1_706 at 1_783_470_873_200
        C 6_483_160_703_399_754_290 AR 11_991_067_384_787_165
        S 723_537_759_436_404_025 U 519_866_362_600_000_000;
    20_152_836: 14_740 + 577 / 1_256 at 1_786_674_898_169
        C 6_518_088_808_131_914_098 AR 12_016_236_638_035_172
        S 735_983_329_726_176_958 U 520_147_572_500_000_000;
};

/// The newest known header.
pub fn newest() -> &'static Anchor {
    ANCHORS.last().unwrap_or_else(|| unreachable!("there are twelve"))
}

/// A range of numbers with a best guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// The least.
    pub least: u64,
    /// The best guess.
    pub middle: u64,
    /// The greatest.
    pub greatest: u64,
}

impl Band {
    /// A band of one exact number.
    pub fn exactly(number: u64) -> Self {
        Self { least: number, middle: number, greatest: number }
    }
}

/// The positions that the chain may have at a time; `None` before genesis.
pub fn position_at(time: u64) -> Option<Band> {
    band(
        time,
        |anchor| (anchor.timestamp, anchor.position()),
        |span| {
            let least = scaled(span, MICRO, EPOCH_LONGEST_MS);
            (least, scaled(span, MICRO, EPOCH_SHORTEST_MS))
        },
    )
}

/// The times at which the chain may be at a position.
pub fn time_of(position: u64) -> Band {
    let band = band(
        position,
        |anchor| (anchor.position(), anchor.timestamp),
        |span| {
            let least = scaled(span, EPOCH_SHORTEST_MS, MICRO);
            (least, scaled(span, EPOCH_LONGEST_MS, MICRO))
        },
    );
    band.unwrap_or_else(|| unreachable!("genesis is at position 0"))
}

/// The band at `x` of all lines through the anchors whose slope is within two bounds. Between two
/// anchors it is the parallelogram that the bounds allow; where the anchors' own slope is outside
/// the bounds, as in the first days, it is everything between the two. After the last anchor it is
/// a cone.
fn band(
    x: u64,
    point: impl Fn(&Anchor) -> (u64, u64),
    growth: impl Fn(u64) -> (u64, u64),
) -> Option<Band> {
    let next = ANCHORS.iter().position(|anchor| point(anchor).0 > x).unwrap_or(ANCHORS.len());
    let before = next.checked_sub(1).and_then(|index| ANCHORS.get(index)).map(&point)?;
    if x == before.0 {
        return Some(Band::exactly(before.1));
    }
    let (slow, fast) = growth(x - before.0);
    let Some(after) = ANCHORS.get(next).map(point) else {
        let (least, greatest) = (before.1.saturating_add(slow), before.1.saturating_add(fast));
        return Some(Band { least, middle: least.midpoint(greatest), greatest });
    };
    let (slow_on, fast_on) = growth(after.0 - x);
    let least = before.1.saturating_add(slow).max(after.1.saturating_sub(fast_on));
    let greatest = before.1.saturating_add(fast).min(after.1.saturating_sub(slow_on));
    let middle = before.1 + scaled(x - before.0, after.1 - before.1, after.0 - before.0);
    if least <= middle && middle <= greatest {
        return Some(Band { least, middle, greatest });
    }
    Some(Band { least: before.1, middle, greatest: after.1 })
}

/// `number · numerator / denominator`, rounded down.
fn scaled(number: u64, numerator: u64, denominator: u64) -> u64 {
    let product = u128::from(number) * u128::from(numerator) / u128::from(denominator.max(1));
    u64::try_from(product).unwrap_or(u64::MAX)
}

/// The first millisecond of a year `2031` or a day `2031-12-31`; `None` when the text is no date
/// from 1970 to 9999.
pub fn start_of(date: &str) -> Option<u64> {
    let day = if date.len() == 4 { format!("{date}-01-01") } else { date.to_owned() };
    let time = humantime::parse_rfc3339(&format!("{day}T00:00:00Z")).ok()?;
    u64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// The day of a time, `2031-12-31`, in UTC.
pub fn day(time: u64) -> String {
    // The year 9999 is the last that has four digits.
    let time = time.min(253_402_300_799_000);
    let text = humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_millis(time));
    text.to_string().split('T').next().unwrap_or_default().to_owned()
}

/// The year of a time.
pub fn year(time: u64) -> u64 {
    day(time).split('-').next().and_then(|year| year.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_points_of_the_band() {
        for anchor in &ANCHORS {
            let band = position_at(anchor.timestamp).unwrap();
            assert_eq!([band.least, band.middle, band.greatest], [anchor.position(); 3]);
            assert_eq!(time_of(anchor.position()).middle, anchor.timestamp);
        }
        assert_eq!(position_at(0), None);
    }

    #[test]
    fn bands_are_in_order_and_never_go_back() {
        let mut last = Band::exactly(0);
        for hour in 0..200_000_u64 {
            let band = position_at(ANCHORS[0].timestamp + hour * 3_600_000).unwrap();
            assert!(band.least <= band.middle && band.middle <= band.greatest, "{hour} {band:?}");
            assert!(last.middle <= band.middle, "{hour}");
            last = band;
        }
    }

    /// The first halving was on 19 November 2023; no anchor is within a year of it.
    #[test]
    fn the_band_holds_the_first_halving() {
        let band = time_of(8_760 * MICRO);
        let day_known = start_of("2023-11-19").unwrap();
        assert!(band.least <= day_known + 86_400_000 && day_known <= band.greatest, "{band:?}");
    }

    #[test]
    fn dates_are_read_and_written() {
        assert_eq!(day(start_of("2032").unwrap() - 1), "2031-12-31");
        assert_eq!(start_of("2031-02-30"), None);
        assert_eq!(year(ANCHORS[0].timestamp), 2019);
    }
}
