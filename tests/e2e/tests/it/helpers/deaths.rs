//! Functions that die in the middle of a request.

use std::collections::BTreeMap;

use harness::proxy::{Effect, Rule};
use harness::stack::{RequestBuilder, Stack};

/// Before the table sees a call, and after it has carried it out.
pub const MOMENTS: [Effect; 2] = [Effect::HoldBefore, Effect::HoldAfter];

/// Sends a request whose function is killed at one of its calls: the operation, and how many of the same
/// come before it. The client gets a failure.
pub async fn dies(
    stack: &Stack,
    function: &str,
    (operation, skip): (&str, usize),
    moment: Effect,
    request: RequestBuilder,
) {
    // INIT makes calls too.
    stack.warm(&[function]).await.unwrap();
    let rule = Rule::new(moment).function(function).operation(operation).skip(skip);
    let fault = stack.proxy.inject(rule);
    let (response, killed) = tokio::join!(request.outside_contract().try_send(), async {
        fault.reached(1).await.unwrap();
        let killed = stack.runtime.kill(function).await.unwrap();
        fault.release();
        killed
    });
    assert!(killed >= 1, "{function} {operation} {skip} {moment:?}");
    let status = response.map_or(500, |response| response.status);
    assert!(status >= 500, "{function} {operation} {skip} {moment:?}: {status}");
    stack.proxy.clear_faults();
}

/// The calls of a request that succeeds, each with how many of its kind come before it: as [`dies`] takes
/// them, so that none is left out.
pub async fn calls_of(
    stack: &Stack,
    function: &str,
    request: RequestBuilder,
) -> Vec<(String, usize)> {
    stack.warm(&[function]).await.unwrap();
    stack.recorder.take();
    let response = request.await;
    assert_eq!(response.status, 200, "{function}: {}", response.text());
    let calls = stack.recorder.take();
    let mut before = BTreeMap::new();
    let own = calls.into_iter().filter(|call| call.function == function);
    own.map(|call| {
        let count = before.entry(call.operation.clone()).or_insert(0);
        *count += 1;
        (call.operation, *count - 1)
    })
    .collect()
}
