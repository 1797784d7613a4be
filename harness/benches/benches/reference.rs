//! Measures Eaglesong and the decoding of headers, in the reference and in the official crates.

use ckb_types::packed;
use ckb_types::prelude::Entity;
use ckbspec_reference::RuleSet;
use ckbspec_reference::encoding::header::Header;
use ckbspec_reference::encoding::{Decoder, Mode, hash};
use ckbspec_reference::pow;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::array::from_fn;
use std::hint::black_box;
use std::time::Duration;

const BATCH: usize = 16;

fn messages() -> [[u8; 48]; BATCH] {
    from_fn(|message| from_fn(|at| u8::try_from((message * 48 + at * 7 + 3) % 256).unwrap()))
}

fn eaglesong(c: &mut Criterion) {
    let messages = messages();
    let mut group = c.benchmark_group("eaglesong");
    group.bench_function("crate", |b| {
        b.iter(|| {
            let mut digest = [0; 32];
            eaglesong::eaglesong(black_box(&messages[0]), &mut digest);
            digest
        });
    });
    group.bench_function("clear", |b| b.iter(|| pow::eaglesong(black_box(&messages[0]))));
    group.bench_function("single", |b| b.iter(|| pow::eaglesong_fast(black_box(&messages[0]))));
    group.throughput(Throughput::Elements(BATCH as u64));
    group.bench_function("batch", |b| b.iter(|| pow::eaglesong_batch(black_box(&messages))));
    group.finish();
}

fn header(c: &mut Criterion) {
    let bytes: [u8; 208] = from_fn(|at| u8::try_from(at).unwrap());
    let rules = RuleSet::all();
    let decoder = Decoder { mode: Mode::Strict, rules: &rules };
    let mut group = c.benchmark_group("header");
    group.bench_function("ckb-types", |b| {
        b.iter(|| packed::Header::from_slice(black_box(&bytes)).unwrap().calc_header_hash());
    });
    group.bench_function("ours", |b| {
        b.iter(|| hash::header_hash(&Header::decode(black_box(&bytes), &decoder).unwrap()));
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3));
    targets = eaglesong, header
}
criterion_main!(benches);
