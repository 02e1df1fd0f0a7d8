//! A failed sign-in looks the same for every kind of address, and takes the same time.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use harness::stack::Stack;
use serde_json::Value;

use crate::helpers::better_auth::{SIGN_INS, look, signing_in};
use crate::helpers::kinds::{self, Kind, LOCKED, OPEN};

/// Long enough that the slowest hash is over by then; if not, since the machine is busy, the second
/// is the longest that there is.
const FLOORS: [&str; 2] = ["1000", "5000"];
/// Attempts that are under way at once, and how often each lane tries every kind.
const LANES: usize = 10;
const ROUNDS: usize = 4;
/// Samples that are more unlike than this come from two distributions. So small that a busy machine
/// does not reach it: it meets all kinds alike.
const IMPROBABLE: f64 = 1e-6;

async fn look_of(stack: &Stack, path: &str, kind: Kind) -> (u16, Value, Vec<(String, String)>) {
    let (email, password) = kind.attempt(stack, path.len()).await;
    let mut look = look(&signing_in(stack, path, &email, password).await);
    for (name, value) in &mut look.2 {
        // Locks of an hour that began within the last minute.
        if name.ends_with("retry-after") && (3540..=3600).contains(&value.parse().unwrap()) {
            value.clear();
        }
    }
    look
}

#[tokio::test(flavor = "multi_thread")]
async fn check_17_18_failed_sign_ins_look_alike_for_every_kind_of_address() {
    let stack = kinds::stack("0").await;
    for path in SIGN_INS {
        for (kinds, status, code) in
            [(OPEN, 401, "INVALID_EMAIL_OR_PASSWORD"), (LOCKED, 429, "TOO_MANY_REQUESTS")]
        {
            let first = look_of(&stack, path, kinds[0]).await;
            assert_eq!((first.0, &first.1["code"]), (status, &code.into()), "{path}");
            for kind in &kinds[1..] {
                assert_eq!(look_of(&stack, path, *kind).await, first, "{path} {kind:?}");
            }
        }
        let costly = look_of(&stack, path, Kind::Costly).await;
        assert_eq!(costly, look_of(&stack, path, Kind::Known).await, "{path}");
    }
}

/// Failures have the same effect, too: known and unknown addresses lock at the same time.
#[tokio::test(flavor = "multi_thread")]
async fn check_17_18_addresses_of_every_kind_lock_alike() {
    let stack = kinds::stack("0").await;
    let mut seen = Vec::new();
    let kinds = [&OPEN[..], &[Kind::Costly]].concat();
    for (kind, path) in kinds.iter().zip(SIGN_INS.into_iter().cycle()) {
        let (email, password) = kind.attempt(&stack, 0).await;
        let mut responses = Vec::new();
        for _ in 0..7 {
            responses.push(signing_in(&stack, path, &email, password).await.status);
        }
        seen.push(responses);
    }
    assert_eq!(seen, vec![vec![401, 401, 401, 401, 401, 429, 429]; kinds.len()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_17_18_failed_sign_ins_take_the_same_time_for_every_kind_of_address() {
    let mut unlike = Vec::new();
    for floor in FLOORS {
        unlike = unlike_kinds(floor).await;
        if unlike.is_empty() {
            break;
        }
    }
    assert_eq!(unlike, [], "two kinds, and how probable it is that they are alike");
}

/// The pairs of kinds whose failed sign-ins can be distinguished by their time.
async fn unlike_kinds(floor: &str) -> Vec<(Kind, Kind, f64)> {
    let stack = kinds::stack(floor).await;
    let kinds = [OPEN, LOCKED].concat();
    let samples = join_all((0..LANES).map(|lane| lane_of_samples(&stack, &kinds, lane))).await;
    let of_kind = |wanted: Kind| -> Vec<Duration> {
        let samples = samples.iter().flatten().filter(|(kind, _)| *kind == wanted);
        samples.map(|(_, time)| *time).collect()
    };
    let mut unlike = Vec::new();
    for (n, kind) in kinds.iter().enumerate() {
        for other in &kinds[n + 1..] {
            let probability = same_distribution(of_kind(*kind), of_kind(*other));
            if probability < IMPROBABLE {
                unlike.push((*kind, *other, probability));
            }
        }
    }
    unlike
}

/// Attempts of every kind, one after the other. Each lane takes the kinds in another order, so that
/// a busy moment of the machine meets all of them.
async fn lane_of_samples(stack: &Stack, kinds: &[Kind], lane: usize) -> Vec<(Kind, Duration)> {
    let path = SIGN_INS[lane % 2];
    let mut samples = Vec::new();
    for round in 0..ROUNDS {
        for n in 0..kinds.len() {
            let kind = kinds[(n * 3 + lane) % kinds.len()];
            let (email, password) = kind.attempt(stack, lane + LANES * round).await;
            let start = Instant::now();
            let response = signing_in(stack, path, &email, password).await;
            assert!([401, 429].contains(&response.status));
            samples.push((kind, start.elapsed()));
        }
    }
    // The first one started the process.
    samples.split_off(1)
}

/// How probable it is that two samples of one distribution are at least as unlike as these: the
/// test of Kolmogorov and Smirnov, with the first term of its series, which is enough for small
/// probabilities.
#[expect(clippy::cast_precision_loss, reason = "there are few samples")]
fn same_distribution(mut a: Vec<Duration>, mut b: Vec<Duration>) -> f64 {
    a.sort();
    b.sort();
    let share = |samples: &[Duration], most: Duration| {
        samples.partition_point(|time| *time <= most) as f64 / samples.len() as f64
    };
    let differences = a.iter().chain(&b).map(|time| (share(&a, *time) - share(&b, *time)).abs());
    let distance = differences.fold(0.0, f64::max);
    let size = ((a.len() * b.len()) as f64 / (a.len() + b.len()) as f64).sqrt();
    let lambda = (size + 0.12 + 0.11 / size) * distance;
    (2.0 * (-2.0 * lambda * lambda).exp()).min(1.0)
}

#[test]
fn the_statistics_distinguish_a_hash_from_none_but_not_noise_from_noise() {
    // Two samples of one uneven distribution, and one that is 20 ms later.
    let sample = |offset: u64, shift: u64| -> Vec<Duration> {
        (0..40).map(|n| Duration::from_millis(shift + (n * 37 + offset) % 50)).collect()
    };
    assert!(same_distribution(sample(0, 1000), sample(7, 1000)) > 0.1);
    let late: Vec<_> =
        sample(0, 0).iter().map(|time| *time / 5 + Duration::from_millis(1020)).collect();
    let early: Vec<_> =
        sample(3, 0).iter().map(|time| *time / 5 + Duration::from_secs(1)).collect();
    assert!(same_distribution(late, early) < IMPROBABLE);
}
