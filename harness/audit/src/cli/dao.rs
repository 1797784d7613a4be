//! `ckbspec audit dao`: prints the computation of what a deposit is worth, line by line.

use crate::amount::{self, CKB, ckb, decimal, grouped};
use crate::dao::{BYTES_USUAL, Compensation, DaoBlock, YEAR_MS, compensation};
use crate::json;
use crate::network::Network;
use ckbspec_common::exit::{CommandError, CommandResult, Exit};
use ckbspec_common::problem::Problem;
use std::io::Write;
use std::path::Path;

#[derive(clap::Args, Debug)]
pub(super) struct DaoArgs {
    /// The capacity of the deposit cell: in CKB, as 2000 or 0.5, or in shannons, as
    /// 200000000000sh.
    #[arg(long, value_name = "AMOUNT", value_parser = amount::parse)]
    capacity: u64,
    /// How many bytes the cell occupies; each needs one CKB. With the usual lock these are 102.
    #[arg(long, value_name = "BYTES", default_value_t = BYTES_USUAL)]
    occupied: u64,
    /// The DAO field of the deposit's block, as hex, or a file with its header.
    #[arg(long, value_name = "FIELD|FILE")]
    deposit: String,
    /// The same for the block of the withdrawing cell (phase 1), where the compensation ends.
    #[arg(long, value_name = "FIELD|FILE")]
    withdraw: String,
    /// The chain: mainnet or testnet.
    #[arg(long, value_name = "NAME", default_value = "mainnet", value_parser = super::chain::network)]
    network: Box<Network>,
}

pub(super) fn dao(args: &DaoArgs) -> CommandResult {
    let deposit = block("--deposit", &args.deposit).map_err(CommandError::usage)?;
    let withdraw = block("--withdraw", &args.withdraw).map_err(CommandError::usage)?;
    let result = compensation(&args.network, args.capacity, args.occupied, &deposit, &withdraw);
    let result = result.map_err(|error| CommandError::usage(Problem::new(error)))?;
    write(&mut anstream::stdout().lock(), args.capacity, &deposit, &withdraw, &result)?;
    Ok(Exit::Expected)
}

/// The block of a DAO field, or of the header in a file.
fn block(option: &str, text: &str) -> Result<DaoBlock, Problem> {
    let mut field = [0; 32];
    let hex = text.strip_prefix("0x");
    if hex.is_some_and(|hex| const_hex::decode_to_slice(hex, &mut field).is_ok()) {
        return Ok(DaoBlock::of_field(field));
    }
    let wrong = |error: String| {
        let problem = Problem::new(format!("{option} {text}: {error}"));
        problem.help("it takes 32 bytes as hex behind 0x, or a file with a header as JSON")
    };
    if hex.is_some() && !Path::new(text).exists() {
        return Err(wrong("this is no DAO field".into()));
    }
    let bytes = std::fs::read(text).map_err(|error| wrong(error.to_string()))?;
    let item = json::header_or_block(&bytes).map_err(wrong)?;
    Ok(DaoBlock::of_header(&item.header))
}

fn write(
    out: &mut impl Write,
    capacity: u64,
    deposit: &DaoBlock,
    withdraw: &DaoBlock,
    result: &Compensation,
) -> std::io::Result<()> {
    let Compensation { free, occupied, worth, compensation, .. } = *result;
    let (from, to) = (deposit.dao.ar, withdraw.dao.ar);
    for (name, block) in [("deposit", deposit), ("withdrawal", withdraw)] {
        if let Some(dated) = block.dated {
            writeln!(out, "{name:13} block {}, epoch {}", grouped(dated.number), dated.epoch)?;
        }
    }
    writeln!(out, "cell          {}", ckb(capacity))?;
    writeln!(out, "occupied      {}, not compensated", ckb(occupied))?;
    writeln!(out, "free          {} = {free} shannons", ckb(free))?;
    writeln!(out, "AR            {from} → {to}")?;
    writeln!(out, "worth         floor({free} · {to} / {from}) + {occupied}")?;
    writeln!(out, "              = {} + {occupied} = {worth} shannons", worth - occupied)?;
    writeln!(out, "              = {}", ckb(worth))?;
    writeln!(out, "compensation  {compensation} shannons = {}\n", ckb(compensation))?;
    let part = decimal(result.floored, from.into(), 6).unwrap_or_default();
    writeln!(out, "floors        {part} of a shannon at the end")?;
    match (result.blocks, result.floored_by_rate) {
        (Some(blocks), Some(most)) => writeln!(
            out,
            "              {} shannons at most in AR, over {} blocks of one floor each",
            grouped(most),
            grouped(blocks)
        )?,
        _ => writeln!(out, "              in AR: one a block; headers tell how many")?,
    }
    let epochs = decimal(result.epochs.0, result.epochs.1, 4).unwrap_or_default();
    let (elapsed, planned) = result.elapsed;
    let days = decimal(elapsed, 86_400_000, 4).unwrap_or_default();
    let by = if planned { "at four hours an epoch" } else { "by the timestamps" };
    writeln!(out, "time          {epochs} epochs by what was issued, {days} days {by}")?;
    for (name, base) in [("of what is free", free), ("of the whole cell", capacity)] {
        let above = u128::from(compensation) * YEAR_MS;
        let rate = u128::from(base)
            .checked_mul(elapsed)
            .and_then(|below| decimal(above.checked_mul(100)?, below, 4));
        if let Some(rate) = rate {
            let head = if base == free { "yearly rate" } else { "" };
            writeln!(out, "{head:13} {rate} % {name}, without compounding, 365 days")?;
        }
    }
    if let Some(claim) = result.claim {
        let (number, index, length) = (claim.number(), claim.index(), claim.length());
        writeln!(out, "to take out   from epoch {number} + {index}/{length} on (since, RFC 0023)")?;
    }
    debug_assert!(occupied.is_multiple_of(CKB));
    Ok(())
}
