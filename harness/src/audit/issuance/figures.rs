//! Numbers as text. All of it is in integers, so that no figure depends on a machine.

use super::CKB;

/// A number with commas: `1,898`.
pub fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Shannons in CKB with all eight decimals: `2,001.55259131`.
pub fn ckb(shannons: u128) -> String {
    format!("{}.{:08}", grouped(shannons / CKB), shannons % CKB)
}

/// Shannons in whole CKB, rounded down: `2,001`.
pub fn whole_ckb(shannons: u128) -> String {
    grouped(shannons / CKB)
}

/// `numerator / denominator` in units of `10^-places`, rounded to the nearest, half up; 0 for a
/// zero below the line, and the greatest number where 128 bits are too few.
pub fn rounded(numerator: u128, denominator: u128, places: u32) -> u128 {
    let scale = 10_u128.checked_pow(places).unwrap_or(u128::MAX);
    let (whole, rest) = match (numerator.checked_div(denominator), numerator % denominator.max(1)) {
        (Some(whole), rest) => (whole, rest),
        (None, _) => return 0,
    };
    let twice = rest.saturating_mul(2).saturating_mul(scale).saturating_add(denominator);
    whole.saturating_mul(scale).saturating_add(twice / denominator.saturating_mul(2))
}

/// A number of `10^-places` with its point: `fixed(1234, 2)` is `12.34`.
pub fn fixed(number: u128, places: u32) -> String {
    let scale = 10_u128.checked_pow(places).unwrap_or(u128::MAX);
    if places == 0 {
        return number.to_string();
    }
    let width = usize::try_from(places).unwrap_or(0);
    format!("{}.{:0width$}", number / scale, number % scale)
}

/// `part / whole` as a percentage with decimals, without the sign.
pub fn percent(part: u128, whole: u128, places: u32) -> String {
    fixed(rounded(part.saturating_mul(100), whole, places), places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_round_half_up() {
        assert_eq!(ckb(200_155_259_131), "2,001.55259131");
        assert_eq!(whole_ckb(99_999_999), "0");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(rounded(1, 3, 4), 3_333);
        assert_eq!(rounded(5, 8, 2), 63);
        assert_eq!(rounded(1, 0, 2), 0);
        assert_eq!(percent(1, 8, 2), "12.50");
        assert_eq!(percent(2, 3, 1), "66.7");
    }
}
