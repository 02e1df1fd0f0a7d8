use super::*;

const START: Timestamp = Timestamp::from_milliseconds(0);

fn network() -> Network {
    Network::of("192.0.2.1")
}

fn failures(count: u32, scope: Scope<'_>) -> Failures {
    (0..count).fold(Failures::default(), |failures, _| failures.after(scope, START))
}

fn seconds(count: u32, scope: Scope<'_>) -> Option<u64> {
    failures(count, scope).locked_for(START).map(|lock| lock.as_secs())
}

#[test]
fn check_28_the_fifth_failure_locks_and_each_further_one_doubles() {
    let network = network();
    let seconds = |count| seconds(count, Scope::Network(&network));
    assert_eq!([1, 4].map(seconds), [None, None]);
    assert_eq!([5, 6, 7, 8].map(seconds), [Some(30), Some(60), Some(120), Some(240)]);
    assert_eq!([12, 99, 1000].map(seconds), [Some(3600), Some(3600), Some(3600)]);
}

#[test]
fn f9_the_hundredth_failure_from_all_networks_locks_for_an_hour() {
    let seconds = |count| seconds(count, Scope::AllNetworks);
    assert_eq!([1, 5, 99].map(seconds), [None, None, None]);
    assert_eq!([100, 101, 1000].map(seconds), [Some(3600), Some(3600), Some(3600)]);
}

#[test]
fn failures_are_forgotten_a_day_after_the_first() {
    let network = network();
    let scope = Scope::Network(&network);
    let five = failures(5, scope);
    let later = |hours| five.after(scope, START.plus(Duration::from_hours(hours)));
    assert_eq!((later(23).count, later(23).since), (6, Some(START)));
    let forgotten = later(24);
    assert_eq!((forgotten.count, forgotten.since), (1, Some(START.plus(MEMORY))));
    assert_eq!(forgotten.locked_until, None);
}

#[test]
fn f9_what_was_cleared_counts_as_none() {
    let network = network();
    let scope = Scope::Network(&network);
    let at = |seconds| Some(START.plus(Duration::from_secs(seconds)));
    let five = failures(5, scope);
    let cleared = five.clone().unless_cleared(at(0));
    assert_eq!((cleared.locked_for(START), cleared.after(scope, START).count), (None, 1));
    let later = Failures { since: at(2), ..five.clone() };
    assert_eq!(later.clone().unless_cleared(at(1)), later);
    assert_eq!(five.clone().unless_cleared(None), five);
}

#[test]
fn f9_a_network_is_known_for_thirty_days() {
    let row = Failures { succeeded_at: Some(START), ..Failures::default() };
    let day = |n: u64| START.plus(Duration::from_hours(24 * n));
    assert!(row.is_known(day(29)) && !row.is_known(day(30)));
    assert!(!Failures::default().is_known(START));
    assert_eq!(row.expires_at(START), day(30), "wrong passwords do not shorten that");
}

#[test]
fn only_a_new_lock_of_one_network_may_be_given_back() {
    let network = network();
    let scope = Scope::Network(&network);
    let after = |milliseconds| START.plus(Duration::from_millis(milliseconds));
    for count in [5, 6, 20] {
        let locked = failures(count, scope);
        assert!(locked.may_be_given_back(scope, after(4900)));
        assert!(!locked.may_be_given_back(scope, after(5100)));
    }
    let compared = Failures { wrong: 5, ..failures(5, scope) };
    assert!(!compared.may_be_given_back(scope, START), "all of them were wrong");
    assert!(!failures(4, scope).may_be_given_back(scope, START));
    let all = failures(100, Scope::AllNetworks);
    assert!(!all.may_be_given_back(Scope::AllNetworks, START));
}
