//! What a request shows and costs must not tell whether anyone has an address.

use e2e::counts_units;
use e2e::links::{forget_mails, mails};
use harness::proxy::round_trips;
use harness::stack::{RequestBuilder, Stack};
use serde_json::Value;

use super::better_auth::look;

/// The calls of the table since they were last looked at: each with its units where the engine counts them, sorted, since some
/// leave together; and the round trips.
pub fn costs(stack: &Stack) -> (Vec<String>, usize) {
    let calls = stack.recorder.take();
    let cost = |call: &harness::proxy::Call| {
        let units = (call.read_units, call.write_units);
        format!("{} {:?}", call.operation, counts_units().then_some(units))
    };
    let mut costs: Vec<String> = calls.iter().map(cost).collect();
    costs.sort();
    (costs, round_trips(&calls))
}

/// Asks for a mail to each address. Response, calls and the job that is written are alike; `job` is
/// what the job has beside the address. Returns the response's status and body, and the round trips.
pub async fn asking_is_alike(
    stack: &Stack,
    emails: &[&str],
    job: &Value,
    ask: impl Fn(&str) -> RequestBuilder,
) -> ((u16, Value), usize) {
    let mut seen = Vec::new();
    stack.recorder.take();
    for email in emails {
        let (status, body, mut headers) = look(&ask(email).await);
        headers.retain(|(name, _)| name != "date");
        seen.push((status, body, headers, costs(stack)));
        let mut expected = job.clone();
        expected["to"] = (*email).into();
        assert_eq!(mails(stack).await, [expected]);
        forget_mails(stack).await;
    }
    assert!(seen.iter().all(|of_one| *of_one == seen[0]), "{seen:#?}");
    let (status, body, _, (_, round_trips)) = seen.swap_remove(0);
    ((status, body), round_trips)
}
