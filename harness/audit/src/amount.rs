//! Amounts, shares and rates as text. All computations are in integers, so that the figures are the
//! same on every machine.

/// How many shannons a CKB has.
pub const CKB: u64 = 100_000_000;

/// A number with commas: `1,898`.
pub fn grouped(number: impl Into<u128>) -> String {
    let digits = number.into().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Shannons in CKB with all eight decimals, for columns: `2,001.55000000`.
pub fn ckb_column(shannons: impl Into<u128>) -> String {
    let shannons = shannons.into();
    format!("{}.{:08}", grouped(shannons / u128::from(CKB)), shannons % u128::from(CKB))
}

/// Shannons in CKB, without zeros at the end, for sentences: `2,001.55 CKB`.
pub fn ckb(shannons: impl Into<u128>) -> String {
    format!("{} CKB", trimmed(&ckb_column(shannons)))
}

/// A number without zeros at the end of its decimals.
pub fn trimmed(number: &str) -> &str {
    if number.contains('.') {
        return number.trim_end_matches('0').trim_end_matches('.');
    }
    number
}

/// Shannons in whole CKB, rounded down: `2,001`.
pub fn whole_ckb(shannons: impl Into<u128>) -> String {
    grouped(shannons.into() / u128::from(CKB))
}

/// `numerator / denominator` with `places` decimals, rounded down; `None` for a denominator of 0,
/// or where 128 bits do not suffice.
pub fn decimal(numerator: u128, denominator: u128, places: u32) -> Option<String> {
    let whole = numerator.checked_div(denominator)?;
    let mut rest = numerator.checked_rem(denominator)?;
    let mut text = grouped(whole);
    for place in 0..places {
        if place == 0 {
            text.push('.');
        }
        rest = rest.checked_mul(10)?;
        text.push_str(&(rest / denominator).to_string());
        rest %= denominator;
    }
    Some(text)
}

/// `numerator / denominator` in units of `10^-places`, rounded to the nearest, half up; 0 for a
/// denominator of 0, and the greatest number where 128 bits do not suffice.
pub fn rounded(numerator: u128, denominator: u128, places: u32) -> u128 {
    let scale = 10_u128.checked_pow(places).unwrap_or(u128::MAX);
    let Some(whole) = numerator.checked_div(denominator) else { return 0 };
    let rest = numerator % denominator;
    let twice = rest.saturating_mul(2).saturating_mul(scale).saturating_add(denominator);
    whole.saturating_mul(scale).saturating_add(twice / denominator.saturating_mul(2))
}

/// A number in units of `10^-places`, with a decimal point: `fixed(1234, 2)` is `12.34`.
pub fn fixed(number: u128, places: u32) -> String {
    let scale = 10_u128.checked_pow(places).unwrap_or(u128::MAX);
    if places == 0 {
        return number.to_string();
    }
    let width = usize::try_from(places).unwrap_or(0);
    format!("{}.{:0width$}", number / scale, number % scale)
}

/// `part / whole` as a percentage with `places` decimals, without the percent sign.
pub fn percent(part: u128, whole: u128, places: u32) -> String {
    fixed(rounded(part.saturating_mul(100), whole, places), places)
}

/// Parses an amount that a person types: CKB with up to eight decimals, `2,000` or `0.5`; or
/// shannons, `200000000000sh`.
///
/// # Errors
/// A message when the text is no such amount, or the amount exceeds 64 bits.
pub fn parse(text: &str) -> Result<u64, String> {
    let clean: String = text.chars().filter(|c| !matches!(c, ',' | '_')).collect();
    let wrong = || format!("`{text}` is no amount: write CKB as 2000 or 0.5, or shannons as 5sh");
    if let Some(shannons) = clean.strip_suffix("sh") {
        return shannons.parse().map_err(|_| wrong());
    }
    let (whole, decimals) = clean.split_once('.').unwrap_or((&clean, ""));
    let digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
    if decimals.len() > 8 || whole.is_empty() || !digits(whole) || !digits(decimals) {
        return Err(wrong());
    }
    let shannons = format!("{whole}{decimals:0<8}");
    shannons.parse().map_err(|_| format!("`{text}` exceeds 64 bits of shannons"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_they_are_written() {
        assert_eq!(parse("2,000"), Ok(200_000_000_000));
        assert_eq!(parse("0.00000001"), Ok(1));
        assert_eq!(parse("7sh"), Ok(7));
        assert_eq!(ckb(200_155_259_131_u64), "2,001.55259131 CKB");
        assert_eq!(ckb(200_000_000_000_u64), "2,000 CKB");
        assert_eq!(ckb_column(200_155_000_000_u64), "2,001.55000000");
        assert_eq!(whole_ckb(99_999_999_u64), "0");
        assert_eq!(decimal(1, 3, 4).as_deref(), Some("0.3333"));
        for wrong in ["", "1.", ".5", "1.123456789", "-1", "0x5", "1e3", "184467440738"] {
            assert_eq!(parse(wrong).is_ok(), wrong == "1.", "{wrong}");
        }
    }

    #[test]
    fn figures_round_half_up() {
        assert_eq!(grouped(1_234_567_u64), "1,234,567");
        assert_eq!(rounded(1, 3, 4), 3_333);
        assert_eq!(rounded(5, 8, 2), 63);
        assert_eq!(rounded(1, 0, 2), 0);
        assert_eq!(percent(1, 8, 2), "12.50");
        assert_eq!(percent(2, 3, 1), "66.7");
    }
}
