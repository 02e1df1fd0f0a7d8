use e2e::counts_units;
use e2e::scenes::{OTHERS, Row, World, documented};
use harness::Stack;
use harness::proxy::round_trips;

/// Plays a row's scene and measures it as the engine reports it.
async fn measure(world: &mut World, function: &str, variant: &str) -> Row {
    let scene = world.scene(function, variant).await;
    let status = scene.play(&world.stack).await;
    let calls = world.stack.recorder.take();
    let what = format!("`{function}` {variant}: {status}");
    let refused = ["wrong", "unknown", "ended", "nothing to change"]
        .iter()
        .any(|word| variant.contains(word));
    assert_eq!(matches!(status, 400 | 401), refused, "{what}");
    assert!(status < 400 || refused, "{what}");
    Row {
        function: function.to_owned(),
        variant: variant.to_owned(),
        #[expect(clippy::cast_precision_loss, reason = "a handful of round trips")]
        round_trips: round_trips(&calls) as f64,
        read_units: calls.iter().map(|call| call.read_units).sum(),
        write_units: calls.iter().map(|call| call.write_units).sum(),
    }
}

/// The same, once more if only the round trips are too many: two calls that leave together look like two round trips
/// where a busy machine lets the function wait between them. One call too many costs units, too.
async fn measure_calmly(world: &mut World, expected: &Row) -> Row {
    const TRIES: usize = 3;
    let (function, variant) = (&expected.function, &expected.variant);
    let mut measured = measure(world, function, variant).await;
    for _ in 1..TRIES {
        let has_units = measured.read_units <= expected.read_units
            && measured.write_units <= expected.write_units;
        if measured.round_trips <= expected.round_trips || !has_units {
            break;
        }
        println!("{function} {variant}: {} round trips, measured again", measured.round_trips);
        measured = measure(world, function, variant).await;
    }
    measured
}

/// What each operation costs is what docs/data-model.md says, as the engine reports it. A function
/// without a row of its own costs no more than the row for all others allows.
#[tokio::test(flavor = "multi_thread")]
async fn every_operation_costs_what_the_data_model_says() {
    let mut world = World::new(Stack::builder().exact()).await;
    let mut wrong = Vec::new();
    let mut documented = documented();
    assert!(documented.len() >= 28, "the table was not found");
    let limit = documented.pop().unwrap();
    assert_eq!(limit.function, OTHERS, "the last row is the limit for functions without a row");
    for expected in &documented {
        let mut measured = measure_calmly(&mut world, expected).await;
        // Otherwise only the round trips are compared.
        if !counts_units() {
            (measured.read_units, measured.write_units) =
                (expected.read_units, expected.write_units);
        }
        if measured != *expected {
            wrong.push(measured);
        }
    }
    for function in world.undocumented() {
        let limit = Row { function, variant: String::new(), ..limit.clone() };
        let measured = measure_calmly(&mut world, &limit).await;
        let costs = [measured.round_trips, measured.read_units, measured.write_units];
        let limits = [limit.round_trips, limit.read_units, limit.write_units];
        if costs.iter().zip(limits).any(|(cost, limit)| *cost > limit) {
            wrong.push(measured);
        }
    }
    assert!(wrong.is_empty(), "measured, but not a row of docs/data-model.md: {wrong:#?}");
}
