//! Measures `audit chain` on the real headers of the tests, with and without their proofs of work,
//! which shows what the check of the proof costs in addition to Eaglesong.

use ckbspec_audit::chain::{Auditor, Nobody, Options, SourceLine};
use ckbspec_audit::json;
use ckbspec_audit::network::Network;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;

const HEADERS: &str = include_str!("../../tests/data/chain/mainnet-headers.ndjson");

fn audit(pow: bool) -> u64 {
    let options = Options { pow, contiguous: false, cells: 0 };
    let mut auditor = Auditor::new(Some(Network::mainnet()), options);
    let source = "headers".into();
    let line = SourceLine { source, line: 1 };
    for text in HEADERS.lines() {
        let item = json::header_or_block(black_box(text.as_bytes())).unwrap();
        auditor.add(item, line.clone(), &mut Nobody).unwrap();
    }
    auditor.coverage().headers
}

fn chain(c: &mut Criterion) {
    let mut group = c.benchmark_group("audit");
    group.throughput(Throughput::Elements(audit(false)));
    group.bench_function("headers", |b| b.iter(|| audit(false)));
    group.bench_function("proofs", |b| b.iter(|| audit(true)));
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3));
    targets = chain
}
criterion_main!(benches);
