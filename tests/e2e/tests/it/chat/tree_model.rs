//! Random sequences of what users do, against a model of the tree: what is stored equals the model after
//! each step, and each reply saw its own branch.

mod model;
mod steps;

use e2e::chat::scene;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use model::Model;
use steps::{Button, Ending, Step};

/// Sequences in a stack of their own, which know nothing of the others: some kill the functions of all.
const SEQUENCES: usize = 4;

fn button() -> impl Strategy<Value = Button> {
    prop_oneof![
        4 => Just(Button::Ask),
        3 => (0_usize..9).prop_map(Button::Edit),
        3 => (0_usize..9).prop_map(Button::Again),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let ending = prop_oneof![
        Just(Ending::Stopped),
        button().prop_map(Ending::TakenOver),
        (button(), any::<bool>()).prop_map(|(next, late)| Ending::Killed { next, late }),
    ];
    prop_oneof![
        10 => button().prop_map(Step::Press),
        2 => (0_usize..40).prop_map(Step::Choose),
        2 => prop::option::of(0_usize..40).prop_map(Step::Append),
        2 => Just(Step::Repeat),
        1 => Just(Step::Fail),
        1 => Just(Step::Lose),
        2 => Just(Step::Recite),
        2 => ending.prop_map(Step::Interrupt),
    ]
}

async fn sequences() {
    let (stack, _) = scene().await;
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let sequences = prop::collection::vec(step(), 10..40);
    for number in 0..SEQUENCES {
        let steps = sequences.new_tree(&mut runner).unwrap().current();
        println!("{steps:?}");
        let user = stack.sign_up(&format!("user{number}")).await;
        let mut model = Model::new(&stack, user);
        for (index, step) in steps.iter().enumerate() {
            model.does(step).await;
            if index % 5 == 4 {
                model.is_stored().await;
            }
        }
        model.is_stored().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_is_the_tree_of_what_was_done() {
    tokio::join!(sequences(), sequences());
}
